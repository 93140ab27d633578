"""The Swift protocol: requests, answers, logins (auth v1.0 and Keystone v3), and the client that sends."""
