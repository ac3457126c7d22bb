"""One dataset row, kept as the bytes it came in, with the parts that this toolkit needs read out of it.

Two kinds are known by their fields: BigCodeBench's (all versions, Hard's extra fields included) and
HumanEval's. A row is checked completely when it is read, so that nothing later meets a missing field.
"""

from __future__ import annotations

import ast
import json
import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

from bcb_tools.errors import InputError
from bcb_tools.formats.check import to_test_case

__all__ = ["BIGCODEBENCH_FIELDS", "HUMANEVAL_FIELDS", "Row", "RowFormat", "parse_row", "row_of"]

BIGCODEBENCH_FIELDS = (
    "task_id",
    "complete_prompt",
    "instruct_prompt",
    "canonical_solution",
    "code_prompt",
    "test",
    "entry_point",
    "doc_struct",
    "libs",
)
HUMANEVAL_FIELDS = ("task_id", "prompt", "entry_point", "canonical_solution", "test")

DOC_STRUCT_FIELDS = ("description", "notes", "params", "returns", "reqs", "raises", "examples")


class RowFormat(Enum):
    """The kinds of dataset row; the values are what `--format` takes."""

    BIGCODEBENCH = "bigcodebench"
    HUMANEVAL = "humaneval"


@dataclass(frozen=True)
class Row:
    """A dataset row.

    Attributes:
        format: Which kind it is.
        line: The JSON object as it stood in the file, without its newline.
        fields: The parsed object; extra fields are kept.
    """

    format: RowFormat
    line: bytes
    fields: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def task_id(self) -> str:
        """The row's own id, such as `BigCodeBench/12`."""
        return str(self.fields["task_id"])

    @property
    def entry_point(self) -> str:
        """The name of the function that the tests call."""
        return str(self.fields["entry_point"])

    @property
    def complete_prompt(self) -> str:
        """The stub that a model is asked to continue."""
        return str(self.fields["complete_prompt" if self._is_bigcodebench else "prompt"])

    @property
    def canonical_solution(self) -> str:
        """The body that continues the stub."""
        return str(self.fields["canonical_solution"])

    @cached_property
    def solution(self) -> str:
        """The row's prompt and body as the text of one `solution.py`."""
        prompt = self.complete_prompt
        return _ended(_ended(prompt) + self.canonical_solution)

    @cached_property
    def tests(self) -> str:
        """The row's tests as the text of one `test_task.py`; HumanEval's `check` becomes a test case."""
        tests = _ended(str(self.fields["test"]))
        if self._is_bigcodebench:
            return tests
        return to_test_case(tests, self.entry_point)

    def given(self, name: str) -> str | None:
        """A field that BigCodeBench rows give and HumanEval rows do not; None where it is not given."""
        return str(self.fields[name]) if self._is_bigcodebench else None

    @property
    def _is_bigcodebench(self) -> bool:
        return self.format is RowFormat.BIGCODEBENCH


def parse_row(line: bytes, *, path: Path | None = None, number: int | None = None) -> Row:
    """Read and check one line of a dataset file.

    Args:
        line: The JSON object, without its newline.
        path: The file, for messages.
        number: The line's number, counted from 1, for messages.

    Raises:
        InputError: Not UTF-8, not a JSON object, no known kind of row, or a field missing or not a string.
    """
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8: byte 0x{line[error.start]:02x} at offset {error.start} of the line",
            path=path,
            line=number,
            hint="save the file as UTF-8",
        ) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"broken JSON at column {error.colno}: {error.msg}",
            path=path,
            line=number,
            hint="each line must be one complete JSON object",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"unusable JSON: {error}", path=path, line=number) from error
    if not isinstance(value, dict):
        raise InputError(f"expected a JSON object, found {type(value).__name__}", path=path, line=number)
    return row_of(value, line, path=path, number=number)


def row_of(
    fields: Mapping[str, Any],
    line: bytes,
    *,
    path: Path | None = None,
    number: int | None = None,
) -> Row:
    """Check the fields of one row; arguments and errors as in `parse_row`."""
    kind = _kind(fields)
    fault, hint = _fault(fields, kind)
    if fault:
        task_id = fields.get("task_id")
        known = task_id if isinstance(task_id, str) else ""
        raise InputError(fault, path=path, line=number, task_id=known, hint=hint)
    assert kind is not None
    return Row(kind, line, fields)


def _kind(fields: Mapping[str, Any]) -> RowFormat | None:
    if "complete_prompt" in fields:
        return RowFormat.BIGCODEBENCH
    if "prompt" in fields:
        return RowFormat.HUMANEVAL
    return None


def _fault(fields: Mapping[str, Any], kind: RowFormat | None) -> tuple[str, str]:
    """What is wrong with a row and what to do about it; empty strings when nothing is."""
    task_id = fields.get("task_id")
    if task_id is None:
        return "`task_id` is missing", "give every row an id of its own"
    if not isinstance(task_id, str) or not task_id.strip():
        return f"`task_id` must be a non-empty string, found {task_id!r}", ""
    if kind is None:
        known = "BigCodeBench rows have `complete_prompt`, HumanEval rows have `prompt`"
        return f"neither a BigCodeBench nor a HumanEval row: its fields are {_listed(fields)}", known
    names = BIGCODEBENCH_FIELDS if kind is RowFormat.BIGCODEBENCH else HUMANEVAL_FIELDS
    missing = [name for name in names if fields.get(name) is None]
    if missing:
        return f"missing {_listed(missing)}", f"a {kind.value} row has {_listed(names)}"
    wrong = [
        f"`{name}` is {type(fields[name]).__name__}" for name in names if not isinstance(fields[name], str)
    ]
    if wrong:
        return f"must be strings: {', '.join(wrong)}", ""
    return _fault_in_text({name: fields[name] for name in names}), ""


def _fault_in_text(texts: Mapping[str, str]) -> str:
    for name, text in texts.items():
        try:
            text.encode()
        except UnicodeEncodeError:
            return f"`{name}` holds half of a surrogate pair, which no file can hold"
    if not is_entry_point(texts["entry_point"]):
        return f"`entry_point` must be a Python name, found {texts['entry_point']!r}"
    if "doc_struct" in texts and not _is_doc_struct(texts["doc_struct"]):
        return f"`doc_struct` must be a JSON object with the lists {_listed(DOC_STRUCT_FIELDS)}"
    if "libs" in texts and not _is_list_of_names(texts["libs"]):
        return "`libs` must be a Python list of strings, such as \"['os', 'json']\""
    return ""


def is_entry_point(name: str) -> bool:
    """Whether a function can be called that."""
    return name.isidentifier() and not keyword.iskeyword(name)


def _is_doc_struct(text: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and all(
        isinstance(value.get(name), list) and all(isinstance(item, str) for item in value[name])
        for name in DOC_STRUCT_FIELDS
    )


def _is_list_of_names(text: str) -> bool:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"{_listed(repeated)} given more than once")
    return value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
