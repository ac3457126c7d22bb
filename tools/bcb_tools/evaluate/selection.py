"""Which tasks of a corpus a run is about."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from bcb_tools.corpus import Corpus
from bcb_tools.errors import InputError, UsageError
from bcb_tools.evaluate.sample_files import parse_json, read_whole
from bcb_tools.task import Task

__all__ = ["Selection", "select"]

_HARD_FIELDS = ("q_idx", "question", "score")


@dataclass(frozen=True)
class Selection:
    """What the user asked for; everything must hold.

    Attributes:
        globs: Patterns for ids, commas allowed; any of them suffices.
        subset: ``full``, ``hard`` (rows that carry the Hard fields), or a file that lists ids.
        id_range: ``LOW-HIGH``: numbers at the end of ids from LOW up to but not including HIGH.
        failed: An earlier run's `_eval_results.json`: only tasks with a sample that did not pass there.
    """

    globs: tuple[str, ...] = ()
    subset: str = "full"
    id_range: str = ""
    failed: Path | None = None


def select(corpus: Corpus, selection: Selection) -> Corpus:
    """The part of a corpus that a selection names, in the corpus's order.

    Raises:
        UsageError: The selection cannot be read, or names no task.
    """
    globs = [part for glob in selection.globs for part in glob.split(",") if part]
    chosen = corpus.select(globs)
    conditions: list[Callable[[Task], bool]] = []
    if selection.subset != "full":
        conditions.append(_in_subset(chosen, selection.subset))
    if selection.id_range:
        conditions.append(_in_range(selection.id_range))
    if selection.failed:
        failed = _failed(selection.failed)
        conditions.append(lambda task: task.id in failed)
    tasks = {key: task for key, task in chosen.tasks.items() if all(holds(task) for holds in conditions)}
    if not tasks:
        raise UsageError(
            f"no task of `{corpus.source}` is left by this selection",
            hint=f"run `bcb list {corpus.source}` to see every task",
        )
    return replace(chosen, tasks=MappingProxyType(tasks))


def _in_subset(corpus: Corpus, subset: str) -> Callable[[Task], bool]:
    if subset == "hard":
        hard = {task.id for task in corpus.tasks.values() if _is_hard(task)}
        if not hard:
            raise UsageError(
                f"no row of `{corpus.source}` carries the fields of the Hard subset",
                hint="read the Hard dataset, or name a file that lists ids: `--subset ids.json`",
            )
        return lambda task: task.id in hard
    listed = _listed(Path(subset))
    unknown = sorted(listed - set(corpus.tasks))
    if unknown and len(unknown) == len(listed):
        raise InputError(f"none of its ids is in `{corpus.source}`, such as `{unknown[0]}`", path=subset)
    return lambda task: task.id in listed


def _is_hard(task: Task) -> bool:
    return task.row is not None and any(name in task.row.fields for name in _HARD_FIELDS)


def _listed(path: Path) -> frozenset[str]:
    if not path.is_file():
        raise UsageError(
            f"there is no subset `{path}`", hint="choose `full`, `hard`, or a file with one id a line"
        )
    text = read_whole(path)
    try:
        value = json.loads(text)
    except ValueError:
        value = text.split()
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise InputError("is no list of task ids", path=path, hint="write one id a line, or a JSON list")
    return frozenset(value)


def _in_range(text: str) -> Callable[[Task], bool]:
    found = re.fullmatch(r"(\d+)[-,:](\d+)", text)
    if not found or int(found[1]) >= int(found[2]):
        raise UsageError(f"`{text}` is no range of ids", hint="write it as `--id-range 0-100`")
    low, high = int(found[1]), int(found[2])

    def holds(task: Task) -> bool:
        number = re.search(r"(\d+)$", task.id)
        return number is not None and low <= int(number[1]) < high

    return holds


def _failed(path: Path) -> frozenset[str]:
    document = parse_json(read_whole(path), path)
    results = document.get("eval") if isinstance(document, dict) else None
    if not isinstance(results, dict):
        raise InputError("has no `eval` object: not the results of a run", path=path)
    return frozenset(
        task_id
        for task_id, rows in results.items()
        if any(isinstance(row, dict) and row.get("status") != "pass" for row in _rows(rows, path, task_id))
    )


def _rows(rows: object, path: Path, task_id: str) -> Sequence[object]:
    if not isinstance(rows, list):
        raise InputError("`eval` holds no list of results", path=path, task_id=task_id)
    return rows
