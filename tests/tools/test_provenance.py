"""Where a result comes from: everything a verdict depends on, and nothing that differs between two halves."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bcb_tools.corpus import load_corpus
from bcb_tools.environment import open_environment
from bcb_tools.provenance import Provenance
from bcb_tools.sandbox import Isolation, policy_named
from bcb_tools.store import write_tasks
from support.made_tasks import made_task


@pytest.fixture
def provenance(tmp_path: Path) -> Provenance:
    """Of one small task, here."""
    write_tasks([made_task()], tmp_path / "tasks")
    return Provenance(
        load_corpus(tmp_path / "tasks"),
        open_environment(Path(sys.executable)),
        policy_named("default"),
        Isolation.NAMESPACES,
        fresh=False,
        seed=7,
    )


def test_settings_are_complete(provenance: Provenance) -> None:
    """Tool, dataset, environment, policy, isolation and seed are there, and no path of this machine."""
    settings = provenance.settings()
    text = json.dumps(settings)
    assert settings["dataset"] == {"name": "tasks", "digest": provenance.corpus.digest, "tasks": 1}
    assert settings["environment"]["digest"] == provenance.environment.digest
    assert settings["environment"]["packages"]["typer"]
    assert settings["policy"]["environment"]["TZ"] == "UTC"
    assert (settings["isolation"], settings["tier"], settings["seed"]) == ("namespaces", "namespaces", 7)
    assert str(provenance.corpus.source) not in text
    assert sys.prefix not in text


def test_settings_are_stable(provenance: Provenance) -> None:
    """Asked twice the settings are equal, also after a trip through a file."""
    assert json.loads(json.dumps(provenance.settings())) == provenance.settings()


def test_settings_tell_runs_apart(provenance: Provenance) -> None:
    """Another policy, isolation or seed is another run."""
    others = [
        replace(provenance, policy=policy_named("upstream")),
        replace(provenance, policy=provenance.policy.with_times(1, None)),
        replace(provenance, isolation=Isolation.PROCESS),
        replace(provenance, fresh=True),
        replace(provenance, seed=8),
    ]
    seen = {json.dumps(one.settings(), sort_keys=True) for one in [provenance, *others]}
    assert len(seen) == 1 + len(others)


def test_circumstances() -> None:
    """Date, kernel and cores are told beside the settings."""
    found = Provenance.circumstances()
    assert set(found) == {"date", "kernel", "cores"}
    assert found["date"].endswith("+00:00")
    assert found["cores"] >= 1
