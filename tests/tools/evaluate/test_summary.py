"""Numbers from a record, and from nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bcb_tools.evaluate.journal import Entry, Journal
from bcb_tools.evaluate.programs import Mode
from bcb_tools.evaluate.summary import Summary, summarise

BOTH = (Mode.CALIBRATED, Mode.ORIGINAL)


def summary_of(
    folder: Path,
    *verdicts: tuple[str, int, Mode, str],
    tasks: tuple[str, ...] = ("a", "b"),
    modes: tuple[Mode, ...] = (Mode.CALIBRATED,),
    ks: tuple[int, ...] = (1,),
    valid: tuple[str, ...] | None = None,
) -> Summary:
    record = folder / "record.jsonl"
    with Journal(record, {"settings": {}}) as journal:
        for place, (task_id, index, mode, outcome) in enumerate(verdicts):
            report = {"outcome": outcome, "overhead_ms": float(place)}
            journal.append(Entry(task_id, index, mode, "d", "", report))
    return summarise(record, modes, ks, tasks=tasks, valid=valid, seed=0)


def test_modes_are_kept_apart(tmp_path: Path) -> None:
    """The first mode's numbers stand at the top, the other's under its name."""
    found = summary_of(
        tmp_path,
        ("a", 0, Mode.CALIBRATED, "pass"),
        ("a", 0, Mode.ORIGINAL, "fail"),
        ("b", 0, Mode.CALIBRATED, "pass"),
        ("b", 0, Mode.ORIGINAL, "pass"),
        modes=BOTH,
    ).to_json()
    assert (found["mode"], found["pass@1"], found["original"]["pass@1"]) == ("calibrated", 1.0, 0.5)
    assert found["overhead_ms_median"] == 1.5


def test_two_denominators(tmp_path: Path) -> None:
    """The second score is over the tasks whose ground truth passes; without a check there is none."""
    verdicts = [("a", 0, Mode.CALIBRATED, "pass"), ("b", 0, Mode.CALIBRATED, "fail")]
    found = summary_of(tmp_path / "1", *verdicts, valid=("a",)).to_json()
    assert (found["tasks"], found["pass@1"]) == (2, 0.5)
    assert found["valid_ground_truth"] == {"tasks": 1, "pass@1": 1.0}
    assert summary_of(tmp_path / "2", *verdicts).to_json()["valid_ground_truth"] is None


def test_the_last_verdict_of_a_sample_counts(tmp_path: Path) -> None:
    """A sample that the sandbox failed on and that was run again counts once, by its verdict."""
    found = summary_of(
        tmp_path,
        ("a", 0, Mode.CALIBRATED, "infrastructure_error"),
        ("a", 0, Mode.CALIBRATED, "pass"),
        tasks=("a",),
    ).to_json()
    assert (found["outcomes"], found["unjudged"], found["pass@1"]) == ({"pass": 1}, 0, 1.0)


def test_verdicts_on_other_tasks_are_not_counted(tmp_path: Path) -> None:
    """Only the tasks that the run is about are in its numbers."""
    found = summary_of(
        tmp_path, ("a", 0, Mode.CALIBRATED, "pass"), ("z", 0, Mode.CALIBRATED, "fail"), tasks=("a",)
    ).to_json()
    assert (found["tasks"], found["samples"], found["pass@1"]) == (1, 1, 1.0)


def test_few_samples_are_told(tmp_path: Path) -> None:
    """Where a task has fewer samples than k, the score says over how many tasks it is."""
    found = summary_of(
        tmp_path,
        ("a", 0, Mode.CALIBRATED, "pass"),
        ("a", 1, Mode.CALIBRATED, "fail"),
        ("b", 0, Mode.CALIBRATED, "pass"),
        ks=(1, 2),
    ).to_json()
    assert (found["pass@2"], found["pass@2_tasks"]) == (1.0, 1)
    assert "pass@1_tasks" not in found
    assert found["samples_per_task"] == {"1": 1, "2": 1}


@pytest.mark.parametrize("turn", [1, -1])
def test_outcomes_are_in_a_stable_order(tmp_path: Path, turn: int) -> None:
    """The most frequent outcome stands first, equals by name, in whatever order the verdicts came."""
    verdicts = [
        ("a", number, Mode.CALIBRATED, outcome)
        for number, outcome in enumerate(["timeout", "fail", "pass", "pass", "crash"])
    ]
    found = summary_of(tmp_path, *verdicts[::turn], tasks=("a",))
    assert list(found.primary.outcomes) == ["pass", "crash", "fail", "timeout"]


def test_an_empty_record(tmp_path: Path) -> None:
    """Without a verdict there is no rate, and no division by zero."""
    found = summary_of(tmp_path).to_json()
    assert (found["pass@1"], found["pass@1_ci95"], found["overhead_ms_median"]) == (None, None, 0.0)
