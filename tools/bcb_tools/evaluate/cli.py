"""The `bcb-eval` command: score models on tasks.

This module only assembles; each command has a module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bcb_tools.console import LateCommand, ToolkitGroup, make_app

__all__ = ["app"]

_COMMANDS = "bcb_tools.evaluate.commands"


class _Commands(ToolkitGroup):
    late: ClassVar[Mapping[str, LateCommand]] = {
        "run": LateCommand(
            f"{_COMMANDS}.run", "Score samples: sanitise, calibrate, execute, Pass@k with an interval."
        ),
        "ground-truth": LateCommand(
            f"{_COMMANDS}.ground_truth",
            "Run every reference solution against its tests; exit 1 when one fails.",
        ),
        "sanitize": LateCommand(
            f"{_COMMANDS}.sanitize", "Write each answer's program as a self-contained `solution`."
        ),
        "syncheck": LateCommand(
            f"{_COMMANDS}.syncheck",
            "Compile every answer and look for its entry point, without running it; exit 1 when one has a "
            "problem.",
        ),
    }


app = make_app("Score models on execution-based code benchmarks, in a real sandbox.", _Commands)
