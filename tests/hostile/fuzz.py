"""A million hostile cases against everything that reads what others wrote.

    python -m tests.hostile.fuzz                     # 1,000,000 cases
    python -m tests.hostile.fuzz --cases=20000

Hypothesis makes a tenth of them out of words that mean something; atheris, a coverage-guided fuzzer, the others, in a
process of its own for each target. Without atheris, Hypothesis makes all of them.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARE_OF_HYPOTHESIS = 10  # one in so many
HAS_ATHERIS = find_spec("atheris") is not None


def with_hypothesis(target: str, cases: int) -> None:
    """Run a target on texts or bodies made of words that mean something to it."""
    from hypothesis import HealthCheck, given, settings  # noqa: PLC0415 - not in the other fuzzer's process

    from tests.hostile import material, targets  # noqa: PLC0415

    thorough = settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    if target in targets.TEXTS:
        thorough(given(material.texts(target))(lambda text: targets.run_text(target, text)))()
    else:
        thorough(given(material.bodies(target))(lambda body: targets.run_body(target, body)))()


def with_atheris(target: str, cases: int) -> int:
    """Run a target in another process on what a coverage-guided fuzzer makes of its words; give the number of runs."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", "-m", "tests.hostile.fuzz", f"--child={target}", f"--cases={cases}"]
        done = subprocess.run(
            [*command, f"--folder={folder}"], capture_output=True, text=True, check=False, cwd=ROOT, errors="replace"
        )
    runs = re.search(r"Done (\d+) runs", done.stderr)
    if done.returncode or not runs:
        raise SystemExit(f"{target}: a case led to more than a documented error\n{done.stderr[-4000:]}")
    return int(runs[1])


def child(target: str, cases: int, folder: Path) -> None:
    """Be the process of the coverage-guided fuzzer; it ends here."""
    import atheris  # noqa: PLC0415 - has to come before what it watches

    with atheris.instrument_imports(include=["django_selectel_storage"]):
        from tests.hostile import material, targets  # noqa: PLC0415

    words = folder / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in material.WORDS[target]), encoding="ascii")

    def run(body: bytes) -> None:
        if target in targets.TEXTS:
            targets.run_text(target, body.decode("utf-8", "surrogateescape"))
        else:
            targets.run_body(target, body)

    options = [f"-runs={cases}", f"-dict={words}", "-max_len=400", f"-artifact_prefix={folder}/", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *options], run)
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass"))


def main() -> None:
    """Run all targets, and print how many cases each of them took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.cases, given.folder)
    else:
        report(given.cases)


def report(cases: int) -> None:
    """Fuzz, print the figures, and write them into docs/reliability.md."""
    from tests.hostile.targets import BODIES, TEXTS  # noqa: PLC0415 - not before atheris
    from tests.reliability import record  # noqa: PLC0415 - as above

    each = -(-cases // (len(TEXTS) + len(BODIES)))
    of_hypothesis = -(-each // SHARE_OF_HYPOTHESIS) if HAS_ATHERIS else each
    begun, total = time.monotonic(), 0
    lines = ["| target | Hypothesis | atheris |", "|---|---|---|"]
    print(*lines, sep="\n", flush=True)
    for target in (*TEXTS, *BODIES):
        with_hypothesis(target, of_hypothesis)
        guided = with_atheris(target, each - of_hypothesis) if HAS_ATHERIS else 0
        total += of_hypothesis + guided
        lines.append(f"| {target} | {of_hypothesis:,} | {guided:,} |")
        print(lines[-1], flush=True)
    minutes = (time.monotonic() - begun) / 60
    end = f"{total:,} cases in {minutes:.0f} minutes; none led to another error than the documented ones."
    print(f"\n{end}")
    record("fuzz", "tests.hostile.fuzz", [*lines, "", end])


if __name__ == "__main__":
    main()
