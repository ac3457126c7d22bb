"""Many tasks together: a folder of task folders, one task folder, or a dataset file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from bcb_tools.errors import InputError
from bcb_tools.folder import TASK_FILE, read_folder
from bcb_tools.formats.files import SUFFIXES, is_dataset_file, read_rows
from bcb_tools.task import Task, natural_key

__all__ = ["Corpus", "load_corpus"]

_MOST_PROBLEMS = 10
_TEST_CLASS = re.compile(r"^[ \t]*class[ \t]+TestCases\b", re.MULTILINE)


@dataclass(frozen=True)
class Corpus:
    """Tasks in a stable order.

    Attributes:
        tasks: Every task by its id, in natural order of slug (folders) or id (dataset files).
        name: The folder's or file's name without its suffix.
        source: Where it was read from.
    """

    tasks: Mapping[str, Task]
    name: str
    source: Path

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, over the ids and digests of all tasks, whatever their order."""
        lines = sorted(f"{task.id}\0{task.digest}\n" for task in self.tasks.values())
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def load_corpus(path: Path) -> Corpus:
    """Read every task under `path`.

    Args:
        path: A folder of task folders (folders without `task.toml` are passed over), one task folder, or a
            dataset file with BigCodeBench or HumanEval rows.

    Raises:
        InputError: Something cannot be read; up to ten problems are told at once.
    """
    if path.is_dir():
        tasks, problems = _from_folders(path)
        key = "slug"
    elif path.exists() and not is_dataset_file(path):
        raise InputError("not a dataset file", path=path, hint=f"expected a folder or {', '.join(SUFFIXES)}")
    else:
        tasks, problems = _from_file(path)
        key = "id"
    problems += _checked(tasks)
    if problems:
        raise _together(problems, path)
    ordered = sorted(tasks, key=lambda task: natural_key(getattr(task, key)))
    return Corpus(MappingProxyType({task.id: task for task in ordered}), _name(path), path)


def _from_folders(path: Path) -> tuple[list[Task], list[InputError]]:
    if (path / TASK_FILE).is_file():
        folders = [path.resolve()]
    else:
        folders = [task_file.parent for task_file in path.glob(f"[!.]*/{TASK_FILE}")]
    if not folders:
        raise InputError(
            "holds no tasks", path=path, hint=f"a task is a folder with a `{TASK_FILE}`; see `bcb import`"
        )
    tasks: list[Task] = []
    problems: list[InputError] = []
    for folder in sorted(folders):
        try:
            tasks.append(read_folder(folder))
        except InputError as error:
            problems.append(error)
    return tasks, problems


def _from_file(path: Path) -> tuple[list[Task], list[InputError]]:
    rows, problems = read_rows(path)
    return [Task.from_row(row, path=path, line=number) for number, row in rows], problems


def _checked(tasks: Iterable[Task]) -> list[InputError]:
    problems: list[InputError] = []
    ids: dict[str, Task] = {}
    slugs: dict[str, Task] = {}
    for task in tasks:
        problems += _problems_of(task)
        if task.id in ids:
            problems.append(
                _error(task, f"the id is already used {_place(ids[task.id])}", "give each its own")
            )
        elif task.slug in slugs:
            problems.append(
                _error(task, f"its folder name `{task.slug}` is that of {slugs[task.slug].id!r} too")
            )
        ids.setdefault(task.id, task)
        slugs.setdefault(task.slug, task)
    return problems


def _problems_of(task: Task) -> Iterable[InputError]:
    name = re.escape(task.entry_point)
    if not re.search(rf"^(?:async[ \t]+)?def[ \t]+{name}\b", task.solution, re.MULTILINE):
        yield _error(
            task,
            f"the solution has no top-level function `{task.entry_point}`",
            "define it, or correct `entry_point`",
        )
    if not _TEST_CLASS.search(task.tests):
        yield _error(
            task, "the tests have no class `TestCases`", "put them into `class TestCases(unittest.TestCase)`"
        )


def _error(task: Task, message: str, hint: str = "") -> InputError:
    return InputError(message, path=task.path, line=task.line, task_id=task.id, hint=hint)


def _place(task: Task) -> str:
    return f"in `{task.path}`" if task.line is None else f"in line {task.line}"


def _together(problems: list[InputError], path: Path) -> InputError:
    if len(problems) == 1:
        return problems[0]
    shown = [f"  {problem}" for problem in problems[:_MOST_PROBLEMS]]
    if len(problems) > len(shown):
        shown.append(f"  and {len(problems) - len(shown)} more")
    hint = next((problem.hint for problem in problems if problem.hint), "")
    return InputError("\n".join([f"{len(problems)} problems", *shown]), path=path, hint=hint)


def _name(path: Path) -> str:
    name = path.resolve().name
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        name = name.removesuffix(suffix)
    return name
