"""A Django site whose default storage is given in the environment, as JSON."""

import json
import os

OPTIONS = json.loads(os.environ["STORAGE_OPTIONS"])

SECRET_KEY = "for tests only"
USE_TZ = True
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "tests.load.programs.web"
INSTALLED_APPS = ["django_selectel_storage"]
MIDDLEWARE: list[str] = []
STORAGES = {"default": {"BACKEND": "django_selectel_storage.storage.SelectelStorage", "OPTIONS": OPTIONS}}
