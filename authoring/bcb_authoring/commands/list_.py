"""`bcb list`: which tasks there are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bcb_tools.console import print_json, say, stdout
from bcb_tools.corpus import load_corpus
from bcb_tools.domains import Domain
from bcb_tools.task import Task

__all__ = ["run", "summary"]


def run(
    corpus: Annotated[Path, typer.Argument(help="A corpus folder or a dataset file.")] = Path("tasks"),
    domain: Annotated[
        list[Domain] | None,
        typer.Option(case_sensitive=False, help="Only tasks of this domain; repeatable, all must hold."),
    ] = None,
    library: Annotated[
        list[str] | None, typer.Option(help="Only tasks that use this library; repeatable, all must hold.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list.")] = False,
) -> None:
    """List the tasks of a corpus.

    Example: bcb list tasks --domain network --library requests
    """
    from rich.table import Table  # noqa: PLC0415 - only this command pays for it

    tasks = [
        task
        for task in load_corpus(corpus).tasks.values()
        if {*(domain or [])} <= {*task.domains} and {*(library or [])} <= {*task.libs}
    ]
    if as_json:
        print_json([summary(task) for task in tasks])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("task", "title", "domains", "libraries"):
        table.add_column(heading, overflow="fold")
    for task in tasks:
        domains = ", ".join(domain.value for domain in task.domains)
        table.add_row(*map(escape, (task.id, _short(task.headline), domains, ", ".join(task.libs))))
    if tasks:
        stdout().print(table, soft_wrap=False)
    say(f"{len(tasks)} tasks")


def summary(task: Task) -> dict[str, object]:
    """What a list says of a task, for programs."""
    return {
        "id": task.id,
        "slug": task.slug,
        "title": task.headline,
        "entry_point": task.entry_point,
        "difficulty": task.difficulty.value if task.difficulty else None,
        "domains": [domain.value for domain in task.domains],
        "libs": list(task.libs),
        "digest": task.digest,
    }


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
