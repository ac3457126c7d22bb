"""How much a run's processes use right now, read from `/proc`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from typing import Any

__all__ = ["children", "kill_children", "of_cell", "of_tree"]

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def of_cell(first: int) -> dict[str, Any]:
    """Count a cell's processes through its own `/proc`.

    Args:
        first: Pid of the cell's first process.

    Returns:
        ``cpu_s``, ``rss_mib`` (private memory, not file pages) and ``processes``.
    """
    folder = f"/proc/{first}/root/proc"
    try:
        names = [name for name in os.listdir(folder) if name.isdigit() and name != "1"]
    except OSError:  # it ended meanwhile
        names = []
    return _sum(f"{folder}/{name}" for name in names)


def of_tree(top: int) -> dict[str, Any]:
    """Count the descendants of a process, itself left out."""
    found: list[int] = []
    queue = [top]
    while queue:
        below = children(queue.pop())
        found += below
        queue += below
    return _sum(f"/proc/{pid}" for pid in found)


def children(pid: int) -> list[int]:
    """The direct children of a process; none when it is gone."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def kill_children() -> None:
    """Kill and reap until the calling subreaper has no descendant: who dies hands its children to us."""
    while True:
        for child in children(os.getpid()):
            try:
                os.kill(child, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _sum(folders: Iterable[str]) -> dict[str, Any]:
    cpu_s, pages, processes = 0.0, 0, 0
    for folder in folders:
        try:
            with open(f"{folder}/stat", encoding="utf-8", errors="replace") as file:
                words = file.read().rpartition(")")[2].split()
            with open(f"{folder}/statm", encoding="utf-8") as file:
                memory = file.read().split()
        except OSError:  # it ended meanwhile
            continue
        cpu_s += sum(map(int, words[11:15])) / _TICKS
        pages += int(memory[1]) - int(memory[2])
        processes += 1
    return {"cpu_s": cpu_s, "rss_mib": pages * _PAGE / (1 << 20), "processes": processes}
