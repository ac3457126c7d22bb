"""A benchmark task: a stub with a structured docstring, its reference solution, and its tests.

Only sources are stored. Prompts, structured docstring, libraries, domains and digest are derived from them on
first use. A task that was imported remembers its dataset row, and as long as the row still stands for the
sources, the row's own strings are given out, byte for byte.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bcb_tools.docstring import DocStruct, parse_docstring
from bcb_tools.domains import Domain, domains_of
from bcb_tools.errors import InputError
from bcb_tools.formats.row import Row
from bcb_tools.libraries import imported_libraries, imported_modules
from bcb_tools.prompts import instruct_prompt
from bcb_tools.sandbox.policy import Network
from bcb_tools.stub import Stub, StubError, split_solution

__all__ = ["Difficulty", "Limits", "Network", "Task", "natural_key", "slug_of"]


class Difficulty(Enum):
    """How hard the author believes the task to be."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True)
class Limits:
    """A task's own limits for one run; None leaves the policy's value in force."""

    memory_mib: int | None = None
    cpu_s: float | None = None
    wall_s: float | None = None
    processes: int | None = None
    disk_mib: int | None = None
    output_kib: int | None = None


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Task:
    """One task, with everything that a run or an export needs.

    Attributes:
        id: Unique in a corpus, such as `BigCodeBench/12` or `bcb/parse-nginx-log`.
        slug: The name of the task's folder.
        entry_point: The function that the tests call.
        solution: The text of `solution.py`.
        tests: The text of `test_task.py`.
        title: A few words for lists; may be empty.
        difficulty: The author's guess, if any.
        licence: An SPDX expression; may be empty.
        authors: Who wrote it.
        provenance: Where it comes from, as key and value.
        limits: Its own limits.
        network: What it may talk to.
        data: The files under `data/`, by their relative path with forward slashes.
        instruct: The text of `instruct.md`, where someone rewrote the Instruct prompt.
        row: The dataset row it was imported from.
        path: The folder or file it was read from, for messages.
        line: Its line in that file.
    """

    id: str
    slug: str
    entry_point: str
    solution: str
    tests: str
    title: str = ""
    difficulty: Difficulty | None = None
    licence: str = ""
    authors: tuple[str, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    limits: Limits = Limits()
    network: Network = Network.LOOPBACK
    data: Mapping[str, bytes] = field(default_factory=_nothing, repr=False, hash=False)
    instruct: str | None = None
    row: Row | None = field(default=None, repr=False)
    path: Path | None = field(default=None, compare=False)
    line: int | None = field(default=None, compare=False)

    @classmethod
    def from_row(cls, row: Row, *, path: Path | None = None, line: int | None = None) -> Task:
        """The task that a dataset row describes."""
        return cls(
            id=row.task_id,
            slug=slug_of(row.task_id),
            entry_point=row.entry_point,
            solution=row.solution,
            tests=row.tests,
            row=row,
            path=path,
            line=line,
        )

    @cached_property
    def original(self) -> Row | None:
        """The imported row while id, entry point, solution and tests are still what it says; else None."""
        row = self.row
        if row is None or (self.id, self.entry_point) != (row.task_id, row.entry_point):
            return None
        return row if (self.solution, self.tests) == (row.solution, row.tests) else None

    @cached_property
    def complete_prompt(self) -> str:
        """The stub that a model continues: imports, signature, docstring.

        Raises:
            InputError: `solution.py` cannot be cut into prompt and body.
        """
        return self.original.complete_prompt if self.original else self._stub.complete_prompt

    @cached_property
    def canonical_solution(self) -> str:
        """The indented body that continues the complete prompt; errors as in `complete_prompt`."""
        return self.original.canonical_solution if self.original else self._stub.canonical_solution

    @cached_property
    def code_prompt(self) -> str:
        """The stub without docstring and blank lines; errors as in `complete_prompt`."""
        given = self._given("code_prompt")
        return self._stub.code_prompt if given is None else given

    @cached_property
    def instruct_prompt(self) -> str:
        """The short prompt: `instruct.md`, else the row's, else made by rule; errors as there."""
        if self.instruct is not None:
            return self.instruct.rstrip("\r\n")
        given = self._given("instruct_prompt")
        return instruct_prompt(self.doc_struct, self.code_prompt) if given is None else given

    @cached_property
    def doc_struct(self) -> DocStruct:
        """The docstring's sections; errors as in `complete_prompt`."""
        given = self._given("doc_struct")
        return parse_docstring(self._stub.docstring) if given is None else DocStruct.from_json(given)

    @cached_property
    def libs(self) -> tuple[str, ...]:
        """The top-level packages that the solution imports; none where it cannot be parsed."""
        given = self._given("libs")
        if given is not None:
            return tuple(ast.literal_eval(given))
        try:
            return imported_libraries(self.solution)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ()

    @cached_property
    def domains(self) -> tuple[Domain, ...]:
        """The domains that the task's libraries belong to."""
        return domains_of(self.libs)

    @cached_property
    def ground_truth(self) -> str:
        """The reference program, put together as the benchmark runs it; errors as in `complete_prompt`."""
        return f"{self.complete_prompt}\n{self.canonical_solution}"

    @property
    def test_program(self) -> str:
        """The tests as they are run; a HumanEval row's `check` has already become a test case."""
        return self.tests

    @cached_property
    def imports(self) -> frozenset[str]:
        """The modules that ground truth and tests import; empty where either cannot be parsed."""
        try:
            return frozenset((*imported_modules(self.solution), *imported_modules(self.tests)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return frozenset()

    @cached_property
    def headline(self) -> str:
        """The title, or the first line of the description, or nothing."""
        if self.title:
            return self.title
        try:
            return next(iter(self.doc_struct.description), "")
        except InputError:
            return ""

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, over everything that a verdict depends on.

        That is the reference program, the two prompts that answers are joined to, the tests, the entry point,
        the data files, the limits and the network, and not the title, authors or where the task is kept: a
        row and the folder made from it have one digest.
        """
        try:
            programs = [self.complete_prompt, self.code_prompt, self.canonical_solution.rstrip("\r\n")]
        except InputError:
            programs = [self.solution]
        limits = [f"{name}={value}" for name, value in vars(self.limits).items() if value is not None]
        texts = [self.entry_point, *programs, self.tests, self.network.value, " ".join(limits)]
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        for name in sorted(self.data):
            parts += [name.encode(), self.data[name]]
        total = hashlib.sha256()
        for part in parts:
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
        return total.hexdigest()

    def _given(self, name: str) -> str | None:
        return None if self.original is None else self.original.given(name)

    @cached_property
    def _stub(self) -> Stub:
        try:
            return split_solution(self.solution, self.entry_point)
        except StubError as error:
            inside = "" if error.line is None else f"`solution.py` line {error.line}: "
            raise InputError(
                f"{inside}{error}", path=self.path, line=self.line, task_id=self.id, hint=error.hint
            ) from error


def slug_of(task_id: str) -> str:
    """The folder name for an id: `BigCodeBench/12` gives `bigcodebench-12`."""
    return re.sub(r"[^a-z0-9]+", "-", task_id.lower()).strip("-") or "task"


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key by which `task/2` comes before `task/10`."""
    numbers_and_words = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple(
        (0, len(piece.lstrip("0")), piece.lstrip("0")) if "0" <= piece[0] <= "9" else (1, 0, piece)
        for piece in numbers_and_words
    )
