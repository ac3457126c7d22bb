"""From a flight that is over to its report."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from bcb_tools.sandbox.flight import Flight
from bcb_tools.sandbox.outcome import Report
from bcb_tools.sandbox.verdict import Evidence, decide

__all__ = ["report_of"]


def report_of(flight: Flight, *, machine_ran_out: bool) -> Report:
    """Judge a run and gather what is known of it.

    Args:
        flight: The run; nothing of it is left.
        machine_ran_out: Whether the machine's own memory ran out meanwhile.
    """
    now = time.monotonic()
    verdict = decide(
        Evidence(
            expected=flight.program.expected,
            numbers=flight.numbers,
            nonce=flight.nonce,
            killed_for=flight.killed_for,
            broken=flight.broken,
            frames=flight.frames,
            garbage=flight.garbage,
            status=flight.status,
            cpu_s=flight.cpu_s,
            limit_s=flight.program.time_limit_s,
            cpu_limit_s=flight.program.cpu_s,
            machine_ran_out=machine_ran_out,
            err=flight.err.text,
            tests_may_skip="skip" in flight.program.tests.lower(),
        )
    )
    last = flight.frames[-1] if flight.frames else {}
    told = _seconds(last, "load_s") + _seconds(last, "tests_s")
    return Report(
        outcome=verdict.outcome,
        detail=verdict.detail,
        tests=verdict.tests,
        out=flight.out.text,
        err=flight.err.text,
        wall_s=told or (now - flight.hello if flight.hello else 0.0),
        cpu_s=flight.cpu_s,
        total_s=now - flight.requested,
        max_rss_mib=flight.max_rss_mib,
        attempts=flight.attempt,
    )


def _seconds(frame: Mapping[str, Any], name: str) -> float:
    """A time that a run told; what is no number was not told by our own runner."""
    value = frame.get(name, 0.0)
    return float(value) if isinstance(value, (int, float)) else 0.0
