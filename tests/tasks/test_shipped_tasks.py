"""What can be promised about every shipped task without running it."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from bcb_tools.corpus import Corpus, load_corpus
from bcb_tools.domains import Domain
from bcb_tools.libraries import imported_libraries
from bcb_tools.task import Task

TASKS = Path(__file__).resolve().parents[2] / "tasks"
ENVIRONMENT = TASKS / "environment"
SLUGS = sorted(path.parent.name for path in TASKS.glob("*/task.toml"))

# distributions that are imported under another name
IMPORTED_AS = {"python-dateutil": "dateutil", "pyyaml": "yaml", "scikit-learn": "sklearn"}
# modules that would let a verdict depend on chance or on the clock
UNSTEADY = {"random", "secrets", "time", "uuid"}


@cache
def corpus() -> Corpus:
    return load_corpus(TASKS)


@pytest.fixture(params=SLUGS)
def task(request: pytest.FixtureRequest) -> Task:
    return corpus().tasks[f"bcb/{request.param}"]


def tables(table: symtable.SymbolTable) -> list[symtable.SymbolTable]:
    """Give a symbol table and all that are nested in it."""
    return [table, *(inner for child in table.get_children() for inner in tables(child))]


def module_names(source: str) -> set[str]:
    """Give the names that a program binds at its top level."""
    top = symtable.symtable(source, "<task>", "exec")
    return {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}


def names_taken_from_outside(source: str) -> set[str]:
    """Give the global names that a program reads, but neither binds itself nor finds among the builtins."""
    read = {
        symbol.get_name()
        for table in tables(symtable.symtable(source, "<task>", "exec"))
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module")
    }
    return read - module_names(source) - set(dir(builtins)) - {"__name__", "__file__"}


def imports(source: str) -> dict[str, str]:
    """Map the names that a program's imports bind to what they stand for, such as `np` to `numpy`."""
    bound = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound[alias.asname or alias.name.partition(".")[0]] = alias.name if alias.asname else "module"
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return bound


def test_methods(task: Task) -> list[ast.FunctionDef]:
    """Give the test methods of the task's only class of tests."""
    (case,) = [node for node in ast.parse(task.tests).body if isinstance(node, ast.ClassDef)]
    assert case.name == "TestCases"
    return [node for node in case.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]


test_methods.__test__ = False  # type: ignore[attr-defined]  # pytest asks for it: a helper, not a test


def required_libraries() -> set[str]:
    """Give the import names of the libraries that the task environment is made for."""
    lines = (ENVIRONMENT / "requirements.in").read_text(encoding="utf-8").splitlines()
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return {IMPORTED_AS.get(name, name) for name in names}


def test_there_are_enough_tasks() -> None:
    """At least fourteen tasks are shipped, and the corpus holds each folder that has a `task.toml`."""
    assert len(SLUGS) >= 14
    assert {task.slug for task in corpus().tasks.values()} == set(SLUGS)


def test_every_domain_has_two_tasks() -> None:
    """Each of the seven domains is covered by at least two tasks."""
    count = Counter(domain for task in corpus().tasks.values() for domain in task.domains)
    assert {domain: count[domain] for domain in Domain if count[domain] < 2} == {}


def test_difficulties_are_mixed() -> None:
    """There are easy, medium and hard tasks."""
    assert {task.difficulty.value for task in corpus().tasks.values() if task.difficulty} == {
        "easy",
        "medium",
        "hard",
    }


def test_solutions_differ() -> None:
    """No two tasks have the same program or the same tests."""
    tasks = corpus().tasks.values()
    assert len({ast.dump(ast.parse(task.solution)) for task in tasks}) == len(tasks)
    assert len({ast.dump(ast.parse(task.tests)) for task in tasks}) == len(tasks)


def test_header_is_filled_in(task: Task) -> None:
    """Id, title, entry point, licence, authors and provenance say that the task is ours."""
    assert task.id == f"bcb/{task.slug}"
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", task.slug)
    assert task.title
    assert task.entry_point == "task_func"
    assert task.licence == "Apache-2.0"
    assert task.authors
    assert task.provenance == {"origin": "original"}


