"""Score samples: from a corpus and a file of answers to a complete record of verdicts.

This is the one place where reading, sanitising, running and recording meet. It computes no score: that is
`summary`, from the record alone, so that a run that was resumed and one that was not give the same numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bcb_tools.corpus import Corpus
from bcb_tools.environment import TaskEnvironment
from bcb_tools.errors import EnvironmentMissing, InputError, UsageError
from bcb_tools.evaluate.cache import Cache
from bcb_tools.evaluate.journal import Entry, Journal, RunKey, read_entries, report_json
from bcb_tools.evaluate.programs import Mode, Subject, answer_text, subjects_of
from bcb_tools.evaluate.reference import Reference, measure_references
from bcb_tools.evaluate.samples import Field, Sample, Survey, read_samples, survey_samples
from bcb_tools.evaluate.warm import warm_sandbox
from bcb_tools.progress import Tick, progress_bar
from bcb_tools.provenance import Provenance
from bcb_tools.sandbox import Outcome, Program, Sandbox

__all__ = ["Evaluation", "Outline", "outline_run", "require_libraries"]

_SLOW_S = 3.0


@dataclass(frozen=True)
class Evaluation:
    """What is to be scored, and how.

    Attributes:
        corpus: The whole corpus: a sample of a task that is not in it is an error.
        chosen: The part that this run is about.
        samples: Where the answers are.
        provenance: Environment, policy and the rest.
        modes: Which programs are made of each answer.
        answer: Which field of a row is the answer.
        sanitized: Whether answers are sanitised first.
        check_references: Whether the ground truths are run, for time limits and the second denominator.
        allow_duplicates: Whether repeated rows are answers of their own.
        parallel: How many programs run at the same time.
        cache: What earlier runs learned.
    """

    corpus: Corpus
    chosen: Corpus
    samples: Path
    provenance: Provenance
    modes: tuple[Mode, ...]
    answer: Field
    sanitized: bool
    check_references: bool
    allow_duplicates: bool
    parallel: int
    cache: Cache

    @property
    def environment(self) -> TaskEnvironment:
        """What the tasks run in."""
        return self.provenance.environment


@dataclass(frozen=True)
class Outline:
    """What a run consists of, known after reading everything once and before anything runs.

    Attributes:
        evaluation: What was asked for.
        survey: What the samples hold.
        subjects: The tasks that have samples, by id.
        unanswered: Chosen tasks without a sample.
        settings: What must be equal for a record to be taken up again.
    """

    evaluation: Evaluation
    survey: Survey
    subjects: Mapping[str, Subject]
    unanswered: tuple[str, ...]
    settings: dict[str, Any] = field(repr=False)

    @property
    def runs(self) -> int:
        """How many verdicts the whole run has."""
        samples = sum(self.survey.per_task[task_id] for task_id in self.subjects)
        return samples * len(self.evaluation.modes)

    def execute(self, journal: Journal) -> dict[str, Reference]:
        """Run what the record lacks and add it.

        Returns:
            The references by task; empty when they were not asked for.

        Raises:
            SandboxUnavailable: This machine refuses the isolation.
            SandboxBroken: The sandbox died and cannot be restarted.
            OutputError: The record cannot be written.
        """
        evaluation = self.evaluation
        done = _recorded(journal.path)
        with warm_sandbox(
            self.subjects, evaluation.provenance, evaluation.cache, evaluation.parallel
        ) as sandbox:
            references = self._references(sandbox)
            with progress_bar("answers", self.runs) as tick:
                self._answers(sandbox, references, done, journal, tick)
        return references

    def _references(self, sandbox: Sandbox) -> dict[str, Reference]:
        if not self.evaluation.check_references:
            return {}
        with progress_bar("ground truth", len(self.subjects)) as tick:
            return measure_references(
                sandbox,
                self.subjects,
                self.evaluation.provenance.policy,
                self.evaluation.environment.digest,
                self.evaluation.cache,
                tick,
                remembered=True,
            )

    def _answers(
        self,
        sandbox: Sandbox,
        references: Mapping[str, Reference],
        done: dict[RunKey, str],
        journal: Journal,
        tick: Tick,
    ) -> None:
        waiting: dict[str, Entry] = {}
        passed = 0
        for program, report in sandbox.run(self._programs(references, done, waiting, tick)):
            pending = waiting.pop(program.key)
            journal.append(replace(pending, report=report_json(report)))
            passed += report.outcome is Outcome.PASS
            tick(f"{passed} passed")

    def _programs(
        self,
        references: Mapping[str, Reference],
        done: dict[RunKey, str],
        waiting: dict[str, Entry],
        tick: Tick,
    ) -> Iterator[Program]:
        """The programs that the record lacks; each is noted in ``waiting`` until its report comes."""
        for sample in self._slow_first(references):
            subject = self.subjects[sample.task_id]
            answer = answer_text(sample, subject.task, sanitized=self.evaluation.sanitized)
            for mode in self.evaluation.modes:
                source = subject.source(answer, mode)
                program_digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
                if done.get((sample.task_id, sample.index, mode)) == program_digest:
                    tick()
                    continue
                key = f"{sample.task_id}#{sample.index}#{mode}"
                waiting[key] = Entry(sample.task_id, sample.index, mode, program_digest, source, {})
                yield subject.program(key, source, _seconds(references.get(sample.task_id)))

    def _slow_first(self, references: Mapping[str, Reference]) -> Iterator[Sample]:
        """The samples of chosen tasks, those of slow tasks first, so that nothing waits for them."""
        slow = {task_id for task_id in self.subjects if (_seconds(references.get(task_id)) or 0.0) > _SLOW_S}
        rounds = (slow, self.subjects.keys() - slow) if slow else (self.subjects.keys(),)
        for wanted in rounds:
            for sample in read_samples(self.evaluation.samples, answer=self.evaluation.answer):
                if sample.task_id in wanted:
                    yield sample


def _seconds(reference: Reference | None) -> float | None:
    return reference.seconds if reference is not None and reference.valid else None


def _recorded(path: Path) -> dict[RunKey, str]:
    """The digest of each program that has a verdict; where the sandbox had failed, it is run again."""
    return {
        entry.key: entry.program_digest
        for _, entry in read_entries(path)
        if entry.outcome is not Outcome.INFRASTRUCTURE_ERROR
    }


def outline_run(evaluation: Evaluation, ks: tuple[int, ...], *, allow_missing: bool) -> Outline:
    """Read everything once, and refuse what cannot be scored.

    Args:
        evaluation: What is to be scored.
        ks: The k that were asked for by name; a task with fewer samples is an error.
        allow_missing: Whether libraries that the environment lacks are accepted.

    Raises:
        InputError: A sample is damaged, repeated or of no known task, or there are too few.
        EnvironmentMissing: The environment lacks a library.
        UsageError: No chosen task has a sample.
    """
    survey = survey_samples(evaluation.samples, answer=evaluation.answer)
    if not evaluation.allow_duplicates:
        survey.refuse_duplicates(evaluation.samples)
    _refuse_unknown(evaluation, survey)
    answered = {
        task_id: task for task_id, task in evaluation.chosen.tasks.items() if task_id in survey.per_task
    }
    if not answered:
        raise UsageError(f"`{evaluation.samples}` holds no answer to any of the chosen tasks")
    for k in ks:
        _refuse_too_few(evaluation, survey, answered, k)
    subjects = subjects_of(answered.values(), evaluation.provenance.policy)
    if not allow_missing:
        require_libraries(subjects, evaluation.environment)
    settings = {
        **evaluation.provenance.settings(),
        "samples": {
            "name": evaluation.samples.name,
            "digest": survey.digest,
            "count": survey.samples,
        },
        "modes": [mode.value for mode in evaluation.modes],
        "answer": evaluation.answer.value,
        "sanitized": evaluation.sanitized,
        "references": evaluation.check_references,
    }
    unanswered = tuple(task_id for task_id in evaluation.chosen.tasks if task_id not in survey.per_task)
    return Outline(evaluation, survey, subjects, unanswered, settings)


def _refuse_unknown(evaluation: Evaluation, survey: Survey) -> None:
    unknown = [task_id for task_id in survey.per_task if task_id not in evaluation.corpus.tasks]
    if unknown:
        more = f", and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise InputError(
            f"no such task in `{evaluation.corpus.source}`{more}",
            path=evaluation.samples,
            task_id=unknown[0],
            hint=f"run `bcb list {evaluation.corpus.source}` to see every task; check that the samples "
            "belong to this dataset",
        )


def _refuse_too_few(evaluation: Evaluation, survey: Survey, answered: Mapping[str, object], k: int) -> None:
    short = [task_id for task_id in answered if survey.per_task[task_id] < k]
    if short:
        raise InputError(
            f"{survey.per_task[short[0]]} samples, pass@{k} needs {k} ({len(short)} tasks have too few)",
            path=evaluation.samples,
            task_id=short[0],
            hint="ask for a smaller k with `--pass-k`",
        )


def require_libraries(subjects: Mapping[str, Subject], environment: TaskEnvironment) -> None:
    """Check that the environment has what the tasks import.

    Raises:
        EnvironmentMissing: It has not; names the libraries and a task that needs each.
    """
    users: dict[str, str] = {}
    for task_id, subject in subjects.items():
        for name in subject.task.imports:
            users.setdefault(name.partition(".")[0], task_id)
    standard = environment.interpreter.standard
    missing = environment.missing(name for name in users if name not in standard)
    if missing:
        listed = ", ".join(f"`{name}` (`{users[name]}`)" for name in missing[:10])
        more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""  # noqa: PLR2004 - as above
        raise EnvironmentMissing(
            f"the task environment `{environment.interpreter.prefix}` lacks {listed}{more}",
            hint="run `bcb env check` to see all, `bcb env sync --lock FILE` to make one that has them, or "
            "go on without them: `--allow-missing-libraries`",
        )
