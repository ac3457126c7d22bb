"""The files that a run leaves, and when they are refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bcb_tools.errors import OutputError
from bcb_tools.evaluate.journal import Entry, Journal
from bcb_tools.evaluate.programs import Mode
from bcb_tools.evaluate.results import ResultFiles, place_results, replacing, write_eval_results, write_json

SETTINGS = {"seed": 0, "modes": ["calibrated"]}


def entry(task_id: str, index: int, outcome: str, mode: Mode = Mode.CALIBRATED, **report: Any) -> Entry:
    return Entry(task_id, index, mode, "d", f"{task_id} {index}", {"outcome": outcome, **report})


def rows_of(folder: Path, *entries: Entry, mode: Mode = Mode.CALIBRATED) -> dict[str, list[dict[str, Any]]]:
    """The verdict file made of these verdicts."""
    record = folder / "record.jsonl"
    with Journal(record, {"settings": SETTINGS}) as journal:
        for one in entries:
            journal.append(one)
    write_eval_results(folder / "results.json", record, mode, ["t/2", "t/10", "t/3"])
    found = json.loads((folder / "results.json").read_text())["eval"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("m--r--bigcodebench-complete--vllm-0-1.jsonl", "m--r--bigcodebench-complete--vllm-0-1"),
        ("model-0.8.jsonl.gz", "model-0.8"),
        ("x_eval_results.json", "x_eval_results"),
        ("folder", "folder"),
    ],
)
def test_names(tmp_path: Path, name: str, stem: str) -> None:
    """Results carry the samples' name without its suffixes, and stand beside them or in `--out`."""
    files = place_results(tmp_path / name, None)
    assert (files.folder, files.stem) == (tmp_path.resolve(), stem)
    assert files.eval_results(Mode.CALIBRATED, primary=True).name == f"{stem}_eval_results.json"
    assert files.pass_at_k(Mode.ORIGINAL, primary=False).name == f"{stem}_original_pass_at_k.json"
    assert place_results(tmp_path / name, tmp_path / "a" / "b").record.parent == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_tasks_stand_in_their_order(tmp_path: Path) -> None:
    """Tasks come in the corpus's order, samples in theirs, whenever their verdicts came."""
    found = rows_of(tmp_path, entry("t/3", 0, "pass"), entry("t/10", 1, "fail"), entry("t/10", 0, "pass"))
    assert list(found) == ["t/10", "t/3"]
    assert [row["solution"] for row in found["t/10"]] == ["t/10 0", "t/10 1"]


def test_only_the_mode_that_is_meant(tmp_path: Path) -> None:
    """Each mode has a verdict file of its own."""
    found = rows_of(
        tmp_path,
        entry("t/2", 0, "pass"),
        entry("t/2", 0, "timeout", Mode.ORIGINAL),
        mode=Mode.ORIGINAL,
    )
    assert [row["status"] for row in found["t/2"]] == ["timeout"]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("pass", "pass"), ("timeout", "timeout"), ("crash", "fail"), ("tampered", "fail"), ("no_tests", "fail")],
)
def test_three_statuses(tmp_path: Path, outcome: str, status: str) -> None:
    """Upstream knows three statuses; ours stands in the details where no test can."""
    (row,) = rows_of(tmp_path, entry("t/2", 0, outcome, detail="why"))["t/2"]
    assert row["status"] == status
    assert row["details"] == ({} if status == "pass" else {"ALL": f"{outcome}: why"})


def test_details_by_test(tmp_path: Path) -> None:
    """Failing tests are named as upstream does, without their class; passing ones are not listed."""
    tests = [
        {"id": "TestCases.test_a", "outcome": "pass", "trace": ""},
        {"id": "TestCases.test_b", "outcome": "fail", "trace": "Traceback b"},
        {"id": "TestCases.test_c (x='a.b')", "outcome": "error", "trace": "Traceback c"},
        {"id": "TestCases.test_d", "outcome": "unexpected_success", "trace": ""},
    ]
    (row,) = rows_of(tmp_path, entry("t/2", 0, "fail", tests=tests))["t/2"]
    assert row["details"] == {"test_b": "Traceback b", "test_c (x='a.b')": "Traceback c", "test_d": ""}


def test_the_later_verdict_stands(tmp_path: Path) -> None:
    """A sample that was run again has one row; one without any verdict has none."""
    found = rows_of(
        tmp_path,
        entry("t/2", 0, "infrastructure_error"),
        entry("t/2", 0, "pass"),
        entry("t/3", 0, "infrastructure_error"),
    )
    assert {task_id: [row["status"] for row in rows] for task_id, rows in found.items()} == {"t/2": ["pass"]}


def fill_up(path: Path) -> None:
    with replacing(path) as file:
        file.write("half")
        raise OSError(28, "no space")


def test_all_or_nothing(tmp_path: Path) -> None:
    """A file that could not be finished leaves what was there before, and no half of itself."""
    path = tmp_path / "file.json"
    write_json(path, {"old": 1})
    with pytest.raises(OutputError, match="no space"):
        fill_up(path)
    assert json.loads(path.read_text()) == {"old": 1}
    assert os.listdir(tmp_path) == ["file.json"]  # noqa: PTH208 - hidden files too


def test_prepare(tmp_path: Path) -> None:
    """Unfinished results are gone on with, finished ones when asked, others never but by overwriting."""
    files = ResultFiles(tmp_path, "x")
    same = {"settings": SETTINGS}
    files.prepare(SETTINGS, None, "")
    with Journal(files.record, same) as journal:
        files.prepare({"seed": 1}, same, "")  # without a verdict there is nothing to keep
        journal.append(entry("t/1", 0, "pass"))
    files.prepare(SETTINGS, same, "")
    files.summary.write_text("{}")
    files.prepare(SETTINGS, same, "resume")
    with pytest.raises(OutputError, match="already has the results"):
        files.prepare(SETTINGS, same, "")
    with pytest.raises(OutputError, match="another run: modes, seed differ"):
        files.prepare({"seed": 1, "modes": []}, same, "resume")
    assert files.record.exists()
    files.prepare({"seed": 1}, same, "overwrite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x_eval_results.json", "x_pass_at_k.json", "x_summary.json"])
def test_results_of_another_tool(tmp_path: Path, name: str) -> None:
    """Results without a record, such as those published beside the samples, are not replaced unasked."""
    files = ResultFiles(tmp_path, "x")
    (tmp_path / name).write_text("{}")
    for mode in ("", "resume"):
        with pytest.raises(OutputError, match=f"{name}` is there") as refused:
            files.prepare(SETTINGS, None, mode)
        assert "--overwrite" in refused.value.hint
    files.prepare(SETTINGS, None, "overwrite")
    assert list(tmp_path.iterdir()) == []
