"""A small Django app for the tests: models with files, and the admin."""
