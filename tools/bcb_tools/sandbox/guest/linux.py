"""The few Linux calls that Python's standard library lacks, through ctypes.

Every function raises `OSError` with the call's errno. Flag names are the kernel's own. Works on CPython
3.9 and later: 3.12 has `os.unshare` and `os.setns`, 3.11 does not.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

__all__ = [
    "CLONE_NEWCGROUP",
    "CLONE_NEWIPC",
    "CLONE_NEWNET",
    "CLONE_NEWNS",
    "CLONE_NEWPID",
    "CLONE_NEWUSER",
    "CLONE_NEWUTS",
    "PR_SET_CHILD_SUBREAPER",
    "PR_SET_DUMPABLE",
    "PR_SET_NO_NEW_PRIVS",
    "PR_SET_PDEATHSIG",
    "attach_tree",
    "clone",
    "collapse_huge_pages",
    "copy_tree",
    "drop_capabilities",
    "install_filter",
    "mount",
    "move_root",
    "prctl",
    "seal_mounts",
    "set_loopback",
    "setns",
    "unshare",
]

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_REC = 16384
MS_PRIVATE = 1 << 18

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_MNT_DETACH = 2
_MADV_COLLAPSE = 25
_SIGCHLD = 17
_MACHINE = platform.machine()
# numbers above 424 are the same on every architecture
_OPEN_TREE = 428
_MOVE_MOUNT = 429
_MOUNT_SETATTR = 442
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(_MACHINE, -1)
_CLONE = {"x86_64": 56, "aarch64": 220}.get(_MACHINE, -1)
_CAPSET = {"x86_64": 126, "aarch64": 91}.get(_MACHINE, -1)

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
# the same library, called with the interpreter's lock held: for calls that return twice
_locked = ctypes.PyDLL(None, use_errno=True)
_locked.syscall.restype = ctypes.c_long


def _check(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def _syscall(what: str, number: int, *arguments: object) -> int:
    return _check(_libc.syscall(ctypes.c_long(number), *arguments), what)


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``flags`` for fresh ones."""
    _check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, flags: int) -> None:
    """Enter the namespaces of the process behind a pidfd."""
    _check(_libc.setns(descriptor, flags), "setns")


def prctl(option: int, value: int) -> None:
    """Set one attribute of the calling process."""
    _check(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), "prctl")


def clone(flags: int) -> int:
    """Fork into fresh namespaces in one call.

    The child's C library keeps the parent's thread id, so the child must not raise signals to itself or
    run foreign code. The cell's first process does neither.

    Returns:
        The child's pid in the parent, 0 in the child.
    """
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = _locked.syscall(
        ctypes.c_long(_CLONE), ctypes.c_ulong(flags | _SIGCHLD), None, None, None, ctypes.c_ulong(0)
    )
    error = ctypes.get_errno()
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(error, f"clone: {os.strerror(error)}")
    return int(pid)


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount a file system, or change how one is mounted."""
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode() or None
    )
    _check(result, f"mount {kind or source} on {target}")


def copy_tree(path: str) -> int:
    """Take a detached copy of what is mounted at and below ``path``.

    Returns:
        A descriptor for ``attach_tree``. It stays valid in other namespaces and for another user.
    """
    at_fdcwd, clone_tree, recursive = -100, 1, 0x8000
    return _syscall("open_tree", _OPEN_TREE, at_fdcwd, path.encode(), clone_tree | recursive | os.O_CLOEXEC)


def attach_tree(descriptor: int, target: str) -> None:
    """Mount a detached copy on ``target``."""
    at_fdcwd, from_descriptor = -100, 4
    _syscall("move_mount", _MOVE_MOUNT, descriptor, b"", at_fdcwd, target.encode(), from_descriptor)


def seal_mounts(target: str) -> None:
    """Make everything mounted at and below ``target`` read-only and without set-uid programs."""
    attributes = struct.pack("QQQQ", MS_RDONLY | MS_NOSUID, 0, 0, 0)
    at_fdcwd, at_recursive = -100, 0x8000
    _syscall(
        "mount_setattr",
        _MOUNT_SETATTR,
        at_fdcwd,
        target.encode(),
        at_recursive,
        attributes,
        ctypes.c_size_t(len(attributes)),
    )


def move_root(folder: str) -> None:
    """Make ``folder`` the root of this mount namespace and let go of the old one."""
    os.chdir(folder)
    _syscall("pivot_root", _PIVOT_ROOT, b".", b".")
    _check(_libc.umount2(b".", _MNT_DETACH), "umount2")
    os.chdir("/")


def drop_capabilities() -> None:
    """Give up every capability of the calling thread for good."""
    header = struct.pack("Ii", 0x20080522, 0)
    _syscall("capset", _CAPSET, header, struct.pack("IIIIII", 0, 0, 0, 0, 0, 0))


def install_filter(program: bytes) -> None:
    """Install a compiled seccomp filter; irrevocable.

    Args:
        program: Eight bytes an instruction (``struct sock_filter``).
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    mode_filter = 2
    _check(_libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(mode_filter), header, 0, 0), "seccomp")


def set_loopback(up: bool) -> None:
    """Switch the loopback interface of this network namespace on or off."""
    import fcntl
    import socket

    get_flags, set_flags, flag_up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        (flags,) = struct.unpack("16xH14x", fcntl.ioctl(control, get_flags, request))
        flags = flags | flag_up if up else flags & ~flag_up
        fcntl.ioctl(control, set_flags, struct.pack("16sH14x", b"lo", flags))


def collapse_huge_pages() -> None:
    """Move this process's private memory to huge pages where the kernel can, so that forking it is cheap.

    Kernels before 6.1 refuse the advice; nothing is lost then but time.
    """
    huge = 2 << 20
    with open("/proc/self/maps", encoding="utf-8") as maps:
        regions = [line.split() for line in maps]
    for region in regions:
        anonymous = region[5:] in ([], ["[heap]"])
        if not anonymous or not region[1].startswith("rw-p"):
            continue
        low, high = (int(part, 16) for part in region[0].split("-"))
        low, high = -(-low // huge) * huge, high // huge * huge
        if high > low:
            _libc.madvise(ctypes.c_void_p(low), ctypes.c_size_t(high - low), _MADV_COLLAPSE)
