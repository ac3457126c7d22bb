"""The first process inside: prepares cells, starts zygotes, hands runs to them, ends them.

It lives as long as the toolkit's control socket. When that closes, it ends, and as the first process of its
pid namespace takes every process below with it.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any

from bcb_tools.sandbox.guest import census, linux, root, wire, zygote
from bcb_tools.sandbox.guest.cell import UID, Cell, CellError, map_identity, open_cell

__all__ = ["start"]

_NAMESPACES = (
    linux.CLONE_NEWUSER
    | linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWCGROUP
)


def start(settings: dict[str, Any]) -> None:
    """Become the sandbox. Never returns.

    Args:
        settings: ``control`` (descriptor), ``namespaces`` (bool), ``shown`` (folders of the task
            environment), ``uid`` (the unprivileged user to become when started by root; 0 to stay),
            ``spare`` (how many cells to keep ready), ``disk_mib``.
    """
    control = socket.socket(fileno=settings["control"])
    try:
        if settings["namespaces"]:
            _enter(settings)
        else:
            linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    except OSError as error:
        wire.send(control, {"op": "unavailable", "why": str(error), "errno": error.errno})
        os._exit(3)
    wire.send(control, {"op": "up"})
    _Supervisor(control, settings).serve()


def _enter(settings: dict[str, Any]) -> None:
    """Move into fresh namespaces; returns in their first process alone."""
    uid, gid = os.geteuid(), os.getegid()
    sources = []
    if settings["uid"]:
        sources = root.open_sources(settings["shown"])
        os.setgroups([])
        uid = gid = settings["uid"]
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
    linux.unshare(_NAMESPACES)
    map_identity(UID, uid, gid)
    if not settings["uid"]:
        sources = root.open_sources(settings["shown"])
    first = os.fork()
    if first:
        os.closerange(0, 1 << 16)
        os.waitpid(first, 0)
        os._exit(0)
    root.build(sources)
    settings["kept"] = root.carried(sources)
    linux.set_loopback(up=True)
    socket.sethostname("sandbox")


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
        cell: Where it runs; None in the weaker tier.
        folder: Its folder on the host, in the weaker tier.
        pid: Its process (or keeper); 0 until the zygote has said so.
        exited: Whether the program's own process has ended.
        condemned: Whether it was to be killed before its pid was known.
    """

    number: int
    group: str
    cell: Cell | None = None
    folder: str = ""
    pid: int = 0
    exited: bool = False
    condemned: bool = False


