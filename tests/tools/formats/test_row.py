"""Every fault of a dataset row is told with its file, line and task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bcb_tools.errors import InputError
from bcb_tools.formats.row import RowFormat, parse_row
from support.made_tasks import bigcodebench_row, humaneval_row

FILE = Path("rows.jsonl")


def parse(value: Any) -> Any:
    line = value if isinstance(value, bytes) else json.dumps(value).encode()
    return parse_row(line, path=FILE, number=7)


def test_kinds_are_told_by_their_fields() -> None:
    """BigCodeBench and HumanEval rows are recognised without being named."""
    assert parse(bigcodebench_row()).format is RowFormat.BIGCODEBENCH
    assert parse(humaneval_row()).format is RowFormat.HUMANEVAL


def test_extra_fields_are_kept() -> None:
    """Hard's extra fields, strings or not, stay with the row."""
    row = parse(bigcodebench_row(q_idx="3", question="why", score=0.75, _id="3"))
    assert row.fields["score"] == 0.75


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (b'{"task_id": ', "broken JSON at column 13"),
        (b"[1]", "expected a JSON object, found list"),
        (b'{"task_id": "\xff"}', "not UTF-8: byte 0xff at offset 13 of the line"),
        (b'{"task_id": "a", "task_id": "b"}', "`task_id` given more than once"),
        (b"[" * 100_000, "unusable JSON"),
        ({}, "`task_id` is missing"),
        ({"task_id": 3}, "`task_id` must be a non-empty string, found 3"),
        ({"task_id": " "}, "`task_id` must be a non-empty string"),
        ({"task_id": "x", "text": ""}, "neither a BigCodeBench nor a HumanEval row"),
        (bigcodebench_row(test=None, libs=None), "missing `test`, `libs`"),
        (humaneval_row(test=None), "missing `test`"),
        (bigcodebench_row(canonical_solution=3), "must be strings: `canonical_solution` is int"),
        (bigcodebench_row(entry_point="a b"), "`entry_point` must be a Python name, found 'a b'"),
        (bigcodebench_row(entry_point="class"), "`entry_point` must be a Python name"),
        (bigcodebench_row(doc_struct="{"), "`doc_struct` must be a JSON object"),
        (bigcodebench_row(doc_struct='{"notes": []}'), "`doc_struct` must be a JSON object"),
        (bigcodebench_row(libs="os, json"), "`libs` must be a Python list"),
        (bigcodebench_row(libs="[1]"), "`libs` must be a Python list"),
        (bigcodebench_row(test="\ud800"), "`test` holds half of a surrogate pair"),
    ],
)
def test_each_fault_is_named(value: object, message: str) -> None:
    """A faulty row is refused with what is wrong and where."""
    with pytest.raises(InputError) as caught:
        parse(value)
    assert message in str(caught.value)
    assert str(caught.value).startswith("`rows.jsonl` line 7")
    assert caught.value.exit_code == 2


def test_fault_names_the_task() -> None:
    """Where the id is known, the message shows it."""
    with pytest.raises(InputError, match="line 7 task `BigCodeBench/5`: missing"):
        parse(bigcodebench_row(5, test=None))
