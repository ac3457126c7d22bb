"""Calibration: give a lazy answer the imports and constants that its prompt already had.

Models that are asked to repeat a long stub often leave out its imports. The calibrated score therefore runs
the stub with an empty body first and the answer behind it, in one namespace: names that the answer forgot
are there.

The stub's own entry point is deleted before the answer starts: otherwise an answer without one would run as
an empty function, and a missing entry point would look like a wrong answer.
"""

from __future__ import annotations

import ast

from bcb_tools.evaluate.source import bound_names, future_imports, parse, without

__all__ = ["calibrate", "complete", "defines", "is_main_guard"]

_EMPTY_BODY = "\n    pass\n"
_DYNAMIC = frozenset({"exec", "eval", "globals", "locals", "vars", "setattr", "__dict__"})


def calibrate(solution: str, code_prompt: str, entry_point: str) -> str:
    """The program of the calibrated score: the stub with an empty body, then the solution.

    `from __future__` imports of the solution move to the front, where alone they are legal. Code that the
    solution binds by itself runs as it would without the stub.

    Args:
        solution: A self-contained answer.
        code_prompt: Imports, constants and signature of the task, without docstring and body.
        entry_point: The function that the tests call; deleted again when the stub defines it.

    Returns:
        The program; the solution itself when there is no stub to put in front of it.
    """
    if not code_prompt.strip():
        return solution
    stub = code_prompt + _EMPTY_BODY
    stub_tree = parse(stub)
    if stub_tree is not None and any(entry_point in bound_names(s) for s in stub_tree.body):
        stub += f"del {entry_point}\n"
    tree = parse(solution) if "__future__" in solution else None
    futures = future_imports(tree) if tree is not None else []
    if not futures:
        return stub + solution
    features = sorted({alias.name for statement in futures for alias in statement.names})
    line = f"from __future__ import {', '.join(features)}"
    at = _end_of_preamble(stub_tree)
    lines = stub.split("\n")
    stub = "\n".join([*lines[:at], line, *lines[at:]])
    return stub + without(solution.replace("\r\n", "\n").replace("\r", "\n"), futures)


def complete(prompt: str, completion: str) -> str:
    """The self-contained program of a completion: the Complete prompt with the completion behind it."""
    return prompt + completion


def defines(solution: str, entry_point: str) -> bool:
    """Whether a solution by itself binds the entry point at module level.

    Seen statically: definitions, imports and assignments, also inside `if`, `try`, `with` and loops, but not
    under `if __name__ == "__main__":`, which no harness runs. Where the answer cannot be known (the text does
    not parse, `from m import *`, `global`, `exec` and its like), the answer is yes: the run will tell.
    """
    tree = parse(solution)
    if tree is None:
        return True
    for statement in tree.body:
        if is_main_guard(statement):
            continue
        if not bound_names(statement).isdisjoint({entry_point, "*"}):
            return True
    return _defines_dynamically(tree, entry_point)


def is_main_guard(statement: ast.stmt) -> bool:
    """Whether a statement is exactly `if __name__ == "__main__":` without an `else`."""
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    test = statement.test
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    values = [side.value for side in sides if isinstance(side, ast.Constant)]
    return names == ["__name__"] and values == ["__main__"]


def _defines_dynamically(tree: ast.Module, entry_point: str) -> bool:
    mentioned = dynamic = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Global) and entry_point in node.names:
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            mentioned = mentioned or entry_point in node.value
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            dynamic = dynamic or name in _DYNAMIC
    return mentioned and dynamic


def _end_of_preamble(stub: ast.Module | None) -> int:
    """The line behind a stub's docstring and its own `from __future__` imports, where another may stand."""
    if stub is None or not stub.body:
        return 0
    docstring = stub.body[:1] if ast.get_docstring(stub, clean=False) is not None else []
    return max((statement.end_lineno or 0 for statement in [*docstring, *future_imports(stub)]), default=0)
