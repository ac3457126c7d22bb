"""From a task and an answer to the program that is run."""

from __future__ import annotations

from bcb_tools.evaluate.programs import Mode, Subject, answer_text, subjects_of
from bcb_tools.evaluate.samples import Sample
from bcb_tools.sandbox import Network, policy_named
from bcb_tools.task import Limits, Task
from support.made_tasks import SOLUTION, made_task

POLICY = policy_named("default")


def subject(**changes: object) -> Subject:
    return Subject(made_task(**changes), POLICY)


def sample(text: str, *, is_completion: bool = False) -> Sample:
    return Sample("made/count-words", 0, text, is_completion, None, "here")


def test_everything_a_run_needs() -> None:
    """Tests, entry point, imports, limits and data come from the task, the rest from the policy."""
    task: Task = made_task(
        data={"a/b.txt": b"x"},
        limits=Limits(wall_s=3, cpu_s=2, memory_mib=64),
        network=Network.NONE,
    )
    program = Subject(task, POLICY).program("key", "source", None)
    assert program.expected == ("TestCases.test_counts", "TestCases.test_not_json")
    assert (program.key, program.solution, program.entry_point) == ("key", "source", "task_func")
    assert program.imports >= {"json", "collections"}
    assert (program.time_limit_s, program.cpu_limit_s) == (3, 2)
    assert program.limits is not None
    assert (program.limits.memory_mib, program.limits.processes) == (64, POLICY.limits.processes)
    assert program.network is Network.NONE
    assert dict(program.files) == {"data/a/b.txt": b"x"}


def test_time_limit_follows_the_ground_truth() -> None:
    """Without a limit of the task's own, the policy makes one from what the ground truth took."""
    assert subject().program("k", "", None).time_limit_s == 10
    assert subject().program("k", "", 2.5).time_limit_s == 25


def test_modes() -> None:
    """The original program is the answer, the calibrated one has the stub in front."""
    answer = "def task_func(text, limit=LIMIT):\n    return []\n"
    assert subject().source(answer, Mode.ORIGINAL) == answer
    calibrated = subject().source(answer, Mode.CALIBRATED)
    assert calibrated.startswith("import json\nfrom collections import Counter\n")
    assert calibrated.endswith(answer)


def test_answers_become_self_contained() -> None:
    """A completion gets its prompt, prose is taken off, and unsanitised an answer stays as it is."""
    task = made_task()
    body = SOLUTION.rpartition('"""\n')[2]
    whole = answer_text(sample(body, is_completion=True), task, sanitized=False)
    assert whole == task.complete_prompt + body
    compile(answer_text(sample(body, is_completion=True), task, sanitized=True), "x", "exec")
    said = f"Here:\n```python\n{SOLUTION}```\n"
    assert answer_text(sample(said), task, sanitized=False) == said
    assert answer_text(sample(said), task, sanitized=True).strip() == SOLUTION.strip()


def test_subjects_by_id() -> None:
    """One subject a task, found by its id."""
    assert list(subjects_of([made_task()], POLICY)) == ["made/count-words"]
