"""How a finished upload becomes a file of a form: its receipt is checked, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django_selectel_storage.exceptions import ObjectExists, ObjectNotFound
from django_selectel_storage.storage import SelectelStorage
from django_selectel_storage.stored_content import StoredContent
from django_selectel_storage.uploads.claims import claim
from django_selectel_storage.uploads.flow import refuse_broken
from django_selectel_storage.uploads.grants import Receipt, opened
from django_selectel_storage.uploads.limits import Limits
from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.settings import UploadSettings
from django_selectel_storage.uploads.targets import Field, is_used, label_of, storage_of


def redeem(
    text: str, field: Field, limits: Limits, bearer: str, wishes: UploadSettings, *, row: object = None
) -> StoredContent:
    """Take a receipt in place of a file.

    Args:
        text: the sealed receipt.
        field: the model's field that the file is for.
        limits: what may be uploaded into it.
        bearer: who sends the form.
        wishes: the project's settings.
        row: the primary key of the row that the form is for; None for a new one.

    Returns:
        The file, which the field's storage takes over when it is saved.

    Raises:
        UploadRefused: the receipt is too old, of another field or of somebody else, its file is gone or in use.
    """
    receipt = opened(Receipt, text, wishes.max_age)
    _refuse_foreign(receipt, field, bearer)
    refuse_broken(limits, receipt.size, receipt.content_type)
    storage = storage_of(field)
    _refuse_changed(receipt, storage)
    used = partial(is_used, field, receipt.name, besides=row)
    if not receipt.staged and used():
        raise UploadRefused("used")
    if not claim(receipt.mark, "form", wishes.max_age):
        raise UploadRefused("missing")
    return _content(receipt, storage, used)


def _refuse_foreign(receipt: Receipt, field: Field, bearer: str) -> None:
    """Refuse the receipt of another field, or of somebody else."""
    if receipt.field != label_of(field):
        raise UploadRefused("other_field")
    if receipt.bearer != bearer:
        raise UploadRefused("not_yours")


def _refuse_changed(receipt: Receipt, storage: SelectelStorage) -> None:
    """Refuse when the object is gone, or is no longer the one that the receipt was given for."""
    try:
        info = storage.stat(receipt.name)
    except ObjectNotFound:
        raise UploadRefused("missing") from None
    if info.etag != receipt.etag:
        raise UploadRefused("altered")


def _content(receipt: Receipt, storage: SelectelStorage, used: Callable[[], bool]) -> StoredContent:
    """Give the file; ``used`` is asked once more when it is saved, unless it then gets a name of its own."""
    return StoredContent(
        storage,
        receipt.name,
        receipt.filename,
        size=receipt.size,
        content_type=receipt.content_type,
        etag=receipt.etag,
        staged=receipt.staged,
        insist_on_use=lambda: None if receipt.staged else _insist_on_unused(receipt.name, used),
    )


def _insist_on_unused(name: str, used: Callable[[], bool]) -> None:
    """Ask once more: another form may have been saved since this one was checked."""
    if used():
        raise ObjectExists(f"The direct upload {name!r} is in use: it serves one row only.")
