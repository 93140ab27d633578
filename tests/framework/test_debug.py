"""Error reports, as Django makes them: no DSN and no secret option is readable in them, and everything else is.

The secrets are made up while a test runs: a report quotes the source, and no filter can change that.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from types import MappingProxyType
from typing import Any, NoReturn

import pytest
from django.http import Http404, HttpRequest, QueryDict
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject
from django.views import debug as djangos
from pytest_django import Settings

from django_selectel_storage.debug import HIDDEN, SelectelExceptionReporterFilter, without_secrets
from django_selectel_storage.storage import SelectelStorage

OURS = "django_selectel_storage.debug.SelectelExceptionReporterFilter"
DJANGOS = "django.views.debug.SafeExceptionReporterFilter"

Report = Callable[[Callable[[str], object]], str]


@pytest.fixture
def secret() -> str:
    """A password that stands in no source."""
    return token_hex(12)


@pytest.fixture
def filtered_by(settings: Settings) -> Iterator[Callable[[str], None]]:
    """Sets the filter; Django keeps the one that it has made."""

    def choose(path: str) -> None:
        settings.DEFAULT_EXCEPTION_REPORTER_FILTER = path
        djangos.get_default_exception_reporter_filter.cache_clear()  # type: ignore[attr-defined]

    yield choose
    djangos.get_default_exception_reporter_filter.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def ours(filtered_by: Callable[[str], None], settings: Settings) -> None:
    """Our filter, and DEBUG, with which Django's own filters least."""
    settings.DEBUG = True
    filtered_by(OURS)


def report(view: Callable[[], object], request: HttpRequest | None = None) -> str:
    """The page and the text that Django makes of what a view raises."""
    request = request or RequestFactory().get("/")
    try:
        view()
    except Exception:  # noqa: BLE001 - a page for anything
        page = djangos.technical_500_response(request, *sys.exc_info()).content.decode()
        reporter = djangos.ExceptionReporter(request, *sys.exc_info())
        return page + reporter.get_traceback_text() + reporter.get_traceback_html()
    raise AssertionError("the view did not raise")


def fail() -> NoReturn:
    raise RuntimeError("boom")


# --- settings --------------------------------------------------------------------------------------------------------


def configure(settings: Settings, secret: str) -> None:
    settings.SELECTEL_STORAGES = {
        "plain": f"selectel://user:{secret}@plain-box",
        "s3": f"SELECTEL+S3://key:{secret}@cdn.example.com/s3-box?location=folder&temp_url_key={secret}",
        "unencoded": f"selectel://user:a/{secret}?@b {secret}'@unencoded-box",
        "nested": {"DSN": f"selectel://user:{secret}@nested-box"},
        "deep": [{"x": ({f"selectel://user:{secret}@deep-box"}, [f"selectel://user:{secret}@deeper-box"])}],
        "keys": {
            "SECRET_KEY": secret,
            "access_key": secret,
            "Password": secret,
            "temp_url_key": secret,
            "CONTAINER": "c",
        },
        "proxy": {"PROXY": f"http://user:{secret}@proxy.example.com:3128"},
        "frozen": MappingProxyType({"password": secret, "dsn": f"selectel://u:{secret}@frozen-box"}),
        "incomplete": f"selectel://user:{secret}",
    }
    settings.STORAGES = {
        "default": {"BACKEND": "x.Y", "OPTIONS": {"dsn": f"selectel://user:{secret}@storages-box", "pool": "ru-7"}}
    }
    settings.MY_STORAGE = f"kept at selectel://user:{secret}@text-box in 2026"
    settings.MY_FACTORY = partial(SelectelStorage, f"selectel://user:{secret}@partial-box")
    settings.MY_BYTES = f"selectel://user:{secret}@bytes-box".encode()


BOXES = [
    "plain",
    "cdn.example.com/s3",
    "unencoded",
    "nested",
    "deep",
    "deeper",
    "frozen",
    "storages",
    "text",
    "partial",
]


@pytest.mark.parametrize("debugging", [True, False])
def test_a_report_shows_settings_without_their_secrets(settings: Settings, secret: str, debugging: bool) -> None:
    configure(settings, secret)
    settings.DEBUG = debugging

    told = report(fail)

    assert secret not in told
    for box in [*BOXES, "bytes"]:
        assert f"://{HIDDEN}@{box}-box" in told
    for words in ("?location=folder", f"http://{HIDDEN}@proxy.example.com:3128", "ru-7", " in 2026", "kept at "):
        assert words in told


