"""`bcb-eval ground-truth`: do the reference solutions pass here?"""

from __future__ import annotations

import json
import sys

from typer.testing import CliRunner, Result

from bcb_tools.evaluate.cli import app
from support.scoring import TASKS, Workspace, shipped_environment


def ground_truth(workspace: Workspace, *words: str) -> Result:
    given = ["ground-truth", "--tasks", str(workspace.tasks), "--python", sys.executable]
    return CliRunner().invoke(app, [*given, *words])


def spoil(workspace: Workspace) -> None:
    path = workspace.tasks / "other-words" / "solution.py"
    path.write_text(path.read_text().replace("most_common(limit)", "most_common(1)"))


def test_all_pass(workspace: Workspace) -> None:
    """The JSON has four fields, stdout nothing else, and the exit code is 0."""
    result = ground_truth(workspace, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert list(found) == ["tasks", "pass", "failed", "seconds"]
    assert (found["tasks"], found["pass"], found["failed"]) == (3, 3, {})
    assert "3 of 3 ground truths pass" in result.stderr


def test_one_fails(workspace: Workspace) -> None:
    """A failure is named with its outcome, for people with the test too, and the exit code is 1."""
    spoil(workspace)
    result = ground_truth(workspace, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failed"] == {"made/other-words": "fail"}
    result = ground_truth(workspace)
    assert result.exit_code == 1
    assert "made/other-words  fail" in result.stdout
    assert "TestCases.test_counts: AssertionError" in result.stdout
    assert "2 of 3 ground truths pass" in result.stderr


def test_some_of_them(workspace: Workspace) -> None:
    """The options that choose tasks work here too."""
    spoil(workspace)
    result = ground_truth(workspace, "--task", "count-words,more-words", "--json")
    assert (result.exit_code, json.loads(result.stdout)["tasks"]) == (0, 2)


def test_always_run_anew(workspace: Workspace) -> None:
    """A ground truth that passed before is run again: the question is whether it passes now."""
    assert ground_truth(workspace).exit_code == 0
    spoil(workspace)
    assert ground_truth(workspace).exit_code == 1


def test_missing_library(workspace: Workspace) -> None:
    """A library that is missing is refused before anything runs, unless that is accepted."""
    path = workspace.tasks / "other-words" / "solution.py"
    path.write_text("import no_such_library\n" + path.read_text())
    result = ground_truth(workspace)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "lacks `no_such_library` (`made/other-words`)" in result.stderr
    result = ground_truth(workspace, "--allow-missing-libraries", "--json")
    assert (result.exit_code, json.loads(result.stdout)["failed"]) == (
        1,
        {"made/other-words": "import_error"},
    )


def test_shipped_tasks(workspace: Workspace) -> None:
    """Every shipped task's ground truth passes in the shipped environment."""
    python = str(shipped_environment().interpreter.prefix)
    result = CliRunner().invoke(app, ["ground-truth", "--tasks", str(TASKS), "--python", python, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["pass"] >= 14
