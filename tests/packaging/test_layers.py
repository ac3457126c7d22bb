"""The import contracts hold, and each of them can fail."""

from __future__ import annotations

import os
import pkgutil
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import bcb_tools
from support.installation import PACKAGES, ROOT

FLOORS = ("authoring", "review", "tools")

PLANTED = {
    "the tools reach up to the workbench": ("tools/bcb_tools/errors.py", "import bcb_authoring"),
    "the tools reach up to the decisions": (
        "tools/bcb_tools/console.py",
        "from bcb_review import __name__ as n",
    ),
    "the decisions reach up to the workbench": ("review/bcb_review/__init__.py", "import bcb_authoring"),
    "an import inside a function counts": (
        "tools/bcb_tools/errors.py",
        "def late() -> None:\n    import bcb_review",
    ),
    "the guest reaches out of the sandbox": (
        "tools/bcb_tools/sandbox/guest/__init__.py",
        "import bcb_tools.errors",
    ),
    "the sandbox learns of tasks": ("tools/bcb_tools/sandbox/__init__.py", "import bcb_tools.task"),
}


# what a sandbox may know: how to fail, how to speak, which interpreter there is
NO_BENCHMARK = {"console", "environment", "errors", "progress", "reading", "sandbox"}


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a source tree, with its own packages before any installed ones."""
    search = os.pathsep.join(str(tree / floor) for floor in FLOORS)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": search, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the packages and their contracts that may be spoilt."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    """An arrow only ever points down in this checkout."""
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("violation", PLANTED)
def test_a_planted_import_breaks_a_contract(violation: str, tree: Path) -> None:
    """The check is able to fail: one forbidden import is found and named with its file."""
    name, line = PLANTED[violation]
    source = tree / name
    source.write_text(source.read_text(encoding="utf-8") + f"\n\n{line}\n", encoding="utf-8")
    done = lint_imports(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    module = name.split("/", 1)[1].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert f"{module} -> " in done.stdout


def test_the_sandboxs_contract_names_every_module_that_knows_benchmarks() -> None:
    """A new module of the tools is kept from the sandbox by the contract, or listed here as harmless."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    kept = next(
        row["forbidden_modules"] for row in contracts if row.get("source_modules") == ["bcb_tools.sandbox"]
    )
    modules = {module.name for module in pkgutil.iter_modules(bcb_tools.__path__)}
    assert {f"bcb_tools.{name}" for name in modules - NO_BENCHMARK} == set(kept)
