"""The file tree that programs see: a small read-only root with the task environment in it.

Two steps, because the task environment may lie where only root can look: `open_sources` takes hold of
every folder while the starter still has its own rights, `build` attaches them to the new root afterwards.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from bcb_tools.sandbox.guest import linux

__all__ = ["HOME", "PRIVATE", "WORK", "Source", "build", "carried", "open_sources", "refresh_private"]

HOME = "/home/sandbox"
WORK = HOME + "/work"
PRIVATE = ("/tmp", "/home", "/dev/shm")  # noqa: S108 - inside the new root these are private

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_CONFIGURATION = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/magic",
    "/etc/mime.types",
    "/etc/pki",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl",
    "/etc/timezone",
)
_WRITTEN = {
    "/etc/passwd": f"sandbox:x:1000:1000:sandbox:{HOME}:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "/etc/group": "sandbox:x:1000:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "/etc/hostname": "sandbox\n",
    "/etc/host.conf": "multi on\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nprotocols: files\nservices: files\n",
    "/etc/resolv.conf": "",
}
_LINKS = {
    "/var/tmp": "/tmp",  # noqa: S108 - see PRIVATE
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}


@dataclass(frozen=True)
class Source:
    """Something of the host that is shown read-only at the same path inside.

    Attributes:
        path: Absolute path, outside and inside.
        descriptor: A detached copy of its mounts; -1 for a symbolic link.
        link: The link's target; empty for anything else.
        folder: Whether it is a folder.
    """

    path: str
    descriptor: int
    link: str
    folder: bool


def open_sources(extra: list[str]) -> list[Source]:
    """Take hold of what the new root will show; needs the right to mount.

    Args:
        extra: Folders of the task environment and its interpreter.

    Returns:
        One source a path, parents before children; what the host lacks is left out.
    """
    shown: list[Source] = []
    for path in [*_SYSTEM, *_DEVICES, *_CONFIGURATION, *sorted(extra)]:
        inside_another = any(
            source.folder and path.startswith(source.path.rstrip("/") + "/") for source in shown
        )
        if inside_another or any(source.path == path for source in shown):
            continue
        if os.path.islink(path):
            shown.append(Source(path, -1, os.readlink(path), folder=False))
        elif os.path.exists(path):
            shown.append(Source(path, linux.copy_tree(path), "", folder=os.path.isdir(path)))
    return shown


def build(sources: list[Source]) -> None:
    """Assemble the new root on a tmpfs, seal it and move in; the old root is gone afterwards.

    Must be called in fresh user, mount and pid namespaces.
    """
    linux.mount("none", "/", "", linux.MS_REC | linux.MS_PRIVATE)
    new = "/tmp"  # noqa: S108 - any folder that exists everywhere: it is covered at once
    linux.mount("tmpfs", new, "tmpfs", linux.MS_NOSUID, "mode=755,size=16m")
    for source in sources:
        _show(source, new + source.path)
        if source.descriptor >= 0:
            os.close(source.descriptor)
    for path, text in _WRITTEN.items():
        os.makedirs(os.path.dirname(new + path), exist_ok=True)
        with open(new + path, "w", encoding="utf-8") as file:
            file.write(text)
    for path, target in _LINKS.items():
        os.makedirs(os.path.dirname(new + path), exist_ok=True)
        os.symlink(target, new + path)
    for folder in (*PRIVATE, "/proc"):
        os.makedirs(new + folder, exist_ok=True)
    linux.mount("proc", new + "/proc", "proc", linux.MS_NOSUID)
    linux.move_root(new)
    linux.seal_mounts("/")
    refresh_private(256, carried(sources))


def _mount_private(folder: str, size_mib: int) -> None:
    flags = linux.MS_NOSUID | linux.MS_NODEV
    mode = "755" if folder == "/home" else "1777"
    linux.mount("tmpfs", folder, "tmpfs", flags, f"mode={mode},size={size_mib}m,nr_inodes=100k")


def carried(sources: list[Source]) -> list[str]:
    """What is shown inside a private folder, such as a task environment in somebody's home."""
    below = tuple(f"{folder}/" for folder in PRIVATE)
    return [source.path for source in sources if source.path.startswith(below)]


def refresh_private(size_mib: int, kept: list[str]) -> None:
    """Cover the private folders with empty writable ones, and `/proc` with this pid namespace's own view.

    Args:
        size_mib: Size of each.
        kept: What is carried over into the new ones, read-only as it was.
    """
    trees = [(path, linux.copy_tree(path)) for path in kept]
    for folder in PRIVATE:
        _mount_private(folder, size_mib)
    for path, descriptor in trees:
        os.makedirs(path)
        linux.attach_tree(descriptor, path)
        os.close(descriptor)
    os.makedirs(WORK)
    linux.mount("proc", "/proc", "proc", linux.MS_NOSUID)


def _show(source: Source, target: str) -> None:
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if source.link:
        os.symlink(source.link, target)
        return
    if source.folder:
        os.makedirs(target, exist_ok=True)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    linux.attach_tree(source.descriptor, target)
