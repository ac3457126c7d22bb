"""Programs for the sandbox, the back ends they run in, and a look at what they leave behind.

Standard library and the sandbox alone: the same cases also run where neither pytest nor a virtual
environment is, as a user who owns nothing. Hostile code stays in strings here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bcb_tools.sandbox import (
    Interpreter,
    Isolation,
    Outcome,
    Plan,
    Policy,
    Program,
    Report,
    Sandbox,
    expected_tests,
    inspect_interpreter,
    plan_groups,
    policy_named,
)
from bcb_tools.sandbox.host import unprivileged_uid

__all__ = [
    "ANSWER_TESTS",
    "BACK_ENDS",
    "SYSTEM_PYTHON",
    "BackEnd",
    "Case",
    "cases",
    "descendants",
    "eventually",
    "marked_policy",
    "may_run",
    "new_mark",
    "own_interpreter",
    "processes_named",
    "processes_of",
    "refused_namespaces",
    "run_case",
    "run_cases",
    "zygotes",
]

ANSWER_TESTS = """
import unittest

class TestCases(unittest.TestCase):
    def test_answer(self):
        self.assertEqual(task_func(), 42)
"""
"""The tests of most cases: the right answer is 42."""

MARK = "BCB_TEST_MARK"
SYSTEM_PYTHON = Path("/usr/bin/python3")
GENEROUS_S = 60.0
"""The time limit where none is meant to be reached, however busy the machine."""


@dataclass(frozen=True)
class BackEnd:
    """One way to run programs that must keep every promise.

    Attributes:
        name: As it stands in test ids.
        isolation: How programs are kept apart.
        plan: What is imported ahead.
    """

    name: str
    isolation: Isolation
    plan: Plan

    @property
    def isolates(self) -> bool:
        """Whether files, network and processes of the machine are out of reach."""
        return self.isolation is Isolation.NAMESPACES

    def interpreter(self) -> Interpreter:
        """Our own; where programs run as another user who cannot read it, the system's."""
        own = own_interpreter()
        if self.isolates or not unprivileged_uid() or may_run(own.path):
            return own
        return inspect_interpreter(SYSTEM_PYTHON)

    def open(
        self,
        *,
        policy: Policy | None = None,
        plan: Plan | None = None,
        interpreter: Interpreter | None = None,
        parallel: int = 1,
    ) -> Sandbox:
        """A sandbox of this kind, not yet entered."""
        return Sandbox(
            interpreter or self.interpreter(),
            policy or policy_named("default"),
            plan or self.plan,
            isolation=self.isolation,
            parallel=parallel,
        )


_AHEAD = plan_groups([frozenset({"json", "decimal", "wave"})])
BACK_ENDS = {
    back_end.name: back_end
    for back_end in (
        BackEnd("namespaces", Isolation.NAMESPACES, _AHEAD),
        BackEnd("fresh", Isolation.NAMESPACES, Plan(fresh=True)),
        BackEnd("process", Isolation.PROCESS, _AHEAD),
    )
}


@dataclass(frozen=True)
class Case:
    """A program and the outcomes that are right for it.

    Attributes:
        solution: Its source.
        outcomes: What the verdict may be.
        tests: Its tests.
        options: Other fields of `Program`.
        isolated: Whether it may run only where the machine is out of its reach.
    """

    solution: str
    outcomes: frozenset[Outcome]
    tests: str = ANSWER_TESTS
    options: Mapping[str, Any] = field(default_factory=dict)
    isolated: bool = False

    def program(self, key: str) -> Program:
        """The case as the sandbox takes it."""
        options = {"time_limit_s": GENEROUS_S, **self.options}
        return Program(key, self.solution, self.tests, "task_func", expected_tests(self.tests), **options)


def cases(
    outcomes: Outcome | frozenset[Outcome],
    solutions: Mapping[str, str],
    *,
    tests: str = ANSWER_TESTS,
    isolated: bool = False,
    **options: Any,
) -> dict[str, Case]:
    """Cases that share everything but their source.

    A source that defines no ``task_func`` and has an expression or a suite alone is kept as it is; sources
    are dedented first.
    """
    right = frozenset({outcomes}) if isinstance(outcomes, Outcome) else outcomes
    return {
        name: Case(textwrap.dedent(source), right, textwrap.dedent(tests), options, isolated)
        for name, source in solutions.items()
    }


def own_interpreter() -> Interpreter:
    """The interpreter below the virtual environment that runs this, as a task environment."""
    return inspect_interpreter(Path(getattr(sys, "_base_executable", sys.executable)))


def may_run(python: Path, uid: int = 65534) -> bool:
    """Whether a user who owns nothing can run an interpreter; asked as root."""
    command = [os.fspath(python), "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, user=uid, group=uid, extra_groups=[])
    except OSError:
        return False
    return done.returncode == 0


def run_cases(sandbox: Sandbox, chosen: Mapping[str, Case]) -> dict[str, Report]:
    """Run every case and return the reports by name."""
    programs = [case.program(name) for name, case in chosen.items()]
    return {program.key: report for program, report in sandbox.run(programs)}


def run_case(sandbox: Sandbox, solution: str, tests: str = ANSWER_TESTS, **options: Any) -> Report:
    """Run one program; dedents its sources."""
    case = Case(textwrap.dedent(solution), frozenset(), textwrap.dedent(tests), options)
    (report,) = run_cases(sandbox, {"only": case}).values()
    return report


# -- what is left behind ---------------------------------------------------------------------------


def new_mark() -> str:
    """A word nobody else uses; short enough for a process name."""
    return "m" + uuid.uuid4().hex[:12]


def marked_policy(mark: str, **changes: Any) -> Policy:
    """The default policy with a variable by which every process of the sandbox can be found."""
    policy = policy_named("default")
    return replace(policy, environment={**policy.environment, MARK: mark}, **changes)


def processes_of(mark: str) -> list[int]:
    """Processes of this machine that carry a mark in their environment or their command line."""
    return [pid for pid in _pids() if mark.encode() in _read(pid, "environ") + _read(pid, "cmdline")]


def processes_named(mark: str) -> list[int]:
    """Processes of this machine that gave themselves a mark as their name."""
    return [pid for pid in _pids() if _read(pid, "comm").strip() == mark.encode()]


def descendants(pid: int) -> list[int]:
    """Every process below one, nearest first."""
    below: list[int] = []
    for child in _read(pid, f"task/{pid}/children").split():
        below += [int(child), *descendants(int(child))]
    return below


def zygotes(sandbox: Sandbox) -> list[int]:
    """The warm interpreters of an open sandbox, as this machine numbers them."""
    host = sandbox._host
    assert host is not None
    supervisor = host.pid if sandbox._isolation is Isolation.PROCESS else descendants(host.pid)[0]
    depth = _nesting(supervisor)
    children = [int(word) for word in _read(supervisor, f"task/{supervisor}/children").split()]
    # cells are children of the supervisor too, one pid namespace deeper
    return [pid for pid in children if _nesting(pid) == depth]


def _nesting(pid: int) -> int:
    lines = _read(pid, "status").decode().splitlines()
    return next((len(line.split()) for line in lines if line.startswith("NSpid:")), 0)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[1-9]*") if path.name != str(os.getpid())]


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # it ended meanwhile, or belongs to somebody else
        return b""


def eventually(true: Callable[[], bool], within_s: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def refused_namespaces() -> str:
    """Why this machine gives no namespaces, asked of a program that is not ours; empty where it does."""
    command = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--net", "--ipc", "--fork", "true"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except FileNotFoundError:
        return ""  # not known: the sandbox itself will say
    return done.stderr.strip() if done.returncode else ""
