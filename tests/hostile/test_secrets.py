"""No password, key, token or signature is told: everything is logged, every error is provoked, all is searched.

The secrets are made up while a test runs, so that no quoted line of source can hold one.
"""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from secrets import token_hex
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.test import RequestFactory
from django.views import debug as djangos
from pytest_django import Settings

from django_selectel_storage.checks.safety import OUR_FILTER
from django_selectel_storage.devserver import Hooks
from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER, MakeStorage
from tests.hostile.rogue import head, rogue, whole

VERBS: dict[str, Callable[[SelectelStorage], object]] = {
    "save": lambda storage: storage.save("a.txt", ContentFile(b"x")),
    "read": lambda storage: storage.open("a.txt").read(),
    "missing": lambda storage: storage.open("missing.txt").read(),
    "exists": lambda storage: storage.exists("a.txt"),
    "size": lambda storage: storage.size("a.txt"),
    "listdir": lambda storage: storage.listdir(""),
    "walk": lambda storage: list(storage.walk()),
    "copy": lambda storage: storage.copy("a.txt", "b.txt", overwrite=True),
    "delete": lambda storage: storage.delete("a.txt"),
    "delete_many": lambda storage: storage.delete_many(["a.txt"]),
    "url": lambda storage: storage.url("a.txt"),
    "upload_url": lambda storage: storage.upload_url("a.txt", overwrite=True),
    "outside": lambda storage: storage.exists("../a.txt"),
}
FAULTS: list[dict[str, Any]] = [
    *({"status": status} for status in (400, 401, 403, 404, 409, 412, 416, 429, 500)),
    {"reset": True},
    {"reset": True, "stage": "after"},
    {"truncate": 1},
]
WITH_PAGES = [{"status": 403}]  # Django's page takes its time


class Ears:
    """Everything that is logged or told by an error, as text."""

    def __init__(self) -> None:
        self.logged = io.StringIO()
        self._told: list[str] = []

    def provoke(self, act: Callable[[], object], *, page: bool = True) -> Exception | None:
        """Do something, and take down all forms of the error that it raises; no frame of a test is in its traceback."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - all of them
            told = traceback.TracebackException.from_exception(error)
            self._told += [str(error), repr(error), repr(error.args), repr(vars(error)), *told.format()]
            self._told += [page_for(RequestFactory().get("/"), error)] if page else []
            return error
        return None

    def look_at(self, *things: object) -> None:
        """Take down what objects say of themselves."""
        self._told += [form(thing) for thing in things for form in (repr, str)]

    def heard(self, *secrets: str) -> list[str]:
        """Those of some texts that were told or logged."""
        everything = "\n".join([self.logged.getvalue(), *self._told])
        return [secret for secret in secrets if secret in everything]


def page_for(request: HttpRequest, error: Exception) -> str:
    """Django's technical page for an error, with local variables and settings, as our filter lets them be."""
    logging.disable()  # Django's templates log each variable that they do not find, with a traceback
    try:
        return djangos.ExceptionReporter(request, type(error), error, error.__traceback__).get_traceback_html()
    finally:
        logging.disable(logging.NOTSET)


