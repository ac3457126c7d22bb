"""The task environment: built once from a locked list, apart from the toolkit's own, known by its digest."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bcb_tools import environment as module
from bcb_tools.environment import (
    TaskEnvironment,
    corpus_lock,
    environments_folder,
    find_environment,
    open_environment,
    sync,
)
from bcb_tools.errors import EnvironmentMissing, InputError
from support.wheels import make_lock, make_wheel

UV = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A list of one tiny library."""
    return make_lock(tmp_path / "lock.txt", make_wheel(tmp_path, "tiny"))


@pytest.fixture
def without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """What builds an environment, as a stub that makes one in no time."""
    commands = [sys.executable, "-m", "venv", "--without-pip"]
    monkeypatch.setattr(module, "_commands", lambda base, target, lock: [[*commands, str(target)]])


@pytest.mark.parametrize("builder", ["uv", "pip"])
def test_built_from_a_list(tmp_path: Path, lock: Path, builder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With uv or without, the list's libraries are there, the toolkit's are not, and it is built once."""
    if builder == "uv" and not UV:
        pytest.skip("uv is not installed")
    if builder == "pip":
        if importlib.util.find_spec("ensurepip") is None:
            pytest.skip("this Python comes without `ensurepip`, which `python -m venv` needs")
        monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    made = sync(lock, tmp_path)
    folder = made.interpreter.path.parents[1]
    assert folder.parent == tmp_path / ".bcb" / "envs"
    assert ("tiny", "1.0") in made.packages
    assert made.missing(["tiny", "json", "typer", "no.such"]) == ["no.such", "typer"]
    before = (folder / ".complete").stat().st_mtime_ns
    assert sync(lock, tmp_path).digest == made.digest
    assert (folder / ".complete").stat().st_mtime_ns == before
    assert open_environment(folder).interpreter.path == made.interpreter.path


@pytest.mark.usefixtures("without_pip")
def test_an_interrupted_build_is_begun_anew(tmp_path: Path, lock: Path) -> None:
    """A folder that was not finished is neither found nor kept."""
    folder = sync(lock, tmp_path).interpreter.path.parents[1]
    (folder / ".complete").unlink()
    (folder / "half").touch()
    with pytest.raises(EnvironmentMissing, match="there is no task environment"):
        find_environment(tmp_path / "rows.jsonl", tmp_path)
    sync(lock, tmp_path)
    assert not (folder / "half").exists()
    assert (folder / ".complete").exists()


def test_a_build_that_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A library that cannot be installed is an error with a hint, and leaves no environment to be found."""
    lock = make_lock(tmp_path / "lock.txt", tmp_path / "absent-1.0-py3-none-any.whl")
    with pytest.raises(EnvironmentMissing, match="failed with status") as failed:
        sync(lock, tmp_path)
    assert "bcb env sync" in failed.value.hint
    assert "absent" in capfd.readouterr().err
    with pytest.raises(EnvironmentMissing):
        find_environment(tmp_path, tmp_path)


@pytest.mark.usefixtures("without_pip")
def test_another_list_is_another_environment(tmp_path: Path, lock: Path) -> None:
    """Comments do not matter to the folder, libraries do; of two, a dataset must be told which is meant."""
    first = sync(lock, tmp_path)
    lock.write_text("# another comment\n\n" + lock.read_text())
    assert sync(lock, tmp_path).interpreter.path == first.interpreter.path
    assert find_environment(tmp_path / "rows.jsonl", tmp_path).interpreter.path == first.interpreter.path
    lock.write_text(lock.read_text() + "more==1\n")
    assert sync(lock, tmp_path).interpreter.path != first.interpreter.path
    with pytest.raises(EnvironmentMissing, match="2 environments are there"):
        find_environment(tmp_path / "rows.jsonl", tmp_path)


def test_digest_follows_what_is_installed(tmp_path: Path) -> None:
    """Interpreter, platform and every package's version are in the digest; where it lies is not."""
    folder = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    bare = open_environment(folder)
    assert bare.packages == ()
    site = next(folder.glob("lib/python3*/site-packages"))
    shutil.unpack_archive(make_wheel(tmp_path, "tiny"), site, "zip")
    one = open_environment(folder)
    assert one.packages == (("tiny", "1.0"),)
    shutil.rmtree(site / "tiny-1.0.dist-info")
    shutil.unpack_archive(make_wheel(tmp_path, "tiny", "1.1"), site, "zip")
    other = open_environment(folder)
    assert other.packages == (("tiny", "1.1"),)
    elsewhere = TaskEnvironment(replace(other.interpreter, prefix="/elsewhere"))
    older = TaskEnvironment(replace(other.interpreter, version="3.10.0"))
    assert len({bare.digest, one.digest, other.digest, older.digest}) == 4
    assert elsewhere.digest == other.digest


@pytest.mark.usefixtures("without_pip")
def test_a_corpus_finds_its_own(tmp_path: Path) -> None:
    """The list beside the tasks names the environment, also for one task of them."""
    tasks = tmp_path / "tasks"
    lock = make_lock(tasks / "environment" / "requirements.txt", make_wheel(tmp_path, "tiny"))
    task = tasks / "one"
    task.mkdir()
    assert corpus_lock(tasks) == corpus_lock(task) == lock
    assert corpus_lock(tmp_path / "rows.jsonl") is None
    with pytest.raises(EnvironmentMissing, match="has not been made") as missing:
        find_environment(tasks, tmp_path)
    assert f"bcb env sync --corpus {tasks}" in missing.value.hint
    made = sync(lock, tmp_path)
    for path in (tasks, task):
        assert find_environment(path, tmp_path / "tasks").interpreter.path == made.interpreter.path


def test_lists_that_are_none(tmp_path: Path) -> None:
    """A list that is missing, empty or not text is refused by name."""
    with pytest.raises(InputError, match=r"lock\.txt`: cannot be read"):
        sync(tmp_path / "lock.txt", tmp_path)
    (tmp_path / "lock.txt").write_text("# nothing\n\n")
    with pytest.raises(InputError, match="lists no package"):
        sync(tmp_path / "lock.txt", tmp_path)
    (tmp_path / "lock.txt").write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot be read"):
        sync(tmp_path / "lock.txt", tmp_path)
    assert not (tmp_path / ".bcb").exists()


def test_the_nearest_workspace(tmp_path: Path) -> None:
    """Environments are looked for in `.bcb` here or in a folder above."""
    assert environments_folder(tmp_path) == tmp_path / ".bcb" / "envs"
    (tmp_path / ".bcb").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert environments_folder(tmp_path / "a" / "b") == tmp_path / ".bcb" / "envs"


def test_what_is_no_environment(tmp_path: Path) -> None:
    """A path without an interpreter, and a program that is none, are refused."""
    for path in (tmp_path, tmp_path / "nowhere", Path("/bin/true")):
        with pytest.raises(EnvironmentMissing, match="no Python interpreter that runs here"):
            open_environment(path)


def test_an_environment_that_breaks(tmp_path: Path) -> None:
    """An interpreter that has gone since it was looked at is an error, not a traceback."""
    found = open_environment(Path(sys.executable))
    gone = TaskEnvironment(replace(found.interpreter, path=Path("/bin/false")))
    with pytest.raises(EnvironmentMissing, match="`/bin/false` does not answer"):
        gone.missing(["json"])
