"""Many programs through one sandbox: the loop that the whole toolkit waits in.

One thread, one `select`. Runs overlap because each is its own process; nothing here computes.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from bcb_tools.sandbox.flight import Flight
from bcb_tools.sandbox.groups import Groups
from bcb_tools.sandbox.guest import wire
from bcb_tools.sandbox.host import Host
from bcb_tools.sandbox.interpreter import Interpreter
from bcb_tools.sandbox.landing import report_of
from bcb_tools.sandbox.machine import out_of_memory_kills
from bcb_tools.sandbox.outcome import Outcome, Report
from bcb_tools.sandbox.policy import Isolation, Policy
from bcb_tools.sandbox.preload import Plan
from bcb_tools.sandbox.program import Program

__all__ = ["Sandbox"]

_TICK_S = 0.2
_STARTUP_S = 120.0
_HELD = 64
_SLEEPERS = 32


class Sandbox:
    """A place where programs run; use it as a context manager.

    Args:
        interpreter: The task environment's interpreter.
        policy: Limits and environment variables.
        plan: What to import ahead.
        isolation: How programs are kept apart from the machine.
        parallel: How many compute at the same time; runs that only wait are not counted.

    Raises:
        SandboxUnavailable: This machine refuses the isolation (on entry).
        SandboxBroken: The sandbox does not start (on entry, or later when it died and cannot be restarted).
    """

    def __init__(
        self,
        interpreter: Interpreter,
        policy: Policy,
        plan: Plan,
        *,
        isolation: Isolation = Isolation.NAMESPACES,
        parallel: int = 1,
    ) -> None:
        self._interpreter = interpreter
        self._policy = policy
        self._groups = Groups(plan)
        self._isolation = isolation
        self._parallel = max(1, parallel)
        self._selector = selectors.DefaultSelector()
        self._host: Host | None = None
        self._flights: dict[int, Flight] = {}
        self._queue: deque[tuple[Program, int]] = deque()
        self._numbers = 0
        self._next_census = 0.0
        self._kills_seen = 0

    @property
    def left_out(self) -> frozenset[str]:
        """Modules that were found not to survive a fork, and are no longer imported ahead."""
        return self._groups.left_out

    def __enter__(self) -> Self:
        self._start_host()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_host()
        for flight in self._flights.values():
            flight.close()
        self._flights.clear()
        self._queue.clear()
        self._selector.close()

    def run(self, programs: Iterable[Program]) -> Iterator[tuple[Program, Report]]:
        """Run programs, ``parallel`` of them computing at a time; yield each with its report as it ends.

        Programs are taken from the iterable only when there is room for them.
        """
        source = iter(programs)
        exhausted = False
        while True:
            while not exhausted and len(self._queue) < self._room():
                exhausted = not self._take(source)
            while not exhausted and self._nothing_startable() and len(self._queue) < _HELD:
                exhausted = not self._take(source)
            self._launch()
            if exhausted and not self._flights and not self._queue:
                return
            yield from self._step()

    # -- starting ----------------------------------------------------------------------------------

    def _take(self, source: Iterator[Program]) -> bool:
        for program in source:
            self._queue.append((program, 1))
            return True
        return False

    def _room(self) -> int:
        """How many runs may start: those that only wait do not hold a core."""
        now = time.monotonic()
        asleep = sum(flight.asleep(now) for flight in self._flights.values())
        return min(self._parallel + asleep, self._parallel + _SLEEPERS) - len(self._flights)

    def _nothing_startable(self) -> bool:
        """Whether there is room for a run, and every queued one waits for its zygote."""
        return self._room() > 0 and not any(
            self._groups.is_ready(self._groups.group_of(program)) for program, _ in self._queue
        )

    def _launch(self) -> None:
        for _ in range(len(self._queue)):
            program, attempt = self._queue.popleft()
            group = self._groups.group_of(program)
            if not self._groups.is_ready(group) or self._room() <= 0:
                self._warm_up(group)
                self._queue.append((program, attempt))
            else:
                self._start(program, group, attempt)

    def _warm_up(self, group: str) -> None:
        modules = self._groups.request(group)
        if modules is not None:
            self._tell({"op": "zygote", "group": group, "preload": modules})

    def _start(self, program: Program, group: str, attempt: int) -> None:
        self._numbers += 1
        flight = Flight(self._numbers, program, group, program.limits or self._policy.limits, attempt)
        # the kernel counts whole seconds: the first one above the limit
        limits = {**asdict(flight.limits), "cpu_s": int(program.cpu_s) + 1}
        request = {
            "op": "run",
            "id": flight.number,
            "group": group,
            "limits": limits,
            "network": program.network.value,
        }
        self._flights[flight.number] = flight
        self._tell(request, flight.descriptors)
        flight.hand_over()
        for descriptor in flight.open:
            self._selector.register(descriptor, selectors.EVENT_READ, flight)
        self._watch_outgoing(flight)

    def _tell(self, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        assert self._host is not None
        # where the supervisor is gone, the loop sees the end of the socket and restarts it
        with suppress(wire.ClosedError):
            self._host.send(message, descriptors)

    # -- the loop ----------------------------------------------------------------------------------

    def _step(self) -> Iterator[tuple[Program, Report]]:
        self._enforce()
        for key, events in self._selector.select(_TICK_S):
            if key.data is None:
                self._hear()
                continue
            flight: Flight = key.data
            descriptor = key.fd
            if events & selectors.EVENT_READ and descriptor in flight.open and not flight.listen(descriptor):
                self._selector.unregister(descriptor)
                continue
            if descriptor == flight.channel.fileno():
                self._watch_outgoing(flight)
        for flight in [flight for flight in self._flights.values() if flight.over]:
            yield from self._land(flight)

    def _watch_outgoing(self, flight: Flight) -> None:
        if flight.channel.fileno() not in flight.open:
            return
        if flight.outgoing:
            flight.speak()
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if flight.outgoing else 0)
        if self._selector.get_key(flight.channel).events != events:
            self._selector.modify(flight.channel, events, flight)

    def _hear(self) -> None:
        assert self._host is not None
        try:
            message = self._host.receive()
        except wire.ClosedError:
            self._lose_host()
            return
        kind = message["op"]
        if kind == "ready":
            self._groups.note_ready(message["group"], message["rss_mib"])
        elif kind == "unsafe":
            self._groups.note_unsafe(message["group"], message["module"])
        elif kind == "lost":
            self._groups.note_lost(message["group"])
        elif kind == "census":
            self._count(message["usage"])
        elif message["id"] in self._flights:
            self._update(self._flights[message["id"]], message)

    def _update(self, flight: Flight, message: dict[str, Any]) -> None:
        if message["op"] == "exit":
            flight.exited = True
            flight.status = message["status"]
            flight.cpu_s = message["cpu_s"]
            flight.max_rss_mib = message["max_rss_mib"]
        elif message["op"] == "broken":
            flight.broken = message["why"]
        elif message["op"] == "gone":
            flight.gone = True

    def _land(self, flight: Flight) -> Iterator[tuple[Program, Report]]:
        del self._flights[flight.number]
        kills = out_of_memory_kills()
        machine_ran_out, self._kills_seen = kills > self._kills_seen, kills
        report = report_of(flight, machine_ran_out=machine_ran_out)
        flight.close()
        retry = report.outcome is Outcome.INFRASTRUCTURE_ERROR and flight.attempt < self._policy.attempts
        if retry:
            self._queue.appendleft((flight.program, flight.attempt + 1))
        else:
            yield flight.program, report

    # -- limits ------------------------------------------------------------------------------------

    def _enforce(self) -> None:
        now = time.monotonic()
        for flight in self._flights.values():
            if flight.exited or flight.killed_for or flight.broken:
                continue
            if flight.garbage:
                self._kill(flight, Outcome.TAMPERED)
            elif not flight.hello:
                if now - flight.requested > _STARTUP_S:
                    flight.broken = "the run did not start in time"
                    self._tell({"op": "kill", "id": flight.number})
            elif flight.late(now, self._policy.patience):
                self._kill(flight, Outcome.TIMEOUT)
        for group in self._groups.overdue(now):
            self._tell({"op": "drop", "group": group})
        if now >= self._next_census:
            self._next_census = now + _TICK_S
            old = [f.number for f in self._flights.values() if f.hello and now - f.hello > _TICK_S]
            if old:
                self._tell({"op": "census", "ids": old})

    def _count(self, usage: dict[str, dict[str, Any]]) -> None:
        now = time.monotonic()
        for number, count in usage.items():
            flight = self._flights.get(int(number))
            if flight is None or flight.exited:
                continue
            flight.note_cpu(count["cpu_s"], now)
            own_mib = self._groups.own_memory_mib(flight.group, count)
            if own_mib > flight.limits.memory_mib and flight.killed_for is None:
                self._kill(flight, Outcome.OUT_OF_MEMORY)

    def _kill(self, flight: Flight, why: Outcome) -> None:
        flight.killed_for = why
        self._tell({"op": "kill", "id": flight.number})

    # -- what may break ----------------------------------------------------------------------------

    def _start_host(self) -> None:
        self._host = Host(self._interpreter, self._isolation, self._policy, spare=self._parallel + 1)
        self._selector.register(self._host.control, selectors.EVENT_READ, None)
        self._kills_seen = out_of_memory_kills()

    def _stop_host(self) -> None:
        if self._host is not None:
            self._selector.unregister(self._host.control)
            self._host.close()
            self._host = None
        self._groups.forget()

    def _lose_host(self) -> None:
        assert self._host is not None
        why = f"the supervisor died: {self._host.log()[-500:] or 'it said nothing'}"
        self._stop_host()
        for flight in self._flights.values():
            flight.broken = flight.broken or why
            flight.gone = True
        self._start_host()
