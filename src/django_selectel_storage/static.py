"""What static files need beyond other files: folders that can be found, hashed names, a manifest that is never absent.

The two static classes of the door are made of this. The hashing itself is Django's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.files.storage import Storage, storages

from django_selectel_storage import names
from django_selectel_storage.exceptions import MissingReference
from django_selectel_storage.further import FurtherVerbs
from django_selectel_storage.storing import StoringStorage

SHORT = "public, max-age=60"  # the content behind a plain name changes with a deployment
FOREVER = "public, max-age=31536000, immutable"  # RFC 8246: the content behind a hashed name never changes
_MARKS = re.compile(r"[?#]")


class StaticVerbs(FurtherVerbs):
    """A storage whose files replace older ones, and whose ``exists`` finds folders, which ``--clear`` asks for."""

    default_options: ClassVar[Mapping[str, object]] = {"file_overwrite": True, "cache_control": SHORT}

    def _is_stored(self, key: str) -> bool:
        return super()._is_stored(key) or bool(self.client.list(f"{key.rstrip('/')}/", limit=1).keys)


class NamesAsAddresses(StaticVerbs):
    """What stands behind Django's mixin, which puts hashed names together out of URLs.

    The address of a name is the name, so that no host, signature or escape gets into a stylesheet.
    """

    def url(self, name: str | None, **_: Any) -> str:
        """Give the name as a path; Django's mixin unquotes it."""
        return f"/{names.quoted(name or '')}"


class HashedNames(ManifestFilesMixin, NamesAsAddresses):  # type: ignore[misc] # Django's url() takes one more
    """Django's hashed names and their manifest, which is read at first use and replaced in one request."""

    _loaded: tuple[dict[str, str], str] | None = None  # hashed names by name, and the hash of them all

    def __init__(
        self, storage: str | None = None, *, manifest_storage: Storage | str | None = None, **keywords: object
    ) -> None:
        self._hashed: set[str] = set()
        self._manifest_storage: Storage | None = None
        if isinstance(manifest_storage, str):
            keywords["manifest_storage"] = manifest_storage
        else:
            self._manifest_storage = manifest_storage
        super(ManifestFilesMixin, self).__init__(storage, **keywords)  # Django's would read the manifest
        self._loaded = None  # Django's constructor of hashed names has put an empty manifest there

    # --- the manifest ------------------------------------------------------------------------------------------------

    @property
    def manifest_storage(self) -> Storage:
        """Where the manifest lies: what the constructor was given, else the option of that name, else here."""
        if self._manifest_storage is not None:
            return self._manifest_storage
        alias = self.options.manifest_storage
        return storages[alias] if alias else self

    @manifest_storage.setter
    def manifest_storage(self, storage: Storage | None) -> None:
        """Let the manifest lie elsewhere."""
        self._manifest_storage = storage

    @property
    def hashed_files(self) -> dict[str, str]:
        """The hashed names by name, out of the manifest; empty when there is no manifest yet.

        Raises:
            StorageError: the manifest could not be read; nothing is taken for granted, it is read anew at the next use.
        """
        return self._manifest()[0]

    @hashed_files.setter
    def hashed_files(self, paths: dict[str, str]) -> None:
        """Take names for those of the manifest."""
        self._loaded = paths, ""

    @property
    def manifest_hash(self) -> str:
        """Django's hash of all hashed names."""
        return self._manifest()[1]

    @manifest_hash.setter
    def manifest_hash(self, value: str) -> None:
        """Take a hash for that of the manifest."""
        self._loaded = self._manifest()[0], value

    def _manifest(self) -> tuple[dict[str, str], str]:
        if self._loaded is None:
            loaded: Any = self.load_manifest()
            self._loaded = cast("tuple[dict[str, str], str]", loaded)
        return self._loaded

    def save_manifest(self) -> None:
        """Store the manifest; in an object store in one request, so that it is there at any moment."""
        self.hashed_files = dict(sorted(self.hashed_files.items()))
        place = self.manifest_storage
        if not isinstance(place, StoringStorage):
            super().save_manifest()
            return
        given, self._manifest_storage = self._manifest_storage, _Replacing(place)
        try:
            super().save_manifest()
        finally:
            self._manifest_storage = given

    def _forget(self, *, setting: str = "", **others: object) -> None:
        before = self.__dict__.get("options")
        super()._forget(setting=setting, **others)
        if before is not self.__dict__.get("options"):
            self._loaded = None

    # --- hashed names ------------------------------------------------------------------------------------------------

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """Give the hashed name of a file, and remember that it is one. A folder keeps its name, as with Django."""
        try:
            hashed = super().hashed_name(name, content, filename)
        except FileNotFoundError:  # Django notices a folder when it opens it, and here nothing is asked so early
            return name
        if hashed != name:
            self._hashed.add(self.clean_name(_MARKS.split(hashed)[0]))
        return hashed

    def get_object_headers(self, name: str) -> Mapping[str, str]:
        """Let hashed files be cached for good, unless ``cache_control`` is a function, which knows better."""
        given = super().get_object_headers(name)
        if self.clean_name(name) not in self._hashed or callable(self.options.cache_control):
            return given
        return {"Cache-Control": FOREVER, **given}

    def url_converter(
        self, name: str, hashed_files: dict[str, str], *further: Any, **keywords: Any
    ) -> Callable[[re.Match[str]], str]:
        """Give Django's function that rewrites one reference, with an error that helps."""
        convert = super().url_converter(name, hashed_files, *further, **keywords)

        def converter(match: re.Match[str]) -> str:
            try:
                return convert(match)
            except MissingReference:
                raise
            except ValueError as error:
                raise _missing(name, match, error) from error

        return converter

    def _hashed_path(self, name: str, *, force: bool) -> tuple[str, str]:
        """Give the path of the hashed file, and the query and fragment behind it."""
        address: str = self._url(self.stored_name, name, force)  # type: ignore[attr-defined] # not in the stubs
        address = address.removeprefix("/")
        path = _MARKS.split(address)[0]
        return path, address[len(path) :]


class _Replacing(Storage):
    """A place for the manifest in which Django finds nothing to delete, and so replaces it in one request."""

    def __init__(self, place: Any) -> None:
        self._place = place

    def exists(self, name: str) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def _save(self, name: str, content: Any) -> str:
        saved: str = self._place._save(name, content)  # noqa: SLF001 - the hook that overwrites, as Django calls it
        return saved


def _missing(name: str, match: re.Match[str], error: ValueError) -> MissingReference:
    """Tell where a reference stands, and what to look for."""
    line = match.string.count("\n", 0, match.start()) + 1
    url = match.groupdict().get("url") or match.group()
    return MissingReference(
        f"{name}, line {line}: {match.group().strip()!r} refers to {url!r}, which was not collected. Look for a typing "
        "error, for a file that --ignore or .gitignore left out, for a build step that did not run, and for an "
        f"app that is missing in INSTALLED_APPS; or remove the reference. ({error})"
    )
