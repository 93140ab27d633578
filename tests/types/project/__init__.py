"""A user's project, as far as it deals with this package. Never run: type checkers read it."""
