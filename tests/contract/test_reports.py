"""What a report says beside the verdict: tests, output, times, memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bcb_tools.sandbox import Limits, Outcome, Sandbox, TestOutcome
from support.sandbox import ANSWER_TESTS, BackEnd, run_case

_ROOM_KIB = 8


@pytest.fixture(scope="module")
def sandbox(back_end: BackEnd) -> Iterator[Sandbox]:
    """One open sandbox of each kind."""
    with back_end.open() as opened:
        yield opened


def test_every_test_is_listed_with_its_id_outcome_and_trace(sandbox: Sandbox) -> None:
    """Failed tests, subtests and fixtures are named in full, with a traceback into the program."""
    report = run_case(
        sandbox,
        """
        def task_func(x=0):
            return 1 / x
        """,
        """
        import unittest
        class TestCases(unittest.TestCase):
            def tearDown(self):
                if self._testMethodName == "test_d":
                    raise OSError("torn")
            def test_a(self):
                self.assertEqual(task_func(1), 1)
            def test_b(self):
                for x in range(3):
                    with self.subTest(x=x):
                        task_func(x)
            def test_c(self):
                self.assertEqual(task_func(2), 7)
            def test_d(self):
                pass
        """,
    )
    seen = {entry.id: entry.outcome for entry in report.tests}
    assert seen == {
        "TestCases.test_a": TestOutcome.PASS,
        "TestCases.test_b (x=0)": TestOutcome.ERROR,
        "TestCases.test_c": TestOutcome.FAIL,
        "TestCases.test_d": TestOutcome.ERROR,
    }
    traces = {entry.id: entry.trace for entry in report.tests}
    assert traces["TestCases.test_a"] == ""
    assert "return 1 / x" in traces["TestCases.test_b (x=0)"]
    assert "solution.py" in traces["TestCases.test_b (x=0)"]
    assert "0.5 != 7" in traces["TestCases.test_c"]
    assert "guest" not in "".join(traces.values())
    assert report.outcome is Outcome.FAIL
    assert "of 4 tests failed" in report.detail


@pytest.mark.parametrize("fixture", ["setUpClass", "tearDownClass"])
def test_a_class_fixture_that_fails_is_named(sandbox: Sandbox, fixture: str) -> None:
    """An error outside every test is reported under the fixture's name and is a failure."""
    report = run_case(
        sandbox,
        "def task_func(): return 42",
        ANSWER_TESTS + f"    @classmethod\n    def {fixture}(cls): raise OSError('fixture')\n",
    )
    assert report.outcome is Outcome.FAIL
    assert any(fixture in entry.id and "TestCases" in entry.id for entry in report.tests)


def test_output_is_kept_as_it_was_written(sandbox: Sandbox) -> None:
    """Both streams are captured, whichever way the program, its children or its tests write to them."""
    report = run_case(
        sandbox,
        """
        import os, subprocess, sys
        print("at import")
        def task_func():
            print("a \\ud800 b", file=sys.stderr)
            os.write(1, b"raw \\xff\\x00\\n")
            sys.stdout.flush()
            subprocess.run("echo from a child; echo to stderr >&2", shell=True)
            sys.stdout.write("no newline")
            return 42
        """,
    )
    assert report.outcome is Outcome.PASS
    for part in ("at import", "raw \ufffd\x00", "from a child", "no newline"):
        assert part in report.out
    assert "a \\ud800 b" in report.err
    assert "to stderr" in report.err


@pytest.mark.parametrize("way", ["print(line)", "os.write(1, line.encode() + b'\\n')"])
def test_a_flood_is_kept_at_both_ends(sandbox: Sandbox, way: str) -> None:
    """Of twenty megabytes the first and the last are kept, with a line that says how much is not."""
    report = run_case(
        sandbox,
        f"""
        import os, sys
        line = "x" * 9999
        def task_func():
            print("first", flush=True)
            for _ in range(2000):
                {way}
            print("last")
            return 42
        """,
        limits=Limits(output_kib=_ROOM_KIB),
    )
    assert report.outcome is Outcome.PASS
    assert report.out.startswith("first\n")
    assert report.out.endswith("last\n")
    assert "bytes left out" in report.out
    assert len(report.out) < (_ROOM_KIB << 10) + 100


def test_a_flood_that_never_ends_is_stopped_by_the_clock(sandbox: Sandbox) -> None:
    """A program that prints for ever reaches its time limit, and the toolkit's memory does not grow."""
    report = run_case(
        sandbox,
        """
        import os
        def task_func():
            while True:
                os.write(2, b"x" * 65536)
        """,
        time_limit_s=1.0,
    )
    assert report.outcome is Outcome.TIMEOUT
    assert len(report.err) < 100_000


def test_traces_are_bounded(sandbox: Sandbox) -> None:
    """A thousand failures with enormous messages make a report of some hundred kilobytes."""
    report = run_case(
        sandbox,
        "def task_func(): raise ValueError('x' * 1_000_000)",
        """
        import unittest
        class TestCases(unittest.TestCase):
            def test_parts(self):
                for number in range(100):
                    with self.subTest(number=number):
                        task_func()
        """,
    )
    assert report.outcome is Outcome.FAIL
    assert sum(len(entry.trace) for entry in report.tests) <= 200_000


def test_times_and_memory_are_measured(sandbox: Sandbox) -> None:
    """Wall time includes waiting, CPU time does not but includes children; memory is the peak."""
    report = run_case(
        sandbox,
        """
        import subprocess, sys, time
        def task_func():
            time.sleep(0.3)
            end = time.process_time() + 0.2
            while time.process_time() < end: pass
            code = "import time\\nwhile time.process_time() < 0.2: pass"
            subprocess.run([sys.executable, "-I", "-S", "-c", code])
            data = b"x" * (100 << 20)
            return 42
        """,
    )
    assert report.outcome is Outcome.PASS
    assert report.wall_s >= 0.7
    assert 0.4 <= report.cpu_s <= report.wall_s - 0.2
    assert report.max_rss_mib >= 100
    assert report.total_s >= report.wall_s
    assert report.attempts == 1
    assert report.tests[0].seconds >= 0.7


def test_a_limit_that_was_reached_is_named_with_its_value(sandbox: Sandbox) -> None:
    """The reason for a time-out says which limit it was."""
    report = run_case(sandbox, "import time\ndef task_func(): time.sleep(60)", time_limit_s=0.5)
    assert report.outcome is Outcome.TIMEOUT
    assert "0.5 s" in report.detail


def test_cpu_time_has_a_limit_of_its_own(sandbox: Sandbox) -> None:
    """A program may wait long and still be stopped for computing."""
    report = run_case(sandbox, "def task_func():\n    while True: pass", cpu_limit_s=0.5, time_limit_s=20.0)
    assert report.outcome is Outcome.TIMEOUT
    assert report.total_s < 15


def test_the_exception_at_import_is_shown(sandbox: Sandbox) -> None:
    """The reason for an import error ends with the exception and shows the program's line."""
    report = run_case(sandbox, "import no_such_library_xyz\n")
    assert "import no_such_library_xyz" in report.detail
    assert report.detail.strip().endswith("No module named 'no_such_library_xyz'")


def test_a_crash_is_explained(sandbox: Sandbox) -> None:
    """The signal is named, and the interpreter's last words stand in standard error."""
    report = run_case(sandbox, "import ctypes\ndef task_func(): ctypes.string_at(0)")
    assert "SIGSEGV" in report.detail
    assert "Segmentation fault" in report.err
