"""The tests themselves: none is skipped where something is missing, and what the default run leaves out is told."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.honesty.source import ROOT

SKIPPING = {"importorskip", "skip", "skipif", "skipTest", "skipUnless", "xfail"}
# Atheris has wheels for some Pythons only; what it makes of hostile words there, Hypothesis alone makes elsewhere.
KNOWN = {"tests/hostile/test_fuzz.py": ["skipif"]}
MAKEFILE = re.sub("##.*", "", (ROOT / "Makefile").read_text(encoding="utf-8"))
CI = (ROOT / ".ci/run").read_text(encoding="utf-8")
(NOT_ENTERED,) = re.findall(r"^norecursedirs = \[(.+)\]$", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
LEFT_OUT = [name for name in re.findall(r'"([\w-]+)"', NOT_ENTERED) if (ROOT / "tests" / name).is_dir()]


def skips(text: str) -> list[str]:
    """What in a module lets tests pass without being run."""
    return [
        node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute) and node.attr in SKIPPING
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_is_skipped(path: Path) -> None:
    assert skips(path.read_text(encoding="utf-8")) == KNOWN.get(path.relative_to(ROOT).as_posix(), [])


def test_what_is_skipped_would_be_found() -> None:
    assert skips("@pytest.mark.skipif(True, reason='x')\ndef test(): pytest.importorskip('y')") == [
        "skipif",
        "importorskip",
    ]
    assert skips("plan.skipped(); 'skip'") == []


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_folder_that_the_default_run_leaves_out_has_a_target_that_ci_names(name: str) -> None:
    (target,) = re.findall(rf"^([a-z-]+):(?: .*|.*\n\t.*)\btests/{name}\b", MAKEFILE, re.MULTILINE)

    assert f"make {target}" in CI
