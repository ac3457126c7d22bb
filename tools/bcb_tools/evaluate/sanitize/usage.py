"""Example usage behind a function: which statements of an answer nobody will miss.

Models end their answers with calls of their own function, and with the data for them. At import these can
crash, wait for input or leave files behind, although the function is right. A statement goes only if

1. it is `if __name__ == "__main__":` without an `else`: no harness runs it; or
2. it stands behind the first definition of the entry point, and
   a. hands control away: `unittest.main()`, `doctest.testmod()`, `sys.exit()` and their like; or
   b. is *example usage*, or stands among such statements and has no part in what a test can reach.

Example usage is a statement that calls the entry point, itself or through a function that does, unless it
binds or changes something that the entry point reads. (A result that merely takes the name of an import, as
in `mode = task_func(x)`, is example usage still.) *Reachable* are the entry point, the names that the prompt
defines, and every name that the code binding a reachable name reads. What binds, changes or deletes a
reachable name and calls nothing stays. So do imports, definitions, assignments that cannot fail, settings of
libraries (`random.seed(42)`), and all that stands before the first definition of the entry point. What reads
a name that went goes too.
"""

from __future__ import annotations

import ast
import builtins
import symtable
import warnings
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from bcb_tools.evaluate.calibrate import is_main_guard
from bcb_tools.evaluate.sanitize.harmless import is_definition, is_harmless
from bcb_tools.evaluate.source import NOT_A_PROGRAM, bound_names, dotted_name, executed_nodes

__all__ = ["example_usage"]

_IMPORTS = (ast.Import, ast.ImportFrom)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_BUILTINS = frozenset(dir(builtins))  # `sum = task_func(3)` in an example must not replace what code calls
_HANDS_OVER = frozenset(
    {"unittest.main", "doctest.testmod", "doctest.testfile", "pytest.main", "sys.exit", "exit", "quit"}
)


@dataclass(frozen=True)
class _Fact:
    """What one statement at module level has to do with names.

    Args:
        node: The statement.
        binds: Names it binds or deletes.
        touches: Names it binds, deletes, or changes the value of.
        runs: Names it reads when it runs.
        reads: Names of the module that it reads ever, also in the functions that it defines.
        hands_over: Whether it calls what does not come back, or runs tests.
    """

    node: ast.stmt
    binds: frozenset[str]
    touches: frozenset[str]
    runs: frozenset[str]
    reads: frozenset[str]
    hands_over: bool


def example_usage(
    text: str, tree: ast.Module, entry_point: str, reachable: Collection[str] = ()
) -> list[ast.stmt]:
    """The statements that may go, in order; see the module for the rule.

    Args:
        text: A program.
        tree: Its tree.
        entry_point: The function that the tests call; without it nothing may go.
        reachable: Names that tests may read beside it: what the prompt defines.
    """
    deep = _module_names(text, tree)
    if deep is None:
        return []
    imported = _imports(tree)
    facts = [_fact(node, names, imported) for node, names in zip(tree.body, deep, strict=True)]
    start = next((at for at, fact in enumerate(facts) if entry_point in fact.binds), None)
    if start is None:
        return []
    needed = _closure(facts, {entry_point, *reachable}) - _BUILTINS
    fixed = {name for fact in facts if is_definition(fact.node) for name in fact.binds} - {entry_point}
    wanted = _closure(facts, {entry_point}) - _BUILTINS - fixed
    callers = _callers(facts, entry_point)
    guards = [fact.node for fact in facts[:start] if is_main_guard(fact.node)]
    return guards + _behind(facts[start:], needed, wanted, callers)


def _behind(facts: list[_Fact], needed: set[str], wanted: set[str], callers: set[str]) -> list[ast.stmt]:
    """What may go among the statements from the first definition of the entry point on.

    Args:
        facts: These statements.
        needed: Names because of which a statement stays.
        wanted: Those of them because of which it stays even if it calls the entry point.
        callers: The entry point and what calls it.
    """
    is_usage = [
        fact.hands_over or (_calls(fact, callers) and fact.touches.isdisjoint(wanted)) for fact in facts
    ]
    has_examples = any(is_usage)
    gone: list[ast.stmt] = []
    lost: set[str] = set()
    for fact, usage in zip(facts, is_usage, strict=True):
        harmless = lost.isdisjoint(fact.runs) and (not has_examples or is_harmless(fact.node))
        needless = fact.touches.isdisjoint(needed)
        if is_main_guard(fact.node) or usage or (needless and not harmless):
            gone.append(fact.node)
            lost |= fact.binds - needed
        else:
            lost -= fact.binds
    return gone


