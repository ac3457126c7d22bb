"""A task derives everything from its sources, and gives an imported row's own text while it stands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bcb_tools.domains import Domain
from bcb_tools.errors import InputError
from bcb_tools.formats.row import Row, parse_row
from bcb_tools.task import Limits, Network, Task, natural_key, slug_of
from support.made_tasks import bigcodebench_row, humaneval_row, made_task


def row_of(fields: dict[str, object]) -> Row:
    return parse_row(json.dumps(fields).encode())


def test_everything_is_derived() -> None:
    """Prompts, sections, libraries and domains come from the two source files."""
    task = made_task()
    assert task.code_prompt.startswith("import json\n")
    assert task.doc_struct.reqs == ("json", "collections")
    assert task.libs == ("json", "collections")
    assert task.domains == (Domain.GENERAL, Domain.SYSTEM)
    assert task.imports == {"json", "collections", "unittest"}
    assert task.instruct_prompt.startswith("Count the words of a JSON list of strings.\nNote that: ")
    assert task.ground_truth == f"{task.complete_prompt}\n{task.canonical_solution}"
    assert task.test_program == task.tests


def test_ground_truth_runs_as_the_file_does() -> None:
    """The reference program defines the entry point, with a blank line between prompt and body."""
    namespace: dict[str, object] = {}
    exec(compile(made_task().ground_truth, "ground_truth", "exec"), namespace)
    assert callable(namespace["task_func"])


def test_rewritten_instruct_prompt_wins() -> None:
    """The text of `instruct.md` replaces the prompt made by rule, also for an imported task."""
    assert made_task(instruct="Count words.\n").instruct_prompt == "Count words."
    task = Task.from_row(row_of(bigcodebench_row()))
    assert replace(task, instruct="Other.").instruct_prompt == "Other."


def test_imported_row_speaks_for_itself() -> None:
    """Prompts and libraries of an untouched imported task are the row's own, even where a rule says other."""
    doc = json.dumps({**json.loads(bigcodebench_row()["doc_struct"]), "notes": ["given"]})
    fields = bigcodebench_row(instruct_prompt="given", code_prompt="given", libs="['given']", doc_struct=doc)
    task = Task.from_row(row_of(fields))
    assert (task.instruct_prompt, task.code_prompt, task.libs) == ("given", "given", ("given",))
    assert task.doc_struct.notes == ("given",)


@pytest.mark.parametrize("change", ["solution", "tests", "entry_point", "id"])
def test_edited_import_is_derived(change: str) -> None:
    """As soon as a source differs from the row, the row no longer speaks for the task."""
    task = Task.from_row(row_of(bigcodebench_row(code_prompt="given")))
    value = getattr(task, change)
    assert task.original is not None
    assert replace(task, **{change: value + "\n# edited\n"}).original is None


def test_edited_solution_changes_the_prompts() -> None:
    """An edit in `solution.py` reaches the prompt although the row is still beside it."""
    task = Task.from_row(row_of(bigcodebench_row()))
    edited = replace(task, solution=task.solution.replace("Count the words", "Tally the words"))
    assert "Tally the words" in edited.instruct_prompt


def test_humaneval_row_becomes_a_task_with_a_test_case() -> None:
    """A HumanEval row's `check` is run by one generated test case that passes on its ground truth."""
    task = Task.from_row(row_of(humaneval_row()))
    namespace: dict[str, object] = {"__name__": "program"}
    exec(compile(f"{task.ground_truth}\n{task.test_program}", "program", "exec"), namespace)
    assert task.slug == "humaneval-0"
    assert "class TestCases(unittest.TestCase)" in task.tests
    assert "check(double)" in task.tests
    assert task.doc_struct.examples == (">>> double(2)", "4")


@pytest.mark.parametrize("fields", [bigcodebench_row(), humaneval_row()])
def test_digest_is_of_the_content_not_of_its_place(fields: dict[str, object]) -> None:
    """A row and the same sources without a row have one digest."""
    task = Task.from_row(row_of(fields), path=Path("a"), line=3)
    assert replace(task, row=None, path=None, title="Other", slug="other").digest == task.digest


@pytest.mark.parametrize(
    "change",
    [
        {"solution": made_task().solution + "# more\n"},
        {"tests": made_task().tests + "# more\n"},
        {"limits": Limits(wall_s=3)},
        {"limits": Limits(cpu_s=3)},
        {"network": Network.NONE},
        {"data": {"a.csv": b"1"}},
        {"data": {"b.csv": b"1"}},
        {"data": {"a.csv": b"2"}},
    ],
)
def test_digest_covers_what_a_verdict_depends_on(change: dict[str, object]) -> None:
    """Each thing that can move a verdict moves the digest."""
    base = made_task(data={"a.csv": b"0"}) if "data" in change else made_task()
    assert replace(base, **change).digest != base.digest  # type: ignore[arg-type]  # a table of changes


def test_digest_of_an_unreadable_solution_exists() -> None:
    """A draft that is not yet Python has a digest too."""
    assert made_task(solution="def task_func(:").digest != made_task(solution="def task_func(;").digest


def test_unreadable_solution_is_told_with_file_line_and_task() -> None:
    """A prompt asked of a broken solution gives an error that says where to look."""
    task = made_task(solution="import os\ndef task_func(:\n", path=Path("tasks/x"))
    with pytest.raises(InputError) as caught:
        _ = task.complete_prompt
    assert str(caught.value).startswith("`tasks/x` task `made/count-words`: `solution.py` line 2: ")
    assert task.libs == ()
    assert task.imports == frozenset()
    assert replace(task, title="").headline == ""


def test_headline_is_the_title_or_the_description() -> None:
    """Lists show the title, or else the first line of the description."""
    assert made_task().headline == "Count words"
    assert made_task(title="").headline == "Count the words of a JSON list of strings."


def test_tasks_can_be_keys() -> None:
    """Equal tasks hash alike although they hold mappings."""
    assert {made_task(): 1}[made_task()] == 1


@pytest.mark.parametrize(
    ("task_id", "slug"),
    [("BigCodeBench/12", "bigcodebench-12"), ("bcb/Parse_Nginx log", "bcb-parse-nginx-log"), ("///", "task")],
)
def test_slug_is_a_safe_folder_name(task_id: str, slug: str) -> None:
    """An id becomes lower-case letters, digits and dashes."""
    assert slug_of(task_id) == slug


def test_natural_order_counts() -> None:
    """Numbers in names are ordered as numbers, however long, and mixed names can be compared."""
    names = ["t/10", "t/2", "t/", "10", "t/x", "t/" + "9" * 6000]
    assert sorted(names, key=natural_key) == ["10", "t/", "t/2", "t/10", "t/" + "9" * 6000, "t/x"]
