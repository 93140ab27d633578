"""The doctor: every failure that it knows is caused on real servers."""
