"""Hostile input: names, options and answers that want to do harm, and peers that lie."""
