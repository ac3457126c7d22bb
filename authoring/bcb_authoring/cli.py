"""The `bcb` command: make tasks and move them.

This module only assembles; each command has a module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bcb_tools.console import LateCommand, ToolkitGroup, make_app

__all__ = ["app"]

_COMMANDS = "bcb_authoring.commands"


class _Commands(ToolkitGroup):
    late: ClassVar[Mapping[str, LateCommand]] = {
        "import": LateCommand(f"{_COMMANDS}.import_", "Turn dataset rows into task folders."),
        "export": LateCommand(f"{_COMMANDS}.export", "Write tasks into one dataset file."),
        "list": LateCommand(f"{_COMMANDS}.list_", "List the tasks of a corpus."),
        "show": LateCommand(f"{_COMMANDS}.show", "Show a task: what it is, its solution and its tests."),
        "env": LateCommand(
            f"{_COMMANDS}.env",
            "Make, show and check the task environment: the interpreter and libraries that tasks run with.",
        ),
    }


app = make_app("Make benchmark tasks and keep them trustworthy.", _Commands)
