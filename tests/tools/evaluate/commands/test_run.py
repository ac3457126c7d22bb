"""`bcb-eval run` from a file of answers to a score, on small tasks and on the shipped ones."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.made_tasks import SOLUTION
from support.scoring import (
    BY_HAND,
    COMMAND,
    LAZY,
    RIGHT,
    ROOT,
    TASKS,
    WRONG,
    Workspace,
    clean_environment,
    shipped_environment,
)

OUTCOMES = {
    "reconcile-ledgers": "fail",
    "find-meeting-slots": "timeout",
    "audit-page-links": "import_error",
    "plot-confusion-heatmap": "missing_entry_point",
    "plot-project-gantt": "syntax_error",
    "estimate-half-life": "crash",
}
LAZY_TASK = "parse-nginx-log"
NUMBER = int | float


@pytest.fixture(scope="session")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The shipped answers by hand, scored once in both modes by the command itself."""
    folder = tmp_path_factory.mktemp("by-hand")
    words = ["run", "--tasks", TASKS, "--samples", BY_HAND, "--out", folder, "--both", "--json"]
    words += ["--python", shipped_environment().interpreter.prefix, "--min-time-limit", "3"]
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def verdicts(path: str | Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of a verdict file of upstream's shape, by task."""
    document = json.loads(Path(path).read_text())
    assert list(document) == ["date", "eval"]
    found = document["eval"]
    assert isinstance(found, dict)
    return found


def test_answers_by_hand_end_as_the_demo_says(by_hand: dict[str, Any]) -> None:
    """Each way to end that the demo's README lists is the outcome of its task, and the others pass."""
    record = Path(by_hand["files"]["record"]).read_text().splitlines()[1:]
    entries = [json.loads(line) for line in record]
    found = {
        entry["task_id"].removeprefix("bcb/"): entry["report"]["outcome"]
        for entry in entries
        if entry["mode"] == "calibrated"
    }
    assert {slug: outcome for slug, outcome in found.items() if outcome != "pass"} == OUTCOMES
    assert len(found) == 16


def test_json_is_what_programs_were_promised(by_hand: dict[str, Any]) -> None:
    """One object on stdout has the score, its interval, both denominators, outcomes, time and files."""
    assert by_hand["pass@1"] == 10 / 16
    low, high = by_hand["pass@1_ci95"]
    assert 0 <= low < 10 / 16 < high <= 1
    assert (by_hand["tasks"], by_hand["samples"]) == (16, 16)
    assert by_hand["outcomes"] == {"pass": 10, **dict.fromkeys(sorted(OUTCOMES.values()), 1)}
    assert by_hand["valid_ground_truth"] == {"tasks": 16, "pass@1": 10 / 16}
    assert isinstance(by_hand["seconds"], NUMBER)
    assert isinstance(by_hand["overhead_ms_median"], NUMBER)
    assert set(by_hand["files"]) >= {"record", "summary", "eval_results", "pass_at_k"}
    assert all(Path(path).is_file() for path in by_hand["files"].values())


def test_both_scores_come_from_one_run(by_hand: dict[str, Any]) -> None:
    """The original score stands beside the calibrated one and lacks just the answer without imports."""
    original = by_hand["original"]
    assert (original["pass@1"], by_hand["mode"]) == (9 / 16, "calibrated")
    calibrated_rows = verdicts(by_hand["files"]["eval_results"])
    original_rows = verdicts(by_hand["files"]["eval_results_original"])
    changed = [
        task_id
        for task_id, rows in original_rows.items()
        if rows[0]["status"] != calibrated_rows[task_id][0]["status"]
    ]
    assert changed == [f"bcb/{LAZY_TASK}"]


def test_verdict_file_has_upstreams_shape(by_hand: dict[str, Any]) -> None:
    """Each task has a list of rows: task, program, one of three statuses, tracebacks by name of test."""
    rows = verdicts(by_hand["files"]["eval_results"])
    assert list(rows) == sorted(rows)
    for task_id, (row,) in rows.items():
        assert list(row) == ["task_id", "solution", "status", "details"]
        assert row["task_id"] == task_id
        assert row["status"] in {"pass", "fail", "timeout"}
        assert bool(row["details"]) == (row["status"] != "pass")
    assert rows["bcb/find-meeting-slots"][0]["status"] == "timeout"
    details = rows["bcb/reconcile-ledgers"][0]["details"]
    assert all(name.startswith("test_") for name in details)
    assert all("Traceback" in text for text in details.values())


def test_score_file_has_upstreams_shape(by_hand: dict[str, Any]) -> None:
    """Scores stand with model, split, subset, calibration and what is known of the ground truth."""
    assert json.loads(Path(by_hand["files"]["pass_at_k"]).read_text()) == {
        "pass@1": 10 / 16,
        "model": "by-hand--main",
        "split": "complete",
        "subset": "full",
        "calibrated": True,
        "gt_pass_rate": 1.0,
        "failed_tasks": [],
    }
    original = json.loads(Path(by_hand["files"]["pass_at_k_original"]).read_text())
    assert (original["pass@1"], original["calibrated"]) == (9 / 16, False)


def test_summary_says_where_it_comes_from(by_hand: dict[str, Any]) -> None:
    """The summary names tool, dataset, environment with its packages, policy, isolation and seed."""
    provenance = json.loads(Path(by_hand["files"]["summary"]).read_text())["provenance"]
    environment = shipped_environment()
    assert provenance["tool"]
    assert len(provenance["dataset"]["digest"]) == 64
    assert provenance["dataset"]["tasks"] == 16
    assert provenance["environment"]["digest"] == environment.digest
    assert provenance["environment"]["packages"]["numpy"]
    assert provenance["policy"]["floor_s"] == 3
    assert provenance["policy"]["limits"]["memory_mib"] > 0
    assert (provenance["seed"], provenance["tier"]) == (0, "namespaces")
    assert len(provenance["samples"]["digest"]) == 64
    assert provenance["date"]


def test_calibration_helps_a_lazy_answer(workspace: Workspace) -> None:
    """An answer without the prompt's imports passes calibrated, fails as answered, and `--both` says so."""
    samples = workspace.answers(LAZY)
    assert workspace.score(samples)["pass@1"] == 1
    assert workspace.score(samples, "--original", "--overwrite")["pass@1"] == 0
    assert workspace.score(samples, "--mode", "original", "--overwrite")["mode"] == "original"
    shown = workspace.run(samples, "--both", "--overwrite")
    assert "calibration changes pass@1 by +1.000" in shown.stdout


def test_several_samples_a_task(workspace: Workspace) -> None:
    """Pass@k is the unbiased estimate from n samples of each task, and n is told."""
    samples = workspace.answers(RIGHT, WRONG, WRONG, other_words=[WRONG] * 3)
    found = workspace.score(samples, "--pass-k", "1,2", "--allow-duplicates")
    assert found["pass@1"] == pytest.approx(1 / 6)
    assert found["pass@2"] == pytest.approx(1 / 3)
    assert (found["tasks"], found["samples"], found["samples_per_task"]) == (2, 6, {"3": 2})
    same = workspace.score(samples, "--pass_k", "1,2", "--allow_duplicates", "--overwrite")
    assert same["pass@2"] == found["pass@2"]


def test_pass_at_1_is_always_told(workspace: Workspace) -> None:
    """Asking for another k does not take Pass@1 away."""
    found = workspace.score(workspace.answers(RIGHT, WRONG), "--pass-k", "2")
    assert (found["pass@1"], found["pass@2"]) == (0.5, 1.0)


def test_completions_stand_behind_the_prompt(workspace: Workspace) -> None:
    """A `completion` is run as the rest of the Complete prompt."""
    body = SOLUTION.rpartition('"""\n')[2]
    row = {"task_id": "made/count-words", "completion": body}
    assert workspace.score(workspace.write(json.dumps(row) + "\n"))["pass@1"] == 1


def test_samples_come_in_every_shape(workspace: Workspace) -> None:
    """A gzipped file, a folder of programs and another run's verdicts give the same score."""
    samples = workspace.answers(RIGHT, WRONG, other_words=[RIGHT, RIGHT])
    plain = workspace.score(samples, "--allow-duplicates")
    packed = workspace.write(gzip.compress(samples.read_bytes()), name="packed.jsonl.gz")
    folder = workspace.folder / "programs"
    for slug, texts in (("count-words", (RIGHT, WRONG)), ("other-words", (RIGHT, RIGHT))):
        (folder / f"made_{slug}").mkdir(parents=True)
        for number, text in enumerate(texts):
            (folder / f"made_{slug}" / f"{number}.py").write_text(text)
    results = workspace.folder / "out" / "answers_eval_results.json"
    for source in (packed, folder, results):
        found = workspace.score(source, "--allow-duplicates", "--original")
        assert (found["pass@1"], found["samples"]) == (plain["pass@1"], plain["samples"])


def test_parts_of_a_corpus(workspace: Workspace) -> None:
    """Globs, ranges, files of ids and the failures of an earlier run choose tasks; samples of others wait."""
    samples = workspace.answers(WRONG, other_words=[RIGHT], more_words=[WRONG])
    whole = workspace.score(samples)
    listed = workspace.write('["made/other-words"]', name="ids.json")
    wanted = {
        ("--task", "other*,more*"): 2,
        ("--selective_evaluate", "made/other-words"): 1,
        ("--subset", str(listed)): 1,
        ("--failed", whole["files"]["eval_results"]): 2,
        ("--failed", whole["files"]["eval_results"], "--task", "more-words"): 1,
    }
    for place, (words, tasks) in enumerate(wanted.items()):
        found = workspace.score(samples, *words, "--out", workspace.folder / f"part{place}")
        assert found["tasks"] == tasks, words


def test_an_answer_as_the_model_said_it(workspace: Workspace) -> None:
    """Prose and fences are taken off unless that is declined; `raw_solution` is chosen by name."""
    said = f"Sure, here it is:\n\n```python\n{RIGHT}```\n\nHope that helps!"
    row = {"task_id": "made/count-words", "solution": WRONG, "raw_solution": said}
    samples = workspace.write(json.dumps(row) + "\n")
    assert workspace.score(samples)["pass@1"] == 0
    found = workspace.score(samples, "--answer", "raw_solution", "--overwrite")
    assert found["pass@1"] == 1
    found = workspace.score(samples, "--answer", "raw_solution", "--no-sanitize", "--overwrite")
    assert found["outcomes"] == {"syntax_error": 1}


def test_upstreams_limits(workspace: Workspace) -> None:
    """`--policy upstream` runs under the original harness's limits, and says so."""
    found = workspace.score(workspace.answers(RIGHT), "--policy", "upstream")
    policy = json.loads(Path(found["files"]["summary"]).read_text())["provenance"]["policy"]
    assert (policy["name"], policy["floor_s"], policy["limits"]["memory_mib"]) == ("upstream", 241, 30720)


def test_split_and_subset_stand_in_the_score_file(workspace: Workspace) -> None:
    """The split is what was said, or what the file's name says."""
    told = workspace.score(workspace.answers(RIGHT), "--split", "instruct")
    assert json.loads(Path(told["files"]["pass_at_k"]).read_text())["split"] == "instruct"
    named = workspace.answers(RIGHT, name="m--main--bigcodebench-instruct--vllm-0-1.jsonl")
    found = json.loads(Path(workspace.score(named)["files"]["pass_at_k"]).read_text())
    assert (found["split"], found["model"]) == ("instruct", "m--main")


def test_invalid_ground_truth_has_a_denominator_of_its_own(workspace: Workspace) -> None:
    """A task whose reference fails here stays in one score, is left out of the other, and is named."""
    broken = workspace.tasks / "more-words" / "solution.py"
    broken.write_text(broken.read_text().replace("most_common(limit)", "most_common(1)"))
    samples = workspace.answers(RIGHT, more_words=[WRONG])
    found = workspace.score(samples)
    assert (found["pass@1"], found["valid_ground_truth"]) == (0.5, {"tasks": 1, "pass@1": 1.0})
    scores = json.loads(Path(found["files"]["pass_at_k"]).read_text())
    assert (scores["gt_pass_rate"], scores["failed_tasks"]) == (0.5, ["made/more-words"])
    unchecked = workspace.score(samples, "--no-gt", "--overwrite")
    assert unchecked["valid_ground_truth"] is None


def test_tasks_without_an_answer_are_told(workspace: Workspace) -> None:
    """Chosen tasks that nobody answered are not counted, and that is said."""
    result = workspace.run(workspace.answers(RIGHT))
    assert "2 chosen tasks have no sample and are not counted" in result.stderr
    assert "pass@1 calibrated   1.000" in result.stdout


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}])
def test_no_colour_where_nobody_asked(workspace: Workspace, variables: dict[str, str]) -> None:
    """Without a terminal, and with NO_COLOR, neither stream has control sequences or a progress bar."""
    done = subprocess.run(
        [*COMMAND, *workspace.words(workspace.answers(RIGHT))],
        cwd=workspace.folder,
        env=clean_environment(**variables),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b" not in done.stdout + done.stderr
    assert "answers" not in done.stderr.splitlines()[0]


def test_next_commands_can_be_copied(workspace: Workspace) -> None:
    """The commands that are offered repeat what was given, quoted, and run as they stand."""
    samples = workspace.answers(WRONG, other_words=[RIGHT], name="two words.jsonl")
    result = workspace.run(samples, "--pass_k", "1", "--no-sanitize")
    both, failed = [line.strip() for line in result.stderr.splitlines() if line.startswith("  bcb-eval run")]
    assert both.endswith(" --both --overwrite")
    for command, tasks in ((both, 2), (failed, 1)):
        assert f"'{samples}'" in command
        assert "--no-sanitize" in command
        assert "--python" in command
        script = command.replace("bcb-eval", "bcb_eval", 1) + " --json"
        define = f'bcb_eval() {{ "{COMMAND[0]}" -c "{COMMAND[2]}" "$@"; }}; '
        done = subprocess.run(
            ["bash", "-c", define + script],
            cwd=workspace.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout)["tasks"] == tasks
    assert "next:" not in workspace.run(workspace.answers(RIGHT), "--both").stderr


def test_demo_uses_the_shipped_files() -> None:
    """`make demo` scores the same answers as these tests."""
    assert str(BY_HAND.relative_to(ROOT)) in (ROOT / "Makefile").read_text()
