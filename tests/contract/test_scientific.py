"""The shipped task environment: large libraries imported ahead, one fork a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bcb_tools.environment import sync
from bcb_tools.sandbox import Interpreter, Limits, Outcome, Sandbox, plan_groups
from support.sandbox import BACK_ENDS, run_case

_ROOT = Path(__file__).resolve().parents[2]
_USED = frozenset({"numpy", "numpy.testing", "pandas", "pandas.testing", "matplotlib.pyplot"})


@pytest.fixture(scope="module")
def interpreter() -> Interpreter:
    """The environment that `make env` builds for the shipped tasks."""
    return sync(_ROOT / "tasks" / "environment" / "requirements.txt", _ROOT).interpreter


@pytest.fixture(scope="module")
def sandbox(interpreter: Interpreter, namespaces_refused: str) -> Iterator[Sandbox]:
    """A sandbox with the scientific group imported ahead."""
    if namespaces_refused:
        pytest.skip(namespaces_refused)
    with BACK_ENDS["namespaces"].open(plan=plan_groups([_USED]), interpreter=interpreter) as opened:
        yield opened


def test_a_figure_is_drawn_from_a_table(sandbox: Sandbox) -> None:
    """numpy, pandas and pyplot are there before the program starts, and work in the fork."""
    report = run_case(
        sandbox,
        """
        import sys
        ahead = {"numpy", "pandas", "matplotlib.pyplot"} <= set(sys.modules)
        import matplotlib.pyplot as plt, numpy as np, pandas as pd
        def task_func():
            table = pd.DataFrame({"a": np.arange(10)})
            axes = table.plot()
            plt.savefig("figure.png")
            return 42 if ahead and int(table.a.sum()) == 45 and axes.lines else 0
        """,
        imports=_USED,
    )
    assert report.outcome is Outcome.PASS, (report.detail, report.tests, report.err)


def test_unseeded_numpy_draws_differ_between_runs(sandbox: Sandbox) -> None:
    """The global generator of numpy is not the zygote's."""
    source = "import numpy\ndef task_func():\n    print(numpy.random.random())\n    return 42\n"
    draws = {run_case(sandbox, source, imports=_USED).out for _ in range(3)}
    assert len(draws) == 3


def test_pages_shared_with_the_zygote_are_not_charged_to_a_run(sandbox: Sandbox) -> None:
    """Several forks of a large zygote stay below a limit that their own memory does not reach."""
    report = run_case(
        sandbox,
        """
        import os, time
        def task_func():
            children = [os.fork() for _ in range(1)]
            for _ in range(5):
                if 0 not in children:
                    children.append(os.fork())
            if 0 in children:
                time.sleep(0.8)
                os._exit(0)
            for child in children:
                os.waitpid(child, 0)
            return 42
        """,
        imports=_USED,
        limits=Limits(memory_mib=400),
    )
    assert report.outcome is Outcome.PASS, (report.outcome, report.detail)


@pytest.mark.parametrize("target", ["numpy.testing.assert_allclose", "pandas.testing.assert_frame_equal"])
def test_patched_assertions_of_the_libraries_are_found_out(sandbox: Sandbox, target: str) -> None:
    """A program that silences the assertions of numpy or pandas has tampered with its judge."""
    module, _, name = target.rpartition(".")
    report = run_case(
        sandbox,
        f"import {module}\n{target} = lambda *a, **k: None\ndef task_func(): return 41\n",
        f"import unittest\nimport {module}\n\nclass TestCases(unittest.TestCase):\n"
        "    def test_answer(self):\n        pass\n",
        imports=_USED,
    )
    assert report.outcome is Outcome.TAMPERED
    assert name in report.detail
