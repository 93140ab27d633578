"""Runs in the environments of the peers; needs Django and the standard library (floor, only in ours: urllib3)."""
