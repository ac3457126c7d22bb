"""One task as a folder: `task.toml`, `solution.py`, `test_task.py`, and what may lie beside them."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from bcb_tools.errors import InputError
from bcb_tools.formats.row import is_entry_point, parse_row
from bcb_tools.reading import decode, read_bytes, read_text
from bcb_tools.task import Difficulty, Limits, Network, Task

__all__ = ["TASK_FILE", "read_folder", "task_files"]

TASK_FILE = "task.toml"

_KEYS = (
    "id",
    "title",
    "entry_point",
    "difficulty",
    "licence",
    "authors",
    "network",
    "limits",
    "provenance",
)
_DERIVED = ("libraries", "libs", "domains", "status", "digest")
_SECONDS = ("cpu_s", "wall_s")
_LIMITS = ("memory_mib", "cpu_s", "wall_s", "processes", "disk_mib", "output_kib")
_E = TypeVar("_E", bound=Enum)


def read_folder(folder: Path) -> Task:
    """Read a task folder.

    Raises:
        InputError: A file is missing or not UTF-8, `task.toml` or `row.json` is broken.
    """
    toml = _Toml(folder / TASK_FILE)
    names = set(os.listdir(folder))  # noqa: PTH208 - 1,140 folders load in two seconds
    row = folder / "row.json"
    return Task(
        id=toml.id,
        slug=folder.name,
        entry_point=toml.entry_point(),
        solution=_source(folder / "solution.py", toml.id),
        tests=_source(folder / "test_task.py", toml.id),
        title=toml.text("title"),
        difficulty=toml.choice("difficulty", Difficulty),
        licence=toml.text("licence"),
        authors=toml.texts("authors"),
        provenance=toml.table("provenance", str),
        limits=toml.limits(),
        network=toml.choice("network", Network) or Network.LOOPBACK,
        data=_data(folder / "data") if "data" in names else MappingProxyType({}),
        instruct=_source(folder / "instruct.md", toml.id) if "instruct.md" in names else None,
        row=parse_row(read_bytes(row).removesuffix(b"\n"), path=row) if "row.json" in names else None,
        path=folder,
    )


def task_files(task: Task) -> Mapping[str, bytes]:
    """The files of a task's folder, by relative path; reading them back gives the same task."""
    files = {
        TASK_FILE: _toml_text(task).encode(),
        "solution.py": task.solution.encode(),
        "test_task.py": task.tests.encode(),
    }
    if task.row is not None:
        files["row.json"] = task.row.line + b"\n"
    if task.instruct is not None:
        files["instruct.md"] = task.instruct.encode()
    files.update({f"data/{name}": content for name, content in task.data.items()})
    return MappingProxyType(files)


class _Toml:
    """A `task.toml`, checked key by key as it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._values = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise InputError(
                f"broken TOML: {error}",
                path=path,
                hint='correct that place; a line is `name = "value"` or `[table]`',
            ) from error
        self.id = ""
        self.id = self.text("id")
        if not self.id.strip():
            raise self._error("`id` is missing", 'add `id = "..."`')
        unknown = [key for key in self._values if key not in _KEYS]
        if unknown and unknown[0] in _DERIVED:
            raise self._error(f"`{unknown[0]}` is never stored", "remove it: it is derived from the solution")
        if unknown:
            raise self._error(f"unknown key `{unknown[0]}`", f"known keys are {', '.join(_KEYS)}")

    def entry_point(self) -> str:
        value = self.text("entry_point")
        if not value:
            raise self._error("`entry_point` is missing", 'add `entry_point = "task_func"`')
        if not is_entry_point(value):
            raise self._error(f"`entry_point` must be a Python name, found {value!r}")
        return value

    def text(self, key: str) -> str:
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self._error(f"`{key}` must be a string, found {value!r}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._error(f"`{key}` must be a list of strings, found {value!r}")
        return tuple(value)

    def choice(self, key: str, kind: type[_E]) -> _E | None:
        value = self.text(key)
        if not value:
            return None
        try:
            return kind(value)
        except ValueError as error:
            known = ", ".join(str(member.value) for member in kind)
            raise self._error(f"`{key}` is {value!r}", f"choose one of {known}") from error

    def table(self, key: str, kind: type) -> Mapping[str, Any]:
        value = self._values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(item, kind) for item in value.values()):
            raise self._error(f"`[{key}]` must be a table of {kind.__name__} values, found {value!r}")
        return MappingProxyType(value)

    def limits(self) -> Limits:
        values = self.table("limits", object)
        for key, value in values.items():
            if key not in _LIMITS:
                raise self._error(f"unknown limit `{key}`", f"known limits are {', '.join(_LIMITS)}")
            numbers = (int, float) if key in _SECONDS else (int,)
            if isinstance(value, bool) or not isinstance(value, numbers) or value <= 0:
                raise self._error(f"limit `{key}` must be a positive number, found {value!r}")
        return Limits(**values)

    def _error(self, message: str, hint: str = "") -> InputError:
        return InputError(message, path=self._path, task_id=self.id, hint=hint)


def _source(path: Path, task_id: str) -> str:
    return decode(read_bytes(path), path, task_id=task_id)


def _data(folder: Path) -> Mapping[str, bytes]:
    paths = sorted(folder.rglob("*"))
    for path in paths:
        if path.is_symlink():
            raise InputError("a task's data cannot be a link", path=path, hint="put the file itself there")
    files = [path for path in paths if path.is_file()]
    return MappingProxyType({path.relative_to(folder).as_posix(): read_bytes(path) for path in files})


def _toml_text(task: Task) -> str:
    pairs: list[tuple[str, Any]] = [("id", task.id), ("title", task.title), ("entry_point", task.entry_point)]
    pairs.append(("difficulty", task.difficulty.value if task.difficulty else ""))
    pairs += [("licence", task.licence), ("authors", list(task.authors))]
    if task.network is not Network.LOOPBACK:
        pairs.append(("network", task.network.value))
    text = "".join(f"{key} = {_toml_value(value)}\n" for key, value in pairs if value)
    limits = {name: value for name, value in vars(task.limits).items() if value is not None}
    for name, table in (("limits", limits), ("provenance", task.provenance)):
        if table:
            lines = [f"{_toml_key(key)} = {_toml_value(value)}\n" for key, value in table.items()]
            text += f"\n[{name}]\n{''.join(lines)}"
    return text


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml_value(key)


def _toml_value(value: str | list[str] | float) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    if isinstance(value, str):
        # a JSON string is a TOML string, but for DEL, which TOML wants escaped
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
