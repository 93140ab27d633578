"""The package's own source, as it is installed, parsed once for all tests of honesty."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import django_selectel_storage

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "django_selectel_storage"
SOURCE = Path(django_selectel_storage.__file__).parent


@dataclass(frozen=True)
class Module:
    """One module: its dotted name below the package (empty for the package itself), its text, its tree."""

    name: str
    is_package: bool
    text: str
    path: Path

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)


@lru_cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def modules() -> list[Module]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, is_package, path.read_text(encoding="utf-8"), path))
    return found
