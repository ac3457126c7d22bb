"""Every outcome is provoked for real, on every back end."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bcb_tools.sandbox import Report
from contract.forging_programs import FORGERIES
from contract.honest_programs import HONEST
from contract.outcome_programs import OUTCOMES
from support.sandbox import Case


def _check(name: str, case: Case, reports: Mapping[str, Report]) -> None:
    if name not in reports:
        pytest.skip("runs only where the machine is out of its reach")
    report = reports[name]
    assert report.outcome in case.outcomes, (report.outcome, report.detail, report.tests, report.err)


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_happened_is_what_is_said(name: str, reports: Mapping[str, Report]) -> None:
    """A program that ends in a certain way is given the outcome of that name."""
    _check(name, OUTCOMES[name], reports)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_wrong_answer_cannot_be_made_a_pass(name: str, reports: Mapping[str, Report]) -> None:
    """A program that turns on its judge is found out, or its trick comes to nothing."""
    _check(name, FORGERIES[name], reports)


@pytest.mark.parametrize("name", HONEST)
def test_honest_programs_pass(name: str, reports: Mapping[str, Report]) -> None:
    """A right program passes, whatever it uses of the machine."""
    _check(name, HONEST[name], reports)
