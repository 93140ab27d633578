"""The measuring programs run: ours alone, at the smallest scale, on real servers."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from benchmarks.__main__ import MEASURES, carried_out
from benchmarks.address import BUCKET
from benchmarks.bench import Bench, set_up
from benchmarks.environments import ThisOne
from benchmarks.figures import Results
from benchmarks.machine import run
from benchmarks.measures import cpu, growth, large, latency, profile, races, start, static, threads, transfer
from benchmarks.measures.cases import LISTDIR, NEAR, READ, SAVE, URL
from benchmarks.nginx import READY, nginx
from benchmarks.peers import FLOOR, OURS, OURS_SWIFT, PEERS, WORKING_FLOOR
from benchmarks.proxy import Proxy
from benchmarks.scales import SCALES
from benchmarks.worker import PeerFailed, Worker

OUR_OWN = tuple(peer for peer in PEERS if peer.name in {OURS, OURS_SWIFT})


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with set_up(SCALES["tiny"], ThisOne(), OUR_OWN) as made:
        yield made


def measured(bench: Bench, name: str) -> Results:
    figures = tuple(figure for measure in MEASURES[name] for figure in measure(bench))
    assert all(figure.values for figure in figures)
    return Results({}, figures)


def test_latency_is_measured_of_ours_and_of_bare_urllib3(bench: Bench) -> None:
    results = measured(bench, "latency")
    for case in NEAR:
        for who in (OURS, OURS_SWIFT, FLOOR):
            assert results.find(latency.MEASURE, latency.at(case, 0), who)


@pytest.mark.parametrize(
    ("name", "measure", "case"),
    [
        ("start", start.MEASURE, start.FIRST),
        ("profile", profile.MEASURE, f"{READ}: urllib3"),
        ("threads", threads.MEASURE, threads.case(READ, 2)),
        ("listings", growth.LISTINGS, "walk of 1,000"),
        ("transfer", transfer.MEASURE, transfer.RATE),
        ("static", static.MEASURE, static.case(static.MANIFEST, static.ONE)),
        ("races", races.MEASURE, races.ATOMIC),
        ("uploads", growth.UPLOADS, "1 MiB"),
        ("cpu", cpu.MEASURE, SAVE),
        ("large", large.MEASURE, large.DOWN),
    ],
)
def test_a_measure_has_a_figure_of_ours(bench: Bench, name: str, measure: str, case: str) -> None:
    assert measured(bench, name).find(measure, case, OURS)


def test_the_yardstick_that_hashes_and_parses_is_measured_where_there_is_something_to_hash_or_parse(
    bench: Bench,
) -> None:
    figures = [figure for figure in cpu.client_cpu(bench) if figure.who == WORKING_FLOOR]
    assert [figure.case for figure in figures] == [SAVE, "save 1 MiB", 'open("wb") 4 KiB', LISTDIR, URL]


def test_curl_sends_a_large_file_with_its_md5_and_nginx_tells_that_of_what_all_read(bench: Bench) -> None:
    assert Results({}, tuple(large.large(bench))).find(large.MEASURE, large.UP, large.HASHING_CURL, bench.swift.name)
    url = f"{bench.nginx.endpoint}/{BUCKET}/{READY}"
    body = urllib3.request("GET", url).data
    tag = f'"{hashlib.md5(body).hexdigest()}"'
    for condition, status in ((tag, 206), ('"another"', 412)):
        answer = urllib3.request("GET", url, headers={"If-Match": condition, "Range": "bytes=1-"})
        assert (answer.status, answer.headers["ETag"] if answer.status == 206 else tag) == (status, tag)


def test_machine_and_versions_are_told(bench: Bench) -> None:
    told = run(bench)
    assert told["cores"] >= 1
    assert told["peers"].keys() == {OURS}
    assert told["peers"][OURS]["urllib3"]


def test_a_run_that_is_resumed_measures_what_is_missing(tmp_path: Path) -> None:
    unfinished = tmp_path / "unfinished.json"
    first = carried_out(SCALES["tiny"], ThisOne(), OUR_OWN, ["start"], unfinished)
    whole = carried_out(SCALES["tiny"], ThisOne(), OUR_OWN, ["start", "profile"], unfinished, resume=True)

    assert whole.about["sittings"] == 2
    assert whole.figures[: len(first.figures)] == first.figures
    assert whole.find(profile.MEASURE, f"{READ}: urllib3", OURS)


def test_a_url_on_a_custom_domain_is_measured(bench: Bench) -> None:
    (figure,) = cpu.custom_domain(bench)
    assert (figure.who, figure.case) == (OURS, cpu.CUSTOM_DOMAIN)


def test_a_peer_that_cannot_do_it_ends_the_run(bench: Bench) -> None:
    with Worker(bench.ours, bench.nginx, bench.environments) as worker, pytest.raises(PeerFailed, match="read"):
        worker.order("download", name="never/saved.bin", size=1)


def test_the_proxy_counts_requests_and_what_is_prepared_is_not_among_them(bench: Bench) -> None:
    with Proxy(bench.nginx.port, 0) as proxy, bench.at_work(bench.nginx.behind(proxy.port), [bench.ours]) as workers:
        worker = workers[OURS]
        worker.prepare("read", 3)
        assert proxy.take() == {"PUT": 1}
        worker.act("read")
        assert proxy.take() == {"GET": 3}


def test_nginx_ends_with_its_block() -> None:
    with nginx([]) as port:
        assert port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
