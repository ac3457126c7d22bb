"""`bcb-eval ground-truth`: do the reference solutions pass here?"""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer
from rich.markup import escape

from bcb_tools.console import print_json, say, stdout
from bcb_tools.evaluate.commands import options
from bcb_tools.evaluate.programs import subjects_of
from bcb_tools.evaluate.reasons import Reason, exception_line, reason_of
from bcb_tools.evaluate.reference import Reference, measure_references
from bcb_tools.evaluate.run import require_libraries
from bcb_tools.evaluate.selection import Selection
from bcb_tools.evaluate.warm import warm_sandbox
from bcb_tools.progress import progress_bar

__all__ = ["run"]


def run(
    tasks: options.Tasks,
    task: options.TaskGlobs = None,
    subset: options.Subset = "full",
    id_range: options.IdRange = "",
    python: options.Python = None,
    isolation: options.IsolationOption = "namespaces",
    parallel: options.Parallel = 0,
    policy: options.PolicyName = "default",
    allow_missing: options.AllowMissing = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what each that fails lacks here: network, data, ...")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Run every reference solution against its tests; exit 1 when one fails.

    Example: bcb-eval ground-truth --tasks tasks --json
    """
    started = time.monotonic()
    setting = options.Setting.of(
        tasks=tasks,
        selection=Selection(tuple(task or ()), subset, id_range),
        python=python,
        policy=options.chosen_policy(policy, None, None),
        isolation=isolation,
        parallel=parallel,
    )
    references = _measure(setting, allow_missing=allow_missing)
    failed = {task_id: reference for task_id, reference in references.items() if not reference.valid}
    seconds = round(time.monotonic() - started, 3)
    reasons = _reasons(failed) if explain else {}
    if as_json:
        explained = {key: {"reason": str(why), "shown_by": line} for key, (why, line) in reasons.items()}
        print_json(_summary(references, failed, seconds) | ({"reasons": explained} if explain else {}))
    elif explain:
        _show_reasons(reasons)
    else:
        _show(failed)
    say(f"{len(references) - len(failed)} of {len(references)} ground truths pass, in {seconds:.1f} s")
    if failed:
        raise typer.Exit(1)


def _measure(setting: options.Setting, *, allow_missing: bool) -> dict[str, Reference]:
    provenance = setting.provenance
    environment = provenance.environment
    subjects = subjects_of(setting.chosen.tasks.values(), provenance.policy)
    if not allow_missing:
        require_libraries(subjects, environment)
    cache = options.workspace_cache()
    with (
        warm_sandbox(subjects, provenance, cache, setting.parallel) as sandbox,
        progress_bar("ground truth", len(subjects)) as tick,
    ):
        return measure_references(
            sandbox, subjects, provenance.policy, environment.digest, cache, tick, remembered=False
        )


def _summary(
    references: dict[str, Reference], failed: dict[str, Reference], seconds: float
) -> dict[str, Any]:
    return {
        "tasks": len(references),
        "pass": len(references) - len(failed),
        "failed": {task_id: reference.outcome.value for task_id, reference in failed.items()},
        "seconds": seconds,
    }


def _reasons(failed: dict[str, Reference]) -> dict[str, tuple[Reason, str]]:
    reports = {task_id: reference.report for task_id, reference in failed.items()}
    return {task_id: reason_of(report) for task_id, report in reports.items() if report is not None}


def _show_reasons(reasons: dict[str, tuple[Reason, str]]) -> None:
    for task_id, (reason, line) in reasons.items():
        stdout().print(f"[bold]{escape(task_id)}[/]  [yellow]{reason}[/]  {escape(line[:200])}")


def _show(failed: dict[str, Reference]) -> None:
    for task_id, reference in failed.items():
        report = reference.report
        out = stdout()
        out.print(f"[bold]{escape(task_id)}[/]  [red]{reference.outcome}[/]")
        if report is None:
            continue
        out.print(f"  {escape(report.detail.strip())}", style="dim")
        for test in report.tests:
            if test.outcome not in ("pass", "expected_failure"):
                out.print(f"  {escape(test.id)}: {escape(exception_line(test.trace))}", style="dim")
