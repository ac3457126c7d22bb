"""The task environment's interpreter: what it is, and which folders it needs to run."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bcb_tools.errors import EnvironmentMissing

__all__ = ["Interpreter", "inspect_interpreter"]

_QUESTION = """
import json, platform, sys
print(json.dumps({
    "prefix": sys.prefix, "base_prefix": sys.base_prefix, "path": sys.path,
    "version": platform.python_version(), "implementation": sys.implementation.name,
    "platform": platform.system().lower() + "-" + platform.machine(),
    "standard": sorted(getattr(sys, "stdlib_module_names", ())),
}))
"""
_OLDEST = (3, 10)
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin")


@dataclass(frozen=True)
class Interpreter:
    """An interpreter that runs programs under test.

    Attributes:
        path: What is executed.
        prefix: Root of its environment.
        shown: Folders it needs, beyond the system's own.
        version: Such as ``3.11.7``.
        implementation: Such as ``cpython``.
        platform: Such as ``linux-x86_64``.
        standard: Top-level modules of its standard library.
    """

    path: Path
    prefix: str
    shown: tuple[str, ...]
    version: str
    implementation: str
    platform: str
    standard: frozenset[str]


@lru_cache(maxsize=8)
def inspect_interpreter(python: Path) -> Interpreter:
    """Ask an interpreter what it is.

    Raises:
        EnvironmentMissing: It cannot be run, or is too old.
    """
    command = [os.fspath(python), "-I", "-c", _QUESTION]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        answer = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise EnvironmentMissing(
            f"`{python}` is no Python interpreter that runs here: {error}",
            hint="give the path of an environment's `bin/python` with `--python`",
        ) from error
    version = tuple(int(part) for part in answer["version"].split(".")[:2])
    if version < _OLDEST:
        raise EnvironmentMissing(
            f"`{python}` is Python {answer['version']}; tasks need 3.10 or later",
            hint="make the environment with `bcb env sync --python PATH`",
        )
    return Interpreter(
        path=Path(os.path.abspath(python)),  # noqa: PTH100 - `resolve` would follow a venv's link
        prefix=answer["prefix"],
        shown=_folders([answer["prefix"], answer["base_prefix"], *answer["path"]]),
        version=answer["version"],
        implementation=answer["implementation"],
        platform=answer["platform"],
        standard=frozenset(answer["standard"]),
    )


def _folders(paths: list[str]) -> tuple[str, ...]:
    real = {form for path in paths if Path(path).is_dir() for form in (path, os.path.realpath(path))}
    outside = {path for path in real if not path.startswith(tuple(f"{top}/" for top in _SYSTEM))}
    return tuple(sorted(path for path in outside if path not in _SYSTEM and path != "/"))
