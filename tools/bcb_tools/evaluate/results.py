"""The files that a run leaves: upstream's two shapes, and a richer one of our own.

Everything is written to a temporary file beside its place and moved there, so that a kill leaves the old file
or the new one, never half of one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bcb_tools.errors import OutputError
from bcb_tools.evaluate.journal import Entry, has_verdicts, read_entries, read_entry
from bcb_tools.evaluate.programs import Mode
from bcb_tools.sandbox import Outcome

__all__ = ["ResultFiles", "place_results", "replacing", "write_eval_results", "write_json"]

_SUFFIXES = (".gz", ".jsonl", ".json")


@dataclass(frozen=True)
class ResultFiles:
    """Where the results of one samples file go.

    Attributes:
        folder: The folder.
        stem: The samples file's name without its suffixes.
    """

    folder: Path
    stem: str

    @property
    def record(self) -> Path:
        """One line a verdict, written as they come."""
        return self.folder / f"{self.stem}_runs.jsonl"

    @property
    def summary(self) -> Path:
        """All numbers with their provenance; it exists when the run is complete."""
        return self.folder / f"{self.stem}_summary.json"

    def eval_results(self, mode: Mode, *, primary: bool) -> Path:
        """Upstream's verdicts of one mode."""
        return self.folder / f"{self._name(mode, primary=primary)}_eval_results.json"

    def pass_at_k(self, mode: Mode, *, primary: bool) -> Path:
        """Upstream's scores of one mode."""
        return self.folder / f"{self._name(mode, primary=primary)}_pass_at_k.json"

    def _name(self, mode: Mode, *, primary: bool) -> str:
        return self.stem if primary else f"{self.stem}_{mode}"

    def prepare(self, settings: Mapping[str, Any], header: Mapping[str, Any] | None, mode: str) -> None:
        """Make room, or refuse.

        Args:
            settings: What the run is now.
            header: What the record that is there says it is; None when there is none.
            mode: ``overwrite``, ``resume``, or empty: then an unfinished run of the same settings goes on.

        Raises:
            OutputError: There are results that this run would replace.
        """
        if mode == "overwrite":
            self._remove()
        elif header is not None and has_verdicts(self.record):
            self._refuse_another(header["settings"], json.loads(json.dumps(settings)))
            if self.summary.exists() and mode != "resume":
                raise OutputError(
                    f"`{self.folder}` already has the results of this run",
                    hint="show them again with `--resume`, start over with `--overwrite`, or choose another "
                    "folder with `--out`",
                )
        else:
            self._refuse_unrecorded()

    def _remove(self) -> None:
        for path in (self.record, *self._made()):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise OutputError(
                    f"cannot replace `{path}`: {error.strerror}", hint="choose another folder with `--out`"
                ) from error

    def _refuse_unrecorded(self) -> None:
        """Results that another tool made have the same names; they are not ours to replace."""
        for path in self._made():
            if path.exists():
                raise OutputError(
                    f"`{path}` is there, and no record of the run that made it",
                    hint="replace it with `--overwrite`, or choose another folder with `--out`",
                )

    def _made(self) -> list[Path]:
        """Every file that is made of a record."""
        names = [(mode, primary) for mode in Mode for primary in (True, False)]
        files = [path for name, primary in names for path in self._of_mode(name, primary=primary)]
        return [self.summary, *files]

    def _of_mode(self, mode: Mode, *, primary: bool) -> tuple[Path, Path]:
        return self.eval_results(mode, primary=primary), self.pass_at_k(mode, primary=primary)

    def _refuse_another(self, recorded: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        changed = sorted(name for name in {*wanted, *recorded} if recorded.get(name) != wanted.get(name))
        if changed:
            raise OutputError(
                f"`{self.record}` is the record of another run: {', '.join(changed)} differ",
                hint="start over with `--overwrite`, or choose another folder with `--out`",
            )


def place_results(samples: Path, out: Path | None) -> ResultFiles:
    """Where results go: beside the samples, or into a folder.

    Raises:
        OutputError: The folder cannot be written.
    """
    name = samples.resolve().name
    while name.endswith(_SUFFIXES):
        name = name[: name.rindex(".")]
    folder = out or samples.resolve().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder `{folder}`: {error.strerror}", hint="choose another with `--out`"
        ) from error
    if not writable:
        raise OutputError(f"cannot write into `{folder}`", hint="choose another folder with `--out`")
    return ResultFiles(folder, name)


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """Write a file beside its place and move it there at the end.

    Raises:
        OutputError: It cannot be written.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("w", encoding="utf-8") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write `{path}`: {error.strerror}",
            hint="make room or choose another folder; the verdicts are recorded, `--resume` writes the rest",
        ) from error


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write one JSON file.

    Raises:
        OutputError: It cannot be written.
    """
    with replacing(path) as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def write_eval_results(path: Path, record: Path, mode: Mode, tasks: list[str]) -> None:
    """Write upstream's verdict file from a record, one task's verdicts in memory at a time.

    Its shape has no word for a sample that the sandbox failed on, and `fail` would blame the model: such a
    sample is left out.

    Raises:
        OutputError: It cannot be written.
    """
    places: dict[tuple[str, int], int] = {
        (entry.task_id, entry.index): position
        for position, entry in read_entries(record)
        if entry.mode is mode and entry.passed is not None
    }
    by_task: dict[str, list[int]] = {}
    for task_id, index in sorted(places):
        by_task.setdefault(task_id, []).append(index)
    with replacing(path) as file, record.open("rb") as source:
        date = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
        file.write(f'{{\n  "date": {json.dumps(date)},\n  "eval": {{')
        separator = "\n"
        for task_id in tasks:
            rows = [
                _row(read_entry(source, places[task_id, index], record)) for index in by_task.get(task_id, ())
            ]
            if rows:
                file.write(f"{separator}    {json.dumps(task_id)}: {json.dumps(rows)}")
                separator = ",\n"
        file.write("\n  }\n}\n")


def _row(entry: Entry) -> dict[str, Any]:
    """One verdict as upstream writes it: three statuses, tracebacks by test."""
    status = entry.outcome.value if entry.outcome in (Outcome.PASS, Outcome.TIMEOUT) else "fail"
    bad = {"fail", "error", "unexpected_success"}
    details = {
        test["id"].removeprefix("TestCases."): test["trace"]
        for test in entry.report.get("tests", ())
        if test["outcome"] in bad
    }
    if not details and status != "pass":
        details = {"ALL": f"{entry.outcome}: {entry.report.get('detail', '')}"}
    return {"task_id": entry.task_id, "solution": entry.solution, "status": status, "details": details}
