"""What is remembered between runs depends on everything it should, and a broken cache only costs time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bcb_tools.evaluate.cache import Cache, reference_key
from bcb_tools.sandbox import Limits, policy_named


def test_remembered_across_runs(tmp_path: Path) -> None:
    """Times and modules that do not survive a fork come back in another run."""
    first = Cache(tmp_path / "cache")
    first.keep_seconds("k", 1.5)
    first.keep_never_preload("env", frozenset({"b", "a"}))
    first.keep_never_preload("env", frozenset({"a"}))
    second = Cache(tmp_path / "cache")
    assert second.seconds("k") == 1.5
    assert second.seconds("other") is None
    assert second.never_preload("env") == {"a", "b"}
    assert second.never_preload("other") == frozenset()
    assert (tmp_path / "cache" / "never-preload.jsonl").read_text().count("\n") == 2


def test_the_key_holds_what_the_time_depends_on() -> None:
    """Another task, environment, limit or variable is another key; the policy's time limits are not in it."""
    policy = policy_named("default")
    keys = [
        reference_key("task", "env", policy),
        reference_key("task2", "env", policy),
        reference_key("task", "env2", policy),
        reference_key("task", "env", replace(policy, limits=Limits(memory_mib=1))),
        reference_key("task", "env", replace(policy, environment={"TZ": "Asia/Tokyo"})),
    ]
    assert len(set(keys)) == len(keys)
    assert reference_key("task", "env", policy.with_times(3, 7)) == keys[0]


def test_damage_is_passed_over(tmp_path: Path) -> None:
    """Torn and foreign lines are not read, and the whole ones around them are."""
    folder = tmp_path / "cache"
    Cache(folder).keep_seconds("k", 2)
    times = folder / "ground-truth-seconds.jsonl"
    times.write_text(f'[]\nwords\n["x", "much"]\n["y", null]\n{times.read_text()}["z", 1')
    assert Cache(folder).seconds("k") == 2
    times.write_bytes(b"\xff")
    assert Cache(folder).seconds("k") is None


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Nothing is raised where nothing can be kept."""
    (tmp_path / "cache").write_text("a file in its place")
    cache = Cache(tmp_path / "cache")
    cache.keep_seconds("k", 1)
    assert cache.seconds("k") == 1
