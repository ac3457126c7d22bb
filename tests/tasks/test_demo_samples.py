"""What can be promised about the shipped sample answers without running them."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "docs" / "demo" / "samples"
IDS = {f"bcb/{path.parent.name}" for path in ROOT.glob("tasks/*/task.toml")}
FILES = sorted(SAMPLES.glob("*.jsonl"))
# model, revision, benchmark and split, backend, temperature, samples per task
NAME = re.compile(
    r"[\w.-]+?--\w+--bcb-workbench-(complete|instruct)--\w+-(?P<temperature>[0-9.]+)-(?P<n>\d+)"
)


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_there_is_a_model_and_a_hand() -> None:
    """A model's answers and answers written by hand are shipped, and told apart by their names."""
    assert [path.name.partition("--")[0] for path in FILES] == ["SmolLM2-135M-Instruct", "by-hand"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_task_is_answered(path: Path) -> None:
    """Each file holds as many answers to each shipped task as its name says, and no others."""
    name = NAME.fullmatch(path.stem)
    assert name is not None
    assert Counter(row["task_id"] for row in rows(path)) == dict.fromkeys(IDS, int(name["n"]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_readme_names_the_file(path: Path) -> None:
    """The README beside the samples says where each file comes from."""
    assert path.name in (SAMPLES / "README.md").read_text(encoding="utf-8")


def test_model_answers_are_as_given() -> None:
    """The model's answers are its raw text."""
    assert all(row["solution"] == row["raw_solution"] for row in rows(FILES[0]))


def test_hand_written_answers_show_each_failure() -> None:
    """Among the answers by hand are the static failures that the README lists, once each."""
    answers = {row["task_id"].partition("/")[2]: row["solution"] for row in rows(FILES[1])}
    unparsable = set()
    for slug, answer in answers.items():
        try:
            ast.parse(answer)
        except SyntaxError:
            unparsable.add(slug)
    assert unparsable == {"plot-project-gantt", "encrypt-config-values"}
    assert {slug for slug, answer in answers.items() if "```python" in answer} == {"encrypt-config-values"}
    assert {slug for slug, answer in answers.items() if "def task_func(" not in answer} == {
        "plot-confusion-heatmap"
    }
    assert {slug for slug, answer in answers.items() if "os._exit" in answer} == {"estimate-half-life"}
    assert {slug for slug, answer in answers.items() if "bs4" in answer} == {"audit-page-links"}


def test_no_answer_is_the_ground_truth() -> None:
    """The answers by hand are other programs than the reference solutions."""
    truths = {
        f"bcb/{path.parent.name}": path.read_text(encoding="utf-8")
        for path in ROOT.glob("tasks/*/solution.py")
    }
    assert all(row["solution"].strip() != truths[row["task_id"]].strip() for row in rows(FILES[1]))
