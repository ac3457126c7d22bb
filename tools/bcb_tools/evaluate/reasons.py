"""Why does a reference solution not pass here? Read off what it left: outcome, tracebacks, output.

A reference that fails is seldom wrong in itself: it wants the network, data that is not installed, another
version of a library, or more time. What is said here is what the evidence shows; where it shows nothing, the
reason is the tests' own.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bcb_tools.sandbox import Outcome, Report, TestOutcome

__all__ = ["Reason", "exception_line", "reason_of"]


class Reason(StrEnum):
    """What a reference solution lacks here."""

    NETWORK = "network"
    """It reaches for a host that is not this machine."""
    MISSING_DATA = "missing data"
    """It needs a data set or model that is not in the task environment."""
    MISSING_LIBRARY = "missing library"
    """It imports what the task environment does not have."""
    LIBRARY_VERSION = "library version"
    """It uses a library as another version had it."""
    MISSING_PROGRAM = "missing program"
    """It runs a program or loads a shared library that is not installed."""
    PRIVILEGE = "privilege"
    """It wants to do what an ordinary user in a sandbox may not."""
    TIME = "time"
    """It reached its time limit."""
    MEMORY = "memory"
    """It reached its memory limit."""
    TESTS = "tests"
    """Its tests do not accept it, for a reason that stands in their messages."""


# in this order: what a failed download leaves behind may look like missing data
_SIGNS: dict[Reason, tuple[str, ...]] = {
    Reason.MISSING_DATA: ("Please use the NLTK Downloader", r"nltk\.download", "Can't find model"),
    Reason.NETWORK: (
        "gaierror",
        "Name or service not known",
        "Temporary failure in name resolution",
        "Network is unreachable",
        "Max retries exceeded",
        "URLError",
        r"socket\.herror",
    ),
    Reason.MISSING_LIBRARY: ("ModuleNotFoundError: No module named",),
    Reason.LIBRARY_VERSION: (
        "ImportError: cannot import name",
        "AttributeError: module .* has no attribute",
        "got an unexpected keyword argument",
        "object has no attribute",
    ),
    Reason.MISSING_PROGRAM: (
        "cannot open shared object file",
        "command not found",
        "TesseractNotFoundError",
        r"^FileNotFoundError: .*No such file or directory: '[\w+-]+'$",
    ),
    Reason.PRIVILEGE: ("PermissionError", "Operation not permitted", "Read-only file system"),
}
_BY_OUTCOME = {Outcome.TIMEOUT: Reason.TIME, Outcome.OUT_OF_MEMORY: Reason.MEMORY}
_BAD = {TestOutcome.FAIL, TestOutcome.ERROR}


def reason_of(report: Report) -> tuple[Reason, str]:
    """The reason, and the line that shows it.

    Args:
        report: Of a reference solution that did not pass.

    Returns:
        The reason with the last line of the first traceback that shows it, or with the first failing test's.
    """
    if report.outcome in _BY_OUTCOME:
        return _BY_OUTCOME[report.outcome], report.detail
    texts = [test.trace for test in report.tests if test.outcome in _BAD] or [report.detail]
    for reason, signs in _SIGNS.items():
        for text in [*texts, report.out, report.err]:
            found = re.search("|".join(signs), text, re.MULTILINE)
            if found:
                return reason, _line(text, found.start())
    return Reason.TESTS, exception_line(texts[0]) or report.detail


def _line(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : end if end >= 0 else None].strip()


def exception_line(trace: str) -> str:
    """The line of a traceback that names the exception: the first behind the last frame."""
    found = ""
    for line in trace.splitlines():
        if line.startswith('  File "'):
            found = ""
        elif line and not line.startswith(" ") and not found:
            found = line
    return found
