"""Commands of direct uploads."""
