"""What every command shares: stdout for data, stderr for people, errors as messages.

`ToolkitGroup` turns an error of `bcb_tools.errors` into a message and its exit code, inside the group,
so that a test runner sees the code too. It imports a command when the command is called for, so that
`--help` and a mistyped name are answered at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperGroup

from bcb_tools.errors import BcbError, Interrupted

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["LateCommand", "ToolkitGroup", "make_app", "print_json", "say", "stderr", "stdout"]


def stdout() -> Console:
    """The console for data; made on use so that tests and pipes are honoured."""
    from rich.console import Console  # noqa: PLC0415 - help and `--json` do without

    return Console(file=sys.stdout, highlight=False, soft_wrap=True)


def stderr() -> Console:
    """The console for people: progress, warnings, errors."""
    from rich.console import Console  # noqa: PLC0415 - help and `--json` do without

    return Console(file=sys.stderr, highlight=False)


def say(message: str) -> None:
    """Tell the person at the terminal something, on stderr; rich markup is honoured."""
    stderr().print(message, soft_wrap=True)


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Print one JSON value and a newline on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


@dataclass(frozen=True)
class LateCommand:
    """A command, or a group of commands, that is imported when it is called for.

    Attributes:
        module: Where its function `run` is, or its group `app`.
        help: The first line of its help, so that the list of commands needs no import.
    """

    module: str
    help: str

    def load(self, name: str) -> Any:  # the vendored command class has no public name
        """The command itself."""
        module = import_module(self.module)
        if hasattr(module, "app"):
            return typer.main.get_command(module.app)
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name)(module.run)
        return typer.main.get_command(app)


class ToolkitGroup(TyperGroup):
    """A command group in which a toolkit error ends the command with its message and exit code."""

    late: ClassVar[Mapping[str, LateCommand]] = {}

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        known: dict[str, Any] = dict.fromkeys(self.late)
        self.commands = {**known, **self.commands}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name, imported if need be; None when there is none."""
        if self.commands.get(cmd_name) is None and cmd_name in self.late:
            self.commands[cmd_name] = self.late[cmd_name].load(cmd_name)
        command = super().get_command(ctx, cmd_name)
        if command is not None and command.help:
            # an example stays on a line of its own, to be copied
            command.help = command.help.replace("\n\nExample: ", "\n\n\b\nExample:\n  ")
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as it is overridden
        """List the commands with their first lines, without importing them."""
        rows = [
            (name, self.late[name].help if name in self.late else command.get_short_help_str(200))
            for name, command in self.commands.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Show help where nothing was asked for, and be content."""
        return super().parse_args(ctx, args or ([] if ctx.resilient_parsing else ["--help"]))

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command; see the class.

        Raises:
            typer.Exit: With the error's exit code, or 4 for an error nobody foresaw.
        """
        try:
            return super().invoke(ctx)
        except BcbError as error:
            _show(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt:
            _show(Interrupted("stopped"))
            raise typer.Exit(Interrupted.exit_code) from None
        except (OSError, ValueError, LookupError, TypeError, AssertionError, AttributeError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            import traceback  # noqa: PLC0415 - only a defect pays for it

            traceback.print_exception(error, file=sys.stderr)
            say("[bold red]internal error:[/] a defect of the toolkit; the traceback above shows where")
            raise typer.Exit(BcbError.exit_code) from error


def _show(error: BcbError) -> None:
    from rich.markup import escape  # noqa: PLC0415 - help and `--json` do without

    say(f"[bold red]error:[/] {escape(error.message)}")
    if error.hint:
        say(f"\n[bold]hint:[/] {escape(error.hint)}")


def make_app(help_text: str, group: type[ToolkitGroup] = ToolkitGroup) -> typer.Typer:
    """A Typer application whose flags take `-` and `_` alike and whose errors are messages.

    Args:
        help_text: What the application is for.
        group: Its commands.
    """
    app = typer.Typer(
        cls=group,
        help=help_text,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # Rich's help is narrow in a terminal of 80 columns, and loads slowly
        context_settings={
            "help_option_names": ["-h", "--help"],
            "max_content_width": 100,
            "token_normalize_func": lambda token: token.replace("_", "-"),
        },
    )
    app.callback()(_no_options)
    return app


def _no_options() -> None:
    """Typer wants a function for the group itself."""
