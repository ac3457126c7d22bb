"""A solution file is cut into prompt and body without losing a character."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcb_tools.stub import Stub, StubError, split_solution
from support.made_tasks import SOLUTION


def split(source: str) -> Stub:
    return split_solution(textwrap.dedent(source).lstrip("\n"), "task_func")


def test_prompt_ends_with_docstring() -> None:
    """The complete prompt ends with the docstring's last line and the body is all that follows."""
    stub = split_solution(SOLUTION, "task_func")
    assert stub.complete_prompt.endswith("[('a', 2), ('b', 1)]\n    \"\"\"\n")
    assert stub.canonical_solution.startswith("    words = [")
    assert stub.complete_prompt + stub.canonical_solution + "\n" == SOLUTION


def test_code_prompt_has_no_blank_lines() -> None:
    """The code prompt is imports, constants and signature, without docstring and blank lines."""
    stub = split_solution(SOLUTION, "task_func")
    assert stub.code_prompt == (
        "import json\nfrom collections import Counter\nLIMIT = 3\ndef task_func(text, limit=LIMIT):\n"
    )


def test_blank_lines_inside_a_constant_stay() -> None:
    """A blank line that is part of a string constant is part of the program and is kept."""
    stub = split('''
        TEXT = """one

        two"""


        def task_func():
            """Doc."""
            return TEXT
    ''')
    assert stub.code_prompt == 'TEXT = """one\n\ntwo"""\ndef task_func():\n'


def test_helpers_after_the_function_belong_to_the_solution() -> None:
    """What follows the entry point is part of the canonical solution."""
    stub = split('''
        def task_func():
            """Doc."""
            return helper()

        def helper():
            """Help."""
            return 1
    ''')
    assert stub.canonical_solution.endswith('def helper():\n    """Help."""\n    return 1')


def test_last_definition_counts() -> None:
    """Of two functions with the entry point's name the last one is cut, as Python would call it."""
    stub = split('''
        def task_func():
            """First."""
            return 1

        def task_func():
            """Second."""
            return 2
    ''')
    assert stub.docstring == "Second."
    assert stub.canonical_solution == "    return 2"


def test_nested_function_of_the_same_name_is_not_the_entry_point() -> None:
    """A function inside another one is never taken for the entry point."""
    stub = split('''
        def task_func():
            """Outer."""
            def task_func():
                """Inner."""
                return 1
            return task_func()
    ''')
    assert stub.docstring == "Outer."


def test_decorators_async_and_comments_stay_in_the_prompt() -> None:
    """Decorators, `async` and comments before the docstring are part of the prompt."""
    stub = split('''
        import functools

        @functools.cache
        async def task_func(a,
                            b=")"):  # why
            # a comment
            """Doc."""  # another
            return a
    ''')
    assert stub.complete_prompt.endswith('    """Doc."""  # another\n')
    assert stub.code_prompt.endswith('b=")"):  # why\n    # a comment\n')
    assert stub.canonical_solution == "    return a"


def test_import_before_the_docstring() -> None:
    """An import between signature and docstring is accepted, as one HumanEval task has it."""
    stub = split('''
        def task_func():
            import math
            """Doc."""
            return math.pi
    ''')
    assert stub.docstring == "Doc."
    assert stub.canonical_solution == "    return math.pi"


def test_without_docstring_the_prompt_ends_with_the_signature() -> None:
    """A function without docstring is cut before its first statement, decorated or not."""
    stub = split("""
        def task_func(a):
            @print
            def inner():
                pass
            return a
    """)
    assert stub.complete_prompt == stub.code_prompt == "def task_func(a):\n"
    assert stub.docstring == ""
    assert stub.canonical_solution.startswith("    @print")


def test_docstring_keeps_its_escapes() -> None:
    """The docstring is given as it is written, so `\\n` in a pattern is no line break."""
    stub = split_solution('def task_func():\n    """Split at \\n and \\"."""\n    return 1\n', "task_func")
    assert stub.docstring == 'Split at \\n and \\".'


