"""What is done while things go wrong: each operation, what it starts from, and what has to be there afterwards."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.files.base import ContentFile

from django_selectel_storage.storage import SelectelStorage

MIB = 1024**2
OLD = os.urandom(3000)
NEW = os.urandom(70_000)
MIDDLING = os.urandom(600_000)  # more than one window
LARGE = os.urandom(5 * MIB + 300_000)  # two parts
KEPT = {"kept.bin": OLD}
BOTH = ("s3", "swift")  # beyond its login, Swift with Keystone is the same Swift


class Numbered(SelectelStorage):
    """A storage whose alternative names are foreseeable: `new_1.bin`, `new_2.bin`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._numbers = itertools.count(1)

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        return f"{file_root}_{next(self._numbers)}{file_ext}"


@dataclass(frozen=True, eq=False)
class Operation:
    """One thing that a storage does.

    `before` lies there at first, `after` when it was done; `result` is what it gives back. Faults hit the requests with
    `method` whose target contains `match`. `sends` and `fetches` tell whether it moves a file's bytes.
    A `minor` operation is a variation of another one, and meets only the troubles that it may take differently.
    """

    name: str
    act: Callable[[SelectelStorage], object]
    result: object = None
    before: Mapping[str, bytes] = field(default_factory=lambda: KEPT)
    after: Mapping[str, bytes] = field(default_factory=lambda: KEPT)
    method: str = ""
    match: str = ""
    faces: tuple[str, ...] = BOTH
    sends: bool = False
    fetches: bool = False
    server: Literal["storage", "login"] = "storage"
    minor: bool = False

    @property
    def is_login(self) -> bool:
        return self.server == "login"

    @property
    def is_large(self) -> bool:
        return LARGE in [*self.before.values(), *self.after.values()]


def saved(name: str, content: bytes) -> Callable[[SelectelStorage], object]:
    return lambda storage: storage.save(name, ContentFile(content))


def written(storage: SelectelStorage) -> object:
    with storage.open("kept.bin", "wb") as file:
        file.write(NEW)
    return None


def read(storage: SelectelStorage) -> object:
    with storage.open("middling.bin") as file:
        return file.read()


def streamed(storage: SelectelStorage) -> object:
    with storage.open_stream("middling.bin") as stream:
        return stream.read()


def listed(storage: SelectelStorage) -> object:
    folders, files = storage.listdir("")
    return sorted(folders), sorted(files)


def walked(storage: SelectelStorage) -> object:
    return [(info.name, info.size) for info in storage.walk()]


def asked(storage: SelectelStorage) -> object:
    return storage.exists("kept.bin"), storage.exists("nothing.bin"), storage.size("kept.bin")


# What is large, and how much comes at a time, for these operations to have more than one step.
SMALL_LIMITS = {
    "django_selectel_storage.protocols.s3.wire.PAGE": 2,
    "django_selectel_storage.protocols.swift.wire.PAGE": 2,
    "django_selectel_storage.protocols.s3.client.LARGEST_PUT": 5 * MIB,
    "django_selectel_storage.protocols.s3.multipart.LARGEST_PUT": 5 * MIB,
}
WITH_MIDDLING = {**KEPT, "middling.bin": MIDDLING}
MANY = {f"many/{number}.bin": OLD for number in range(5)}
TREE = {**KEPT, "a.bin": OLD, "b.bin": OLD, "folder/c.bin": OLD, "folder/d.bin": OLD}

OPERATIONS = (
    Operation("save", saved("new.bin", NEW), "new.bin", KEPT, {**KEPT, "new.bin": NEW}, "PUT", sends=True),
    Operation(
        "save, name taken",
        saved("kept.bin", NEW),
        "kept_1.bin",
        KEPT,
        {**KEPT, "kept_1.bin": NEW},
        "PUT",
        sends=True,
        minor=True,
    ),
    Operation("write", written, None, KEPT, {"kept.bin": NEW}, "PUT", sends=True, minor=True),
    *(
        Operation(
            f"large save{where}",
            saved("large.bin", LARGE),
            "large.bin",
            KEPT,
            {**KEPT, "large.bin": LARGE},
            method,
            match,
            faces,
            sends=method == "PUT",
            minor=match == "uploads",
        )
        for where, method, match, faces in (
            ("", "PUT", "", ("swift",)),
            (", its begin", "POST", "uploads", ("s3",)),
            (", a part", "PUT", "partNumber", ("s3",)),
            (", its end", "POST", "uploadId", ("s3",)),
        )
    ),
    Operation("read", read, MIDDLING, WITH_MIDDLING, WITH_MIDDLING, "GET", fetches=True),
    Operation("stream", streamed, MIDDLING, WITH_MIDDLING, WITH_MIDDLING, "GET", fetches=True, minor=True),
    Operation("listing", listed, (["folder"], ["a.bin", "b.bin", "kept.bin"]), TREE, TREE, "GET"),
    Operation("walk", walked, [(name, len(OLD)) for name in sorted(TREE)], TREE, TREE, "GET", minor=True),
    Operation("question", asked, (True, False, len(OLD)), method="HEAD", minor=True),
    Operation("copy", lambda s: s.copy("kept.bin", "copy.bin"), "copy.bin", KEPT, {**KEPT, "copy.bin": OLD}, "PUT"),
    Operation(
        "copy in parts",
        lambda storage: storage.copy("large.bin", "copy.bin"),
        "copy.bin",
        {"large.bin": LARGE},
        {"large.bin": LARGE, "copy.bin": LARGE},
        "PUT",
        "partNumber",
        ("s3",),
        minor=True,
    ),
    Operation("delete", lambda s: s.delete("gone.bin"), None, {**KEPT, "gone.bin": NEW}, KEPT, "DELETE"),
    Operation("delete many", lambda s: s.delete_many(MANY), None, {**KEPT, **MANY}, KEPT, "POST", minor=True),
    Operation("login", asked, (True, False, len(OLD)), match="auth", faces=("swift", "keystone"), server="login"),
)
