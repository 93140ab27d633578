"""When a request is tried again, and after how long: tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.transport.retries import (
    LONGEST_DELAY,
    LONGEST_RETRY_AFTER,
    may_pass,
    next_delay,
    parse_retry_after,
)


@pytest.mark.parametrize("status", [408, 429, 498, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert may_pass(status)


@pytest.mark.parametrize("status", [200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 409, 412, 416, 501])
def test_what_will_not_pass_is_not(status: int) -> None:
    assert not may_pass(status)


@pytest.mark.parametrize(("max_retries", "sent"), [(0, 1), (1, 2), (3, 4)])
def test_a_request_is_sent_once_and_as_often_again_as_max_retries_says(max_retries: int, sent: int) -> None:
    tries = 1
    while next_delay(tries=tries, max_retries=max_retries, chance=0) is not None:
        tries += 1

    assert tries == sent


@pytest.mark.parametrize(
    ("tries", "chance", "delay"),
    [
        pytest.param(1, 1.0, 0.2, id="first"),
        pytest.param(2, 1.0, 0.4, id="doubled"),
        pytest.param(5, 1.0, 3.2, id="and doubled again"),
        pytest.param(20, 1.0, LONGEST_DELAY, id="capped"),
        pytest.param(3, 0.0, 0.0, id="full jitter begins at nothing"),
        pytest.param(3, 0.25, 0.2, id="chance scales it"),
    ],
)
def test_the_delay_grows_exponentially_with_full_jitter(tries: int, chance: float, delay: float) -> None:
    found = next_delay(tries=tries, max_retries=99, chance=chance)

    assert found == pytest.approx(delay)


@pytest.mark.parametrize(
    ("retry_after", "delay"),
    [
        pytest.param(0.0, 0.2, id="at once: only the back-off"),
        pytest.param(7.0, 7.2, id="what the server asks for is the least"),
        pytest.param(LONGEST_RETRY_AFTER, 60.2, id="a minute"),
        pytest.param(LONGEST_RETRY_AFTER + 1, None, id="more than that is not waited for"),
    ],
)
def test_a_server_that_asks_to_wait_is_waited_for(retry_after: float, delay: float | None) -> None:
    found = next_delay(tries=1, max_retries=3, chance=1.0, retry_after=retry_after)

    assert found == (None if delay is None else pytest.approx(delay))


def test_a_wish_of_the_server_does_not_prolong_the_tries() -> None:
    found = next_delay(tries=4, max_retries=3, chance=1.0, retry_after=1.0)

    assert found is None


NOW = 1369353600.0  # 2013-05-24, 00:00:00 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("999999999999999999", 999999999.0),
        ("Fri, 24 May 2013 00:01:00 GMT", 60.0),
        ("Friday, 24-May-13 00:01:00 GMT", 60.0),
        ("Fri May 24 00:01:00 2013", 60.0),
        ("Thu, 23 May 2013 23:59:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0665", None),
        ("Fri, 24 May 99999 00:00:00 GMT", None),
        ("Fri, 99 May 2013 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text())
def test_any_retry_after_is_understood_or_ignored(value: str) -> None:
    found = parse_retry_after(value, NOW)

    assert found is None or found >= 0