def test_the_page_for_what_is_not_found_shows_no_secrets(settings: Settings, secret: str) -> None:
    configure(settings, secret)
    page = djangos.technical_404_response(RequestFactory().get("/nowhere"), Http404("nowhere")).content.decode()

    assert secret not in page


def test_django_alone_would_show_a_dsn(settings: Settings, secret: str, filtered_by: Callable[[str], None]) -> None:
    settings.SELECTEL_STORAGES = {"plain": f"selectel://user:{secret}@plain-box"}
    filtered_by(DJANGOS)
    assert f"selectel://user:{secret}@plain-box" in report(fail)
    filtered_by(OURS)
    assert f"selectel://{HIDDEN}@plain-box" in report(fail)


def test_harmless_settings_stay_as_they_are(settings: Settings) -> None:
    settings.MINE = {"a": (1, 2.5, None, True), "b": ["text", "https://user@example.com/"], "c": "selectel://box"}
    shown = SelectelExceptionReporterFilter().get_safe_settings()

    assert shown["MINE"] == settings.MINE
    assert shown["INSTALLED_APPS"] == settings.INSTALLED_APPS


def test_settings_are_not_changed(settings: Settings, secret: str) -> None:
    configure(settings, secret)
    report(fail)

    assert settings.SELECTEL_STORAGES["nested"]["DSN"].endswith(f":{secret}@nested-box")
    assert settings.SELECTEL_STORAGES["keys"]["SECRET_KEY"] == secret


def test_the_environment_of_a_request_is_shown_without_secrets(secret: str) -> None:
    request = RequestFactory(SELECTEL_STORAGE=f"selectel://user:{secret}@meta-box").get("/")
    request.COOKIES["storage"] = f"selectel://user:{secret}@cookie-box"
    told = report(fail, request)

    assert secret not in told
    assert f"selectel://{HIDDEN}@meta-box" in told


# --- local variables -------------------------------------------------------------------------------------------------

Pair = namedtuple("Pair", "user password")  # noqa: PYI024 - the untyped kind is meant


@dataclass
class Account:
    """An object of a project."""

    password: str
    dsn: str


class Talkative:
    """An object whose repr tells, or raises."""

    def __init__(self, text: str, raising: bool = False) -> None:
        self.text, self.raising = text, raising

    def __repr__(self) -> str:
        if self.raising:
            raise ValueError(self.text)
        return f"Talkative({self.text!r})"


class Unfriendly(dict[str, str]):
    """A dictionary that cannot be read."""

    def items(self) -> Any:
        raise RuntimeError("no")


def endless(value: str) -> list[Any]:
    result: list[Any] = [value]
    result.append(result)
    return result


def query(text: str) -> QueryDict:
    return QueryDict(text)


