"""Task folders written into a corpus so that a kill leaves no half task, and no work is lost by accident."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bcb_tools.errors import OutputError
from bcb_tools.folder import TASK_FILE, task_files
from bcb_tools.task import Task

__all__ = ["Written", "write_tasks"]

_SHOWN = 10
_WITH_THE_TASK = ("evidence.json", "reviews")


@dataclass(frozen=True)
class Written:
    """What became of the tasks that were to be written, by slug.

    Attributes:
        created: They were not there.
        replaced: They were there with other sources, and were overwritten.
        unchanged: They were there with the same sources, and were left alone.
    """

    created: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]


def write_tasks(
    tasks: Iterable[Task],
    into: Path,
    *,
    overwrite: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> Written:
    """Write each task into a folder of its own.

    A folder that already holds the same row, solution and tests is left as it is, with whatever people added
    to it. Nothing is written when one of the folders differs and `overwrite` is not given. An overwritten
    task keeps its evidence and reviews, which name the digest that they are about.

    Args:
        tasks: What to write; their slugs name the folders.
        into: The corpus; made when it is missing.
        overwrite: Replace folders with other sources.
        advance: Called after each task, for a progress bar.

    Raises:
        OutputError: A folder holds something else, or cannot be written.
    """
    chosen = list(tasks)
    created = [task for task in chosen if not (into / task.slug).exists()]
    differing = [task for task in chosen if (into / task.slug).exists() and not _same(task, into / task.slug)]
    if differing and not overwrite:
        slugs = ", ".join(f"`{task.slug}`" for task in differing[:_SHOWN])
        more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise OutputError(
            f"`{into}` already holds other sources for {slugs}{more}",
            hint="give another folder with `--into`, or `--overwrite` to replace them",
        )
    changed = {task.slug for task in (*created, *differing)}
    for task in chosen:
        if task.slug in changed:
            try:
                _write(task, into)
            except OSError as error:
                raise OutputError(f"`{into / task.slug}` cannot be written: {error.strerror}") from error
        advance()
    return Written(
        created=tuple(task.slug for task in created),
        replaced=tuple(task.slug for task in differing),
        unchanged=tuple(task.slug for task in chosen if task.slug not in changed),
    )


def _same(task: Task, folder: Path) -> bool:
    """Whether the folder holds the task's sources; `task.toml` may have been added to."""
    if not (folder / TASK_FILE).is_file():
        return False
    files = {name: content for name, content in task_files(task).items() if name != TASK_FILE}
    return all((folder / name).is_file() and (folder / name).read_bytes() == files[name] for name in files)


def _write(task: Task, into: Path) -> None:
    """Make the folder under a hidden name beside its place, then move it there."""
    into.mkdir(parents=True, exist_ok=True)
    folder = into / task.slug
    with tempfile.TemporaryDirectory(prefix=f".{task.slug}.", dir=into) as scratch:
        fresh = Path(scratch) / "new"
        for name, content in task_files(task).items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            for name in _WITH_THE_TASK:
                _copy(folder / name, fresh / name)
            folder.rename(Path(scratch) / "old")
        fresh.rename(folder)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)
