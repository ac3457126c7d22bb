"""What was imported comes out byte for byte; everything else is derived from the files."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcb_tools.corpus import load_corpus
from bcb_tools.errors import InputError, OutputError, UsageError
from bcb_tools.folder import read_folder
from bcb_tools.formats.export import export_tasks, natural_format, task_line
from bcb_tools.formats.row import RowFormat, parse_row
from bcb_tools.store import write_tasks
from bcb_tools.task import Task
from support.made_tasks import bigcodebench_row, humaneval_row, made_task, write_rows


def imported(fields: dict[str, Any]) -> Task:
    return Task.from_row(parse_row(json.dumps(fields).encode()))


def test_own_task_gives_a_row_that_is_the_same_task() -> None:
    """A row derived from a task's files reads back as a task with the same digest."""
    task = made_task()
    again = Task.from_row(parse_row(task_line(task, RowFormat.BIGCODEBENCH)))
    assert again.digest == task.digest
    assert (again.libs, again.doc_struct, again.id) == (task.libs, task.doc_struct, task.id)


@pytest.mark.parametrize("start", list(RowFormat))
@pytest.mark.parametrize("other", list(RowFormat))
def test_any_task_exports_to_any_format(start: RowFormat, other: RowFormat) -> None:
    """A row of either kind exported to either kind is a sound row with the same entry point."""
    task = imported(bigcodebench_row() if start is RowFormat.BIGCODEBENCH else humaneval_row())
    row = parse_row(task_line(task, other))
    assert row.format is other
    again = Task.from_row(row)
    assert again.entry_point == task.entry_point
    assert "class TestCases" in again.tests


def test_odd_json_comes_out_as_it_came_in(tmp_path: Path) -> None:
    """Spaces, escapes, field order and a carriage return in a row's line survive the folder."""
    fields = bigcodebench_row(q_idx=3)
    line = (
        json.dumps(dict(reversed(fields.items())), indent=None, separators=(" , ", " :  ")).encode() + b" \r"
    )
    write_tasks([Task.from_row(parse_row(line))], tmp_path)
    assert task_line(read_folder(tmp_path / "bigcodebench-0"), RowFormat.BIGCODEBENCH) == line


def test_edited_import_keeps_its_extra_fields() -> None:
    """A task edited after import exports its new text and still has Hard's extra fields."""
    task = imported(bigcodebench_row(q_idx="3", score=0.5))
    edited = replace(task, solution=task.solution.replace("Count", "Tally"))
    row = json.loads(task_line(edited, RowFormat.BIGCODEBENCH))
    assert row["instruct_prompt"].startswith("Tally")
    assert (row["q_idx"], row["score"]) == ("3", 0.5)
    assert list(row) == [*bigcodebench_row(), "q_idx", "score"]


def test_rewritten_prompt_is_exported_beside_the_given_rest() -> None:
    """With an `instruct.md` only the Instruct prompt of an imported row changes."""
    fields = bigcodebench_row(libs="['given']")
    row = json.loads(task_line(replace(imported(fields), instruct="Do it.\n"), RowFormat.BIGCODEBENCH))
    assert row == {**fields, "instruct_prompt": "Do it."}


def test_natural_format_is_the_imported_one() -> None:
    """Rows go back to the kind they came from; own tasks are BigCodeBench's."""
    assert natural_format([imported(humaneval_row())]) is RowFormat.HUMANEVAL
    assert natural_format([imported(humaneval_row()), made_task()]) is RowFormat.BIGCODEBENCH
    assert natural_format([]) is RowFormat.BIGCODEBENCH


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_every_kind_of_file_comes_home(tmp_path: Path, suffix: str) -> None:
    """Rows written to a file of each kind are read back with every field, extra ones only where they were."""
    fields = [bigcodebench_row(1, q_idx="1", score=0.5), bigcodebench_row(2, complete_prompt=None)]
    fields[1]["complete_prompt"] = bigcodebench_row()["complete_prompt"].replace("Count", "Zähle 🧮")
    path = tmp_path / f"rows{suffix}"
    export_tasks([imported(row) for row in fields], path)
    tasks = load_corpus(path).tasks.values()
    assert [dict(task.row.fields) for task in tasks if task.row] == fields


def test_gzip_is_the_same_every_time(tmp_path: Path) -> None:
    """A compressed file holds no clock and no name, so equal tasks give equal bytes."""
    paths = [tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"]
    for path in paths:
        export_tasks([made_task()], path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert gzip.decompress(first).endswith(b"}\n")


def test_existing_file_is_not_replaced_unasked(tmp_path: Path) -> None:
    """A file that is there stays unless overwriting was asked for."""
    path = tmp_path / "out" / "rows.jsonl"
    export_tasks([made_task()], path)
    with pytest.raises(OutputError, match="already exists"):
        export_tasks([], path)
    export_tasks([], path, overwrite=True)
    assert path.read_bytes() == b""
    assert [entry.name for entry in path.parent.iterdir()] == ["rows.jsonl"]


def test_unknown_suffix_and_unwritable_place_are_told(tmp_path: Path) -> None:
    """A file name of no known kind and a place that is a file give messages, and leave nothing behind."""
    with pytest.raises(UsageError, match=r"unknown kind of file `rows\.csv`"):
        export_tasks([made_task()], tmp_path / "rows.csv")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        export_tasks([made_task()], tmp_path / "file" / "rows.jsonl")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_data_files_do_not_vanish_silently() -> None:
    """A task whose tests need data files is not turned into a row that lacks them."""
    with pytest.raises(InputError, match=r"cannot hold the task's data files: a\.csv"):
        task_line(made_task(data={"a.csv": b""}), RowFormat.BIGCODEBENCH)


def test_values_that_parquet_cannot_hold_are_told(tmp_path: Path) -> None:
    """Rows whose extra fields have clashing types are refused with another way out."""
    tasks = [imported(bigcodebench_row(1, extra=[1])), imported(bigcodebench_row(2, extra="a"))]
    with pytest.raises(UsageError, match="do not fit the columns") as caught:
        export_tasks(tasks, tmp_path / "rows.parquet")
    assert ".jsonl" in caught.value.hint


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(TEXT, TEXT, st.sampled_from(["\n", "\r\n", "\t", "", "\x0c", "\u2028", '"""']))
def test_any_text_survives_folder_and_row(
    tmp_path_factory: pytest.TempPathFactory, a: str, b: str, odd: str
) -> None:
    """Whatever characters a row's texts hold, the folder made from it gives the row back."""
    fields = bigcodebench_row()
    fields["canonical_solution"] += f"{odd}\n# {a}{odd}"
    fields["complete_prompt"] = f"{b}{odd}\n" + fields["complete_prompt"]
    fields["test"] += odd + a
    into = tmp_path_factory.mktemp("any")
    task = imported(fields)
    write_tasks([task], into)
    again = read_folder(into / task.slug)
    assert again.original is not None
    assert json.loads(task_line(again, RowFormat.BIGCODEBENCH)) == fields
    assert again.digest == task.digest


def test_rows_of_a_file_are_exported_in_natural_order(tmp_path: Path) -> None:
    """Row 2 comes before row 10, in files and in folders."""
    path = write_rows(tmp_path / "rows.jsonl", *(bigcodebench_row(n) for n in (10, 2, 1)))
    write_tasks(load_corpus(path).tasks.values(), tmp_path / "tasks")
    expected = ["BigCodeBench/1", "BigCodeBench/2", "BigCodeBench/10"]
    assert list(load_corpus(path).tasks) == list(load_corpus(tmp_path / "tasks").tasks) == expected
