"""From what a run sent and how it ended to one outcome. Pure: nothing here runs or waits.

The order of the questions is the meaning of the outcomes: first what we did to the run (a limit reached),
then whether it could be judged at all, then whether the judge is still the judge, and only then the tests.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bcb_tools.sandbox.outcome import Outcome, TestEntry, TestOutcome

__all__ = ["Evidence", "Verdict", "decide"]

_LOADED = ["hello", "loaded", "report"]
_UNLOADABLE = ["hello", "unloadable"]
_GOOD = {TestOutcome.PASS, TestOutcome.EXPECTED_FAILURE}
_WHY_UNLOADABLE = {
    Outcome.SYNTAX_ERROR,
    Outcome.IMPORT_ERROR,
    Outcome.MISSING_ENTRY_POINT,
    Outcome.OUT_OF_MEMORY,
}


@dataclass(frozen=True)
class Evidence:
    """What the toolkit saw of one run.

    Attributes:
        expected: Ids of the tests that must run.
        numbers: The canary's two numbers.
        nonce: What the report must carry.
        killed_for: Why we killed it: an outcome, or None when we did not.
        broken: Why the sandbox could not carry it through; empty when it could.
        frames: The messages it sent, in order.
        garbage: Whether something came that is no message of ours.
        status: Wait status of its process; None when unknown.
        cpu_s: CPU seconds it used.
        limit_s: Wall seconds it was allowed.
        cpu_limit_s: CPU seconds one process was allowed.
        machine_ran_out: Whether the machine's own memory ran out meanwhile.
        err: Its captured standard error.
        tests_may_skip: Whether the test file itself speaks of skipping.
    """

    expected: tuple[str, ...]
    numbers: tuple[int, int]
    nonce: str
    killed_for: Outcome | None
    broken: str
    frames: Sequence[dict[str, Any]]
    garbage: bool
    status: int | None
    cpu_s: float
    limit_s: float
    cpu_limit_s: float
    machine_ran_out: bool
    err: str
    tests_may_skip: bool


@dataclass(frozen=True)
class Verdict:
    """An outcome, the reason for it, and the tests it rests on."""

    outcome: Outcome
    detail: str = ""
    tests: tuple[TestEntry, ...] = ()


_FORGED = Verdict(Outcome.TAMPERED, "something else wrote to the private channel of the run")


def decide(evidence: Evidence) -> Verdict:
    """Judge one run."""
    ends = [frame for frame in evidence.frames if frame.get("op") in ("unloadable", "report")]
    if evidence.killed_for is not None:
        return Verdict(evidence.killed_for, _limit_reached(evidence))
    if evidence.broken:
        return Verdict(Outcome.INFRASTRUCTURE_ERROR, evidence.broken)
    said = [frame.get("op") for frame in evidence.frames]
    if evidence.garbage or said not in (_LOADED[: len(said)], _UNLOADABLE):
        return _FORGED
    if evidence.status != 0 or not ends:
        return _ended_early(evidence)
    try:
        return _judge_end(evidence, ends[0])
    except (KeyError, TypeError, ValueError, AttributeError):  # our own runner sends no such shape
        return _FORGED


def _judge_end(evidence: Evidence, end: dict[str, Any]) -> Verdict:
    if end["op"] == "report":
        return _judge_report(evidence, end)
    outcome = Outcome(end["kind"])
    return Verdict(outcome, str(end["text"])) if outcome in _WHY_UNLOADABLE else _FORGED


def _limit_reached(evidence: Evidence) -> str:
    if evidence.killed_for is Outcome.TAMPERED:
        return _FORGED.detail
    if evidence.killed_for is Outcome.TIMEOUT:
        return f"stopped at its time limit of {evidence.limit_s:g} s, after {evidence.cpu_s:.1f} CPU s"
    return "stopped at its memory limit"


def _ended_early(evidence: Evidence) -> Verdict:
    status = evidence.status
    if status is None or not evidence.frames:
        why = evidence.err.strip()[-500:] or "the process was gone before it started"
        return Verdict(Outcome.INFRASTRUCTURE_ERROR, why)
    number = status & 0x7F
    if not number:
        return Verdict(Outcome.CRASH, f"exited with status {status >> 8} before it reported")
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    # the kernel counts in ticks: it may send the first of the two a little before the last second is full
    if number == signal.SIGXCPU or (number == signal.SIGKILL and evidence.cpu_s >= evidence.cpu_limit_s):
        return Verdict(Outcome.TIMEOUT, f"used {evidence.cpu_s:.1f} CPU s of {evidence.cpu_limit_s:g}")
    if number == signal.SIGKILL and evidence.machine_ran_out:
        return Verdict(Outcome.INFRASTRUCTURE_ERROR, "the machine ran out of memory")
    if number == signal.SIGABRT and ("bad_alloc" in evidence.err or "MemoryError" in evidence.err):
        return Verdict(Outcome.OUT_OF_MEMORY, evidence.err.strip()[-500:])
    return Verdict(Outcome.CRASH, f"ended by {name}")


def _judge_report(evidence: Evidence, report: dict[str, Any]) -> Verdict:
    if report.get("nonce") != evidence.nonce:
        return Verdict(Outcome.TAMPERED, "a report that is not ours")
    tests = tuple(_entry(entry) for entry in report["tests"])
    if report["changed"]:
        return Verdict(Outcome.TAMPERED, f"replaced {', '.join(report['changed'])}", tests)
    failure = report["tests_failure"]
    rounds = 1 if failure is not None or not _ran_class(report) else 2
    wrong = _canary_problem(report["canaries"], evidence.numbers, rounds)
    if wrong:
        return Verdict(Outcome.TAMPERED, wrong, tests)
    if failure is not None:
        return Verdict(_tests_failure(failure), "the tests could not be loaded:\n" + failure["text"], tests)
    return _judge_tests(evidence, tests, out_of_memory=bool(report.get("out_of_memory")))


def _ran_class(report: dict[str, Any]) -> bool:
    return "out_of_memory" in report


def _tests_failure(failure: dict[str, Any]) -> Outcome:
    if failure["kind"] == "syntax_error":
        return Outcome.NO_TESTS
    if failure["kind"] == "out_of_memory":
        return Outcome.OUT_OF_MEMORY
    return Outcome.IMPORT_ERROR if failure.get("import") else Outcome.FAIL


def _entry(entry: dict[str, Any]) -> TestEntry:
    return TestEntry(
        str(entry["id"]), TestOutcome(entry["outcome"]), str(entry["trace"]), float(entry["seconds"])
    )


def _canary_problem(entries: list[dict[str, Any]], numbers: tuple[int, int], rounds: int) -> str:
    """Say what is wrong with the canaries; empty when they sang as they must."""
    if [entry["outcome"] for entry in entries] != ["fail", "pass"] * rounds:
        return "an assertion that must fail did not, or one that must pass did not"
    for entry in entries[::2]:
        if not all(str(number) in entry["trace"] for number in numbers) or "deaf=[]" not in entry["trace"]:
            return "an assertion that must fail did not"
    return ""


def _judge_tests(evidence: Evidence, tests: tuple[TestEntry, ...], *, out_of_memory: bool) -> Verdict:
    if not evidence.expected:
        return Verdict(Outcome.NO_TESTS, "the test file defines no test in `TestCases`", tests)
    bad = [test for test in tests if test.outcome in (TestOutcome.FAIL, TestOutcome.ERROR)]
    if out_of_memory:
        return Verdict(Outcome.OUT_OF_MEMORY, bad[0].trace if bad else "", tests)
    if bad:
        return Verdict(Outcome.FAIL, f"{len(bad)} of {len(evidence.expected)} tests failed", tests)
    return _judge_successes(evidence, tests)


def _judge_successes(evidence: Evidence, tests: tuple[TestEntry, ...]) -> Verdict:
    """No test failed: did every expected one run once, and succeed as it should?"""
    for test in tests:
        if test.outcome is TestOutcome.UNEXPECTED_SUCCESS:
            return Verdict(Outcome.FAIL, f"`{test.id}` was expected to fail", tests)
        if test.outcome is TestOutcome.SKIP:
            outcome = Outcome.NO_TESTS if evidence.tests_may_skip else Outcome.TAMPERED
            return Verdict(outcome, f"`{test.id}` was skipped: {test.trace}", tests)
    ran = Counter(test.id for test in tests if test.outcome in _GOOD)
    absent = [name for name in evidence.expected if ran[name] != 1]
    if absent:
        return Verdict(Outcome.TAMPERED, f"`{absent[0]}` should have run once and did not", tests)
    return Verdict(Outcome.PASS, "", tests)
