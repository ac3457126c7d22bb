"""The first process inside: prepares cells, starts zygotes, hands runs to them, ends them.

It lives as long as the toolkit's control socket. When that closes, it ends, and as the first process of its
pid namespace takes every process below with it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from typing import Any

from bcb_tools.sandbox.guest import census, wire, zygote
from bcb_tools.sandbox.guest.cell import Cell, CellError
from bcb_tools.sandbox.guest.folder import Folder
from bcb_tools.sandbox.guest.stock import Stock

__all__ = ["Supervisor"]


@dataclass
class _Group:
    """A zygote and the socket to it."""

    name: str
    pid: int
    control: socket.socket


@dataclass
class _Run:
    """A run from its request to the end of its last process.

    Attributes:
        number: The toolkit's number for it.
        group: The zygote's name.
        place: Where it runs; None until it has one.
        exited: Whether the program's own process has ended.
    """

    number: int
    group: str
    place: Cell | Folder | None = None
    exited: bool = False


class Supervisor:
    """The message loop.

    Args:
        control: The socket to the toolkit.
        settings: See ``entry.start``.
    """

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self._control = control
        self._namespaces: bool = settings["namespaces"]
        self._uid: int = settings["uid"]
        self._folders: str = settings["folders"]
        spare = settings["spare"] if self._namespaces else 0
        self._stock = Stock(spare, settings["disk_mib"], settings.get("kept", []))
        self._groups: dict[str, _Group] = {}
        self._runs: dict[int, _Run] = {}
        self._poll = select.poll()

    def serve(self) -> None:
        """Answer messages until the control socket closes. Never returns."""
        wakeup, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poll.register(self._control, select.POLLIN)
        self._poll.register(wakeup, select.POLLIN)
        try:
            while True:
                self._step(wakeup)
        except wire.ClosedError:
            self._end()

    def _end(self) -> None:
        """End everything. In namespaces, this process's own end is enough."""
        if not self._namespaces:
            for group in self._groups.values():
                os.kill(group.pid, signal.SIGKILL)
            census.kill_children()
            for run in self._runs.values():
                if run.place is not None:
                    run.place.release()
        os._exit(0)

    def _step(self, wakeup: int) -> None:
        # a spare cell is made when nothing else waits
        ready = self._poll.poll(0 if self._stock.short else None)
        if not ready:
            self._stock.prepare()
        for descriptor, _ in ready:
            if descriptor == wakeup:
                os.read(wakeup, 4096)
                self._reap()
            elif descriptor == self._control.fileno():
                message, descriptors = wire.receive(self._control)
                self._handle(message, descriptors)
            else:
                self._listen(descriptor)

    def _handle(self, message: dict[str, Any], descriptors: list[int]) -> None:
        kind = message["op"]
        if kind == "zygote":
            self._start_zygote(message["group"], message["preload"])
        elif kind == "drop" and message["group"] in self._groups:
            os.kill(self._groups[message["group"]].pid, signal.SIGKILL)
        elif kind == "run":
            self._start_run(message, descriptors)
        elif kind == "kill":
            self._kill(message["id"])
        elif kind == "census":
            self._count(message["ids"])

    def _start_zygote(self, name: str, preload: list[str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            keep = theirs.fileno()
            os.closerange(3, keep)
            os.closerange(keep + 1, 1 << 16)
            signal.set_wakeup_fd(-1)
            try:
                zygote.serve(theirs, preload, namespaces=self._namespaces)
            except BaseException as error:
                sys.stderr.write(f"zygote {name}: {error!r}\n")
            os._exit(1)
        theirs.close()
        self._groups[name] = _Group(name, pid, ours)
        self._poll.register(ours, select.POLLIN)

    def _start_run(self, message: dict[str, Any], descriptors: list[int]) -> None:
        run = _Run(message["id"], message["group"])
        self._runs[run.number] = run
        try:
            disk_mib = message["limits"]["disk_mib"]
            run.place = self._stock.take(disk_mib) if self._namespaces else Folder(self._folders, self._uid)
            passed = (*descriptors, *run.place.descriptors)
            wire.send(self._groups[run.group].control, {**message, **run.place.detail}, passed)
        except (CellError, OSError, KeyError, wire.ClosedError) as error:
            self._fail(run, f"{type(error).__name__}: {error}")
        for descriptor in descriptors:
            os.close(descriptor)

    def _kill(self, number: int) -> None:
        run = self._runs.get(number)
        if run is not None and run.place is not None:
            run.place.kill()

    def _count(self, numbers: list[int]) -> None:
        runs = [self._runs[number] for number in numbers if number in self._runs]
        usage = {run.number: run.place.usage() for run in runs if run.place is not None}
        wire.send(self._control, {"op": "census", "usage": usage})

    def _listen(self, descriptor: int) -> None:
        group = next(group for group in self._groups.values() if group.control.fileno() == descriptor)
        try:
            message, _ = wire.receive(group.control)
        except wire.ClosedError:
            self._lose(group)
            return
        if message["op"] in ("ready", "unsafe"):
            wire.send(self._control, {**message, "group": group.name})
        elif message["op"] == "forked":
            place = self._runs[message["id"]].place
            if place is not None:
                place.occupied(message["pid"])
        elif message["op"] == "exit":
            wire.send(self._control, message)
            self._close(self._runs[message["id"]])

    def _close(self, run: _Run) -> None:
        """The program has ended: end what it left behind, and say when nothing is left."""
        run.exited = True
        if run.place is None or run.place.release():
            self._gone(run)

    def _fail(self, run: _Run, why: str) -> None:
        """The run could not be carried out, through no fault of its program."""
        wire.send(self._control, {"op": "broken", "id": run.number, "why": why})
        self._close(run)

    def _gone(self, run: _Run) -> None:
        del self._runs[run.number]
        wire.send(self._control, {"op": "gone", "id": run.number})

    def _reap(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            cell = self._stock.reap(pid)
            for run in [run for run in self._runs.values() if cell and run.place is cell and run.exited]:
                self._gone(run)

    def _lose(self, group: _Group) -> None:
        """A zygote died: its runs cannot report any more."""
        self._poll.unregister(group.control)
        group.control.close()
        del self._groups[group.name]
        wire.send(self._control, {"op": "lost", "group": group.name})
        for run in [run for run in self._runs.values() if run.group == group.name and not run.exited]:
            self._kill(run.number)
            self._fail(run, "the zygote died")
