"""Which tests a test file defines, known before anything of it runs."""

from __future__ import annotations

import ast
import warnings

__all__ = ["CLASS_NAME", "expected_tests"]

CLASS_NAME = "TestCases"


def expected_tests(source: str) -> tuple[str, ...]:
    """List the tests that running a test file must report.

    Args:
        source: Text of a test file.

    Returns:
        ``TestCases.test_name`` for each test method that the class defines or inherits from classes of the
        same file, sorted; empty where there is no such class or the file does not parse.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    # of several definitions of one name, the last at module level is the one that is there in the end
    classes |= {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    names = _methods(CLASS_NAME, classes, set())
    return tuple(sorted(f"{CLASS_NAME}.{name}" for name in names))


def _methods(name: str, classes: dict[str, ast.ClassDef], seen: set[str]) -> set[str]:
    if name not in classes or name in seen:
        return set()
    seen.add(name)
    found = {
        node.name
        for node in classes[name].body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test")
    }
    for base in classes[name].bases:
        if isinstance(base, ast.Name):
            found |= _methods(base.id, classes, seen)
    return found
