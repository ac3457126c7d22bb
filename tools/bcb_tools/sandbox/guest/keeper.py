"""The weaker tier's stand-in for a cell: a process that adopts a run's orphans and ends them with it.

Without a pid namespace the kernel does not end a run's descendants for us. The keeper is their subreaper:
whatever a run leaves behind becomes its child, and is killed before the run counts as over.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
from typing import Any

from bcb_tools.sandbox.guest import census, linux, wire

__all__ = ["BROKEN", "SIGNALS", "exit_message", "keep"]

BROKEN = 71
"""Exit status of a run whose walls could not be put up."""

_END, _ORPHANED = signal.SIGTERM, signal.SIGUSR1
SIGNALS = {_END, _ORPHANED}
"""What a keeper listens to; blocked until it does."""


def exit_message(run: int, status: int, usage: resource.struct_rusage) -> dict[str, Any]:
    """What the supervisor is told about a run's first process when it has ended."""
    return {
        "op": "exit",
        "id": run,
        "status": status,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "max_rss_mib": usage.ru_maxrss / 1024,
    }


def _end(runner: int, number: int, heard: set[int]) -> None:
    heard.add(number)
    try:
        os.kill(runner, signal.SIGKILL)
    except ProcessLookupError:
        pass


def keep(control: socket.socket, job: dict[str, Any]) -> None:
    """Fork the runner and return in it; in the keeper itself, wait, clean up, report and end.

    SIGTERM makes the keeper end the run early. So does the zygote's death, after which the keeper says
    nothing: the supervisor must not take our kill for the run's own end. The signals must be blocked on
    entry: before their handlers stand they would end the keeper and leave the run.

    Args:
        control: The zygote's socket to the supervisor: its messages are atomic.
        job: The run.
    """
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    linux.prctl(linux.PR_SET_PDEATHSIG, _ORPHANED)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    runner = os.fork()
    if runner == 0:
        return
    heard: set[int] = set()
    for number in SIGNALS:
        signal.signal(number, lambda number, _: _end(runner, number, heard))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    os.closerange(0, control.fileno())
    os.closerange(control.fileno() + 1, 1 << 16)
    _, status, usage = os.wait4(runner, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    census.kill_children()
    if _ORPHANED in heard:
        os._exit(0)
    wire.send(control, exit_message(job["id"], status, usage))
    os._exit(0)
