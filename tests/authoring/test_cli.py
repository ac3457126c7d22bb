"""The `bcb` commands: data on stdout, people on stderr, exit codes that programs can trust."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner, Result

from bcb_authoring.cli import app
from bcb_tools.corpus import load_corpus
from bcb_tools.formats.export import export_tasks
from bcb_tools.store import write_tasks
from support.hub import Hub
from support.made_tasks import bigcodebench_row, humaneval_row, made_task, write_rows

BCB = [sys.executable, "-c", "from bcb_authoring.cli import app; app()"]


def bcb(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def data(*words: object) -> Any:
    result = bcb(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """Three rows, one of which is of a domain of its own."""
    solution = bigcodebench_row()["complete_prompt"].replace("import json", "import socket\nimport json")
    network = bigcodebench_row(10, complete_prompt=solution, libs="['socket', 'json', 'collections']")
    return write_rows(tmp_path / "rows.jsonl", bigcodebench_row(2), network, bigcodebench_row(3))


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus in the place where every command looks first."""
    monkeypatch.chdir(tmp_path)
    write_tasks([made_task()], tmp_path / "tasks")
    return tmp_path / "tasks"


def test_import_and_export_come_home(rows: Path, tmp_path: Path) -> None:
    """Rows imported and exported again are the same bytes, and both commands say what they did."""
    into, out = tmp_path / "tasks", tmp_path / "out.jsonl"
    result = bcb("import", rows, "--into", into)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "3 created, 0 replaced, 0 unchanged" in result.stderr
    result = bcb("export", into, "--to", out)
    assert "3 bigcodebench rows" in result.stderr
    assert sorted(out.read_text().splitlines()) == sorted(rows.read_text().splitlines())


def test_import_again_changes_nothing(rows: Path, tmp_path: Path) -> None:
    """The second import of the same rows reports every task unchanged."""
    bcb("import", rows, "--into", tmp_path / "tasks")
    done = data("import", rows, "--into", tmp_path / "tasks")
    assert (done["created"], done["replaced"], len(done["unchanged"])) == ([], [], 3)


def test_import_refuses_and_overwrites(rows: Path, tmp_path: Path) -> None:
    """Other rows of the same ids are refused with exit code 2, and replaced when that is asked for."""
    into = tmp_path / "tasks"
    bcb("import", rows, "--into", into)
    other = write_rows(tmp_path / "other.jsonl", bigcodebench_row(2, libs="[]"), bigcodebench_row(4))
    result = bcb("import", other, "--into", into)
    assert result.exit_code == 2
    assert "other sources for `bigcodebench-2`" in result.stderr
    assert not (into / "bigcodebench-4").exists()
    done = data("import", other, "--into", into, "--overwrite")
    assert (done["created"], done["replaced"]) == (["bigcodebench-4"], ["bigcodebench-2"])


def test_import_remembers_where_rows_came_from(rows: Path, tmp_path: Path) -> None:
    """The source's name, and no path of this machine, stands in the task."""
    bcb("import", rows, "--into", tmp_path / "tasks", "--task", "10")
    (task,) = load_corpus(tmp_path / "tasks").tasks.values()
    assert task.provenance == {"origin": "import", "source": "rows.jsonl"}
    assert task.path is not None
    assert str(tmp_path) not in (task.path / "task.toml").read_text()


