"""The README's table beside others: each cell is looked up, in our tests and in the released sources of the others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.documents import peers
from tests.documents.pages import ROOT, rows

# What shows that a row is true of a peer: in the source of the backend, or as the name of a file of the wheel.
SIGNS = {
    "S3": r"import boto3|import minio",
    "Swift": r"import swiftclient",
    "a save asks the server itself to overwrite nothing": r"(?i)if.?none.?match",
    "reads only the part of a file that is read": r"\bRange=|[\"']Range[\"']|\boffset=|bytes=",
    "async verbs": r"async def|asgiref",
    "form fields for uploads straight from the browser": r"from django import forms|from django\.forms",
    "its own `collectstatic`, which sends what has changed": r"/commands/collectstatic\.py",
    "moves files between storages": r"selectel_transfer|/commands/(transfer|migrate|copy|move)\w*\.py",
    "a command that finds out why a storage does not work": r"/commands/\w*(doctor|check|diagnos)\w*\.py",
    "system checks": r"from django\.core import checks|from django\.core\.checks",
    "typed (`py.typed`)": r"/py\.typed\n",
}
# The tests of this package that show it of us.
PROOFS = {
    "S3": "tests/contract/test_saving.py",
    "Swift": "tests/contract/test_saving.py",
    "a save asks the server itself to overwrite nothing": "tests/contract/test_saving.py",
    "reads only the part of a file that is read": "tests/contract/test_reading.py",
    "async verbs": "tests/contract/test_async.py",
    "form fields for uploads straight from the browser": "tests/uploads",
    "its own `collectstatic`, which sends what has changed": "tests/staticfiles/test_command.py",
    "moves files between storages": "tests/transfer",
    "a command that finds out why a storage does not work": "tests/doctor",
    "system checks": "tests/framework/test_checks.py",
    "typed (`py.typed`)": "tests/honesty/test_wheel.py",
}
# The wheel of each column, and what of it is meant.
WHEELS = {
    "django-storages 1.14.6 (S3)": ("django-storages==1.14.6", "storages/backends/s3.py storages/*.py"),
    "django-s3-storage 0.15.0": ("django-s3-storage==0.15.0", "django_s3_storage/**/*.py"),
    "django-minio-storage 0.6.0": ("django-minio-storage==0.6.0", "minio_storage/**/*.py"),
    "django-storage-swift 1.4.0": ("django-storage-swift==1.4.0", "swift/**/*.py"),
}
BASIS = "stands on"
HEADING = "Beside others"


def head(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "django-storages 1.14.6 (S3)" in line)
    return [cell.strip() for cell in line.split("|")[1:-1]]


TABLE = {cells[0]: dict(zip(head("README.md")[1:], cells[1:], strict=True)) for cells in rows("README.md", HEADING)}


def source(folder: Path, patterns: str) -> str:
    """The names of all files of a wheel, and the text of the modules that are meant."""
    names = "".join(f"/{path.relative_to(folder)}\n" for path in sorted(folder.rglob("*")))
    paths = {path for pattern in patterns.split() for path in folder.glob(pattern)}
    return names + "".join(path.read_text(encoding="utf-8") for path in sorted(paths))


@pytest.mark.parametrize("column", sorted(WHEELS))
def test_what_the_table_says_of_a_peer_is_so_in_its_source(column: str, fetched: Path) -> None:
    wheel, patterns = WHEELS[column]
    text = source(peers.unpacked(wheel, fetched), patterns)

    found = {row: "yes" if re.search(sign, text) else "no" for row, sign in SIGNS.items()}

    assert {row: cells[column] for row, cells in TABLE.items() if row != BASIS} == found


@pytest.mark.parametrize("column", sorted(WHEELS))
def test_what_a_peer_stands_on_is_among_its_requirements(column: str, fetched: Path) -> None:
    folder = peers.unpacked(WHEELS[column][0], fetched)
    (metadata,) = folder.glob("*.dist-info/METADATA")
    required = re.findall(r"^Requires-Dist: ([\w-]+)", metadata.read_text(encoding="utf-8"), re.MULTILINE)

    assert TABLE[BASIS][column] in {name.lower() for name in required}


def test_what_the_table_says_of_this_package_has_a_test() -> None:
    ours = {row: cells["this package"] for row, cells in TABLE.items() if row != BASIS}

    assert set(ours.values()) == {"yes"}
    assert ours.keys() == PROOFS.keys() == SIGNS.keys()
    assert [path for path in PROOFS.values() if not (ROOT / path).exists()] == []
