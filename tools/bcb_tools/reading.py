"""Text as it stands in files: UTF-8, every line ending kept, programs parsed without running them."""

from __future__ import annotations

import ast
import re
import threading
import warnings
from pathlib import Path

from bcb_tools.errors import InputError

__all__ = ["decode", "parse_program", "read_bytes", "read_text", "split_lines"]

_FILTERS = threading.Lock()  # the warnings module's filters belong to the process, not to a thread
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        InputError: The file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError("no such file or folder", path=path) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error


def decode(raw: bytes, path: Path, *, task_id: str = "") -> str:
    """Bytes of a file as text, line endings untouched.

    Raises:
        InputError: The bytes are not UTF-8; says which byte.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8: byte 0x{raw[error.start]:02x} at offset {error.start}",
            path=path,
            line=raw.count(b"\n", 0, error.start) + 1,
            task_id=task_id,
            hint="save the file as UTF-8",
        ) from error


def read_text(path: Path) -> str:
    """A UTF-8 file as text, line endings untouched.

    Raises:
        InputError: The file is missing, cannot be read, or is not UTF-8.
    """
    return decode(read_bytes(path), path)


def split_lines(text: str) -> list[str]:
    """Cut text into lines that keep their ends, where Python's own compiler counts lines.

    `str.splitlines` also cuts at form feeds and at Unicode separators, which the compiler does not count.
    """
    return _LINE.findall(text)


def parse_program(source: str) -> ast.Module:
    r"""Parse a program of somebody else's, whose odd escapes (`"\d"`) are no concern of our users.

    Raises:
        SyntaxError: It is not Python.
        ValueError: It holds a NUL byte.
        RecursionError: It is nested too deeply.
        MemoryError: The same, told by the parser itself.
    """
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)