def test_joined_docstring_is_taken_by_value() -> None:
    """A docstring joined from two literals is read by its value."""
    assert split_solution('def task_func():\n    "a" "b"\n    return 1', "task_func").docstring == "ab"


def test_docstring_alone_is_an_empty_solution() -> None:
    """A stub without body and without final newline still gives a prompt that ends its line."""
    stub = split_solution('def task_func():\n    """Doc."""', "task_func")
    assert stub.complete_prompt.endswith('"""\n')
    assert stub.canonical_solution == ""


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("def task_func(:\n", "not Python", 1),
        ("def other():\n    pass\n", "no top-level function `task_func`", None),
        ("class A:\n    def task_func(self):\n        pass\n", "no top-level function", None),
        ("def task_func(): return 1\n", "begins in the middle of a line", 1),
        ('def task_func(\n    a\n): "doc"\n', "begins in the middle of a line", 3),
        ('def task_func():\n    """Doc."""; return 1\n', "code follows the docstring", 2),
        ("def task_func():\n    return '\0'\n", "", None),
        ("(" * 5000 + "\n", "", None),
    ],
)
def test_what_cannot_be_cut_says_why(source: str, message: str, line: int | None) -> None:
    """A file that cannot be cut gives a message, and its line where one is known."""
    with pytest.raises(StubError) as caught:
        split_solution(source, "task_func")
    assert message in str(caught.value)
    if line is not None:
        assert caught.value.line == line


ODD_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\\\"'\r\x1a"), max_size=30)
NEWLINE = st.sampled_from(["\n", "\r\n"])


@st.composite
def solutions(draw: st.DrawFn) -> str:
    """Solution files with every oddity that a prompt may hold."""
    quote = draw(st.sampled_from(['"""', "'''"]))
    lines = draw(
        st.lists(st.sampled_from(["", "import os", "# comment", "A = '''x\n\n y'''", "\tB = 1".strip()]))
    )
    if draw(st.booleans()):
        lines += ["def before():", "    return 1"]
    lines += draw(st.sampled_from([[], ["@print"], ["@print", "@print"]]))
    indent = draw(st.sampled_from(["    ", "\t", "  "]))
    word = draw(st.sampled_from(["def", "async def"]))
    lines += [f"{word} task_func(a={draw(st.integers())!r}):"]
    lines += draw(st.sampled_from([[], [f"{indent}# note"], ["", f"{indent}# note", ""]]))
    doc = draw(st.lists(ODD_TEXT, min_size=1, max_size=4))
    lines += [indent + quote + "\n".join([doc[0], *(indent + text for text in doc[1:])]) + quote]
    lines += draw(st.sampled_from([[""], [f"{indent}def inner():", f"{indent * 2}return a"], ["# far left"]]))
    lines += [f"{indent}return a"]
    lines += draw(st.sampled_from([[], ["", "def after():", f"{indent}'''x'''"]]))
    text = "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))
    return text.replace("\n", draw(NEWLINE))


@given(solutions())
def test_nothing_is_lost_whatever_the_text(source: str) -> None:
    """Prompt and body put together are the file again, but for newlines at its end."""
    stub = split_solution(source, "task_func")
    assert (stub.complete_prompt + stub.canonical_solution).rstrip("\r\n") == source.rstrip("\r\n")


@given(solutions())
def test_code_prompt_is_the_program_without_docstring(source: str) -> None:
    """With `pass` for a body, the code prompt defines the same names as the file up to the docstring."""
    stub = split_solution(source, "task_func")
    indent = "\t" if "\n\t" in stub.complete_prompt else "  "
    tree = ast.parse(stub.code_prompt + f"{indent}pass\n")
    function = tree.body[-1]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    assert function.name == "task_func"
    assert "\n\n" not in stub.code_prompt.replace("'''x\n\n y'''", "")