VALUES: list[tuple[str, Callable[[str], object], str]] = [
    ("a DSN", lambda s: f"selectel://user:{s}@box", f"selectel://{HIDDEN}@box"),
    ("a DSN of S3", lambda s: f"selectel+s3://key:{s}@box?location=x", f"selectel+s3://{HIDDEN}@box?location=x"),
    ("capitals", lambda s: f"Selectel://user:{s}@Box", f"Selectel://{HIDDEN}@Box"),
    ("white space before it", lambda s: f"\n selectel://user:{s}@box", f"selectel://{HIDDEN}@box"),
    ("no container", lambda s: f"selectel://user:{s}", f"selectel://{HIDDEN}"),
    ("a secret of its query", lambda s: f"selectel://u:p@box?Temp_URL_Key={s} {s}&gzip=1", f"={HIDDEN}&amp;gzip=1"),
    ("text with a DSN", lambda s: f"it is selectel://user:{s}@box, is it?", f"selectel://{HIDDEN}@box, is it?"),
    ("text with a secret in a query", lambda s: f"it is selectel://box?proxy={s}&gzip=1", f"{HIDDEN}&amp;gzip=1"),
    ("a DSN with a space within", lambda s: f"it is selectel://user:a {s}@box", f"selectel://{HIDDEN}@box"),
    ("bytes", lambda s: f"selectel://user:{s}@box".encode(), f"selectel://{HIDDEN}@box"),
    ("a list of tuples", lambda s: [(1, f"selectel://user:{s}@box")], f"selectel://{HIDDEN}@box"),
    ("a set", lambda s: {f"selectel://user:{s}@box"}, f"selectel://{HIDDEN}@box"),
    ("a dictionary's key", lambda s: {f"selectel://user:{s}@box": 1}, f"selectel://{HIDDEN}@box"),
    ("options", lambda s: {"secret_key": s, "container": "box"}, "&#x27;container&#x27;: &#x27;box&#x27;"),
    ("options in capitals", lambda s: {"ACCESS_KEY": s, "CONTAINER": "box"}, "&#x27;CONTAINER&#x27;: &#x27;box&#x27;"),
    ("nested options", lambda s: [{"OPTIONS": OrderedDict(Password=s, a={"temp_url_key": s})}], "&#x27;a&#x27;"),
    ("an odd secret", lambda s: {"password": [s]}, f"&#x27;password&#x27;: &#x27;{HIDDEN}&#x27;"),
    ("no secret", lambda _: {"password": None}, "&#x27;password&#x27;: None"),
    ("a proxy", lambda s: {"proxy": f"http://user:{s}@host:1"}, f"http://{HIDDEN}@host:1"),
    ("headers", lambda s: {"X-Auth-Key": s, "x-auth-token": s, "Accept": "text/x"}, "text/x"),
    ("a header block", lambda s: f"GET / HTTP/1.1\r\nX-Auth-Key: {s}\r\nAccept: text/x".encode(), "text/x"),
    ("JSON", lambda s: json.dumps({"user": {"name": "bob", "password": f'"{s}'}}).encode(), "bob"),
    ("a dataclass", lambda s: Account(s, f"selectel://user:{s}@box"), f"dsn=&#x27;selectel://{HIDDEN}@box"),
    ("a named tuple", lambda s: Pair("bob", s), "user=&#x27;bob&#x27;"),
    ("an object", lambda s: Talkative(f"selectel://user:{s}@box"), f"Talkative(&#x27;selectel://{HIDDEN}@box"),
    ("an object that raises", lambda s: Talkative(f"selectel://u:{s}@box", True), f"ValueError: selectel://{HIDDEN}@box"),
    ("a read-only mapping", lambda s: MappingProxyType({"password": s, "a": 1}), "&#x27;a&#x27;: 1"),
    ("a dictionary that raises", lambda s: Unfriendly(password=s), "Unfriendly, which cannot be shown"),
    ("a list in itself", lambda s: endless(f"selectel://user:{s}@box"), "list that contains itself"),
    ("a QueryDict", lambda s: query(f"password={s}&a=b&dsn=selectel://u:{s}@box"), f"selectel://{HIDDEN}@box"),
    ("two values", lambda s: query(f"d=selectel://a:{s}@one&d=selectel://a:{s}@two"), f"{HIDDEN}@one&#x27;,"),
    ("a partial", lambda s: partial(SelectelStorage, f"selectel://user:{s}@box"), f"selectel://{HIDDEN}@box"),
    ("a storage", lambda s: SelectelStorage(f"selectel://user:{s}@box"), "&lt;SelectelStorage box&gt;"),
    ("its options", lambda s: SelectelStorage(f"selectel://user:{s}@box").options, "container=&#x27;box&#x27;"),
]  # fmt: skip


@pytest.mark.parametrize("debugging", [True, False])
@pytest.mark.parametrize(("make", "readable"), [row[1:] for row in VALUES], ids=[row[0] for row in VALUES])
def test_a_local_variable_is_shown_without_its_secrets(
    settings: Settings, secret: str, make: Callable[[str], object], readable: str, debugging: bool
) -> None:
    settings.DEBUG = debugging
    value = make(secret)

    def view() -> None:
        local = value
        fail()
        del local

    told = report(view)

    assert secret not in told
    assert readable in told


@pytest.mark.parametrize(("name", "make"), [row[:2] for row in VALUES if row[0] in {"a DSN", "options", "a partial"}])
def test_django_alone_would_show_a_local_variable(
    secret: str, filtered_by: Callable[[str], None], name: str, make: Callable[[str], object]
) -> None:
    filtered_by(DJANGOS)
    value = make(secret)

    def view() -> None:
        local = value
        fail()
        del local

    assert secret in report(view)


def test_a_variable_with_the_name_of_a_secret_is_hidden(secret: str) -> None:
    def told_by_nobody() -> str:
        return secret

    def view() -> None:
        password = Secret_Key = told_by_nobody()  # noqa: N806 - either case is meant
        username = "bob"
        fail()
        del password, Secret_Key, username

    told = report(view)

    assert secret not in told
    assert "bob" in told


