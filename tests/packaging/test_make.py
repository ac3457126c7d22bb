"""`make` explains itself, refuses an old Python in words, and does nothing twice."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.installation import ROOT, bare_environment

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run make without a terminal."""
    drop = ("MAKE", "MFLAGS")
    env = {key: value for key, value in bare_environment().items() if not key.startswith(drop)}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def program(path: Path, *lines: str) -> Path:
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the set-up's own files, and an interpreter that only writes down how it is called."""
    for name in ("Makefile", "pyproject.toml", "uv.lock", ".ci/bootstrap.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    program(
        tmp_path / "python",
        'case "$*" in *bootstrap.py*) echo set-up >> log; mkdir -p .venv/bin; echo "$3" > .venv/.synced;',
        'printf "#!/bin/sh\\n" > .venv/bin/python; chmod +x .venv/bin/python;; esac',
    )
    return tmp_path


def test_make_alone_lists_every_target(tmp_path: Path) -> None:
    """Each target that people may call stands in the list with what it does."""
    done = make(cwd=ROOT)
    assert done.returncode == 0
    listed = set(re.findall(r"^make (\w+) +\S", done.stdout, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    assert listed == set(phony[1].split()) - {"FORCE"}
    assert {"demo", "test", "check"} <= listed


def test_an_old_python_is_refused_in_words(checkout: Path) -> None:
    """A Python below 3.11, or none, ends with exit code 2, its name, and how to choose another."""
    old = program(checkout / "python-old", "exit 1")
    for name in (str(old), "python-that-is-not-here"):
        done = make("setup", f"PYTHON={name}", cwd=checkout)
        assert done.returncode == 2
        assert f"`{name}` is missing or older than Python 3.11" in done.stderr
        assert "make PYTHON=" in done.stderr


def test_the_set_up_is_done_once(checkout: Path) -> None:
    """A second `make setup` with nothing changed does nothing."""
    for _ in range(2):
        assert make("setup", "PYTHON=./python", cwd=checkout).returncode == 0
    assert (checkout / "log").read_text() == "set-up\n"


def test_another_interpreter_a_move_or_a_lost_one_mean_a_new_set_up(checkout: Path) -> None:
    """The environment is made anew when its scripts would point elsewhere."""
    assert make("setup", "PYTHON=./python", cwd=checkout).returncode == 0
    assert make("setup", f"PYTHON={checkout}/python", cwd=checkout).returncode == 0
    moved = checkout.with_name(checkout.name + "-moved")
    checkout.rename(moved)
    assert make("setup", "PYTHON=./python", cwd=moved).returncode == 0
    (moved / ".venv" / "bin" / "python").unlink()
    assert make("setup", "PYTHON=./python", cwd=moved).returncode == 0
    assert (moved / "log").read_text() == "set-up\n" * 4


def test_a_new_lock_means_a_new_set_up(checkout: Path) -> None:
    """What the lock says is what is installed."""
    assert make("setup", "PYTHON=./python", cwd=checkout).returncode == 0
    stamp = (checkout / ".venv" / ".synced").stat().st_mtime
    os.utime(checkout / "uv.lock", (stamp + 5, stamp + 5))
    assert make("setup", "PYTHON=./python", cwd=checkout).returncode == 0
    assert (checkout / "log").read_text() == "set-up\n" * 2
