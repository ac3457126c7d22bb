"""What became of one run: closed sets and frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Outcome", "Report", "TestEntry", "TestOutcome"]


class Outcome(StrEnum):
    """The verdict on one run."""

    PASS = "pass"
    """Every expected test ran and succeeded, and the process ended by itself."""
    FAIL = "fail"
    """A test failed, or the tests could not be set up on this program."""
    TIMEOUT = "timeout"
    """The wall or CPU limit was reached."""
    OUT_OF_MEMORY = "out_of_memory"
    """The memory limit was reached."""
    CRASH = "crash"
    """The process ended before it reported: by a signal, or by exiting."""
    SYNTAX_ERROR = "syntax_error"
    """The program does not compile."""
    IMPORT_ERROR = "import_error"
    """The program raised while it was loaded."""
    MISSING_ENTRY_POINT = "missing_entry_point"
    """The program does not define the function that it was asked for."""
    NO_TESTS = "no_tests"
    """No expected test ran, or some were skipped: the tests prove nothing."""
    TAMPERED = "tampered"
    """The program changed the framework that judges it."""
    INFRASTRUCTURE_ERROR = "infrastructure_error"
    """The sandbox failed, not the program: it was run again, and in the end is not counted."""


class TestOutcome(StrEnum):
    """What became of one test."""

    __test__ = False  # not a test class, whatever pytest thinks of the name

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"
    SKIP = "skip"
    EXPECTED_FAILURE = "expected_failure"
    UNEXPECTED_SUCCESS = "unexpected_success"


@dataclass(frozen=True, slots=True)
class TestEntry:
    """One test of one run.

    Attributes:
        id: ``TestCases.test_name``, with the subtest or class fixture that failed where there was one.
        outcome: What became of it.
        trace: Traceback or reason, bounded; empty for a test that passed.
        seconds: Wall time.
    """

    __test__ = False

    id: str
    outcome: TestOutcome
    trace: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that is known of one run.

    Attributes:
        outcome: The verdict.
        detail: Why, in a line or a traceback; empty for a pass.
        tests: One entry a test, in the order in which they ended.
        out: Captured standard output, bounded in the middle.
        err: Captured standard error, bounded in the middle.
        wall_s: Wall seconds from the program's first line to its last test.
        cpu_s: CPU seconds of the process and the children it waited for.
        total_s: Wall seconds from request to verdict.
        max_rss_mib: Peak resident memory of the process, preloaded libraries included.
        attempts: How often it was run; more than one only after infrastructure errors.
    """

    outcome: Outcome
    detail: str = ""
    tests: tuple[TestEntry, ...] = field(default=())
    out: str = ""
    err: str = ""
    wall_s: float = 0.0
    cpu_s: float = 0.0
    total_s: float = 0.0
    max_rss_mib: float = 0.0
    attempts: int = 1

    @property
    def passed(self) -> bool:
        """Whether the verdict is a pass."""
        return self.outcome is Outcome.PASS

    @property
    def overhead_ms(self) -> float:
        """Milliseconds that the run took beyond loading the program and running its tests."""
        return max(0.0, self.total_s - self.wall_s) * 1000
