"""What every command shares: streams, exit codes, errors as messages, help at once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar, NoReturn

import pytest
import typer
from typer.testing import CliRunner, Result

from bcb_authoring.cli import app as bcb
from bcb_tools.console import LateCommand, ToolkitGroup, make_app, print_json, say, stderr, stdout
from bcb_tools.errors import BcbError, InputError, SandboxUnavailable
from bcb_tools.evaluate.cli import app as bcb_eval


def raising(error: BaseException) -> Result:
    """What becomes of a command that raises an error."""
    app = make_app("Made for a test.")

    def run() -> NoReturn:
        raise error

    app.command("go")(run)
    return CliRunner().invoke(app, ["go"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("wrong [red]thing[/]", path="a.jsonl", line=3, hint="mend `a[0]`"), 2),
        (SandboxUnavailable("no", hint="try"), 3),
        (BcbError("broken", hint="tell us"), 4),
    ],
)
def test_errors_are_messages(error: BcbError, code: int) -> None:
    """An error ends the command with its code; message and hint stand on stderr, as they are."""
    result = raising(error)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == f"error: {error.message}\n\nhint: {error.hint}\n"


def test_no_hint_no_line() -> None:
    """An error without a hint is one line."""
    assert raising(BcbError("broken")).stderr == "error: broken\n"


def test_ctrl_c() -> None:
    """An interrupted command ends with status 130 and says so."""
    result = raising(KeyboardInterrupt())
    assert (result.exit_code, result.stderr) == (130, "error: stopped\n")


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), OSError("x"), AssertionError("x")])
def test_a_defect_is_called_one(error: Exception) -> None:
    """What nobody foresaw has a traceback, is called a defect, and ends with exit code 4."""
    result = raising(error)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "Traceback" in result.stderr
    assert "internal error: a defect of the toolkit" in result.stderr


@pytest.mark.parametrize("app", [bcb, bcb_eval])
def test_nothing_asked_for_is_help(app: typer.Typer) -> None:
    """Without arguments, help is data on stdout, and the exit code is 0."""
    result = CliRunner().invoke(app, [])
    assert (result.exit_code, result.stderr) == (0, "")
    assert (
        result.stdout == CliRunner().invoke(app, ["--help"]).stdout == CliRunner().invoke(app, ["-h"]).stdout
    )
    assert "Commands:" in result.stdout


def commands_of(app: typer.Typer) -> dict[str, LateCommand]:
    group = typer.main.get_command(app)
    assert isinstance(group, ToolkitGroup)
    return dict(group.late)


@pytest.mark.parametrize("app", [bcb, bcb_eval])
def test_every_command_is_as_announced(app: typer.Typer) -> None:
    """The list of commands says what each command's own help begins with, and each help has an example."""
    for name, late in commands_of(app).items():
        text = CliRunner().invoke(app, [name, "--help"]).stdout
        words = " ".join(text.split())
        assert late.help in words, name
        if not hasattr(import_module(late.module), "app"):
            assert re.search(rf"\n  Example:\n    bcb(-eval)? {name} .*\n", text), name


def test_help_fits_a_terminal() -> None:
    """No line of the longest help is wider than 80 columns, the example's aside."""
    lines = CliRunner().invoke(bcb_eval, ["run", "--help"], terminal_width=80).stdout.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "  --pass-k K,..." in "\n".join(lines)


def test_help_loads_little() -> None:
    """Listing commands imports none of them, and no rich."""
    program = (
        "import sys; from bcb_tools.evaluate.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in sys.modules if m.startswith(('rich', 'bcb_tools.evaluate.commands'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_mistyped_commands() -> None:
    """A command that does not exist is answered with one that does; `_` is as good as `-`."""
    result = CliRunner().invoke(bcb_eval, ["rnu"])
    assert result.exit_code == 2
    assert "Did you mean 'run'?" in result.stderr
    result = CliRunner().invoke(bcb_eval, ["ground_truth", "--help"])
    assert "Run every reference solution" in result.stdout


class _Made(ToolkitGroup):
    late: ClassVar[Mapping[str, LateCommand]] = {"two-words": LateCommand("made_for_a_test", "Add up.")}


def test_a_late_command_gets_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command is imported when it is called for, and its flags take `-` and `_` alike."""
    loaded: list[str] = []

    def run(first_one: int, second_one: int = 1) -> None:
        print_json({"sum": first_one + second_one})

    def find(name: str) -> ModuleType:
        loaded.append(name)
        module = ModuleType(name)
        module.run = run  # type: ignore[attr-defined] # a module made on the spot
        return module

    monkeypatch.setattr("bcb_tools.console.import_module", find)
    app = make_app("Made for a test.", _Made)
    assert "two-words  Add up." in CliRunner().invoke(app, []).stdout
    assert loaded == []
    for flag in ("--second-one", "--second_one"):
        assert json.loads(CliRunner().invoke(app, ["two-words", "1", flag, "2"]).stdout) == {"sum": 3}
    assert set(loaded) == {"made_for_a_test"}


def test_streams(capsys: pytest.CaptureFixture[str]) -> None:
    """Data goes to stdout, words to stderr; neither is wrapped or coloured without a terminal."""
    stdout().print("x" * 300)
    say("[bold]" + "y" * 300 + "[/]")
    stderr().print("z")
    print_json({"é": [1]})
    captured: Any = capsys.readouterr()
    assert captured.out == "x" * 300 + "\n" + '{"é": [1]}\n'
    assert captured.err == "y" * 300 + "\nz\n"
