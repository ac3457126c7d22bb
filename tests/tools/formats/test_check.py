"""Tests move between HumanEval's form and a test case, and back."""

from __future__ import annotations

import pytest

from bcb_tools.formats.check import to_check, to_test_case
from support.made_tasks import SOLUTION, TESTS

CHECK = "def check(candidate):\n    assert candidate(2) == 4\n"


def test_check_comes_home() -> None:
    """A row's `check` turned into a test case and back is the same text."""
    assert to_check(to_test_case(CHECK, "f"), "f") == CHECK


def test_test_case_comes_home() -> None:
    """A test case turned into `check` and back is the same text."""
    assert to_test_case(to_check(TESTS, "f"), "f") == TESTS


def test_existing_test_case_is_not_shadowed() -> None:
    """A row whose tests have a class `TestCases` already keeps it."""
    text = "class TestCases:\n    pass\n" + CHECK
    assert to_test_case(text, "f") == text


def test_check_made_of_a_test_case_judges() -> None:
    """The `check` made from a test case passes the right solution and fails a wrong one."""
    right: dict[str, object] = {"__name__": "right"}
    exec(SOLUTION + to_check(TESTS, "task_func") + "\ncheck(task_func)", right)
    wrong = SOLUTION.replace("most_common(limit)", "most_common(1)")
    with pytest.raises(AssertionError, match="test_counts"):
        exec(wrong + to_check(TESTS, "task_func") + "\ncheck(task_func)", {"__name__": "wrong"})
