"""A cell: the namespaces and private folders of one run, made ahead of it.

Its first process does nothing but hold them. Killing that process ends every process of the run, which is
the guarantee that nothing is left behind.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Any

from bcb_tools.sandbox.guest import census, linux, root

__all__ = ["UID", "Cell", "CellError", "map_identity", "open_cell"]

UID = 1000
NAMESPACES = (
    linux.CLONE_NEWUSER
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWNS
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
)


class CellError(Exception):
    """A cell could not be made; the message says which step failed."""


@dataclass(eq=False)
class Cell:
    """One cell that waits for its run.

    Attributes:
        pid: Its first process, as the supervisor sees it.
        pidfd: The same process as a descriptor.
        ready: Pipe that says when the cell is complete; ends when its first process does.
        disk_mib: Size of each private folder.
        dead: Whether the first process, and so every other, has been reaped.
    """

    pid: int
    pidfd: int
    ready: int
    disk_mib: int
    dead: bool = False

    def wait_ready(self) -> None:
        """Block until the private folders are mounted.

        Raises:
            CellError: The first process ended instead.
        """
        message = os.read(self.ready, 4096)
        if message != b"ready":
            raise CellError(message.decode() or "the cell's first process died")

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the zygote needs to enter it, as descriptors."""
        return (self.pidfd,)

    @property
    def detail(self) -> dict[str, Any]:
        """What the zygote needs to enter it, as values."""
        return {}

    def occupied(self, pid: int) -> None:
        """Nothing to note: the cell's first process is enough to end the run."""

    def usage(self) -> dict[str, Any]:
        """What the run uses now."""
        return census.of_cell(self.pid)

    def release(self) -> bool:
        """End what is left; False while the first process has not been reaped."""
        self.kill()
        return self.dead

    def kill(self) -> None:
        """End every process of the cell; the supervisor reaps the first one."""
        if not self.dead:
            os.kill(self.pid, signal.SIGKILL)

    def bury(self) -> None:
        """Note that the first process has been reaped."""
        self.dead = True
        os.close(self.pidfd)
        os.close(self.ready)


def map_identity(inner: int, outer_uid: int, outer_gid: int) -> None:
    """Show the outer user as ``inner`` in the calling process's fresh user namespace."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{inner} {outer_uid} 1"),
        ("gid_map", f"{inner} {outer_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def open_cell(disk_mib: int, kept: list[str]) -> Cell:
    """Start a cell; it completes itself while the caller goes on.

    Args:
        disk_mib: Size of each private folder.
        kept: What is carried into the private folders; see ``root.refresh_private``.

    Raises:
        CellError: The kernel refused the namespaces.
    """
    reader, writer = os.pipe()
    try:
        pid = linux.clone(NAMESPACES)
    except OSError as error:
        os.close(reader)
        os.close(writer)
        raise CellError(str(error)) from error
    if pid == 0:
        _hold(writer, disk_mib, kept)
    os.close(writer)
    return Cell(pid, os.pidfd_open(pid), reader, disk_mib)


def _hold(writer: int, disk_mib: int, kept: list[str]) -> None:
    """Complete the cell, then wait to be killed. Never returns."""
    try:
        os.closerange(3, writer)
        os.closerange(writer + 1, 4096)
        map_identity(UID, UID, UID)
        # orphans of the run become this process's children: the kernel reaps them at once
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        # the only signal this process would listen to: without a handler, the run's signals do not reach it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        root.refresh_private(disk_mib, kept)
        _limit_namespaces()
        linux.set_loopback(up=True)
        os.write(writer, b"ready")
    except OSError as error:
        os.write(writer, str(error).encode()[:4000])
        os._exit(1)
    while True:
        signal.pause()


def _limit_namespaces() -> None:
    for name in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup"):
        path = f"/proc/sys/user/max_{name}_namespaces"
        try:
            with open(path, "w", encoding="utf-8") as file:
                file.write("0")
        except OSError:  # a second wall only: the seccomp filter refuses the calls
            return
