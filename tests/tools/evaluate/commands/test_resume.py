"""A run that is stopped, at whatever point and however rudely, goes on with the same command."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from support.scoring import RIGHT, WRONG, Workspace, clean_environment

SLOW = "import time\ntime.sleep(0.1)\n" + RIGHT
TEXTS = [RIGHT, WRONG, SLOW] * 3
WORDS = ("--allow-duplicates", "--pass-k", "1,2", "--parallel", "1", "--both")


def samples_of(workspace: Workspace) -> Path:
    return workspace.answers(*TEXTS, other_words=[WRONG, SLOW])


def wait_for_lines(process: subprocess.Popen[str], record: Path, lines: int) -> None:
    """Wait until a record has so many whole lines; its process must still be at work."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if record.exists() and record.read_bytes().count(b"\n") >= lines:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    pytest.fail(f"the record did not reach {lines} lines")


def outcome_of(workspace: Workspace, answer: dict[str, Any]) -> dict[str, Any]:
    """Everything that two runs of the same samples must agree on."""
    numbers = {
        name: value
        for name, value in answer.items()
        if name not in {"seconds", "overhead_ms_median", "files"}
    }
    rows = json.loads(Path(answer["files"]["eval_results"]).read_text())["eval"]
    statuses = {task_id: [row["status"] for row in found] for task_id, found in rows.items()}
    scores = json.loads(Path(answer["files"]["pass_at_k"]).read_text())
    return {"numbers": numbers, "statuses": statuses, "scores": scores}


@pytest.mark.parametrize("lines", [1, 4, 11])
def test_killed_and_taken_up(workspace: Workspace, lines: int) -> None:
    """After `kill -9` the same command ends as an undisturbed run does, and runs nothing twice."""
    samples = samples_of(workspace)
    process = workspace.start(samples, *WORDS)
    wait_for_lines(process, workspace.record(), lines)
    process.kill()
    process.communicate()
    before = workspace.recorded()
    assert before.total() >= lines - 1
    result = workspace.run(samples, *WORDS)
    assert result.exit_code == 0, result.output
    assert ("going on with `answers.jsonl` where it stopped" in result.stderr) == (before.total() > 0)
    found = workspace.score(samples, *WORDS, "--resume")
    recorded = workspace.recorded()
    assert set(recorded.values()) == {1}
    assert recorded.total() == 2 * (len(TEXTS) + 2)
    assert before <= recorded
    undisturbed = workspace.score(samples, *WORDS, "--out", workspace.folder / "undisturbed")
    assert outcome_of(workspace, found) == outcome_of(workspace, undisturbed)


@pytest.mark.parametrize("cut", [1, 40, 2000])
def test_torn_last_line(workspace: Workspace, cut: int) -> None:
    """A verdict whose line was cut off is run again; the others are not."""
    samples = workspace.answers(RIGHT, WRONG, RIGHT, RIGHT)
    words = ("--allow-duplicates",)
    whole = workspace.score(samples, *words)
    record = workspace.record()
    kept = record.read_bytes()
    last = len(kept.splitlines(keepends=True)[-1])
    record.write_bytes(kept[: -min(cut, last - 1)])
    Path(whole["files"]["summary"]).unlink()
    found = workspace.score(samples, *words)
    assert outcome_of(workspace, found) == outcome_of(workspace, whole)
    assert record.read_bytes().startswith(kept[:-last])
    assert set(workspace.recorded().values()) == {1}
    assert workspace.recorded().total() == 4


def test_torn_first_line(workspace: Workspace) -> None:
    """A record that was killed within its very first line is begun anew, first line and all."""
    samples = workspace.answers(RIGHT)
    record = workspace.record()
    record.parent.mkdir()
    record.write_text('{"settings": {"tool"')
    assert workspace.score(samples)["samples"] == 1
    assert "settings" in json.loads(record.read_text().splitlines()[0])
    assert workspace.recorded().total() == 1


