"""`bcb-eval sanitize`: take the programs out of answers, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bcb_tools.console import print_json, say
from bcb_tools.corpus import load_corpus
from bcb_tools.errors import InputError, OutputError
from bcb_tools.evaluate.commands import options
from bcb_tools.evaluate.programs import answer_text
from bcb_tools.evaluate.results import replacing
from bcb_tools.evaluate.samples import Field, read_samples, survey_samples
from bcb_tools.progress import progress_bar

__all__ = ["run"]


def run(
    samples: Annotated[Path, typer.Option(help="The answers, in any shape that `bcb-eval run` reads.")],
    tasks: options.Tasks,
    to: Annotated[
        Path | None, typer.Option(help="The file to write; `-sanitized.jsonl` beside the samples without it.")
    ] = None,
    answer: Annotated[Field, typer.Option(help="Which field is the answer.")] = Field.AUTO,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Write each answer's program as a self-contained `solution`.

    Example: bcb-eval sanitize --samples answers.jsonl --tasks tasks
    """
    corpus = load_corpus(tasks)
    survey = survey_samples(samples, answer=answer)
    target = to or samples.with_name(samples.name.partition(".jsonl")[0] + "-sanitized.jsonl")
    if target.exists() and not overwrite:
        raise OutputError(
            f"`{target}` exists", hint="replace it with `--overwrite`, or name another with `--to`"
        )
    changed = 0
    with replacing(target) as file, progress_bar("answers", survey.samples) as tick:
        for sample in read_samples(samples, answer=answer):
            task = corpus.tasks.get(sample.task_id)
            if task is None:
                raise InputError(f"no such task in `{tasks}`", path=sample.origin, task_id=sample.task_id)
            program = answer_text(sample, task, sanitized=True)
            changed += program != sample.text
            file.write(json.dumps({"task_id": sample.task_id, "solution": program}) + "\n")
            tick()
    if as_json:
        print_json({"samples": survey.samples, "changed": changed, "files": {"samples": str(target)}})
    say(f"{changed} of {survey.samples} answers changed; written to `{target}`")
