"""What a person sees of a score: rates, intervals, both denominators, outcomes, and what comes next."""

from __future__ import annotations

from typing import Any

import pytest

from bcb_tools.evaluate.commands.table import show_summary
from bcb_tools.evaluate.metrics import count_tasks, only_tasks, score
from bcb_tools.evaluate.programs import Mode
from bcb_tools.evaluate.summary import ModeSummary, Summary

ANSWER: dict[str, Any] = {"seconds": 12.34, "files": {"record": "/x/[a]_runs.jsonl", "summary": "/x/s.json"}}


def mode_summary(mode: Mode, passes: int, *, valid: bool = True, unjudged: int = 0) -> ModeSummary:
    verdicts: list[tuple[str, bool | None]] = [(f"t/{n}", n < passes) for n in range(8)]
    verdicts += [("t/0", None)] * unjudged
    counts = count_tasks(verdicts, expected=[task_id for task_id, _ in verdicts])
    outcomes = {"pass": passes, "fail": 8 - passes}
    second = score(only_tasks(counts, [f"t/{n}" for n in range(4)]), (1, 2), seed=0) if valid else None
    return ModeSummary(mode, score(counts, (1, 2), seed=0), second, outcomes)


def shown(
    capsys: pytest.CaptureFixture[str], *modes: ModeSummary, commands: tuple[str, ...] = ()
) -> tuple[list[str], str]:
    """The lines on stdout, and stderr."""
    show_summary(Summary(modes, 25.6), ANSWER, commands)
    captured = capsys.readouterr()
    return captured.out.splitlines(), captured.err


def test_scores_and_outcomes(capsys: pytest.CaptureFixture[str]) -> None:
    """Rates have three digits, each with its interval and over how many tasks it is."""
    lines, err = shown(capsys, mode_summary(Mode.CALIBRATED, 3))
    assert lines[0].split("  ")[0] == "score"
    assert lines[1].split() == ["pass@1", "calibrated", "0.375", "0.125", "-", "0.750", "8", "0.750", "4"]
    assert lines[2].split() == ["pass@2", "calibrated", "-", "0", "-", "0"]
    assert [line.split() for line in lines[4:]] == [
        ["outcome", "calibrated"],
        ["pass", "3"],
        ["fail", "5"],
    ]
    assert all(len(line) <= 80 for line in lines)
    assert "8 samples of 8 tasks in 12.3 s, overhead 26 ms a run (median)" in err
    assert "results in `/x`:\n  record   [a]_runs.jsonl\n  summary  s.json\n" in err
    assert "fewer samples than k" in err


def test_both_modes(capsys: pytest.CaptureFixture[str]) -> None:
    """Two modes stand below each other, their outcomes side by side, and the difference is named."""
    lines, _ = shown(capsys, mode_summary(Mode.CALIBRATED, 4), mode_summary(Mode.ORIGINAL, 3))
    assert "calibration changes pass@1 by +0.125" in lines
    assert lines[-2].split() == ["pass", "4", "3"]


def test_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    """A ground truth that was not checked is said to be so, and samples without a verdict are told."""
    lines, err = shown(capsys, mode_summary(Mode.CALIBRATED, 3, valid=False, unjudged=2))
    assert "not checked" in lines[1]
    assert "2 samples have no verdict: the sandbox failed" in err


def test_next_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """Commands are shown as they are, brackets too, each on a line of its own however long it is."""
    command = "bcb-eval run --task '[ab]*' " + "x" * 100
    _, err = shown(capsys, mode_summary(Mode.CALIBRATED, 3), commands=(command,))
    assert err.endswith(f"\nnext:\n  {command}\n")
    _, err = shown(capsys, mode_summary(Mode.CALIBRATED, 3))
    assert "next:" not in err
