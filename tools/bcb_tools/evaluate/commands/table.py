"""The summary of a run for people: scores first, then outcomes, then where the files are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from bcb_tools.console import say, stdout
from bcb_tools.evaluate.metrics import PassAtK
from bcb_tools.evaluate.summary import ModeSummary, Summary

__all__ = ["show_summary"]


def show_summary(summary: Summary, answer: dict[str, Any], commands: Sequence[str]) -> None:
    """Print scores and outcomes on stdout, the rest on stderr.

    Args:
        summary: The numbers.
        answer: What `--json` would print.
        commands: What the user may want to give next.
    """
    out = stdout()
    out.print(_scores(summary), soft_wrap=False)
    if len(summary.modes) > 1:
        out.print(_difference(summary))
    out.print()
    out.print(_outcomes(summary), soft_wrap=False)
    primary = summary.primary.score
    if primary.unjudged:
        say(
            f"[yellow]warning:[/] {primary.unjudged} samples have no verdict: the sandbox failed. They "
            "are not counted. Give the same command with `--resume` to run them again"
        )
    if any(entry.too_few for entry in primary.pass_at):
        say("[yellow]warning:[/] some tasks have fewer samples than k: each score says how many it is over")
    say(
        f"\n{primary.samples} samples of {primary.tasks} tasks in {answer['seconds']:.1f} s, overhead "
        f"{summary.overhead_ms_median:.0f} ms a run (median)"
    )
    files = {name: Path(path) for name, path in answer["files"].items()}
    say(f"results in `{escape(str(files['summary'].parent))}`:")
    for name, path in files.items():
        say(f"  {name:<{max(map(len, files))}}  {escape(path.name)}")
    if commands:
        say("\nnext:")
    for command in commands:
        say(f"  {escape(command)}")


def _scores(summary: Summary) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("score")
    for heading in ("Pass@k", "95 % interval", "tasks", "valid tasks only", "tasks"):
        table.add_column(heading, justify="right")
    for mode in summary.modes:
        for place, entry in enumerate(mode.score.pass_at):
            valid = mode.valid.pass_at[place] if mode.valid else None
            table.add_row(f"pass@{entry.k} {mode.mode}", *_cells(entry), *_valid_cells(valid))
    return table


def _cells(entry: PassAtK) -> tuple[str, str, str]:
    interval = f"{entry.interval.low:.3f} - {entry.interval.high:.3f}" if entry.interval else ""
    return (_rate(entry.value), interval, str(entry.tasks))


def _valid_cells(entry: PassAtK | None) -> tuple[str, str]:
    return (_rate(entry.value), str(entry.tasks)) if entry else ("not checked", "")


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _difference(summary: Summary) -> str:
    first, second = (mode.score.pass_at[0] for mode in summary.modes)
    if first.value is None or second.value is None:
        return ""
    change = first.value - second.value
    return f"calibration changes pass@{first.k} by {change:+.3f}"


def _outcomes(summary: Summary) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("outcome")
    for mode in summary.modes:
        table.add_column(str(mode.mode), justify="right")
    names = dict.fromkeys(name for mode in summary.modes for name in mode.outcomes)
    for name in names:
        table.add_row(name, *(_count(mode, name) for mode in summary.modes))
    return table


def _count(mode: ModeSummary, name: str) -> str:
    return str(mode.outcomes.get(name, 0))
