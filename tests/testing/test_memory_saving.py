"""What `tests.contract.test_saving` says of the servers holds in memory too."""

from __future__ import annotations

from tests.contract import test_saving
from tests.testing.adoption import adopted

globals().update(adopted(test_saving))
