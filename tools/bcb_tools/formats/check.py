"""HumanEval's `check(candidate)` as a test case, and a test case as `check(candidate)`.

Each turns back into the other without a trace, so a task can be exported to the other format and come home.
"""

from __future__ import annotations

import re

__all__ = ["to_check", "to_test_case"]

_CHECK_AS_TEST_CASE = '''

import unittest


class TestCases(unittest.TestCase):
    """The row's `check`, run as one test."""

    def test_check(self):
        check({entry_point})
'''

_TEST_CASE_AS_CHECK = '''

def check(candidate):
    """Run `TestCases`, which calls the candidate by its name."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(TestCases).run(result)
    assert result.wasSuccessful(), "".join(trace for _, trace in result.failures + result.errors)
'''

_TEST_CLASS = re.compile(r"^class[ \t]+TestCases\b", re.MULTILINE)


def to_test_case(test: str, entry_point: str) -> str:
    """A HumanEval row's `test` as the text of a test file with a class `TestCases`."""
    if test.endswith(_TEST_CASE_AS_CHECK):
        return test.removesuffix(_TEST_CASE_AS_CHECK)
    if _TEST_CLASS.search(test):
        return test
    return test + _CHECK_AS_TEST_CASE.format(entry_point=entry_point)


def to_check(tests: str, entry_point: str) -> str:
    """The text of a test file as a HumanEval row's `test` with a function `check`."""
    made = _CHECK_AS_TEST_CASE.format(entry_point=entry_point)
    if tests.endswith(made):
        return tests.removesuffix(made)
    return tests + _TEST_CASE_AS_CHECK
