"""`bcb-eval run`: score a file of samples."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from bcb_tools.console import print_json, say
from bcb_tools.errors import Interrupted, UsageError
from bcb_tools.evaluate.commands import options
from bcb_tools.evaluate.commands.again import again
from bcb_tools.evaluate.commands.table import show_summary
from bcb_tools.evaluate.finished import Finished
from bcb_tools.evaluate.journal import Journal, has_verdicts, read_entries, read_header
from bcb_tools.evaluate.programs import Mode
from bcb_tools.evaluate.reference import Reference
from bcb_tools.evaluate.results import place_results
from bcb_tools.evaluate.run import Evaluation, Outline, outline_run
from bcb_tools.evaluate.samples import Field
from bcb_tools.evaluate.selection import Selection
from bcb_tools.provenance import Provenance

__all__ = ["run"]


def run(
    context: typer.Context,
    tasks: options.Tasks,
    samples: Annotated[
        Path,
        typer.Option(
            help="The answers: .jsonl, .jsonl.gz, a folder `BigCodeBench_12/0.py`, or `_eval_results.json`."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; beside the samples without it.")
    ] = None,
    split: Annotated[
        str,
        typer.Option(
            help="`complete` or `instruct`; taken from the file's name without it.", show_default=False
        ),
    ] = "",
    subset: options.Subset = "full",
    task: options.TaskGlobs = None,
    id_range: options.IdRange = "",
    failed: options.FailedIn = None,
    mode: Annotated[
        str,
        typer.Option(
            "--mode", help="`calibrated`, `original` or `both`; the flags of the same names are shorter."
        ),
    ] = "calibrated",
    calibrated: Annotated[
        bool | None,
        typer.Option(
            "--calibrated/--original", help="With the task's imports and constants in front, or as answered."
        ),
    ] = None,
    both: Annotated[bool, typer.Option("--both", help="Both scores in one run.")] = False,
    sanitize: Annotated[
        bool, typer.Option(help="Take the program out of fences and prose before it runs.")
    ] = True,
    answer: Annotated[
        Field, typer.Option(help="Which field is the answer; `raw_solution` is what the model said.")
    ] = Field.AUTO,
    pass_k: Annotated[
        str,
        typer.Option(
            "--pass-k",
            metavar="K,...",
            help="The k of Pass@k; 1 is always among them. Without it, 1, 5 and 10 as far as there are "
            "samples.",
            show_default=False,
        ),
    ] = "",
    ground_truth: Annotated[
        bool, typer.Option("--gt/--no-gt", help="Run reference solutions for limits and second denominator.")
    ] = True,
    allow_duplicates: Annotated[
        bool, typer.Option("--allow-duplicates", help="Repeated rows are answers of their own.")
    ] = False,
    parallel: options.Parallel = 0,
    python: options.Python = None,
    isolation: options.IsolationOption = "namespaces",
    policy: options.PolicyName = "default",
    min_time_limit: options.Floor = None,
    time_factor: options.Factor = None,
    seed: Annotated[int, typer.Option(help="Seed of the intervals.")] = 0,
    allow_missing: options.AllowMissing = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that are there.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with results that are there, finished or not.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Score samples: sanitise, calibrate, execute, Pass@k with an interval.

    A run that was interrupted goes on where it stopped when the same command is given again.

    Example: bcb-eval run --tasks tasks --samples answers.jsonl --both --pass-k 1,5
    """
    started = time.monotonic()
    if overwrite and resume:
        raise UsageError("`--overwrite` and `--resume` exclude each other")
    modes = _modes(mode, calibrated=calibrated, both=both)
    named_ks = _parse_ks(pass_k)
    split = _split_of(split, samples)
    setting = options.Setting.of(
        tasks=tasks,
        selection=Selection(tuple(task or ()), subset, id_range, failed),
        python=python,
        policy=options.chosen_policy(policy, min_time_limit, time_factor),
        isolation=isolation,
        parallel=parallel,
        seed=seed,
    )
    evaluation = Evaluation(
        corpus=setting.corpus,
        chosen=setting.chosen,
        samples=samples,
        provenance=setting.provenance,
        modes=modes,
        answer=answer,
        sanitized=sanitize,
        check_references=ground_truth,
        allow_duplicates=allow_duplicates,
        parallel=setting.parallel,
        cache=options.workspace_cache(),
    )
    outline = outline_run(evaluation, named_ks, allow_missing=allow_missing)
    files = place_results(samples, out)
    header = read_header(files.record)
    files.prepare(outline.settings, header, "overwrite" if overwrite else "resume" if resume else "")
    _announce(outline, resumed=has_verdicts(files.record))
    references = _execute(outline, files.record)
    ks = tuple(sorted({1, *(named_ks or _default_ks(outline))}))
    finished = Finished(outline, files, references, split, subset, ks)
    result = finished.write(time.monotonic() - started)
    if as_json:
        print_json(result)
    else:
        show_summary(finished.summary, result, _next_commands(context, finished, result))


