"""What every command shares: stdout for data, stderr for people, errors as messages.

`ToolkitGroup` turns an error of `bcb_tools.errors` into a message and its exit code, inside the group,
so that a test runner sees the code too.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from bcb_tools.errors import BcbError

__all__ = ["ToolkitGroup", "make_app", "print_json", "say", "stderr", "stdout"]


def stdout() -> Console:
    """The console for data; made on use so that tests and pipes are honoured."""
    return Console(file=sys.stdout, highlight=False, soft_wrap=True)


def stderr() -> Console:
    """The console for people: progress, warnings, errors."""
    return Console(file=sys.stderr, highlight=False)


def say(message: str) -> None:
    """Tell the person at the terminal something, on stderr; rich markup is honoured."""
    stderr().print(message, soft_wrap=True)


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Print one JSON value and a newline on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


class ToolkitGroup(TyperGroup):
    """A command group in which a toolkit error ends the command with its message and exit code."""

    def invoke(self, ctx: Any) -> Any:  # the vendored context has no public name
        """Run the chosen command; see the class.

        Raises:
            typer.Exit: With the error's exit code, or 4 for an error nobody foresaw.
        """
        try:
            return super().invoke(ctx)
        except BcbError as error:
            _show(error)
            raise typer.Exit(error.exit_code) from error
        except (OSError, ValueError, LookupError, TypeError, AssertionError, AttributeError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            traceback.print_exception(error, file=sys.stderr)
            say("[bold red]internal error:[/] a defect of the toolkit; the traceback above shows where")
            raise typer.Exit(4) from error


def _show(error: BcbError) -> None:
    say(f"[bold red]error:[/] {escape(error.message)}")
    if error.hint:
        say(f"\n[bold]hint:[/] {escape(error.hint)}")


def make_app(help_text: str) -> typer.Typer:
    """A Typer application whose flags take `-` and `_` alike and whose errors are messages."""
    return typer.Typer(
        cls=ToolkitGroup,
        help=help_text,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={
            "help_option_names": ["-h", "--help"],
            "token_normalize_func": lambda token: token.replace("_", "-"),
        },
    )