def test_a_lazy_object_is_not_evaluated(secret: str) -> None:
    asked: list[bool] = []

    def view() -> None:
        local = {"user": SimpleLazyObject(lambda: asked.append(True))}
        fail()
        del local

    assert "SimpleLazyObject" in report(view)
    assert asked == []


def test_posted_secrets_are_hidden(secret: str) -> None:
    posted = {"password": secret, "dsn": f"selectel://user:{secret}@box", "name": "bob"}
    request = RequestFactory().post("/", posted)

    def view() -> None:
        local = request.POST
        fail()
        del local

    told = report(view, request)

    assert secret not in told
    assert "bob" in told
    assert f"selectel://{HIDDEN}@box" in told
    assert request.POST["password"] == secret


def test_what_a_view_marks_as_sensitive_stays_hidden(settings: Settings, secret: str) -> None:
    from django.views.decorators.debug import sensitive_variables  # noqa: PLC0415 - beside its only use

    settings.DEBUG = False

    def told_by_nobody() -> str:
        return secret

    @sensitive_variables("marked")
    def view() -> None:
        marked = told_by_nobody()
        fail()
        del marked

    assert secret not in report(view)


# --- errors of ours --------------------------------------------------------------------------------------------------

NOBODY = "http://127.0.0.1:1"  # port 1: nobody listens
ERRORS: list[tuple[str, Callable[[str], object]]] = [
    ("no container", lambda s: SelectelStorage(f"selectel://user:{s}@").options),
    ("no at sign", lambda s: SelectelStorage(f"selectel://user:{s}").options),
    ("an at sign too many", lambda s: SelectelStorage(f"selectel://user:{s}?@{s}@box").options),
    ("an option twice", lambda s: SelectelStorage(f"selectel://user:{s}@box?gzip=1&gzip=0").options),
    ("a line break", lambda s: SelectelStorage(username="u", password=f"{s}\n", container="box").options),
    ("an odd proxy", lambda s: SelectelStorage(f"selectel://u:{s}@b", proxy=f"ftp://u:{s}@proxy").options),
    ("two sources", lambda s: SelectelStorage(f"selectel://user:{s}@box", password=s).options),
    ("a misspelt keyword", lambda s: SelectelStorage(f"selectel://user:{s}@box", pasword=s)),
    ("half a key", lambda s: SelectelStorage(secret_key=s, container="box").options),
    ("no connection, S3", lambda s: SelectelStorage(
        access_key=s, secret_key=s, container="box", endpoint=NOBODY, max_retries=0).exists("x")),
    ("no connection, auth v1.0", lambda s: SelectelStorage(
        username="u", password=s, container="box", auth_url=NOBODY, max_retries=0).exists("x")),
    ("no connection, Keystone", lambda s: SelectelStorage(username="u", password=s, account="1", project="shop",
        container="box", auth_url=NOBODY, max_retries=0).exists("x")),
    ("no proxy", lambda s: SelectelStorage(access_key="k", secret_key=s, container="box", endpoint="http://localhost:1",
        proxy=f"http://u:{s}@127.0.0.1:1", max_retries=0).exists("x")),
]  # fmt: skip


@pytest.mark.parametrize("use", [row[1] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_a_report_of_an_error_of_ours_shows_no_secret(secret: str, use: Callable[[str], object]) -> None:
    def view() -> None:
        use(secret)

    told = report(hidden_from_the_report(view))

    assert secret not in told
    assert "django_selectel_storage" in told


def hidden_from_the_report(view: Callable[[], None]) -> Callable[[], None]:
    """The view, without the frames of this test, which know the bare secret."""

    def raised_again() -> None:
        try:
            view()
        except Exception as error:  # noqa: BLE001 - it is raised again
            trace = error.__traceback__
            while trace is not None and trace.tb_frame.f_globals["__name__"] == __name__:
                trace = trace.tb_next
            raise error.with_traceback(trace) from None

    return raised_again


# --- texts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing to hide",
        "selectel://box",
        "selectel://box?location=x",
        "https://user:password@example.com/",
        "it looks like 'selectel://user:password@container'.",
        "The option 'password' is missing: it goes with 'username'.",
        "The option 'secret_key' is missing",
        "password",
    ],
)
def test_a_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


def test_what_is_masked_once_stays_so() -> None:
    masked = without_secrets("selectel://user:pass@box?temp_url_key=x&gzip=1")

    assert masked == f"selectel://{HIDDEN}@box?temp_url_key={HIDDEN}&gzip=1"
    assert without_secrets(masked) == masked
