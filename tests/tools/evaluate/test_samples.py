"""Samples come in from every shape that people keep them in; what is wrong with a file is said exactly."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from bcb_tools.errors import InputError
from bcb_tools.evaluate.samples import Duplicate, Field, Sample, read_samples, survey_samples
from support.shared_data import SHARED_DATA, needs_shared_data

GOOD = {"task_id": "T/0", "solution": "x = 1"}


def write(folder: Path, *rows: object, name: str = "samples.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def refused(path: Path, **how: Any) -> InputError:
    """The error of a file that cannot be read to its end; a survey and a reading must agree on it."""
    with pytest.raises(InputError) as reading:
        list(read_samples(path, **how))
    with pytest.raises(InputError) as survey:
        survey_samples(path, **how)
    assert str(reading.value) == str(survey.value)
    assert reading.value.exit_code == 2
    assert str(path) in str(reading.value)
    return reading.value


def test_rows_become_samples_in_order(tmp_path: Path) -> None:
    """Each row is one sample, numbered within its task, and remembers the line it came from."""
    path = write(
        tmp_path,
        {"task_id": "T/0", "solution": "a", "raw_solution": "said a"},
        "",
        {"task_id": "T/1", "completion": " b"},
        {"task_id": "T/0", "solution": "c"},
    )
    assert list(read_samples(path)) == [
        Sample("T/0", 0, "a", is_completion=False, raw="said a", origin=f"{path} line 1"),
        Sample("T/1", 0, " b", is_completion=True, raw=None, origin=f"{path} line 3"),
        Sample("T/0", 1, "c", is_completion=False, raw=None, origin=f"{path} line 4"),
    ]


def test_the_field_can_be_chosen(tmp_path: Path) -> None:
    """Without a choice the self-contained solution wins; the other fields can be asked for."""
    path = write(tmp_path, {"task_id": "T/0", "solution": "a", "completion": "b", "raw_solution": "c"})
    texts = {answer: next(read_samples(path, answer=answer)).text for answer in Field}
    assert texts == {Field.AUTO: "a", Field.SOLUTION: "a", Field.COMPLETION: "b", Field.RAW: "c"}


@pytest.mark.parametrize("name", ["samples.jsonl.gz", "no-suffix"])
def test_gzip_is_known_by_its_bytes(tmp_path: Path, name: str) -> None:
    """A packed file is unpacked whatever it is called."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(json.dumps(GOOD).encode()))
    assert [sample.text for sample in read_samples(path)] == ["x = 1"]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    """Files from other systems are read."""
    path = tmp_path / "samples.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n" + json.dumps(GOOD).encode())
    assert len(list(read_samples(path))) == 2


