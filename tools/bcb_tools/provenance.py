"""Where a result comes from: what stands in every result file, so that another can be held beside it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from bcb_tools.corpus import Corpus
from bcb_tools.environment import TaskEnvironment
from bcb_tools.sandbox import Isolation, Policy

__all__ = ["Provenance"]


@dataclass(frozen=True)
class Provenance:
    """Everything that a verdict depends on beside the program.

    Attributes:
        corpus: The tasks that are judged.
        environment: What they run in.
        policy: The limits in force.
        isolation: How programs were kept apart.
        fresh: Whether every run started from a bare interpreter.
        seed: Seed of the intervals.
    """

    corpus: Corpus
    environment: TaskEnvironment
    policy: Policy
    isolation: Isolation
    fresh: bool
    seed: int

    def settings(self) -> dict[str, Any]:
        """What must be equal for two parts of one run to belong together."""
        return {
            "tool": version("bcb-workbench"),
            "dataset": {
                "name": self.corpus.name,
                "digest": self.corpus.digest,
                "tasks": len(self.corpus.tasks),
            },
            "environment": {
                "digest": self.environment.digest,
                "interpreter": f"{self.environment.interpreter.implementation} "
                f"{self.environment.interpreter.version}",
                "platform": self.environment.interpreter.platform,
                "packages": dict(self.environment.packages),
            },
            "policy": self.policy.to_json(),
            "isolation": "fresh" if self.fresh else self.isolation.value,
            "tier": self.isolation.value,
            "seed": self.seed,
        }

    @staticmethod
    def circumstances() -> dict[str, Any]:
        """What may differ between two parts of one run."""
        return {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "kernel": platform.release(),
            "cores": len(os.sched_getaffinity(0)),
        }
