"""`bcb show`: one task, or one of its prompts."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bcb_authoring.commands.list_ import summary
from bcb_tools.console import print_json, stdout
from bcb_tools.corpus import load_corpus
from bcb_tools.errors import UsageError
from bcb_tools.folder import TASK_FILE
from bcb_tools.task import Task

__all__ = ["run"]

_MOST_NAMED = 5


class Prompt(Enum):
    """The prompts that a task has."""

    COMPLETE = "complete"
    INSTRUCT = "instruct"
    CODE = "code"


def run(
    task: Annotated[str, typer.Argument(help="An id, a slug, a pattern for one of them, or a task folder.")],
    corpus: Annotated[Path, typer.Option(help="The corpus folder or dataset file it is in.")] = Path("tasks"),
    prompt: Annotated[
        Prompt | None, typer.Option(help="Print this prompt alone, as a model gets it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
) -> None:
    """Show a task: what it is, its solution and its tests.

    Example: bcb show parse-nginx-log --prompt instruct
    """
    found = _find(task, corpus)
    if as_json:
        print_json(_facts(found))
    elif prompt is not None:
        sys.stdout.write(_prompt(found, prompt))
    else:
        _print(found)


def _find(task: str, corpus: Path) -> Task:
    """The one task that is meant.

    Raises:
        UsageError: The pattern names several.
    """
    is_folder = (Path(task) / TASK_FILE).is_file()
    tasks = load_corpus(Path(task) if is_folder else corpus).select([] if is_folder else [task]).tasks
    if len(tasks) > 1:
        named = ", ".join(f"`{name}`" for name in list(tasks)[:_MOST_NAMED])
        raise UsageError(f"`{task}` names {len(tasks)} tasks", hint=f"give one id, such as one of {named}")
    return next(iter(tasks.values()))


def _prompt(task: Task, prompt: Prompt) -> str:
    match prompt:
        case Prompt.COMPLETE:
            text = task.complete_prompt
        case Prompt.INSTRUCT:
            text = task.instruct_prompt
        case Prompt.CODE:
            text = task.code_prompt
    return text if text.endswith("\n") else text + "\n"


def _facts(task: Task) -> dict[str, object]:
    return {
        **summary(task),
        "licence": task.licence,
        "authors": list(task.authors),
        "provenance": dict(task.provenance),
        "network": task.network.value,
        "limits": {name: value for name, value in vars(task.limits).items() if value is not None},
        "data": sorted(task.data),
        "complete_prompt": task.complete_prompt,
        "instruct_prompt": task.instruct_prompt,
        "code_prompt": task.code_prompt,
        "canonical_solution": task.canonical_solution,
        "test": task.tests,
        "doc_struct": vars(task.doc_struct),
    }


def _print(task: Task) -> None:
    facts = {
        "title": task.headline,
        "entry point": task.entry_point,
        "difficulty": task.difficulty.value if task.difficulty else "",
        "domains": ", ".join(domain.value for domain in task.domains),
        "libraries": ", ".join(task.libs),
        "data files": ", ".join(sorted(task.data)),
        "network": task.network.value,
        "licence": task.licence,
        "digest": task.digest,
    }
    out = stdout()
    out.print(f"[bold]{escape(task.id)}[/]")
    for name, value in facts.items():
        if value:
            out.print(f"  {name:<12}{escape(value)}")
    for name, text in (("solution.py", task.solution), ("test_task.py", task.tests)):
        out.print(f"\n[bold]{name}[/]")
        out.print(text, markup=False, end="" if text.endswith("\n") else "\n")
