"""Django storage backend for Selectel Object Storage and other S3 or Swift stores."""

__version__ = "2.0.0.dev0"
