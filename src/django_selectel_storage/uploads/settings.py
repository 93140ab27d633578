"""SELECTEL_UPLOADS: what a project may wish of its direct uploads. Pure but for the one look at the setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any

from django_selectel_storage import conf
from django_selectel_storage.exceptions import InvalidOption, UnknownOption
from django_selectel_storage.improper import improperly_configured
from django_selectel_storage.names import object_key
from django_selectel_storage.option_rules import LARGEST_PUT, LONGEST_PRESIGNED_LIFE, SMALLEST_PART

_WHOLE_NUMBERS = ("max_size", "max_age", "link_age", "parts_from", "part_size", "stall")


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSettings:
    """The wishes of a project. Sizes are in bytes, times in seconds.

    Attributes:
        permission: the path of ``function(request, field) -> bool``; empty: who is logged in may.
        rate_limit: the path of ``function(request, step) -> seconds to wait``; empty: nobody has to wait.
        max_size: the largest file, where a field does not say.
        max_age: how long a page, a permission and a finished upload can be used.
        link_age: how long a signed link lives.
        parts_from: from this size on, a file goes up in parts (S3).
        part_size: the size of a part; more where 2,000 of those would not suffice.
        stall: after so many seconds without any progress a browser begins a request anew.
        staging: the folder below ``location`` for what has to be moved later.
        fields: the fields that may be named by programs, each with its limits.
    """

    permission: str = ""
    rate_limit: str = ""
    max_size: int = LARGEST_PUT
    max_age: int = 24 * 3600
    link_age: int = 3600
    parts_from: int = 64 * 1024**2
    part_size: int = 8 * 1024**2
    stall: int = 30
    staging: str = "direct-uploads"
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def upload_settings() -> UploadSettings:
    """Give the wishes of this project.

    Raises:
        ImproperlyConfigured: they are not usable.
    """
    with improperly_configured():
        return settings_of(conf.setting("SELECTEL_UPLOADS") or {})


def settings_of(given: object) -> UploadSettings:
    """Make the settings of what stands in SELECTEL_UPLOADS.

    Raises:
        UnknownOption: there is no such wish.
        InvalidOption: one of them cannot be used.
    """
    if not isinstance(given, Mapping):
        raise InvalidOption("SELECTEL_UPLOADS is a dictionary.")
    known = {item.name.upper(): item.name for item in fields(UploadSettings)}
    for name in given:
        if name not in known:
            near = get_close_matches(str(name), known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(known)}."
            raise UnknownOption(f"SELECTEL_UPLOADS has no {name!r}; {hint}")
    wishes = {known[name]: value for name, value in given.items()}
    _refuse_unusable(wishes)
    return UploadSettings(**wishes)


def _refuse_unusable(wishes: Mapping[str, object]) -> None:
    for name in _WHOLE_NUMBERS:
        value = wishes.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InvalidOption(f"SELECTEL_UPLOADS[{name.upper()!r}] is a whole number above 0.")
    if not SMALLEST_PART <= int(str(wishes.get("part_size", SMALLEST_PART))) <= LARGEST_PUT:
        raise InvalidOption("SELECTEL_UPLOADS['PART_SIZE'] lies between 5 MiB and 5 GiB: S3 takes no other parts.")
    if int(str(wishes.get("parts_from", 1))) > LARGEST_PUT:
        raise InvalidOption("SELECTEL_UPLOADS['PARTS_FROM'] is at most 5 GiB: one request carries no more.")
    if int(str(wishes.get("link_age", 1))) > LONGEST_PRESIGNED_LIFE:
        raise InvalidOption(
            f"SELECTEL_UPLOADS['LINK_AGE'] is at most {LONGEST_PRESIGNED_LIFE} seconds: S3 signs no more."
        )
    staging = wishes.get("staging", "x")
    if not isinstance(staging, str) or not staging or staging.endswith("/") or object_key(staging) != staging:
        raise InvalidOption("SELECTEL_UPLOADS['STAGING'] is the name of a folder, without slashes around it.")
