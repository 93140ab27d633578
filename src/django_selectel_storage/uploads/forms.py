"""The form fields: ordinary file fields that also take what was uploaded directly.

Without JavaScript, and where the storage cannot sign, they are nothing but ordinary file fields.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.widgets import ClearableFileInput

from django_selectel_storage.exceptions import StorageError
from django_selectel_storage.stored_content import StoredContent
from django_selectel_storage.uploads.bearers import begin_session, current_bearer, taken_as
from django_selectel_storage.uploads.flow import refuse_broken
from django_selectel_storage.uploads.grants import FieldOffer, sealed
from django_selectel_storage.uploads.limits import Limits, limits
from django_selectel_storage.uploads.redeeming import redeem
from django_selectel_storage.uploads.refusals import UploadRefused
from django_selectel_storage.uploads.settings import upload_settings
from django_selectel_storage.uploads.targets import Field, can_take_uploads, field_of, label_of
from django_selectel_storage.uploads.widget import DirectUploadInput, SealedReceipt

log = logging.getLogger(__name__)


class _Direct(forms.FileField):
    """What both fields have in common.

    Args:
        target: the model's field that the file is for, or its label, as ``"gallery.Picture.image"``. In a ModelForm
            it is the field of the same name.
        max_size: bytes; None takes SELECTEL_UPLOADS["MAX_SIZE"].
        content_types: media types, as ``image/png`` or ``image/*``; none takes any.
        keywords: as in Django.
    """

    default_content_types: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        target: Field | str | None = None,
        max_size: int | None = None,
        content_types: Iterable[str] | str | None = None,
        **keywords: Any,
    ) -> None:
        self._target = target
        self._max_size = max_size
        self._content_types = self.default_content_types if content_types is None else content_types
        self._row: object = None
        self._html_name = ""
        super().__init__(**{**keywords, "widget": _direct_input(keywords.get("widget"))})
        # Refuses what is no limit here, where the field is declared; the site's own is looked at later.
        limits(1 if max_size is None else max_size, self._content_types)

    @property
    def limits(self) -> Limits:
        """What may be uploaded."""
        max_size = upload_settings().max_size if self._max_size is None else self._max_size
        return limits(max_size, self._content_types)

    @property
    def target(self) -> Field | None:
        """The model's field that the file is for.

        Raises:
            ImproperlyConfigured: there is no such field.
        """
        if not isinstance(self._target, str):
            return self._target
        try:
            return field_of(self._target)
        except UploadRefused:
            raise ImproperlyConfigured(
                f"target={self._target!r}: there is no such field for files. A label is 'app.Model.field'."
            ) from None

    def get_bound_field(self, form: Any, field_name: str) -> BoundField:
        """Find out which model's field, and which row, the form is for."""
        model = getattr(getattr(form, "_meta", None), "model", None)
        if self._target is None and model is not None:
            self._target = _field_of_model(model, field_name)
        instance = getattr(form, "instance", None)
        if self.target is not None and isinstance(instance, self.target.model):
            self._row = instance.pk
        self._make_offer()
        bound: BoundField = super().get_bound_field(form, field_name)
        self._html_name = bound.html_name
        if isinstance(self.widget, DirectUploadInput) and isinstance(bound.data, SealedReceipt):
            self.widget.receipt = bound.data
        return bound

    def _make_offer(self) -> None:
        target = self.target
        if target is None or not isinstance(self.widget, DirectUploadInput) or not can_take_uploads(target):
            return
        allowed = self.limits
        offer = FieldOffer(field=label_of(target), max_size=allowed.max_size, content_types=list(allowed.content_types))
        self.widget.offer = lambda: _sealed_for_visitors(offer)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Take a file, or the receipt of one that was uploaded directly; the same limits hold for both."""
        try:
            if isinstance(data, SealedReceipt):
                data = self._redeemed(data)
            elif isinstance(data, UploadedFile) and data.size:
                refuse_broken(self.limits, data.size, data.content_type or "")
            return super().clean(data, initial)
        except UploadRefused as refusal:
            self._forget_receipt()
            raise ValidationError(refusal.message, code=refusal.code) from None
        except ValidationError:
            self._forget_receipt()
            raise
        except StorageError:  # the receipt may be good: it comes back with the form
            log.exception("A direct upload could not be looked at.")
            raise ValidationError(UploadRefused("storage").message, code="storage") from None

    def _forget_receipt(self) -> None:
        """Let no page show as uploaded what was refused."""
        if isinstance(self.widget, DirectUploadInput):
            self.widget.receipt = ""

    def _redeemed(self, receipt: str) -> StoredContent:
        target = self.target
        if target is None:
            raise UploadRefused("unknown_field")
        content = redeem(receipt, target, self.limits, current_bearer(), upload_settings(), row=self._row)
        if not taken_as(f"{label_of(target)} {content.stored_as}", self._html_name):
            raise UploadRefused("used")
        return content


class DirectUploadField(_Direct):
    """A file field whose file goes straight into the container."""


class DirectImageField(_Direct, forms.ImageField):
    """The same for pictures: Pillow looks at the picture where it lies, and fetches what it needs to."""

    default_content_types = ("image/*",)

    def to_python(self, data: Any) -> Any:
        """Refuse what is no picture.

        Raises:
            ValidationError: it is none.
        """
        if not isinstance(data, StoredContent):
            return super().to_python(data)
        file: Any = forms.FileField.to_python(self, data)
        from PIL import Image  # noqa: PLC0415 - Django needs Pillow only for pictures, and so do we

        try:
            picture = Image.open(data.open())
            picture.verify()
        except StorageError:
            raise  # says nothing about the picture
        except Exception as error:  # as in Django: Pillow's readers raise whatever they like
            raise _no_picture() from error
        file.image = picture
        file.seek(0)
        return file


def _sealed_for_visitors(offer: FieldOffer) -> str:
    if upload_settings().permission:  # or else only who has logged in may upload
        begin_session()
    return sealed(offer)


def _no_picture() -> ValidationError:
    return ValidationError(forms.ImageField.default_error_messages["invalid_image"], code="invalid_image")


def _direct_input(wished: Any) -> DirectUploadInput:
    """Give the input that uploads by itself, in the looks of the one that was wished."""
    if isinstance(wished, DirectUploadInput):
        return wished
    if wished is None:
        return DirectUploadInput()
    if isinstance(wished, type):
        wished = wished()
    if not isinstance(wished, ClearableFileInput):
        raise TypeError(f"A direct upload needs a ClearableFileInput, not {type(wished).__name__}.")
    if isinstance(wished, DirectUploadInput):
        return wished
    return DirectUploadInput(wished.attrs, wished.template_name)


def _field_of_model(model: type[models.Model], name: str) -> Field | None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.FileField) else None
