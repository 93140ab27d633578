"""What a release proves: the pairs are those that Django supports, the workflow has no more rights than it needs."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
from pathlib import Path

import django
import pytest

from release import dist, pairs, suite
from release.pairs import Pair
from tests.honesty.source import ROOT

WORKFLOW = (ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SUPPORTED = pairs.supported(pairs.TOX_INI.read_text(encoding="utf-8"))
OURS = importlib.metadata.metadata("django-selectel-storage").get_all("Classifier", [])
JOBS = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", WORKFLOW.partition("\njobs:\n")[2], re.MULTILINE))


def versions(classifiers: list[str], of: str) -> set[tuple[int, int]]:
    """The minor versions among some classifiers."""
    found = [re.fullmatch(rf"{of} :: (\d)\.(\d+)", classifier) for classifier in classifiers]
    return {(int(match[1]), int(match[2])) for match in found if match}


def test_this_django_is_paired_with_each_python_that_it_and_we_support() -> None:
    here = django.VERSION[:2]
    its_own = versions(
        importlib.metadata.metadata("Django").get_all("Classifier", []), "Programming Language :: Python"
    )
    ours = versions(OURS, "Programming Language :: Python")

    assert {pair.python for pair in SUPPORTED if pair.django == here} == its_own & ours


def test_the_metadata_name_the_versions_of_the_pairs_and_no_others() -> None:
    assert versions(OURS, "Programming Language :: Python") == {pair.python for pair in SUPPORTED}
    assert versions(OURS, "Framework :: Django") == {pair.django for pair in SUPPORTED}


def test_tox_installs_the_django_of_each_pair() -> None:
    text = pairs.TOX_INI.read_text(encoding="utf-8")
    installed = dict(re.findall(r"^ +django(\d+): Django~=(\d\.\d)\.0$", text, re.MULTILINE))

    assert {digits: version.replace(".", "") for digits, version in installed.items()} == {
        f"{major}{minor}": f"{major}{minor}" for major, minor in {pair.django for pair in SUPPORTED}
    }


def test_the_ends_of_the_matrix_are_its_oldest_and_its_newest_pair() -> None:
    assert pairs.chosen("oldest", SUPPORTED) == [Pair((3, 10), (4, 2))]
    assert pairs.chosen("newest", SUPPORTED) == [Pair((3, 14), (6, 1))]
    assert pairs.chosen("all", SUPPORTED) == SUPPORTED
    assert pairs.chosen("newest,oldest,newest", SUPPORTED) == [Pair((3, 14), (6, 1)), Pair((3, 10), (4, 2))]


def test_pairs_are_chosen_by_name() -> None:
    assert pairs.chosen("py312-django60,py310-django42", SUPPORTED) == [Pair((3, 12), (6, 0)), Pair((3, 10), (4, 2))]


@pytest.mark.parametrize("name", ["py39-django42", "py314-django42", "newst", "", "py312-django60,"])
def test_a_pair_that_is_not_known_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"pair is named|not among"):
        pairs.chosen(name, SUPPORTED)


def test_the_workflow_gets_a_row_for_each_pair() -> None:
    assert pairs.for_github([Pair((3, 10), (4, 2))]) == '{"include": [{"pair": "py310-django42", "python": "3.10"}]}'


def test_the_suite_is_laid_out_without_the_source_and_with_the_wheel(tmp_path: Path) -> None:
    unpacked, built, target = tmp_path / "made", tmp_path / "dist", tmp_path / "build" / "suite"
    for name in ("src/package/module.py", "tests/test_it.py", "pyproject.toml"):
        (unpacked / "name-1.0" / name).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / "name-1.0" / name).touch()
    shutil.make_archive(str(built / "name-1.0"), "gztar", unpacked)
    (built / "name-1.0-py3-none-any.whl").touch()
    (target / "tests").mkdir(parents=True)
    (target / "tests/test_gone.py").touch()

    suite.lay_out(built, target)

    left = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert left == {"tests/test_it.py", "pyproject.toml", "dist/name-1.0-py3-none-any.whl"}


@pytest.mark.parametrize("tag", ["v2.0.0", "2.0", "2.0.0rc1", ""])
def test_a_tag_that_is_not_the_version_is_refused(tag: str) -> None:
    with pytest.raises(SystemExit, match="the tag is"):
        dist.refuse_other_tag(tag, "2.0.0")


def test_the_version_is_that_of_the_wheels_name() -> None:
    version = dist.version_of(Path("dist/django_selectel_storage-2.0.0.dev0-py3-none-any.whl"))

    assert version == "2.0.0.dev0"
    dist.refuse_other_tag("2.0.0.dev0", version)


def test_one_file_is_picked_only_where_there_is_one(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="holds 0 files"):
        dist.only(tmp_path, "*.whl")
    (tmp_path / "a.whl").touch()
    assert dist.only(tmp_path, "*.whl").name == "a.whl"
    (tmp_path / "b.whl").touch()
    with pytest.raises(SystemExit, match="holds 2 files"):
        dist.only(tmp_path, "*.whl")


def test_actions_are_pinned_by_digest_with_their_tag_beside_them() -> None:
    used = re.findall(r"uses: (.*)", WORKFLOW)

    assert used
    assert [line for line in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_an_action_has_one_digest_throughout() -> None:
    digests = dict(re.findall(r"uses: (\S+)@(\w+)", WORKFLOW))

    assert len(set(re.findall(r"uses: (\S+@\w+)", WORKFLOW))) == len(digests)


def test_only_the_job_that_publishes_may_say_who_it_is_and_no_job_may_write() -> None:
    assert "\npermissions: {}\n" in WORKFLOW
    rights = {job: re.findall(r"^      ([\w-]+: (?:read|write))\b", text, re.MULTILINE) for job, text in JOBS.items()}

    assert rights.pop("publish") == ["id-token: write"]
    assert set(map(tuple, rights.values())) == {("contents: read",)}
    assert "secrets." not in WORKFLOW


def test_only_a_tag_is_published_and_only_after_all_other_jobs() -> None:
    publish = JOBS["publish"]
    (needed,) = re.findall(r"needs: \[(.*)\]", publish)

    assert "if: github.event_name == 'push' && github.ref_type == 'tag'" in publish
    assert set(needed.split(", ")) == JOBS.keys() - {"publish"}
    assert 'python -m release.dist "$GITHUB_REF_NAME"' in JOBS["dist"]


def test_the_workflow_and_ci_call_targets_that_make_has() -> None:
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8")
    called = set(re.findall(r"make ([a-z-]+)", re.sub("#.*", "", WORKFLOW + ci)))

    assert called
    assert called <= set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def test_ci_runs_the_oldest_and_the_newest_pair_on_tests_that_are_there() -> None:
    (asked,) = re.findall(
        r'make matrix PAIRS=oldest,newest ARGS="(.+)"', (ROOT / ".ci/run").read_text(encoding="utf-8")
    )

    assert [name for name in asked.split() if not (ROOT / name.removeprefix("--ignore=")).exists()] == []
