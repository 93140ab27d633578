"""The Django application of direct uploads: what ``INSTALLED_APPS`` names."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UploadsConfig(AppConfig):
    """django_selectel_storage.uploads in INSTALLED_APPS."""

    name = "django_selectel_storage.uploads"
    label = "selectel_uploads"
    verbose_name = _("Direct uploads")

    def ready(self) -> None:
        """Register the system checks."""
        from django_selectel_storage.uploads import checks  # noqa: F401, PLC0415 - registering is all that is wanted
