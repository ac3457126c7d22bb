"""Every error a user can meet, in one tree.

::

    BcbError                      exit 4   something broke inside the toolkit
    |-- UsageError                exit 2   the command cannot be carried out as it was typed
    |   |-- InputError            exit 2   a file, row or task that cannot be read
    |   |-- OutputError           exit 2   results cannot be written there
    |   `-- EnvironmentMissing    exit 2   no task environment, or one without a library
    |-- SandboxUnavailable        exit 3   this machine refuses the isolation asked for
    |-- SandboxBroken             exit 4   the sandbox itself failed, not the program in it
    `-- Interrupted               exit 130 the user stopped the command

A message is lower case, without a full stop, shows the offending value, and puts code and paths in
backticks. What to do about it stands in the hint. ``slug`` is the anchor of the error in
``docs/errors.md``.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

__all__ = [
    "BcbError",
    "EnvironmentMissing",
    "InputError",
    "Interrupted",
    "OutputError",
    "SandboxBroken",
    "SandboxUnavailable",
    "UsageError",
]


class BcbError(Exception):
    """The root of every error that is shown to a user without a traceback.

    Args:
        message: What was wrong, with the offending value.
        hint: What to do about it, as a sentence that starts with a verb.
    """

    exit_code: ClassVar[int] = 4
    slug: ClassVar[str] = "internal"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class UsageError(BcbError):
    """The command cannot be carried out as it was typed."""

    exit_code = 2
    slug = "usage"


class InputError(UsageError):
    """A file, row or task cannot be read.

    Args:
        message: What was wrong.
        path: The file, when there is one.
        line: The line in it, counted from 1.
        task_id: The task, when it is known.
        hint: What to do about it.
    """

    slug = "input"

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        task_id: str = "",
        hint: str = "",
    ) -> None:
        where = "" if path is None else f"`{path}`"
        if line is not None:
            where += f" line {line}"
        if task_id:
            where += f" task `{task_id}`" if where else f"task `{task_id}`"
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.path = path
        self.line = line
        self.task_id = task_id


class OutputError(UsageError):
    """Results cannot be written where they were asked for, or would replace others."""

    slug = "output"


class EnvironmentMissing(UsageError):
    """There is no task environment, or it lacks a library that the tasks import."""

    slug = "environment"


class SandboxUnavailable(BcbError):
    """This machine refuses the isolation that was asked for."""

    exit_code = 3
    slug = "sandbox-unavailable"


class SandboxBroken(BcbError):
    """The sandbox itself failed; the program in it is not to blame."""

    slug = "sandbox-broken"


class Interrupted(BcbError):
    """The user stopped the command, with Ctrl-C say."""

    exit_code = 130
    slug = "interrupted"
