"""The verdict, from what was seen of a run."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import Any

import pytest

from bcb_tools.sandbox.outcome import Outcome, TestOutcome
from bcb_tools.sandbox.verdict import Evidence, decide

_NUMBERS = (11, 22)
_HELLO = {"op": "hello"}
_LOADED = {"op": "loaded"}


def _entry(name: str = "TestCases.test_a", outcome: str = "pass", trace: str = "") -> dict[str, Any]:
    return {"id": name, "outcome": outcome, "trace": trace, "seconds": 0.1}


_CANARIES = [_entry("c", "fail", "11 22 deaf=[]"), _entry("c")] * 2


def _report(**changes: Any) -> dict[str, Any]:
    report = {
        "op": "report",
        "nonce": "n",
        "changed": [],
        "canaries": _CANARIES,
        "tests": [_entry()],
        "tests_failure": None,
        "out_of_memory": False,
    }
    return {**report, **changes}


def _evidence(*ends: dict[str, Any], **changes: Any) -> Evidence:
    seen = Evidence(
        expected=("TestCases.test_a",),
        numbers=_NUMBERS,
        nonce="n",
        killed_for=None,
        broken="",
        frames=[_HELLO, _LOADED, *(ends or [_report()])],
        garbage=False,
        status=0,
        cpu_s=0.1,
        limit_s=10.0,
        cpu_limit_s=10.0,
        machine_ran_out=False,
        err="",
        tests_may_skip=False,
    )
    return replace(seen, **changes)


def test_a_whole_report_of_the_expected_tests_is_a_pass() -> None:
    """Every expected test once, canaries as they must be, status 0: a pass with its tests."""
    verdict = decide(_evidence())
    assert verdict.outcome is Outcome.PASS
    assert [test.outcome for test in verdict.tests] == [TestOutcome.PASS]


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"nonce": "other"}, Outcome.TAMPERED),
        ({"changed": ["unittest.case.TestCase.run"]}, Outcome.TAMPERED),
        ({"canaries": []}, Outcome.TAMPERED),
        ({"canaries": [_entry("c"), _entry("c")] * 2}, Outcome.TAMPERED),
        ({"canaries": [_entry("c", "fail", "1 2 deaf=[]"), _entry("c")] * 2}, Outcome.TAMPERED),
        ({"canaries": [_entry("c", "fail", "11 22 deaf=['assertIn']"), _entry("c")] * 2}, Outcome.TAMPERED),
        ({"canaries": _CANARIES[:2]}, Outcome.TAMPERED),
        ({"tests": []}, Outcome.TAMPERED),
        ({"tests": [_entry(), _entry()]}, Outcome.TAMPERED),
        ({"tests": [_entry("TestCases.test_b")]}, Outcome.TAMPERED),
        ({"tests": [_entry(outcome="skip")]}, Outcome.TAMPERED),
        ({"tests": [_entry(outcome="fail")]}, Outcome.FAIL),
        ({"tests": [_entry(), _entry("TestCases.test_a (x=1)", "error")]}, Outcome.FAIL),
        ({"tests": [_entry(outcome="unexpected_success")]}, Outcome.FAIL),
        ({"tests": [_entry(outcome="expected_failure")]}, Outcome.PASS),
        ({"tests": [_entry(outcome="error")], "out_of_memory": True}, Outcome.OUT_OF_MEMORY),
        ({"tests": [_entry(outcome="glorious")]}, Outcome.TAMPERED),
        ({"tests": 7}, Outcome.TAMPERED),
        ({"canaries": None}, Outcome.TAMPERED),
    ],
)
def test_a_report_is_judged_by_what_it_says(changes: dict[str, Any], outcome: Outcome) -> None:
    """Anything but the expected tests, run by the framework we know, is no pass."""
    assert decide(_evidence(_report(**changes))).outcome is outcome


@pytest.mark.parametrize("missing", ["nonce", "changed", "canaries", "tests", "tests_failure"])
def test_a_report_without_a_part_is_not_ours(missing: str) -> None:
    """A message of another shape never breaks the judge."""
    report = _report()
    del report[missing]
    assert decide(_evidence(report)).outcome is Outcome.TAMPERED


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("syntax_error", Outcome.NO_TESTS),
        ("out_of_memory", Outcome.OUT_OF_MEMORY),
        ("import_error", Outcome.FAIL),
    ],
)
def test_tests_that_could_not_be_loaded(kind: str, outcome: Outcome) -> None:
    """A test file's own trouble is told apart; a library that it lacks is an import error."""
    failure = {"kind": kind, "text": "why", "import": False}
    report = _report(tests=[], canaries=_CANARIES[:2], tests_failure=failure)
    del report["out_of_memory"]
    assert decide(_evidence(report)).outcome is outcome
    lacking = {**report, "tests_failure": {**failure, "import": True, "kind": "import_error"}}
    assert decide(_evidence(lacking)).outcome is Outcome.IMPORT_ERROR


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("syntax_error", Outcome.SYNTAX_ERROR),
        ("import_error", Outcome.IMPORT_ERROR),
        ("missing_entry_point", Outcome.MISSING_ENTRY_POINT),
        ("out_of_memory", Outcome.OUT_OF_MEMORY),
        ("pass", Outcome.TAMPERED),
        ("infrastructure_error", Outcome.TAMPERED),
        ("nonsense", Outcome.TAMPERED),
        (None, Outcome.TAMPERED),
    ],
)
def test_a_program_that_could_not_be_loaded(kind: str | None, outcome: Outcome) -> None:
    """Only the reasons that our runner gives are taken: nobody unloads into a pass."""
    frames = [_HELLO, {"op": "unloadable", "kind": kind, "text": "why"}]
    assert decide(_evidence(frames=frames)).outcome is outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"status": None}, Outcome.INFRASTRUCTURE_ERROR),
        ({"status": 3 << 8}, Outcome.CRASH),
        ({"status": 0}, Outcome.CRASH),
        ({"status": signal.SIGSEGV}, Outcome.CRASH),
        ({"status": 50}, Outcome.CRASH),
        ({"status": signal.SIGKILL}, Outcome.CRASH),
        ({"status": signal.SIGKILL, "machine_ran_out": True}, Outcome.INFRASTRUCTURE_ERROR),
        ({"status": signal.SIGKILL, "cpu_s": 11.0}, Outcome.TIMEOUT),
        ({"status": signal.SIGKILL, "cpu_s": 2.0, "cpu_limit_s": 1.0}, Outcome.TIMEOUT),
        ({"status": signal.SIGXCPU, "cpu_s": 9.9}, Outcome.TIMEOUT),
        ({"status": signal.SIGABRT}, Outcome.CRASH),
        ({"status": signal.SIGABRT, "err": "std::bad_alloc"}, Outcome.OUT_OF_MEMORY),
        ({"status": 0, "garbage": True}, Outcome.TAMPERED),
        ({"killed_for": Outcome.TIMEOUT}, Outcome.TIMEOUT),
        ({"killed_for": Outcome.OUT_OF_MEMORY}, Outcome.OUT_OF_MEMORY),
        ({"killed_for": Outcome.TAMPERED}, Outcome.TAMPERED),
        ({"broken": "the zygote died"}, Outcome.INFRASTRUCTURE_ERROR),
    ],
)
def test_a_run_that_ended_early(changes: dict[str, Any], outcome: Outcome) -> None:
    """How a process ended, and what we did to it, decide when it never reported."""
    assert decide(_evidence(**{"frames": [_HELLO, _LOADED], **changes})).outcome is outcome


