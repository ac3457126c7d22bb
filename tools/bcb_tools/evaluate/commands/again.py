"""The command that was given, as text that can be given again."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Collection
from enum import Enum
from pathlib import Path
from typing import Any

import typer

__all__ = ["again"]


def again(context: typer.Context, *, without: Collection[str] = ()) -> str:
    """The command line of a context, quoted for a shell.

    Args:
        context: The command that is being carried out.
        without: Parameters to leave out, by the names of the function's arguments.
    """
    words = [_program(), context.info_name or ""]
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE" and parameter.name not in without:
            words += _words(parameter, context.params[parameter.name or ""])
    return shlex.join(words)


def _program() -> str:
    """The name alone where the shell would find it, else the path that was typed."""
    typed = Path(sys.argv[0])
    return "bcb-eval" if typed.name != "bcb-eval" or shutil.which("bcb-eval") else str(typed)


def _words(parameter: Any, value: Any) -> list[str]:  # the vendored parameter class has no public name
    if isinstance(value, bool):
        return [parameter.opts[0] if value else parameter.secondary_opts[0]]
    values = value if isinstance(value, list | tuple) else [value]
    return [
        word
        for entry in values
        for word in (parameter.opts[0], str(entry.value if isinstance(entry, Enum) else entry))
    ]
