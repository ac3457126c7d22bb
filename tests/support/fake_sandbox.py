"""A sandbox that runs nothing: every program gets the report that a function has for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

import pytest

from bcb_tools.sandbox import Outcome, Program, Report

__all__ = ["FakeSandbox", "Judge", "broken_for", "use_fake_sandbox"]

Judge = Callable[[Program], Report]


def passes(program: Program) -> Report:
    """Everything is right."""
    return Report(Outcome.PASS, wall_s=0.01, total_s=0.02)


def broken_for(*keys: str) -> Judge:
    """The sandbox fails on programs whose keys contain one of these; all others pass."""

    def judge(program: Program) -> Report:
        if any(key in program.key for key in keys):
            return Report(Outcome.INFRASTRUCTURE_ERROR, "the zygote died", attempts=3)
        return passes(program)

    return judge


class FakeSandbox:
    """Stands where `Sandbox` stands.

    Args:
        judge: What becomes of each program.
    """

    left_out: frozenset[str] = frozenset()

    def __init__(self, judge: Judge = passes) -> None:
        self.judge = judge
        self.ran: list[str] = []

    def __call__(self, *settings: Any, **more: Any) -> Self:
        """Made as the real one is, it is itself."""
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def run(self, programs: Iterable[Program]) -> Iterator[tuple[Program, Report]]:
        """Judge each program when it comes."""
        for program in programs:
            self.ran.append(program.key)
            yield program, self.judge(program)


def use_fake_sandbox(monkeypatch: pytest.MonkeyPatch, judge: Judge = passes) -> FakeSandbox:
    """Let `bcb-eval run` in this process use one."""
    fake = FakeSandbox(judge)
    monkeypatch.setattr("bcb_tools.evaluate.warm.Sandbox", fake)
    return fake
