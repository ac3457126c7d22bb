"""`bcb import`: dataset rows become task folders."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bcb_tools.console import print_json, say, stderr
from bcb_tools.corpus import Corpus, load_corpus, load_files
from bcb_tools.formats.hub import PREFIX, fetch, parse_hub_source
from bcb_tools.store import write_tasks

__all__ = ["run"]


def run(
    source: Annotated[
        str, typer.Argument(help="A .jsonl, .jsonl.gz or .parquet file, or `hub:owner/name@split#subset`.")
    ],
    into: Annotated[Path, typer.Option(help="The corpus folder to write into.")] = Path("tasks"),
    task: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Only these tasks, by id or slug; repeatable.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace tasks with other sources.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as one JSON object.")] = False,
) -> None:
    """Turn dataset rows into task folders.

    The rows' own text is kept, so that `bcb export` gives it back byte for byte. Importing the same rows
    again changes nothing.

    Example: bcb import hub:bigcode/bigcodebench@v0.1.4 --into tasks/bigcodebench --task '*/1[0-9]'
    """
    from rich.progress import Progress  # noqa: PLC0415 - only this command pays for it

    corpus, origin = _from_hub(source) if source.startswith(PREFIX) else _from_file(Path(source))
    tasks = [replace(found, provenance=origin) for found in corpus.select(task or []).tasks.values()]
    console = stderr()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        shown = bar.add_task("writing tasks", total=len(tasks))
        written = write_tasks(tasks, into, overwrite=overwrite, advance=lambda: bar.advance(shown))
    if as_json:
        print_json({"source": origin["source"], "into": str(into), "tasks": len(tasks), **vars(written)})
        return
    counts = [f"{len(slugs)} {what}" for what, slugs in vars(written).items()]
    say(f"{', '.join(counts)} in `{escape(str(into))}`")


def _from_file(path: Path) -> tuple[Corpus, dict[str, str]]:
    return load_corpus(path), {"origin": "import", "source": path.name}


def _from_hub(text: str) -> tuple[Corpus, dict[str, str]]:
    fetched = fetch(
        parse_hub_source(text),
        endpoint=os.environ.get("HF_ENDPOINT") or None,
        token=os.environ.get("HF_TOKEN") or None,
    )
    source = str(fetched.source)
    corpus = load_files(fetched.files, name=fetched.source.repo, source=Path(source))
    return corpus, {"origin": "import", "source": source, "revision": fetched.revision}
