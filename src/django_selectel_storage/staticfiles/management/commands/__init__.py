"""The commands of the sub-app."""
