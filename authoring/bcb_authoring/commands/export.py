"""`bcb export`: tasks become dataset rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bcb_tools.console import print_json, say
from bcb_tools.corpus import load_corpus
from bcb_tools.formats.export import export_tasks
from bcb_tools.formats.row import RowFormat

__all__ = ["run"]


def run(
    corpus: Annotated[Path, typer.Argument(help="A corpus folder, one task folder, or a dataset file.")],
    to: Annotated[Path, typer.Option(help="The file to write: .jsonl, .jsonl.gz or .parquet.")],
    row_format: Annotated[
        RowFormat | None, typer.Option("--format", help="The kind of row; by default the one imported.")
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Only these tasks, by id or slug; repeatable.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as one JSON object.")] = False,
) -> None:
    """Write tasks into one dataset file.

    A task that was imported and not edited gives its row back byte for byte; every other row is derived from
    the task's files.

    Example: bcb export tasks --to tasks.jsonl.gz
    """
    tasks = load_corpus(corpus).select(task or []).tasks
    kind = export_tasks(tasks.values(), to, kind=row_format, overwrite=overwrite)
    if as_json:
        print_json({"file": str(to), "format": kind.value, "tasks": len(tasks)})
        return
    say(f"{len(tasks)} {kind.value} rows in `{escape(str(to))}`")
