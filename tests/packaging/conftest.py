"""The distributions as a user gets them: built once from this checkout, installed once elsewhere."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest

from support.installation import ROOT, Installation, build, run_uv


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of this checkout."""
    folder = tmp_path_factory.mktemp("sdist")
    build(ROOT, folder, "--sdist")
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build(ROOT, folder, "--wheel")
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel in an environment of its own; its dependencies are lent by the one that runs the tests."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    run_uv("venv", "--quiet", "--python", sys.executable, folder)
    run_uv("pip", "install", "--quiet", "--no-deps", "--python", folder, wheel)
    lib = next(folder.glob("lib/python3*/site-packages"))
    # `.pth` files inside a lent folder are not followed, so the checkout itself stays out of sight
    (lib / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return Installation(folder)
