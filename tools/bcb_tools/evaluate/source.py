"""Python source as text: parsed without surprises, cut without moving what stays.

Model answers hold anything: NUL bytes, lone surrogates, a hundred thousand brackets. CPython's parser
answers those with `ValueError`, `RecursionError` or `MemoryError` beside `SyntaxError`; here they all mean
the same thing, that the text is not a program.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable

__all__ = [
    "NOT_A_PROGRAM",
    "bound_names",
    "dotted_name",
    "executed_nodes",
    "future_imports",
    "parse",
    "without",
]

NOT_A_PROGRAM = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What CPython raises for text that cannot be compiled (lone surrogates are a `ValueError`)."""

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NEWLINE = re.compile(rb"\n")
_REST_OF_LINE = re.compile(rb"[ \t\f;]*+(?:#[^\n]*+)?(?:\n|\Z)")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parse(text: str) -> ast.Module | None:
    """The syntax tree of a text, or None when it is not a program for this interpreter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except NOT_A_PROGRAM:
            return None


def future_imports(tree: ast.Module) -> list[ast.ImportFrom]:
    """The `from __future__` imports that stand where the language allows them: before all other code."""
    found: list[ast.ImportFrom] = []
    body = tree.body[1:] if ast.get_docstring(tree, clean=False) is not None else tree.body
    for statement in body:
        if not isinstance(statement, ast.ImportFrom) or statement.module != "__future__":
            break
        found.append(statement)
    return found


def executed_nodes(statement: ast.stmt) -> Iterable[ast.AST]:
    """Every node that runs when the statement does: all but the bodies of functions and lambdas.

    Decorators, defaults, annotations and class bodies run, so they are part of it.
    """
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _SCOPES):
            pending.append(node.args)
            if not isinstance(node, ast.Lambda):
                pending.extend(node.decorator_list)
                if node.returns is not None:
                    pending.append(node.returns)
        else:
            pending.extend(ast.iter_child_nodes(node))


def bound_names(statement: ast.stmt) -> set[str]:
    """The names that a statement binds in the scope it stands in, also inside `if`, `try`, `with` and loops.

    `from m import *` binds the name `*`. Class bodies, functions and comprehensions have scopes of their own.
    """
    names: set[str] = set()
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        names |= _binds(node)
        if isinstance(node, _DEFINITIONS):
            pending.extend(node.decorator_list)
        elif isinstance(node, _COMPREHENSIONS):
            pending.extend(child for child in ast.walk(node) if isinstance(child, ast.NamedExpr))
        elif not isinstance(node, ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
    return names


def _binds(node: ast.AST) -> set[str]:
    if isinstance(node, _DEFINITIONS):
        return {node.name}
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return {node.id}
    if isinstance(node, ast.alias):
        return {node.asname or node.name.partition(".")[0]}
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        return {node.name}
    if isinstance(node, ast.MatchMapping) and node.rest:
        return {node.rest}
    return set()


def dotted_name(node: ast.expr) -> str:
    """`a.b.c` for a name or an attribute of one; nothing for any other expression."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def without(text: str, statements: Iterable[ast.stmt]) -> str:
    r"""The text without these statements; comments and every other line stay as they are.

    A statement that shares a line with another becomes `pass`, so that `a = 1; print(a)` stays a program.

    Args:
        text: What `parse` was given, with `\n` line ends.
        statements: Some of the statements of its tree, none inside another.
    """
    source = text.encode()  # the tree counts columns in UTF-8 bytes
    starts = [0, *(newline.end() for newline in _NEWLINE.finditer(source))]
    kept: list[bytes] = []
    at = 0
    for statement in sorted(statements, key=lambda s: (s.lineno, s.col_offset)):
        first = min([statement.lineno, *(node.lineno for node in getattr(statement, "decorator_list", ()))])
        column = statement.col_offset if first == statement.lineno else 0
        start = starts[first - 1] + column
        end = starts[(statement.end_lineno or first) - 1] + (statement.end_col_offset or 0)
        rest = _REST_OF_LINE.match(source, end)
        if rest is not None and not column:
            kept.append(source[at:start])
            at = rest.end()
        else:
            kept += [source[at:start], b"pass"]
            at = end
    return b"".join([*kept, source[at:]]).decode()
