"""A corpus is read from folders and files alike, and says everything that is wrong with it."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from bcb_tools.corpus import load_corpus, load_files
from bcb_tools.errors import InputError
from bcb_tools.formats.export import export_tasks
from bcb_tools.store import write_tasks
from bcb_tools.task import Difficulty, Limits, Network, Task
from support.made_tasks import TESTS, bigcodebench_row, humaneval_row, made_task, write_rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of one task, to be broken."""
    write_tasks([made_task()], tmp_path / "tasks")
    return tmp_path / "tasks" / "count-words"


def problem(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_corpus(path)
    return caught.value


def test_folder_gives_back_everything(tmp_path: Path) -> None:
    """Every attribute of a task survives being written and read."""
    task = made_task(
        title='Quotes " and \\ and \x7f and \n and 🧮',
        difficulty=Difficulty.HARD,
        licence="Apache-2.0",
        authors=("A", "B"),
        provenance={"origin": "draft", "a key": "x"},
        limits=Limits(memory_mib=512, wall_s=1.5, processes=3),
        network=Network.NONE,
        data={"a.csv": b"\xff\0", "deep/b.txt": b""},
        instruct="Do it.\r\n",
        solution=made_task().solution.replace("\n", "\r\n"),
    )
    write_tasks([task], tmp_path)
    assert load_corpus(tmp_path).tasks == {task.id: task}


def test_one_task_folder_is_a_corpus(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single task folder can be read alone, also as the current directory."""
    monkeypatch.chdir(folder)
    corpus = load_corpus(Path())
    assert (corpus.name, [task.slug for task in corpus.tasks.values()]) == ("count-words", ["count-words"])


def test_other_folders_are_passed_over(folder: Path) -> None:
    """Folders without `task.toml`, hidden ones and files beside the tasks do not disturb."""
    (folder.parent / "environment").mkdir()
    (folder.parent / "README.md").touch()
    shutil.copytree(folder, folder.parent / ".count-words.x")
    assert len(load_corpus(folder.parent).tasks) == 1


def test_digest_is_that_of_the_tasks(tmp_path: Path) -> None:
    """A corpus has one digest as folders, as a file, and whatever it is called."""
    rows = [bigcodebench_row(n) for n in range(3)]
    path = write_rows(tmp_path / "rows.jsonl", *rows)
    other = write_rows(tmp_path / "other.jsonl", *reversed(rows))
    write_tasks(load_corpus(path).tasks.values(), tmp_path / "tasks")
    digests = {load_corpus(place).digest for place in (path, other, tmp_path / "tasks")}
    assert len(digests) == 1
    assert load_corpus(write_rows(path, *rows[:2])).digest not in digests


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_dataset_files_are_corpora(tmp_path: Path, suffix: str) -> None:
    """A dataset file is read directly, and names the corpus."""
    path = tmp_path / f"My-v0.1.4{suffix}"
    export_tasks([made_task()], path)
    corpus = load_corpus(path)
    assert (corpus.name, list(corpus.tasks)) == ("My-v0.1.4", ["made/count-words"])


def test_mixed_rows_are_one_corpus(tmp_path: Path) -> None:
    """Rows of both kinds may stand in one file, and several files may be one corpus."""
    first = write_rows(tmp_path / "a.jsonl", bigcodebench_row(), humaneval_row())
    second = write_rows(tmp_path / "b.jsonl", humaneval_row(1))
    corpus = load_files([first, second], name="both", source=tmp_path)
    assert list(corpus.tasks) == ["BigCodeBench/0", "HumanEval/0", "HumanEval/1"]


@pytest.mark.parametrize("pattern", ["BigCodeBench/12", "bigcodebench-12", "12", "*/1[2]"])
def test_tasks_are_selected_by_id_slug_or_number(tmp_path: Path, pattern: str) -> None:
    """Each way to name a task finds it, and only it."""
    corpus = load_corpus(write_rows(tmp_path / "a.jsonl", *(bigcodebench_row(n) for n in (1, 12, 120))))
    assert list(corpus.select([pattern]).tasks) == ["BigCodeBench/12"]
    assert corpus.select([]) is corpus


def test_pattern_without_a_task_is_an_error(tmp_path: Path) -> None:
    """A pattern that names nothing is told, instead of selecting nothing."""
    corpus = load_corpus(write_rows(tmp_path / "a.jsonl", bigcodebench_row()))
    with pytest.raises(InputError, match="no task is called `13`"):
        corpus.select(["0", "13"])


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("id = ", "broken TOML"),
        ("", "`id` is missing"),
        ('id = "x"', "`entry_point` is missing"),
        ('id = 3\nentry_point = "f"', "`id` must be a string, found 3"),
        ('id = "x"\nentry_point = "a b"', "`entry_point` must be a Python name"),
        ('id = "x"\nentrypoint = "f"', "unknown key `entrypoint`"),
        ('id = "x"\nentry_point = "f"\ndomains = ["Time"]', "`domains` is never stored"),
        ('id = "x"\nentry_point = "f"\nauthors = "me"', "`authors` must be a list of strings"),
        ('id = "x"\nentry_point = "f"\ndifficulty = "huge"', "`difficulty` is 'huge'"),
        ('id = "x"\nentry_point = "f"\nnetwork = "wifi"', "`network` is 'wifi'"),
        ('id = "x"\nentry_point = "f"\nprovenance = 3', "`[provenance]` must be a table"),
        ('id = "x"\nentry_point = "f"\n[provenance]\na = 3', "`[provenance]` must be a table of str values"),
        ('id = "x"\nentry_point = "f"\n[limits]\nram = 3', "unknown limit `ram`"),
        ('id = "x"\nentry_point = "f"\n[limits]\nmemory_mib = 1.5', "`memory_mib` must be a positive number"),
        ('id = "x"\nentry_point = "f"\n[limits]\nwall_s = 0', "`wall_s` must be a positive number"),
        ('id = "x"\nentry_point = "f"\n[limits]\nwall_s = true', "`wall_s` must be a positive number"),
    ],
)
def test_broken_task_toml_is_told(folder: Path, toml: str, message: str) -> None:
    """Each fault of a `task.toml` is named with its file."""
    (folder / "task.toml").write_text(toml)
    error = problem(folder.parent)
    assert message in str(error)
    assert "count-words/task.toml" in str(error)
    assert error.exit_code == 2


def test_missing_and_unreadable_sources_are_told(folder: Path) -> None:
    """A source that is not there or not UTF-8 is named, with the place of the first bad byte."""
    (folder / "test_task.py").write_bytes(b"import os\nx = '\xe9'\n")
    assert "test_task.py` line 2 task `made/count-words`: not UTF-8: byte 0xe9 at offset 15" in str(
        problem(folder)
    )
    (folder / "solution.py").unlink()
    assert "solution.py`: no such file" in str(problem(folder))
    (folder / "solution.py").mkdir()
    assert "cannot be read: Is a directory" in str(problem(folder))


def test_broken_row_beside_the_sources_is_told(folder: Path) -> None:
    """A damaged `row.json` is an error and not a task without a row."""
    (folder / "row.json").write_text("{")
    assert "row.json`: broken JSON" in str(problem(folder))


def test_links_in_data_are_refused(folder: Path) -> None:
    """A link under `data/` could bring any file of the machine into a run."""
    (folder / "data").mkdir()
    (folder / "data" / "passwd").symlink_to("/etc/passwd")
    assert "cannot be a link" in str(problem(folder))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"entry_point": "other"}, "no top-level function `other`"),
        (
            {"solution": "class A:\n    def task_func(self):\n        pass\n"},
            "no top-level function `task_func`",
        ),
        ({"tests": TESTS.replace("TestCases", "Tests")}, "no class `TestCases`"),
    ],
)
def test_sources_that_cannot_be_run_are_told(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    """A solution without the entry point and tests without `TestCases` are errors of the corpus."""
    write_tasks([made_task(**changes)], tmp_path)
    assert message in str(problem(tmp_path))


def test_async_entry_point_is_accepted(tmp_path: Path) -> None:
    """An `async def` is a function too."""
    write_tasks([made_task(solution="async  def task_func (a):\n    return a\n")], tmp_path)
    assert len(load_corpus(tmp_path).tasks) == 1


def test_two_tasks_cannot_share_an_id_or_a_folder(tmp_path: Path) -> None:
    """Duplicate ids are told with both places, and so are ids that would share a folder."""
    path = write_rows(tmp_path / "a.jsonl", bigcodebench_row(), bigcodebench_row(1), bigcodebench_row())
    assert "line 3 task `BigCodeBench/0`: the id is already used in line 1" in str(problem(path))
    path = write_rows(tmp_path / "b.jsonl", bigcodebench_row(), bigcodebench_row(task_id="BigCodeBench_0"))
    assert "its folder name `bigcodebench-0` is that of 'BigCodeBench/0' too" in str(problem(path))
    write_tasks([made_task(), made_task(slug="copy")], tmp_path / "tasks")
    text = str(problem(tmp_path / "tasks"))
    assert "count-words` task `made/count-words`: the id is already used in `" in text


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Several problems come in one error, ten of them in full."""
    write_tasks([made_task(id=f"t/{n}", slug=f"t-{n}", tests="") for n in range(13)], tmp_path)
    text = str(problem(tmp_path))
    assert "13 problems" in text
    assert text.count("no class `TestCases`") == 10
    assert text.endswith("and 3 more")


def test_good_rows_do_not_hide_bad_ones(tmp_path: Path) -> None:
    """Every bad line of a file is told, with its number."""
    path = write_rows(tmp_path / "a.jsonl", bigcodebench_row(), bigcodebench_row(1, test=None))
    path.write_text(path.read_text() + "\n{broken\n")
    text = str(problem(path))
    assert "line 2 task `BigCodeBench/1`: missing `test`" in text
    assert "line 4: broken JSON" in text


def test_files_that_are_no_corpora_are_told(tmp_path: Path) -> None:
    """Missing, empty, foreign and damaged files, and empty folders, each have their message."""
    assert "no such file" in str(problem(tmp_path / "none"))
    assert "holds no tasks" in str(problem(tmp_path))
    (tmp_path / "a.txt").touch()
    assert "not a dataset file" in str(problem(tmp_path / "a.txt"))
    (tmp_path / "a.jsonl").write_text("\n")
    assert "holds no rows" in str(problem(tmp_path / "a.jsonl"))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b"{}\n" * 100)[:-9])
    assert "broken gzip" in str(problem(tmp_path / "a.jsonl.gz"))
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    assert "not a parquet file" in str(problem(tmp_path / "a.parquet"))


def test_task_knows_where_it_came_from(folder: Path, tmp_path: Path) -> None:
    """Tasks carry folder, or file and line, for every later message."""
    (task,) = load_corpus(folder.parent).tasks.values()
    assert (task.path, task.line) == (folder, None)
    path = write_rows(tmp_path / "a.jsonl", bigcodebench_row())
    row_task: Task = load_corpus(path).tasks["BigCodeBench/0"]
    assert (row_task.path, row_task.line) == (path, 1)
