"""Which state of an English page a Russian one translates: a digest, recorded when the translation is up to date.

`make translated` records the pages as they are; look at the difference before, and bring the Russian pages up to it.
"""

from __future__ import annotations

import hashlib
import json

from tests.documents.pages import ROOT

RECORD = ROOT / "docs/ru/translated.json"
# The Russian page of each English one.
TRANSLATIONS = {
    "README.md": "README.ru.md",
    "docs/tutorial.md": "docs/ru/tutorial.md",
    "docs/how-to/selectel.md": "docs/ru/selectel.md",
    "docs/upgrade.md": "docs/ru/upgrade.md",
    "docs/troubleshooting.md": "docs/ru/troubleshooting.md",
}


def digest(page: str) -> str:
    """The digest of a page as it is now; where a line breaks does not count."""
    words = (ROOT / page).read_text(encoding="utf-8").split()
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def recorded() -> dict[str, str]:
    """The digests of the English pages that were translated."""
    known: dict[str, str] = json.loads(RECORD.read_text(encoding="utf-8"))
    return known


def record() -> None:
    """Say that all Russian pages are up to date."""
    text = json.dumps({page: digest(page) for page in TRANSLATIONS}, indent=2)
    RECORD.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
