"""A workspace for each test that scores something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bcb_tools.store import write_tasks
from support.made_tasks import made_task
from support.scoring import Workspace

OTHERS = ("other-words", "more-words")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Three small tasks, in the current folder's `tasks`."""
    monkeypatch.chdir(tmp_path)
    first = made_task()
    others = [
        replace(first, id=f"made/{slug}", slug=slug, tests=first.tests + f"\n# {slug}\n") for slug in OTHERS
    ]
    write_tasks([first, *others], tmp_path / "tasks")
    return Workspace(tmp_path, tmp_path / "tasks")
