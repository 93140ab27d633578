"""Measurements side by side with what a user would pick instead; each is a script that prints ratios."""
