"""A line-by-line reader of Python that survives anything: strings, comments and brackets, nothing else.

`tokenize` gives up at the first error; answers are cut off in the middle and mixed with prose, so what is
wanted here is a state that can be carried over any line: inside which triple-quoted string, at which depth
of brackets. Every character is looked at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Lexer", "LogicalLine", "logical_lines"]

_TOKEN = re.compile(
    r"""
    (?P<code> [^\#"'()\[\]{}]*+ )
    (?:
        (?P<comment> \#.* )
        | (?P<triple> \"\"\" | ''' )
        | (?P<string> "(?:\\.|[^"\\])*+"? | '(?:\\.|[^'\\])*+'? )  # without an end it ends with its line
        | (?P<open> [(\[{]++ )
        | (?P<close> [)\]}]++ )
    )
    """,
    re.VERBOSE,
)
_ENDS = {quote: re.compile(rf"\\.|{quote}") for quote in ('"""', "'''")}
_WORD = re.compile(r"[ \t]*(\w*)")


@dataclass
class Lexer:
    """The state between two lines.

    Args:
        quote: The triple quote that the next line begins in, or nothing.
        depth: How many brackets are open.
        continued: Whether the last line ended in a backslash.
    """

    quote: str = ""
    depth: int = 0
    continued: bool = False

    @property
    def at_statement(self) -> bool:
        """Whether the next line begins a statement of its own."""
        return not self.quote and self.depth == 0 and not self.continued

    def feed(self, line: str) -> str:
        """Read one line, without its end; gives its code, without strings and comments."""
        at, code = 0, []
        while True:
            if self.quote:
                at = self._leave_string(line, at)
                if self.quote:
                    break
            token = _TOKEN.match(line, at)
            if token is None:
                code.append(line[at:])
                break
            code.append(token["code"])
            at = token.end()
            self._take(token, code)
        text = "".join(code)
        self.continued = text.endswith("\\")
        return text

    def _take(self, token: re.Match[str], code: list[str]) -> None:
        match token.lastgroup:
            case "triple":
                self.quote = token["triple"]
            case "open":
                self.depth += len(token["open"])
                code.append(token["open"])
            case "close":
                self.depth = max(0, self.depth - len(token["close"]))
                code.append(token["close"])

    def _leave_string(self, line: str, at: int) -> int:
        for found in _ENDS[self.quote].finditer(line, at):
            if found[0] == self.quote:
                self.quote = ""
                return found.end()
        return len(line)


@dataclass(frozen=True)
class LogicalLine:
    """One statement, or the header of a compound one.

    Args:
        first: Index of its first line.
        last: Index of its last line.
        indent: Width of its indentation, tabs counted as eight.
        word: Its first word.
        is_header: Whether it ends in a colon, so that a block must follow.
        in_string: Whether it ends inside a triple-quoted string.
    """

    first: int
    last: int
    indent: int
    word: str
    is_header: bool
    in_string: bool


def logical_lines(lines: list[str]) -> list[LogicalLine]:
    """Lines put together to statements; blank lines and comments belong to none."""
    lexer = Lexer()
    found: list[LogicalLine] = []
    first = 0
    for number, line in enumerate(lines):
        if lexer.at_statement:
            first = number
        code = lexer.feed(line)
        if not lexer.at_statement and number + 1 < len(lines):
            continue
        head = lines[first]
        if not head.strip() or head.lstrip().startswith("#"):
            continue
        indent = len(head.expandtabs()) - len(head.expandtabs().lstrip())
        word = _WORD.match(head)
        ends_block = code.rstrip().endswith(":") and lexer.at_statement
        decorator = head.lstrip().startswith("@")
        found.append(
            LogicalLine(
                first, number, indent, word[1] if word else "", ends_block or decorator, bool(lexer.quote)
            )
        )
    return found
