"""THE DOOR: the storage classes that Django opens, and nothing of how the bytes travel."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any, Literal, cast, overload

from django.core.files.utils import validate_file_name
from django.utils import timezone

from django_selectel_storage import compression, conf, names, naming
from django_selectel_storage.container import Container
from django_selectel_storage.content import Content, as_file, rewindable
from django_selectel_storage.exceptions import ObjectExists
from django_selectel_storage.files import Backing, ObjectFile
from django_selectel_storage.further import FurtherVerbs, UrlOptions
from django_selectel_storage.protocols.listing import pages
from django_selectel_storage.static import HashedNames, StaticVerbs
from django_selectel_storage.stored_content import StoredContent
from django_selectel_storage.transport.body import reopen_if_closed
from django_selectel_storage.windows import Source

if TYPE_CHECKING:
    from typing_extensions import Unpack

_METHODS = ("GET", "HEAD", "PUT", "DELETE")


class SelectelStorage(FurtherVerbs):
    """Files in a container of Selectel Object Storage, or of any other S3 or Swift store.

    Args:
        storage: a schema of SELECTEL_STORAGES (``"default"`` if nothing says otherwise) or a DSN.
        keywords: any option of the reference, as keyword; also ``dsn``.

    Raises:
        ImproperlyConfigured: an option's name is not known. Everything else is looked at when the storage is used.
    """

    @property
    def container(self) -> Container:
        """The container, in the shape of 1.x."""
        return Container(self)

    # --- saving ------------------------------------------------------------------------------------------------------

    def save(self, name: str | None, content: Content, max_length: int | None = None) -> str:
        """Store content under a name, or under a similar one when that is taken and ``file_overwrite`` is off.

        Where the server heeds conditions, that is one request: the name is tried, not asked for.

        Args:
            name: the wished name; None takes ``content.name``.
            content: bytes, text, or a file-like object, which is read from its start and not closed.
            max_length: the most characters that the stored name may have.

        Returns:
            The name under which the content was stored.

        Raises:
            SuspiciousFileOperation: the name leaves the location, or no alternative fits ``max_length``.
            StorageError: the store did not take it.
        """
        name = cast("Any", content).name if name is None else name
        if isinstance(content, StoredContent) and content.storage == self:
            return self.adopt(name, content, max_length)
        content = as_file(content, name)
        validate_file_name(name, allow_relative_path=True)
        with rewindable(content, self.options.max_memory_size) as source:
            saved = self._save_under_free_name(str(name), source, max_length)
        if saved != name:
            validate_file_name(saved, allow_relative_path=True)
        return saved

    def _save_under_free_name(self, name: str, content: Any, max_length: int | None) -> str:
        """Try names until one is free. A subclass that gives one again although it was taken means to overwrite."""
        overwrites, taken = self.options.file_overwrite, set[str]()
        choose = self.get_available_name
        if not naming.chooses_names_itself(self, SelectelStorage):
            asks = not overwrites and naming.asks_first(self, SelectelStorage)
            choose = naming.NameSearch(self, taken, asks=asks).name_to_try
        for _ in range(naming.MOST_NAMES):
            candidate = choose(name, max_length=max_length)
            saved = self._saved(name, candidate, content, guarded=not overwrites and candidate not in taken)
            if saved is not None:
                return saved
            taken.add(candidate)
        raise naming.all_taken(name)

    def _saved(self, name: str, candidate: str, content: Any, *, guarded: bool) -> str | None:
        """Store content under a name; None if that is taken, also where a subclass wraps the error."""
        if candidate != name:
            validate_file_name(candidate, allow_relative_path=True)
        reopen_if_closed(content)
        content.seek(0)
        with naming.attempted(self, candidate, guarded=guarded) as attempt:
            try:
                return self._save(candidate, content)
            except Exception:
                if not attempt.refused:
                    raise
                return None

    def _save(self, name: str, content: Content) -> str:
        """Store content under exactly this name. That overwrites, unless ``save`` calls, and forbids it."""
        attempt = naming.attempt_of(self)
        try:
            saved = self._store(name, content, guarded=attempt is not None and attempt.guards(name))
        except ObjectExists as error:
            if attempt is not None:
                attempt.refused = True
            raise naming.NameTaken from error
        if attempt is not None:
            attempt.written.add(name)
        return saved

    # --- reading -----------------------------------------------------------------------------------------------------

    @overload  # type: ignore[override] # Django's Storage says File[Any] of every mode
    def open(self, name: str, mode: Literal["rb", "wb"] = "rb") -> ObjectFile[bytes]: ...
    @overload
    def open(self, name: str, mode: Literal["r", "rt", "w", "wt"]) -> ObjectFile[str]: ...
    @overload
    def open(self, name: str, mode: str) -> ObjectFile[Any]: ...  # as Python's own open()

    def open(self, name: str, mode: str = "rb") -> ObjectFile[Any]:
        """Open a file: for reading nothing is asked before the first read, for writing it is stored when it is closed.

        Args:
            name: the storage name.
            mode: ``"rb"`` or ``"wb"``; ``"r"`` or ``"w"`` for text in UTF-8.

        Raises:
            ValueError: the mode is another one.
        """
        return cast("ObjectFile[Any]", super().open(name, mode))

    def _open(self, name: str, mode: str = "rb") -> ObjectFile[Any]:
        source = Source(self.client, self._file_key(name), self.options.max_retries, self.options.max_memory_size)
        return ObjectFile(name, mode, Backing(source, lambda content: self._write(name, content)))

    def _write(self, name: str, content: IO[bytes]) -> None:
        self._store(name, content)

    def exists(self, name: str) -> bool:
        """Say whether there is a file of this name.

        Returns:
            False only when the store answers "not found"; the location itself (``""``) is always there.

        Raises:
            StorageError: the container is missing, the store forbids the question or is away.
        """
        key = self._key(name)
        if key == self.options.location:
            return True
        return self._is_stored(key)

    def size(self, name: str) -> int:
        """Give a file's size in bytes, before compression by this package.

        Raises:
            FileNotFoundError: there is no such file.
        """
        info = self.client.head(self._file_key(name))
        size = compression.original_size(info.headers, info.metadata)
        return info.size if size is None else size

    def get_modified_time(self, name: str) -> datetime:
        """Give the time of the last change, aware or naive as USE_TZ says.

        Raises:
            FileNotFoundError: there is no such file.
        """
        modified = self.client.head(self._file_key(name)).last_modified
        if modified is None:
            raise NotImplementedError("The object store did not tell when the file was modified.")
        return modified if conf.uses_time_zones() else timezone.make_naive(modified, timezone.get_default_timezone())

    def get_created_time(self, name: str) -> datetime:
        """Give the time of the last write: an object is always written as a whole."""
        return self.get_modified_time(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Give the names of the folders and of the files directly inside a folder; both empty when there is none."""
        prefix = self._folder_prefix(path)
        folders: list[str] = []
        files: list[str] = []
        for listing in pages(self.client, prefix, delimiter="/"):
            folders += [folder[len(prefix) : -1] for folder in listing.folders]
            files += [key[len(prefix) :] for key in listing.keys]
        return [name for name in folders if name], [name for name in files if name]

    # --- removing ----------------------------------------------------------------------------------------------------

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is as good as removed.

        Raises:
            ValueError: the name is empty.
            SuspiciousFileOperation: the name leaves the location, or means a folder.
            StorageError: the store did not do it.
        """
        if self._key(name) == self.options.location:
            raise ValueError("The name must be given to delete().")
        self.client.delete(self._file_key(name))

    # --- addresses ---------------------------------------------------------------------------------------------------

    def url(
        self,
        name: str | None,
        parameters: Mapping[str, object] | None = None,
        expire: float | timedelta | None = None,
        http_method: str | None = None,
    ) -> str:
        """Give a URL at which a browser finds the file, without a request (on Swift, after a login and a question).

        Args:
            name: the storage name; ``""`` gives the address of the location, which is never signed: that would let its
                bearer list the container.
            parameters: query parameters that are signed too, as ``response-content-disposition`` (S3, boto3's spelling
                ``ResponseContentDisposition`` too), or that TempURL knows: ``filename``, ``inline``.
            expire: how long a signed URL lives, in seconds or as timedelta; None takes ``querystring_expire``.
            http_method: what the URL lets its bearer do: GET (also None), HEAD, PUT or DELETE, in either case.

        Returns:
            The public URL with ``custom_domain``, a signed one where the storage signs, otherwise the plain address.

        Raises:
            SuspiciousFileOperation: the name leaves the location.
            StorageError: Swift did not let us log in.
            ValueError: the URL would live longer than S3 allows, is to be signed and cannot be, or is to let its bearer
                do something else; or change something, but names no file.
        """
        options, query = self.options, names.query_names(parameters) if parameters else {}
        method = "GET" if http_method is None else http_method.upper()
        if method not in _METHODS:
            raise ValueError(f"A URL is for one of {', '.join(_METHODS)}, not for {http_method!r}.")
        reading = method in {"GET", "HEAD"}
        relative = str(name or "").lstrip("/")
        key = self._key(relative) if reading else self._file_key(relative)
        is_location = key == options.location
        if is_location or (reading and (options.custom_domain or not options.signs_urls)):
            domain = options.custom_domain
            plain = names.public_url(domain, key) if domain else self.client.plain_url(key)
            whole = names.as_folder(plain) if is_location else plain
            return names.with_query(whole, query) if query else whole
        signed_at, life = options.signing_window(time.time(), expire, stable=reading)
        return self.client.signed_url(key, method, signed_at, life, query)


class SelectelStaticStorage(StaticVerbs, SelectelStorage):
    """The same for static files: a file that is collected again replaces the old one, and ``exists`` finds folders."""


class SelectelManifestStaticStorage(HashedNames, SelectelStaticStorage):
    """Static files whose names hold a hash of their content, as Django's ManifestStaticFilesStorage makes them.

    Args:
        storage: a schema of SELECTEL_STORAGES (``"default"`` if nothing says otherwise) or a DSN.
        manifest_storage: where ``staticfiles.json`` lies: an alias of STORAGES, or a storage; None means beside the
            files.
        keywords: any option of the reference, as keyword; also ``dsn``.
    """

    def url(  # type: ignore[override] # what stands between is Django's mixin, with fewer of them
        self, name: str | None, force: bool = False, **keywords: Unpack[UrlOptions]
    ) -> str:
        """Give the URL of the hashed file, in DEBUG mode of the file itself.

        A query and a fragment that the name has (``font.eot?#iefix``) are kept; where the URL has a query of its own (a
        signature, or ``parameters``), the fragment alone.

        Args:
            name: the name of the file as it was collected.
            force: whether the hashed one is wanted in DEBUG mode, too.
            keywords: those of ``SelectelStorage.url``.

        Raises:
            ValueError: the manifest does not know the file, and ``manifest_strict`` is on.
        """
        path, marks = self._hashed_path(name or "", force=force)
        url = SelectelStorage.url(self, path, **keywords)
        _, sign, fragment = marks.partition("#")
        return f"{url}{sign}{fragment}" if "?" in url else url + marks
