"""A fixed sample of real tasks and a real model's answers, with the verdicts that were measured for them.

Which sample is run depends on what is there: with `BCB_REAL_ENV`, the folder of an environment that has the
libraries of all real tasks, tasks that need them; else tasks for which the shipped environment suffices.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from bcb_tools.environment import TaskEnvironment, open_environment
from support.scoring import Workspace, shipped_environment
from support.shared_data import BIGCODEBENCH_FILES, SHARED_DATA, needs_shared_data

pytestmark = needs_shared_data

TABLE = json.loads(Path(__file__).parents[2].joinpath("support", "real_verdicts.json").read_text())
REAL_ENVIRONMENT = os.environ.get("BCB_REAL_ENV")


@dataclass(frozen=True)
class Sample:
    """What is run: tasks, the verdicts expected of their answers, and the environment."""

    environment: TaskEnvironment
    verdicts: dict[str, list[str]]

    def ids(self, folder: Path) -> Path:
        """The file that names the tasks."""
        path = folder / "ids.json"
        path.write_text(json.dumps(list(self.verdicts)))
        return path


@pytest.fixture(scope="module")
def sample() -> Sample:
    """The sample that fits this machine."""
    if REAL_ENVIRONMENT:
        return Sample(open_environment(Path(REAL_ENVIRONMENT)), TABLE["task libraries"])
    return Sample(shipped_environment(), TABLE["shipped environment"])


def answers(split: str) -> Path:
    (path,) = SHARED_DATA.glob(f"samples/Qwen*-{split}-*calibrated.jsonl.gz")
    return path


@pytest.mark.parametrize("split", ["complete", "instruct"])
def test_verdicts_are_those_that_were_measured(workspace: Workspace, sample: Sample, split: str) -> None:
    """Every ground truth passes, and every real answer ends as it did when the table was made."""
    both = split == "complete"
    if not sample.environment.interpreter.version.startswith(TABLE["python"] + "."):
        pytest.skip(f"the verdicts were measured on Python {TABLE['python']}")
    words = ["--tasks", BIGCODEBENCH_FILES[1], "--subset", sample.ids(workspace.folder)]
    words += ["--python", sample.environment.interpreter.prefix, "--both" if both else "--no-gt"]
    found = workspace.score_apart(answers(split), *words)
    record = Path(found["files"]["record"]).read_text().splitlines()[1:]
    entries = [json.loads(line) for line in record]
    seen = {(entry["task_id"], entry["mode"]): entry["report"]["outcome"] for entry in entries}
    columns = {"calibrated": 0, "original": 1} if both else {"calibrated": 2}
    expected = {
        (task_id, mode): verdicts[column]
        for task_id, verdicts in sample.verdicts.items()
        for mode, column in columns.items()
    }
    assert {key: outcome for key, outcome in seen.items() if outcome != expected[key]} == {}
    assert seen.keys() == expected.keys()
    assert not both or found["valid_ground_truth"]["tasks"] == len(sample.verdicts)
    passes = [verdicts[min(columns.values())] for verdicts in sample.verdicts.values()].count("pass")
    assert found["pass@1"] == pytest.approx(passes / len(sample.verdicts))


def test_calibration_matters_on_real_answers() -> None:
    """The table has answers that only the calibrated score counts: that is what calibration is for."""
    assert any(
        verdicts[0] == "pass" != verdicts[1]
        for name in ("shipped environment", "task libraries")
        for verdicts in TABLE[name].values()
    )
