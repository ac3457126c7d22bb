"""Building this checkout and installing what was built, as a user would, without the network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["PACKAGES", "ROOT", "Installation", "bare_environment", "build", "run_uv"]

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")
PACKAGES = ("authoring/bcb_authoring", "review/bcb_review", "tools/bcb_tools")


def bare_environment() -> dict[str, str]:
    """The variables of this process, less those that lead Python or uv to this checkout."""
    return {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTHON", "VIRTUAL_ENV", "UV_"))
    }


def run_uv(*arguments: str | Path) -> None:
    """Run uv without the network; what it says is shown when it fails."""
    if not UV.exists():
        pytest.skip(f"no uv beside {sys.executable}: `make setup` installs it")
    env = bare_environment() | {"UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run([UV, *arguments], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def build(source: Path, into: Path, *kinds: str) -> None:
    """Build distributions from a source tree with the locked back end."""
    run_uv("build", source, *kinds, "--no-build-isolation", "--python", sys.executable, "--out-dir", into)


@dataclass(frozen=True)
class Installation:
    """A virtual environment into which only the wheel was installed."""

    folder: Path

    def script(self, name: str) -> Path:
        """The path of a script in it."""
        return self.folder / "bin" / name

    def run(
        self, name: str, *arguments: str, cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one of its scripts without a terminal, away from the checkout."""
        return subprocess.run(
            [self.script(name), *arguments],
            cwd=cwd,
            env=bare_environment() | {"COLUMNS": "120", **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
