"""What a run costs beyond its own tests: `make bench`.

Runs a trivial program many times through the sandbox, once beside a bare interpreter and once beside one that
has the scientific stack loaded, and prints overhead, throughput and start-up. Nothing else should be running.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bcb_tools.environment import find_environment, open_environment
from bcb_tools.sandbox import Interpreter, Program, Sandbox, expected_tests, plan_groups, policy_named

SOLUTION = "def task_func(number):\n    return number + 1\n"
TESTS = """
import unittest
class TestCases(unittest.TestCase):
    def test_one(self):
        self.assertEqual(task_func(1), 2)
    def test_two(self):
        self.assertEqual(task_func(2), 3)
    def test_three(self):
        self.assertEqual(task_func(-1), 0)
"""
GROUPS = {
    "general": frozenset({"json", "re"}),
    "scientific": frozenset(
        {"numpy", "pandas", "matplotlib.pyplot", "scipy.stats", "sklearn.linear_model", "sklearn.cluster"}
    ),
}


@dataclass(frozen=True)
class Figures:
    """What was measured for one group.

    Attributes:
        group: What is preloaded.
        runs: How many runs were measured.
        parallel: How many at the same time.
        overhead_ms_median: Half of the runs took no more than this beyond their own loading and tests.
        overhead_ms_p95: Nineteen of twenty took no more.
        runs_per_s: Throughput.
        first_verdict_s: From nothing to the first verdict, imports included.
    """

    group: str
    runs: int
    parallel: int
    overhead_ms_median: float
    overhead_ms_p95: float
    runs_per_s: float
    first_verdict_s: float


def measure(interpreter: Interpreter, group: str, runs: int, parallel: int) -> Figures:
    """Run the trivial program ``runs`` times.

    Raises:
        SystemExit: A run did not pass: the figures would mean nothing.
    """
    imports = GROUPS[group]
    programs = [
        Program(str(number), SOLUTION, TESTS, "task_func", expected_tests(TESTS), imports)
        for number in range(runs + 1)
    ]
    started = time.perf_counter()
    plan = plan_groups([imports])
    with Sandbox(interpreter, policy_named("default"), plan, parallel=parallel) as sandbox:
        list(sandbox.run(programs[:1]))
        first = time.perf_counter() - started
        started = time.perf_counter()
        reports = [report for _, report in sandbox.run(programs[1:])]
        seconds = time.perf_counter() - started
    bad = [report for report in reports if not report.passed]
    if bad:
        raise SystemExit(f"{len(bad)} of {runs} runs did not pass: {bad[0].outcome} {bad[0].detail}")
    overheads = [report.overhead_ms for report in reports]
    return Figures(
        group=group,
        runs=runs,
        parallel=parallel,
        overhead_ms_median=round(statistics.median(overheads), 1),
        overhead_ms_p95=round(statistics.quantiles(overheads, n=20)[-1], 1),
        runs_per_s=round(runs / seconds, 1),
        first_verdict_s=round(first, 2),
    )


def main() -> None:
    """Measure every group one after the other and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--python", type=Path, help="task environment; the shipped tasks' own without it")
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    options = parser.parse_args()
    environment = (
        open_environment(options.python) if options.python else find_environment(Path("tasks"), Path.cwd())
    )
    figures = [
        measure(environment.interpreter, group, options.runs, parallel)
        for group in GROUPS
        for parallel in (1, 2)
    ]
    if options.json:
        print(json.dumps([asdict(entry) for entry in figures]))  # noqa: T201 - a command's output
        return
    print("group       parallel  overhead ms (median, p95)  runs/s  first verdict s")  # noqa: T201
    for entry in figures:
        overhead = f"{entry.overhead_ms_median:>12} {entry.overhead_ms_p95:>12}"
        rest = f"{entry.runs_per_s:>6}  {entry.first_verdict_s:>15}"
        print(f"{entry.group:<11} {entry.parallel:>8}  {overhead}  {rest}")  # noqa: T201


if __name__ == "__main__":
    main()
