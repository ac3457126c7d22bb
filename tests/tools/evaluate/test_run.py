"""The heart of a run: what is run, what is recorded, and what is never held against the model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bcb_tools.sandbox import Outcome, Program, Report
from support.fake_sandbox import FakeSandbox, broken_for, use_fake_sandbox
from support.scoring import LAZY, RIGHT, ROOT, WRONG, Workspace, clean_environment


def test_an_infrastructure_error_is_not_the_models(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sample that the sandbox failed on is in no rate and in no verdict file, and is reported."""
    use_fake_sandbox(monkeypatch, broken_for("other-words#0"))
    samples = workspace.answers(RIGHT, WRONG, other_words=[RIGHT, WRONG], more_words=[RIGHT, WRONG])
    found = workspace.score(samples)
    assert (found["pass@1"], found["samples"], found["unjudged"]) == (1.0, 5, 1)
    assert found["outcomes"] == {"pass": 5, "infrastructure_error": 1}
    rows = json.loads(Path(found["files"]["eval_results"]).read_text())["eval"]
    assert {task_id: len(given) for task_id, given in rows.items()} == {
        "made/count-words": 2,
        "made/more-words": 2,
        "made/other-words": 1,
    }
    shown = workspace.run(samples, "--overwrite")
    assert "1 samples have no verdict: the sandbox failed" in shown.stderr
    assert "--resume" in shown.stderr


