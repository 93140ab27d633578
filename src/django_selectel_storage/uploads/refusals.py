"""Why an upload is refused: a code for programs, a status for HTTP, words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_REFUSALS: Mapping[str, tuple[int, Promise]] = {
    "malformed": (400, _("The request is not what this address expects.")),
    "forged": (400, _("This upload was not permitted here. Reload the page and choose the file again.")),
    "empty": (400, _("The file is empty.")),
    "name": (400, _("The file has no usable name.")),
    "unknown_field": (400, _("There is no such field for uploads.")),
    "forbidden": (403, _("You may not upload files here.")),
    "no_session": (403, _("Uploads without logging in need a session. Allow cookies and try again.")),
    "not_yours": (403, _("This upload belongs to somebody else. Choose the file again.")),
    "other_field": (403, _("This upload belongs to another field. Choose the file again.")),
    "missing": (409, _("The file has not arrived. Upload it again.")),
    "incomplete": (409, _("Parts of the file have not arrived. Upload it again.")),
    "taken": (409, _("Another file got this name meanwhile. Upload it again.")),
    "altered": (409, _("What has arrived is not the file that was announced. Upload it again.")),
    "used": (409, _("This upload is in use already. Choose the file again.")),
    "expired": (410, _("The time for this upload is over. Choose the file again.")),
    "too_large": (413, _("The file is too large: at most %(limit)s are allowed.")),
    "wrong_type": (415, _("Files of this type are not allowed here.")),
    "too_often": (429, _("Too many uploads. Wait a moment and try again.")),
    "storage": (502, _("The storage did not answer as it should. Try again later.")),
    "no_storage": (501, _("Files cannot be uploaded directly here. Send the form the ordinary way.")),
}


class UploadRefused(Exception):
    """An upload, or a step of it, is not carried out.

    Attributes:
        code: a word for programs.
        status: the HTTP status that fits.
        retry_after: seconds after which it may be tried again; 0 when nothing is said.
    """

    def __init__(self, code: str, *, retry_after: int = 0, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status, self._words = _REFUSALS[code]
        self.retry_after = retry_after
        self._values = values

    @property
    def message(self) -> str:
        """The words for people, in the language that is active."""
        return str(self._words) % self._values if self._values else str(self._words)
