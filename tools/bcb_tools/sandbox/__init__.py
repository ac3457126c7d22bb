"""Run one program against its tests, safely.

`Sandbox` runs a stream of `Program` values and yields a `Report` for each. It knows programs and tests, not
benchmarks. Every program runs in a process of its own, as an unprivileged user, in namespaces of its own.
"""

from bcb_tools.sandbox.interpreter import Interpreter, inspect_interpreter
from bcb_tools.sandbox.manifest import expected_tests
from bcb_tools.sandbox.outcome import Outcome, Report, TestEntry, TestOutcome
from bcb_tools.sandbox.policy import POLICIES, Isolation, Limits, Network, Policy, policy_named
from bcb_tools.sandbox.pool import Sandbox
from bcb_tools.sandbox.preload import Plan, plan_groups
from bcb_tools.sandbox.program import Program

__all__ = [
    "POLICIES",
    "Interpreter",
    "Isolation",
    "Limits",
    "Network",
    "Outcome",
    "Plan",
    "Policy",
    "Program",
    "Report",
    "Sandbox",
    "TestEntry",
    "TestOutcome",
    "expected_tests",
    "inspect_interpreter",
    "plan_groups",
    "policy_named",
]
