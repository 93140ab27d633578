"""The demo, as a visitor starts it: two real servers, real HTTP, real signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from django_selectel_storage.devserver.offspring import environment

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
STEPS = (
    "opened the upload page",
    "loaded its style sheet",
    "saw a file refused that is no picture",
    "saw an upload refused that has no CSRF token",
    "uploaded check.png",
    "found it in the list",
    "fetched the same bytes from the storage by the signed URL",
    "opened its page",
    "deleted it through the form",
    "saw that it is gone from the list",
    "saw that it is gone from the storage: the signed URL answers 404",
)


@pytest.mark.parametrize(("protocol", "spoken"), [("s3", "over the S3 API"), ("swift", "over the Swift API")])
def test_the_check_walks_through_the_whole_site(protocol: str, spoken: str, tmp_path: Path) -> None:
    with started(tmp_path, "--check", "--port=0", f"--protocol={protocol}") as demo:
        told, complaints = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, complaints) == (0, "")
    assert spoken in told
    done = [line.removeprefix("ok  ") for line in told.splitlines() if line.startswith("ok  ")]
    assert len(done) == len(STEPS), told
    assert [line for line, step in zip(done, STEPS, strict=True) if not line.startswith(step)] == []
    assert told.endswith("Everything works.\n")
    assert is_gone(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["process", "group"])
def test_a_signal_ends_everything(send: Callable[[int, int], None], number: signal.Signals, tmp_path: Path) -> None:
    with started(tmp_path, "--port=0") as demo:
        assert "Dunes at dusk" in page(address(demo))
        family_of_two = family(tmp_path)
        folders = {*tmp_path.iterdir(), *(folder for pid in family_of_two for folder in open_folders(pid))}
        assert len(family_of_two) == 2
        # The site's database, the storage's data.
        assert len(folders) >= 2
        send(demo.pid, number)
        told, complaints = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, complaints) == (0, "")
    assert told.endswith("Ended.\n")
    assert is_gone(tmp_path)
    assert [folder for folder in folders if folder.exists()] == []


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["process", "group"])
def test_a_signal_during_the_start_ends_everything(send: Callable[[int, int], None], tmp_path: Path) -> None:
    with started(tmp_path, "--port=0") as demo:
        assert demo.stdout is not None
        assert demo.stdout.readline().startswith("Starting")
        send(demo.pid, signal.SIGINT)
        _, complaints = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, complaints) == (0, "")
    assert is_gone(tmp_path)


def test_an_interrupted_check_is_no_success(tmp_path: Path) -> None:
    with started(tmp_path, "--check", "--port=0") as demo:
        assert demo.stdout is not None
        demo.stdout.readline()
        demo.send_signal(signal.SIGINT)
        told, complaints = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, complaints) == (1, "")
    assert "Everything works" not in told


def test_a_port_in_use_is_told_and_another_one_taken(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as busy:
        port = busy.getsockname()[1]
        with started(tmp_path, f"--port={port}") as demo:
            url = address(demo, f"Port {port} is taken: the site gets another one.\n")
            assert f":{port}/" not in url
            assert "Dunes at dusk" in page(url)
            demo.terminate()
            demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 0


@pytest.mark.parametrize(
    ("trouble", "complaint"),
    [
        ("demo.gallery.models.Picture.take_down = lambda self: None", "the list still shows"),
        ("demo.gallery.models.Picture.take_down = demo.gallery.models.Picture.delete", "the storage answered 200"),
        ("demo.gallery.models.Picture.get_absolute_url = lambda self: '/nowhere/'", "the upload was answered 404"),
    ],
)
def test_the_check_tells_what_does_not_work(trouble: str, complaint: str, tmp_path: Path) -> None:
    with started(tmp_path, program=("-c", BROKEN.format(trouble))) as demo:
        told, complaints = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 1
    assert complaints.splitlines()[-1].startswith(f"error: {complaint}"), complaints
    assert "Everything works" not in told
    assert is_gone(tmp_path)


# Runs the check on a site that is broken when its models are there.
BROKEN = """
import sys, demo.run, demo.ending
def set_up(*arguments, whole=demo.run.set_up):
    whole(*arguments)
    import demo.gallery.models
    {}
demo.run.set_up = set_up
sys.exit(demo.run.run(demo.ending.Ending(), ["--check", "--port=0"]))
"""


@contextmanager
def started(
    temporary: Path, *arguments: str, program: tuple[str, ...] = ("-m", "demo")
) -> Iterator[subprocess.Popen[str]]:
    """The demo in a process group of its own, with a folder of its own for temporary files; killed if need be."""
    demo = subprocess.Popen(
        [sys.executable, "-W", "error", *program, *arguments],
        cwd=ROOT,
        env={**environment(), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with demo:
        try:
            yield demo
        finally:
            demo.kill()


def address(demo: subprocess.Popen[str], *expected: str) -> str:
    """The site's address, once the demo has told it; it must have told the expected lines before."""
    assert demo.stdout is not None
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if line.startswith("Gallery:"):
            assert set(expected) <= set(lines), lines
            return line.split()[1]
    raise AssertionError(f"the demo ended: {lines}")


def page(url: str) -> str:
    with build_opener(ProxyHandler({})).open(url, timeout=PATIENCE) as answer:
        return str(answer.read().decode())


def family(temporary: Path) -> list[int]:
    """Every process that was started with this folder for temporary files."""
    mark = f"TMPDIR={temporary}".encode()
    return [int(pid.name) for pid in Path("/proc").glob("[0-9]*") if mark in variables(pid)]


def variables(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def is_gone(temporary: Path, seconds: float = 5) -> bool:
    """Whether nothing of the demo is left, after a moment at most: no process, and no temporary file."""
    deadline = time.monotonic() + seconds
    while family(temporary) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not family(temporary) and list(temporary.iterdir()) == []


def open_folders(pid: int) -> list[Path]:
    """The folders that a process holds open: the storage server has locked the one with its data."""
    descriptors = Path(f"/proc/{pid}/fd").iterdir()
    return [folder for folder in (descriptor.resolve() for descriptor in descriptors) if folder.is_dir()]
