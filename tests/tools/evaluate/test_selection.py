"""Which tasks a run is about: every condition must hold, and nonsense is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bcb_tools.corpus import Corpus, load_corpus
from bcb_tools.errors import InputError, UsageError
from bcb_tools.evaluate.selection import Selection, select
from support.made_tasks import bigcodebench_row, write_rows

HARD = {"q_idx": "1", "question": "q", "score": "0.5", "_id": "x"}


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Twelve rows, two of them with the fields of the Hard subset."""
    rows = [bigcodebench_row(number, **(HARD if number in (3, 7) else {})) for number in range(12)]
    return load_corpus(write_rows(tmp_path / "rows.jsonl", *rows))


def numbers(corpus: Corpus, selection: Selection) -> list[int]:
    return [int(task_id.rpartition("/")[2]) for task_id in select(corpus, selection).tasks]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), list(range(12))),
        (Selection(globs=("1*",)), [1, 10, 11]),
        (Selection(globs=("1,2", "BigCodeBench/3")), [1, 2, 3]),
        (Selection(globs=("bigcodebench-4,",)), [4]),
        (Selection(id_range="2-5"), [2, 3, 4]),
        (Selection(id_range="10:99"), [10, 11]),
        (Selection(id_range="0,1"), [0]),
        (Selection(subset="hard"), [3, 7]),
        (Selection(subset="hard", id_range="5-9"), [7]),
        (Selection(globs=("1*",), id_range="0-11"), [1, 10]),
    ],
)
def test_choosing(corpus: Corpus, selection: Selection, expected: list[int]) -> None:
    """Globs, ranges without their upper end, and Hard, alone and together, keep the corpus's order."""
    assert numbers(corpus, selection) == expected


@pytest.mark.parametrize("text", ['["BigCodeBench/5", "BigCodeBench/2"]', "BigCodeBench/5\nBigCodeBench/2\n"])
def test_a_file_of_ids(corpus: Corpus, tmp_path: Path, text: str) -> None:
    """Ids come as a JSON list or one a line; those of other datasets are passed over."""
    path = tmp_path / "ids"
    path.write_text(text.replace('2"', '2", "BigCodeBench/999"'))
    assert numbers(corpus, Selection(subset=str(path))) == [2, 5]


def test_what_did_not_pass(corpus: Corpus, tmp_path: Path) -> None:
    """`--failed` takes every task with a sample that did not pass."""
    statuses = {1: ["pass"], 2: ["fail"], 3: ["pass", "timeout"], 4: []}
    results = {f"BigCodeBench/{n}": [{"status": status} for status in found] for n, found in statuses.items()}
    path = tmp_path / "x_eval_results.json"
    path.write_text(json.dumps({"date": "", "eval": results}))
    assert numbers(corpus, Selection(failed=path)) == [2, 3]


@pytest.mark.parametrize("text", ["[]", '{"eval": 1}', '{"eval": {"a": 1}}', "{", ""])
def test_results_that_are_none(corpus: Corpus, tmp_path: Path, text: str) -> None:
    """A file that is no run's results is named."""
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"x\.json"):
        select(corpus, Selection(failed=path))


@pytest.mark.parametrize(
    "selection",
    [
        Selection(id_range="5"),
        Selection(id_range="5-5"),
        Selection(id_range="a-b"),
        Selection(id_range="100-200"),
        Selection(subset="medium"),
        Selection(globs=("99",)),
    ],
)
def test_nonsense(corpus: Corpus, selection: Selection) -> None:
    """What cannot be read, or names no task, is a usage error with a hint."""
    with pytest.raises(UsageError) as refused:
        select(corpus, selection)
    assert refused.value.hint


def test_ids_of_another_dataset(corpus: Corpus, tmp_path: Path) -> None:
    """A list none of whose ids is known is an error, and so is a list of something else."""
    path = tmp_path / "ids.json"
    path.write_text('["HumanEval/1"]')
    with pytest.raises(InputError, match="HumanEval/1"):
        select(corpus, Selection(subset=str(path)))
    path.write_text('{"a": 1}')
    with pytest.raises(InputError, match="no list of task ids"):
        select(corpus, Selection(subset=str(path)))
