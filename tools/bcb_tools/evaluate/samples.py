"""Samples: a model's answers to tasks, read one at a time from whatever people keep them in.

Four sources are known by what the path is:

- `*.jsonl`, `*.jsonl.gz`, and any other file: one object per line, `task_id` with `solution` (self-contained)
  or `completion` (to stand behind the Complete prompt), optionally `raw_solution`;
- `*.json`, `*.json.gz`: the `_eval_results.json` of another run, whose solutions are taken;
- a folder: one folder per task with numbered programs, `BigCodeBench_12/0.py`.

A row is a *duplicate* when the same line, byte for byte, stood in the file before, or the same `sample_id`
of the same task did. Identical answers are normal where a model was asked several times, so identical lines
count only where the number of samples gives them away: the task has more samples than the task with the
fewest, or every line of the file has its twin (a file appended to itself). Rows with a `sample_id` of their
own are never taken for identical.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from bcb_tools.errors import InputError
from bcb_tools.evaluate.sample_files import parse_json, read_lines, read_whole

__all__ = ["Duplicate", "Field", "Sample", "Survey", "read_samples", "survey_samples"]


class Field(Enum):
    """Which field of a row is the answer."""

    AUTO = "auto"
    """`solution` where there is one, else `completion`."""
    SOLUTION = "solution"
    COMPLETION = "completion"
    RAW = "raw_solution"


@dataclass(frozen=True)
class Sample:
    """One answer to one task.

    Args:
        task_id: The task.
        index: Which answer to the task it is in its file, from 0.
        text: The answer.
        is_completion: Whether it stands behind the Complete prompt; otherwise it is self-contained.
        raw: The model's own words (`raw_solution`), when the row has them.
        origin: The file and line it came from, for messages.
    """

    task_id: str
    index: int
    text: str
    is_completion: bool
    raw: str | None
    origin: str


@dataclass(frozen=True)
class Duplicate:
    """A row that repeats another.

    Args:
        task_id: The task of both.
        line: Line of the repetition.
        first: Line of the row that it repeats.
    """

    task_id: str
    line: int
    first: int


@dataclass(frozen=True)
class Survey:
    """What a source of samples holds, found by reading all of it once.

    Args:
        samples: How many.
        per_task: How many of each task, in order of appearance.
        duplicates: Rows that repeat others; see the module.
        digest: SHA-256, in hexadecimal, over tasks and answers in their order.
    """

    samples: int
    per_task: Mapping[str, int]
    duplicates: tuple[Duplicate, ...]
    digest: str

    def refuse_duplicates(self, path: Path) -> None:
        """Does nothing when there are none.

        Raises:
            InputError: Names the first duplicate and says how many there are.
        """
        if not self.duplicates:
            return
        first = self.duplicates[0]
        others = len(self.duplicates) - 1
        more = f", and {others} more duplicate {'row' if others == 1 else 'rows'}" if others else ""
        message = f"the row repeats line {first.first}{more}"
        hint = "delete the repeated rows, or pass `--allow-duplicates` if the model did answer so"
        raise InputError(message, path=path, line=first.line, task_id=first.task_id, hint=hint)


@dataclass(frozen=True)
class _Row:
    """A row as it stands in its source: not yet known to be a sample."""

    data: Any
    line: int | None
    text: str
    file: Path

    @property
    def origin(self) -> str:
        return str(self.file) if self.line is None else f"{self.file} line {self.line}"

    def error(self, message: str, *, task_id: str = "", hint: str = "") -> InputError:
        return InputError(message, path=self.file, line=self.line, task_id=task_id, hint=hint)


def read_samples(path: Path, *, answer: Field = Field.AUTO) -> Iterator[Sample]:
    """The samples of a source, one at a time, in its order.

    Nothing is kept of a JSONL file or a folder but a count per task; an `_eval_results.json` is one document
    and is in memory while it is read.

    Args:
        path: A file or folder; see the module.
        answer: Which field is the answer.

    Raises:
        InputError: The source is missing, empty, damaged or not UTF-8, or a row is not a sample; names the
            file, the line and the task as far as they are known.
    """
    counts: Counter[str] = Counter()
    for row in _rows(path):
        sample = _sample(row, counts, answer)
        counts[sample.task_id] += 1
        yield sample
    if not counts:
        raise InputError("holds no samples", path=path, hint=_SHAPES)


def survey_samples(path: Path, *, answer: Field = Field.AUTO) -> Survey:
    """Read a source once from end to end, so that what is wrong with it is known before anything runs.

    Raises:
        InputError: As for `read_samples`.
    """
    counts: Counter[str] = Counter()
    twins = _Twins()
    digest = sha256()
    for row in _rows(path):
        sample = _sample(row, counts, answer)
        counts[sample.task_id] += 1
        twins.add(row, sample.task_id)
        digest.update(f"{sample.task_id}\0{sample.text}\0".encode("utf-8", "surrogatepass"))
    if not counts:
        raise InputError("holds no samples", path=path, hint=_SHAPES)
    return Survey(counts.total(), dict(counts), twins.duplicates(counts), digest.hexdigest())


_SHAPES = (
    'write one JSON object per line, such as `{"task_id": "BigCodeBench/0", "solution": "..."}`, '
    "or one folder per task, such as `BigCodeBench_0/0.py`"
)


@dataclass
class _Twins:
    """Finds rows that repeat others; holds 16 bytes and a line number per row."""

    first: dict[bytes, int] = field(default_factory=dict)
    repeated: list[Duplicate] = field(default_factory=list)
    clashes: list[Duplicate] = field(default_factory=list)
    distinct: set[bytes] = field(default_factory=set)

    def add(self, row: _Row, task_id: str) -> None:
        if row.line is None:
            return
        sample_id = row.data.get("sample_id")
        what = row.text if sample_id is None else f"{task_id}\0{sample_id!r}"
        key = blake2b(what.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if key not in self.first:
            self.first[key] = row.line
            return
        self.distinct.add(key)
        found = Duplicate(task_id, row.line, self.first[key])
        (self.repeated if sample_id is None else self.clashes).append(found)

    def duplicates(self, counts: Counter[str]) -> tuple[Duplicate, ...]:
        fewest = min(counts.values())
        everywhere = len(self.distinct) == len(self.first)
        found = [row for row in self.repeated if everywhere or counts[row.task_id] > fewest]
        return tuple(sorted([*found, *self.clashes], key=lambda row: row.line))


def _rows(path: Path) -> Iterator[_Row]:
    if path.is_dir():
        return _folder_rows(path)
    if path.name.endswith((".json", ".json.gz")):
        return _results_rows(path)
    return (_Row(parse_json(text, path, line), line, text, path) for line, text in read_lines(path))


def _sample(row: _Row, counts: Mapping[str, int], answer: Field) -> Sample:
    data = row.data
    if not isinstance(data, dict):
        raise row.error(f"a row is a JSON object, not {_kind(data)}", hint=_SHAPES)
    task_id = data.get("task_id")
    if not isinstance(task_id, str) or not task_id:
        what = "`task_id` is missing" if "task_id" not in data else f"`task_id` is {_kind(task_id)}"
        raise row.error(what, hint="every row names its task, such as `BigCodeBench/0`")
    raw = data.get("raw_solution")
    name = _answer_field(row, data, task_id, answer)
    return Sample(
        task_id=task_id,
        index=counts.get(task_id, 0),
        text=data[name],
        is_completion=name == "completion",
        raw=raw if isinstance(raw, str) else None,
        origin=row.origin,
    )


def _answer_field(row: _Row, data: Mapping[str, Any], task_id: str, answer: Field) -> str:
    """The name of the field that holds the answer."""
    names = ("solution", "completion") if answer is Field.AUTO else (answer.value,)
    for name in names:
        if isinstance(data.get(name), str):
            return name
    wrong = [f"`{name}` is {_kind(data[name])}, not a string" for name in names if name in data]
    missing = " and ".join(f"`{name}`" for name in names)
    verb = "are both" if len(names) > 1 else "is"
    has = ", ".join(f"`{key}`" for key in sorted(data))
    message = " and ".join(wrong) or f"{missing} {verb} missing"
    raise row.error(message, task_id=task_id, hint=f"the row has {has}")


def _results_rows(path: Path) -> Iterator[_Row]:
    """The rows of a run's `_eval_results.json`, of upstream's shape."""
    document = parse_json(read_whole(path), path)
    results = document.get("eval") if isinstance(document, dict) else None
    if not isinstance(results, dict):
        hint = "a file with one object per line is called `.jsonl`"
        raise InputError("has no `eval` object: not the results of a run", path=path, hint=hint)
    for task_id, rows in results.items():
        if not isinstance(rows, list):
            raise InputError(f"`eval` holds {_kind(rows)} where a list belongs", path=path, task_id=task_id)
        for row in rows:
            data = {**row, "task_id": task_id} if isinstance(row, dict) else row
            yield _Row(data, None, "", path)


def _folder_rows(path: Path) -> Iterator[_Row]:
    """The numbered programs of a folder of task folders, in natural order.

    The first underscore of a folder's name stands for the slash of the task's id.
    """
    for folder in sorted((entry for entry in path.iterdir() if entry.is_dir()), key=_natural):
        task_id = folder.name.replace("_", "/", 1)
        for program in sorted(folder.glob("*.py"), key=_natural):
            if not program.stem.isdecimal():
                hint = "samples are numbered: `0.py`, `1.py`, ..."
                raise InputError("not the number of a sample", path=program, task_id=task_id, hint=hint)
            yield _Row({"task_id": task_id, "solution": read_whole(program)}, None, "", program)


def _natural(path: Path) -> tuple[str, int, str]:
    """Sorts `task_2` before `task_10`."""
    head = path.stem.rstrip("0123456789")
    digits = path.stem[len(head) :]
    return head, int(digits or -1), path.name


def _kind(value: object) -> str:
    """A JSON value's type in JSON's words."""
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number") if value != "" else "empty"
