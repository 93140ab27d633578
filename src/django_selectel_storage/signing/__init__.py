"""Signatures of requests and URLs: pure functions of keys, requests and a given time."""
