"""Code that ends in the middle, because the model's tokens were used up: the statements that are whole."""

from __future__ import annotations

import re

from bcb_tools.evaluate.sanitize.lexer import LogicalLine, logical_lines

__all__ = ["whole_statements"]

_STATEMENT = re.compile(r"[ \t]*(?:def|class|return|import|raise|while|with|try|@)\b")


def whole_statements(text: str) -> str | None:
    """The longest beginning of a text that a cut-off cannot have spoiled; None when nothing is left.

    The last statement goes, then whatever cannot stand without it: headers and decorators that have lost
    their block, `try` without its handler. A bracket that stays open over later statements is an error of
    the program and no cut-off: then the answer is None too. Whether the rest parses is not looked at.
    """
    lines = text.split("\n")
    statements = logical_lines(lines)
    if not statements or _swallows_statements(lines, statements[-1]):
        return None
    end = statements.pop().first
    while statements:
        unsound = _without_block(statements)
        if unsound is None:
            return "\n".join(lines[:end]) + "\n"
        end = statements[unsound].first
        del statements[unsound:]
    return None


def _swallows_statements(lines: list[str], last: LogicalLine) -> bool:
    if last.in_string:
        return False
    return any(_STATEMENT.match(line) for line in lines[last.first + 1 : last.last + 1])


def _without_block(statements: list[LogicalLine]) -> int | None:
    """Index of the header from which on the statements cannot stand; None when they can."""
    last = len(statements) - 1
    if statements[last].is_header:
        return last
    indent = statements[last].indent
    for number in range(last, -1, -1):
        statement = statements[number]
        if statement.indent < indent:
            if statement.word == "try":
                return number
            indent = statement.indent
        if indent == 0:
            return None
    return None
