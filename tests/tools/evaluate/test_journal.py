"""The record of a run: append-only, whole after a kill, one writer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bcb_tools.errors import InputError, OutputError
from bcb_tools.evaluate.journal import Entry, Journal, read_entries, read_entry, read_header, report_json
from bcb_tools.evaluate.programs import Mode
from bcb_tools.sandbox import Outcome, Report
from bcb_tools.sandbox import TestEntry as SandboxTest
from bcb_tools.sandbox import TestOutcome as SandboxOutcome

HEADER = {"settings": {"seed": 0}}


def entry(index: int = 0, outcome: Outcome = Outcome.PASS, solution: str = "x = 1") -> Entry:
    return Entry("t/0", index, Mode.CALIBRATED, "d" * 64, solution, report_json(Report(outcome)))


def written(path: Path, *entries: Entry) -> Path:
    with Journal(path, HEADER) as journal:
        for one in entries:
            journal.append(one)
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Header and verdicts come back as they were, whatever characters an answer holds."""
    entries = [entry(0), entry(1, Outcome.FAIL, solution='"\\n\u2028é\ud800\x00"')]
    path = written(tmp_path / "deep" / "record.jsonl", *entries)
    assert read_header(path) == HEADER
    assert [found for _, found in read_entries(path)] == entries


def test_entries_are_found_again_by_their_place(tmp_path: Path) -> None:
    """The byte at which a verdict starts is enough to read it alone."""
    entries = [entry(index) for index in range(5)]
    path = written(tmp_path / "record.jsonl", *entries)
    places = [position for position, _ in read_entries(path)]
    with path.open("rb") as file:
        assert [read_entry(file, place, path) for place in reversed(places)] == entries[::-1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_killed_at_any_byte(tmp_path: Path, data: st.DataObject) -> None:
    """Cut at any byte, a record still opens, keeps every whole line, and takes further verdicts."""
    entries = [entry(index) for index in range(3)]
    path = tmp_path / "record.jsonl"
    path.unlink(missing_ok=True)
    whole = written(path, *entries).read_bytes()
    kept = whole[: data.draw(st.integers(0, len(whole)))]
    path.write_bytes(kept)
    lines = max(0, kept.count(b"\n") - 1)
    if kept.count(b"\n"):
        assert [found for _, found in read_entries(path)] == entries[:lines]
    else:
        assert read_header(path) is None
    written(path, *entries[lines:])
    assert path.read_bytes() == whole


def test_a_verdict_is_on_the_disk_at_once(tmp_path: Path) -> None:
    """Another process can read a verdict as soon as it was appended."""
    path = tmp_path / "record.jsonl"
    with Journal(path, HEADER) as journal:
        journal.append(entry())
        assert path.read_bytes().count(b"\n") == 2


def test_one_writer(tmp_path: Path) -> None:
    """A record that is being written is refused to a second writer, and free again afterwards."""
    path = tmp_path / "record.jsonl"
    with Journal(path, HEADER), pytest.raises(OutputError, match="another run is writing"):
        Journal(path, HEADER)
    written(path, entry())
    assert len(list(read_entries(path))) == 1


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    """A record that cannot be opened is an output error with a way out."""
    with pytest.raises(OutputError, match="Is a directory") as refused:
        Journal(tmp_path, HEADER)
    assert "--out" in refused.value.hint


def test_no_record(tmp_path: Path) -> None:
    """A file that is not there has no header; one that is something else is refused with its line."""
    assert read_header(tmp_path / "nothing") is None
    other = tmp_path / "other"
    for text in ("[]\n", "words\n", '{"mine": 1}\n'):
        other.write_text(text)
        with pytest.raises(InputError, match="line 1: is no record of a run"):
            read_header(other)
    other.write_bytes(b"\xff\n")
    with pytest.raises(InputError, match="cannot be read"):
        read_header(other)


@pytest.mark.parametrize("line", [b"{}", b"[1]", b"null", b"\xff\xfe", b'{"task_id": '])
def test_damage_in_the_middle(tmp_path: Path, line: bytes) -> None:
    """A damaged line that is not the last is named with its number."""
    path = written(tmp_path / "record.jsonl", entry(0), entry(1))
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], line, lines[2], b""]))
    with pytest.raises(InputError, match="line 2: damaged record"):
        list(read_entries(path))


def test_verdicts() -> None:
    """A verdict is a pass, a failure, or none at all when the sandbox failed."""
    assert entry(outcome=Outcome.PASS).passed is True
    assert entry(outcome=Outcome.TIMEOUT).passed is False
    assert entry(outcome=Outcome.INFRASTRUCTURE_ERROR).passed is None


def test_empty_fields_are_left_out() -> None:
    """A report keeps what it knows, numbers to the microsecond, and nothing that is empty."""
    test = SandboxTest("TestCases.test_x", SandboxOutcome.FAIL, "Traceback", 0.5)
    report = Report(Outcome.FAIL, tests=(test,), wall_s=1 / 3, total_s=0.5)
    found = report_json(report)
    assert found["wall_s"] == 0.333333
    assert found["overhead_ms"] == pytest.approx(166.666667)
    assert found["tests"] == (asdict(test),)
    assert not {"detail", "out", "err"} & set(found)
