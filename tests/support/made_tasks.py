"""Small tasks and rows made for tests; each function gives a sound one that a test then changes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from bcb_tools.task import Task

__all__ = ["SOLUTION", "TESTS", "bigcodebench_row", "humaneval_row", "made_task", "write_rows"]

SOLUTION = '''import json
from collections import Counter

LIMIT = 3

def task_func(text, limit=LIMIT):
    """
    Count the words of a JSON list of strings.

    Parameters:
    - text (str): The JSON list.
    - limit (int): How many words to return. Default is 3.

    Returns:
    - list of tuple: The most common words with their counts.

    Requirements:
    - json
    - collections

    Raises:
    - ValueError: If the text is not JSON.

    Note:
    - Words are compared in lower case.

    Example:
    >>> task_func('["a b", "a"]')
    [('a', 2), ('b', 1)]
    """
    words = [word.lower() for line in json.loads(text) for word in line.split()]
    return Counter(words).most_common(limit)
'''

TESTS = """import unittest


class TestCases(unittest.TestCase):
    def test_counts(self):
        self.assertEqual(task_func('["a b", "a"]'), [("a", 2), ("b", 1)])

    def test_not_json(self):
        with self.assertRaises(ValueError):
            task_func("no")
"""


def made_task(**changes: Any) -> Task:
    """A sound task of the toolkit's own making."""
    task = Task(
        id="made/count-words",
        slug="count-words",
        entry_point="task_func",
        solution=SOLUTION,
        tests=TESTS,
        title="Count words",
    )
    return replace(task, **changes)


def bigcodebench_row(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A BigCodeBench row, its fields in the published order; None as a change leaves a field out."""
    task = made_task()
    row: dict[str, Any] = {
        "task_id": f"BigCodeBench/{number}",
        "complete_prompt": task.complete_prompt,
        "instruct_prompt": task.instruct_prompt,
        "canonical_solution": task.canonical_solution,
        "code_prompt": task.code_prompt,
        "test": task.tests.rstrip("\n"),
        "entry_point": task.entry_point,
        "doc_struct": task.doc_struct.to_json(),
        "libs": repr(list(task.libs)),
    }
    return {name: value for name, value in {**row, **changes}.items() if value is not None}


def humaneval_row(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A HumanEval row; None as a change leaves a field out."""
    row: dict[str, Any] = {
        "task_id": f"HumanEval/{number}",
        "prompt": 'def double(number: int) -> int:\n    """Double it.\n    >>> double(2)\n    4\n    """\n',
        "entry_point": "double",
        "canonical_solution": "    return 2 * number\n",
        "test": "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(2) == 4\n",
    }
    return {name: value for name, value in {**row, **changes}.items() if value is not None}


def write_rows(path: Path, *rows: dict[str, Any]) -> Path:
    """Write rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
