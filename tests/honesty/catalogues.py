"""What the source marks for translation, and the catalogues that have it: one for each application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.honesty.source import SOURCE

LANGUAGE = "ru"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "pgettext_lazy": ((1, "c"), 2),
    "ngettext_lazy": (1, 2),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is marked; the plural and the context are empty where there is none."""

    singular: str
    plural: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """An application of Django, and so a folder in which Django looks for ``locale``."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def po(self) -> Path:
        return self.folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"

    def catalogue(self) -> Catalog:
        with self.po.open("rb") as file:
            return read_po(file, abort_invalid=True)

    def compiled(self) -> Catalog:
        with self.po.with_suffix(".mo").open("rb") as file:
            return read_mo(file)

    def marked(self) -> set[Text]:
        """Every text that the application marks; what lies in another application's folder is not its own."""
        return {*self._of_modules(), *self._of_templates()}

    def _of_modules(self) -> Iterator[Text]:
        others = [app.folder for app in applications() if app != self and app.folder.is_relative_to(self.folder)]
        found = extract_from_dir(
            self.folder,
            method_map=[("**.py", "python")],
            keywords=KEYWORDS,
            directory_filter=lambda folder: Path(folder) not in others,
        )
        for _, _, message, _, context in found:
            singular, plural = message if isinstance(message, tuple) else (message, "")
            yield Text(singular, plural, context or "")

    def _of_templates(self) -> Iterator[Text]:
        for path in self.folder.glob("templates/**/*.html"):
            text = path.read_text(encoding="utf-8")
            blocks = re.findall(r"{% blocktranslate .*?%}(.+?){% endblocktranslate %}", text)
            for found in re.findall(r'{% translate "(.+?)" %}', text):
                yield Text(found)
            for block in blocks:
                yield Text(re.sub(r"{{ (\w+) }}", r"%(\1)s", block))


def applications() -> list[Application]:
    """Give the package's applications."""
    return [Application(path.parent) for path in sorted(SOURCE.rglob("apps.py"))]


def texts(catalogue: Catalog) -> dict[Text, tuple[str, ...]]:
    """Give what a catalogue holds, without its header: each text with its translations, the plurals one by one."""
    held = {}
    for message in catalogue:
        if message.id:
            singular, plural = message.id if isinstance(message.id, (list, tuple)) else (message.id, "")
            translated = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
            held[Text(singular, plural, message.context or "")] = tuple(one or "" for one in translated)
    return held
