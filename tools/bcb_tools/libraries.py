"""Which modules a program imports, read from its text without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bcb_tools.reading import parse_program

__all__ = ["imported_libraries", "imported_modules"]

NOT_LIBRARIES = frozenset({"__future__", "__main__"})


def imported_modules(source: str) -> tuple[str, ...]:
    """The absolute modules imported anywhere in `source`, in order of first appearance.

    `import a.b` gives `a.b`; `from a.b import c` gives `a.b`; relative imports give nothing.

    Raises:
        SyntaxError: `source` is not Python; and the other errors of `parse_program`.
    """
    tree = parse_program(source)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return tuple(dict.fromkeys(name for node in nodes for name in _names(node)))


def imported_libraries(source: str) -> tuple[str, ...]:
    """The top-level packages among `imported_modules`, without `__future__`; errors as there."""
    roots = (name.partition(".")[0] for name in imported_modules(source))
    return tuple(dict.fromkeys(root for root in roots if root not in NOT_LIBRARIES))


def _names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif not node.level and node.module:
        yield node.module
