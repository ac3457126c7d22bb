"""A warm interpreter: imports what a group of programs needs, then only forks.

No program ever runs in this process. It holds the capabilities of the sandbox's user namespace so that its
children can enter their cells; they give them up before they read a program.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
from typing import Any

from bcb_tools.sandbox.guest import enclosure, integrity, keeper, linux, runner, seccomp, wire

__all__ = ["serve"]


def serve(control: socket.socket, preload: list[str], *, namespaces: bool) -> None:
    """Import, say what happened, then fork on request until the control socket closes. Never returns.

    Args:
        control: The socket to the supervisor.
        preload: Dotted module names; those that cannot be imported are left out.
        namespaces: Whether runs enter cells, or folders of the host.
    """
    started = time.monotonic()
    _become_ordinary_interpreter()
    missing, unsafe = _import_all(preload)
    if unsafe:
        wire.send(control, {"op": "unsafe", "module": unsafe})
        os._exit(0)
    seal = integrity.take_seal()
    gc.collect()
    gc.freeze()
    linux.collapse_huge_pages()
    program, ours = seccomp.build(), runner.our_modules()
    wire.send(
        control,
        {
            "op": "ready",
            "seconds": round(time.monotonic() - started, 3),
            "missing": missing,
            "rss_mib": _private_mib(),
        },
    )
    wakeup, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(wakeup, select.POLLIN)
    runs: dict[int, int] = {}
    try:
        while True:
            ready = dict(poll.poll())
            if wakeup in ready:
                os.read(wakeup, 4096)
                _reap(control, runs, kept=not namespaces)
            if control.fileno() in ready:
                job, descriptors = wire.receive(control)
                pid = _fork(job, descriptors, control, seal, ours, program, namespaces=namespaces)
                runs[pid] = job["id"]
                wire.send(control, {"op": "forked", "id": job["id"], "pid": pid})
    except wire.ClosedError:
        os._exit(0)


def _become_ordinary_interpreter() -> None:
    """Do what start-up with `-S` left out, and what a script would see."""
    import site

    site.main()
    sys.argv = [""]
    sys.path[:] = [entry for entry in sys.path if entry]
    importlib.invalidate_caches()


def _import_all(names: list[str]) -> tuple[list[str], str]:
    """Import what can be imported.

    Returns:
        The names that could not, and the first that left a second thread behind: after it no fork of this
        process can be trusted.
    """
    missing = []
    for name in ["unittest", "unittest.mock", *names]:
        try:
            importlib.import_module(name)
        except BaseException:
            missing.append(name)
        if len(os.listdir("/proc/self/task")) > 1:
            return missing, name
    return missing, ""


def _private_mib() -> float:
    with open("/proc/self/statm", encoding="utf-8") as file:
        pages = file.read().split()
    return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def _fork(
    job: dict[str, Any],
    descriptors: list[int],
    control: socket.socket,
    seal: integrity.Seal,
    ours: list[str],
    program: bytes,
    *,
    namespaces: bool,
) -> int:
    """Start one run; the child never returns from here."""
    channel, out, err, *cell = descriptors
    if namespaces:
        linux.setns(cell[0], linux.CLONE_NEWPID)
    # a keeper must not be ended before it can end its run
    signal.pthread_sigmask(signal.SIG_BLOCK, keeper.SIGNALS)
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, keeper.SIGNALS)
        for descriptor in descriptors:
            os.close(descriptor)
        return pid
    try:
        if not namespaces:
            keeper.keep(control, job)
        _become_runner(job, channel, out, err, cell, program, namespaces=namespaces)
    except BaseException as error:
        os.write(2, f"the run could not be enclosed: {error!r}\n".encode())
        os._exit(keeper.BROKEN)
    runner.run(3, seal, ours)
    return 0


def _become_runner(
    job: dict[str, Any],
    channel: int,
    out: int,
    err: int,
    cell: list[int],
    program: bytes,
    *,
    namespaces: bool,
) -> None:
    if namespaces:
        enclosure.enter_cell(cell[0])
        if job["network"] == "none":
            linux.set_loopback(up=False)
    else:
        enclosure.enter_folder(job["folder"], job["uid"])
    enclosure.attach_output(channel, out, err)
    enclosure.reseed()
    enclosure.limit(job["limits"], namespaces=namespaces)
    enclosure.seal(program, namespaces=namespaces)


def _reap(control: socket.socket, runs: dict[int, int], *, kept: bool) -> None:
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        run = runs.pop(pid, None)
        if run is not None and not (kept and status == 0):  # a keeper reports for its run
            wire.send(control, keeper.exit_message(run, status, usage))