def test_a_run_that_never_said_hello_is_not_to_blame() -> None:
    """A process that was gone before a line of the program ran is run again."""
    assert decide(_evidence(frames=[], status=71 << 8)).outcome is Outcome.INFRASTRUCTURE_ERROR


@pytest.mark.parametrize(
    "frames",
    [
        [_LOADED],
        [_HELLO, _HELLO],
        [_HELLO, _report()],
        [_HELLO, _LOADED, _report(), _report()],
        [_HELLO, _LOADED, {"op": "unloadable", "kind": "import_error", "text": ""}],
        [{}],
    ],
)
def test_messages_out_of_order_are_somebody_elses(frames: list[dict[str, Any]]) -> None:
    """The conversation has one order; anything else was not spoken by our runner."""
    assert decide(_evidence(frames=frames)).outcome is Outcome.TAMPERED


def test_a_pass_needs_an_exit_by_itself() -> None:
    """A whole report does not help a process that then crashes."""
    assert decide(_evidence(status=signal.SIGSEGV)).outcome is Outcome.CRASH


def test_tests_that_speak_of_skipping_prove_nothing_when_they_skip() -> None:
    """A skip that the test file itself may have asked for is no tampering."""
    report = _report(tests=[_entry(outcome="skip", trace="not here")])
    assert decide(_evidence(report, tests_may_skip=True)).outcome is Outcome.NO_TESTS


def test_no_expected_test_is_no_pass() -> None:
    """Where the file defines no test, whatever ran proves nothing."""
    assert decide(_evidence(expected=())).outcome is Outcome.NO_TESTS
