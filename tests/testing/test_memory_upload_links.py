"""What `tests.contract.test_upload_links` says of the servers holds in memory too."""

from __future__ import annotations

from tests.contract import test_upload_links
from tests.testing.adoption import adopted

globals().update(adopted(test_upload_links))
