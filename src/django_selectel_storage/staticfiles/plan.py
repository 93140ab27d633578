"""What a run has to do: the files that were made here are compared with those that are stored. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import md5

HISTORY = ".history/"  # behind the manifest's name: the folder of its copies
_HASH = re.compile(r"\.[0-9a-f]{12}(?=(\.[^./]*)?$)")  # where Django's own file_hash stands in a name


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it is to be stored.

    Attributes:
        size: bytes, compressed if it is to be compressed.
        md5: hexadecimal, of those bytes.
        etags: the ETags that those bytes can have in the store.
    """

    size: int
    md5: str
    etags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as the listing tells of it: bytes and ETag."""

    size: int
    etag: str


class Verdict(Enum):
    """How a file that was made compares with what is stored under its key."""

    NEW = "nothing is stored under its key"
    REPLACED = "something else is stored under its key"
    UNCHANGED = "its bytes are stored already"
    UNCLEAR = "as many bytes are stored, but the ETag is another one; it need not be an MD5"


@dataclass(frozen=True, slots=True)
class Plan:
    """The keys of all files that were made, by what there is to do."""

    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def verdict(made: Made, stored: Stored | None) -> Verdict:
    """Compare a file with what is stored."""
    if stored is None:
        return Verdict.NEW
    if stored.size != made.size:
        return Verdict.REPLACED
    return Verdict.UNCHANGED if stored.etag in made.etags else Verdict.UNCLEAR


def plan(made: Mapping[str, Made], stored: Mapping[str, Stored]) -> Plan:
    """Sort all files, by key, by what there is to do with them."""
    result = Plan()
    lists = {
        Verdict.NEW: result.new,
        Verdict.REPLACED: result.replaced,
        Verdict.UNCHANGED: result.unchanged,
        Verdict.UNCLEAR: result.unclear,
    }
    for key in sorted(made):
        lists[verdict(made[key], stored.get(key))].append(key)
    return result


def copy_name(manifest_name: str, text: str) -> str:
    """Give the name under which a copy of a manifest is kept: equal manifests have one copy."""
    return f"{manifest_name}{HISTORY}{md5(text.encode(), usedforsecurity=False).hexdigest()}.json"


def paths_of(text: str) -> dict[str, str]:
    """Read the hashed names by name out of a manifest's text; empty when it is none."""
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    paths = told.get("paths") if isinstance(told, dict) else None
    return {str(name): str(hashed) for name, hashed in paths.items()} if isinstance(paths, dict) else {}


def superfluous(
    stored: Iterable[str], kept: Collection[Mapping[str, str]], outdated: Collection[Mapping[str, str]]
) -> list[str]:
    """Give the hashed files that no manifest of the last runs names.

    Args:
        stored: the names of all files in the location.
        kept: what the manifests of the last runs name: hashed names by name.
        outdated: what older manifests name.

    Returns:
        The stored names that an older manifest gave to a file, or that Django's own hash was put into; never a name
        that one of the last manifests knows, be it plain or hashed.
    """
    protected = {name for paths in kept for pair in paths.items() for name in pair}
    plain = {name for paths in (*kept, *outdated) for name in paths}
    dated = {hashed for paths in outdated for hashed in paths.values()} - plain
    return sorted(name for name in stored if name not in protected and (name in dated or _unhashed(name) in plain))


def _unhashed(name: str) -> str | None:
    """Give a name without the hash in it; None where it has none."""
    plain, hashes = _HASH.subn("", name)
    return plain if hashes else None
