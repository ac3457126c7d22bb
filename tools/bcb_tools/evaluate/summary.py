"""From a record of verdicts to the numbers people quote."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bcb_tools.evaluate.journal import read_entries
from bcb_tools.evaluate.metrics import Score, count_tasks, only_tasks, score
from bcb_tools.evaluate.programs import Mode

__all__ = ["ModeSummary", "Summary", "summarise"]


@dataclass(frozen=True)
class ModeSummary:
    """The numbers of one mode.

    Attributes:
        mode: With the stub or without.
        score: Over all tasks that have samples.
        valid: Over those of them whose ground truth passes here; None when that was not checked.
        outcomes: How many samples had each outcome, most frequent first.
    """

    mode: Mode
    score: Score
    valid: Score | None
    outcomes: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """The mode's part of the summary."""
        found: dict[str, Any] = {}
        for entry in self.score.pass_at:
            found[f"pass@{entry.k}"] = entry.value
            interval = entry.interval
            found[f"pass@{entry.k}_ci95"] = None if interval is None else [interval.low, interval.high]
            if entry.too_few:
                found[f"pass@{entry.k}_tasks"] = entry.tasks
        valid: dict[str, Any] | None = None
        if self.valid is not None:
            valid = {"tasks": self.valid.tasks}
            valid.update({f"pass@{entry.k}": entry.value for entry in self.valid.pass_at})
        return {
            **found,
            "tasks": self.score.tasks,
            "samples": self.score.samples,
            "samples_per_task": {str(n): tasks for n, tasks in self.score.samples_per_task.items()},
            "unjudged": self.score.unjudged,
            "outcomes": self.outcomes,
            "valid_ground_truth": valid,
        }


@dataclass(frozen=True)
class Summary:
    """The numbers of a run.

    Attributes:
        modes: The calibrated one first, where both were run.
        overhead_ms_median: Median of what a run took beyond its own loading and tests.
    """

    modes: tuple[ModeSummary, ...]
    overhead_ms_median: float

    @property
    def primary(self) -> ModeSummary:
        """The mode whose numbers stand at the top."""
        return self.modes[0]

    def to_json(self) -> dict[str, Any]:
        """The primary mode's numbers, with the other mode's beside them."""
        others = {mode.mode.value: mode.to_json() for mode in self.modes[1:]}
        return {
            **self.primary.to_json(),
            "mode": self.primary.mode.value,
            "original": others.get("original"),
            "overhead_ms_median": round(self.overhead_ms_median, 2),
        }


def summarise(
    record: Path,
    modes: Sequence[Mode],
    ks: Sequence[int],
    *,
    tasks: Collection[str],
    valid: Collection[str] | None,
    seed: int,
) -> Summary:
    """Compute every number from the record alone.

    Args:
        record: The journal.
        modes: Which modes were run.
        ks: The k of each Pass@k.
        tasks: The denominator: every task that has samples.
        valid: Those whose ground truth passes here; None when that was not checked.
        seed: Seed of the intervals.
    """
    verdicts: dict[Mode, dict[tuple[str, int], tuple[str, bool | None]]] = {mode: {} for mode in modes}
    overheads: list[float] = []
    for _, entry in read_entries(record):
        # of two verdicts on one sample, the later one stands: the first was the sandbox's own failure
        if entry.mode in verdicts and entry.task_id in tasks:
            verdicts[entry.mode][entry.task_id, entry.index] = (entry.outcome.value, entry.passed)
            overheads.append(float(entry.report.get("overhead_ms", 0.0)))
    return Summary(
        tuple(_mode(mode, verdicts[mode], ks, tasks, valid, seed) for mode in modes),
        statistics.median(overheads) if overheads else 0.0,
    )


def _mode(
    mode: Mode,
    verdicts: dict[tuple[str, int], tuple[str, bool | None]],
    ks: Sequence[int],
    tasks: Collection[str],
    valid: Collection[str] | None,
    seed: int,
) -> ModeSummary:
    counts = count_tasks(
        ((task_id, passed) for (task_id, _), (_, passed) in verdicts.items()), expected=tasks
    )
    outcomes = Counter(outcome for outcome, _ in verdicts.values())
    return ModeSummary(
        mode,
        score(counts, ks, seed=seed),
        None if valid is None else score(only_tasks(counts, valid), ks, seed=seed),
        dict(sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
