"""Messages between the toolkit and what runs inside: JSON with a length before it.

Two transports. The *channel* of a run is a stream: four bytes of length, then JSON. The *control* sockets
keep message boundaries and carry file descriptors beside the JSON.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from typing import Any

__all__ = ["MAX_FRAME", "ClosedError", "pack", "read_frame", "receive", "send"]

MAX_FRAME = 64 << 20
_CONTROL_BYTES = 256 << 10
_MAX_DESCRIPTORS = 16
# taken hold of now: a program may replace them
_dumps, _loads, _pack, _unpack, _read = json.dumps, json.loads, struct.pack, struct.unpack, os.read


class ClosedError(Exception):
    """The other side is gone."""


def pack(message: dict[str, Any]) -> bytes:
    """One channel frame."""
    body = _dumps(message).encode("ascii")
    return _pack(">I", len(body)) + body


def read_frame(descriptor: int) -> dict[str, Any]:
    """Block until one whole channel frame has come.

    Raises:
        ClosedError: The other side closed the channel first.
    """
    (length,) = _unpack(">I", _read_exactly(descriptor, 4))
    frame: dict[str, Any] = _loads(_read_exactly(descriptor, length))
    return frame


def _read_exactly(descriptor: int, count: int) -> bytes:
    parts = []
    while count:
        part = _read(descriptor, min(count, 1 << 20))
        if not part:
            raise ClosedError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def send(control: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send one control message with descriptors beside it.

    Raises:
        ClosedError: The other side is gone.
    """
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    try:
        control.sendmsg([json.dumps(message).encode("ascii")], rights)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise ClosedError from error


def receive(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Take one control message and the descriptors that came with it.

    Raises:
        ClosedError: The other side is gone.
    """
    descriptors = array.array("i")
    size = socket.CMSG_SPACE(_MAX_DESCRIPTORS * descriptors.itemsize)
    try:
        body, ancillary, _, _ = control.recvmsg(_CONTROL_BYTES, size, socket.MSG_CMSG_CLOEXEC)
    except ConnectionResetError as error:
        raise ClosedError from error
    if not body:
        raise ClosedError
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    message: dict[str, Any] = json.loads(body)
    return message, list(descriptors)
