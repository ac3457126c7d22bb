"""What a run may use, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from bcb_tools.errors import UsageError

__all__ = ["DEFAULT", "POLICIES", "UPSTREAM", "Isolation", "Limits", "Network", "Policy", "policy_named"]


class Isolation(StrEnum):
    """How a program is kept apart from the machine."""

    NAMESPACES = "namespaces"
    """Own user, mount, pid, net, ipc and uts namespaces, read-only root, seccomp. The default."""
    PROCESS = "process"
    """Resource limits and a process tree that is ended; no isolation of files or network."""


class Network(StrEnum):
    """What a run can connect to."""

    LOOPBACK = "loopback"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Limits:
    """Resource limits of one run.

    Attributes:
        memory_mib: Private memory of one process, and of the run's processes together.
        processes: Processes and threads alive at the same time.
        disk_mib: Size of each private folder, and of one file.
        stack_mib: Stack of the main thread.
        open_files: Open descriptors of one process.
        output_kib: How much of each output stream is kept.
    """

    memory_mib: int = 4096
    processes: int = 256
    disk_mib: int = 512
    stack_mib: int = 10
    open_files: int = 1024
    output_kib: int = 64


# what the original harness sets for every program, and what keeps numeric libraries to one thread
_ENVIRONMENT = {
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "MPLBACKEND": "Agg",
    "PYTHONHASHSEED": "0",
}


@dataclass(frozen=True)
class Policy:
    """The rules of a whole evaluation; its name and values stand in every result file.

    Attributes:
        name: What `--policy` calls it.
        floor_s: Shortest time limit of a run, in seconds.
        factor: A run may take this many times its ground truth's time.
        patience: While a machine is so busy that a run has used less CPU time than its limit, wall time
            is stretched, at most by this factor: load must not change verdicts.
        attempts: How often a run is tried when the sandbox fails.
        limits: Resource limits, unless the task sets its own.
        environment: Environment variables of every run, and the only ones.
    """

    name: str
    floor_s: float = 10.0
    factor: float = 10.0
    patience: float = 4.0
    attempts: int = 3
    limits: Limits = Limits()
    environment: Mapping[str, str] = field(default_factory=lambda: dict(_ENVIRONMENT))

    def time_limit_s(self, reference_s: float | None) -> float:
        """The limit of a run whose ground truth took ``reference_s`` seconds, when that is known."""
        return max(self.floor_s, self.factor * (reference_s or 0.0))

    def with_times(self, floor_s: float | None, factor: float | None) -> Policy:
        """The same policy with other time limits.

        Raises:
            UsageError: One of them is not positive.
        """
        for name, value in (("floor", floor_s), ("factor", factor)):
            if value is not None and value <= 0:
                raise UsageError(f"the time limit's {name} must be above 0, not {value:g}")
        return replace(
            self,
            floor_s=self.floor_s if floor_s is None else floor_s,
            factor=self.factor if factor is None else factor,
        )

    def to_json(self) -> dict[str, Any]:
        """The policy as it stands in result files."""
        return asdict(self)


DEFAULT = Policy("default")
UPSTREAM = Policy("upstream", floor_s=241.0, factor=1.0, limits=Limits(memory_mib=30 * 1024, stack_mib=10))
POLICIES = {policy.name: policy for policy in (DEFAULT, UPSTREAM)}


def policy_named(name: str) -> Policy:
    """Look a policy up.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in POLICIES:
        raise UsageError(f"no policy is called `{name}`", hint=f"choose one of {', '.join(sorted(POLICIES))}")
    return POLICIES[name]
