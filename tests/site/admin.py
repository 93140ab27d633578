"""The admin of the test site."""

from django.contrib import admin

from django_selectel_storage.uploads.admin import DirectUploadAdminMixin
from tests.site.models import Document, Letter, Photo

admin.site.register([Document, Photo])


@admin.register(Letter)
class LetterAdmin(DirectUploadAdminMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    """Files of letters go straight into the container."""