def test_an_infrastructure_error_is_run_again(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--resume` runs just what has no verdict yet, and the later verdict stands."""
    use_fake_sandbox(monkeypatch, broken_for("other-words"))
    samples = workspace.answers(RIGHT, other_words=[RIGHT])
    assert workspace.score(samples)["unjudged"] == 1
    again = use_fake_sandbox(monkeypatch)
    found = workspace.score(samples, "--resume")
    assert (found["unjudged"], found["samples"], found["pass@1"]) == (0, 2, 1.0)
    assert found["valid_ground_truth"]["tasks"] == 2
    assert again.ran == ["made/other-words", "made/other-words#0#calibrated"]
    finished = use_fake_sandbox(monkeypatch)
    workspace.score(samples, "--resume")
    assert finished.ran == []


def test_a_task_without_a_verdict_is_in_no_denominator(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the sandbox failed on all samples of a task, Pass@1 is over the others, and that is told."""
    use_fake_sandbox(monkeypatch, broken_for("#0#"))
    samples = workspace.answers(RIGHT, other_words=[RIGHT])
    found = workspace.score(samples)
    assert (found["pass@1"], found["unjudged"]) == (None, 2)
    use_fake_sandbox(monkeypatch, broken_for("other-words#0#"))
    found = workspace.score(samples, "--resume")
    assert (found["pass@1"], found["pass@1_tasks"], found["unjudged"]) == (1.0, 1, 1)
    shown = workspace.run(samples, "--resume")
    assert "fewer samples than k" in shown.stderr


def test_limits_come_from_the_ground_truth(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run may take the factor times its ground truth's time, and never less than the floor."""
    limits: dict[str, float] = {}

    def judge(program: Program) -> Report:
        limits[program.key] = program.time_limit_s
        slow = "other-words" in program.key
        return Report(Outcome.PASS, wall_s=3.0 if slow else 0.1, total_s=4.0)

    use_fake_sandbox(monkeypatch, judge)
    samples = workspace.answers(RIGHT, other_words=[RIGHT])
    workspace.score(samples)
    assert limits["made/count-words#0#calibrated"] == 10
    assert limits["made/other-words#0#calibrated"] == 30
    workspace.score(samples, "--min-time-limit", "2", "--time-factor", "4", "--overwrite")
    assert limits["made/count-words#0#calibrated"] == 2
    assert limits["made/other-words#0#calibrated"] == 12
    workspace.score(samples, "--policy", "upstream", "--overwrite")
    assert limits["made/other-words#0#calibrated"] == 241


def test_ground_truths_are_remembered(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ground truth that passed is not run again under the same limits; one that failed is."""

    def judge(program: Program) -> Report:
        failed = program.key == "made/other-words"
        return Report(Outcome.FAIL if failed else Outcome.PASS, wall_s=0.1)

    use_fake_sandbox(monkeypatch, judge)
    samples = workspace.answers(RIGHT, other_words=[RIGHT])
    workspace.score(samples)
    again = use_fake_sandbox(monkeypatch, judge)
    workspace.score(samples, "--overwrite")
    assert [key for key in again.ran if "#" not in key] == ["made/other-words"]
    unchecked = use_fake_sandbox(monkeypatch, judge)
    workspace.score(samples, "--overwrite", "--no-gt")
    assert all("#" in key for key in unchecked.ran)


def test_both_modes_run_different_programs(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calibrated, the prompt's stub stands in front of the answer; original, the answer stands alone."""
    sources: dict[str, str] = {}

    def judge(program: Program) -> Report:
        sources[program.key.rpartition("#")[2]] = program.solution
        return Report(Outcome.PASS)

    use_fake_sandbox(monkeypatch, judge)
    workspace.score(workspace.answers(LAZY), "--both", "--no-gt")
    assert "from collections import Counter" in sources["calibrated"]
    assert "from collections import Counter" not in sources["original"]
    assert sources["calibrated"].endswith(sources["original"])


def test_the_record_tells_everything(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line has task, number, mode, program with its digest, and the report without empty fields."""
    use_fake_sandbox(monkeypatch)
    workspace.score(workspace.answers(RIGHT))
    header, line = map(json.loads, workspace.record().read_text().splitlines())
    assert header["settings"]["modes"] == ["calibrated"]
    assert list(line) == ["task_id", "index", "mode", "program_digest", "solution", "report"]
    assert line["solution"].endswith(RIGHT)
    assert line["report"]["outcome"] == "pass"
    assert line["report"]["overhead_ms"] == pytest.approx(10)
    assert "detail" not in line["report"]


STREAM = """
import json, resource, sys
from pathlib import Path
from typer.testing import CliRunner
import bcb_tools.evaluate.warm
from bcb_tools.evaluate.cli import app
from support.fake_sandbox import FakeSandbox

bcb_tools.evaluate.warm.Sandbox = FakeSandbox()
def score(name):
    words = ["run", "--tasks", "tasks", "--samples", name, "--out", "out", "--python", sys.executable]
    result = CliRunner().invoke(app, [*words, "--json", "--pass-k", "1"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["samples"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
small, before = score("small.jsonl")
large, after = score("large.jsonl")
print(json.dumps({"samples": [small, large], "growth_mib": (after - before) / 1024}))
"""


def test_memory_stays_flat(workspace: Workspace) -> None:
    """Twenty thousand samples go from the file to the results in memory that hardly grows."""
    ids = ["made/count-words", "made/other-words", "made/more-words"]
    for name, count in (("small", 30), ("large", 20_001)):
        lines = (
            json.dumps({"task_id": ids[number % 3], "solution": f"def task_func(text): return {number}"})
            for number in range(count)
        )
        workspace.write("".join(f"{line}\n" for line in lines), name=f"{name}.jsonl")
    done = subprocess.run(
        [sys.executable, "-c", STREAM],
        cwd=workspace.folder,
        env=clean_environment(PYTHONPATH=str(ROOT / "tests")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["samples"] == [30, 20_001]
    assert found["growth_mib"] < 150


def test_a_fake_sandbox_is_a_sandbox() -> None:
    """The fake answers to what the real one is asked, so that these tests cannot drift from it."""
    from bcb_tools.sandbox import Sandbox  # noqa: PLC0415 - the only test that looks at the real one

    assert {name for name in dir(FakeSandbox) if not name.startswith("_")} <= {*dir(Sandbox), "judge", "ran"}
