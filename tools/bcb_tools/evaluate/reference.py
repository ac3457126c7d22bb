"""Do the reference solutions pass here, and how long do they take?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bcb_tools.evaluate.cache import Cache, reference_key
from bcb_tools.evaluate.programs import Subject
from bcb_tools.progress import Tick
from bcb_tools.sandbox import Outcome, Policy, Report, Sandbox

__all__ = ["LIMIT_S", "Reference", "measure_references"]

LIMIT_S = 240.0
"""How long a ground truth may take whose time is not known yet."""


@dataclass(frozen=True)
class Reference:
    """What became of one task's ground truth.

    Attributes:
        task_id: The task.
        outcome: The verdict.
        seconds: Wall seconds of its tests.
        report: The whole report; None when it was remembered from an earlier run.
    """

    task_id: str
    outcome: Outcome
    seconds: float
    report: Report | None = None

    @property
    def valid(self) -> bool:
        """Whether the ground truth passes here."""
        return self.outcome is Outcome.PASS


def measure_references(
    sandbox: Sandbox,
    subjects: Mapping[str, Subject],
    policy: Policy,
    environment_digest: str,
    cache: Cache,
    tick: Tick,
    *,
    remembered: bool,
) -> dict[str, Reference]:
    """Run ground truths.

    Args:
        sandbox: Where they run.
        subjects: The tasks, by id.
        policy: The limits, part of what a remembered time is good for.
        environment_digest: The environment, likewise.
        cache: Where times are kept; failures never are.
        tick: Told of each task.
        remembered: Whether one that passed in an earlier run counts as passing.

    Returns:
        One reference a task, in the order of the tasks.
    """
    keys = {
        task_id: reference_key(subject.task.digest, environment_digest, policy)
        for task_id, subject in subjects.items()
    }
    found: dict[str, Reference] = {}
    if remembered:
        for task_id, key in keys.items():
            seconds = cache.seconds(key)
            if seconds is not None:
                found[task_id] = Reference(task_id, Outcome.PASS, seconds)
                tick()
    wanted = [subject for task_id, subject in subjects.items() if task_id not in found]
    # the longest first, where times are known: the last worker should not sit alone with it
    wanted.sort(key=lambda subject: -(cache.seconds(keys[subject.task.id]) or 0.0))
    for reference in _run(sandbox, wanted):
        found[reference.task_id] = reference
        if reference.valid:
            cache.keep_seconds(keys[reference.task_id], reference.seconds)
        tick()
    return {task_id: found[task_id] for task_id in subjects}


def _run(sandbox: Sandbox, subjects: Iterable[Subject]) -> Iterable[Reference]:
    programs = (
        subject.program(subject.task.id, subject.task.ground_truth, LIMIT_S / subject.policy.factor)
        for subject in subjects
    )
    for program, report in sandbox.run(programs):
        yield Reference(program.key, report.outcome, report.wall_s, report)
