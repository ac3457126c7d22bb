"""Many tasks together: a folder of task folders, one task folder, or a dataset file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from bcb_tools.errors import InputError
from bcb_tools.folder import TASK_FILE, read_folder
from bcb_tools.formats.files import SUFFIXES, is_dataset_file, read_rows
from bcb_tools.task import Task, natural_key

__all__ = ["Corpus", "load_corpus", "load_files"]

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

    def select(self, patterns: Sequence[str]) -> Corpus:
        """The tasks that one of the patterns names, in the corpus's order; all of them without patterns.

        Args:
            patterns: Shell patterns for an id, a slug, or the part of an id behind its last slash.

        Raises:
            InputError: A pattern names no task.
        """
        if not patterns:
            return self
        chosen: set[str] = set()
        for pattern in patterns:
            named = {task.id for task in self.tasks.values() if _is_named(task, pattern)}
            if not named:
                raise InputError(
                    f"no task is called `{pattern}`",
                    path=self.source,
                    hint=f"run `bcb list {self.source}` to see every task",
                )
            chosen |= named
        kept = {task_id: task for task_id, task in self.tasks.items() if task_id in chosen}
        return replace(self, tasks=MappingProxyType(kept))


def load_files(files: Sequence[Path], *, name: str, source: Path) -> Corpus:
    """Read one corpus from several dataset files, as the hub keeps them; errors as in `load_corpus`."""
    tasks: list[Task] = []
    problems: list[InputError] = []
    for file in files:
        more_tasks, more_problems = _from_file(file)
        tasks += more_tasks
        problems += more_problems
    return _corpus(tasks, problems, name=name, source=source)


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
    elif path.exists() and not is_dataset_file(path):
        raise InputError("not a dataset file", path=path, hint=f"expected a folder or {', '.join(SUFFIXES)}")
    else:
        tasks, problems = _from_file(path)
    return _corpus(tasks, problems, name=_name(path), source=path)


def _corpus(tasks: list[Task], problems: list[InputError], *, name: str, source: Path) -> Corpus:
    problems = [*problems, *_checked(tasks)]
    if problems:
        raise _together(problems, source)
    ordered = sorted(tasks, key=_place_in_order)
    return Corpus(MappingProxyType({task.id: task for task in ordered}), name, source)


def _place_in_order(task: Task) -> tuple[tuple[int, int, str], ...]:
    """By slug where a folder has been given one by hand, else by id."""
    return natural_key(task.slug if task.line is None else task.id)


def _is_named(task: Task, pattern: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in (task.id, task.slug, task.id.rpartition("/")[2]))


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
