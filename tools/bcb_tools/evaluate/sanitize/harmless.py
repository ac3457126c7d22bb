"""Statements that may stay among examples: they define, cannot fail, or set up a library."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from bcb_tools.evaluate.source import dotted_name

__all__ = ["is_definition", "is_harmless"]

_SETTINGS = frozenset(
    {
        "basicConfig",
        "disable",
        "filterwarnings",
        "seed",
        "set",
        "set_option",
        "set_printoptions",
        "set_seed",
        "set_style",
        "set_theme",
        "setlocale",
        "setrecursionlimit",
        "simplefilter",
        "use",
    }
)


def is_definition(node: ast.stmt) -> bool:
    """Whether a statement is an import, a function or a class."""
    return isinstance(
        node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    )


def is_harmless(statement: ast.stmt) -> bool:
    """Whether a statement can stay among examples: it defines, cannot fail, or sets up a library."""
    pending = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If | ast.Try):
            pending += [*node.body, *node.orelse]
            if isinstance(node, ast.Try):
                pending += [*node.finalbody, *(inner for handler in node.handlers for inner in handler.body)]
        elif not (is_definition(node) or isinstance(node, ast.Pass) or _is_harmless_line(node)):
            return False
    return True


def _is_harmless_line(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value is None or _cannot_fail(node)
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Call):
        return dotted_name(node.value.func).rpartition(".")[2] in _SETTINGS and _cannot_fail_all(
            node.value.args
        )
    return isinstance(node.value, ast.Constant)


def _cannot_fail(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    plain = all(isinstance(target, ast.Name) for target in targets)
    return plain and node.value is not None and _cannot_fail_all([node.value])


def _cannot_fail_all(values: Iterable[ast.expr]) -> bool:
    """Whether expressions are made of constants, names and displays of such alone."""
    pending = list(values)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.List | ast.Tuple):
            pending.extend(node.elts)
        elif isinstance(node, ast.Dict):
            pending.extend(value for value in [*node.keys, *node.values] if value is not None)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            pending.append(node.operand)
        elif not isinstance(node, ast.Constant | ast.Name):
            return False
    return True
