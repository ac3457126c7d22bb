"""What breaks in the sandbox itself: it is tried again, then reported, and never the program's failure."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from bcb_tools.errors import SandboxUnavailable
from bcb_tools.sandbox import Interpreter, Outcome, Plan, Report, Sandbox, inspect_interpreter
from support.sandbox import (
    BACK_ENDS,
    BackEnd,
    Case,
    descendants,
    eventually,
    marked_policy,
    new_mark,
    processes_named,
    processes_of,
    run_case,
    run_cases,
    zygotes,
)

_SLOW = """
    def task_func():
        import time
        open("/proc/self/comm", "w").write({mark!r})
        time.sleep(0.6)
        return 42
"""


def _supervisor(sandbox: Sandbox) -> int:
    host = sandbox._host
    assert host is not None
    namespaced = sandbox._isolation is BACK_ENDS["namespaces"].isolation
    return descendants(host.pid)[0] if namespaced else host.pid


@pytest.mark.parametrize(
    "victim", [lambda sandbox: zygotes(sandbox)[0], _supervisor], ids=["zygote", "supervisor"]
)
def test_a_run_whose_sandbox_is_killed_is_run_again(
    back_end: BackEnd, victim: Callable[[Sandbox], int]
) -> None:
    """SIGKILL of the zygote or the supervisor costs a second attempt, not the program its pass."""
    mark = new_mark()
    policy = marked_policy(new_mark())

    def strike() -> None:
        if eventually(lambda: bool(processes_named(mark)), within_s=60):
            os.kill(victim(sandbox), signal.SIGKILL)

    with back_end.open(policy=policy) as sandbox:
        striker = Thread(target=strike)
        striker.start()
        report = run_case(sandbox, _SLOW.format(mark=mark))
        striker.join()
        again = run_case(sandbox, "def task_func(): return 42")
    assert report.outcome is Outcome.PASS, report
    assert report.attempts == 2
    assert again.attempts == 1
    assert eventually(lambda: not processes_of(policy.environment["BCB_TEST_MARK"]))


def test_a_sandbox_that_breaks_every_time_is_reported_and_not_blamed_on_the_program(
    back_end: BackEnd,
) -> None:
    """After the policy's attempts the outcome is an infrastructure error that names the reason."""
    mark = new_mark()
    over = False

    def strike() -> None:
        struck: set[int] = set()
        while not over:
            for pid in set(processes_named(mark)) - struck:
                struck.add(pid)
                for zygote in zygotes(sandbox):
                    os.kill(zygote, signal.SIGKILL)
            eventually(lambda: False, within_s=0.02)

    with back_end.open(policy=marked_policy(mark, attempts=2)) as sandbox:
        striker = Thread(target=strike)
        striker.start()
        report = run_case(sandbox, _SLOW.format(mark=mark))
        over = True
        striker.join()
    assert report.outcome is Outcome.INFRASTRUCTURE_ERROR
    assert report.attempts == 2
    assert report.detail == "the zygote died"


_INSIDE = """
import json, sys
sys.path[:0] = {paths!r}
from bcb_tools.errors import BcbError
from support.sandbox import BACK_ENDS, run_case
found = {{}}
for name in {names!r}:
    try:
        with BACK_ENDS[name].open() as sandbox:
            report = run_case(sandbox, "def task_func(): return 42")
            found[name] = [report.outcome, report.attempts, report.detail]
    except BcbError as error:
        found[name] = [type(error).__name__, error.exit_code, error.hint]
print(json.dumps(found))
"""


