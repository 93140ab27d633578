"""A missing key and a missing container: one question tells them apart, once."""

from __future__ import annotations

import pytest

from django_selectel_storage.exceptions import AccessDenied, ContainerNotFound, ObjectNotFound, ServerError
from django_selectel_storage.protocols.presence import Presence


class Container:
    """Counts how often it is asked for; it can be missing."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked = 0

    def __call__(self) -> None:
        self.asked += 1
        if self.error:
            raise self.error


def look(presence: Presence, *, tolerated: bool = False) -> None:
    with presence.checked_when_missing(tolerated=tolerated):
        raise ObjectNotFound("missing")


def test_a_missing_key_in_a_container_that_is_there_is_missing_and_the_container_is_asked_for_once() -> None:
    container = Container()
    presence = Presence(container)
    for _ in range(3):
        with pytest.raises(ObjectNotFound):
            look(presence)

    assert container.asked == 1


@pytest.mark.parametrize("tolerated", [True, False])
def test_a_missing_container_is_told_each_time(tolerated: bool) -> None:
    container = Container(ContainerNotFound("no container"))
    presence = Presence(container)
    for _ in range(2):
        with pytest.raises(ContainerNotFound):
            look(presence, tolerated=tolerated)

    assert container.asked == 2


def test_a_missing_key_may_be_no_error() -> None:
    look(Presence(Container()), tolerated=True)


def test_a_container_that_served_an_object_is_not_asked_for() -> None:
    container = Container()
    presence = Presence(container)
    with presence.checked_when_missing():
        pass
    with pytest.raises(ObjectNotFound):
        look(presence)

    assert container.asked == 0


def test_who_may_not_look_at_the_container_may_still_find_a_key_missing() -> None:
    container = Container(AccessDenied("no"))
    presence = Presence(container)
    for _ in range(2):
        with pytest.raises(ObjectNotFound):
            look(presence)

    assert container.asked == 1


def test_an_outage_is_not_taken_for_a_missing_key() -> None:
    with pytest.raises(ServerError):
        look(Presence(Container(ServerError("down"))))