def _module_names(text: str, tree: ast.Module) -> list[set[str]] | None:
    """For each statement the names of the module that functions and classes in it use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            top = symtable.symtable(text, "<sample>", "exec")
        except NOT_A_PROGRAM:
            return None
    starts = [_first_line(statement) for statement in tree.body]
    found: list[set[str]] = [set() for _ in tree.body]
    pending = list(top.get_children())
    while pending:
        scope = pending.pop()
        at = bisect_right(starts, scope.get_lineno()) - 1
        found[at] |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
        pending.extend(scope.get_children())
    for at, statement in enumerate(tree.body):
        if starts[at] in starts[max(at - 1, 0) : at] + starts[at + 1 : at + 2]:  # scopes know lines alone
            found[at] = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return found


def _first_line(statement: ast.stmt) -> int:
    decorators = statement.decorator_list if isinstance(statement, _DEFINITIONS) else []
    return min([statement.lineno, *(node.lineno for node in decorators)])


def _fact(node: ast.stmt, deep: set[str], imported: Mapping[str, str]) -> _Fact:
    nodes = list(executed_nodes(node))
    runs = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    binds = bound_names(node)
    touches = set(binds)
    for inner in nodes:
        if isinstance(inner, ast.Attribute | ast.Subscript) and not isinstance(inner.ctx, ast.Load):
            touches |= _root(inner)
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            touches |= _root(inner.func) - imported.keys()
        elif isinstance(inner, ast.Call) and dotted_name(inner.func) in {"setattr", "delattr"} and inner.args:
            touches |= _root(inner.args[0])
    leaves = _hands_over(node, imported)
    return _Fact(node, frozenset(binds), frozenset(touches), frozenset(runs), frozenset(runs | deep), leaves)


def _root(node: ast.expr) -> set[str]:
    """The name at the left end of `name.attribute[index].other`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _closure(facts: Iterable[_Fact], roots: Iterable[str]) -> set[str]:
    """The names that are reachable from some: each name that code which touches a reachable name reads."""
    touching: defaultdict[str, list[_Fact]] = defaultdict(list)
    for fact in facts:
        for name in fact.touches:
            touching[name].append(fact)
    found = set(roots)
    followed: set[int] = set()
    pending = list(found)
    while pending:
        for fact in touching.pop(pending.pop(), ()):
            if id(fact) not in followed:
                followed.add(id(fact))
                pending.extend(fact.reads - found)
                found |= fact.reads
    return found


def _callers(facts: Iterable[_Fact], entry_point: str) -> set[str]:
    """The entry point and every definition at module level that uses it, itself or through another."""
    users: defaultdict[str, list[_Fact]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact.node, _DEFINITIONS):
            for name in fact.reads:
                users[name].append(fact)
    found = {entry_point}
    pending = [entry_point]
    while pending:
        for fact in users.pop(pending.pop(), ()):
            pending.extend(fact.binds - found)
            found |= fact.binds
    return found


def _calls(fact: _Fact, callers: set[str]) -> bool:
    """Whether a statement uses a caller when it runs; `f = task_func` alone is an alias and calls nothing."""
    if is_definition(fact.node) or fact.reads.isdisjoint(callers):
        return False
    return not isinstance(fact.node, _ASSIGNMENTS) or any(
        isinstance(node, ast.Call | ast.Await) for node in executed_nodes(fact.node)
    )


def _imports(tree: ast.Module) -> dict[str, str]:
    """The names that imports at module level bind, with what they stand for."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _hands_over(node: ast.stmt, imported: Mapping[str, str]) -> bool:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    name = dotted_name(node.value.func)
    root, dot, rest = name.partition(".")
    return name in _HANDS_OVER or f"{imported.get(root, root)}{dot}{rest}" in _HANDS_OVER
