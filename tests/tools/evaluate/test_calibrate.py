"""Calibration gives back what a lazy answer left out, and hides nothing."""

from __future__ import annotations

import warnings

import pytest

from bcb_tools.evaluate.calibrate import calibrate, complete, defines
from bcb_tools.evaluate.syncheck import syntax_error

STUB = "import math\nLIMIT = 3\ndef task_func(x):\n"


def run(program: str) -> dict[str, object]:
    """Run a program of our own (never an answer of a model) and give its namespace."""
    namespace: dict[str, object] = {"__name__": "candidate"}
    exec(compile(program, "<test>", "exec", dont_inherit=True), namespace)
    return namespace


def test_forgotten_imports_and_constants_are_there() -> None:
    """An answer that leaves out what the stub had runs as if it had repeated it."""
    namespace = run(calibrate("def task_func(x):\n    return math.floor(x) + LIMIT\n", STUB, "task_func"))
    assert namespace["task_func"](1.5) == 4  # type: ignore[operator]  # a namespace holds objects


def test_a_missing_entry_point_stays_missing() -> None:
    """The stub's empty function does not stand in for the one that the answer lacks."""
    assert "task_func" not in run(calibrate("def other():\n    pass\n", STUB, "task_func"))


def test_a_stub_without_the_entry_point_is_put_in_front_all_the_same() -> None:
    """Nothing is deleted that is not there."""
    namespace = run(calibrate("y = LIMIT", "LIMIT = 2\nif LIMIT:\n", "task_func"))
    assert namespace["y"] == 2


@pytest.mark.parametrize(
    "solution",
    [
        "from __future__ import annotations\ndef task_func(x: NoSuchType): return x\n",
        "from __future__ import (\n    annotations,\n)\n\ndef task_func(x: NoSuchType): return x\n",
        '"""About."""\nfrom __future__ import annotations\ndef task_func(x: NoSuchType): return x\n',
        "# -*- coding: utf-8 -*-\r\nfrom __future__ import annotations\r\ndef task_func(x: No): return x\r\n",
        "from __future__ import annotations; import os\ndef task_func(x: NoSuchType): return os and x\n",
        "from __future__ import annotations\nfrom __future__ import division\ntask_func = abs\n",
    ],
)
@pytest.mark.parametrize(
    "stub",
    [
        STUB,
        '"""The task."""\n' + STUB,
        "from __future__ import annotations\n" + STUB,
        '# a comment\n"""The task,\nexplained."""\nfrom __future__ import generator_stop\n' + STUB,
    ],
)
def test_future_imports_keep_working(solution: str, stub: str) -> None:
    """`from __future__` moves to the only place where it is legal, whatever stands before it."""
    namespace = run(calibrate(solution, stub, "task_func"))
    assert namespace["task_func"](1) == 1  # type: ignore[operator]  # a namespace holds objects


def test_a_misplaced_future_import_stays_an_error() -> None:
    """Calibration repairs what it breaks itself, not the answer."""
    solution = "x = 1\nfrom __future__ import annotations\n"
    assert syntax_error(solution) is not None
    assert syntax_error(calibrate(solution, STUB, "task_func")) is not None


def test_without_a_stub_the_answer_is_the_program() -> None:
    """Tasks that come without a stub run their answers as they are."""
    assert calibrate("x = 1", "", "task_func") == "x = 1"


def test_a_completion_follows_its_prompt() -> None:
    """Nothing is put between prompt and completion: the model was asked to go on from the last character."""
    assert complete("def f():\n    ", "return 1") == "def f():\n    return 1"


@pytest.mark.parametrize(
    "solution",
    [
        "def task_func(): pass",
        "async def task_func(): pass",
        "class task_func: pass",
        "task_func = lambda: 1",
        "a, (task_func, b) = 1, (2, 3)",
        "try:\n    import x as task_func\nexcept ImportError:\n    pass",
        "if True:\n    def task_func(): pass",
        "for task_func in []: pass",
        "with open('x') as task_func: pass",
        "from somewhere import *",
        "def main():\n    global task_func\n    def task_func(): pass\nmain()",
        "globals()['task_func'] = print",
        "exec('def task_func(): pass')",
        "print((task_func := abs))",
        "match 1:\n    case task_func: pass",
        "this does not parse",
    ],
)
def test_what_may_define_the_entry_point_is_run(solution: str) -> None:
    """No way of binding a name at module level is taken for a missing entry point."""
    assert defines(solution, "task_func")


@pytest.mark.parametrize(
    "solution",
    [
        "",
        "def other(): pass",
        "class Solution:\n    def task_func(self): pass",
        "def outer():\n    def task_func(): pass",
        "print(task_func)",
        "[task_func for task_func in []]",
        "if __name__ == '__main__':\n    def task_func(): pass",
        "task_functions = 1",
        "print('task_func')",
    ],
)
def test_a_missing_entry_point_is_seen_before_the_run(solution: str) -> None:
    """Names in other scopes, other names and mere mentions define nothing."""
    assert not defines(solution, "task_func")


def test_a_good_program_has_no_syntax_error_and_no_warning() -> None:
    """Odd escapes are the answer's business: they are neither an error nor a line on stderr."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert syntax_error("x = '\\d'\nassert (x, 'always true')\n") is None


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("x = 1\ndef f(:\n", 2, "invalid syntax"),
        ("return 1", 1, "outside function"),
        ("x = 1\nfrom __future__ import annotations", 2, "beginning of the file"),
        ("x = 1\ny = '\ud800'", 2, "surrogate"),
    ],
)
def test_a_syntax_error_says_where(code: str, line: int, words: str) -> None:
    """Line, column and the compiler's words are given, also for what only the compiler notices."""
    problem = syntax_error(code)
    assert problem is not None
    assert problem.line == line
    assert problem.column >= 1
    assert words in problem.message
    assert str(problem).startswith(f"line {line}, column {problem.column}: ")


@pytest.mark.parametrize("code", ["x = '\0'", "(" * 100_000, "-" * 100_000 + "1", "a" + ".b" * 100_000])
def test_hostile_text_is_a_syntax_error_and_not_a_crash(code: str) -> None:
    """NUL bytes and bottomless nesting are answered, not raised."""
    problem = syntax_error(code)
    assert problem is not None
    assert str(problem)
