"""The pure rooms of ``transfer``: two listings side by side, shards, marks in metadata, ETags of parts, numbers."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import threading
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_selectel_storage.exceptions import DamagedTransfer, StorageError
from django_selectel_storage.headers import ORIGINAL_SIZE, WRITE_MARK, ObjectHeaders
from django_selectel_storage.transfer import digests, marks, plan
from django_selectel_storage.transfer.progress import Bar, Lines
from django_selectel_storage.transfer.report import Report, Tally, printable, size_text
from django_selectel_storage.transfer.values import Entry, Outcome, Pair, Result
from django_selectel_storage.transfer.work import Memory, unordered

names = st.sets(st.text(st.characters(codec="utf-8"), max_size=3), max_size=20)


def listing(found: set[str]) -> list[Entry]:
    """What a store lists: in the order of the bytes of UTF-8."""
    return [Entry(name, 1) for name in sorted(found, key=str.encode)]


@given(names, names)
def test_each_file_of_the_source_meets_its_counterpart(ours: set[str], theirs: set[str]) -> None:
    found = list(plan.pairs(plan.in_order(listing(ours), "a"), plan.in_order(listing(theirs), "b")))
    assert {pair.one.name for pair in found} == ours
    assert len(found) == len(ours)
    assert {pair.one.name for pair in found if pair.other} == ours & theirs
    assert all(pair.other is None or pair.other.name == pair.one.name for pair in found)


def test_a_listing_in_another_order_is_refused() -> None:
    entries = plan.in_order([Entry("a", 1), Entry("c", 1), Entry("b", 1)], "the container 'media'")
    with pytest.raises(StorageError, match=r"the container 'media'.*'b' comes after 'c'"):
        list(entries)


@given(names, st.integers(1, 9))
def test_each_name_belongs_to_exactly_one_shard(found: set[str], count: int) -> None:
    shards = [plan.Shard(number, count) for number in range(count)]
    assert all(sum(shard.holds(name) for shard in shards) == 1 for name in found)


def test_shards_are_the_same_for_ever_and_about_equal() -> None:
    for number, held in enumerate(("cf", "gh", "abde")):  # b2sum -l 64 of each letter, modulo 3
        assert [name for name in "abcdefgh" if plan.Shard(number, 3).holds(name)] == list(held)
    counts = [sum(plan.Shard(number, 4).holds(f"photos/{i}.jpg") for i in range(4000)) for number in range(4)]
    assert all(900 < count < 1100 for count in counts)


@pytest.mark.parametrize(("text", "shard"), [("0/1", plan.Shard(0, 1)), ("7/8", plan.Shard(7, 8))])
def test_a_shard_is_read(text: str, shard: plan.Shard) -> None:
    assert plan.shard(text) == shard


@pytest.mark.parametrize("text", ["8/8", "0/0", "-1/3", "1", "a/b", "1/2/3", "", "/"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="i/n"):
        plan.shard(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Entry("a", 1, "x"), Entry("a", 1, "x"), True),
        (Entry("a", 1, "x"), Entry("a", 2, "x"), False),
        (Entry("a", 1, "x"), Entry("a", 1, "y"), False),
        (Entry("a", 1), Entry("a", 1), False),
        (Entry("a", 0, "x"), Entry("a", 0, "x"), False),  # as Swift lists segmented objects
        (Entry("a", 1, "x", "no file"), Entry("a", 1, "x"), False),
        (Entry("a", 1, "x"), None, False),
    ],
)
def test_listings_prove_what_they_can(one: Entry, other: Entry | None, same: bool) -> None:
    assert plan.is_same(Pair(one, other)) is same


@pytest.mark.parametrize(("etag", "parts"), [("0" * 32 + "-3", 3), ("0" * 32, 0), ("x-y", 0), ("", 0), ("-²", 0)])
def test_the_number_of_parts_is_read(etag: str, parts: int) -> None:
    assert plan.has_parts(etag) == parts


def test_bytes_with_another_md5_raise_at_their_end() -> None:
    md5 = hashlib.md5(b"abc").hexdigest()
    assert b"".join(digests.checked([b"a", b"bc"], md5, "a.txt")) == b"abc"
    assert b"".join(digests.checked([b"anything"], "", "a.txt")) == b"anything"
    with pytest.raises(DamagedTransfer, match=r"a\.txt"):
        list(digests.checked([b"a", b"bd"], md5, "a.txt"))


def test_a_running_md5_begins_again_with_the_first_byte_and_misses_no_gap() -> None:
    running = digests.Running()
    assert running.after(0, b"ab") == hashlib.md5(b"ab").hexdigest()
    assert running.after(2, b"c") == hashlib.md5(b"abc").hexdigest()
    assert running.after(9, b"z") == ""
    assert running.after(3, b"d") == ""
    assert running.after(0, b"x") == hashlib.md5(b"x").hexdigest()


# --- marks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(1_234_567_890_123_456_789, "1234567890.123456789"), (0, "0"), (1_500_000_000, "1.5"), (-1, "-0.000000001")],
)
def test_times_are_written_as_rclone_writes_them(nanoseconds: int, text: str) -> None:
    assert marks.mtime_text(nanoseconds) == text
    assert marks.modified({"mtime": text}, None) == nanoseconds


@pytest.mark.parametrize("text", ["", "yesterday", "NaN", "Infinity", "1e999999999"])
def test_a_time_that_is_none_gives_way_to_that_of_the_object(text: str) -> None:
    moment = datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert marks.modified({"mtime": text}, moment) == 1_767_225_600 * 10**9
    assert marks.modified({}, None) is None


def test_an_md5_is_written_in_base64() -> None:
    md5 = hashlib.md5(b"abc").hexdigest()
    assert marks.md5_text(md5) == "kAFQmDzST7DWlj99KOF/cg=="
    assert marks.md5({"md5chksum": "kAFQmDzST7DWlj99KOF/cg=="}) == md5


@pytest.mark.parametrize("text", ["", "kAFQ", "?", "kAFQmDzST7DWlj99KOF/cg"])
def test_what_is_no_md5_is_none(text: str) -> None:
    assert marks.md5({"md5chksum": text}) == ""


RULED = ObjectHeaders("text/plain", cache_control="max-age=1", content_language="ru", metadata={"a": "rule", "b": "r"})
GIVEN = ObjectHeaders(
    "image/png",
    cache_control="no-store",
    content_encoding="gzip",
    metadata={"a": "given", ORIGINAL_SIZE: "9", WRITE_MARK: "x", "mtime": "old", "md5chksum": "old"},
    further={"expires": "soon", "x-delete-at": "1", "x-object-manifest": "c/p"},
)


def test_what_came_along_counts_more_than_the_rules() -> None:
    merged = marks.marked(RULED, GIVEN, swift=False, notes={"mtime": "1.5", "md5chksum": ""})
    assert (merged.content_type, merged.cache_control, merged.content_language) == ("image/png", "no-store", "ru")
    assert merged.content_encoding == "gzip"
    assert merged.metadata == {"a": "given", "b": "r", ORIGINAL_SIZE: "9", "mtime": "1.5"}
    assert merged.further == {"expires": "soon"}
    assert marks.marked(RULED, GIVEN, swift=True, notes={}).further == {"expires": "soon", "x-delete-at": "1"}


def test_where_nothing_came_along_the_rules_count() -> None:
    merged = marks.marked(RULED, None, swift=False, notes={"mtime": "1.5"})
    assert (merged.content_type, merged.cache_control) == ("text/plain", "max-age=1")
    assert merged.metadata == {"a": "rule", "b": "r", "mtime": "1.5"}


# --- work ------------------------------------------------------------------------------------------------------------


def test_of_endless_work_only_a_little_is_taken_ahead() -> None:
    finished: list[int] = []
    ahead: list[int] = []
    enough = threading.Event()

    def items() -> Iterator[int]:
        for number in range(1000):
            ahead.append(number + 1 - len(finished))
            if number == 7:
                enough.set()
            yield number

    def work(number: int) -> int:
        assert enough.wait(60)
        finished.append(number)
        return number

    assert sorted(unordered(work, items(), 2)) == list(range(1000))
    assert max(ahead) == 8


def test_a_failure_of_the_work_ends_it() -> None:
    def work(number: int) -> int:
        if number == 3:
            raise ZeroDivisionError
        return number

    with pytest.raises(ZeroDivisionError):
        list(unordered(work, iter(range(10**9)), 2))


TAKES_CTRL_C_ITSELF = """
import signal, threading, time
from django_selectel_storage.transfer.work import unordered
given_up = threading.Event()
def work(item):
    time.sleep(0.2)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    print("told" if given_up.wait(30) else "not told")