def _where(limit: str, *names: str) -> dict[str, list[object]]:
    """Run one program on a machine where a limit of namespaces is in force."""
    paths = [entry for entry in sys.path if entry]
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{limit} && exec "$@"', "sh"]
    python = [
        getattr(sys, "_base_executable", sys.executable),
        "-c",
        _INSIDE.format(paths=paths, names=names),
    ]
    done = subprocess.run([*command, *python], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[object]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_cell_that_cannot_be_made_is_no_failure_of_the_program(namespaces_refused: str) -> None:
    """Where the kernel has no namespace left for a run, it is tried three times and then says so."""
    if namespaces_refused:
        pytest.skip(namespaces_refused)
    outcome, attempts, why = _where("echo 1 > /proc/sys/user/max_net_namespaces", "namespaces")["namespaces"]
    assert outcome == Outcome.INFRASTRUCTURE_ERROR
    assert attempts == 3
    assert "No space left" in str(why)


def test_a_full_disk_is_no_failure_of_the_program(namespaces_refused: str, tmp_path: Path) -> None:
    """Where no private folder can be made it is tried again and then said; cells do not need the disk."""
    if namespaces_refused:
        pytest.skip(namespaces_refused)
    small = f"mount -t tmpfs -o nr_inodes=4 none {tmp_path} && export TMPDIR={tmp_path}"
    found = _where(small, "process", "namespaces")
    outcome, attempts, why = found["process"]
    assert (outcome, attempts) == (Outcome.INFRASTRUCTURE_ERROR, 3)
    assert "No space left" in str(why)
    assert found["namespaces"][0] == Outcome.PASS


def test_without_user_namespaces_the_reason_and_the_way_out_are_named(namespaces_refused: str) -> None:
    """Switched off, they are refused with exit code 3 and two ways out, one of which works at once."""
    if namespaces_refused:
        pytest.skip(namespaces_refused)
    found = _where("echo 0 > /proc/sys/user/max_user_namespaces", "namespaces", "process")
    name, code, hint = found["namespaces"]
    assert (name, code) == ("SandboxUnavailable", 3)
    assert "sysctl" in str(hint)
    assert "--isolation process" in str(hint)
    assert found["process"][0] == Outcome.PASS


# -- what is imported ahead ------------------------------------------------------------------------

_LIBRARIES = {
    "bcbt_plain": "import os\nPID = os.getpid()\n",
    "bcbt_athread": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\nVALUE = 42\n",
    "bcbt_killer": "import os, sys\nif 'bcbt_asked' not in sys.modules: os.abort()\nVALUE = 42\n",
    "bcbt_raises": "raise ValueError('no')\n",
    "bcbt_asked": "",
}


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Interpreter]:
    """An environment in a temporary folder that every user can read, with modules of every kind."""
    with tempfile.TemporaryDirectory(prefix="bcb-test-env-") as folder:
        Path(folder).chmod(0o755)
        base = BACK_ENDS["process"].interpreter().path
        subprocess.run([base, "-m", "venv", "--without-pip", f"{folder}/env"], check=True)
        (site,) = Path(folder, "env", "lib").glob("python*/site-packages")
        for name, source in _LIBRARIES.items():
            (site / f"{name}.py").write_text(source)
        yield inspect_interpreter(Path(folder, "env", "bin", "python"))


def _planned(back_end: BackEnd, interpreter: Interpreter, *modules: str) -> Sandbox:
    return back_end.open(
        plan=Plan({"general": modules}), interpreter=interpreter, policy=marked_policy(new_mark())
    )


def _uses(module: str, *before: str) -> str:
    names = ", ".join([*before, module])
    return f"import {names}\ndef task_func(): return {module}.VALUE\n"


@pytest.fixture(params=["namespaces", "process"])
def warm(request: pytest.FixtureRequest, namespaces_refused: str) -> BackEnd:
    """The back ends that import ahead."""
    found = BACK_ENDS[request.param]
    if found.isolates and namespaces_refused:
        pytest.skip(namespaces_refused)
    return found