class _Supervisor:
    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self.control = control
        self.settings = settings
        self.namespaces: bool = settings["namespaces"]
        self.groups: dict[str, _Group] = {}
        self.runs: dict[int, _Run] = {}
        self.spare: list[Cell] = []
        self.cells: dict[int, Cell] = {}
        self.poll = select.poll()

    def serve(self) -> None:
        wakeup, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.poll.register(self.control, select.POLLIN)
        self.poll.register(wakeup, select.POLLIN)
        try:
            while True:
                self.step(wakeup)
        except wire.ClosedError:
            self.end()

    def end(self) -> None:
        """End everything. In namespaces, this process's own end is enough."""
        if not self.namespaces:
            for group in self.groups.values():
                os.kill(group.pid, signal.SIGKILL)
            census.kill_children()
            for run in self.runs.values():
                shutil.rmtree(run.folder, ignore_errors=True)
        os._exit(0)

    def step(self, wakeup: int) -> None:
        # a spare cell is made when nothing else waits
        short = self.namespaces and len(self.spare) < self.settings["spare"]
        ready = self.poll.poll(0 if short else None)
        if not ready and short:
            self.prepare()
        for descriptor, _ in ready:
            if descriptor == wakeup:
                os.read(wakeup, 4096)
                self.reap()
            elif descriptor == self.control.fileno():
                message, descriptors = wire.receive(self.control)
                self.handle(message, descriptors)
            else:
                self.listen(descriptor)

    def prepare(self) -> None:
        try:
            self.spare.append(self.new_cell(self.settings["disk_mib"]))
        except CellError:
            time.sleep(0.01)  # the run that needs the cell will say why there is none

    def new_cell(self, disk_mib: int) -> Cell:
        cell = open_cell(disk_mib, self.settings["kept"])
        self.cells[cell.pid] = cell
        return cell

    def handle(self, message: dict[str, Any], descriptors: list[int]) -> None:
        kind = message["op"]
        if kind == "zygote":
            self.start_zygote(message["group"], message["preload"])
        elif kind == "run":
            self.start_run(message, descriptors)
        elif kind == "kill":
            self.kill(message["id"])
        elif kind == "census":
            self.count(message["ids"])

    def start_zygote(self, name: str, preload: list[str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            keep = theirs.fileno()
            os.closerange(3, keep)
            os.closerange(keep + 1, 1 << 16)
            signal.set_wakeup_fd(-1)
            try:
                zygote.serve(theirs, preload, namespaces=self.namespaces)
            except BaseException as error:
                sys.stderr.write(f"zygote {name}: {error!r}\n")
            os._exit(1)
        theirs.close()
        self.groups[name] = _Group(name, pid, ours)
        self.poll.register(ours, select.POLLIN)

    def start_run(self, message: dict[str, Any], descriptors: list[int]) -> None:
        run = _Run(message["id"], message["group"])
        self.runs[run.number] = run
        passed = list(descriptors)
        try:
            if self.namespaces:
                run.cell = self.take_cell(message["limits"]["disk_mib"])
                passed.append(run.cell.pidfd)
            else:
                run.folder = message["folder"] = self.make_folder()
                message["uid"] = self.settings["uid"]
            wire.send(self.groups[run.group].control, message, tuple(passed))
        except (CellError, OSError, KeyError, wire.ClosedError) as error:
            self.fail(run, f"{type(error).__name__}: {error}")
        for descriptor in descriptors:
            os.close(descriptor)

    def take_cell(self, disk_mib: int) -> Cell:
        fitting = [cell for cell in self.spare if cell.disk_mib == disk_mib]
        cell = fitting[0] if fitting else self.new_cell(disk_mib)
        if fitting:
            self.spare.remove(cell)
        cell.wait_ready()
        return cell

    def make_folder(self) -> str:
        import tempfile

        folder = tempfile.mkdtemp(prefix="bcb-run-")
        for part in (folder, *(f"{folder}/{name}" for name in ("home", "tmp", "work"))):
            os.makedirs(part, exist_ok=True)
            if self.settings["uid"]:
                os.chown(part, self.settings["uid"], self.settings["uid"])
        return folder

    def kill(self, number: int) -> None:
        run = self.runs.get(number)
        if run is None:
            return
        run.condemned = True
        if run.cell is not None:
            run.cell.kill()
        elif run.pid:
            try:
                os.kill(run.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass

    def count(self, numbers: list[int]) -> None:
        usage = {}
        for run in (self.runs[number] for number in numbers if number in self.runs):
            usage[run.number] = census.of_cell(run.cell.pid) if run.cell else census.of_tree(run.pid)
        wire.send(self.control, {"op": "census", "usage": usage})

    def listen(self, descriptor: int) -> None:
        group = next(group for group in self.groups.values() if group.control.fileno() == descriptor)
        try:
            message, _ = wire.receive(group.control)
        except wire.ClosedError:
            self.lose(group)
            return
        if message["op"] in ("ready", "unsafe"):
            wire.send(self.control, {**message, "group": group.name})
        elif message["op"] == "forked":
            run = self.runs[message["id"]]
            run.pid = message["pid"]
            if run.condemned:
                self.kill(run.number)
        elif message["op"] == "exit":
            wire.send(self.control, message)
            self.close(self.runs[message["id"]])

    def close(self, run: _Run) -> None:
        """The program has ended: end what it left behind, and say when nothing is left."""
        run.exited = True
        if run.cell is None:
            shutil.rmtree(run.folder, ignore_errors=True)
            self.gone(run)
        elif run.cell.dead:
            self.gone(run)
        else:
            run.cell.kill()

    def fail(self, run: _Run, why: str) -> None:
        """The run could not be carried out, through no fault of its program."""
        wire.send(self.control, {"op": "broken", "id": run.number, "why": why})
        self.close(run)

    def gone(self, run: _Run) -> None:
        del self.runs[run.number]
        wire.send(self.control, {"op": "gone", "id": run.number})

    def reap(self) -> None:
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            cell = self.cells.pop(pid, None)
            if cell is None:
                continue
            cell.bury()
            if cell in self.spare:
                self.spare.remove(cell)
            for run in [run for run in self.runs.values() if run.cell is cell and run.exited]:
                self.gone(run)

    def lose(self, group: _Group) -> None:
        """A zygote died: its runs cannot report any more."""
        self.poll.unregister(group.control)
        group.control.close()
        del self.groups[group.name]
        wire.send(self.control, {"op": "lost", "group": group.name})
        for run in [run for run in self.runs.values() if run.group == group.name and not run.exited]:
            self.kill(run.number)
            self.fail(run, "the zygote died")
