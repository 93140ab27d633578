"""Django's own cases, run in a process of their own: what each is called, and what went wrong with it."""

from __future__ import annotations

import unittest
from typing import Any


class Record(unittest.TestResult):
    """What went wrong with each case: ``""`` for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.reports: dict[str, str] = {}

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802 - unittest
        super().startTest(test)
        self.reports[case_name(test)] = ""

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest
        super().addError(test, err)
        self._note(test, self.errors[-1][1])

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest
        super().addFailure(test, err)
        self._note(test, self.failures[-1][1])

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:  # noqa: N802 - unittest
        super().addSubTest(test, subtest, err)
        if err is not None:
            told = self.failures if issubclass(err[0], test.failureException) else self.errors
            self._note(test, told[-1][1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802 - unittest
        super().addSkip(test, reason)
        self._note(test, f"skipped: {reason}\n")

    def _note(self, test: unittest.TestCase, text: str) -> None:
        """Add to what is known of a case; a class or module that could not be set up was never started."""
        name = case_name(test)
        self.reports[name] = self.reports.get(name, "") + text


def case_name(test: unittest.TestCase) -> str:
    """Give class and method of a case; of a class or module that could not be set up, what unittest calls it."""
    return ".".join(test.id().split(".")[-2:])
