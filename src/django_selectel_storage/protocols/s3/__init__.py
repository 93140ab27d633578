"""The S3 protocol: requests, answers, and the client that signs and sends."""
