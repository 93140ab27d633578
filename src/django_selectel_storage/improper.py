"""Errors of the pure rooms that are Django's ``ImproperlyConfigured`` too. Below this, nobody knows Django's class."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from django_selectel_storage.exceptions import ConfigurationError

_BOTH: dict[type[ConfigurationError], type[Any]] = {}


@contextmanager
def improperly_configured() -> Iterator[None]:
    """Turn the error of a pure room into one that is ImproperlyConfigured too."""
    try:
        yield
    except ConfigurationError as error:
        if isinstance(error, ImproperlyConfigured):
            raise
        raise _both(type(error))(*error.args) from None


def _both(kind: type[ConfigurationError]) -> type[Any]:
    """The class of an error that is of the given kind and ImproperlyConfigured."""
    if kind not in _BOTH:
        names = {"__doc__": kind.__doc__, "__module__": kind.__module__, "__reduce__": _taken_apart}
        _BOTH[kind] = type(kind.__name__, (kind, ImproperlyConfigured), names)
    return _BOTH[kind]


def _taken_apart(error: ConfigurationError) -> tuple[Any, ...]:
    """How pickle takes such an error apart: its class is made here."""
    return _put_together, (type(error).__mro__[1], error.args)


def _put_together(kind: type[ConfigurationError], args: tuple[object, ...]) -> BaseException:
    error: BaseException = _both(kind)(*args)
    return error