def test_a_folder_of_task_folders(tmp_path: Path) -> None:
    """`BigCodeBench_12/0.py` is the first sample of `BigCodeBench/12`; ten comes after two."""
    for name in ("BigCodeBench_12/10.py", "BigCodeBench_12/2.py", "BigCodeBench_2/0.py", "bcb_my_task/0.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"# {name}")
    (tmp_path / "notes.txt").write_text("left alone")
    found = [(sample.task_id, sample.index, sample.text) for sample in read_samples(tmp_path)]
    assert found == [
        ("BigCodeBench/2", 0, "# BigCodeBench_2/0.py"),
        ("BigCodeBench/12", 0, "# BigCodeBench_12/2.py"),
        ("BigCodeBench/12", 1, "# BigCodeBench_12/10.py"),
        ("bcb/my_task", 0, "# bcb_my_task/0.py"),
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_the_results_of_another_run(tmp_path: Path, *, packed: bool) -> None:
    """Upstream's `_eval_results.json` can be scored again."""
    document = {"date": "", "eval": {"T/0": [{"task_id": "T/0", "solution": "a", "status": "pass"}] * 2}}
    path = tmp_path / ("run_eval_results.json" + (".gz" if packed else ""))
    raw = json.dumps(document, indent=1).encode()
    path.write_bytes(gzip.compress(raw) if packed else raw)
    assert [(s.task_id, s.index, s.text) for s in read_samples(path)] == [("T/0", 0, "a"), ("T/0", 1, "a")]


@pytest.mark.parametrize(
    ("row", "words", "task_id"),
    [
        ('{"task_id": "T/1", "solution": "x', "broken JSON: unterminated string", ""),
        ("[1, 2]", "a row is a JSON object, not a list", ""),
        ("7", "not a number", ""),
        ('{"solution": "x"}', "`task_id` is missing", ""),
        ('{"task_id": 3, "solution": "x"}', "`task_id` is a number", ""),
        ('{"task_id": "", "solution": "x"}', "`task_id` is empty", ""),
        ('{"task_id": "T/1", "code": "x"}', "`solution` and `completion` are both missing", "T/1"),
        ('{"task_id": "T/1", "solution": null}', "`solution` is null, not a string", "T/1"),
        ('{"task_id": "T/1", "completion": ["x"]}', "`completion` is a list, not a string", "T/1"),
        ("[" * 100_000, "JSON that cannot be read", ""),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, words: str, task_id: str) -> None:
    """The error says the file, the line, and the task as soon as it is known."""
    path = write(tmp_path, GOOD, row)
    error = refused(path)
    assert f"`{path}` line 2" in str(error)
    assert words in str(error)
    assert (error.line, error.task_id) == (2, task_id)


def test_a_chosen_field_must_be_there(tmp_path: Path) -> None:
    """Asking for the raw answers of a file without them lists what a row has instead."""
    error = refused(write(tmp_path, GOOD), answer=Field.RAW)
    assert "`raw_solution` is missing" in str(error)
    assert error.hint == "the row has `solution`, `task_id`"


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_an_error(tmp_path: Path, content: str) -> None:
    """No samples is never a score of nothing."""
    path = tmp_path / "samples.jsonl"
    path.write_text(content)
    error = refused(path)
    assert "holds no samples" in str(error)
    assert "task_id" in error.hint


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """A folder without task folders is as empty as an empty file."""
    assert "holds no samples" in str(refused(tmp_path))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    assert "no such file" in str(refused(tmp_path / "absent.jsonl"))


def test_bytes_that_are_not_utf8_are_counted(tmp_path: Path) -> None:
    """The offset is the file's, not the line's."""
    path = tmp_path / "samples.jsonl"
    first = json.dumps(GOOD).encode() + b"\n"
    path.write_bytes(first + b'{"task_id": "\xe9"}\n')
    error = refused(path)
    assert f"byte 0xe9 at offset {len(first) + 13}" in str(error)
    assert error.line == 2


def test_a_cut_off_gzip_is_not_a_short_file(tmp_path: Path) -> None:
    """Half a download is an error, not half a score."""
    path = tmp_path / "samples.jsonl.gz"
    whole = gzip.compress("".join(f"{json.dumps({**GOOD, 'n': n})}\n" for n in range(500)).encode())
    path.write_bytes(whole[: len(whole) // 2])
    assert "cut off after line" in str(refused(path))


def test_a_damaged_gzip_is_an_error(tmp_path: Path) -> None:
    """Wrong bytes within the stream are told from a missing end."""
    path = tmp_path / "samples.jsonl.gz"
    whole = bytearray(gzip.compress(json.dumps(GOOD).encode()))
    whole[-6] ^= 0xFF
    path.write_bytes(whole)
    assert "damaged" in str(refused(path))


@pytest.mark.parametrize(
    ("content", "words"),
    [("{}", "no `eval` object"), ("[]", "no `eval` object"), ('{"eval": {"T/0": 3}}', "holds a number")],
)
def test_a_document_that_is_no_run_is_an_error(tmp_path: Path, content: str, words: str) -> None:
    """A JSON file of another shape says what is missing."""
    path = tmp_path / "other.json"
    path.write_text(content)
    assert words in str(refused(path))


def test_a_program_without_a_number_is_an_error(tmp_path: Path) -> None:
    """A stray file among the samples is not left out in silence."""
    (tmp_path / "T_0").mkdir()
    (tmp_path / "T_0" / "best.py").write_text("")
    assert "not the number of a sample" in str(refused(tmp_path))


def test_a_row_twice_where_others_stand_once_is_a_duplicate(tmp_path: Path) -> None:
    """The odd task out was pasted twice; the message names both lines and the way on."""
    path = write(tmp_path, GOOD, {"task_id": "T/1", "solution": "y"}, GOOD)
    survey = survey_samples(path)
    assert survey.duplicates == (Duplicate("T/0", 3, 1),)
    with pytest.raises(InputError, match="line 3 task `T/0`: the row repeats line 1") as caught:
        survey.refuse_duplicates(path)
    assert "--allow-duplicates" in caught.value.hint


def test_a_file_appended_to_itself_is_full_of_duplicates(tmp_path: Path) -> None:
    """When every row has its twin the file was written twice."""
    rows = [GOOD, {"task_id": "T/1", "solution": "y"}]
    path = write(tmp_path, *rows, *rows)
    assert len(survey_samples(path).duplicates) == 2


def test_the_same_answer_again_is_no_duplicate_where_several_were_asked_for(tmp_path: Path) -> None:
    """A model that is asked twice may say the same twice."""
    path = write(
        tmp_path, GOOD, GOOD, {"task_id": "T/1", "solution": "y"}, {"task_id": "T/1", "solution": "z"}
    )
    survey = survey_samples(path)
    assert (survey.samples, survey.per_task, survey.duplicates) == (4, {"T/0": 2, "T/1": 2}, ())
    survey.refuse_duplicates(path)


def test_a_sample_id_tells_rows_apart(tmp_path: Path) -> None:
    """Rows that carry their own number are duplicates exactly when the number repeats."""
    numbered = [{**GOOD, "sample_id": n} for n in (0, 1, 1)]
    numbered[2]["solution"] = "another"
    path = write(tmp_path, *numbered, {"task_id": "T/1", "solution": "y"})
    assert survey_samples(path).duplicates == (Duplicate("T/0", 3, 2),)


def test_reading_holds_one_row_at_a_time(tmp_path: Path) -> None:
    """Forty megabytes of samples pass through less than two."""
    path = tmp_path / "samples.jsonl"
    with path.open("w") as stream:
        for number in range(400):
            stream.write(json.dumps({"task_id": f"T/{number}", "solution": "x" * 100_000}) + "\n")
    tracemalloc.start()
    count = sum(1 for _ in read_samples(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 400
    assert peak < 2_000_000


@needs_shared_data
@pytest.mark.parametrize(
    "path", sorted((SHARED_DATA / "samples").glob("*.gz")), ids=lambda path: path.name[:40]
)
def test_the_real_files_are_read_whole(path: Path) -> None:
    """Every published file of samples and of results gives 855 samples without a duplicate."""
    survey = survey_samples(path)
    assert (survey.samples, len(survey.per_task), survey.duplicates) == (855, 855, ())
