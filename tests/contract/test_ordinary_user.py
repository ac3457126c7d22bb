"""The same promises as a user who owns nothing, when the suite itself runs as root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import bcb_tools
from contract.forging_programs import FORGERIES
from contract.honest_programs import HONEST
from contract.outcome_programs import OUTCOMES
from support.sandbox import BACK_ENDS, SYSTEM_PYTHON, may_run

_NOBODY = 12345  # a user without a name, a home or a group of its own
_SCRIPT = """
import json, os, pathlib, sys
sys.path[:0] = [{tests!r}, {tools!r}]
from contract.forging_programs import FORGERIES
from contract.honest_programs import HONEST
from contract.outcome_programs import OUTCOMES
from support.sandbox import BACK_ENDS, eventually, marked_policy, new_mark, processes_of, run_cases
assert os.getuid() == {uid}
cases = {{**OUTCOMES, **FORGERIES, **HONEST}}
back_end = BACK_ENDS[sys.argv[1]]
mark = new_mark()
chosen = {{name: case for name, case in cases.items() if back_end.isolates or not case.isolated}}
with back_end.open(policy=marked_policy(mark), parallel=4) as sandbox:
    reports = run_cases(sandbox, chosen)
assert eventually(lambda: not processes_of(mark)), "processes are left"
left = [path for path in pathlib.Path("/tmp").glob("bcb-run-*") if path.stat().st_uid == {uid}]
assert left == [], left
print(json.dumps({{name: [report.outcome, report.detail] for name, report in reports.items()}}))
"""


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """The sandbox and its cases where everybody may read them."""
    if os.geteuid() != 0:
        pytest.skip("the whole suite runs as an ordinary user already")
    if not may_run(SYSTEM_PYTHON, _NOBODY):
        pytest.skip(f"no {SYSTEM_PYTHON} of version 3.11 or later that every user can run")
    with tempfile.TemporaryDirectory(prefix="bcb-test-user-") as folder:
        tools, tests = Path(folder, "tools"), Path(folder, "tests")
        package = Path(next(iter(bcb_tools.__path__)))
        shutil.copytree(package / "sandbox", tools / "bcb_tools" / "sandbox")
        for name in ("__init__.py", "errors.py"):
            shutil.copy(package / name, tools / "bcb_tools")
        here = Path(__file__).parent
        (tests / "contract").mkdir(parents=True)
        for path in here.glob("*_programs.py"):
            shutil.copy(path, tests / "contract")
        (tests / "support").mkdir()
        shutil.copy(here.parent / "support" / "sandbox.py", tests / "support")
        script = _SCRIPT.format(tests=str(tests), tools=str(tools), uid=_NOBODY)
        Path(folder, "conformance.py").write_text(script)
        for path in [Path(folder), *Path(folder).rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield Path(folder)


@pytest.mark.parametrize("name", ["namespaces", "process"])
def test_every_case_ends_the_same_way(name: str, installed: Path, namespaces_refused: str) -> None:
    """Outcomes, forgeries and honest programs are judged as they are for root, and nothing is left."""
    if BACK_ENDS[name].isolates and namespaces_refused:
        pytest.skip(namespaces_refused)
    done = subprocess.run(
        [SYSTEM_PYTHON, "-I", "-B", installed / "conformance.py", name],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": "/nonexistent"},
        user=_NOBODY,
        group=_NOBODY,
        extra_groups=[],
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    cases = {**OUTCOMES, **FORGERIES, **HONEST}
    wrong = {key: seen for key, seen in found.items() if seen[0] not in cases[key].outcomes}
    assert wrong == {}
    assert len(found) >= 100


def test_the_sandbox_needs_nothing_but_the_standard_library(installed: Path) -> None:
    """It is imported by an interpreter that has no other package, isolated from ours."""
    program = f"import sys; sys.path.insert(0, {str(installed / 'tools')!r}); import bcb_tools.sandbox"
    subprocess.run([SYSTEM_PYTHON, "-I", "-S", "-B", "-c", program], check=True)
