"""What Django's error reports may show: DSNs and the secrets among the options give way to asterisks, the rest stays.

DEFAULT_EXCEPTION_REPORTER_FILTER names the class. Nothing here reads settings, or evaluates what Django would not.
"""

from __future__ import annotations

import re
from collections.abc import ItemsView, Mapping
from types import FrameType, MappingProxyType
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.views.debug import SafeExceptionReporterFilter

from django_selectel_storage import options

HIDDEN = SafeExceptionReporterFilter.cleansed_substitute

# A user's name is no secret, and of a proxy's address only the credentials are one.
_SECRET_OPTIONS = options.SECRETS - {"username", "proxy"}
_SECRET_HEADERS = frozenset({"authorization", "x-auth-key", "x-auth-token", "x-subject-token"})
_SECRETS = "|".join(sorted(_SECRET_OPTIONS | _SECRET_HEADERS))

_DSN = re.compile(r"selectel(?:\+s3)?://", re.IGNORECASE)
# Within other text a DSN ends at white space or a quote; a password may hold either, so at least all up to its @ goes.
# The DSN of our own messages is an example.
_DSN_WITHIN = re.compile(r"(selectel(?:\+s3)?://)(?!user:password@)(?:[^\s'\"<>]*@|[^@\n]*@)", re.IGNORECASE)
_IN_QUERY = re.compile(rf"([?&](?:{_SECRETS}|proxy)=)[^&\s'\"<>]*", re.IGNORECASE)
_IN_QUERY_OF_DSN = re.compile(rf"([?&](?:{_SECRETS}|proxy)=)[^&]*", re.IGNORECASE)
# 'password': 'x' of a dictionary or of JSON, password='x' of a dataclass; a repr may double the backslashes of JSON.
_ASSIGNED = re.compile(
    rf"((?:{_SECRETS})['\"]?\s*[:=]\s*b?)(?P<quote>['\"])(?:\\+.|(?!(?P=quote)).)*(?P=quote)", re.IGNORECASE | re.DOTALL
)
_HEADER_LINE = re.compile(rf"((?:{'|'.join(sorted(_SECRET_HEADERS))})\s*:[ \t]*)[^'\"\r\n\\]+", re.IGNORECASE)
# What makes a signed URL work, and a signature in a header; without it, the rest is an address.
_SIGNATURE = re.compile(
    r"((?:X-Amz-Credential|X-Amz-Signature|temp_url_sig|Credential|Signature)=)[^&,\s'\"<>]+", re.IGNORECASE
)
_IN_PROXY = re.compile(r"//.*@", re.DOTALL)

# In these rooms credentials are taken apart or put together: any text may be a piece of one, any option a misspelt one.
_INNER_ROOMS = re.compile(
    r"django_selectel_storage\.(?:dsn|conf|configured|utils|options|option_values|signing\.\w+"
    r"|protocols\.(?:factory|swift\.(?:keystone|legacy)))"
)
_READABLE_THERE = frozenset({"name"})  # of an option or a schema
_HARMLESS = (type(None), bool, int, float, complex, type)


class SelectelExceptionReporterFilter(SafeExceptionReporterFilter):
    """Django's filter, which also hides DSNs and our secret options: in settings, POST and local variables.

    It does so with DEBUG too. It cannot reach an exception's own text, nor the lines of source that a report quotes.
    """

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        """Give a setting as a report may show it."""
        return _safely_shown(key, super().cleanse_setting(key, value))

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        """Give the parameters of a POST as a report may show them."""
        return _safely_shown("", super().get_post_parameters(request))

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        """Give the local variables of a frame as a report may show them."""
        variables = super().get_traceback_frame_variables(request, tb_frame)
        inner = _INNER_ROOMS.fullmatch(str(tb_frame.f_globals.get("__name__", ""))) is not None
        return {
            name: HIDDEN if inner and _may_be_a_piece(name, value) else _safely_shown(name, value)
            for name, value in variables
        }.items()


