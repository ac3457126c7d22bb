"""What a user installs holds everything, and works away from the checkout."""

from __future__ import annotations

import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from support.installation import PACKAGES, ROOT, Installation, build

COMMANDS = {
    "bcb": ("import", "export", "list", "show", "env"),
    "bcb-eval": ("run", "sanitize", "syncheck", "ground-truth"),
}


def _source_files() -> set[str]:
    return {
        path.relative_to((ROOT / package).parent).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    """Data files travel with the code: the guest's sources, tables, `py.typed`; tests and tasks do not."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == _source_files()
    assert {"bcb_authoring/py.typed", "bcb_review/py.typed", "bcb_tools/py.typed"} <= names
    assert any(name.startswith("bcb_tools/sandbox/guest/") for name in names)


def test_the_wheel_carries_the_licence_and_both_scripts(wheel: Path) -> None:
    """Whoever gets the wheel alone gets the terms and the commands with it."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name.split("/", 1)[1]: name for name in archive.namelist() if ".dist-info/" in name}
        scripts = archive.read(names["entry_points.txt"]).decode()
        assert archive.read(names["licenses/LICENSE"]) == (ROOT / "LICENSE").read_bytes()
    assert "bcb = bcb_authoring.cli:app" in scripts
    assert "bcb-eval = bcb_tools.evaluate.cli:app" in scripts


def test_the_source_distribution_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """Building from the source distribution gives, byte for byte, what building from git gives."""
    subprocess.run(["tar", "--extract", "--file", sdist, "--directory", tmp_path], check=True)
    build(next(tmp_path.iterdir()), tmp_path / "dist", "--wheel")
    assert (tmp_path / "dist" / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_source_distribution_can_be_worked_on(sdist: Path) -> None:
    """It holds what the first two commands of the README need: the lock, the set-up, tasks and tests."""
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    for needed in ("Makefile", "uv.lock", ".ci/bootstrap.py", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        assert needed in names
    assert any(name.startswith("tasks/") for name in names)
    assert any(name.startswith("tests/") for name in names)
    assert not any(".venv/" in name or "__pycache__" in name or name.startswith(".bcb/") for name in names)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_installed_script_runs_away_from_the_checkout(
    name: str, installed: Installation, tmp_path: Path
) -> None:
    """`--help` of an installed script names its commands, wherever it is called from."""
    done = installed.run(name, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for command in COMMANDS[name]:
        assert f" {command} " in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_installed_package_is_not_the_checkout(installed: Installation, tmp_path: Path) -> None:
    """What the scripts import comes from the wheel, so these tests prove the wheel."""
    program = "import bcb_tools, bcb_review, bcb_authoring as a; print(bcb_tools.__file__, a.__file__)"
    done = installed.run("python", "-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for path in done.stdout.split():
        assert Path(path).is_relative_to(installed.folder)


def test_a_usage_error_of_an_installed_script_ends_with_code_2(
    installed: Installation, tmp_path: Path
) -> None:
    """A file that is not there gives a message on stderr, no traceback, and exit code 2."""
    done = installed.run("bcb-eval", "ground-truth", "--tasks", "absent.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "absent.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_installed_package_needs_no_git_and_no_home(installed: Installation, tmp_path: Path) -> None:
    """Scripts start where HOME cannot be written and nothing but the wheel's environment is on PATH."""
    env = {"HOME": "/nonexistent", "PATH": str(installed.folder / "bin")}
    done = installed.run("bcb-eval", "--help", cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    assert subprocess.run([installed.script("python"), "--version"], check=True, env=env).returncode == 0
