"""One solution file cut into what a benchmark row keeps apart: prompt, signature, docstring, body.

The complete prompt ends with the line that ends the entry point's docstring; the canonical solution is all
that follows, helper functions included. The code prompt is the complete prompt without the docstring and
without blank lines (blank lines inside a string constant stay, because they are part of its value).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from bcb_tools.reading import parse_program, split_lines

__all__ = ["Stub", "StubError", "split_solution"]

_LITERAL = re.compile(
    r"[rRuU]?(?P<quote>\"{3}|'{3}|\"|')(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)", re.DOTALL
)

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class StubError(ValueError):
    """A solution file that cannot be cut; `Task` tells the user, with file and task id.

    Args:
        message: What was wrong.
        line: The line in the solution file, counted from 1.
        hint: What to do about it.
    """

    def __init__(self, message: str, *, line: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


@dataclass(frozen=True)
class Stub:
    """The parts of a solution file.

    Attributes:
        complete_prompt: Imports, constants, signature and docstring, with the final newline.
        code_prompt: The same without docstring and blank lines.
        canonical_solution: The indented body and what follows it, without the final newlines.
        docstring: The text between the docstring's quotes, not dedented; empty when there is none.
    """

    complete_prompt: str
    code_prompt: str
    canonical_solution: str
    docstring: str


def split_solution(source: str, entry_point: str) -> Stub:
    """Cut `source` at the docstring of its last top-level function `entry_point`.

    A function without docstring is cut before its first statement. Imports between the signature and the
    docstring are accepted, as one HumanEval task has them.

    Raises:
        StubError: `source` is not Python, lacks the function, or cannot be cut between lines.
    """
    tree = _parse(source)
    function = _find(tree, entry_point)
    lines = split_lines(source)
    docstring = _documentation(function)
    first = _first_line(docstring or function.body[0])
    if not _starts_its_line(docstring or function.body[0], lines[first - 1]):
        raise StubError(
            f"the docstring or body of `{entry_point}` begins in the middle of a line",
            line=first,
            hint="start it on a line of its own",
        )
    last = first - 1
    if docstring is not None:
        last = docstring.end_lineno or docstring.lineno
        if any(other.lineno == last for other in function.body if other is not docstring):
            raise StubError(
                f"code follows the docstring of `{entry_point}` on the same line",
                line=last,
                hint="end the docstring's line after its closing quotes",
            )
    prompt = "".join(lines[:last])
    return Stub(
        complete_prompt=prompt if prompt.endswith("\n") else prompt + "\n",
        code_prompt=_without_blank_lines(lines[: first - 1], _string_lines(tree)),
        canonical_solution="".join(lines[last:]).rstrip("\r\n"),
        docstring=_source_of(docstring, lines),
    )


def _parse(source: str) -> ast.Module:
    try:
        return parse_program(source)
    except SyntaxError as error:
        raise StubError(f"the solution is not Python: {error.msg}", line=error.lineno) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise StubError(f"the solution cannot be parsed: {error}") from error


def _find(tree: ast.Module, entry_point: str) -> _Function:
    for node in reversed(tree.body):
        if isinstance(node, _Function) and node.name == entry_point:
            return node
    raise StubError(
        f"the solution has no top-level function `{entry_point}`",
        hint="define it, or correct `entry_point` in `task.toml`",
    )


def _documentation(function: _Function) -> ast.Expr | None:
    for statement in function.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return statement if isinstance(statement.value.value, str) else None
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            return None
    return None


def _source_of(docstring: ast.Expr | None, lines: list[str]) -> str:
    r"""What stands between the docstring's quotes: the text that a model reads in the complete prompt.

    Escapes stay as they are written, so a regular expression's `\n` does not become a line break.
    """
    if docstring is None:
        return ""
    assert isinstance(docstring.value, ast.Constant)
    first, last = docstring.lineno, docstring.end_lineno or docstring.lineno
    end = len("".join(lines[first - 1 : last - 1]).encode()) + (docstring.end_col_offset or 0)
    literal = "".join(lines[first - 1 : last]).encode()[docstring.col_offset : end].decode()
    match = _LITERAL.fullmatch(literal)
    return match["text"] if match else str(docstring.value.value)


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _starts_its_line(statement: ast.stmt, line: str) -> bool:
    if getattr(statement, "decorator_list", []):
        return line.lstrip().startswith("@")
    return not line.encode()[: statement.col_offset].strip()


def _string_lines(tree: ast.Module) -> frozenset[int]:
    """The lines on which a string that began earlier goes on."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno is not None:
            inside.update(range(node.lineno + 1, node.end_lineno + 1))
    return frozenset(inside)


def _without_blank_lines(lines: list[str], keep: frozenset[int]) -> str:
    return "".join(line for number, line in enumerate(lines, start=1) if line.strip() or number in keep)
