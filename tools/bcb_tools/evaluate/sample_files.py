"""The bytes of sample files: lines and documents, plain or gzipped; errors say where one breaks."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from bcb_tools.errors import InputError

__all__ = ["parse_json", "read_lines", "read_whole"]

_GZIP_MAGIC = b"\x1f\x8b"
_BOM = "\ufeff"


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    r"""The lines of a file that are not blank, numbered from 1, one at a time.

    Gzip is known by its first bytes, not by the file's name. Lines end at `\n` alone, as JSON Lines has it.

    Raises:
        InputError: The file is missing, unreadable, cut off within its gzip stream, or not UTF-8; says the
            line, and the offset in the (unpacked) bytes.
    """
    number = offset = 0
    with _opened(path) as stream:
        while True:
            with _packed(path, number):
                raw = stream.readline()
            if not raw:
                return
            number += 1
            text = _decoded(raw, path, number, offset)
            offset += len(raw)
            if text.strip():
                yield number, text.strip("\r\n")


def read_whole(path: Path) -> str:
    """A whole file, plain or gzipped, as text.

    Raises:
        InputError: As for `read_lines`.
    """
    with _opened(path) as stream:
        with _packed(path, 0):
            raw = stream.read()
        return _decoded(raw, path, None, 0)


def parse_json(text: str, path: Path, line: int | None = None) -> Any:
    """A JSON value.

    Raises:
        InputError: The text is no JSON; says the line, and the column in it.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = line if line is not None else error.lineno
        hint = "every line of a .jsonl file is one JSON object" if line is not None else ""
        message = f"broken JSON: {error.msg.lower()} at column {error.colno}"
        raise InputError(message, path=path, line=where, hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"JSON that cannot be read: {error}", path=path, line=line) from error


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A file opened for reading bytes, unpacked when it is gzipped."""
    try:
        raw = path.open("rb")
    except FileNotFoundError as error:
        raise InputError("no such file", path=path, hint="check the path") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    with raw:
        magic = raw.read(2)
        raw.seek(0)
        if magic == _GZIP_MAGIC:
            with gzip.open(raw, "rb") as unpacked:
                yield cast("BinaryIO", unpacked)
        else:
            yield raw


@contextmanager
def _packed(path: Path, number: int) -> Iterator[None]:
    """Turns what reading may raise into an error that names the last line that was whole."""
    try:
        yield
    except EOFError as error:
        message = (
            f"the gzip stream is cut off after line {number}" if number else "the gzip stream is cut off"
        )
        hint = "copy or download the file again"
        raise InputError(message, path=path, hint=hint) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"the gzip stream is damaged: {error}", path=path) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error


def _decoded(raw: bytes, path: Path, line: int | None, offset: int) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        at = offset + error.start
        message = f"not UTF-8: byte 0x{raw[error.start]:02x} at offset {at}"
        raise InputError(message, path=path, line=line, hint="save the file as UTF-8") from error
    return text.removeprefix(_BOM) if offset == 0 else text
