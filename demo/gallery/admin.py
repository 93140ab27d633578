from __future__ import annotations

from django.contrib import admin

from demo.gallery.models import Picture
from django_selectel_storage.uploads.admin import DirectUploadAdminMixin


@admin.register(Picture)
class PictureAdmin(DirectUploadAdminMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "image", "uploaded_at")
