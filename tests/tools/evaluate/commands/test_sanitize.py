"""`bcb-eval sanitize` and `syncheck`: the post-processing alone, nothing is run."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from bcb_tools.evaluate.cli import app
from support.scoring import RIGHT, WRONG, Workspace

SAID = f"Sure:\n```python\n{RIGHT}```\n"


def command(name: str, workspace: Workspace, samples: Path, *words: object) -> Result:
    given = [name, "--samples", samples, "--tasks", workspace.tasks, *words]
    return CliRunner().invoke(app, [str(word) for word in given])


def test_sanitize_writes_solutions(workspace: Workspace) -> None:
    """Each answer becomes a self-contained `solution` beside the samples, in their order."""
    samples = workspace.answers(SAID, WRONG)
    result = command("sanitize", workspace, samples, "--json")
    assert result.exit_code == 0, result.output
    target = workspace.folder / "answers-sanitized.jsonl"
    assert json.loads(result.stdout) == {"samples": 2, "changed": 1, "files": {"samples": str(target)}}
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert [row["task_id"] for row in rows] == ["made/count-words"] * 2
    assert [row["solution"].strip() for row in rows] == [RIGHT.strip(), WRONG.strip()]
    assert "1 of 2 answers changed" in result.stderr
    assert workspace.score(target, "--no-sanitize")["pass@1"] == 0.5


def test_sanitize_keeps_what_is_there(workspace: Workspace) -> None:
    """An existing file is replaced only with `--overwrite`, and not at all when an answer is bad."""
    samples = workspace.answers(SAID)
    target = workspace.write("mine", name="mine.jsonl")
    result = command("sanitize", workspace, samples, "--to", target)
    assert result.exit_code == 2
    assert "--overwrite" in result.stderr
    unknown = workspace.write('{"task_id": "x/y", "solution": "1"}\n', name="unknown.jsonl")
    result = command("sanitize", workspace, unknown, "--to", target, "--overwrite")
    assert result.exit_code == 2
    assert "task `x/y`: no such task" in result.stderr
    assert target.read_text() == "mine"
    assert command("sanitize", workspace, samples, "--to", target, "--overwrite").exit_code == 0
    assert "mine" not in target.read_text()


def test_syncheck_finds_what_is_no_program(workspace: Workspace) -> None:
    """What does not compile, lacks its entry point or names no task is listed, and the exit code is 1."""
    rows = [
        {"task_id": "made/count-words", "solution": RIGHT},
        {"task_id": "made/other-words", "solution": "def f(:\n"},
        {"task_id": "made/more-words", "solution": "x = 1\n"},
        {"task_id": "x/y", "solution": RIGHT},
    ]
    samples = workspace.write("".join(f"{json.dumps(row)}\n" for row in rows))
    result = command("syncheck", workspace, samples, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["samples"] == 4
    problems = {problem["task_id"]: problem["problem"] for problem in found["problems"]}
    assert list(problems) == ["made/other-words", "made/more-words", "x/y"]
    assert problems["made/other-words"].startswith("line 1")
    assert problems["made/more-words"] == "`task_func` is not defined"
    assert "1 of 4 answers are programs with their entry point" in result.stderr
    shown = command("syncheck", workspace, samples)
    assert "made/more-words #0: `task_func` is not defined" in shown.stdout


def test_syncheck_of_a_chat_answer(workspace: Workspace) -> None:
    """Prose is no program unless it is taken off first."""
    samples = workspace.answers(SAID)
    assert command("syncheck", workspace, samples).exit_code == 1
    assert command("syncheck", workspace, samples, "--sanitize").exit_code == 0
