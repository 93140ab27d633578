"""One token for everybody: one login for many threads, one renewal while the others go on."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from django_selectel_storage.exceptions import AuthenticationFailed, ConnectionFailed, ServerError, StorageError
from django_selectel_storage.protocols.swift.tokens import (
    ASSUMED_LIFE,
    MARGIN,
    RENEWAL_PAUSE,
    Token,
    TokenKeeper,
    at_endpoint,
    usable_token,
)

THREADS = 32
DAY = 86400.0
URL = "https://swift.example.com/v1/AUTH_a"


class Clock:
    """A time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Server:
    """Hands out numbered tokens; it can be made to wait or to fail."""

    def __init__(self, life: float | None = DAY) -> None:
        self.life = life
        self.logins = 0
        self.error: Exception | None = None
        self.reached = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self) -> Token:
        self.logins += 1
        number = self.logins
        self.reached.set()
        assert self.may_answer.wait(10)
        if self.error:
            raise self.error
        return Token(f"token {number}", URL, self.life)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def keeper(server: Server, clock: Clock) -> TokenKeeper:
    return TokenKeeper(server, clock)


def test_the_first_one_logs_in_and_the_token_stays(keeper: TokenKeeper, server: Server, clock: Clock) -> None:
    first = keeper.current()
    clock.now += DAY - MARGIN - 1

    assert keeper.current() is first
    assert server.logins == 1


def test_where_the_account_is_stays_known_when_the_token_has_ended_and_nobody_can_log_in(
    keeper: TokenKeeper, server: Server, clock: Clock
) -> None:
    assert (keeper.storage_url(), server.logins) == (URL, 1)
    clock.now += 2 * DAY
    server.error = ConnectionFailed("away")
    assert (keeper.storage_url(), server.logins) == (URL, 1)


def test_where_the_account_is_cannot_be_told_before_a_login(keeper: TokenKeeper, server: Server) -> None:
    server.error = ConnectionFailed("away")
    with pytest.raises(ConnectionFailed):
        keeper.storage_url()


def test_nobody_logs_in_before_a_token_is_needed(keeper: TokenKeeper, server: Server) -> None:
    assert server.logins == 0


def test_many_threads_that_begin_at_once_log_in_once(keeper: TokenKeeper, server: Server) -> None:
    server.may_answer.clear()
    with ThreadPoolExecutor(THREADS) as pool:
        found = [pool.submit(keeper.current) for _ in range(THREADS)]
        assert server.reached.wait(10)
        server.may_answer.set()
        tokens = {future.result(10).value for future in found}

    assert tokens == {"token 1"}
    assert server.logins == 1


def test_one_thread_renews_while_the_others_get_the_old_token(
    keeper: TokenKeeper, server: Server, clock: Clock
) -> None:
    keeper.current()
    clock.now += DAY - MARGIN + 1
    server.reached.clear()
    server.may_answer.clear()
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(keeper.current)
        assert server.reached.wait(10)

        assert [keeper.current().value for _ in range(THREADS)] == ["token 1"] * THREADS

        server.may_answer.set()
        assert renewing.result(10).value == "token 2"

    assert keeper.current().value == "token 2"
    assert server.logins == 2


@pytest.mark.parametrize(
    ("life", "renewed_after", "ended_after"),
    [
        pytest.param(DAY, DAY - MARGIN, DAY, id="a day"),
        pytest.param(60.0, 30.0, 60.0, id="a short life is renewed in the middle"),
        pytest.param(None, ASSUMED_LIFE - MARGIN, ASSUMED_LIFE, id="a server that does not tell"),
    ],
)
def test_a_token_is_renewed_in_time_before_its_end(
    clock: Clock, life: float | None, renewed_after: float, ended_after: float
) -> None:
    server = Server(life)
    keeper = TokenKeeper(server, clock)
    keeper.current()
    clock.now = 1000.0 + renewed_after - 0.001
    assert keeper.current().value == "token 1"
    server.error = ServerError("down")
    clock.now = 1000.0 + ended_after - 0.001
    assert keeper.current().value == "token 1"
    clock.now = 1000.0 + ended_after
    with pytest.raises(ServerError):
        keeper.current()
    server.error = None
    assert keeper.current().value == f"token {server.logins}"


def test_a_token_without_life_is_used_once(clock: Clock) -> None:
    server = Server(0.0)
    keeper = TokenKeeper(server, clock)

    assert [keeper.current().value, keeper.current().value] == ["token 1", "token 2"]


def test_many_threads_that_find_the_token_ended_log_in_once(keeper: TokenKeeper, server: Server, clock: Clock) -> None:
    keeper.current()
    clock.now += DAY + 1
    with ThreadPoolExecutor(THREADS) as pool:
        tokens = {token.value for token in pool.map(lambda _: keeper.current(), range(THREADS))}

    assert tokens == {"token 2"}
    assert server.logins == 2


