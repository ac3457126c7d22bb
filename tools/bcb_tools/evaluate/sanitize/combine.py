"""Blocks of one answer that build on each other: which of them make the program."""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from collections.abc import Sequence

from bcb_tools.evaluate.sanitize.attempts import Attempts
from bcb_tools.evaluate.source import NOT_A_PROGRAM, bound_names, executed_nodes, future_imports, without

__all__ = ["defining_names", "is_stub", "with_needed"]

_KNOWN = frozenset(dir(builtins))


def with_needed(chosen: int, texts: Sequence[str], attempts: Attempts) -> str:
    """A block with those before and behind it that bind names which it reads and does not bind.

    Going back from the chosen block, and then on from it, a block is taken as a whole when it parses and
    binds a name that is still missing; what it reads itself may then be missing too. Blocks keep their
    order, so that the chosen one's definitions hold against those before it.

    Args:
        chosen: Index of the block that defines the entry point.
        texts: All blocks of the answer.
        attempts: The budget of parsing.
    """
    bound, missing = _names(texts[chosen], attempts)
    taken = {chosen}
    order = [*range(chosen - 1, -1, -1), *range(chosen + 1, len(texts))]
    for number in order:
        if not missing:
            break
        binds, reads = _names(texts[number], attempts)
        if missing.isdisjoint(binds):
            continue
        taken.add(number)
        bound |= binds
        missing |= reads
        missing -= bound
    return _joined([texts[number] for number in sorted(taken)], attempts)


def defining_names(tree: ast.Module) -> set[str]:
    """The names that a program defines itself, not those that it imports."""
    return {
        name
        for statement in tree.body
        if not isinstance(statement, ast.Import | ast.ImportFrom)
        for name in bound_names(statement)
    }


def is_stub(tree: ast.Module, name: str) -> bool:
    """Whether all that a program says of a function is its signature: the body is `...`, `pass` or text."""
    bodies = [
        node.body
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    return bool(bodies) and all(
        isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for body in bodies
        for node in body
    )


def _names(text: str, attempts: Attempts) -> tuple[set[str], set[str]]:
    """The names that a program binds, and those that it reads and does not bind; nothing when it is none."""
    tree = attempts.parse(text)
    if tree is None:
        return set(), set()
    bound = {name for statement in tree.body for name in bound_names(statement)}
    read = {
        node.id
        for statement in tree.body
        for node in executed_nodes(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return bound, (read | _read_in_functions(text)) - bound - _KNOWN


def _read_in_functions(text: str) -> set[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pending = list(symtable.symtable(text, "<sample>", "exec").get_children())
        except NOT_A_PROGRAM:
            return set()
    found: set[str] = set()
    while pending:
        scope = pending.pop()
        found |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
        pending.extend(scope.get_children())
    return found


def _joined(texts: list[str], attempts: Attempts) -> str:
    """Programs behind each other; `from __future__` imports of all come first."""
    if len(texts) == 1:
        return texts[0]
    features: set[str] = set()
    bodies: list[str] = []
    for text in texts:
        tree = attempts.parse(text)
        futures = future_imports(tree) if tree is not None else []
        features |= {alias.name for statement in futures for alias in statement.names}
        bodies.append(without(text, futures).strip("\n"))
    head = f"from __future__ import {', '.join(sorted(features))}\n" if features else ""
    return head + "\n\n".join(bodies) + "\n"
