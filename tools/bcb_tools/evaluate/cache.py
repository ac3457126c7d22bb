"""What earlier runs learned and later ones need: how long a ground truth takes, what cannot be preloaded.

Keys hold everything that the value depends on (task, environment, limits), so nothing in here can be stale;
a run over part of a dataset adds to it and spoils nothing. Failures are never kept.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from bcb_tools.sandbox import Policy

__all__ = ["Cache", "reference_key"]


def reference_key(task_digest: str, environment_digest: str, policy: Policy) -> str:
    """The key of a ground truth's time."""
    rules = json.dumps([policy.to_json()["limits"], dict(policy.environment)], sort_keys=True)
    return hashlib.sha256(f"{task_digest}\n{environment_digest}\n{rules}".encode()).hexdigest()


class Cache:
    """A folder of small append-only files.

    Args:
        folder: Made when something is to be kept; a folder that cannot be written only costs time.
    """

    def __init__(self, folder: Path) -> None:
        self._times = folder / "ground-truth-seconds.jsonl"
        self._forks = folder / "never-preload.jsonl"
        self._seconds = {key: value for key, value in _read(self._times) if isinstance(value, int | float)}

    def seconds(self, key: str) -> float | None:
        """How long the ground truth took when it last passed."""
        return self._seconds.get(key)

    def keep_seconds(self, key: str, seconds: float) -> None:
        """Remember a ground truth that passed."""
        if self._seconds.get(key) is None:
            _append(self._times, key, round(seconds, 4))
        self._seconds[key] = seconds

    def never_preload(self, environment_digest: str) -> frozenset[str]:
        """Modules of an environment that were seen not to survive a fork."""
        return frozenset(str(name) for digest, name in _read(self._forks) if digest == environment_digest)

    def keep_never_preload(self, environment_digest: str, names: frozenset[str]) -> None:
        """Remember modules that do not survive a fork."""
        for name in sorted(names - self.never_preload(environment_digest)):
            _append(self._forks, environment_digest, name)


def _read(path: Path) -> list[tuple[str, str | float]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    pairs: list[tuple[str, str | float]] = []
    for line in lines:
        try:
            key, value = json.loads(line)
        except (ValueError, TypeError):  # a kill in the middle of a line
            continue
        pairs.append((key, value))
    return pairs


def _append(path: Path, key: str, value: str | float) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, value]) + "\n")
    except OSError:
        return