def test_import_from_a_hub(httpserver: HTTPServer, tmp_path: Path) -> None:
    """`HF_ENDPOINT` and `HF_TOKEN` reach the hub, and the commit is remembered."""
    hub = Hub.on(httpserver)
    hub.token = "hf_secret"
    export_tasks([made_task()], tmp_path / "made.parquet")
    hub.files = {"data/v1-00000-of-00001.parquet": (tmp_path / "made.parquet").read_bytes()}
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.endpoint,
        "HF_HOME": str(tmp_path / "hf"),
        "NO_PROXY": "*",
    }
    words = [*BCB, "import", "hub:owner/name@v1", "--into", str(tmp_path / "tasks")]
    refused = subprocess.run(
        words, env={**environment, "HF_TOKEN": "hf_wrong"}, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "status 401" in refused.stderr
    assert "check HF_TOKEN" in refused.stderr
    subprocess.run(words, env={**environment, "HF_TOKEN": "hf_secret"}, check=True)
    (task,) = load_corpus(tmp_path / "tasks").tasks.values()
    assert task.provenance["source"] == "hub:owner/name@v1"
    assert len(task.provenance["revision"]) == 40


def test_export_chooses_tasks_and_format(rows: Path, tmp_path: Path) -> None:
    """Globs choose tasks, `--format` the kind of row, and an existing file is kept without `--overwrite`."""
    out = tmp_path / "out.jsonl.gz"
    assert data("export", rows, "--to", out, "--task", "1*", "--format", "humaneval") == {
        "file": str(out),
        "format": "humaneval",
        "tasks": 1,
    }
    assert bcb("export", rows, "--to", out).exit_code == 2
    assert data("export", rows, "--to", out, "--overwrite")["tasks"] == 3
    assert bcb("export", rows, "--to", tmp_path / "x.jsonl", "--task", "99").exit_code == 2


def test_humaneval_rows_come_home(tmp_path: Path) -> None:
    """HumanEval rows are exported as such without being asked."""
    rows = write_rows(tmp_path / "rows.jsonl", humaneval_row(), humaneval_row(1))
    bcb("import", rows, "--into", tmp_path / "tasks")
    bcb("export", tmp_path / "tasks", "--to", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_bytes() == rows.read_bytes()


def test_list_filters_by_domain_and_library(rows: Path) -> None:
    """Filters narrow the list, several of them all hold, and case does not matter in a domain."""
    assert [task["id"] for task in data("list", rows)] == [
        "BigCodeBench/2",
        "BigCodeBench/3",
        "BigCodeBench/10",
    ]
    assert [task["id"] for task in data("list", rows, "--domain", "NETWORK")] == ["BigCodeBench/10"]
    assert [task["id"] for task in data("list", rows, "--library", "socket")] == ["BigCodeBench/10"]
    assert data("list", rows, "--domain", "Network", "--domain", "Time") == []
    assert bcb("list", rows, "--domain", "cooking").exit_code == 2


@pytest.mark.usefixtures("tasks")
def test_list_is_for_people_too() -> None:
    """Without `--json` there is a table on stdout and a count on stderr, for `tasks` by default."""
    result = bcb("list")
    assert result.exit_code == 0
    assert "made/count-words" in result.stdout
    assert "Count words" in result.stdout
    assert result.stderr == "1 tasks\n"


def test_list_keeps_its_facts_in_step(rows: Path) -> None:
    """A listed task has what a script needs to go on with."""
    first = data("list", rows)[0]
    assert first["slug"] == "bigcodebench-2"
    assert first["libs"] == ["json", "collections"]
    assert first["domains"] == ["General", "System"]
    assert len(first["digest"]) == 64


@pytest.mark.usefixtures("tasks")
@pytest.mark.parametrize("prompt", ["complete", "instruct", "code"])
def test_show_prints_a_prompt_as_it_is(prompt: str) -> None:
    """A prompt comes alone on stdout, so that it can be piped to a model."""
    text = getattr(made_task(), f"{prompt}_prompt")
    assert bcb("show", "count-words", "--prompt", prompt).stdout == text.rstrip("\n") + "\n"


@pytest.mark.usefixtures("tasks")
def test_show_tells_everything() -> None:
    """The page shows solution and tests with their brackets, the JSON everything that is derived."""
    page = bcb("show", "made/count-words").stdout
    assert "    words = [word.lower() for line in json.loads(text) for word in line.split()]\n" in page
    assert "class TestCases(unittest.TestCase):" in page
    facts = data("show", "tasks/count-words")
    assert facts["canonical_solution"] == made_task().canonical_solution
    assert facts["doc_struct"]["reqs"] == ["json", "collections"]


def test_show_wants_one_task(rows: Path) -> None:
    """A pattern for several tasks, and one for none, are usage errors that help on."""
    result = bcb("show", "*", "--corpus", rows)
    assert result.exit_code == 2
    assert "`*` names 3 tasks" in result.stderr
    result = bcb("show", "99", "--corpus", rows)
    assert result.exit_code == 2
    assert "bcb list" in result.stderr


def test_bad_input_is_a_message(tmp_path: Path) -> None:
    """A broken file ends with exit code 2, its place and a hint, and without a traceback."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"task_id": "a"\n')
    result = bcb("import", path, "--into", tmp_path / "tasks")
    assert result.exit_code == 2
    assert "rows.jsonl` line 1: broken JSON" in result.stderr
    assert "hint:" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "tasks").exists()


def test_flags_take_underscores(tmp_path: Path) -> None:
    """Help names every command and `_` is as good as `-`."""
    result = bcb("--help")
    assert result.exit_code == 0
    for command in ("import", "export", "list", "show"):
        assert command in result.stdout
    assert bcb("list", tmp_path, "--json").exit_code == 2


def test_help_needs_no_heavy_library() -> None:
    """Starting `bcb` loads neither the hub's client nor parquet."""
    heavy = ("huggingface_hub", "pyarrow", "httpx2", "textual", "openai")
    program = f"import sys; import bcb_authoring.cli; print([x for x in {heavy} if x in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
