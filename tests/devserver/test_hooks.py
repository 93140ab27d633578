"""Each hook does to a real server what it says, and nothing more."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, IncompleteRead
from threading import Barrier
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from django_selectel_storage.devserver import DevServer, DevServerError, Fault
from django_selectel_storage.devserver.state import LONGEST_LOG, State
from tests.devserver.web import ask, log_in

if TYPE_CHECKING:
    from django_selectel_storage.devserver import Hooks, ServerInfo

CONTENT = bytes(range(256)) * 40
CLIENTS = 8
ROUNDS = 30


def put(url: str, token: str, body: bytes = CONTENT, **headers: str) -> int:
    return ask("PUT", url, body, X_Auth_Token=token, **headers).status


def get(url: str, token: str) -> bytes:
    return ask("GET", url, X_Auth_Token=token).body


def test_a_fault_answers_so_many_requests_with_an_error(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(status=503, count=2, retry_after=7)
    first = ask("PUT", url, b"", X_Auth_Token=token)
    assert (first.status, first.headers["retry-after"]) == (503, "7")
    assert [put(url, token) for _ in range(2)] == [503, 201]


def test_a_fault_before_the_work_leaves_it_undone(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(status=500, method="PUT")
    assert put(url, token) == 500
    assert ask("HEAD", url, X_Auth_Token=token).status == 404


def test_a_fault_after_the_work_leaves_it_done(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(status=504, stage="after")
    assert put(url, token) == 504
    assert get(url, token) == CONTENT


def test_a_fault_meets_only_the_method_and_path_that_match(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(method="DELETE")
    hooks.fault(match=f"{urlsplit(url).path}-other")
    hooks.fault(match="multipart-manifest=get")
    assert put(url, token) == 201
    assert put(f"{url}-other", token) == 503
    assert ask("GET", f"{url}?multipart-manifest=get", X_Auth_Token=token).status == 503
    assert ask("DELETE", url, X_Auth_Token=token).status == 503


def test_a_slow_answer_is_the_right_one(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(status=0, delay=0.3)
    begun = time.monotonic()
    assert put(url, token) == 201
    assert time.monotonic() - begun >= 0.3


def test_a_reset_connection_gives_no_answer(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(reset=True)
    with pytest.raises((HTTPException, OSError)):
        put(url, token)
    assert ask("HEAD", url, X_Auth_Token=token).status == 404
    assert [entry.status for entry in hooks.requests()] == [0, 404]


def test_a_connection_reset_after_the_work_leaves_it_done(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(reset=True, stage="after")
    with pytest.raises((HTTPException, OSError)):
        put(url, token)
    assert get(url, token) == CONTENT


def test_a_connection_can_be_reset_in_the_middle_of_an_upload(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(reset=True, stage="middle")
    with pytest.raises((HTTPException, OSError)):
        put(url, token, bytes(8 << 20))
    assert ask("HEAD", url, X_Auth_Token=token).status == 404


def test_an_error_can_come_in_the_middle_of_an_upload(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(status=507, stage="middle")
    assert put(url, token) == 507
    assert ask("HEAD", url, X_Auth_Token=token).status == 404


def test_a_truncated_answer_ends_too_early(hooks: Hooks, url: str, token: str) -> None:
    put(url, token)
    hooks.fault(truncate=1000, method="GET")
    with pytest.raises(IncompleteRead) as ending:
        get(url, token)
    assert ending.value.partial == CONTENT[:1000]


def test_a_trickling_answer_comes_slowly_and_whole(hooks: Hooks, url: str, token: str) -> None:
    put(url, token)
    hooks.fault(trickle=1024, pause=0.05, method="GET")
    begun = time.monotonic()
    assert get(url, token) == CONTENT
    assert time.monotonic() - begun >= 0.3


def test_a_corrupt_answer_differs_in_one_byte(hooks: Hooks, url: str, token: str) -> None:
    put(url, token)
    hooks.fault(corrupt=True, method="GET")
    answer = ask("GET", url, X_Auth_Token=token)
    assert answer.headers["etag"] == hashlib.md5(CONTENT).hexdigest()
    assert [a == b for a, b in zip(answer.body, CONTENT, strict=True)].count(False) == 1


def test_a_corrupt_upload_differs_in_one_byte(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(corrupt_upload=True, method="PUT")
    assert put(url, token) == 201
    assert [a == b for a, b in zip(get(url, token), CONTENT, strict=True)].count(False) == 1


def test_a_corrupt_upload_is_refused_by_its_checksum(hooks: Hooks, url: str, token: str, s3: Any, key: str) -> None:
    hooks.fault(corrupt_upload=True, method="PUT", count=2)
    assert put(url, token, ETag=hashlib.md5(CONTENT).hexdigest()) == 422
    with pytest.raises(ClientError):
        s3.put_object(Bucket="media", Key=key, Body=CONTENT)


def test_damages_can_be_combined(hooks: Hooks, url: str, token: str) -> None:
    put(url, token)
    hooks.fault(corrupt=True, trickle=512, pause=0.0, truncate=700, method="GET")
    with pytest.raises(IncompleteRead) as ending:
        get(url, token)
    assert ending.value.partial[1:] == CONTENT[1:700]


def test_faults_that_did_not_happen_can_be_forgotten(hooks: Hooks, url: str, token: str) -> None:
    hooks.fault(count=100)
    hooks.clear_faults()
    assert put(url, token) == 201


def test_revoked_tokens_are_refused_and_new_ones_are_not(hooks: Hooks, info: ServerInfo, url: str) -> None:
    token = log_in(info)
    hooks.revoke_tokens()
    assert put(url, token) == 401
    assert log_in(info) != token
    assert put(url, log_in(info)) == 201


def test_a_flushed_cache_loses_no_token(hooks: Hooks, url: str, token: str) -> None:
    assert put(url, token) == 201
    assert hooks.flush_cache() > 0
    assert put(url, token) == 201


def test_a_dropped_header_is_not_heard_of(hooks: Hooks, url: str, token: str) -> None:
    assert put(url, token, If_None_Match="*") == 201
    assert put(url, token, If_None_Match="*") == 412
    hooks.drop_header("If-None-Match")
    assert put(url, token, If_None_Match="*") == 201


def test_a_signed_header_can_be_dropped_too(hooks: Hooks, s3: Any, key: str) -> None:
    s3.put_object(Bucket="media", Key=key, Body=b"first", IfNoneMatch="*")
    hooks.clear_requests()
    hooks.drop_header("If-None-Match")
    s3.put_object(Bucket="media", Key=key, Body=b"second", IfNoneMatch="*")
    assert "if-none-match" in hooks.requests()[0].headers["authorization"]
    assert s3.get_object(Bucket="media", Key=key)["Body"].read() == b"second"


def test_serialized_writes_have_one_winner(hooks: Hooks, info: ServerInfo, token: str, key: str) -> None:
    hooks.serialize_writes()
    gate = Barrier(CLIENTS)

    def compete(name: str) -> list[int]:
        statuses = []
        for number in range(ROUNDS):
            gate.wait()
            statuses.append(put(f"{info.storage_url}/media/{key}-{number}", token, name.encode(), If_None_Match="*"))
        return statuses

    with ThreadPoolExecutor(CLIENTS) as pool:
        rounds = list(zip(*pool.map(compete, "abcdefgh"), strict=True))
    assert [sorted(statuses) for statuses in rounds] == [[201] + [412] * (CLIENTS - 1)] * ROUNDS


def test_the_log_tells_what_was_asked(hooks: Hooks, url: str, token: str) -> None:
    put(f"{url}?a=b", token, X_Object_Meta_Colour="blue")
    ask("GET", f"{url}-missing", X_Auth_Token=token)
    first, second = hooks.requests()
    assert (first.method, first.path, first.query, first.status) == ("PUT", urlsplit(url).path, "a=b", 201)
    assert first.headers["x-object-meta-colour"] == "blue"
    assert first.headers["content-length"] == str(len(CONTENT))
    assert first.port != second.port
    assert (second.method, second.status) == ("GET", 404)
    hooks.clear_requests()
    assert hooks.requests() == []


def test_the_log_keeps_the_last_ten_thousand_requests() -> None:
    state = State()
    state.log.extend({"number": number} for number in range(10_001))
    assert LONGEST_LOG == len(state.log) == 10_000
    assert state.log[-1] == {"number": 10_000}


def test_reset_brings_everything_back_to_normal(hooks: Hooks, url: str, token: str) -> None:
    put(url, token)
    hooks.fault(count=100)
    hooks.drop_header("If-None-Match")
    hooks.serialize_writes()
    hooks.reset()
    assert hooks.requests() == []
    assert put(url, token, If_None_Match="*") == 412


def test_the_updater_brings_the_statistics_up_to_date(hooks: Hooks, info: ServerInfo, url: str, token: str) -> None:
    def objects() -> int:
        hooks.flush_cache()
        return int(ask("HEAD", info.storage_url, X_Auth_Token=token).headers["x-account-object-count"])

    hooks.run_updater()
    before = objects()
    put(url, token)
    assert objects() == before
    hooks.run_updater()
    assert objects() == before + 1


def test_the_expirer_removes_what_has_expired(hooks: Hooks, info: ServerInfo, url: str, token: str, key: str) -> None:
    listing = f"{info.storage_url}/media?prefix={key}"
    put(url, token, X_Delete_At=str(int(time.time()) + 1))
    time.sleep(2)
    assert get(listing, token).decode().split() == [key]
    hooks.run_expirer()
    assert get(listing, token) == b""


def test_a_fault_that_makes_no_sense_is_refused(info: ServerInfo, hooks: Hooks) -> None:
    for query in ("status=many", "stage=never", "colour=blue"):
        assert ask("POST", f"{info.url}/_devserver/fault?{query}").status == 400
    assert ask("POST", f"{info.url}/_devserver/unknown").status == 404
    assert ask("GET", f"{info.url}/_devserver/reset").status == 404
    assert ask("GET", info.auth_url).status == 401


def test_a_fault_survives_the_way_to_the_server() -> None:
    fault = Fault(status=0, match="/a b&c", delay=0.5, corrupt=True, stage="after", retry_after="5")
    query = dict(pair.split("=") for pair in fault.query().replace("+", " ").split("&"))
    query["match"] = "/a b&c"
    assert Fault.from_query(query) == fault


def test_without_hooks_there_are_none() -> None:
    with DevServer() as server:
        assert ask("POST", f"{server.info.url}/_devserver/revoke").status // 100 == 4
        assert ask("GET", f"{server.info.url}/_devserver/log").status // 100 == 4
        with pytest.raises(DevServerError, match="hooks=True"):
            server.hooks  # noqa: B018
