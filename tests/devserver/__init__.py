"""Tests of the development server: everything over real HTTP, with python-swiftclient and botocore as clients."""
