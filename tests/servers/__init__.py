"""Real servers for tests: OpenStack Keystone beside the development server of the package.

`stack.storage_stack()` starts them together; nothing here is a mock.
"""
