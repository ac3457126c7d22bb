"""Markdown's fenced code blocks, as models write them: indented, nested, glued to code, cut off."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bcb_tools.evaluate.sanitize.lexer import Lexer

__all__ = ["Block", "Fence", "find_blocks", "first_fence"]

_OPENING = re.compile(
    r"(?P<lead>[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`]*)\Z"
)
_GLUED_OPENING = re.compile(r".*[^`\s][ \t]*(?P<mark>`{3,})(?P<info>python3?|py)[ \t]*\Z", re.IGNORECASE)
_PYTHON = frozenset({"python", "python3", "py", "py3", "python2", "ipython", "ipython3", "sage", "code"})
_MARKDOWN = frozenset({"markdown", "md", "mdx"})


@dataclass(frozen=True)
class Fence:
    """A line that opens a block, or closes one.

    Args:
        mark: Its backticks or tildes.
        language: First word behind them, in lower case.
        indent: How many characters stand before them.
    """

    mark: str
    language: str
    indent: int

    def closed_by(self, line: str) -> bool:
        """Whether a line ends the block that this fence opened: the same mark, as long or longer, alone."""
        text = line.strip()
        return len(text) >= len(self.mark) and text == self.mark[0] * len(text)


@dataclass(frozen=True)
class Block:
    """Code between two fences, or what stands in for it.

    Args:
        text: Its lines, without the fence's indentation.
        language: What the fence called it; empty when it said nothing.
        complete: Whether it ended; false for the last block of an answer that was cut off.
    """

    text: str
    language: str = ""
    complete: bool = True

    @property
    def may_be_python(self) -> bool:
        """Whether the fence said Python, or nothing."""
        return self.language in _PYTHON or not self.language


def first_fence(lines: list[str], *, strings: bool) -> int | None:
    """Index of the first fence; with `strings`, fences in Python's triple-quoted strings do not count."""
    lexer = Lexer()
    for number, line in enumerate(lines):
        if not (strings and lexer.quote) and _opening(line) is not None:
            return number
        if strings:
            lexer.feed(line)
    return None


def find_blocks(lines: list[str], *, strings: bool) -> list[Block]:
    """All blocks of an answer in order.

    A fence with a language inside a block begins the next block (the one before was never closed), but inside
    a Markdown block it begins a nested one, and the outer fence then counts for nothing.

    Args:
        lines: The answer's lines.
        strings: Whether fences inside Python's triple-quoted strings are left alone. An answer whose quotes
            do not pair wants the reading without.
    """
    blocks: list[Block] = []
    fence: Fence | None = None
    body: list[str] = []
    lexer = Lexer()
    for line in lines:
        if fence is None or not (strings and lexer.quote):
            opening = _opening(line)
            if opening is not None and (fence is None or opening.language):
                if fence is not None and fence.language not in _MARKDOWN:
                    blocks.append(_block(fence, body))
                fence, body, lexer = opening, [], Lexer()
                continue
            if fence is not None and fence.closed_by(line):
                blocks.append(_block(fence, body))
                fence, body = None, []
                continue
        if fence is None:
            continue
        code = lexer.feed(line) if strings else line
        if strings and code.rstrip().endswith(fence.mark) and "`" in fence.mark:
            blocks.append(_block(fence, [*body, line[: line.rindex(fence.mark)]]))
            fence, body = None, []
            continue
        body.append(line)
    if fence is not None:
        blocks.append(replace(_block(fence, body), complete=False))
    return blocks


def _opening(line: str) -> Fence | None:
    """The fence that a line opens; also one behind a sentence, when it says Python."""
    if "```" not in line and "~~~" not in line:
        return None
    found = _OPENING.match(line)
    if found is not None:
        words = re.split(r"[\s{}:,.=]+", found["info"].strip("{. \t"), maxsplit=1)
        return Fence(found["mark"], words[0].lower(), len(found["lead"]))
    glued = _GLUED_OPENING.match(line)
    if glued is None:
        return None
    return Fence(glued["mark"], glued["info"].lower(), 0)


def _block(fence: Fence, body: list[str]) -> Block:
    lines = [_outdented(line, fence.indent) for line in body] if fence.indent else body
    return Block("\n".join(lines), fence.language)


def _outdented(line: str, width: int) -> str:
    """A line without at most so many leading blanks."""
    head = line[:width]
    return head.lstrip(" \t") + line[width:]
