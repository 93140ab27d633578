"""What `tests.contract.test_urls` says of the servers holds in memory too."""

from __future__ import annotations

import pytest

from tests.conftest import MakeStorage
from tests.contract import test_urls
from tests.testing.adoption import adopted

globals().update(adopted(test_urls))


@pytest.fixture
def make_signing(make_storage: MakeStorage, face: str) -> MakeStorage:
    """Makes a storage that signs its URLs; no server has to be told the key."""
    key = None if face == "s3" else "of-the-container"
    return lambda *arguments, **options: make_storage(*arguments, temp_url_key=key, **options)
