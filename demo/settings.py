"""The settings of the demo's site. Where the storage is, and what to speak with it, the environment tells."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django_selectel_storage.devserver import ServerInfo

SERVER = ServerInfo.from_json(os.environ["DEMO_STORAGE"])

SELECTEL_OVER_S3 = {
    "BACKEND": "django_selectel_storage.storage.SelectelStorage",
    "OPTIONS": {
        "access_key": SERVER.access_key,
        "secret_key": SERVER.secret_key,
        "container": "media",
        "endpoint": SERVER.endpoint,
        "region": SERVER.region,
        # Swift heeds If-None-Match: asking first whether a name is free is needless.
        "conditional_writes": True,
    },
}
SELECTEL_OVER_SWIFT = {
    "BACKEND": "django_selectel_storage.storage.SelectelStorage",
    "OPTIONS": {
        "username": SERVER.username,
        "password": SERVER.password,
        "container": "media",
        "auth_url": SERVER.auth_url,
        "temp_url_key": SERVER.temp_url_key,
    },
}
STORAGES = {
    "default": SELECTEL_OVER_SWIFT if os.environ["DEMO_PROTOCOL"] == "swift" else SELECTEL_OVER_S3,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SECRET_KEY = secrets.token_urlsafe(32)
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_selectel_storage",
    "django_selectel_storage.uploads",
    "demo.gallery",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_selectel_storage.uploads.middleware.uploads_middleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "demo.gallery.context.storage",
            ]
        },
    }
]
ROOT_URLCONF = "demo.gallery.urls"
STATIC_URL = "/static/"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(os.environ["DEMO_FOLDER"]) / "gallery.sqlite3"}
}
# Visitors of the demo need not log in: their uploads belong to their session.
SELECTEL_UPLOADS = {"PERMISSION": "demo.gallery.uploads.anybody"}
USE_TZ = True
TIME_ZONE = "UTC"

# One line for each request would bury the address of the site.
_ERRORS = {"handlers": ["console"], "level": "ERROR", "propagate": False}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django": _ERRORS, "django.server": _ERRORS},
}