try:
    list(unordered(work, [1], 1, given_up.set))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_is_heard_also_when_another_thread_takes_the_signal() -> None:
    child = subprocess.run([sys.executable, "-c", TAKES_CTRL_C_ITSELF], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["told", "interrupted"]


def test_memory_is_shared_and_who_wants_too_much_gets_all() -> None:
    memory, entered = Memory(10), threading.Event()

    def want(size: int) -> None:
        with memory.taken(size):
            entered.set()

    with memory.taken(6):
        other = threading.Thread(target=want, args=(100,))
        other.start()
        assert not entered.wait(0.05)
        with memory.taken(4):
            pass
    other.join()
    assert entered.is_set()


# --- telling ---------------------------------------------------------------------------------------------------------


def outcome(result: Result, size: int = 1, **more: Any) -> Outcome:
    return Outcome(Pair(Entry("a.txt", size), None), result, **more)


def test_a_tally_counts_and_keeps_the_first_failures_only() -> None:
    tally = Tally()
    for result in [Result.COPIED] * 1200 + [Result.SAME] + [Result.FAILED] * 30:
        tally.add(outcome(result, 1024))
    assert str(tally) == "1,200 copied, 1 same, 30 failed; 1.2 MiB"
    assert (tally.done, tally.failed, len(tally.failures)) == (1231, 30, 20)
    assert str(Tally()) == "no files; 0 bytes"


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (1023, "1,023 bytes"), (1536, "1.5 KiB"), (5 * 1024**4, "5,120.0 GiB")]
)
def test_sizes_have_units(size: int, text: str) -> None:
    assert size_text(size) == text


