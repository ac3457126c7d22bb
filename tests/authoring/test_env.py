"""`bcb env`: make, show and check the task environment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bcb_authoring.cli import app
from bcb_tools.store import write_tasks
from support.made_tasks import SOLUTION, made_task
from support.wheels import make_lock, make_wheel

BCB = [sys.executable, "-c", "from bcb_authoring.cli import app; app()"]


def env(*words: object) -> Result:
    return CliRunner().invoke(app, ["env", *map(str, words)])


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus, one of whose tasks imports a tiny library, with a locked list that has it."""
    monkeypatch.chdir(tmp_path)
    write_tasks([made_task(solution="import tiny\n" + SOLUTION)], tmp_path / "tasks")
    make_lock(tmp_path / "tasks/environment/requirements.txt", make_wheel(tmp_path, "tiny"))
    return tmp_path / "tasks"


def test_sync_show_check(tasks: Path) -> None:
    """Built from the corpus's list, the environment is shown and has what the tasks import."""
    built = subprocess.run(
        [*BCB, "env", "sync"], cwd=tasks.parent, capture_output=True, text=True, check=True
    )
    assert built.stdout == ""
    assert f"the task environment is ready: `{tasks.parent}/.bcb/envs/" in built.stderr
    shown = json.loads(env("show", "--json").stdout)
    assert list(shown) == ["digest", "python", "implementation", "version", "platform", "packages"]
    assert len(shown["digest"]) == 64
    assert shown["packages"]["tiny"] == "1.0"
    assert Path(shown["python"]).is_file()
    assert json.loads(env("sync", "--json").stdout) == shown
    page = env("show").stdout
    assert f"digest       {shown['digest']}" in page
    assert "  tiny==1.0" in page
    checked = env("check", "--json")
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["missing"] == {}


def test_check_lists_what_is_missing(tasks: Path) -> None:
    """A library that is missing is listed with the tasks that import it, and the exit code is 1."""
    result = env("check", tasks, "--python", sys.executable, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["missing"] == {"tiny": ["made/count-words"]}
    result = env("check", tasks, "--python", sys.executable)
    assert (result.exit_code, result.stdout) == (1, "tiny  made/count-words\n")
    assert "1 missing" in result.stderr


@pytest.mark.usefixtures("tasks")
def test_nothing_made_yet() -> None:
    """Before `sync`, the other two say what to do, with exit code 2."""
    for command in ("show", "check"):
        result = env(command)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "has not been made" in result.stderr
        assert "hint: run `bcb env sync --corpus tasks`" in result.stderr


def test_sync_wants_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A corpus without a list, and a list that is none, are refused."""
    monkeypatch.chdir(tmp_path)
    result = env("sync")
    assert result.exit_code == 2
    assert "`tasks/environment/requirements.txt` is no locked list" in result.stderr
    (tmp_path / "list.txt").write_text("\n")
    result = env("sync", "--lock", "list.txt")
    assert result.exit_code == 2
    assert "`list.txt`: lists no package" in result.stderr
    (tmp_path / "list.txt").write_text("tiny==1.0\n")
    result = env("sync", "--lock", "list.txt", "--python", "nowhere")
    assert result.exit_code == 2
    assert "`nowhere` is no Python interpreter that runs here" in result.stderr
    assert not (tmp_path / ".bcb").exists()


def test_help_without_a_command() -> None:
    """`bcb env` alone lists what it can do."""
    result = env()
    assert result.exit_code == 0
    assert all(name in result.stdout for name in ("sync", "show", "check"))
