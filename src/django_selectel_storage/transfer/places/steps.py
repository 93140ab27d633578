"""The steps of a file's name, between its slashes: which ones no folder can have. Pure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from django_selectel_storage.transfer.values import Words

_BAD_STEPS = frozenset({"", ".", ".."})


def refusal_of(name: str) -> Words:
    """Say why a name cannot be that of a file in a folder; empty when it can."""
    steps = name.split("/")
    if "\0" in name:
        return _("The name of a file cannot hold the character NUL.")
    if steps[-1] == "":
        return _("The name of a file cannot end with a slash: this is the mark of a folder, which has no file.")
    if not _BAD_STEPS.isdisjoint(steps):
        return _("The name of a file cannot have an empty step, nor '.' or '..' as one.")
    return ""
