"""The command line: what it means, what it refuses, and that it survives being written down again."""

from __future__ import annotations

import pytest

from django_selectel_storage.devserver.arguments import parse
from django_selectel_storage.devserver.options import Options


def test_without_arguments_everything_has_its_default() -> None:
    assert parse([]) == Options()


def test_options_survive_the_way_to_another_process() -> None:
    options = Options(
        port=0,
        data="/some folder/=x",
        containers=("media", "второй"),
        public_containers=("public",),
        key="-starts-with-a-hyphen",
        hooks=True,
        json=True,
        fsync=True,
        max_file_size=10,
        die_with_parent=17,
        keystone="http://127.0.0.1:5000/identity",
        keystone_token_cache=-1,
    )
    assert parse(options.command_line()) == options


def test_containers_are_repeatable_and_replace_the_default() -> None:
    assert parse(["--container", "a", "--container", "b"]).containers == ("a", "b")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_hosts_are_accepted(host: str) -> None:
    assert parse(["--host", host]).host == host


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--host", "0.0.0.0"], "could be reached from outside"),
        (["--host", "::"], "could be reached from outside"),
        (["--host", "192.168.0.1"], "could be reached from outside"),
        (["--port", "65536"], "is not a port"),
        (["--port", "-1"], "is not a port"),
        (["--container", "a/b"], "cannot name a container"),
        (["--container", ""], "cannot name a container"),
        (["--public-container", "ж" * 129], "cannot name a container"),
        (["--key", "two words"], "letters, digits"),
        (["--user", "with:colon"], "letters, digits"),
        (["--key", "100%"], "letters, digits"),
        (["--key", "line\nfeed = injected"], "letters, digits"),
        (["--cors-origin", "http://a\nb"], "neither blanks nor percent signs"),
        (["--unknown"], "unrecognized arguments"),
    ],
)
def test_what_could_not_work_is_refused_in_one_line(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ending:
        parse(arguments)
    complaint = capsys.readouterr().err
    assert ending.value.code == 2
    assert reason in complaint
    assert complaint.count("\n") == 1 + "\n".join(arguments).count("\n") * ("unrecognized" in complaint)