def test_a_report_is_a_line_of_json_each_whatever_the_name() -> None:
    file = io.StringIO()
    report, tally = Report(file), Tally()
    odd = Outcome(Pair(Entry("я\udcff\n.txt", 2), None), Result.FAILED, reason="why")
    report.add(odd)
    tally.add(odd)
    report.end(tally)
    first, last = map(json.loads, file.getvalue().splitlines())
    assert first == {"name": "я\udcff\n.txt", "result": "failed", "bytes": 2, "reason": "why"}
    assert last["summary"]["failed"] == 1


def test_names_are_shown_so_that_a_terminal_stays_whole() -> None:
    assert printable("я\x1b[31m\udcff\n") == "я\\x1b[31m\\udcff\\n"


def ticking(*moments: float) -> Callable[[], float]:
    return iter(moments).__next__


def test_in_a_log_there_is_a_line_now_and_then() -> None:
    stream, tally = io.StringIO(), Tally()
    lines = Lines(stream, ticking(0, 1, 10, 15, 20))
    lines.expect(400)
    for _ in range(4):
        for _ in range(50):
            tally.add(outcome(Result.COPIED, 1024))
        lines.advance(tally)
    lines.close()
    assert stream.getvalue().splitlines() == [
        "100 of 400 files, 10.0 files/s, 100.0 KiB, 10.0 KiB/s, 30 s left",
        "200 of 400 files, 10.0 files/s, 200.0 KiB, 10.0 KiB/s, 20 s left",
    ]


def test_on_a_terminal_there_is_a_bar() -> None:
    stream, tally = io.StringIO(), Tally()
    bar = Bar(stream)
    bar.expect(2)
    tally.add(outcome(Result.FAILED))
    bar.advance(tally)
    tally.add(outcome(Result.COPIED, 1536))
    bar.advance(tally)
    bar.close()
    last = stream.getvalue().rpartition("\r")[2]
    assert "2/2" in last
    assert "1.5 KiB" in last
    assert "1 failed" in last
