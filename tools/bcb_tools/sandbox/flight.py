"""One run under way, seen from outside: its pipes, its messages, its clock."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from bcb_tools.sandbox.guest import wire
from bcb_tools.sandbox.outcome import Outcome
from bcb_tools.sandbox.policy import Limits
from bcb_tools.sandbox.program import Program

__all__ = ["Capture", "Flight"]

_READ = 1 << 18
_ASLEEP_S = 0.6
_BUSY_SHARE = 0.25


class Capture:
    """One output stream, kept at both ends when it is long.

    Args:
        descriptor: Read end of the pipe.
        room: How many bytes are kept.
    """

    def __init__(self, descriptor: int, room: int) -> None:
        self.descriptor = descriptor
        self._half = room // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._dropped = 0

    def read(self) -> bool:
        """Take what is there; False at the end of the stream."""
        try:
            data = os.read(self.descriptor, _READ)
        except BlockingIOError:
            return True
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:] if room < len(data) else b""
        excess = len(self._tail) - self._half
        if excess > 0:
            del self._tail[:excess]
            self._dropped += excess
        return bool(data)

    @property
    def text(self) -> str:
        """What was kept, with a line that says how much was not."""
        gap = f"\n... {self._dropped} bytes left out ...\n".encode() if self._dropped else b""
        return bytes(self._head + gap + self._tail).decode(errors="replace")


@dataclass
class Flight:
    """The state of one run.

    Attributes:
        number: The supervisor's number for it.
        program: What runs.
        group: Its zygote.
        limits: What it may use.
        attempt: Which attempt this is, counted from 1.
        hello: When its process reported for duty; 0 before.
        cpu_s: CPU seconds used, as last counted.
        active_at: When it was last seen to have used a core.
    """

    number: int
    program: Program
    group: str
    limits: Limits
    attempt: int
    requested: float = field(default_factory=time.monotonic)
    hello: float = 0.0
    cpu_s: float = 0.0
    active_at: float = 0.0
    max_rss_mib: float = 0.0
    killed_for: Outcome | None = None
    broken: str = ""
    status: int | None = None
    frames: list[dict[str, Any]] = field(default_factory=list)
    garbage: bool = False
    exited: bool = False
    gone: bool = False
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    numbers: tuple[int, int] = field(
        default_factory=lambda: (secrets.randbelow(1 << 62), (1 << 62) + secrets.randbelow(1 << 62))
    )

    def __post_init__(self) -> None:
        self.channel, self._their_channel = socket.socketpair()
        self.channel.setblocking(False)
        out, self._their_out = os.pipe()
        err, self._their_err = os.pipe()
        for descriptor in (out, err):
            os.set_blocking(descriptor, False)
        room = self.limits.output_kib << 10
        self.out, self.err = Capture(out, room), Capture(err, room)
        self.open: set[int] = {self.channel.fileno(), out, err}
        self._incoming = bytearray()
        self.outgoing = bytearray(wire.pack(self._job()))

    def _job(self) -> dict[str, Any]:
        files = {path: base64.b64encode(data).decode() for path, data in self.program.files.items()}
        return {
            "solution": self.program.solution,
            "entry_point": self.program.entry_point,
            "token": self.token,
            "files": files,
        }

    @property
    def descriptors(self) -> tuple[int, ...]:
        """The run's own ends: channel, standard output, standard error."""
        return (self._their_channel.fileno(), self._their_out, self._their_err)

    def hand_over(self) -> None:
        """Close the run's own ends here, so that their end is the end of the run."""
        self._their_channel.close()
        os.close(self._their_out)
        os.close(self._their_err)

    def note_cpu(self, cpu_s: float, now: float) -> None:
        """Note how much CPU time has been used by now."""
        if cpu_s > self.cpu_s:
            self.cpu_s, self.active_at = cpu_s, now

    def asleep(self, now: float) -> bool:
        """Whether it has only waited for a while, so that its core is free for another run."""
        return bool(self.hello) and not self.exited and now - self.active_at > _ASLEEP_S

    def late(self, now: float, patience: float) -> bool:
        """Whether its time is up: when it is computing on a busy machine, its CPU time decides.

        Args:
            now: The clock.
            patience: By which factor wall time is stretched at most.
        """
        wall_s, limit_s = now - self.hello, self.program.time_limit_s
        if wall_s < limit_s:
            return False
        starved = _BUSY_SHARE * wall_s <= self.cpu_s < limit_s
        return not starved or wall_s >= limit_s * patience

    @property
    def over(self) -> bool:
        """Whether nothing of the run is left and all it sent has been read."""
        return self.gone and not self.open

    def listen(self, descriptor: int) -> bool:
        """Read what came on one descriptor; False when it has ended."""
        if descriptor == self.channel.fileno():
            alive = self._read_channel()
        else:
            alive = (self.out if descriptor == self.out.descriptor else self.err).read()
        if not alive:
            self.open.discard(descriptor)
        return alive

    def _read_channel(self) -> bool:
        try:
            data = self.channel.recv(_READ)
        except BlockingIOError:
            return True
        except ConnectionResetError:
            return False
        self._incoming += data
        while not self.garbage and len(self._incoming) >= 4:  # noqa: PLR2004 - the length's own length
            (length,) = struct.unpack_from(">I", self._incoming)
            if length > wire.MAX_FRAME:
                self.garbage = True
            elif len(self._incoming) >= length + 4:
                self._take(bytes(self._incoming[4 : length + 4]))
                del self._incoming[: length + 4]
            else:
                break
        if self.garbage:
            self._incoming.clear()
        return bool(data)

    def _take(self, body: bytes) -> None:
        try:
            frame = json.loads(body)
        except ValueError:
            frame = None
        if not isinstance(frame, dict):
            self.garbage = True
            return
        self.frames.append(frame)
        if frame.get("op") == "loaded" and frame.get("token") != self.token:
            self.garbage = True  # a program that asks for its tests itself: it must not have them
        elif frame.get("op") == "hello" and not self.hello:
            self.hello = self.active_at = time.monotonic()
        elif frame.get("op") == "loaded":
            tests = {"tests": self.program.tests, "nonce": self.nonce, "canary": self.numbers}
            self.outgoing += wire.pack(tests)

    def speak(self) -> None:
        """Write as much as the channel takes."""
        try:
            sent = self.channel.send(self.outgoing[:_READ])
        except BlockingIOError:
            return
        except (BrokenPipeError, ConnectionResetError):
            self.outgoing.clear()
            return
        del self.outgoing[:sent]

    def close(self) -> None:
        """Let go of every descriptor."""
        self.channel.close()
        os.close(self.out.descriptor)
        os.close(self.err.descriptor)
