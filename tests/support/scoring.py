"""A workspace in which `bcb-eval` is used as a user would: tasks, answers, results, one environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bcb_tools.environment import TaskEnvironment, find_environment
from bcb_tools.errors import EnvironmentMissing
from bcb_tools.evaluate.cli import app
from support.made_tasks import SOLUTION

__all__ = [
    "BY_HAND",
    "COMMAND",
    "LAZY",
    "RIGHT",
    "ROOT",
    "TASKS",
    "WRONG",
    "Workspace",
    "clean_environment",
    "shipped_environment",
]

ROOT = Path(__file__).resolve().parents[2]
TASKS = ROOT / "tasks"
BY_HAND = ROOT / "docs/demo/samples/by-hand--main--bcb-workbench-complete--hand-0-1.jsonl"
COMMAND = [sys.executable, "-c", "from bcb_tools.evaluate.cli import app; app()"]

RIGHT = SOLUTION
WRONG = SOLUTION.replace("most_common(limit)", "most_common(1)")
LAZY = "def task_func" + SOLUTION.partition("def task_func")[2]
"""Right, but without the imports and the constant that the prompt gives."""


@cache
def shipped_environment() -> TaskEnvironment:
    """The environment of the shipped tasks, which `make env` builds."""
    try:
        return find_environment(TASKS, ROOT)
    except EnvironmentMissing as missing:
        pytest.skip(f"{missing}: `make env` builds it")


def clean_environment(**more: str) -> dict[str, str]:
    """The variables of this process without those that change how output looks."""
    looks = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "TTY_COMPATIBLE", "COV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(looks)} | more


@dataclass(frozen=True)
class Workspace:
    """A folder with a corpus of small tasks; the tests' own interpreter is environment enough for them."""

    folder: Path
    tasks: Path

    def answers(self, *texts: str, name: str = "answers.jsonl", **more: Sequence[str]) -> Path:
        """A samples file: `texts` answer the first task, others are named by their slug."""
        rows = [("made/count-words", text) for text in texts]
        rows += [(f"made/{slug}".replace("_", "-"), text) for slug, given in more.items() for text in given]
        lines = [json.dumps({"task_id": task_id, "solution": text}) for task_id, text in rows]
        return self.write("".join(f"{line}\n" for line in lines), name=name)

    def write(self, text: str | bytes, name: str = "answers.jsonl") -> Path:
        """A file."""
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def words(self, samples: Path, *more: object) -> list[str]:
        """The arguments of `bcb-eval run` here; later ones win."""
        given = ["run", "--tasks", self.tasks, "--samples", samples, "--out", self.folder / "out"]
        return [str(word) for word in (*given, "--python", sys.executable, *more)]

    def run(self, samples: Path, *more: object) -> Result:
        """Run it within this process."""
        return CliRunner().invoke(app, self.words(samples, *more))

    def score(self, samples: Path, *more: object) -> dict[str, Any]:
        """What `--json` prints; the run must succeed."""
        result = self.run(samples, *more, "--json")
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)
        assert isinstance(found, dict)
        return found

    def score_apart(self, samples: Path, *more: object) -> dict[str, Any]:
        """The same from a process of its own, where the tests' warning filters do not hold."""
        process = self.start(samples, *more, "--json")
        out, err = process.communicate()
        assert process.returncode == 0, err
        found = json.loads(out)
        assert isinstance(found, dict)
        return found

    def refused(self, samples: Path, *more: object, code: int = 2) -> str:
        """What is said of a run that is refused: a message and a hint, no traceback, nothing on stdout."""
        result = self.run(samples, *more)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        assert result.stderr.startswith("error: ") or "\nerror: " in result.stderr
        assert "Traceback" not in result.stderr
        assert "\nhint: " in result.stderr
        return result.stderr

    def start(self, samples: Path, *more: object, **settings: Any) -> subprocess.Popen[str]:
        """Run it in a process of its own."""
        return subprocess.Popen(
            [*COMMAND, *self.words(samples, *more)],
            cwd=self.folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **settings,
        )

    def record(self, name: str = "answers") -> Path:
        """The record of a run."""
        return self.folder / "out" / f"{name}_runs.jsonl"

    def recorded(self, name: str = "answers") -> Counter[tuple[str, int, str]]:
        """How often each run stands in a record; a torn last line is none."""
        whole = self.record(name).read_text().split("\n")[1:-1]
        entries = [json.loads(line) for line in whole]
        return Counter((entry["task_id"], entry["index"], entry["mode"]) for entry in entries)
