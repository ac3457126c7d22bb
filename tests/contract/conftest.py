"""Back ends, and the reports of every case, each run once in a session."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bcb_tools.sandbox import Report
from contract.forging_programs import FORGERIES
from contract.honest_programs import HONEST
from contract.outcome_programs import OUTCOMES
from support.sandbox import BACK_ENDS, BackEnd, refused_namespaces, run_cases


@pytest.fixture(scope="session")
def namespaces_refused() -> str:
    """Why the machine gives no namespaces; empty where it does."""
    return refused_namespaces()


@pytest.fixture(scope="session", params=list(BACK_ENDS))
def back_end(request: pytest.FixtureRequest, namespaces_refused: str) -> BackEnd:
    """Each back end in turn; those that this machine cannot have are skipped with its reason."""
    found = BACK_ENDS[request.param]
    if found.isolates and namespaces_refused:
        pytest.skip(f"this machine refuses namespaces: {namespaces_refused}")
    return found


@pytest.fixture
def isolating(back_end: BackEnd) -> BackEnd:
    """Each back end that keeps programs away from the machine."""
    if not back_end.isolates:
        pytest.skip("without isolation nothing is promised about files and network")
    return back_end


@pytest.fixture(scope="session")
def reports(back_end: BackEnd) -> Mapping[str, Report]:
    """The report of every case that this back end may run."""
    everything = {**OUTCOMES, **FORGERIES, **HONEST}
    chosen = {name: case for name, case in everything.items() if back_end.isolates or not case.isolated}
    with back_end.open(parallel=4) as sandbox:
        return run_cases(sandbox, chosen)
