"""The walls of one run, put up by the process that will run the program, before it reads a line of it."""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import Any

from bcb_tools.sandbox.guest import linux, root

__all__ = ["attach_output", "enter_cell", "enter_folder", "limit", "reseed", "seal"]

_RUN_NAMESPACES = (
    linux.CLONE_NEWUSER | linux.CLONE_NEWNS | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
)


def attach_output(channel: int, out: int, err: int) -> int:
    """Make the run's pipes its standard streams and close everything else.

    Returns:
        The channel's new descriptor.
    """
    null = os.open("/dev/null", os.O_RDONLY)
    # descriptors 0 to 3 may be among the sources: move the sources out of the way first
    sources = [os.dup(descriptor) for descriptor in _above(null, out, err, channel)]
    for target, source in enumerate(sources):
        os.dup2(source, target, inheritable=target <= 2)  # noqa: PLR2004 - the standard streams
    os.closerange(4, 1 << 16)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - lives as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(  # noqa: SIM115
        2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    return 3


def _above(*descriptors: int) -> list[int]:
    import fcntl

    return [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 16) for descriptor in descriptors]


def enter_cell(pidfd: int) -> None:
    """Join the cell's namespaces; the pid namespace was joined by being forked into it."""
    os.setsid()
    linux.setns(pidfd, _RUN_NAMESPACES)
    os.chdir(root.WORK)


def enter_folder(folder: str, uid: int) -> None:
    """The weaker tier's private place: a folder of the host, and another user when we are root."""
    os.setsid()
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
    home = folder + "/home"
    private = folder + "/tmp"  # noqa: S108 - inside the run's own folder
    os.environ.update(HOME=home, TMPDIR=private, MPLCONFIGDIR=home + "/.config/matplotlib")
    if "tempfile" in sys.modules:  # it may remember another folder
        vars(sys.modules["tempfile"])["tempdir"] = None
    os.chdir(folder + "/work")


def limit(limits: dict[str, Any], *, namespaces: bool) -> None:
    """Set the resource limits; one that is above the hard limit we were given is clamped to it.

    The number of processes is counted for each user namespace; without one it would count the user's own.
    """
    mib = 1 << 20
    cpu_s = int(limits["cpu_s"])
    memory = limits["memory_mib"] * mib
    wanted = [
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, cpu_s, cpu_s + 2),
        (resource.RLIMIT_DATA, memory, memory),
        (resource.RLIMIT_STACK, limits["stack_mib"] * mib, limits["stack_mib"] * mib),
        (resource.RLIMIT_FSIZE, limits["disk_mib"] * mib, limits["disk_mib"] * mib),
        (resource.RLIMIT_NOFILE, limits["open_files"], limits["open_files"]),
        (resource.RLIMIT_MEMLOCK, 8 * mib, 8 * mib),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
    ]
    if namespaces:
        wanted.append((resource.RLIMIT_NPROC, limits["processes"], limits["processes"]))
    for kind, soft, hard in wanted:
        _, ceiling = resource.getrlimit(kind)
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)  # noqa: PLW2901 - clamped
        resource.setrlimit(kind, (soft, hard))
    with open("/proc/self/oom_score_adj", "w", encoding="utf-8") as file:
        file.write("1000")


def seal(program: bytes, *, namespaces: bool) -> None:
    """Give up every privilege for good and install the seccomp filter."""
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if namespaces:
        linux.drop_capabilities()
        linux.prctl(linux.PR_SET_DUMPABLE, 1)
    if program:
        linux.install_filter(program)


def reseed() -> None:
    """Undo what every fork of a zygote would share: random state and signal dispositions."""
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    faker = sys.modules.get("faker.generator")
    if faker is not None:
        faker.random.seed()
