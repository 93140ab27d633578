"""What `tests.contract.test_headers` says of the servers holds in memory too."""

from __future__ import annotations

from tests.contract import test_headers
from tests.testing.adoption import adopted

globals().update(adopted(test_headers))
