"""The wire: what goes out and comes back over HTTP, when it is tried again, and the pools of connections."""
