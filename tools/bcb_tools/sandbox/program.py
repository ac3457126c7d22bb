"""What the sandbox is asked to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bcb_tools.sandbox.policy import Limits, Network

__all__ = ["Program"]


@dataclass(frozen=True)
class Program:
    """One program and the tests that judge it.

    Attributes:
        key: The caller's name for the run; comes back beside its report.
        solution: Source of the program.
        tests: Source of the tests, which see the program's names; defines ``class TestCases``.
        entry_point: The function that the program must define.
        expected: Ids of the tests that must run, from ``manifest.expected_tests``.
        imports: Dotted modules that the reference and its tests import: they are loaded ahead.
        time_limit_s: Wall seconds that the run may take.
        cpu_limit_s: CPU seconds of one process, where they differ from the time limit.
        limits: Its other limits; the policy's when None.
        network: What it can connect to.
        files: Files of its working folder, by relative path.
    """

    key: str
    solution: str
    tests: str
    entry_point: str
    expected: tuple[str, ...]
    imports: frozenset[str] = frozenset()
    time_limit_s: float = 10.0
    cpu_limit_s: float | None = None
    limits: Limits | None = None
    network: Network = Network.LOOPBACK
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def cpu_s(self) -> float:
        """CPU seconds that one process of the run may use."""
        return self.cpu_limit_s or self.time_limit_s