def test_many_threads_whose_token_was_rejected_log_in_once(keeper: TokenKeeper, server: Server) -> None:
    rejected = keeper.current()
    with ThreadPoolExecutor(THREADS) as pool:
        tokens = {token.value for token in pool.map(lambda _: keeper.renewed(rejected), range(THREADS))}

    assert tokens == {"token 2"}
    assert server.logins == 2
    assert keeper.current().value == "token 2"


def test_a_server_that_hands_out_the_same_token_again_is_still_asked_once(clock: Clock) -> None:
    logins = []

    def login() -> Token:
        logins.append(1)
        return Token("always the same", URL)

    keeper = TokenKeeper(login, clock)
    rejected = keeper.current()
    for _ in range(5):
        keeper.renewed(rejected)

    assert len(logins) == 2


def test_a_renewal_that_fails_keeps_the_old_token_and_pauses(
    keeper: TokenKeeper, server: Server, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    keeper.current()
    server.error = ServerError("down")
    clock.now += DAY - MARGIN + 1
    with caplog.at_level(logging.WARNING):
        assert [keeper.current().value for _ in range(5)] == ["token 1"] * 5
    assert server.logins == 2
    assert "could not be renewed" in caplog.text
    assert "token 1" not in caplog.text

    clock.now += RENEWAL_PAUSE + 0.001
    server.error = None
    assert keeper.current().value == "token 3"


@pytest.mark.parametrize("error", [AuthenticationFailed("wrong password"), ServerError("away")], ids=repr)
def test_a_first_login_that_fails_is_told_and_tried_again_next_time(
    keeper: TokenKeeper, server: Server, error: StorageError
) -> None:
    server.error = error
    with pytest.raises(type(error), match=str(error)):
        keeper.current()
    server.error = None

    assert keeper.current().value == "token 2"


def test_a_rejected_token_whose_renewal_fails_is_told(keeper: TokenKeeper, server: Server) -> None:
    rejected = keeper.current()
    server.error = AuthenticationFailed("wrong password")

    with pytest.raises(AuthenticationFailed):
        keeper.renewed(rejected)


def test_a_lock_that_a_parent_process_held_does_not_stop_the_child(keeper: TokenKeeper) -> None:
    keeper._lock.acquire()
    keeper.forget_lock()

    assert keeper.current().value == "token 1"


def test_a_token_is_not_in_its_own_repr() -> None:
    assert "hunter2" not in repr(Token("hunter2", URL, DAY))


@pytest.mark.parametrize(
    ("endpoint", "handed_out", "address"),
    [
        (None, "https://a.example/v1/AUTH_a", "https://a.example/v1/AUTH_a"),
        ("https://b.example", "https://a.example/v1/AUTH_a", "https://b.example/v1/AUTH_a"),
        ("https://b.example", "http://[/v1/AUTH_a", "https://b.example/v1/AUTH_a"),
        ("https://b.example/v1/b", "https://a.example/v1/AUTH_a", "https://b.example/v1/b"),
        ("https://b.example", "nonsense", "nonsense"),
    ],
)
def test_an_endpoint_replaces_the_host_that_a_login_hands_out(
    endpoint: str | None, handed_out: str, address: str
) -> None:
    assert at_endpoint(endpoint, handed_out) == address


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("token", "http://["),
        ("token", "nonsense"),
        ("token", "https://a.example/v1?a=b"),
        ("token", "https://user@a.example/v1"),
        ("token", "https://a.example:x/v1"),
        ("token", "https://a.example/v 1"),
        ("token", "ftp://a.example/v1"),
        ("tok\r\nen", "https://a.example/v1"),
        ("", "https://a.example/v1"),
    ],
)
def test_what_a_login_hands_out_has_to_be_usable(value: str, address: str) -> None:
    with pytest.raises(StorageError, match=r"login at https://id\.example"):
        usable_token(value, address, None, "https://id.example")


class CountingLock:
    """A lock that knows how many have come for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.all_came = threading.Event()
        self._came = 0

    def __enter__(self) -> None:
        self._came += 1
        if self._came == THREADS:
            self.all_came.set()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_those_who_wait_for_a_login_share_its_failure(
    keeper: TokenKeeper, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = CountingLock()
    monkeypatch.setattr(keeper, "_lock", lock)
    server.may_answer.clear()
    server.error = ServerError("away", status=503, tries=4)

    def ask(_: int) -> ServerError:
        with pytest.raises(ServerError) as raised:
            keeper.current()
        return raised.value

    with ThreadPoolExecutor(THREADS) as pool:
        asked = pool.map(ask, range(THREADS))
        assert lock.all_came.wait(10)
        server.may_answer.set()
        errors = list(asked)
    assert server.logins == 1
    assert {(str(error), error.status, error.tries) for error in errors} == {("away", 503, 4)}
    assert len({id(error) for error in errors}) == THREADS
