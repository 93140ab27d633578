"""A project with static files in a folder of its own, and its collectstatic on each face of the servers."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings
from django.utils.module_loading import import_string

from django_selectel_storage.devserver.hooks import LoggedRequest
from django_selectel_storage.storage import SelectelStorage
from tests.conftest import CONTAINER, face_options
from tests.servers.stack import Stack

MANIFEST = "django_selectel_storage.storage.SelectelManifestStaticStorage"
PLAIN = "django_selectel_storage.storage.SelectelStaticStorage"
WITH_SUB_APP = ["django_selectel_storage.staticfiles", "django.contrib.staticfiles", "django_selectel_storage"]
WITHOUT = ["django.contrib.staticfiles", "django_selectel_storage"]
FILES = {
    "css/site.css": "@import url('base.css');\nbody { background: url(../img/back.png) }\n",
    "css/base.css": "a { background: url(../img/dot.png) }\n",
    "js/app.js": "console.log('hello');\n//# sourceMappingURL=app.js.map\n",
    "js/app.js.map": "{}\n",
    "img/back.png": "a picture",
    "img/dot.png": "a dot",
}


def forget_finders() -> None:
    """Let Django look for static files anew: it keeps the finders with the folders that they know."""
    finder: Any = finders.get_finder
    finder.cache_clear()


@dataclass
class Project:
    """A Django project as far as its static files go."""

    source: Path
    location: str
    options: dict[str, Any]
    backend: str = MANIFEST
    apps: list[str] = field(default_factory=lambda: list(WITH_SUB_APP))
    said: str = ""

    def write(self, **texts: str) -> None:
        """Write source files; `__` stands for a slash and `_` for a dot. See `put` for any name."""
        for name, text in texts.items():
            self.put(name.replace("__", "/").replace("_", "."), text)

    def put(self, name: str, content: str | bytes) -> None:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def settings(self) -> override_settings:
        # The options stand in a schema: Django 4.2 forgets those of STORAGES when that setting is overridden.
        return override_settings(
            STATICFILES_DIRS=[str(self.source)],
            STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
            STATIC_ROOT=str(self.source.parent / "root"),
            STORAGES={
                "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
                "staticfiles": {"BACKEND": self.backend},
            },
            SELECTEL_STORAGES={"default": {k: v for k, v in self.options.items() if v is not None}},
            INSTALLED_APPS=self.apps,
        )

    def collect(self, *arguments: str, interactive: bool = False, **options: Any) -> str:
        """Run the command; what it said."""
        out = io.StringIO()
        forget_finders()
        with self.settings():
            try:
                call_command("collectstatic", *arguments, interactive=interactive, stdout=out, stderr=out, **options)
            finally:
                self.said = out.getvalue()
                forget_finders()
        return self.said

    def storage(self) -> Any:
        """A new storage, as another process of the site has it."""
        return import_string(self.backend)(**{k: v for k, v in self.options.items() if v is not None})

    def stored(self) -> dict[str, bytes]:
        """Everything in the location, without the copies of manifests."""
        storage = SelectelStorage(**{k: v for k, v in self.options.items() if v is not None})
        names = [info.name for info in storage.walk() if ".history/" not in info.name]
        return {name: storage.open(name).read() for name in names}


@pytest.fixture(params=["s3", "swift", "keystone"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(tmp_path: Path, stack: Stack, face: str, location: str) -> Project:
    made = Project(
        tmp_path / "source", location, {"container": CONTAINER, "location": location, **face_options(stack, face)}
    )
    for name, text in FILES.items():
        made.put(name, text)
    return made


Requests = Callable[[], list[LoggedRequest]]