def test_another_run_is_refused(workspace: Workspace) -> None:
    """Changed answers, policy, tasks or modes are another run: exit 2, named, nothing lost."""
    samples = workspace.answers(RIGHT, other_words=[WRONG])
    workspace.score(samples)
    kept = workspace.record().read_bytes()
    for words, named in (
        (["--policy", "upstream"], "policy"),
        (["--task", "count-words"], "dataset"),
        (["--both"], "modes"),
        (["--no-gt"], "references"),
        (["--resume", "--seed", "1"], "seed"),
    ):
        said = workspace.refused(samples, *words)
        assert "is the record of another run: " in said
        assert named in said
        assert "--overwrite" in said
    changed = workspace.answers(WRONG, other_words=[WRONG])
    assert "another run: samples differ" in workspace.refused(changed, "--resume")
    assert workspace.record().read_bytes() == kept
    assert workspace.score(changed, "--overwrite")["pass@1"] == 0
    assert workspace.recorded().total() == 2


def test_results_that_are_there(workspace: Workspace) -> None:
    """Finished results are neither replaced nor repeated unless that is said, and `--resume` shows them."""
    samples = workspace.answers(RIGHT)
    first = workspace.score(samples)
    said = workspace.refused(samples)
    assert "already has the results of this run" in said
    assert "--resume" in said
    assert "--overwrite" in said
    shown = workspace.score(samples, "--resume")
    assert outcome_of(workspace, shown) == outcome_of(workspace, first)
    assert workspace.recorded().total() == 1
    assert "exclude each other" in workspace.run(samples, "--resume", "--overwrite").stderr


def children_of(pid: int) -> set[int]:
    """All processes below one."""
    parents: dict[int, set[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), set()).add(int(folder.name))
    found, pending = set(), [pid]
    while pending:
        below = parents.get(pending.pop(), set())
        found |= below
        pending += below
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie whose parent is slow to look is gone."""
    found = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            found.add(pid)
    return found


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_running(workspace: Workspace, sent: signal.Signals) -> None:
    """Ctrl-C ends with status 130 and says how to go on; however it ends, no process stays behind."""
    endless = "while True:\n    pass\n"
    samples = workspace.answers(RIGHT, endless, endless)
    process = workspace.start(samples, "--allow-duplicates", "--parallel", "1")
    wait_for_lines(process, workspace.record(), 2)
    time.sleep(0.3)
    below = children_of(process.pid)
    assert below
    process.send_signal(sent)
    _, err = process.communicate(timeout=30)
    deadline = time.monotonic() + 15
    while alive(below) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(below)
    if sent is signal.SIGINT:
        assert process.returncode == 130
        assert "stopped: 1 of 3 verdicts are recorded" in err
        assert "hint: give the same command again to go on from there" in err
        assert "Traceback" not in err
    assert workspace.recorded().total() == 1


def test_one_run_at_a_time(workspace: Workspace) -> None:
    """A second run with the same results folder is refused while the first is at work."""
    samples = workspace.answers("import time\ntime.sleep(30)\n")
    process = workspace.start(samples)
    wait_for_lines(process, workspace.record(), 1)
    try:
        assert "another run is writing" in workspace.refused(samples)
    finally:
        process.kill()
        process.communicate()


FULL = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from bcb_tools.evaluate.cli import app
app()
"""


def test_a_full_disk(workspace: Workspace) -> None:
    """When the record cannot grow the run ends with exit 2; what was recorded stays and is gone on with."""
    samples = workspace.answers(*TEXTS)
    words = workspace.words(samples, "--allow-duplicates")
    done = subprocess.run(
        [sys.executable, "-c", FULL, "16000", *words],
        cwd=workspace.folder,
        env=clean_environment() | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "answers_runs.jsonl`: File too large" in done.stderr
    assert "hint: choose another folder" in done.stderr
    assert "Traceback" not in done.stderr
    before = workspace.recorded()
    assert 0 < before.total() < len(TEXTS)
    workspace.score(samples, "--allow-duplicates")
    assert workspace.recorded().total() == len(TEXTS)
    assert set(workspace.recorded().values()) == {1}


def test_results_on_a_full_disk(workspace: Workspace) -> None:
    """When a result file cannot be written the verdicts are kept, and no half of a file is left."""
    samples = workspace.answers(RIGHT)
    files = workspace.score(samples)["files"]
    Path(files["summary"]).unlink()
    blocked = Path(files["pass_at_k"])
    blocked.unlink()
    blocked.mkdir()
    said = workspace.refused(samples)
    assert "cannot write" in said
    assert "answers_pass_at_k.json" in said
    assert not list(workspace.record().parent.glob(".*.part"))
    assert "cannot replace" in workspace.refused(samples, "--overwrite")
    blocked.rmdir()
    assert workspace.score(samples)["samples"] == 1
    assert workspace.recorded().total() == 1
