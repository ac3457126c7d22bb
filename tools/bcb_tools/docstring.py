"""The structured docstring of a task, read into its sections.

A section begins with a heading on a line of its own (`Returns:`, or NumPy's `Returns` over a ruler of
dashes), and may carry text behind the colon (`Note: ...`). It lasts until the next heading, or until a
paragraph after a blank line that is neither indented nor a list item: that belongs to the description again.
Examples last until the next heading, and interactive lines (`>>>` and what they print) are examples wherever
they stand, so they never leak into another section.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

__all__ = ["DocStruct", "parse_docstring"]

_HEADINGS = {
    "parameters": "params",
    "parameter": "params",
    "params": "params",
    "arguments": "params",
    "args": "params",
    "returns": "returns",
    "return": "returns",
    "requirements": "reqs",
    "requirement": "reqs",
    "raises": "raises",
    "raise": "raises",
    "notes": "notes",
    "note": "notes",
    "examples": "examples",
    "example": "examples",
    "example usage": "examples",
    "usage": "examples",
}
_HEADING = re.compile(r"(?P<name>[A-Za-z]+(?: [A-Za-z]+)?) ?:(?P<rest>.*)", re.DOTALL)
_RULER = re.compile(r"-{3,}|={3,}")
_BULLET = re.compile(r"[-*] +|-(?=[A-Za-z])")


@dataclass(frozen=True)
class DocStruct:
    """The sections of a docstring, each a tuple of lines without indentation and bullets.

    The field names and their order are those of the benchmark's `doc_struct`.
    """

    description: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    reqs: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The sections as the JSON string that a dataset row holds."""
        return json.dumps({section.name: list(getattr(self, section.name)) for section in fields(self)})

    @classmethod
    def from_json(cls, text: str) -> DocStruct:
        """The sections of a row's `doc_struct`, which must have been checked before."""
        value: Mapping[str, Any] = json.loads(text)
        return cls(**{section.name: tuple(value[section.name]) for section in fields(cls)})


def parse_docstring(docstring: str) -> DocStruct:
    """Read a docstring's sections.

    Args:
        docstring: The docstring's value, indented as it stands in the source or dedented.

    Returns:
        The sections; missing ones are empty.
    """
    reader = _Reader()
    for line in inspect.cleandoc(docstring).splitlines():
        reader.feed(line)
    return DocStruct(**{name: tuple(lines) for name, lines in reader.sections.items()})


class _Reader:
    """Sorts lines into sections, one at a time."""

    def __init__(self) -> None:
        self.sections: dict[str, list[str]] = {}
        self._section = "description"
        self._margin = 0
        self._after_blank = False
        self._in_output = False

    def feed(self, line: str) -> None:
        """Take the next line of the docstring."""
        text = line.strip()
        margin = len(line) - len(line.lstrip())
        if not text:
            self._after_blank, self._in_output = True, False
            return
        heading = None if self._in_output else _heading(text)
        if self._ruled(text):
            return
        if heading is not None:
            self._section, text = heading
            self._margin = margin
        elif text.startswith(">>>"):
            self._in_output = True
        elif self._leaves(text, margin):
            self._section = "description"
        self._after_blank = False
        self._keep(text)

    def _ruled(self, text: str) -> bool:
        """Turn the line above into a heading when this one underlines it, as NumPy's style does."""
        above = self.sections.get(self._section, [""])[-1].lower()
        if self._after_blank or self._in_output or not _RULER.fullmatch(text) or above not in _HEADINGS:
            return False
        self.sections[self._section].pop()
        self._section = _HEADINGS[above]
        return True

    def _leaves(self, text: str, margin: int) -> bool:
        ends = self._after_blank and self._section not in {"description", "examples"}
        return ends and margin <= self._margin and not _BULLET.match(text)

    def _keep(self, text: str) -> None:
        section = "examples" if self._in_output else self._section
        if section not in {"description", "examples"}:
            bullet = _BULLET.match(text)
            text = text[bullet.end() :] if bullet else text
        if text:
            self.sections.setdefault(section, []).append(text)


def _heading(text: str) -> tuple[str, str] | None:
    match = _HEADING.fullmatch(text)
    section = match and _HEADINGS.get(match["name"].lower())
    return (section, match["rest"].strip()) if match and section else None
