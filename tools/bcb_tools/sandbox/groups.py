"""Which groups have a warm interpreter now, and what each could not import ahead."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bcb_tools.errors import SandboxBroken
from bcb_tools.sandbox.preload import Plan
from bcb_tools.sandbox.program import Program

__all__ = ["Groups"]

_IMPORT_S = 120.0


class Groups:
    """The zygotes as the toolkit knows them.

    Args:
        plan: What each group imports ahead.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._ready: dict[str, float] = {}
        self._starting: dict[str, float] = {}
        self._ending: set[str] = set()
        self._left_out: dict[str, set[str]] = {}

    @property
    def left_out(self) -> frozenset[str]:
        """Modules that were found not to survive a fork."""
        return frozenset(name for names in self._left_out.values() for name in names)

    def group_of(self, program: Program) -> str:
        """The group that a program belongs to."""
        return self._plan.group_of(program.imports)

    def is_ready(self, group: str) -> bool:
        """Whether its zygote can fork."""
        return group in self._ready

    def own_memory_mib(self, group: str, count: Mapping[str, Any]) -> float:
        """What a run uses itself: every fork counts the zygote's pages as its own, though they are shared."""
        return float(count["rss_mib"]) - int(count["processes"]) * self._ready.get(group, 0.0)

    def request(self, group: str) -> list[str] | None:
        """Note that a zygote is to start, and say what it imports; None when it is there or on its way."""
        if group in self._ready or group in self._starting:
            return None
        self._starting[group] = time.monotonic()
        left_out = self._left_out.get(group, set())
        return [name for name in self._plan.modules(group) if name not in left_out]

    def note_ready(self, group: str, rss_mib: float) -> None:
        """A zygote has imported everything."""
        self._starting.pop(group, None)
        self._ready[group] = rss_mib

    def note_unsafe(self, group: str, module: str) -> None:
        """A module started a thread: the zygote ends, and the next one does without it.

        Raises:
            SandboxBroken: The module belongs to every interpreter of this environment.
        """
        if module not in self._plan.modules(group):
            raise SandboxBroken(
                f"the task environment's interpreter has a second thread before `{module}` is imported",
                hint="look for a `.pth` file or a `sitecustomize` module in it that starts one",
            )
        self._left_out.setdefault(group, set()).add(module)
        self._ending.add(group)

    def note_lost(self, group: str) -> None:
        """A zygote ended: as asked after an unsafe import, or by accident.

        Raises:
            SandboxBroken: It ended with nothing left to do without.
        """
        was_ready = self._ready.pop(group, None) is not None
        self._starting.pop(group, None)
        as_asked = group in self._ending
        self._ending.discard(group)
        if not was_ready and not as_asked:
            if not self._plan.modules(group):
                raise SandboxBroken("the task environment's interpreter ends while it starts")
            # it died while importing: go on without its libraries rather than not at all
            self._plan = replace(self._plan, preload={**self._plan.preload, group: ()})

    def overdue(self, now: float) -> list[str]:
        """Groups whose zygote has been importing for longer than any library takes: one of them hangs."""
        late = [group for group, since in self._starting.items() if now - since > _IMPORT_S]
        for group in late:
            del self._starting[group]
        return late

    def forget(self) -> None:
        """The supervisor is gone, and every zygote with it."""
        self._ready.clear()
        self._ending.clear()
        self._starting.clear()
