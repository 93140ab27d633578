"""The project's settings."""

SECRET_KEY = "for type checkers only"
INSTALLED_APPS = ["django.contrib.contenttypes", "django_selectel_storage"]
STORAGES = {
    "default": {"BACKEND": "django_selectel_storage.storage.SelectelStorage", "OPTIONS": {"container": "media"}},
    "staticfiles": {"BACKEND": "django_selectel_storage.storage.SelectelStaticStorage"},
}
