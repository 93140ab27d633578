"""What `tests.contract.test_the_rest` says of the servers holds in memory too."""

from __future__ import annotations

from tests.contract import test_the_rest
from tests.testing.adoption import adopted

# In memory, the container is always there.
WITHOUT = ["test_a_missing_container_is_an_error_that_names_it"]

globals().update(adopted(test_the_rest, WITHOUT))
