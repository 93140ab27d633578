"""What can go wrong with objects: each failure caused on the real server, and no probe left behind."""

from __future__ import annotations

import re
from ast import literal_eval
from pathlib import Path

import pytest

from django_selectel_storage import doctor
from django_selectel_storage.devserver import Hooks
from django_selectel_storage.doctor.case import Case
from django_selectel_storage.doctor.examinations import EXAMINATIONS, Examination
from django_selectel_storage.doctor.findings import Finding, Verdict
from django_selectel_storage.doctor.run import examine
from django_selectel_storage.options import storage_options
from tests.conftest import face_options
from tests.doctor.conftest import BAD, GOOD, SKIPPED, Examine, left_behind, states
from tests.servers.front import Front, Reply
from tests.servers.stack import Stack

PROBE = "selectel-doctor-"


@pytest.mark.parametrize("face", ["s3", "swift", "keystone"])
def test_a_write_that_is_forbidden_is_told(examined: Examine, hooks: Hooks, face: str) -> None:
    hooks.fault(status=403, method="PUT", match=PROBE)
    verdicts = examined(face)
    assert verdicts["write"].state is BAD
    assert "403" in verdicts["write"].detail
    assert "policy" in verdicts["write"].hint
    behind = {name for name, verdict in verdicts.items() if verdict.detail == "not examined, because of: Write"}
    assert behind == {
        "conditional_write", "read", "range", "signed_get", "signed_put", "delete", "access", "custom_domain",
        "multipart",
    }  # fmt: skip
    assert verdicts["list"].state is GOOD


def test_a_full_disk_is_told(examined: Examine, hooks: Hooks) -> None:
    hooks.fault(status=507, method="PUT", match=PROBE)
    assert "quota" in examined("swift")["write"].detail


@pytest.mark.parametrize("face", ["s3", "swift", "keystone"])
@pytest.mark.parametrize("wanted", [None, True])
def test_a_server_that_ignores_the_condition_is_told(
    examined: Examine, hooks: Hooks, face: str, wanted: bool | None
) -> None:
    hooks.drop_header("If-None-Match")
    condition = examined(face, conditional_writes=wanted)["conditional_write"]
    assert condition.state is BAD
    assert "ignored the condition" in condition.detail
    assert "conditional_writes=False" in condition.hint


def test_a_server_that_refuses_the_condition_is_told(examined: Examine, front: Front) -> None:
    front.reply("PUT", PROBE, Reply(501), header="If-None-Match")
    condition = examined(endpoint=front.url)["conditional_write"]
    assert condition.state is BAD
    assert "501" in condition.detail
    assert "conditional_writes=False" in condition.hint


def test_a_server_that_ignores_the_condition_is_fine_when_the_option_says_so(examined: Examine, hooks: Hooks) -> None:
    hooks.drop_header("If-None-Match")
    condition = examined(conditional_writes=False)["conditional_write"]
    assert (condition.state, condition.hint) == (GOOD, "")


@pytest.mark.parametrize(
    ("face", "wanted", "hint"),
    [
        ("s3", None, "Set conditional_writes=True"),
        ("s3", False, "Set conditional_writes=True"),
        ("s3", True, ""),
        ("swift", None, ""),
        ("swift", False, "Set conditional_writes=True"),
    ],
)
def test_what_conditional_writes_should_be_is_said(
    examined: Examine, face: str, wanted: bool | None, hint: str
) -> None:
    condition = examined(face, conditional_writes=wanted)["conditional_write"]
    assert condition.state is GOOD
    assert condition.hint.startswith(hint)
    assert bool(condition.hint) is bool(hint)


def test_bytes_that_come_back_changed_are_told(examined: Examine, hooks: Hooks) -> None:
    hooks.fault(corrupt=True, method="GET", match=PROBE)
    verdicts = examined()
    assert verdicts["read"].state is BAD
    assert "not those that were written" in verdicts["read"].detail


def test_reading_that_is_forbidden_is_told(examined: Examine, hooks: Hooks) -> None:
    hooks.fault(status=403, method="GET", match=PROBE)
    verdicts = examined()
    assert verdicts["read"].state is BAD
    assert verdicts["range"].detail == "not examined, because of: Read"


def test_a_server_that_ignores_ranges_is_told(examined: Examine, hooks: Hooks) -> None:
    hooks.drop_header("Range")
    verdicts = examined()
    assert verdicts["read"].state is GOOD
    assert verdicts["range"].state is BAD
    assert "the whole object instead of a part" in verdicts["range"].detail


def test_deleting_that_is_forbidden_is_told_and_the_probe_goes_with_the_end(examined: Examine, hooks: Hooks) -> None:
    hooks.fault(status=403, method="DELETE", match=PROBE)
    verdicts = examined()
    assert verdicts["delete"].state is BAD
    assert "probe" not in verdicts


def test_an_object_that_does_not_go_is_told(examined: Examine, front: Front) -> None:
    front.reply("DELETE", PROBE, Reply(204), count=1)
    delete = examined(endpoint=front.url)["delete"]
    assert delete.state is BAD
    assert "still there" in delete.detail
    assert "object lock" in delete.hint


