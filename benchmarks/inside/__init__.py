"""Runs in the environments of the peers; needs Django and the standard library, and imports nothing from outside."""
