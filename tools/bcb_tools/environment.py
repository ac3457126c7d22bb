"""The task environment: the interpreter and libraries that tasks run with, apart from the toolkit's own.

It is built from a locked list (`name==version` lines, with hashes or without) into
``.bcb/envs/<python>-<digest of the list>``, so that another list or another interpreter makes another folder
and nothing is ever changed in place.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bcb_tools.errors import EnvironmentMissing, InputError
from bcb_tools.sandbox.interpreter import Interpreter, inspect_interpreter

__all__ = ["LOCK", "TaskEnvironment", "environments_folder", "find_environment", "open_environment", "sync"]

LOCK = Path("environment") / "requirements.txt"
"""Where a corpus folder keeps the locked list of its environment."""

_COMPLETE = ".complete"
_PACKAGES = """
import importlib.metadata, json
print(json.dumps(sorted({(d.metadata["Name"].lower().replace("_", "-"), d.version)
                         for d in importlib.metadata.distributions()})))
"""
_FIND = """
import importlib.util, json, sys
def missing(name):
    try:
        return importlib.util.find_spec(name) is None
    except (ImportError, ValueError):
        return True
print(json.dumps([name for name in json.load(sys.stdin) if missing(name)]))
"""


@dataclass(frozen=True)
class TaskEnvironment:
    """An environment that tasks can run in.

    Attributes:
        interpreter: Its interpreter.
    """

    interpreter: Interpreter

    @cached_property
    def packages(self) -> tuple[tuple[str, str], ...]:
        """Name and version of every installed distribution, sorted."""
        return tuple((name, version) for name, version in json.loads(self._ask(_PACKAGES)))

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, over interpreter, platform and packages: what a verdict depends on."""
        known = self.interpreter
        text = json.dumps([known.implementation, known.version, known.platform, self.packages])
        return hashlib.sha256(text.encode()).hexdigest()

    def missing(self, libraries: Iterable[str]) -> list[str]:
        """Those of the top-level modules that cannot be imported here, sorted."""
        return list(json.loads(self._ask(_FIND, json.dumps(sorted(set(libraries))))))

    def _ask(self, program: str, stdin: str = "") -> str:
        command = [os.fspath(self.interpreter.path), "-I", "-c", program]
        done = subprocess.run(command, capture_output=True, text=True, input=stdin, check=False)
        if done.returncode:
            raise EnvironmentMissing(
                f"`{self.interpreter.path}` does not answer: {done.stderr.strip()[-300:]}",
                hint="make the environment again with `bcb env sync`",
            )
        return done.stdout


def environments_folder(workspace: Path) -> Path:
    """Where environments are kept: under the nearest `.bcb` of the workspace or a folder above it."""
    for folder in (workspace, *workspace.parents):
        if (folder / ".bcb").is_dir():
            return folder / ".bcb" / "envs"
    return workspace / ".bcb" / "envs"


def open_environment(python: Path) -> TaskEnvironment:
    """Use an environment that exists.

    Args:
        python: Its interpreter, or its folder.

    Raises:
        EnvironmentMissing: There is none.
    """
    inside = python / "bin" / "python"
    return TaskEnvironment(inspect_interpreter(inside if inside.exists() else python))


def find_environment(corpus: Path, workspace: Path) -> TaskEnvironment:
    """The environment that was made for a corpus, or the only one there is.

    Args:
        corpus: A corpus folder, a task folder in one, or a dataset file.
        workspace: Where to look for `.bcb`.

    Raises:
        EnvironmentMissing: It has not been made, or several could be meant.
    """
    envs = environments_folder(workspace)
    made = sorted(marker.parent for marker in envs.glob(f"*/{_COMPLETE}"))
    lock = corpus_lock(corpus)
    if lock is not None:
        fitting = [folder for folder in made if folder.name.endswith(_digest(lock))]
        if fitting:
            return open_environment(fitting[-1])
        raise EnvironmentMissing(
            f"the task environment of `{corpus}` has not been made",
            hint=f"run `bcb env sync --corpus {lock.parent.parent}`, or name one with `--python PATH`",
        )
    if len(made) == 1:
        return open_environment(made[0])
    several = f"{len(made)} environments are there" if made else "there is no task environment"
    raise EnvironmentMissing(
        f"{several}, and `{corpus}` does not say which it needs",
        hint="name one with `--python PATH`, or make it with `bcb env sync --lock FILE`",
    )


def corpus_lock(corpus: Path) -> Path | None:
    """The locked list beside a corpus's tasks, also when one task of it is meant."""
    for folder in (corpus, corpus.absolute().parent):
        if (folder / LOCK).is_file():
            return folder / LOCK
    return None


def sync(lock: Path, workspace: Path, python: Path | None = None) -> TaskEnvironment:
    """Build the environment of a locked list, unless it is there.

    Args:
        lock: The locked list.
        workspace: Where to look for `.bcb`, or make it.
        python: The interpreter to build on; the toolkit's own base interpreter when None.

    Raises:
        InputError: The list cannot be read, or holds nothing.
        EnvironmentMissing: It could not be built.
    """
    digest = _digest(lock)
    base = inspect_interpreter(python or Path(sys._base_executable))  # type: ignore[attr-defined]  # noqa: SLF001
    tag = "cp" + "".join(base.version.split(".")[:2])
    target = environments_folder(workspace) / f"{tag}-{digest}"
    if not (target / _COMPLETE).exists():
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        for command in _commands(base.path, target, lock):
            _run(command)
        (target / _COMPLETE).touch()
    return open_environment(target)


def _digest(lock: Path) -> str:
    try:
        text = lock.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=lock) from error
    pins = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not pins:
        raise InputError("lists no package", path=lock, hint="write one `name==version` a line")
    return hashlib.sha256("\n".join(pins).encode()).hexdigest()[:12]


def _commands(base: Path, target: Path, lock: Path) -> list[list[str]]:
    """How to build it: with uv where it is present, else with venv and pip.

    The list is complete, so dependencies are not resolved again.
    """
    python = os.fspath(target / "bin" / "python")
    hashes = ["--require-hashes"] if "--hash=" in lock.read_text(encoding="utf-8") else []
    install = ["install", "--no-deps", *hashes, "-r", os.fspath(lock)]
    uv = shutil.which("uv") or shutil.which("uv", path=os.fspath(Path(sys.executable).parent))
    if uv:
        return [
            [uv, "venv", "--no-project", "--quiet", "--python", os.fspath(base), os.fspath(target)],
            [uv, "pip", *install, "--quiet", "--compile-bytecode", "--python", python],
        ]
    return [
        [os.fspath(base), "-m", "venv", os.fspath(target)],
        [python, "-m", "pip", "--disable-pip-version-check", *install],
    ]


def _run(command: list[str]) -> None:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("VIRTUAL_ENV", None)
    # uv carries certificates and an index of its own unless it is told of the machine's
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath:
        environment.setdefault("UV_SYSTEM_CERTS", "1")
    if "PIP_INDEX_URL" in environment:
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    done = subprocess.run(command, stdout=sys.stderr, check=False, env=environment)
    if done.returncode:
        raise EnvironmentMissing(
            f"`{' '.join(command[:3])}` failed with status {done.returncode}; what it said stands above",
            hint="check the network and the list; where Python has no `ensurepip`, install uv or the package "
            "that brings `venv`. Then run `bcb env sync` again: what was fetched is kept",
        )
