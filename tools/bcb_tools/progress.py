"""A bar on stderr for long work, with rate and time left; nothing where no person looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from bcb_tools.console import stderr

__all__ = ["Tick", "progress_bar"]


class Tick(Protocol):
    """Called once for each unit of work that is done."""

    def __call__(self, note: str = "") -> None:
        """Advance by one.

        Args:
            note: What to show beside the bar, such as counts so far.
        """


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "", style="progress.data.speed")


def _silent(note: str = "") -> None:
    """Show nothing."""


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Tick]:
    """Show a bar while the block runs, when stderr is a terminal.

    Args:
        what: What is being done.
        total: How many units there are.
    """
    if not sys.stderr.isatty() or not total:
        yield _silent
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=stderr(), transient=True) as bar:
        task = bar.add_task(what, total=total, note="")

        def tick(note: str = "") -> None:
            bar.update(task, advance=1, note=note)

        yield tick
