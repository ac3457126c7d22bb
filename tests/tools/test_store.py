"""Writing tasks is repeatable, never loses work unasked, and survives being killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bcb_tools.corpus import load_corpus
from bcb_tools.errors import OutputError
from bcb_tools.store import Written, write_tasks
from support.made_tasks import bigcodebench_row, made_task, write_rows


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    """The second time every task is there, and no file is touched."""
    assert write_tasks([made_task()], tmp_path) == Written(("count-words",), (), ())
    before = snapshot(tmp_path)
    assert write_tasks([made_task()], tmp_path) == Written((), (), ("count-words",))
    assert snapshot(tmp_path) == before


def test_what_people_added_is_left_alone(tmp_path: Path) -> None:
    """A folder with the same sources keeps the title and prompt that someone gave it."""
    write_tasks([made_task()], tmp_path)
    toml = tmp_path / "count-words" / "task.toml"
    toml.write_text(toml.read_text().replace("Count words", "Tally words"))
    (tmp_path / "count-words" / "instruct.md").write_text("Better.")
    assert write_tasks([made_task()], tmp_path).unchanged == ("count-words",)
    assert load_corpus(tmp_path).tasks["made/count-words"].title == "Tally words"


def test_other_sources_are_not_replaced_unasked(tmp_path: Path) -> None:
    """When one folder differs, nothing at all is written, and the error names it."""
    write_tasks([made_task()], tmp_path)
    before = snapshot(tmp_path)
    edited = made_task(tests=made_task().tests + "# more\n")
    with pytest.raises(OutputError, match="other sources for `count-words`") as caught:
        write_tasks([made_task(slug="new"), edited], tmp_path)
    assert "--overwrite" in caught.value.hint
    assert snapshot(tmp_path) == before


def test_long_lists_of_differing_tasks_are_cut(tmp_path: Path) -> None:
    """Ten differing tasks are named, the others counted."""
    for number in range(12):
        (tmp_path / f"t-{number}").mkdir()
    with pytest.raises(OutputError, match="`t-9` and 2 more"):
        write_tasks([made_task(slug=f"t-{number}") for number in range(12)], tmp_path)


def test_overwriting_keeps_evidence_and_reviews(tmp_path: Path) -> None:
    """A replaced task loses its old sources, but not what people and tools said about them."""
    folder = tmp_path / "count-words"
    write_tasks([made_task(instruct="Old.")], tmp_path)
    (folder / "reviews").mkdir()
    (folder / "reviews" / "ada.toml").write_text("verdict = 'yes'")
    (folder / "evidence.json").write_text("{}")
    edited = made_task(tests=made_task().tests + "# more\n")
    assert write_tasks([edited], tmp_path, overwrite=True).replaced == ("count-words",)
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    assert names == {"task.toml", "solution.py", "test_task.py", "ada.toml", "evidence.json"}
    assert load_corpus(tmp_path).tasks["made/count-words"].tests == edited.tests
    assert [path.name for path in tmp_path.iterdir()] == ["count-words"]


def test_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A corpus folder that is a file gives a message."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write_tasks([made_task()], tmp_path / "file")


def test_progress_counts_every_task(tmp_path: Path) -> None:
    """The progress bar moves once a task, written or not."""
    steps: list[int] = []
    write_tasks([made_task()], tmp_path)
    write_tasks([made_task(), made_task(slug="new")], tmp_path, advance=lambda: steps.append(1))
    assert len(steps) == 2


def test_kill_leaves_whole_tasks_and_can_be_repeated(tmp_path: Path) -> None:
    """After `kill -9` in the middle, every folder is a whole task, and running again completes the rest."""
    total = 400
    source = write_rows(tmp_path / "rows.jsonl", *(bigcodebench_row(number) for number in range(total)))
    into = tmp_path / "tasks"
    program = (
        "import sys; from pathlib import Path; from bcb_tools.corpus import load_corpus;"
        "from bcb_tools.store import write_tasks;"
        "write_tasks(load_corpus(Path(sys.argv[1])).tasks.values(), Path(sys.argv[2]))"
    )
    process = subprocess.Popen([sys.executable, "-c", program, source, into])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if into.is_dir() and sum(1 for entry in os.scandir(into) if entry.name[0] != ".") >= total // 20:
            process.send_signal(signal.SIGKILL)
        time.sleep(0.001)
    assert process.wait() == -signal.SIGKILL
    survivors = load_corpus(into).tasks
    assert 0 < len(survivors) < total
    written = write_tasks(load_corpus(source).tasks.values(), into)
    assert len(written.unchanged) == len(survivors)
    assert len(load_corpus(into).tasks) == total
