"""No name reaches outside of ``location``: every public method that takes one, on every face, against real servers.

Beside the storage lie neighbours whose keys differ in little; after each attempt the server's own log tells what was
asked for, and the neighbours are as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from django_selectel_storage.devserver import Hooks
from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.exceptions import InvalidRequest, SelectelException
from django_selectel_storage.protocols.base import UnfinishedUpload
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.stored_content import StoredContent
from tests.conftest import CONTAINER, MakeStorage
from tests.hostile import material
from tests.hostile.targets import stays_inside

OWN = "own.txt"
CASES = 60
UP = ("../", "..\\", "%2e%2e/", "%2e%2e%2f", "..%2f", "..;/", "./", "/", "//", "．．/", "..\0/", "a/../../", "")
AIMS = ("neighbour.txt", "-b/neighbour.txt", "..", ".", "", OWN)
LEADING_UP = ("../neighbour.txt", "a/../../b.txt", "..\\neighbour.txt", "/neighbour.txt", "..", "a/..//../b")
TEMP_URL_KEY = "temp-url-key"
REFUSALS = (SuspiciousFileOperation, SelectelException, ValueError, NotImplementedError)

Verb = Callable[[SelectelStorage, str], object]


def _written(storage: SelectelStorage, name: str) -> None:
    with storage.open(name, "wb") as file:
        file.write(b"mine")


def _uploaded(storage: SelectelStorage, name: str) -> StoredContent:
    return StoredContent(storage, name, "a.txt", size=4, content_type="text/plain", etag="", staged=True)


def _moved(storage: SelectelStorage, name: str) -> None:
    storage.save_with_metadata("to-move.txt", ContentFile(b"mine"))
    storage.move("to-move.txt", name, overwrite=True)


VERBS: dict[str, Verb] = {
    "save": lambda storage, name: storage.save(name, ContentFile(b"mine")),
    "_save": lambda storage, name: storage._save(name, ContentFile(b"mine")),
    "save_with_metadata": lambda storage, name: storage.save_with_metadata(name, ContentFile(b"mine"), {"a": "b"}),
    "open to read": lambda storage, name: storage.open(name).read(),
    "open to write": _written,
    "open_stream": lambda storage, name: storage.open_stream(name).read(),
    "exists": lambda storage, name: storage.exists(name),
    "is_name_available": lambda storage, name: getattr(storage, "is_name_available", storage.exists)(name),
    "get_available_name": lambda storage, name: storage.get_available_name(name),
    "size": lambda storage, name: storage.size(name),
    "stat": lambda storage, name: storage.stat(name),
    "get_modified_time": lambda storage, name: storage.get_modified_time(name),
    "get_created_time": lambda storage, name: storage.get_created_time(name),
    "listdir": lambda storage, name: storage.listdir(name),
    "walk": lambda storage, name: list(storage.walk(name)),
    "unfinished_uploads": lambda storage, name: list(storage.unfinished_uploads(name)),
    "abort_upload": lambda storage, name: storage.abort_upload(UnfinishedUpload(_key(storage, name), "upload")),
    "delete": lambda storage, name: storage.delete(name),
    "delete_many": lambda storage, name: storage.delete_many([name]),
    "update_headers": lambda storage, name: storage.update_headers(name, cache_control="no-store"),
    "copy from": lambda storage, name: storage.copy(name, "copy.txt", overwrite=True),
    "copy to": lambda storage, name: storage.copy(OWN, name, overwrite=True),
    "move from": lambda storage, name: storage.move(name, "moved.txt", overwrite=True),
    "move to": _moved,
    "begin_in_parts": lambda storage, name: storage.begin_in_parts(name, "mark", "text/plain"),
    "sent_parts": lambda storage, name: storage.sent_parts(name, "upload"),
    "complete_parts": lambda storage, name: storage.complete_parts(name, "upload", ["tag"], "mark"),
    "drop_parts": lambda storage, name: storage.drop_parts(name, "upload"),
    "adopt from": lambda storage, name: storage.adopt("adopted.txt", _uploaded(storage, name)),
    "adopt to": lambda storage, name: storage.adopt(name, _uploaded(storage, "to-move.txt")),
}
ADDRESSES: dict[str, Callable[[SelectelStorage, str], str]] = {
    "url": lambda storage, name: storage.url(name),
    "url to delete": lambda storage, name: storage.url(name, http_method="DELETE"),
    "upload_url": lambda storage, name: storage.upload_url(name, overwrite=True).url,
    "send_me_file": lambda storage, name: storage.send_me_file(name, 1),
    "direct_link": lambda storage, name: storage.direct_link(name, "mark", size=1, content_type="text/plain").url,
    "part_link": lambda storage, name: storage.part_link(name, "upload", 1, 1).url,
    "signed_put": lambda storage, name: storage.signed_put(name, 60, {}),
    "container.send_me_file": lambda storage, name: storage.container.send_me_file(name, 1),
    "container.build_url": lambda storage, name: storage.container.build_url(name),
}
# Public, and without a name that leads to an object: told here, so that a new method cannot be forgotten.
WITHOUT_A_KEY = {
    "container", "options", "binds_uploads", "described_anew", "client", "config", "deconstruct", "default_options",
    "get_object_headers", "takes_uploads",
    "get_valid_name", "get_alternative_name", "generate_filename", "path", "get_accessed_time",
    "asave", "aread", "aexists", "adelete", "aurl",  # twins, whose first step is the method itself
}  # fmt: skip


def _key(storage: SelectelStorage, name: str) -> str:
    return f"{storage.options.location}/{name}"


def hostile_names(location: str) -> st.SearchStrategy[str]:
    """Names that want to get to the neighbours, in every way of writing them."""
    up = st.sampled_from(UP)
    targets = st.sampled_from([*AIMS, f"{location}-b/neighbour.txt", f"{location}/../neighbour.txt"])
    aimed = st.tuples(st.lists(up, max_size=4).map("".join), targets).map("".join)
    return st.one_of(aimed, aimed, material.texts("names"))


class Neighbourhood:
    """A storage in ``<root>/a``, and objects around it that it must not reach."""

    def __init__(self, make: MakeStorage, hooks: Hooks, root: str) -> None:
        self.location = f"{root}/a"
        self.storage = make(location=self.location, temp_url_key=TEMP_URL_KEY, max_retries=0)
        self._outside = make(location=root)
        self._names = ["neighbour.txt", "a-b/neighbour.txt", "b/neighbour.txt", "aneighbour.txt"]
        self._hooks = hooks
        for name in self._names:
            self._outside.save_with_metadata(name, ContentFile(b"theirs"), {"kept": "yes"})
        self.storage.save_with_metadata(OWN, ContentFile(b"own"))
        self._before = self._state()
        hooks.clear_requests()

    def strayed(self) -> list[LoggedRequest]:
        """The requests that led out of the location, since the last call."""
        found = [entry for entry in self._hooks.requests() if not self._is_inside(entry)]
        self._hooks.clear_requests()
        return found

    def changed(self) -> list[Any]:
        """The neighbours that are not as they were."""
        return [info for info in self._state() if info not in self._before] + [
            info for info in self._before if info not in self._state()
        ]

    def _state(self) -> list[Any]:
        return [self._outside.stat(name) for name in self._names]

    def _is_inside(self, request: LoggedRequest) -> bool:
        """Whether a request is for a key, or for a prefix of keys, in the location; the others name no key at all."""
        key = request.path.partition(f"/{CONTAINER}/")[2]
        prefixes = parse_qs(request.query, keep_blank_values=True).get("prefix", [])
        return all(stays_inside(name, self.location) for name in (key, *prefixes) if name or name in prefixes)


@pytest.fixture
def neighbourhood(make_storage: MakeStorage, hooks: Hooks, location: str) -> Neighbourhood:
    return Neighbourhood(make_storage, hooks, location)


def quietly(cases: int) -> settings:
    return settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def test_no_name_reaches_a_neighbour(neighbourhood: Neighbourhood) -> None:
    @quietly(CASES)
    @given(hostile_names("a"), st.sampled_from(sorted(VERBS)))
    def attempt(name: str, verb: str) -> None:
        with suppress(*REFUSALS):
            VERBS[verb](neighbourhood.storage, name)

    attempt()
    assert neighbourhood.strayed() == []
    assert neighbourhood.changed() == []


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
@pytest.mark.parametrize("face", ["s3", "swift"])
def test_names_that_lead_up_or_hold_nul_are_refused_by_every_verb_before_anything_is_sent(
    storage: SelectelStorage, hooks: Hooks, verb: Verb
) -> None:
    storage.exists("before")
    storage.save_with_metadata("to-move.txt", ContentFile(b"mine"))
    hooks.clear_requests()
    for name in (*LEADING_UP, "a\0.txt"):
        with pytest.raises((SuspiciousFileOperation, ValueError, InvalidRequest)):  # Swift has no parts
            verb(storage, name)
    assert {entry.path.rpartition("/")[2] for entry in hooks.requests()} <= {"to-move.txt"}


@pytest.mark.parametrize("face", ["s3", "swift"])
@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
@pytest.mark.filterwarnings("ignore:A TempURL of Swift does not limit")
def test_no_address_leads_to_a_neighbour(
    make_storage: MakeStorage, location: str, address: Callable[[SelectelStorage, str], str]
) -> None:
    storage = make_storage(temp_url_key=TEMP_URL_KEY)

    @quietly(150)
    @given(hostile_names(location))
    def attempt(name: str) -> None:
        with suppress(*REFUSALS):
            path = address(storage, name).partition("?")[0]
            _, inside, rest = path.partition(f"/{CONTAINER}/{location}")
            assert inside
            assert rest == "" or rest.startswith("/")
            assert stays_inside(unquote(f"{location}{rest}"), location)
            assert "\\" not in rest

    attempt()


def test_every_public_method_is_looked_at() -> None:
    looked_at = {name.partition(" ")[0].partition(".")[0] for name in (*VERBS, *ADDRESSES)} | WITHOUT_A_KEY
    public = {name for name in dir(SelectelStorage) if not name.startswith("_")}
    assert public - looked_at == set()
    assert {name for name in dir(Storage) if not name.startswith("_")} - looked_at == set()


def test_an_async_twin_refuses_what_its_verb_refuses(storage: SelectelStorage) -> None:
    from asgiref.sync import async_to_sync  # noqa: PLC0415 - for this test only

    for twin in (storage.aread, storage.aexists, storage.adelete, storage.aurl):
        with pytest.raises(SuspiciousFileOperation):
            async_to_sync(twin)("../neighbour.txt")
    with pytest.raises(SuspiciousFileOperation):
        async_to_sync(storage.asave)("../neighbour.txt", ContentFile(b"mine"))


def test_an_upload_elsewhere_is_not_aborted(make_storage: MakeStorage, hooks: Hooks, location: str) -> None:
    storage = make_storage()
    storage.client  # noqa: B018 - made before the log is looked at
    hooks.clear_requests()
    for key in (
        f"{location}/../neighbour.txt",
        f"{location}/a/../../b",
        "neighbour.txt",
        f"{location}x/a",
        location,
        "",
    ):
        with pytest.raises(SuspiciousFileOperation):
            storage.abort_upload(UnfinishedUpload(key, "upload"))
    assert hooks.requests() == []
