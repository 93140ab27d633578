"""What `tests.contract.test_further_verbs` says of the servers holds in memory too."""

from __future__ import annotations

from tests.contract import test_further_verbs
from tests.testing.adoption import adopted

# In memory, the container is always there.
WITHOUT = ["test_a_missing_container_is_told_and_not_taken_for_missing_files"]

globals().update(adopted(test_further_verbs, WITHOUT))
