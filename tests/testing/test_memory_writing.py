"""What `tests.contract.test_writing` says of the servers holds in memory too."""

from __future__ import annotations

from tests.contract import test_writing
from tests.testing.adoption import adopted

globals().update(adopted(test_writing))