def test_two_or_more_libraries(task: Task) -> None:
    """A task needs at least two libraries."""
    assert len(task.libs) >= 2


def test_requirements_are_the_imports(task: Task) -> None:
    """Requirements name each imported library once, and nothing else."""
    assert sorted(task.doc_struct.reqs) == sorted(imported_libraries(task.solution))


def test_docstring_has_its_sections(task: Task) -> None:
    """Every section that an answer and its tests are judged by is there."""
    doc = task.doc_struct
    assert all((doc.description, doc.params, doc.returns, doc.reqs, doc.raises, doc.examples))
    assert any(line.startswith(">>> ") for line in doc.examples)


def test_parameters_are_the_arguments(task: Task) -> None:
    """The docstring describes each argument of the entry point, in order."""
    (function,) = [
        node
        for node in ast.parse(task.solution).body
        if isinstance(node, ast.FunctionDef) and node.name == task.entry_point
    ]
    described = [match[1] for line in task.doc_struct.params if (match := re.match(r"(\w+) \(.+\): ", line))]
    assert described == [argument.arg for argument in function.args.args]


def test_solution_stands_alone(task: Task) -> None:
    """The solution reads no name that it does not bind, so it cannot lean on the tests."""
    assert names_taken_from_outside(task.solution) == set()


def test_tests_lean_on_the_entry_point_alone(task: Task) -> None:
    """The tests take the entry point from the solution, and no other name."""
    assert names_taken_from_outside(task.tests) == {task.entry_point}


def test_imports_are_used(task: Task) -> None:
    """Neither the solution nor the tests import what they do not use."""
    for source in (task.solution, task.tests):
        read = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        assert set(imports(source)) <= read


def test_tests_do_not_rebind_the_solution(task: Task) -> None:
    """A name that both bind at the top level stands for the same thing in both: they share a namespace."""
    shared = module_names(task.solution) & module_names(task.tests)
    theirs, ours = imports(task.tests), imports(task.solution)
    assert {
        name: (theirs.get(name), ours.get(name)) for name in shared if theirs.get(name) != ours.get(name)
    } == {}


def test_enough_tests(task: Task) -> None:
    """There are five or more tests, all with names of their own and a sentence that says what they check."""
    methods = test_methods(task)
    assert len(methods) >= 5
    assert len({method.name for method in methods}) == len(methods)
    assert all(ast.get_docstring(method) for method in methods)


def test_every_test_asserts(task: Task) -> None:
    """Each test calls an assertion method, and none compares a constant with itself."""
    for method in test_methods(task):
        called = [
            node.func.attr
            for node in ast.walk(method)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ]
        assert any(name.startswith("assert") for name in called), method.name


def test_no_chance_and_no_clock(task: Task) -> None:
    """Tests draw no random numbers, read no clock and put nothing in place of what the solution calls."""
    called = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(task.tests)) if isinstance(node, ast.Call)
    }
    assert not UNSTEADY & set(imported_libraries(task.tests))
    assert [
        name for name in called if re.search(r"\b(now|today|utcnow|patch|patch\.object|\w*Mock)$", name)
    ] == []


def test_asserted_exceptions_are_described(task: Task) -> None:
    """An exception that a test expects stands in the Raises section."""
    expected = {
        ast.unparse(node.args[0]).rpartition(".")[2]
        for node in ast.walk(ast.parse(task.tests))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "assertRaises"
    }
    assert {name for name in expected if name not in " ".join(task.doc_struct.raises)} == set()


def test_libraries_are_in_the_environment(task: Task) -> None:
    """Solution and tests import the standard library and what the task environment installs."""
    used = {*imported_libraries(task.solution), *imported_libraries(task.tests)}
    assert used - sys.stdlib_module_names <= required_libraries()


def test_environment_is_lean() -> None:
    """The task environment asks for nothing that no task imports."""
    used = {name for task in corpus().tasks.values() for name in task.libs}
    assert required_libraries() <= used


def test_environment_is_locked() -> None:
    """Every package is pinned and hashed, and no index is named."""
    text = (ENVIRONMENT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) > len(required_libraries())
    assert [line for line in lines if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:", line)] == []
    assert "://" not in text