def without_secrets(text: str) -> str:
    """Put asterisks in place of the credentials in a DSN, and of secrets that stand beside their names."""
    if _DSN.match(text.lstrip()):
        return _masked_dsn(text)
    text = _DSN_WITHIN.sub(rf"\g<1>{HIDDEN}@", text)
    text = _IN_QUERY.sub(rf"\g<1>{HIDDEN}", text)
    text = _SIGNATURE.sub(rf"\g<1>{HIDDEN}", text)
    text = _ASSIGNED.sub(rf"\g<1>\g<quote>{HIDDEN}\g<quote>", text)
    return _HEADER_LINE.sub(rf"\g<1>{HIDDEN}", text)


def holds_a_password(text: str) -> bool:
    """Whether a text is a DSN, or has one in it, whose credentials are readable."""
    return _DSN.search(text) is not None and without_secrets(text) != text


def _masked_dsn(dsn: str) -> str:
    scheme, separator, rest = dsn.partition("://")
    credentials, at, place = rest.rpartition("@")
    if not at and ":" in place:  # a DSN without its container, or with its '@' forgotten
        return f"{scheme}{separator}{HIDDEN}"
    shown = _IN_QUERY_OF_DSN.sub(rf"\g<1>{HIDDEN}", place)
    return f"{scheme}{separator}{HIDDEN if credentials else ''}{at}{shown}"


class _Shown:
    """Stands for an object in a report: what it says of itself, without secrets, and not before it is asked."""

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        try:
            text = repr(self._value)
        except Exception as error:  # noqa: BLE001 - a report must come about, whatever the objects in it do
            text = f"<{type(self._value).__name__}, whose repr() raises {type(error).__name__}: {error}>"
        return without_secrets(text)


def _safely_shown(name: object, value: object) -> object:
    try:
        return _shown(name, value, ())
    except Exception as error:  # noqa: BLE001 - as above
        return f"<{type(value).__name__}, which cannot be shown: {type(error).__name__}>"


def _shown(name: object, value: object, around: tuple[int, ...]) -> object:
    """Give a value as a report may show it.

    Args:
        name: of the variable, or the key in a dictionary.
        value: any object; it is not changed.
        around: the identities of the containers that it lies in, which may be among them itself.
    """
    kind = type(value)  # isinstance() would evaluate lazy objects
    if value is not None and _is_secret(name):
        return HIDDEN
    if issubclass(kind, str):
        return _shown_text(name, str(value))
    if issubclass(kind, _HARMLESS) or kind is _Shown:
        return value
    if id(value) in around:
        return f"<{kind.__name__} that contains itself>"
    return _shown_container(value, kind, (*around, id(value)))


def _shown_container(value: Any, kind: type, around: tuple[int, ...]) -> object:
    if issubclass(kind, MultiValueDict):
        copy = value.copy()
        for key, entries in value.lists():
            copy.setlist(key, [_shown(key, entry, around) for entry in entries])
        return copy
    if issubclass(kind, (dict, Mapping, MappingProxyType)):
        return {_shown("", key, around): _shown(key, entry, around) for key, entry in value.items()}
    if issubclass(kind, (list, tuple, set, frozenset)) and not hasattr(kind, "_fields"):
        plain = next(base for base in (list, tuple, set, frozenset) if issubclass(kind, base))
        return plain(_shown("", entry, around) for entry in value)
    return _Shown(value)


def _shown_text(name: object, text: str) -> str:
    if isinstance(name, str) and name.lower() == "proxy":
        return _IN_PROXY.sub(f"//{HIDDEN}@", text)
    return without_secrets(text)


def _is_secret(name: object) -> bool:
    if not isinstance(name, str):
        return False
    lower = name.lower()
    return lower in _SECRET_OPTIONS or lower in _SECRET_HEADERS


def _may_be_a_piece(name: str, value: object) -> bool:
    return name not in _READABLE_THERE and issubclass(type(value), (str, bytes, list, tuple, set, dict))
