"""Tasks as dataset rows: an imported row as it came, an edited or own task derived from its files."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bcb_tools.errors import InputError, OutputError
from bcb_tools.formats.check import to_check
from bcb_tools.formats.files import rows_to_bytes
from bcb_tools.formats.row import RowFormat
from bcb_tools.task import Task

__all__ = ["export_tasks", "natural_format", "task_line"]


def export_tasks(
    tasks: Iterable[Task], path: Path, *, kind: RowFormat | None = None, overwrite: bool = False
) -> RowFormat:
    """Write tasks into a dataset file, whole or not at all.

    Args:
        tasks: In the order of the file's rows.
        path: The file; its suffix chooses JSON lines, compressed JSON lines or parquet.
        kind: The kind of row; None takes what `natural_format` says.
        overwrite: Replace an existing file.

    Returns:
        The kind of row that was written.

    Raises:
        InputError: As in `task_line`.
        OutputError: The file exists, or cannot be written.
        UsageError: The suffix is unknown, or a library for it is missing.
    """
    if path.exists() and not overwrite:
        raise OutputError(
            f"`{path}` already exists", hint="give another name, or `--overwrite` to replace it"
        )
    chosen = list(tasks)
    kind = kind or natural_format(chosen)
    content = rows_to_bytes([task_line(task, kind) for task in chosen], path)
    try:
        _write_whole(path, content)
    except OSError as error:
        raise OutputError(f"`{path}` cannot be written: {error.strerror}") from error
    return kind


def natural_format(tasks: Iterable[Task]) -> RowFormat:
    """HumanEval when every task was imported from such a row, else BigCodeBench."""
    kinds = {task.row.format if task.row else RowFormat.BIGCODEBENCH for task in tasks}
    return RowFormat.HUMANEVAL if kinds == {RowFormat.HUMANEVAL} else RowFormat.BIGCODEBENCH


def task_line(task: Task, kind: RowFormat) -> bytes:
    """One task as a JSON object, without newline.

    A row that still stands for the task's files comes out byte for byte. Extra fields of an imported row
    (Hard's `q_idx`, `question`, `score`, `_id`) are kept in an edited one too.

    Raises:
        InputError: The solution cannot be cut into prompt and body, or the task has data files.
    """
    if task.data:
        raise InputError(
            f"a dataset row cannot hold the task's data files: {', '.join(sorted(task.data))}",
            path=task.path,
            task_id=task.id,
            hint="leave the task out, or let its tests write the files they need",
        )
    row = task.row if task.row and task.row.format is kind else None
    if row and task.original and (task.instruct is None or kind is RowFormat.HUMANEVAL):
        return row.line  # HumanEval has no Instruct prompt that could have been rewritten
    derived = {"instruct_prompt": task.instruct_prompt} if task.original and row else _derived(task, kind)
    return json.dumps({**(row.fields if row else {}), **derived}).encode()


def _derived(task: Task, kind: RowFormat) -> dict[str, str]:
    if kind is RowFormat.HUMANEVAL:
        return {
            "task_id": task.id,
            "prompt": task.complete_prompt,
            "entry_point": task.entry_point,
            "canonical_solution": task.canonical_solution + "\n",
            "test": to_check(task.tests, task.entry_point),
        }
    return {
        "task_id": task.id,
        "complete_prompt": task.complete_prompt,
        "instruct_prompt": task.instruct_prompt,
        "canonical_solution": task.canonical_solution,
        "code_prompt": task.code_prompt,
        "test": task.tests.rstrip("\r\n"),
        "entry_point": task.entry_point,
        "doc_struct": task.doc_struct.to_json(),
        "libs": repr(list(task.libs)),
    }


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