def _modes(mode: str, *, calibrated: bool | None, both: bool) -> tuple[Mode, ...]:
    if both or mode == "both":
        return (Mode.CALIBRATED, Mode.ORIGINAL)
    if calibrated is not None:
        return (Mode.CALIBRATED if calibrated else Mode.ORIGINAL,)
    try:
        return (Mode(mode),)
    except ValueError:
        raise UsageError(f"`{mode}` is none of calibrated, original, both") from None


def _parse_ks(text: str) -> tuple[int, ...]:
    try:
        ks = tuple(dict.fromkeys(int(part) for part in text.split(",") if part.strip()))
    except ValueError:
        ks = (0,)
    if any(k < 1 for k in ks) or (text and not ks):
        raise UsageError(f"`{text}` is no list of k", hint="write it as `--pass-k 1,5,10`")
    return ks


def _default_ks(outline: Outline) -> tuple[int, ...]:
    """Of upstream's 1, 5 and 10 those that every task has samples for."""
    fewest = min(outline.survey.per_task[task_id] for task_id in outline.subjects)
    return tuple(k for k in (1, 5, 10) if k <= fewest)


def _split_of(split: str, samples: Path) -> str:
    if split not in ("", "complete", "instruct"):
        raise UsageError(f"`{split}` is no split", hint="choose `complete` or `instruct`")
    return split or ("instruct" if "-instruct-" in samples.name else "complete")


def _execute(outline: Outline, record: Path) -> dict[str, Reference]:
    """Run what the record lacks; the references by task.

    Raises:
        Interrupted: The user stopped it.
    """
    header = {"settings": outline.settings, **Provenance.circumstances()}
    try:
        with Journal(record, header) as journal:
            return outline.execute(journal)
    except KeyboardInterrupt:
        done = len({entry.key for _, entry in read_entries(record)})
        raise Interrupted(
            f"stopped: {done} of {outline.runs} verdicts are recorded",
            hint="give the same command again to go on from there, without `--overwrite`",
        ) from None


def _announce(outline: Outline, *, resumed: bool) -> None:
    if resumed:
        say(f"going on with `{outline.evaluation.samples.name}` where it stopped")
    if outline.unanswered:
        listed = ", ".join(outline.unanswered[:3])
        say(
            f"[yellow]warning:[/] {len(outline.unanswered)} chosen tasks have no sample and are not counted: "
            f"{listed}{', ...' if len(outline.unanswered) > 3 else ''}"  # noqa: PLR2004 - as above
        )


def _next_commands(context: typer.Context, finished: Finished, result: dict[str, Any]) -> list[str]:
    """What a user may want to do now, ready to be copied."""
    commands = []
    if len(finished.summary.modes) == 1:
        once = again(context, without={"overwrite", "resume", "mode", "calibrated"})
        commands.append(f"{once} --both --overwrite")
    if set(finished.summary.primary.outcomes) - {"pass"}:
        rest = again(context, without={"overwrite", "resume", "out", "failed"})
        failed = shlex.quote(result["files"]["eval_results"])
        folder = shlex.quote(str(finished.files.folder / "failed"))
        commands.append(f"{rest} --failed {failed} --out {folder}")
    return commands
