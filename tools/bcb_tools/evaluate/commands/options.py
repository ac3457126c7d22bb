"""Options that several `bcb-eval` commands share."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bcb_tools.corpus import Corpus, load_corpus
from bcb_tools.environment import environments_folder, find_environment, open_environment
from bcb_tools.evaluate.cache import Cache
from bcb_tools.evaluate.selection import Selection, select
from bcb_tools.provenance import Provenance
from bcb_tools.sandbox import Isolation, Policy, policy_named

__all__ = [
    "AllowMissing",
    "AsJson",
    "Factor",
    "FailedIn",
    "Floor",
    "IdRange",
    "IsolationOption",
    "Parallel",
    "PolicyName",
    "Python",
    "Setting",
    "Subset",
    "TaskGlobs",
    "Tasks",
    "chosen_policy",
    "workspace_cache",
]

Tasks = Annotated[
    Path,
    typer.Option(
        help="A corpus folder, or a dataset file (.jsonl, .jsonl.gz, .parquet).", show_default=False
    ),
]
TaskGlobs = Annotated[
    list[str] | None,
    typer.Option(
        "--task",
        "--selective-evaluate",
        metavar="GLOB",
        help="Only tasks whose id or slug fits; commas, repeatable.",
    ),
]
Subset = Annotated[str, typer.Option(help="`full`, `hard`, or a file that lists ids.")]
IdRange = Annotated[
    str,
    typer.Option(
        metavar="LOW-HIGH", help="Only ids with numbers from LOW up to, not including, HIGH: `0-100`."
    ),
]
FailedIn = Annotated[
    Path | None,
    typer.Option("--failed", help="Only tasks that did not pass in this earlier `_eval_results.json`."),
]
Python = Annotated[
    Path | None,
    typer.Option(help="The task environment: its folder or interpreter. Without it, the corpus's own."),
]
PolicyName = Annotated[
    str, typer.Option("--policy", help="`default`, or `upstream` for the original harness's limits.")
]
Floor = Annotated[
    float | None, typer.Option("--min-time-limit", help="Shortest time limit of a run, in seconds.")
]
Factor = Annotated[
    float | None,
    typer.Option("--time-factor", help="A run may take this many times its ground truth's time."),
]
Parallel = Annotated[
    int,
    typer.Option(
        min=0, help="How many programs run at the same time; 0: as many as cores.", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
AllowMissing = Annotated[
    bool,
    typer.Option("--allow-missing-libraries", help="Go on though the environment lacks a library."),
]


IsolationOption = Annotated[
    str,
    typer.Option(
        "--isolation",
        help="`namespaces`; `fresh`: the same, every run from a bare interpreter; `process`: no isolation of "
        "files and network, at your own risk.",
    ),
]


@dataclass(frozen=True)
class Setting:
    """What the shared options come to.

    Attributes:
        corpus: Everything under `--tasks`.
        chosen: The part that was selected.
        provenance: Environment, policy and isolation.
        parallel: How many programs run at the same time.
    """

    corpus: Corpus
    chosen: Corpus
    provenance: Provenance
    parallel: int

    @classmethod
    def of(
        cls,
        *,
        tasks: Path,
        selection: Selection,
        python: Path | None,
        policy: Policy,
        isolation: str,
        parallel: int,
        seed: int = 0,
    ) -> Setting:
        """Read corpus and environment.

        Raises:
            InputError: The corpus cannot be read.
            UsageError: The selection or the isolation cannot be.
            EnvironmentMissing: There is no task environment.
        """
        kind, fresh = _isolation(isolation)
        corpus = load_corpus(tasks)
        chosen = select(corpus, selection)
        environment = open_environment(python) if python else find_environment(tasks, Path.cwd())
        provenance = Provenance(chosen, environment, policy, kind, fresh=fresh, seed=seed)
        cores = len(os.sched_getaffinity(0))
        return cls(corpus, chosen, provenance, parallel if parallel > 0 else cores)


def _isolation(name: str) -> tuple[Isolation, bool]:
    if name == "fresh":
        return Isolation.NAMESPACES, True
    try:
        return Isolation(name), False
    except ValueError:
        raise typer.BadParameter(f"`{name}` is none of namespaces, fresh, process") from None


def chosen_policy(name: str, floor_s: float | None, factor: float | None) -> Policy:
    """The policy of a name with its time limits changed.

    Raises:
        UsageError: There is none of that name, or a limit is not positive.
    """
    return policy_named(name).with_times(floor_s, factor)


def workspace_cache() -> Cache:
    """What earlier runs in this workspace learned."""
    return Cache(environments_folder(Path.cwd()).parent / "cache")