def test_modules_are_imported_ahead_and_once(warm: BackEnd, interpreter: Interpreter) -> None:
    """What the plan names is there before the program asks, imported by another process."""
    source = """
        import os, sys
        ahead = "bcbt_plain" in sys.modules
        import bcbt_plain
        def task_func():
            return 42 if ahead and bcbt_plain.PID != os.getpid() else 0
    """
    with _planned(warm, interpreter, "bcbt_plain", "no_such_library_xyz") as sandbox:
        assert run_case(sandbox, source).outcome is Outcome.PASS


def test_a_task_environment_in_a_temporary_folder_is_seen_inside(
    warm: BackEnd, interpreter: Interpreter
) -> None:
    """Modules that were not imported ahead can be imported from an environment under `/tmp`."""
    with _planned(warm, interpreter) as sandbox:
        report = run_case(sandbox, "import bcbt_plain, colorsys\ndef task_func(): return 42")
    assert report.outcome is Outcome.PASS, report.detail


def test_a_module_that_starts_threads_is_left_to_the_runs(warm: BackEnd, interpreter: Interpreter) -> None:
    """No zygote forks with a second thread: the module is named, left out, and works in the run."""
    with _planned(warm, interpreter, "bcbt_athread", "bcbt_plain") as sandbox:
        report = run_case(sandbox, _uses("bcbt_athread"))
        assert sandbox.left_out == {"bcbt_athread"}
        tasks = [len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in zygotes(sandbox)]
    assert report.outcome is Outcome.PASS, report
    assert tasks == [1]


@pytest.mark.parametrize("modules", [("bcbt_killer",), ("bcbt_athread", "bcbt_killer")])
def test_a_zygote_that_dies_while_importing_does_not_stop_the_evaluation(
    warm: BackEnd, interpreter: Interpreter, modules: tuple[str, ...]
) -> None:
    """Where a library kills the interpreter that imports it ahead, runs go on without it."""
    with _planned(warm, interpreter, *modules) as sandbox:
        report = run_case(sandbox, _uses("bcbt_killer", "bcbt_asked"))
    assert report.outcome is Outcome.PASS, report


def test_a_module_that_cannot_be_imported_is_the_programs_own_problem(
    warm: BackEnd, interpreter: Interpreter
) -> None:
    """A library that raises is not imported ahead, and raises in the programs that import it."""
    with _planned(warm, interpreter, "bcbt_raises") as sandbox:
        assert run_case(sandbox, "def task_func(): return 42").outcome is Outcome.PASS
        assert run_case(sandbox, "import bcbt_raises").outcome is Outcome.IMPORT_ERROR


def test_each_report_belongs_to_its_program(back_end: BackEnd) -> None:
    """With many runs at the same time no output, verdict or test is mixed up."""
    chosen = {
        str(number): Case(
            f"import time\ntime.sleep({number % 3} / 50)\n"
            f"def task_func():\n    print({number})\n    return {42 + number % 2}",
            frozenset(),
        )
        for number in range(40)
    }
    with back_end.open(parallel=8) as sandbox:
        reports: dict[str, Report] = run_cases(sandbox, chosen)
    assert len(reports) == 40
    for key, report in reports.items():
        assert report.out.split() == [key]
        assert report.passed == (int(key) % 2 == 0)


def test_an_interpreter_that_only_root_can_read_is_refused_without_namespaces() -> None:
    """As root, programs run as somebody else: where that user lacks the libraries, no program is blamed."""
    if os.geteuid() != 0:
        pytest.skip("an ordinary user's programs run as that user")
    with tempfile.TemporaryDirectory(prefix="bcb-test-private-") as folder:
        base = BACK_ENDS["process"].interpreter().path
        subprocess.run([base, "-m", "venv", "--without-pip", f"{folder}/env"], check=True)
        hidden = inspect_interpreter(Path(folder, "env", "bin", "python"))
        with pytest.raises(SandboxUnavailable) as caught, BACK_ENDS["process"].open(interpreter=hidden):
            pass
    assert str(hidden.path) in caught.value.message
    assert "ordinary user" in caught.value.hint
