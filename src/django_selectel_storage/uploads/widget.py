"""The file input that uploads by itself: an ordinary one, with a place for progress and for the receipt beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.forms.widgets import FILE_INPUT_CONTRADICTION, ClearableFileInput
from django.urls import reverse
from django.utils.translation import gettext as _

from django_selectel_storage.uploads.grants import Receipt, opened
from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.settings import upload_settings

_STEPS = ("start", "parts", "finish", "cancel")


class SealedReceipt(str):
    """The sealed receipt of a finished upload, as a form sent it."""

    __slots__ = ()


class DirectUploadInput(ClearableFileInput):
    """A file input whose file goes straight into the container.

    Args:
        attrs: as in Django.
        inner_template: the template of the ordinary input.

    Attributes:
        offer: gives the sealed offer of the field; None where files go the ordinary way. The form field sets it.
        receipt: what the form was sent with, to be sent again when other fields have errors.
    """

    template_name = "selectel_uploads/direct_upload.html"

    class Media:
        """What the page has to load; none of it is inline."""

        css: ClassVar[Mapping[str, list[str]]] = {"all": ["selectel_uploads/direct_upload.css"]}
        js: ClassVar[list[str]] = ["selectel_uploads/direct_upload.js"]

    def __init__(self, attrs: dict[str, Any] | None = None, inner_template: str = "") -> None:
        super().__init__(attrs)
        self.inner_template = inner_template or ClearableFileInput.template_name
        self.offer: Callable[[], str] | None = None
        self.receipt = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what the template and the script need."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["inner_template"] = self.inner_template
        context["upload"] = self._upload(self.offer()) if self.offer is not None else None
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Give the file, the receipt in its place, or that the file shall go."""
        given = super().value_from_datadict(data, files, name)
        receipt = data.get(name)
        if not isinstance(receipt, str) or not receipt or self.offer is None:
            return given
        if given is None:
            return SealedReceipt(receipt)
        return FILE_INPUT_CONTRADICTION if given is False else given

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Say whether there is neither a file nor a receipt nor the wish to clear."""
        return bool(super().value_omitted_from_data(data, files, name)) and not data.get(name)

    def use_required_attribute(self, initial: Any) -> bool:
        """Leave it to the form to require a file: one that has arrived stands in another input."""
        return not self.receipt and bool(super().use_required_attribute(initial))

    def _upload(self, offer: str) -> dict[str, Any]:
        known = _known(self.receipt)
        return {
            "stall": upload_settings().stall,
            "offer": offer,
            "addresses": {step: reverse(f"selectel_uploads:{step}") for step in _STEPS},
            "messages": json.dumps(_messages(), ensure_ascii=False),
            "receipt": self.receipt if known else "",
            "filename": known.filename if known else "",
        }


def _known(receipt: str) -> Receipt | None:
    """Give what a receipt says that came back with other fields' errors; None when it is of no use any more."""
    try:
        return opened(Receipt, receipt, upload_settings().max_age) if receipt else None
    except UploadRefused:
        return None


def _messages() -> dict[str, str]:
    """The words of the script, in the visitor's language; what stands in braces is filled in there."""
    return {
        "starting": _("Uploading {name} …"),
        "progress": _("{name}: {percent} %"),
        "checking": _("Checking {name} …"),
        "done": _("{name} is uploaded."),
        "cancelled": _("The upload of {name} is cancelled."),
        "waiting": _("The form will be sent as soon as the upload is done."),
        "retrying": _("The connection broke. Trying again …"),
        "busy": _("The site is busy. Trying again …"),
        "network": _("The storage cannot be reached. Check your connection and try again."),
        "cors": _(
            "The storage does not accept uploads from this site. Its administrator has to allow it: "
            "manage.py selectel_cors allow {origin}"
        ),
        "policy": _("The Content-Security-Policy of this page forbids uploads to the storage (connect-src)."),
        "storage": _("The storage refused the file (status {status})."),
        "site": _("The site could not be asked (status {status}). Reload the page and try again."),
    }
