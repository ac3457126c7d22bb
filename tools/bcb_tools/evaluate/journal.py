"""The record of a run, written line by line as verdicts come, so that a kill loses only what was in flight.

The first line says what the run is (`Settings`); every other is one verdict. A run that was killed is taken
up by reading the file back; a torn last line is what the kill left of a verdict, and is cut off.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from bcb_tools.errors import InputError, OutputError
from bcb_tools.evaluate.programs import Mode
from bcb_tools.sandbox import Outcome, Report

__all__ = [
    "Entry",
    "Journal",
    "RunKey",
    "has_verdicts",
    "read_entries",
    "read_entry",
    "read_header",
    "report_json",
]

RunKey = tuple[str, int, Mode]
"""Task, number of the sample among the task's own, and mode."""


@dataclass(frozen=True)
class Entry:
    """One verdict.

    Attributes:
        task_id: The task.
        index: Which of its samples, from 0.
        mode: With the stub or without.
        program_digest: SHA-256 of the program that ran.
        solution: The program that ran.
        report: What became of it, as JSON.
    """

    task_id: str
    index: int
    mode: Mode
    program_digest: str
    solution: str
    report: dict[str, Any]

    @property
    def key(self) -> RunKey:
        """What the run is called."""
        return (self.task_id, self.index, self.mode)

    @property
    def outcome(self) -> Outcome:
        """The verdict."""
        return Outcome(self.report["outcome"])

    @property
    def passed(self) -> bool | None:
        """Whether it passed; None when the sandbox failed and nothing is known."""
        if self.outcome is Outcome.INFRASTRUCTURE_ERROR:
            return None
        return self.outcome is Outcome.PASS


def report_json(report: Report) -> dict[str, Any]:
    """A report as it stands in the record; what is empty is left out."""
    whole = {**asdict(report), "overhead_ms": report.overhead_ms}
    kept = {name: value for name, value in whole.items() if value not in ("", (), None)}
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in kept.items()}


class Journal:
    """The record of one run, open for appending; use it as a context manager.

    Args:
        path: The file.
        header: What the run is; written when the file has no verdict yet.

    Raises:
        OutputError: It cannot be written.
    """

    def __init__(self, path: Path, header: dict[str, Any]) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # unbuffered, so that what could not be written is not tried again when the file is closed
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise _cannot_write(path, error) from error
        try:
            self._claim()
            _cut_torn_line(path)
            if not has_verdicts(path):
                self._file.truncate(0)
                self._write(header)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _claim(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(
                f"another run is writing `{self.path}`",
                hint="wait for it, or choose another folder with `--out`",
            ) from error

    def append(self, entry: Entry) -> None:
        """Add one verdict and hand it to the operating system.

        Raises:
            OutputError: The disk is full, say; what was written before stays valid.
        """
        self._write(asdict(entry))

    def _write(self, value: dict[str, Any]) -> None:
        line = memoryview(json.dumps(value).encode() + b"\n")
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            raise _cannot_write(self.path, error) from error


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write `{path}`: {error.strerror}",
        hint="choose another folder with `--out`; what was recorded stays, and the same command goes on",
    )


def _cut_torn_line(path: Path) -> None:
    """Remove what a kill in the middle of a write left behind the last newline."""
    with path.open("rb+") as file:
        size = position = file.seek(0, os.SEEK_END)
        while position > 0:
            start = max(0, position - (1 << 16))
            file.seek(start)
            newline = file.read(position - start).rfind(b"\n")
            if newline >= 0:
                position = start + newline + 1
                break
            position = start
        if position < size:
            file.truncate(position)


def read_header(path: Path) -> dict[str, Any] | None:
    """What the run in a record is; None when there is no record, or a kill left none.

    Raises:
        InputError: The file is something else.
    """
    try:
        with path.open(encoding="utf-8") as file:
            line = file.readline()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", path=path, hint="choose another folder with `--out`"
        ) from error
    if not line.endswith("\n"):
        return None
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or "settings" not in header:
        raise InputError(
            "is no record of a run", path=path, line=1, hint="choose another folder with `--out`"
        )
    return header


def has_verdicts(path: Path) -> bool:
    """Whether a record is worth keeping: a run that was refused before its first verdict leaves none."""
    return path.is_file() and next(read_entries(path), None) is not None


def read_entries(path: Path) -> Iterator[tuple[int, Entry]]:
    """The verdicts of a record with the byte at which each starts; a torn last line is passed over.

    Raises:
        InputError: A line in the middle is damaged.
    """
    with path.open("rb") as file:
        position = len(file.readline())
        for number, line in enumerate(file, 2):
            if line.endswith(b"\n"):
                yield position, _parse(line, path, number)
            position += len(line)


def read_entry(file: IO[bytes], position: int, path: Path) -> Entry:
    """One verdict by the byte at which it starts."""
    file.seek(position)
    return _parse(file.readline(), path, 0)


def _parse(line: bytes, path: Path, number: int) -> Entry:
    try:
        value = json.loads(line)
        return Entry(
            value["task_id"],
            value["index"],
            Mode(value["mode"]),
            value["program_digest"],
            value["solution"],
            value["report"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"damaged record: {error}", path=path, line=number, hint="start over with `--overwrite`"
        ) from error
