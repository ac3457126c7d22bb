"""The wheel alone is enough to score answers: what runs inside the sandbox travels with it."""

from __future__ import annotations

import json
from pathlib import Path

from support.installation import ROOT, Installation
from support.scoring import shipped_environment


def test_an_installed_wheel_scores_an_answer(installed: Installation, tmp_path: Path) -> None:
    """Away from the checkout, the reference solution of a shipped task passes and a wrong answer does not."""
    task = ROOT / "tasks" / "parse-nginx-log"
    good = (task / "solution.py").read_text(encoding="utf-8")
    rows = [
        {"task_id": "bcb/parse-nginx-log", "solution": good},
        {"task_id": "bcb/parse-nginx-log", "solution": "def task_func(*arguments):\n    return None\n"},
    ]
    samples = tmp_path / "answers.jsonl"
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    python = str(shipped_environment().interpreter.path)
    arguments = ("run", "--tasks", str(task), "--samples", str(samples), "--python", python, "--json")
    done = installed.run("bcb-eval", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcomes"] == {"pass": 1, "fail": 1}
