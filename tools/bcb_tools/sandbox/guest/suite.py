"""Run the test class of one program and note what became of every test."""

from __future__ import annotations

import time
import traceback
import types
import unittest
from typing import Any

__all__ = ["Recorder", "run_canary", "run_class"]

_TRACE_CHARACTERS = 8_000
_ALL_TRACES_CHARACTERS = 200_000
_clock = time.perf_counter


class Recorder(unittest.TestResult):
    """A test result that keeps one entry a test and calls no method that a program could have replaced.

    Args:
        traces: Whether a failure is kept with its traceback, or with its message alone.

    Attributes:
        entries: Dictionaries with ``id``, ``outcome``, ``trace`` and ``seconds``.
        out_of_memory: Whether a test ended in `MemoryError`.
    """

    def __init__(self, *, traces: bool = True) -> None:
        super().__init__()
        self._traces = traces
        self.entries: list[dict[str, Any]] = []
        self.out_of_memory = False
        self._started = 0.0
        self._room = _ALL_TRACES_CHARACTERS

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: ARG002, D102 - documented in the base class
        self.testsRun += 1
        self._started = _clock()

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: D102
        pass

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: D102
        self._note(test, "pass")

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: D102
        self._note(test, "fail", err)

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: D102
        self._note(test, "error", err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: D102
        self._note(test, "skip", text=str(reason))

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: ARG002, D102
        self._note(test, "expected_failure")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:  # noqa: D102
        self._note(test, "unexpected_success")

    def addSubTest(  # noqa: D102
        self,
        test: unittest.TestCase,  # noqa: ARG002
        subtest: unittest.TestCase,
        err: Any,
    ) -> None:
        if err is not None:
            failed = issubclass(err[0], subtest.failureException)
            self._note(subtest, "fail" if failed else "error", err)

    def note_break(self, error: BaseException) -> None:
        """Note what ended the whole class, such as `KeyboardInterrupt`, which no test result catches."""
        self.out_of_memory = self.out_of_memory or isinstance(error, MemoryError)
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        self.entries.append(
            {"id": "TestCases", "outcome": "error", "trace": text[-_TRACE_CHARACTERS:], "seconds": 0.0}
        )

    def _note(self, test: Any, outcome: str, err: Any = None, text: str = "") -> None:
        if err is not None:
            self.out_of_memory = self.out_of_memory or issubclass(err[0], MemoryError)
            text = _describe(err) if self._traces else str(err[1])
        text = text[-_TRACE_CHARACTERS:][: self._room]
        self._room -= len(text)
        name = str(test.id()).replace("__test__.", "", 1)
        seconds = _clock() - self._started
        self.entries.append({"id": name, "outcome": outcome, "trace": text, "seconds": round(seconds, 6)})


def _describe(err: Any) -> str:
    kind, value, trace = err
    frames = trace
    while frames is not None and "__unittest" in frames.tb_frame.f_globals:
        frames = frames.tb_next
    return "".join(traceback.format_exception(kind, value, frames or trace))


def run_class(case: Any, suite_class: Any, loader: Any) -> Recorder:
    """Run every test of one class, with its class fixtures, in the loader's order."""
    recorder = Recorder()
    try:
        suite_class([loader.loadTestsFromTestCase(case)]).run(recorder)
    except BaseException as error:
        recorder.note_break(error)
    return recorder


def run_canary(numbers: tuple[int, int]) -> list[dict[str, Any]]:
    """Run two tests of our own through whatever `unittest` is by now.

    Args:
        numbers: Two different numbers nobody could guess; the first test asserts that they are equal.

    Returns:
        The entries of a test that must fail, naming both numbers, and of one that must pass; fewer where
        the framework is too broken to run them.
    """
    import unittest as current

    left, right = numbers

    def must_fail(case: Any) -> None:
        deaf = []
        for name, arguments in (
            ("assertTrue", (False,)),
            ("assertFalse", (True,)),
            ("assertIs", (left, case)),
            ("assertIn", (left, [right])),
            ("assertIsNone", (left,)),
            ("assertNotEqual", (left, left)),
            ("assertAlmostEqual", (1.0, 2.0)),
            ("assertGreater", (1, 2)),
            ("assertIsInstance", (left, str)),
            ("assertListEqual", ([left], [right])),
            ("assertDictEqual", ({1: left}, {1: right})),
            ("assertRegex", ("a", "b")),
        ):
            try:
                getattr(case, name)(*arguments)
            except AssertionError:
                continue
            deaf.append(name)
        try:
            with case.assertRaises(ValueError):
                pass
            deaf.append("assertRaises")
        except AssertionError:
            pass
        case.assertEqual(left, right, f"{left} {right} deaf={deaf}")

    def must_pass(case: Any) -> None:
        case.assertEqual(left, left)
        case.assertTrue(True)

    members = {"test_must_fail": must_fail, "test_must_pass": must_pass}
    recorder = Recorder(traces=False)
    try:
        canary = types.new_class("Canary", (current.TestCase,), {}, lambda body: body.update(members))
        for name in members:
            canary(name).run(recorder)
    except BaseException:  # noqa: S110 - what is missing says enough
        pass
    return recorder.entries
