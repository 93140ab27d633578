"""What the documents say of options, files and the changelog is what the code has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest
from django.contrib.staticfiles.management.commands.collectstatic import Command as DjangosCollectStatic
from django.core.management.base import BaseCommand

from django_selectel_storage import __version__, checks
from django_selectel_storage.doctor.examinations import EXAMINATIONS
from django_selectel_storage.management.commands import selectel_headers, selectel_transfer
from django_selectel_storage.options import ALIASES, RETIRED, SELECTING, StorageOptions
from django_selectel_storage.staticfiles.management.commands.collectstatic import Command as CollectStatic
from django_selectel_storage.transfer.report import INTERRUPTED, SOME_FAILED

ROOT = Path(__file__).parents[2]
OPTIONS = (ROOT / "docs/options.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (`.+?`) \| (.+?) \|", OPTIONS, re.MULTILINE))
DOCUMENTED = {name for row in ROWS for name in re.findall(r"`(\w+)`", row)}
DERIVED = {
    "\N{EN DASH}",
    "`None`",
    "required",
    "of the pool",
    "the pool",
    "Selectel's",
    "certifi's",
    "where it can",
    "`endpoint`",
}
SIZES = {"16 MiB": 16 * 1024**2, "8 MiB": 8 * 1024**2, "5 MiB": 5 * 1024**2}


def test_every_option_is_documented_and_every_documented_one_exists() -> None:
    known = {option.name for option in fields(StorageOptions)} | set(SELECTING) - {"schema"}
    assert known == DOCUMENTED


@pytest.mark.parametrize("name", sorted({*ALIASES, *RETIRED, "schema"}))
def test_other_spellings_are_mentioned(name: str) -> None:
    assert re.search(rf"\b{name}\b", OPTIONS, re.IGNORECASE)


@pytest.mark.parametrize("option", fields(StorageOptions), ids=lambda option: option.name)
def test_the_documented_default_is_the_default(option: object) -> None:
    name, default = option.name, option.default  # type: ignore[attr-defined]
    (written,) = (cell for row, cell in ROWS.items() if f"`{name}`" in row)
    if default is None or name == "container":
        assert written in DERIVED
    elif written in SIZES:
        assert default == SIZES[written]
    elif name == "gzip_content_types":
        assert written == "text types"
    else:
        assert written.strip('`"') == str(default).removesuffix(".0")


@pytest.mark.parametrize(
    "path",
    [str(page.relative_to(ROOT)) for folder in (ROOT.glob("*.md"), (ROOT / "docs").rglob("*.md")) for page in folder],
)
def test_links_between_the_documents_lead_somewhere(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert [target for target in targets if not ((ROOT / path).parent / target).exists()] == []


def test_the_readme_begins_with_its_two_commands() -> None:
    head = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:6]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in ("demo", "test"):
        assert any(line.startswith(f"make {command} ") for line in head)
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


def test_the_changelog_knows_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{__version__}]" in text or (".dev" in __version__ and "## [Unreleased]" in text)


def test_every_system_check_is_documented_and_every_documented_one_exists() -> None:
    text = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    documented = re.findall(r"^## django_selectel_storage\.(\w+)$", text, re.MULTILINE)
    described = [str(getattr(checks, name).__doc__).partition(":")[0] for name in checks.__all__]
    folder = Path(checks.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    assert documented == sorted(described)
    assert set(documented) == set(re.findall(r'\(\s*"([EW]\d{3})",', source))


def test_every_system_check_of_the_applications_inside_is_documented() -> None:
    text = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    package = Path(checks.__file__).parents[1]
    source = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    documented = re.findall(r"^## (selectel_\w+\.\w+)$", text, re.MULTILINE)
    assert set(documented) == set(re.findall(r"[\"'](selectel_\w+\.[EW]\d{3})[\"']", source))


def test_every_system_check_tells_how_to_silence_it() -> None:
    text = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    _, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    silent = [section.split()[0] for section in sections if f'["{section.split()[0]}"]' not in section]
    assert silent == []


OF_DJANGO = {"--help", "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color",
             "--force-color", "--skip-checks"}  # fmt: skip


@pytest.mark.parametrize(
    ("page", "command", "codes"),
    [
        ("transfer", selectel_transfer, {0, 1, 2, SOME_FAILED, INTERRUPTED}),
        ("headers", selectel_headers, {0, 1, 2, SOME_FAILED, INTERRUPTED}),
    ],
)
def test_every_argument_and_exit_code_of_a_command_is_documented(
    page: str, command: ModuleType, codes: set[int]
) -> None:
    text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    parser = command.Command().create_parser("manage.py", f"selectel_{page}")
    own = {option for option in parser._option_string_actions if option.startswith("--")} - OF_DJANGO
    assert own == set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE))
    assert {action.metavar for action in parser._positionals._group_actions if not action.option_strings} <= set(
        re.findall("[A-Z]{6,}", text)
    )
    listed = re.findall(r"^\| (\d+) \|", text, re.MULTILINE) or re.findall(
        r"(\d+) (?:when|for)", text.partition("Exit codes:")[2]
    )
    assert set(map(int, listed)) == codes


def options_of(command: BaseCommand) -> set[str]:
    parser = command.create_parser("manage.py", "collectstatic")
    return {option for action in parser._actions for option in action.option_strings}


def test_every_option_of_collectstatic_that_django_s_own_has_not_is_documented() -> None:
    text = (ROOT / "docs/static-files.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE))
    ours = options_of(CollectStatic())
    assert ours - options_of(DjangosCollectStatic()) <= documented <= ours


def test_every_examination_of_the_doctor_is_documented_in_its_order() -> None:
    text = (ROOT / "docs/doctor.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [examination.name for examination in EXAMINATIONS]
