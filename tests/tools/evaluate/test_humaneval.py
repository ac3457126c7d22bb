"""HumanEval rows go through the same executor as every other task."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bcb_tools.corpus import load_corpus
from support.made_tasks import write_rows
from support.scoring import Workspace
from support.shared_data import HUMANEVAL_FILE, needs_shared_data

ROWS = [
    {
        "task_id": "Made/0",
        "prompt": 'def clamp(x: int, low: int, high: int) -> int:\n    """Put x between low and high."""\n',
        "entry_point": "clamp",
        "canonical_solution": "    return max(low, min(x, high))\n",
        "test": "def check(candidate):\n"
        "    assert candidate(5, 0, 3) == 3\n    assert candidate(-5, 0, 3) == 0\n",
    },
    {
        "task_id": "Made/1",
        "prompt": "from collections import Counter\n\n\ndef most(words):\n"
        '    """The most frequent word."""\n',
        "entry_point": "most",
        "canonical_solution": "    return Counter(words).most_common(1)[0][0]\n",
        "test": "METADATA = {}\n\n\ndef check(candidate):\n"
        '    assert candidate(["a", "b", "a"]) == "a", "frequency"\n',
    },
    {
        "task_id": "Made/2",
        "prompt": "def half(x):\n    return x / 2\n\n\ndef quarter(x):\n"
        '    """A quarter, with the helper above."""\n',
        "entry_point": "quarter",
        "canonical_solution": "    return half(half(x))\n",
        "test": "def check(candidate):\n    for x in range(5):\n        assert candidate(x) == x / 4\n",
    },
]


def test_own_rows(workspace: Workspace) -> None:
    """Canonical completions pass, wrong ones fail, and the ground truths are valid."""
    rows = write_rows(workspace.folder / "rows.jsonl", *ROWS)
    answers = [
        {"task_id": row["task_id"], "completion": text}
        for row in ROWS
        for text in (row["canonical_solution"], "    return 0\n")
    ]
    samples = write_rows(workspace.folder / "answers.jsonl", *answers)
    found = workspace.score(samples, "--tasks", rows)
    assert (found["pass@1"], found["samples"], found["tasks"]) == (0.5, 6, 3)
    assert found["valid_ground_truth"]["tasks"] == 3
    results = json.loads(Path(found["files"]["eval_results"]).read_text())["eval"]
    assert all([row["status"] for row in rows] == ["pass", "fail"] for rows in results.values())
    wrong = results["Made/1"][1]["details"]
    assert "frequency" in "".join(wrong.values())


@needs_shared_data
def test_every_canonical_solution(workspace: Workspace) -> None:
    """The 164 canonical solutions all pass as completions."""
    tasks = load_corpus(HUMANEVAL_FILE).tasks.values()
    answers = [{"task_id": task.id, "completion": task.canonical_solution} for task in tasks]
    samples = write_rows(workspace.folder / "answers.jsonl", *answers)
    words = ["--tasks", HUMANEVAL_FILE, "--python", sys.executable, "--no-gt", "--allow-missing-libraries"]
    found = workspace.score(samples, *words)
    assert (found["outcomes"], found["tasks"]) == ({"pass": 164}, 164)
