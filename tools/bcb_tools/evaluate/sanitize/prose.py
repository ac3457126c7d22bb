"""Code between sentences: an answer without fences, or a block with stray lines in it.

Only presentation is repaired. What looks like code and does not parse stays where it is, so that a broken
program stays broken.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator

from bcb_tools.evaluate.sanitize.attempts import Attempts
from bcb_tools.evaluate.sanitize.lexer import Lexer

__all__ = ["without_prose"]

_CODE = re.compile(
    r"""
    (?:async[ ]+)?def[ ]+\w+[ ]*[(\[]
    | class[ ]+\w+[ ]*[(:\[]
    | import[ ]+[\w.]+(?:[ ]+as[ ]+\w+)?(?:[ ]*,[ ]*[\w.]+(?:[ ]+as[ ]+\w+)?)*[ ]*(?:[#;].*)?\Z
    | from[ ]+[\w.]+[ ]+import[ ]
    | @\w
    | [A-Za-z_][\w.]*+(?:\[[^\]]*\])?(?:[ ]*,[ ]*[A-Za-z_]\w*)*[ ]*(?:[-+*/%&|^@]|//|\*\*|>>|<<)?=(?!=)
    | print[ ]+["']
    """,
    re.VERBOSE,
)
_DEFINITION = re.compile(
    r"(?:async +)?def +\w+ *[(\[]|class +\w+ *[(:\[]|import +\w|from +[\w.]+ +import\b|@\w"
)
_COMPOUND = re.compile(r"(?:if|for|while|with|try|match|async)\b.*:[ ]*(?:\#.*)?\Z")
_KEYWORDS = "|".join([*keyword.kwlist, *keyword.softkwlist, "print", "exec"])
_TWO_NAMES = re.compile(rf"\b(?!(?:{_KEYWORDS})\b)[A-Za-z_]\w*+[ ]++(?!(?:{_KEYWORDS})\b)[A-Za-z_]")
_WORDS = re.compile(rf"(?!(?:{_KEYWORDS})\b)[A-Za-z_][\w, ]*+[.:!?]?\Z")
_BEFORE_STRINGS = re.compile(r"[^\"'#]*+")
_CLAUSE = re.compile(r"(?:else|elif|except|finally)\b.*:|[)\]}]")


def without_prose(text: str, attempts: Attempts) -> str:
    """The parts of a text that are code, each as it was, in order.

    The text is cut where a line begins at the left margin outside strings and brackets. A part stays when it
    parses and does something, or when it looks like code; a single word is neither.
    """
    kept = [part for part in _parts(text.split("\n")) if _is_code(part, attempts)]
    return "\n".join(kept) + "\n" if kept else ""


def _is_code(part: str, attempts: Attempts) -> bool:
    head, _, rest = part.partition("\n")
    if head.startswith("#") or _CODE.match(head):
        return True
    if _COMPOUND.match(head):
        following = next((line for line in rest.split("\n") if line.strip()), "")
        if following[:1] in {" ", "\t"}:
            return True
    tree = attempts.parse(part)
    return tree is not None and any(not _is_mere_word(statement) for statement in tree.body)


def _is_mere_word(statement: ast.stmt) -> bool:
    """Whether a statement is a sentence that happens to parse: `Sure`, `Hello, world`, `Note: this`."""
    if isinstance(statement, ast.AnnAssign):
        return statement.value is None
    if not isinstance(statement, ast.Expr):
        return False
    effects = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
    return not any(isinstance(node, effects) for node in ast.walk(statement))


def _parts(lines: list[str]) -> Iterator[str]:
    """Lines put together to what stands or falls as one, without those that can only be sentences.

    A decorator goes with what it decorates. A definition or an import at the margin begins anew, whatever
    bracket a sentence has left open.
    """
    lexer = Lexer()
    part: list[str] = []
    open_decorator = False
    for line in lines:
        if line and line[0] not in " \t":
            if not lexer.quote and _DEFINITION.match(line):
                lexer = Lexer()
            if lexer.at_statement:
                if part and not open_decorator and not _CLAUSE.match(line):
                    yield "\n".join(part)
                    part = []
                if not part and _CODE.match(line) is None and _is_sentence(line):
                    continue
                open_decorator = line.startswith("@")
        part.append(line)
        lexer.feed(line)
    if part:
        yield "\n".join(part)


def _is_sentence(line: str) -> bool:
    """Whether a line cannot be Python, or does nothing: two names in a row, or words alone."""
    start = _BEFORE_STRINGS.match(line)
    return start is not None and bool(_TWO_NAMES.search(start[0]) or _WORDS.match(line))
