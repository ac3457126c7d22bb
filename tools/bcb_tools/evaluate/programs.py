"""From a task and an answer to the program that is run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from bcb_tools import sandbox
from bcb_tools.evaluate.calibrate import calibrate, complete
from bcb_tools.evaluate.samples import Sample
from bcb_tools.evaluate.sanitize import sanitize
from bcb_tools.task import Task

__all__ = ["Mode", "Subject", "answer_text", "subjects_of"]


class Mode(StrEnum):
    """Which program is made of an answer."""

    CALIBRATED = "calibrated"
    """The task's stub first, so that imports the answer left out are there."""
    ORIGINAL = "original"
    """The answer alone."""


@dataclass(frozen=True)
class Subject:
    """A task as the sandbox sees it; what is derived is derived once.

    Attributes:
        task: The task.
        policy: Limits where the task sets none.
    """

    task: Task
    policy: sandbox.Policy

    @cached_property
    def expected(self) -> tuple[str, ...]:
        """Ids of the tests that must run."""
        return sandbox.expected_tests(self.task.test_program)

    @cached_property
    def limits(self) -> sandbox.Limits:
        """The policy's limits with the task's own in their place."""
        own = {
            "memory_mib": self.task.limits.memory_mib,
            "processes": self.task.limits.processes,
            "disk_mib": self.task.limits.disk_mib,
            "output_kib": self.task.limits.output_kib,
        }
        return replace(
            self.policy.limits, **{name: value for name, value in own.items() if value is not None}
        )

    def program(self, key: str, source: str, reference_s: float | None) -> sandbox.Program:
        """The run of one program on this task.

        Args:
            key: The caller's name for the run.
            source: The program.
            reference_s: What the ground truth took, in seconds; None when that is not known.
        """
        return sandbox.Program(
            key=key,
            solution=source,
            tests=self.task.test_program,
            entry_point=self.task.entry_point,
            expected=self.expected,
            imports=self.task.imports,
            time_limit_s=self.task.limits.wall_s or self.policy.time_limit_s(reference_s),
            cpu_limit_s=self.task.limits.cpu_s,
            limits=self.limits,
            network=self.task.network,
            files={f"data/{path}": content for path, content in self.task.data.items()},
        )

    def source(self, answer: str, mode: Mode) -> str:
        """The program of an answer.

        Args:
            answer: A self-contained answer, from ``answer_text``.
            mode: With the task's stub or without.
        """
        if mode is Mode.ORIGINAL:
            return answer
        return calibrate(answer, self.task.code_prompt, self.task.entry_point)


def answer_text(sample: Sample, task: Task, *, sanitized: bool) -> str:
    """The self-contained answer that a sample stands for."""
    if sanitized:
        prompt = task.complete_prompt
        text = complete(prompt, sample.text) if sample.is_completion else sample.text
        return sanitize(text, task.entry_point, prompt=prompt)
    return complete(task.complete_prompt, sample.text) if sample.is_completion else sample.text


def subjects_of(tasks: Iterable[Task], policy: sandbox.Policy) -> dict[str, Subject]:
    """One subject a task, by task id."""
    return {task.id: Subject(task, policy) for task in tasks}
