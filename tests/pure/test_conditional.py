"""Writing only what is not there yet: who asks first, who relies on the condition, and whose object it is."""

from __future__ import annotations

import pytest

from django_selectel_storage.exceptions import AccessDenied, ObjectExists, ServerError
from django_selectel_storage.headers import WRITE_MARK, ObjectHeaders
from django_selectel_storage.options import StorageOptions
from django_selectel_storage.protocols.conditional import Guard, guard_for, put_if_absent
from django_selectel_storage.transport.body import Body, BytesBody
from tests.pure.doubles import DictClient

HEADERS = ObjectHeaders("text/plain", metadata={"author": "somebody"})
CONDITION = Guard(ask_first=False, condition=True)
BOTH = Guard(ask_first=True, condition=True)
QUESTION = Guard(ask_first=True, condition=False)


@pytest.mark.parametrize(
    ("atomic", "conditional_writes", "guard"),
    [
        pytest.param(True, None, CONDITION, id="a server that is known to heed conditions"),
        pytest.param(False, None, BOTH, id="a server of which nothing is known"),
        pytest.param(True, True, CONDITION, id="the user knows that it does"),
        pytest.param(False, True, CONDITION, id="the user knows better"),
        pytest.param(True, False, QUESTION, id="the user knows that it does not"),
        pytest.param(False, False, QUESTION, id="nobody trusts it"),
    ],
)
def test_the_server_and_the_options_decide_how_a_key_is_guarded(
    atomic: bool, conditional_writes: bool | None, guard: Guard
) -> None:
    options = StorageOptions(conditional_writes=conditional_writes)
    assert guard_for(DictClient(heeds_conditions=atomic), options, 10) == guard


@pytest.mark.parametrize("conditional_writes", [None, True])
def test_before_a_large_upload_it_is_asked_in_any_case(conditional_writes: bool | None) -> None:
    options = StorageOptions(conditional_writes=conditional_writes, multipart_threshold=1000)
    assert guard_for(DictClient(heeds_conditions=True), options, 999) == CONDITION
    assert guard_for(DictClient(heeds_conditions=True), options, 1000) == BOTH


@pytest.mark.parametrize(
    ("guard", "calls"),
    [
        pytest.param(CONDITION, [("put", "k", True)], id="one request"),
        pytest.param(BOTH, [("has", "k"), ("put", "k", True)], id="both"),
        pytest.param(QUESTION, [("has", "k"), ("put", "k", False)], id="no condition"),
    ],
)
def test_a_free_key_is_written_with_as_many_requests_as_the_guard_wants(
    guard: Guard, calls: list[tuple[object, ...]]
) -> None:
    client = DictClient()

    put_if_absent(client, "k", BytesBody(b"new"), HEADERS, guard=guard, mark="mine")

    assert client.calls == calls
    assert client.content == {"k": b"new"}


@pytest.mark.parametrize("guard", [CONDITION, BOTH, QUESTION], ids=["condition", "both", "question"])
def test_a_taken_key_is_not_overwritten(guard: Guard) -> None:
    client = DictClient({"k": b"old"})

    with pytest.raises(ObjectExists):
        put_if_absent(client, "k", BytesBody(b"new"), HEADERS, guard=guard, mark="mine")

    assert client.content == {"k": b"old"}


def test_whoever_asked_first_does_not_send_the_bytes_to_a_taken_key() -> None:
    client = DictClient({"k": b"old"})

    with pytest.raises(ObjectExists):
        put_if_absent(client, "k", BytesBody(b"new"), HEADERS, guard=BOTH, mark="mine")

    assert client.calls == [("has", "k")]


def test_a_conditional_write_is_marked_beside_the_metadata_of_the_caller() -> None:
    client = DictClient()

    put_if_absent(client, "k", BytesBody(b"new"), HEADERS, guard=CONDITION, mark="mine")

    assert client.infos["k"].metadata == {"author": "somebody", WRITE_MARK: "mine"}
    assert HEADERS.metadata == {"author": "somebody"}


def test_a_write_without_condition_is_not_marked() -> None:
    client = DictClient()

    put_if_absent(client, "k", BytesBody(b"new"), HEADERS, guard=QUESTION, mark="mine")

    assert client.infos["k"].metadata == {"author": "somebody"}


class LosesAnswers(DictClient):
    """The answer to the first try is lost; the second one says "taken"."""

    def __init__(self, stored_by: str | None, tries: int = 2) -> None:
        super().__init__()
        self.stored_by = stored_by
        self.tries = tries

    def put(self, key: str, body: Body, headers: ObjectHeaders, *, only_if_absent: bool = False) -> None:
        self.calls.append(("put", key, only_if_absent))
        if self.stored_by is not None:
            self.store(key, b"stored", {WRITE_MARK: self.stored_by})
        raise ObjectExists("taken", status=412, tries=self.tries)


def test_a_taken_key_after_a_lost_answer_is_our_own_object_when_it_bears_our_mark() -> None:
    client = LosesAnswers(stored_by="mine")

    put_if_absent(client, "k", BytesBody(b"stored"), HEADERS, guard=CONDITION, mark="mine")

    assert client.calls == [("put", "k", True), ("head", "k")]


@pytest.mark.parametrize("stored_by", ["other", "", None], ids=["another mark", "no mark", "deleted meanwhile"])
def test_a_taken_key_after_a_lost_answer_is_taken_when_it_does_not_bear_our_mark(stored_by: str | None) -> None:
    with pytest.raises(ObjectExists):
        put_if_absent(LosesAnswers(stored_by), "k", BytesBody(b"new"), HEADERS, guard=CONDITION, mark="mine")


def test_a_taken_key_at_the_first_try_is_taken_and_nobody_asks_whose_it_is() -> None:
    client = LosesAnswers(stored_by="mine", tries=1)

    with pytest.raises(ObjectExists):
        put_if_absent(client, "k", BytesBody(b"new"), HEADERS, guard=CONDITION, mark="mine")

    assert client.calls == [("put", "k", True)]


@pytest.mark.parametrize("error", [AccessDenied, ServerError])
def test_a_question_that_fails_is_not_taken_for_a_free_key(error: type[Exception]) -> None:
    class Silent(DictClient):
        def has(self, key: str) -> bool:
            raise error("no")

    client = Silent()
    with pytest.raises(error):
        put_if_absent(client, "k", BytesBody(b"new"), HEADERS, guard=BOTH, mark="mine")

    assert client.content == {}