def test_a_probe_that_cannot_be_removed_is_named(stack: Stack, hooks: Hooks, location: str) -> None:
    hooks.fault(status=403, count=100, method="DELETE", match=PROBE)
    options = storage_options({**face_options(stack, "s3"), "container": "media", "location": location})
    *_, last = examine(Case("here", options), lambda _: None)
    assert (last.examination, last.is_bad) == ("probe", True)
    assert f"Delete by hand: {location}/selectel-doctor-" in last.verdict.hint


def test_uploads_in_parts_that_are_refused_are_told(examined: Examine, hooks: Hooks) -> None:
    hooks.fault(status=501, method="POST", match="uploads")
    verdicts = examined()
    assert verdicts["multipart"].state is BAD
    assert "'multipart_threshold'" in verdicts["multipart"].hint
    assert states(verdicts, BAD) == {"multipart"}


def test_swift_has_no_uploads_in_parts(examined: Examine) -> None:
    assert examined("swift")["multipart"].state is SKIPPED


@pytest.mark.parametrize("face", ["s3", "swift"])
def test_429_is_met_once_and_told_as_a_limit(examined: Examine, hooks: Hooks, face: str) -> None:
    hooks.fault(status=429, method="PUT", match=PROBE)
    verdicts = examined(face)
    assert "429" in verdicts["write"].detail
    assert verdicts["limits"].state is BAD
    assert verdicts["limits"].detail == "the server answered 429 to: Write"
    assert "300 PUT" in verdicts["limits"].hint
    assert len([entry for entry in hooks.requests() if entry.method == "PUT"]) == 1


def test_429_is_also_told_where_a_stranger_or_a_condition_meets_it(examined: Examine, front: Front) -> None:
    front.reply("PUT", PROBE, Reply(429), header="If-None-Match")
    front.reply("GET", "X-Amz-Signature", Reply(429), count=1)
    verdicts = examined(endpoint=front.url)
    assert verdicts["limits"].detail == "the server answered 429 to: Conditional write, Signed GET"


# --- whatever happens ------------------------------------------------------------------------------------------------


def interrupt(_: Case) -> Verdict:
    raise KeyboardInterrupt


def stumble(_: Case) -> Verdict:
    raise RuntimeError("nobody thought of this")


WRITE = next(examination for examination in EXAMINATIONS if examination.name == "write")


@pytest.mark.parametrize("face", ["s3", "swift", "keystone"])
def test_ctrl_c_removes_the_probe(stack: Stack, hooks: Hooks, location: str, face: str) -> None:
    options = storage_options({**face_options(stack, face), "container": "media", "location": location})
    told: list[Finding] = []
    plan = (Examination("write", "Write", WRITE.examine), Examination("stop", "Ctrl-C", interrupt))
    with pytest.raises(KeyboardInterrupt):
        examine(Case("here", options), told.append, plan)
    assert [finding.verdict.state for finding in told] == [GOOD]
    assert [entry.method for entry in hooks.requests() if PROBE in entry.path] == ["PUT", "DELETE"]
    assert left_behind(stack, location) == []


def test_a_write_whose_answer_was_lost_is_removed_too(examined: Examine, hooks: Hooks, location: str) -> None:
    hooks.fault(reset=True, stage="after", method="PUT", match=PROBE)
    assert examined()["write"].state is BAD
    assert any(entry.method == "DELETE" and location in entry.path for entry in hooks.requests())


def test_an_error_nobody_thought_of_is_a_finding(stack: Stack, hooks: Hooks, location: str) -> None:
    options = storage_options({**face_options(stack, "s3"), "container": "media", "location": location})
    plan = (Examination("odd", "Odd", stumble, hint="Ask."), Examination("next", "Next", WRITE.examine))
    first, second = examine(Case("here", options), lambda _: None, plan)
    assert first.verdict == Verdict(BAD, "RuntimeError: nobody thought of this", "Ask.")
    assert second.verdict.state is GOOD


def test_each_examination_needs_only_earlier_ones() -> None:
    names = [examination.name for examination in EXAMINATIONS]
    assert len(set(names)) == len(names)
    for number, examination in enumerate(EXAMINATIONS):
        assert set(examination.needs) <= set(names[:number])


def test_values_that_hints_tell_to_set_are_taken() -> None:
    sources = [path.read_text() for path in Path(str(doctor.__file__)).parent.glob("*.py")]
    told = re.findall(r"(?:[Ss]et|[Tt]ry|Say) '?(\w+)'?(?: to |=)('[^']+'|\d+|True|False)", "\n".join(sources))
    assert {option for option, _ in told} == {"multipart_threshold", "conditional_writes", "addressing"}
    for option, value in told:
        assert getattr(storage_options({**ENOUGH, option: literal_eval(value)}), option) == literal_eval(value)


ENOUGH = {"access_key": "a", "secret_key": "b", "container": "media"}
