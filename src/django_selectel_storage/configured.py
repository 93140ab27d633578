"""A storage as far as it is made of arguments: options at first use, keys of names, migrations, pickles.

Nothing here stores or reads a file.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage
from django.core.signals import setting_changed
from django.utils.functional import cached_property

from django_selectel_storage import conf, names, utils
from django_selectel_storage.exceptions import InvalidName, InvalidOption
from django_selectel_storage.improper import improperly_configured
from django_selectel_storage.options import RULES, StorageOptions
from django_selectel_storage.protocols.base import ObjectClient
from django_selectel_storage.protocols.factory import client_for

if TYPE_CHECKING:
    from typing_extensions import Self

_RESOLVED = ("options", "client")  # what is made at first use, and forgotten when settings change


class ConfiguredStorage(Storage):
    """A storage whose constructor only refuses misspelt keywords; everything else waits for the first use.

    An attribute of a subclass that is called like an option (``location = "media"``) counts as such a keyword.

    Args:
        storage: a schema of SELECTEL_STORAGES (``"default"`` if nothing says otherwise) or a DSN.
        keywords: any option of the reference, as keyword; also ``dsn``.

    Raises:
        ImproperlyConfigured: a keyword is not known.
    """

    #: What a class prefers to the defaults of the options; what is given wins.
    default_options: ClassVar[Mapping[str, object]] = {}

    _given: tuple[tuple[object, ...], dict[str, object]]

    def __new__(cls, *args: object, **keywords: object) -> Self:
        """Remember what a subclass's own constructor is given: a migration has to give it the same."""
        storage = super().__new__(cls)
        storage._given = (args, keywords)
        return storage

    def __init__(self, storage: str | None = None, **keywords: object) -> None:
        self._arguments = conf.arguments(storage, {**self._attributes(keywords), **keywords}, self.default_options)
        setting_changed.connect(self._forget)

    @classmethod
    def _attributes(cls, keywords: Iterable[str]) -> dict[str, object]:
        """Give the options that a subclass sets as attributes, and that are not given; credentials are none of them."""
        said: dict[str, object] = {}
        for kind in reversed(cls.__mro__):
            if issubclass(kind, ConfiguredStorage):
                said.update(_values(kind))
        given = {conf.option_name(name) for name in keywords}
        return {name: said[name] for name in conf.NOT_SECRET & said.keys() - given}

    @cached_property
    def options(self) -> StorageOptions:
        """The options, resolved and checked.

        Raises:
            ImproperlyConfigured: they are not usable.
        """
        return conf.resolve(self._arguments)

    @cached_property
    def client(self) -> ObjectClient:
        """The object store.

        Raises:
            ImproperlyConfigured: the options are not usable.
        """
        return self._client_with(self.options)

    def _client_with(self, options: StorageOptions) -> ObjectClient:
        """Give a client for the same container, connected in another way."""
        with improperly_configured():
            return client_for(options)

    @property
    def config(self) -> object:
        """The configuration in the shape of 1.x; deprecated, ``options`` takes its place."""
        warnings.warn("SelectelStorage.config is deprecated; use SelectelStorage.options.", DeprecationWarning, 2)
        return utils.config_of(self._arguments)

    def _key(self, name: str) -> str:
        try:
            return names.object_key(name, self.options.location)
        except InvalidName as error:
            raise SuspiciousFileOperation(str(error)) from error

    def _file_key(self, name: str) -> str:
        key = self._key(name)
        if key == self.options.location:
            raise ValueError("The name of a file must not be empty.")
        if names.names_a_folder(str(name)):
            raise SuspiciousFileOperation(f"{name!a} is no name of a file: '.' and '..' are folders.")
        return key

    def _folder_prefix(self, path: str) -> str:
        try:
            return names.folder_prefix(path, self.options.location)
        except InvalidName as error:
            raise SuspiciousFileOperation(str(error)) from error

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, Any]]:
        """Describe the storage for a migration: its schema, or its options without the credentials.

        A subclass with a constructor of its own is described by what that was given, unless that holds credentials.
        """
        kind = type(self)
        path = f"{kind.__module__}.{kind.__qualname__}"
        args, keywords = self._given
        if kind.__init__ is not ConfiguredStorage.__init__ and not conf.holds_secrets(self._arguments, args, keywords):
            return path, cast("tuple[str, ...]", args), dict(keywords)
        schema, options = conf.non_secret(self._arguments)
        return path, (schema,) if schema else (), options

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConfiguredStorage):
            return NotImplemented
        if self.deconstruct() != other.deconstruct():
            return False
        return conf.may_share_credentials(self._arguments, other._arguments)

    def __hash__(self) -> int:
        path, args, keywords = self.deconstruct()
        return hash((path, str(args), str(keywords.get("container")), str(keywords.get("location"))))

    def __repr__(self) -> str:
        schema, keywords = conf.non_secret(self._arguments)
        return f"<{type(self).__name__} {schema or keywords.get('container') or conf.DEFAULT_SCHEMA!s}>"

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name not in _RESOLVED}

    def __setstate__(self, state: Mapping[str, object]) -> None:
        self.__dict__.update(state)
        setting_changed.connect(self._forget)

    def _forget(self, *, setting: str = "", **_: object) -> None:
        """Forget what was made of settings that have changed (Django's tests change them)."""
        if setting in conf.RELEVANT_SETTINGS:
            for name in _RESOLVED:
                self.__dict__.pop(name, None)


def _values(kind: type[ConfiguredStorage]) -> dict[str, object]:
    """Give the attributes of a class that may be options: neither methods nor properties.

    Raises:
        ImproperlyConfigured: what may be the rule of an option may as well be a method.
    """
    found: dict[str, object] = {}
    for name, value in vars(kind).items():
        option = conf.option_name(name)
        if option in RULES and isinstance(value, staticmethod):
            found[option] = value.__func__
        elif option in RULES and callable(value) and hasattr(value, "__get__"):
            with improperly_configured():
                raise InvalidOption(
                    f"The attribute '{kind.__name__}.{name}' is a function, which Python makes a method. Write "
                    f"staticmethod(…) around it if it is the option {option!r}; if it is none, give it another name."
                )
        elif not hasattr(value, "__get__"):
            found[option] = value
    return found
