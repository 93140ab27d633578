"""Where Django looks for the sub-app's commands."""
