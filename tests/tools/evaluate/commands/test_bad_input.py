"""Whatever is wrong is said in one message with its place and a way out; nothing is written, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bcb_tools.evaluate.cli import app
from support.scoring import COMMAND, RIGHT, WRONG, Workspace, clean_environment

GOOD = json.dumps({"task_id": "made/count-words", "solution": RIGHT})


def row(**fields: Any) -> str:
    return json.dumps(fields)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{GOOD}\n{{'task_id'\n", ["line 2", "broken JSON"]),
        (f"{GOOD}\n{row(solution='x')}\n", ["line 2", "`task_id` is missing"]),
        (f"{GOOD}\n{row(task_id=7, solution='x')}\n", ["line 2", "`task_id` is a number"]),
        (f"{GOOD}\n{row(task_id='made/nothing', solution='x')}\n", ["task `made/nothing`", "no such task"]),
        (
            f"{GOOD}\n{row(task_id='made/count-words', text='x')}\n",
            ["line 2", "task `made/count-words`", "`solution` and `completion` are both missing"],
        ),
        (
            f"{row(task_id='made/count-words', solution=3, completion=None)}\n",
            ["line 1", "`solution` is a number, not a string", "`completion` is null, not a string"],
        ),
        ("", ["holds no samples"]),
        ("\n\n", ["holds no samples"]),
        (GOOD.encode() + b"\n" + b'{"task_id": "\xe9"}\n', ["line 2", "not UTF-8"]),
        (f"{GOOD}\n{GOOD}\n", ["line 2", "task `made/count-words`", "repeats line 1", "--allow-duplicates"]),
        (f"{GOOD}\n[]\n", ["line 2", "a row is a JSON object, not a list"]),
    ],
)
def test_bad_samples(workspace: Workspace, text: str | bytes, said: list[str]) -> None:
    """A samples file that cannot be scored is refused with file, line and task, before anything is made."""
    samples = workspace.write(text)
    before = samples.read_bytes()
    message = workspace.refused(samples)
    assert "answers.jsonl" in message
    assert [part for part in said if part not in message] == []
    assert not (workspace.folder / "out").exists()
    assert samples.read_bytes() == before


def test_missing_samples(workspace: Workspace) -> None:
    """A file that is not there is named."""
    assert "nowhere.jsonl`: no such file" in workspace.refused(workspace.folder / "nowhere.jsonl")


def test_fewer_samples_than_k(workspace: Workspace) -> None:
    """Asking for a k that a task has too few samples for is refused, with the task."""
    samples = workspace.answers(RIGHT, WRONG, other_words=[RIGHT])
    message = workspace.refused(samples, "--pass-k", "1,2")
    assert "task `made/other-words`: 1 samples, pass@2 needs 2" in message


BREAKS = {
    "task.toml": ("id = ", "id = = ", ["task.toml", "line"]),
    "solution.py": ("def task_func", "def other", ["made/count-words", "no top-level function `task_func`"]),
    "test_task.py": ("class TestCases", "class Others", ["made/count-words", "no class `TestCases`"]),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_corpus(workspace: Workspace, name: str) -> None:
    """A broken task is named, in `run` and in `ground-truth`, and nothing is run."""
    old, new, said = BREAKS[name]
    path = workspace.tasks / "count-words" / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    message = workspace.refused(workspace.answers(RIGHT))
    assert [part for part in said if part not in message] == []
    words = ["ground-truth", "--tasks", str(workspace.tasks), "--python", sys.executable]
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == message
    assert not (workspace.folder / "out").exists()


def test_output_that_cannot_be(workspace: Workspace) -> None:
    """A file where the folder should be, and a folder that cannot be made, are refused."""
    samples = workspace.answers(RIGHT)
    taken = workspace.write("mine", name="taken")
    assert "cannot make the folder" in workspace.refused(samples, "--out", taken)
    assert taken.read_text() == "mine"
    assert "cannot make the folder" in workspace.refused(samples, "--out", "/proc/nowhere")
    folder = workspace.folder / "out" / "answers_runs.jsonl"
    folder.mkdir(parents=True)
    assert "answers_runs.jsonl" in workspace.refused(samples)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into a read-only folder")
def test_output_that_is_read_only(workspace: Workspace) -> None:
    """A folder without write permission is refused."""
    folder = workspace.folder / "closed"
    folder.mkdir(mode=0o500)
    assert "cannot write into" in workspace.refused(workspace.answers(RIGHT), "--out", folder)


def test_something_else_in_the_records_place(workspace: Workspace) -> None:
    """A file that is no record is neither taken up nor replaced."""
    samples = workspace.answers(RIGHT)
    workspace.record().parent.mkdir()
    workspace.record().write_text('{"mine": 1}\n')
    assert "is no record of a run" in workspace.refused(samples)
    assert workspace.record().read_text() == '{"mine": 1}\n'


def test_damaged_record(workspace: Workspace) -> None:
    """A line in the middle that is no verdict is named with its number, and `--overwrite` is the way out."""
    samples = workspace.answers(RIGHT, WRONG)
    workspace.score(samples)
    first, second, *rest = workspace.record().read_text().splitlines(keepends=True)
    workspace.record().write_text("".join([first, second[:30] + "\n", *rest]))
    message = workspace.refused(samples, "--resume")
    assert "answers_runs.jsonl` line 2: damaged record" in message
    assert "--overwrite" in message
    assert workspace.score(samples, "--overwrite")["pass@1"] == 0.5


def test_environment_without_a_library(workspace: Workspace) -> None:
    """A library that the environment lacks is named with a task that needs it, and can be accepted."""
    path = workspace.tasks / "count-words" / "solution.py"
    path.write_text("try:\n    import no_such_library\nexcept ImportError:\n    pass\n" + path.read_text())
    samples = workspace.answers(RIGHT, other_words=[RIGHT])
    message = workspace.refused(samples)
    assert "lacks `no_such_library` (`made/count-words`)" in message
    assert "--allow-missing-libraries" in message
    assert workspace.score(samples, "--task", "other-words")["tasks"] == 1
    found = workspace.score(samples, "--allow-missing-libraries", "--overwrite")
    assert found["tasks"] == 2


def test_no_interpreter(workspace: Workspace) -> None:
    """`--python` must name an interpreter or the folder of an environment."""
    samples = workspace.answers(RIGHT)
    for python in (workspace.folder / "nowhere", workspace.folder, samples, "/bin/true"):
        message = workspace.refused(samples, "--python", python)
        assert f"`{python}` is no Python interpreter that runs here" in message


def test_no_environment(workspace: Workspace) -> None:
    """Without an environment the message says how to make or name one."""
    samples = workspace.answers(RIGHT)
    words = [word for word in workspace.words(samples) if word not in ("--python", sys.executable)]
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no task environment" in result.stderr
    assert "bcb env sync" in result.stderr
    assert "--python" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--isolation", "wishes"], "`wishes` is none of namespaces, fresh, process"),
        (["--policy", "mercy"], "no policy is called `mercy`"),
        (["--min-time-limit", "0"], "must be above 0"),
        (["--time-factor", "-1"], "must be above 0"),
        (["--pass-k", "0"], "`0` is no list of k"),
        (["--pass-k", "1,many"], "`1,many` is no list of k"),
        (["--pass-k", ","], "`,` is no list of k"),
        (["--id-range", "9-3"], "`9-3` is no range of ids"),
        (["--id-range", "some"], "`some` is no range of ids"),
        (["--id-range", "7-9"], "no task"),
        (["--subset", "nowhere.json"], "there is no subset `nowhere.json`"),
        (["--subset", "hard"], "Hard subset"),
        (["--task", "nothing*"], "no task is called `nothing*`"),
        (["--failed", "nowhere.json"], "nowhere.json"),
        (["--split", "third"], "`third` is no split"),
        (["--mode", "odd"], "`odd` is none of calibrated, original, both"),
        (["--answer", "odd"], "odd"),
        (["--parallel", "-1"], "'--parallel'"),
        (["--tasks", "nowhere"], "nowhere"),
        (["--no-such-flag"], "--no-such-flag"),
    ],
)
def test_nonsense(workspace: Workspace, words: list[str], said: str) -> None:
    """A flag that makes no sense is shown back with exit code 2, and nothing is written."""
    result = workspace.run(workspace.answers(RIGHT), *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not (workspace.folder / "out").exists()


def without_user_namespaces(workspace: Workspace, *more: str) -> subprocess.CompletedProcess[str]:
    """Run `bcb-eval run` where nobody may make a user namespace; skip where that cannot be arranged."""
    script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
    prefix = ["unshare", "-Ur", "sh", "-c", script, "sh"]
    if not shutil.which("unshare"):
        pytest.skip("there is no `unshare` to switch user namespaces off with")
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let the test switch user namespaces off")
    return subprocess.run(
        [*prefix, *COMMAND, *workspace.words(workspace.answers(RIGHT), *more)],
        cwd=workspace.folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_user_namespaces_switched_off(workspace: Workspace) -> None:
    """Where isolation cannot be had, the run is refused with exit code 3, the reason and two ways out."""
    done = without_user_namespaces(workspace)
    assert (done.returncode, done.stdout) == (3, "")
    assert "error: this machine refuses `namespaces` isolation" in done.stderr
    assert "sysctl user.max_user_namespaces" in done.stderr
    assert "--isolation process" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_isolation_at_ones_own_risk(workspace: Workspace) -> None:
    """`--isolation process` works after such a refusal, in the same folder, and the results say so."""
    assert without_user_namespaces(workspace).returncode == 3
    done = without_user_namespaces(workspace, "--isolation", "process", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["pass@1"] == 1
    summary = json.loads(Path(found["files"]["summary"]).read_text())
    assert summary["provenance"]["tier"] == "process"
