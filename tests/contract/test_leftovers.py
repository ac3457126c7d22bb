"""Nothing is left behind: not by a run, not by a sandbox, not by a toolkit that was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bcb_tools.sandbox import Outcome, Program, Sandbox
from support.sandbox import (
    BackEnd,
    Case,
    descendants,
    eventually,
    marked_policy,
    new_mark,
    processes_named,
    processes_of,
    run_cases,
    zygotes,
)

_NAME = "open('/proc/self/comm', 'w').write(MARK)"
_DAEMONS = {
    "child": """
        if os.fork() == 0:
            name()
    """,
    "session_leader": """
        subprocess.Popen([sys.executable, "-c", LATE, MARK], start_new_session=True)
    """,
    "double_fork": """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                name()
            os._exit(0)
        os.wait()
    """,
    "deaf_grandchild": """
        if os.fork() == 0:
            for number in signal.valid_signals() - {9, 19}:
                try:
                    signal.signal(number, signal.SIG_IGN)
                except OSError:
                    pass
            os.setsid()
            if os.fork() == 0:
                os.setsid()
                name()
            name()
    """,
    "shell": "os.system(f'(sleep 600; : {MARK}) >/dev/null 2>&1 &')",
    "zombies": """
        for _ in range(20):
            if os.fork() == 0:
                os._exit(0)
    """,
    "stopped": """
        child = os.fork()
        if child == 0:
            open("/proc/self/comm", "w").write(MARK)
            os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(0.1)
    """,
}


def _daemon(body: str, mark: str, then: str) -> str:
    head = f"""
        import os, signal, subprocess, sys, time
        MARK = {mark!r}
        LATE = "import time; time.sleep(600)"
        def name():
            {_NAME}
            time.sleep(600)
            os._exit(0)
        def task_func():
    """
    body = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    return textwrap.dedent(head).rstrip() + "\n" + body + f"\n    {then}\n"


@pytest.mark.parametrize(
    ("then", "outcome"),
    [
        ("return 42", Outcome.PASS),
        ("os._exit(3)", Outcome.CRASH),
        ("time.sleep(600)", Outcome.TIMEOUT),
    ],
)
def test_the_process_tree_is_gone_when_the_report_comes(
    back_end: BackEnd, then: str, outcome: Outcome
) -> None:
    """Children, daemons and stopped processes have ended, however the run itself ended."""
    mark = new_mark()
    limit_s = 60.0 if outcome is Outcome.PASS else 1.0
    chosen = {
        name: Case(_daemon(body, mark + str(at), then), frozenset(), options={"time_limit_s": limit_s})
        for at, (name, body) in enumerate(_DAEMONS.items())
    }
    with back_end.open(parallel=7) as sandbox:
        for program, report in sandbox.run([case.program(name) for name, case in chosen.items()]):
            assert report.outcome is outcome, (program.key, report)
            own = mark + str(list(chosen).index(program.key))
            assert processes_named(own) == [], program.key
            assert processes_of(own) == [], program.key


def test_many_runs_leave_neither_descriptors_nor_processes(back_end: BackEnd) -> None:
    """After hundreds of runs the toolkit, the supervisor and the zygote hold what they held after twenty."""
    mark = new_mark()
    before = _descriptors(os.getpid())
    with back_end.open(policy=marked_policy(mark), parallel=2) as sandbox:
        held = [
            _after(sandbox, 20, mark),
            _after(sandbox, 280 if back_end.name == "namespaces" else 100, mark),
        ]
    assert held[0] == held[1]
    assert _descriptors(os.getpid()) == before
    assert eventually(lambda: not processes_of(mark))


def _after(sandbox: Sandbox, runs: int, mark: str) -> list[int]:
    programs = {str(number): Case("def task_func(): return 42", frozenset()) for number in range(runs)}
    assert all(report.passed for report in run_cases(sandbox, programs).values())
    (zygote,) = zygotes(sandbox)
    host = sandbox._host
    assert host is not None
    # a cell or two are under way at any time: look until the sandbox is quiet
    quiet = [-1, -2]
    while quiet[-1] != quiet[-2] or len(quiet) < 12:
        quiet.append(sum(_descriptors(pid) for pid in [host.pid, *descendants(host.pid)]))
        eventually(lambda: False, within_s=0.02)
    return [_descriptors(os.getpid()), _descriptors(zygote), quiet[-1], len(processes_of(mark))]


def _descriptors(pid: int) -> int:
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return 0


def test_leaving_in_the_middle_ends_everything(back_end: BackEnd) -> None:
    """A caller that stops listening and leaves the sandbox leaves no process, no descriptor, no folder."""
    mark = new_mark()
    before = _descriptors(os.getpid())
    folders = set(Path("/tmp").glob("bcb-run-*"))
    late = Case("import time\ndef task_func():\n    time.sleep(600)", frozenset())
    quick = Case("def task_func(): return 42", frozenset())
    with back_end.open(policy=marked_policy(mark), parallel=3) as sandbox:
        stream = sandbox.run([quick.program("quick"), late.program("late"), late.program("later")])
        assert next(iter(stream))[0].key == "quick"
    assert eventually(lambda: not processes_of(mark))
    del stream
    assert _descriptors(os.getpid()) == before
    assert eventually(lambda: not (set(Path("/tmp").glob("bcb-run-*")) - folders))


def test_an_error_of_the_caller_ends_everything(back_end: BackEnd) -> None:
    """An exception in the loop over the reports leaves nothing behind either."""
    mark = new_mark()
    late = Case(
        "import time\ndef task_func():\n    time.sleep(600)", frozenset(), options={"time_limit_s": 0.5}
    )
    with pytest.raises(ZeroDivisionError):
        _divide_by_zero(back_end, mark, [late.program("one"), late.program("two")])
    assert eventually(lambda: not processes_of(mark))


def _divide_by_zero(back_end: BackEnd, mark: str, programs: list[Program]) -> None:
    with back_end.open(policy=marked_policy(mark)) as sandbox:
        for _ in sandbox.run(programs):
            raise ZeroDivisionError


_TOOLKIT = """
import sys
sys.path[:0] = {paths!r}
from support.sandbox import BACK_ENDS, Case, marked_policy
source = '''
import os, time
def task_func():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    open("/proc/self/comm", "w").write("{mark}")
    time.sleep(600)
'''
late = Case(source, frozenset())
with BACK_ENDS[{name!r}].open(policy=marked_policy({mark!r}), parallel=2) as sandbox:
    for _ in sandbox.run([late.program("a"), late.program("b")]):
        pass
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_toolkit_that_is_killed_leaves_no_process(back_end: BackEnd, number: signal.Signals) -> None:
    """`kill -9` of the whole toolkit, or Ctrl-C, ends every run within moments."""
    mark = new_mark()
    paths = [entry for entry in sys.path if entry]
    script = _TOOLKIT.format(paths=paths, mark=mark, name=back_end.name)
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL) as toolkit:
        assert eventually(lambda: len(processes_named(mark)) == 2, within_s=60)
        toolkit.send_signal(number)
        toolkit.wait(timeout=60)
    assert eventually(lambda: not processes_of(mark)), processes_of(mark)
