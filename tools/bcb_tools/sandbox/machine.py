"""What the machine says about itself."""

from __future__ import annotations

from pathlib import Path

__all__ = ["out_of_memory_kills"]


def out_of_memory_kills() -> int:
    """How many processes the kernel has killed since boot because the machine's memory ran out."""
    for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill":
            return int(count)
    return 0