@pytest.fixture
def ears(settings: Settings) -> Iterator[Ears]:
    """Logging at DEBUG for everything, http.client's own prints aside; our filter for Django's pages."""
    settings.DEBUG = True
    settings.DEFAULT_EXCEPTION_REPORTER_FILTER = OUR_FILTER
    djangos.get_default_exception_reporter_filter.cache_clear()  # type: ignore[attr-defined]
    ears = Ears()
    handler = logging.StreamHandler(ears.logged)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("urllib3", "django", "django_selectel_storage"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield ears
    root.removeHandler(handler)
    root.setLevel(level)
    djangos.get_default_exception_reporter_filter.cache_clear()  # type: ignore[attr-defined]


def secrets_of(storage: SelectelStorage) -> list[str]:
    """Everything of a storage that nobody may read: what was given, and what was made of it."""
    options = storage.options
    given = [options.secret_key, options.password, options.temp_url_key]
    signed = storage.url("signed.txt").partition("?")[2]
    parameters = dict(pair.split("=", 1) for pair in signed.split("&"))
    keeper = getattr(storage.client, "_tokens", None)
    made = [
        parameters.get("X-Amz-Signature"),
        parameters.get("temp_url_sig"),
        keeper.current().value if keeper else None,
    ]
    return [secret for secret in (*given, *made) if secret]


def test_no_secret_is_heard_whatever_goes_wrong(make_storage: MakeStorage, hooks: Hooks, ears: Ears) -> None:
    storage = make_storage(temp_url_key=token_hex(16), max_retries=0)
    secrets = secrets_of(storage)
    for fault in FAULTS:
        hooks.fault(**fault, match=f"/{CONTAINER}", count=1000)
        for verb in VERBS.values():
            ears.provoke(partial(verb, storage), page=fault in WITH_PAGES)
        hooks.clear_faults()
    ears.look_at(
        storage, storage.options, storage.client, storage.deconstruct(), storage.upload_url("a", overwrite=True)
    )

    assert "urllib3" in str(logging.root.manager.loggerDict)
    assert '"GET /' in ears.logged.getvalue()
    assert ears.heard(*secrets) == []


def wrong_logins() -> list[dict[str, Any]]:
    """Credentials that no server knows."""
    return [
        {"access_key": token_hex(12), "secret_key": token_hex(16)},
        {"username": "somebody", "password": token_hex(16)},
        {"username": "somebody", "password": token_hex(16), "account": "nobody", "project": "nothing"},
    ]


@pytest.mark.parametrize("options", wrong_logins(), ids=["S3", "auth v1.0", "Keystone"])
@pytest.mark.parametrize("answer", ["401 Unauthorized", "403 Forbidden", "500 Failed", "200 OK", "hang up", "refuse"])
def test_no_secret_is_heard_when_a_login_fails(ears: Ears, options: dict[str, Any], answer: str) -> None:
    verbs = ("read", "delete") if answer == "200 OK" else ("read", "save", "delete")
    reply = whole(b"<Error><Code>InvalidAccessKeyId</Code></Error>", answer)
    with rogue(reply if answer[0].isdigit() else list) as peer:
        origin = "http://127.0.0.1:9" if answer == "refuse" else peer.origin
        place: dict[str, Any] = {"container": "media", "endpoint": origin, "auth_url": origin, "max_retries": 0}
        storage = SelectelStorage(**options, **place)
        errors = [ears.provoke(partial(VERBS[verb], storage)) for verb in verbs]
    ears.look_at(storage, storage.client)

    assert all(isinstance(error, StorageError) for error in errors) or ("access_key" in options and answer == "200 OK")
    secrets = [value for name, value in options.items() if name in {"secret_key", "password", "access_key"}]
    assert ears.heard(*secrets) == []


@pytest.mark.parametrize("kind", ["http", "https"])
def test_the_password_of_a_proxy_is_not_heard(ears: Ears, kind: str) -> None:
    password = token_hex(16)
    with rogue(lambda: [head("407 Proxy Authentication Required", Content_Length=0)]) as peer:
        for port in (peer.port, 9):
            storage = SelectelStorage(
                access_key="a", secret_key="b", container="media", endpoint=f"{kind}://127.0.0.1:9", max_retries=0,
                proxy=f"http://user:{password}@127.0.0.1:{port}",
            )  # fmt: skip
            assert isinstance(ears.provoke(partial(storage.exists, "a.txt")), StorageError)
            ears.look_at(storage, storage.options, storage.client)
    assert ears.heard(password) == []


@pytest.mark.parametrize(
    "broken", [{"max_retries": "x"}, {"unknown": 1}, {"endpoint": "http://192.0.2.1"}, {"container": ""}]
)
@pytest.mark.parametrize("form", ["keywords", "DSN", "schema", "schema with a DSN"])
def test_no_secret_is_heard_when_options_are_wrong(
    ears: Ears, settings: Settings, form: str, broken: dict[str, Any]
) -> None:
    password = token_hex(16)
    options = {"username": "user", "password": password, "container": "media", **broken}
    query = "&".join(f"{name}={value}" for name, value in broken.items() if name != "container")
    dsn = f"selectel://user:{password}@{options['container']}?{query}"
    settings.SELECTEL_STORAGES = {"default": dsn if form == "schema with a DSN" else options}
    given = {"keywords": options, "DSN": {"dsn": dsn}}.get(form, {})
    error = ears.provoke(lambda: SelectelStorage(**given).exists("a.txt"), page=False)

    assert isinstance(error, ValueError)
    assert ears.heard(password) == []


def test_signed_urls_are_masked_where_a_report_shows_local_variables(make_storage: MakeStorage, ears: Ears) -> None:
    storage = make_storage(temp_url_key=token_hex(16))
    signatures: list[str] = []
    ears.provoke(partial(signing_view, storage, signatures.append))

    assert len(signatures) == 2
    assert ears.heard("a.txt", *signatures) == ["a.txt"]


def signing_view(storage: SelectelStorage, note: Callable[[str], None]) -> None:
    """A view with signed URLs in its local variables, which fails."""
    link = storage.upload_url("a.txt", overwrite=True)
    urls = {"one": storage.url("a.txt"), "other": [link.url]}
    for url in (urls["one"], link.url):
        note(str(url).partition("ignature=" if "ignature=" in url else "temp_url_sig=")[2].partition("&")[0])
    raise RuntimeError(len(urls))
