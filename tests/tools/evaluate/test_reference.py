"""Ground truths: measured, remembered when they pass, never when they fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from bcb_tools.evaluate.cache import Cache
from bcb_tools.evaluate.programs import subjects_of
from bcb_tools.evaluate.reference import LIMIT_S, Reference, measure_references
from bcb_tools.sandbox import Outcome, Program, Report, Sandbox, policy_named
from support.fake_sandbox import FakeSandbox
from support.made_tasks import made_task

POLICY = policy_named("default")
TASKS = [
    replace(made_task(), id=f"made/{n}", slug=f"t{n}", tests=made_task().tests + f"# {n}") for n in "abc"
]


def judge(program: Program) -> Report:
    assert program.time_limit_s == LIMIT_S
    return Report(Outcome.FAIL if program.key == "made/b" else Outcome.PASS, wall_s=0.5)


def measured(
    fake: FakeSandbox, folder: Path, *, remembered: bool = True, **changes: Any
) -> tuple[dict[str, Reference], list[str]]:
    """The references, and what was run for them; each call is a run of its own."""
    ticks: list[str] = []
    policy = replace(POLICY, **changes)
    fake.ran = []
    found = measure_references(
        cast("Sandbox", fake),
        subjects_of(TASKS, policy),
        policy,
        "environment",
        Cache(folder),
        lambda note="": ticks.append(note),
        remembered=remembered,
    )
    assert len(ticks) == len(TASKS)
    return found, fake.ran


def test_measured_then_remembered(tmp_path: Path) -> None:
    """What passed is not run again, what failed is; the order is that of the tasks."""
    fake = FakeSandbox(judge)
    first, ran = measured(fake, tmp_path)
    assert ran == ["made/a", "made/b", "made/c"]
    assert [reference.valid for reference in first.values()] == [True, False, True]
    second, ran = measured(fake, tmp_path)
    assert ran == ["made/b"]
    assert list(second) == ["made/a", "made/b", "made/c"]
    assert second["made/a"] == Reference("made/a", Outcome.PASS, 0.5)


def test_run_again_when_asked_or_changed(tmp_path: Path) -> None:
    """`ground-truth` always runs, and so does a run under other variables."""
    fake = FakeSandbox(judge)
    measured(fake, tmp_path)
    assert len(measured(fake, tmp_path, remembered=False)[1]) == 3
    assert len(measured(fake, tmp_path, environment={"TZ": "Asia/Tokyo"})[1]) == 3
