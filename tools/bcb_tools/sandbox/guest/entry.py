"""The way in: from an ordinary process to the first process of the sandbox's namespaces."""

from __future__ import annotations

import os
import socket
from typing import Any

from bcb_tools.sandbox.guest import linux, root, wire
from bcb_tools.sandbox.guest.cell import UID, map_identity
from bcb_tools.sandbox.guest.supervisor import Supervisor

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
            ``spare`` (how many cells to keep ready), ``disk_mib``, ``folders`` (where the weaker tier makes
            the folders of its runs).
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
    Supervisor(control, settings).serve()


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
    # pid 2 is the program's in every cell: no zygote may have it, because libraries notice forks by the pid
    os.waitpid(os.fork() or os._exit(0), 0)
    root.build(sources)
    settings["kept"] = root.carried(sources)
    linux.set_loopback(up=True)
    socket.sethostname("sandbox")
