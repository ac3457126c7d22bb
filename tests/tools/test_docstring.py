"""The structured docstring is read into its sections, and examples stay examples."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcb_tools.docstring import DocStruct, parse_docstring
from bcb_tools.prompts import instruct_prompt

FULL = """
    Count words. Lower case
    is assumed.

    Parameters:
    - text (str): The text.
        It may be long.

    - limit (int): How many.

    Returns:
    dict: The counts:
        - 'word': how often

    Requirements:
    - collections
    - re

    Raises:
    - ValueError: If empty.

    Note:
    - Nothing is sorted.

    Example:
    >>> task_func("a")
    {'a': 1}
"""


def test_every_section_is_found() -> None:
    """A full docstring gives each section its lines, without indentation and bullets."""
    assert parse_docstring(FULL) == DocStruct(
        description=("Count words. Lower case", "is assumed."),
        params=("text (str): The text.", "It may be long.", "limit (int): How many."),
        returns=("dict: The counts:", "'word': how often"),
        reqs=("collections", "re"),
        raises=("ValueError: If empty.",),
        notes=("Nothing is sorted.",),
        examples=('>>> task_func("a")', "{'a': 1}"),
    )


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Args:", "params"),
        ("Arguments:", "params"),
        ("Parameters :", "params"),
        ("Return:", "returns"),
        ("Notes:", "notes"),
        ("Raise:", "raises"),
        ("Examples:", "examples"),
        ("Example Usage:", "examples"),
    ],
)
def test_headings_have_many_names(heading: str, section: str) -> None:
    """The names in use for a section all open it, and none of them is content."""
    doc = parse_docstring(f"Do it.\n\n{heading}\nthe text\n")
    assert getattr(doc, section) == ("the text",)


def test_text_behind_the_colon_belongs_to_the_section() -> None:
    """`Note: text` on one line is a note."""
    assert parse_docstring("Do it.\n\nNote: take care\n").notes == ("take care",)


def test_numpy_style_headings() -> None:
    """A heading over a ruler of dashes opens its section as one with a colon does."""
    doc = parse_docstring("Do it.\n\nReturns\n-------\nint\n\nNotes\n-----\nodd\n")
    assert (doc.description, doc.returns, doc.notes) == (("Do it.",), ("int",), ("odd",))


def test_table_ruler_is_no_heading() -> None:
    """A ruler under anything else is text."""
    assert parse_docstring("Name\n-----\n").description == ("Name", "-----")


def test_paragraph_after_a_section_is_description_again() -> None:
    """A paragraph at the margin after a blank line belongs to the description, as the benchmark has it."""
    doc = parse_docstring("Do it.\n\nReturns:\nint: It.\n\nThis is slow.\n")
    assert doc.description == ("Do it.", "This is slow.")
    assert doc.returns == ("int: It.",)


def test_examples_do_not_leak_over_blank_lines() -> None:
    """A second example after a blank line is an example and not description."""
    doc = parse_docstring("Do it.\n\nExample:\n>>> f(1)\n1\n\n>>> f(2)\n2\n\nReturns:\nint: It.\n")
    assert doc.description == ("Do it.",)
    assert doc.examples == (">>> f(1)", "1", ">>> f(2)", "2")
    assert doc.returns == ("int: It.",)


def test_output_that_looks_like_a_heading_is_output() -> None:
    """A line that an example prints opens no section, whatever it says."""
    doc = parse_docstring("Do it.\n\nExample:\n>>> f()\nReturns: 3\nNote: 4\n")
    assert doc.examples == (">>> f()", "Returns: 3", "Note: 4")
    assert doc.returns == doc.notes == ()


def test_example_inside_the_description_is_an_example() -> None:
    """Interactive lines without a heading, as HumanEval has them, are examples."""
    doc = parse_docstring(" Double it.\n    >>> double(2)\n    4\n    ")
    assert (doc.description, doc.examples) == (("Double it.",), (">>> double(2)", "4"))


@given(st.text(st.sampled_from(" \n\t>->:abR") | st.characters(codec="utf-8"), max_size=300))
def test_any_text_is_read_and_no_prompt_line_leaks(text: str) -> None:
    """Whatever the docstring, reading it never fails and interactive lines are examples alone."""
    doc = parse_docstring(text)
    others = [line for name, lines in vars(doc).items() if name != "examples" for line in lines]
    assert not any(line.startswith(">>>") for line in others)
    assert DocStruct.from_json(doc.to_json()) == doc


def test_json_has_the_benchmarks_fields_in_order() -> None:
    """The JSON form has the field names and order that a dataset row has."""
    assert list(json.loads(DocStruct().to_json())) == [
        "description",
        "notes",
        "params",
        "returns",
        "reqs",
        "raises",
        "examples",
    ]


def test_instruct_prompt_follows_the_rule() -> None:
    """The Instruct prompt joins description, notes, raises and returns, and fences the code prompt."""
    assert instruct_prompt(parse_docstring(FULL), "import re\ndef task_func(text):\n") == (
        "Count words. Lower case is assumed.\n"
        "Note that: Nothing is sorted.\n"
        "The function should raise the exception for: ValueError: If empty.\n"
        "The function should output with:\n"
        "    dict: The counts:\n"
        "    'word': how often\n"
        "You should write self-contained code starting with:\n"
        "```\nimport re\ndef task_func(text):\n```"
    )


def test_instruct_prompt_leaves_out_what_is_not_there() -> None:
    """Without notes, raises and returns only the description and the code remain."""
    prompt = instruct_prompt(DocStruct(description=("Do it.",)), "def f():\n")
    assert prompt == "Do it.\nYou should write self-contained code starting with:\n```\ndef f():\n```"
