"""How Sphinx builds these pages: `make docs`. Every warning is an error, every link inside has to lead somewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent / "src")]

if not settings.configured:  # the package is imported for its docstrings
    contrib = [
        f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "messages", "sessions", "staticfiles")
    ]
    settings.configure(INSTALLED_APPS=[*contrib, "django_selectel_storage"], USE_TZ=True)
    django.setup()

from django_selectel_storage import __version__  # noqa: E402 - the path is set above

project = "django-selectel-storage"
author = "The authors of django-selectel-storage"
project_copyright = "MIT licence"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "command_reference"]
exclude_patterns = ["_extensions", "README.md"]
nitpicky = True
# What other projects document is not looked up: a build needs no network.
nitpick_ignore_regex = [("py:.*", r"(?!django_selectel_storage).*")]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = f"django-selectel-storage {release}"
html_copy_source = False
html_theme_options = {
    "source_repository": "https://github.com/marazmiki/django-selectel-storage/",
    "source_branch": "master",
    "source_directory": "docs/",
}
