"""Importing the tools is cheap: what only people need is loaded only when it is used."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.installation import ROOT

# the workbench, a model's client, git, and the two libraries of the extra `hub`
LATE = ("textual", "openai", "git", "huggingface_hub", "pyarrow")
# modules of `bcb_tools` that exist to wrap one of these; none yet
WRAPPERS: frozenset[str] = frozenset()
GUEST = ROOT / "tools" / "bcb_tools" / "sandbox" / "guest"

WALK = """
import importlib, json, pkgutil, sys
late, wrappers = json.loads(sys.argv[1]), set(json.loads(sys.argv[2]))
import bcb_tools
names = ["bcb_tools"] + [m.name for m in pkgutil.walk_packages(bcb_tools.__path__, "bcb_tools.")]
guilty = {}
for name in names:
    if name in wrappers or name.endswith(".__main__"):
        continue
    importlib.import_module(name)
    found = [top for top in late if top in sys.modules]
    if found:
        guilty[name] = found
        break
print(json.dumps({"modules": len(names), "guilty": guilty}))
"""


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_no_module_of_the_tools_loads_what_only_people_need(tmp_path: Path) -> None:
    """Importing every module of `bcb_tools` loads none of textual, openai, git and the hub's libraries."""
    done = _run("-c", WALK, json.dumps(LATE), json.dumps(sorted(WRAPPERS)), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["guilty"] == {}
    assert result["modules"] > 10


@pytest.mark.parametrize("script", ["bcb-eval", "bcb"])
def test_help_loads_what_only_people_need_neither(script: str, tmp_path: Path) -> None:
    """`--help` of either script is answered without textual, openai, git and the hub's libraries."""
    program = Path(sys.executable).with_name(script)
    done = _run("-X", "importtime", program, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    loaded = {
        line.rsplit("|", 1)[-1].strip()
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "typer" in loaded, "the import log is not what this test takes it for"
    assert not loaded & set(LATE)


def _imported(path: Path) -> set[str]:
    """The modules that a source file imports absolutely, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
    return found


def test_the_guest_imports_the_standard_library_alone() -> None:
    """The sandbox's guest runs in the task environment's interpreter, where only itself is installed."""
    sources = sorted(GUEST.rglob("*.py"))
    assert sources
    for path in sources:
        own = {name for name in _imported(path) if f"{name}.".startswith("bcb_tools.sandbox.guest.")}
        foreign = {
            name for name in _imported(path) - own if name.split(".")[0] not in sys.stdlib_module_names
        }
        assert not foreign, f"{path.name} imports {sorted(foreign)}"
