"""`bcb-eval syncheck`: which answers are no Python program at all?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from bcb_tools.console import print_json, say, stdout
from bcb_tools.corpus import load_corpus
from bcb_tools.evaluate.calibrate import defines
from bcb_tools.evaluate.commands import options
from bcb_tools.evaluate.programs import answer_text
from bcb_tools.evaluate.samples import Field, read_samples
from bcb_tools.evaluate.syncheck import syntax_error

__all__ = ["run"]


def run(
    samples: Annotated[Path, typer.Option(help="The answers, in any shape that `bcb-eval run` reads.")],
    tasks: options.Tasks,
    answer: Annotated[Field, typer.Option(help="Which field is the answer.")] = Field.AUTO,
    sanitize: Annotated[bool, typer.Option(help="Sanitise before checking.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Compile every answer and look for its entry point, without running it; exit 1 when one has a problem.

    Example: bcb-eval syncheck --samples answers.jsonl --tasks tasks
    """
    corpus = load_corpus(tasks)
    total, problems = 0, []
    for sample in read_samples(samples, answer=answer):
        total += 1
        task = corpus.tasks.get(sample.task_id)
        if task is None:
            problems.append((sample.task_id, sample.index, sample.origin, f"no such task in `{tasks}`"))
            continue
        program = answer_text(sample, task, sanitized=sanitize)
        problem = syntax_error(program)
        if problem is not None:
            problems.append((sample.task_id, sample.index, sample.origin, str(problem)))
        elif not defines(program, task.entry_point):
            reason = f"`{task.entry_point}` is not defined"
            problems.append((sample.task_id, sample.index, sample.origin, reason))
    if as_json:
        keys = ("task_id", "index", "origin", "problem")
        print_json({"samples": total, "problems": [dict(zip(keys, row, strict=True)) for row in problems]})
    else:
        for task_id, index, _, reason in problems:
            stdout().print(f"{escape(task_id)} #{index}: {escape(reason)}")
    say(f"{total - len(problems)} of {total} answers are programs with their entry point")
    if problems:
        raise typer.Exit(1)
