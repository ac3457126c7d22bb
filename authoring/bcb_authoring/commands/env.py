"""`bcb env`: make, show and check the task environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bcb_tools.console import ToolkitGroup, print_json, say, stdout
from bcb_tools.corpus import load_corpus
from bcb_tools.environment import LOCK, TaskEnvironment, find_environment, open_environment
from bcb_tools.environment import sync as sync_environment
from bcb_tools.errors import UsageError

__all__ = ["app"]

app = typer.Typer(
    cls=ToolkitGroup,
    add_completion=False,
    rich_markup_mode=None,
    help="Make, show and check the task environment: the interpreter and libraries that tasks run with.",
)

Corpus = Annotated[Path, typer.Option(help="The corpus whose environment is meant.")]
Python = Annotated[
    Path | None, typer.Option(help="An interpreter, or the folder of an environment, instead.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _chosen(corpus: Path, python: Path | None) -> TaskEnvironment:
    return open_environment(python) if python else find_environment(corpus, Path.cwd())


@app.command()
def sync(
    corpus: Corpus = Path("tasks"),
    lock: Annotated[
        Path | None, typer.Option(help="A locked list of its own, one `name==version` a line.")
    ] = None,
    python: Annotated[Path | None, typer.Option(help="The interpreter to build on.")] = None,
    as_json: AsJson = False,
) -> None:
    """Build the environment under `.bcb/envs` from its locked list; nothing happens when it is there.

    Example: bcb env sync --lock requirements.txt --python /usr/bin/python3.12
    """
    chosen = lock or corpus / LOCK
    if not chosen.is_file():
        raise UsageError(
            f"`{chosen}` is no locked list", hint="name one with `--lock FILE`, or a corpus that has one"
        )
    environment = sync_environment(chosen, Path.cwd(), python)
    if as_json:
        print_json(_summary(environment))
    else:
        say(f"the task environment is ready: `{escape(str(environment.interpreter.prefix))}`")


@app.command()
def show(corpus: Corpus = Path("tasks"), python: Python = None, as_json: AsJson = False) -> None:
    """Print the environment's digest and what it is taken over: interpreter, platform, packages.

    Example: bcb env show --json
    """
    environment = _chosen(corpus, python)
    if as_json:
        print_json(_summary(environment))
        return
    known = environment.interpreter
    out = stdout()
    out.print(f"digest       {environment.digest}")
    out.print(f"interpreter  {known.implementation} {known.version}, {escape(str(known.path))}")
    out.print(f"platform     {known.platform}")
    out.print(f"packages     {len(environment.packages)}")
    for name, version in environment.packages:
        out.print(f"  {escape(name)}=={escape(version)}")


def _summary(environment: TaskEnvironment) -> dict[str, object]:
    known = environment.interpreter
    return {
        "digest": environment.digest,
        "python": str(known.path),
        "implementation": known.implementation,
        "version": known.version,
        "platform": known.platform,
        "packages": dict(environment.packages),
    }


@app.command()
def check(
    corpus: Annotated[Path, typer.Argument(help="A corpus folder or a dataset file.")] = Path("tasks"),
    python: Python = None,
    as_json: AsJson = False,
) -> None:
    """Say which libraries the tasks import that the environment lacks; exit 1 when there are any.

    Example: bcb env check rows.jsonl --python env/bin/python
    """
    tasks = load_corpus(corpus).tasks.values()
    environment = _chosen(corpus, python)
    users: dict[str, list[str]] = {}
    for task in tasks:
        for root in sorted({name.partition(".")[0] for name in task.imports}):
            users.setdefault(root, []).append(task.id)
    missing = {name: users[name] for name in environment.missing(users)}
    if as_json:
        print_json({"digest": environment.digest, "libraries": len(users), "missing": missing})
    for name, tasks_of_it in missing.items():
        if not as_json:
            stdout().print(f"{escape(name)}  {escape(', '.join(tasks_of_it))}")
    say(f"{len(users)} libraries imported by {len(tasks)} tasks, {len(missing)} missing")
    if missing:
        raise typer.Exit(1)
