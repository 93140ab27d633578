"""The Django application: what ``INSTALLED_APPS`` names. It registers the system checks."""

from django.apps import AppConfig


class DjangoSelectelStorageAppConfig(AppConfig):
    """django_selectel_storage in INSTALLED_APPS; the storage classes work without it, checks and commands need it."""

    name = "django_selectel_storage"
    verbose_name = "Selectel storage"

    def ready(self) -> None:
        """Register the system checks."""
        from django_selectel_storage import checks  # noqa: F401, PLC0415 - registering is all that is wanted
