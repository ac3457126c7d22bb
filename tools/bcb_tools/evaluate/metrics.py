"""Pass@k with intervals, from counts of samples and passes; pure functions, no task and no file in sight.

Formulas: Pass@k is the unbiased estimator of Chen et al., "Evaluating Large Language Models Trained on Code",
2021 (arXiv 2107.03374), equation 1. The score interval for a proportion is Wilson's (Journal of the American
Statistical Association 22, 1927). The interval for Pass@k is Efron's percentile bootstrap over tasks: the
tasks are what was sampled, the answers to one task hang together.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bcb_tools.evaluate.resample import resampled_means

__all__ = [
    "DEFAULT_RESAMPLES",
    "Interval",
    "Method",
    "PassAtK",
    "Score",
    "TaskCount",
    "bootstrap_interval",
    "count_tasks",
    "only_tasks",
    "pass_at_k",
    "score",
    "too_few_samples",
    "wilson_interval",
]

DEFAULT_RESAMPLES = 2000
_Z_95 = 1.959963984540054


class Method(Enum):
    """How an interval was made."""

    BOOTSTRAP = "bootstrap over tasks"
    WILSON = "wilson"


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval for a rate.

    Args:
        low: Lower end, 0 to 1.
        high: Upper end, 0 to 1.
        method: How it was made.
        resamples: How many resamples a bootstrap drew; 0 for a formula.
    """

    low: float
    high: float
    method: Method
    resamples: int = 0


@dataclass(frozen=True)
class TaskCount:
    """What is known about one task.

    Args:
        task_id: The task.
        samples: Samples with a verdict, the n of Pass@k.
        passes: How many of them passed, the c of Pass@k.
        unjudged: Samples without a verdict because the machinery failed; counted nowhere else.
    """

    task_id: str
    samples: int
    passes: int
    unjudged: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.passes <= self.samples or self.unjudged < 0:
            raise ValueError(f"impossible counts: {self}")


@dataclass(frozen=True)
class PassAtK:
    """Pass@k over some tasks.

    Args:
        k: How many samples may be tried.
        value: Mean over the tasks that have at least k samples; None when no task has.
        interval: Its interval; None when there is no value.
        tasks: How many tasks the mean is over.
        too_few: The tasks that are not in it, because they have fewer than k samples.
    """

    k: int
    value: float | None
    interval: Interval | None
    tasks: int
    too_few: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """All numbers over one set of tasks.

    Args:
        tasks: How many tasks, the denominator.
        samples: How many samples with a verdict.
        passes: How many of them passed.
        unjudged: How many samples got no verdict because the machinery failed.
        samples_per_task: How many tasks have how many samples: `{1: 1140}` for one answer each.
        pass_at: One entry per k, in the order asked for.
    """

    tasks: int
    samples: int
    passes: int
    unjudged: int
    samples_per_task: Mapping[int, int]
    pass_at: tuple[PassAtK, ...]


def pass_at_k(samples: int, passes: int, k: int) -> float:
    """The chance that at least one of k samples, drawn without replacement, passes.

    `1 - C(n-c, k) / C(n, k)`, written as the product of `1 - k/i` for `i` from `n-c+1` to `n`, which neither
    overflows nor cancels for large n.

    Args:
        samples: n, at least k.
        passes: c, at most n.
        k: At least 1.

    Raises:
        ValueError: If the numbers are not such.
    """
    if not 1 <= k <= samples or not 0 <= passes <= samples:
        raise ValueError(f"pass@{k} is not defined for {passes} passes of {samples} samples")
    if samples - passes < k:
        return 1.0
    return 1.0 - math.prod(1.0 - k / i for i in range(samples - passes + 1, samples + 1))


def wilson_interval(passes: int, samples: int) -> Interval:
    """Wilson's 95 % score interval for a proportion; `[0, 1]` when there are no samples.

    Raises:
        ValueError: If there are more passes than samples, or fewer than none.
    """
    if not 0 <= passes <= samples:
        raise ValueError(f"{passes} passes of {samples} samples are impossible")
    if samples == 0:
        return Interval(0.0, 1.0, Method.WILSON)
    rate, z2 = passes / samples, _Z_95**2
    middle = rate + z2 / (2 * samples)
    spread = _Z_95 * math.sqrt(rate * (1 - rate) / samples + z2 / (4 * samples**2))
    scale = 1 + z2 / samples
    low = 0.0 if passes == 0 else (middle - spread) / scale
    high = 1.0 if passes == samples else (middle + spread) / scale
    return Interval(low, high, Method.WILSON)


def bootstrap_interval(
    values: Sequence[float], *, resamples: int = DEFAULT_RESAMPLES, seed: int = 0
) -> Interval:
    """The 95 % percentile interval of the mean of some values, by resampling them with replacement.

    Where every task passes always, or none ever, a bootstrap has nothing to vary and would claim certainty:
    there Wilson's interval over the number of tasks is given.

    Args:
        values: One value per task, 0 to 1, at least one.
        resamples: How many means are drawn.
        seed: Seed of the draws; the same seed gives the same interval.

    Raises:
        ValueError: If there are no values or no resamples.
    """
    if not values or resamples < 1:
        raise ValueError(f"a bootstrap needs values and resamples, not {len(values)} and {resamples}")
    if all(value in (0.0, 1.0) for value in values) and len(set(values)) == 1:
        return wilson_interval(round(sum(values)), len(values))
    means = sorted(resampled_means(values, resamples, random.Random(seed)))  # noqa: S311 - statistics
    tail = int(0.025 * resamples)
    return Interval(means[tail], means[-1 - tail], Method.BOOTSTRAP, resamples)


def count_tasks(verdicts: Iterable[tuple[str, bool | None]], expected: Iterable[str] = ()) -> list[TaskCount]:
    """Count verdicts per task, in the order in which the tasks first appear.

    Args:
        verdicts: Task and whether a sample passed; None when the machinery failed and nothing is known.
        expected: Tasks that are counted even when no verdict names them; they come first.
    """
    seen = {task_id: [0, 0, 0] for task_id in expected}
    for task_id, passed in verdicts:
        counts = seen.setdefault(task_id, [0, 0, 0])
        if passed is None:
            counts[2] += 1
        else:
            counts[0] += 1
            counts[1] += passed
    return [TaskCount(task_id, *counts) for task_id, counts in seen.items()]


def only_tasks(counts: Iterable[TaskCount], task_ids: Collection[str]) -> list[TaskCount]:
    """The counts of these tasks alone: the second denominator, where only valid ground truths count."""
    wanted = set(task_ids)
    return [count for count in counts if count.task_id in wanted]


def too_few_samples(counts: Iterable[TaskCount], k: int) -> tuple[str, ...]:
    """The tasks with fewer than k samples, for which Pass@k is not defined."""
    return tuple(count.task_id for count in counts if count.samples < k)


def score(
    counts: Sequence[TaskCount],
    ks: Iterable[int] = (1,),
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> Score:
    """Every number over a set of tasks; a task with too few samples for a k is named, never dropped silently.

    Args:
        counts: One entry per task; the tasks are the denominator.
        ks: The k of each Pass@k, each at least 1.
        resamples: Resamples of each bootstrap interval.
        seed: Seed of the bootstrap.

    Raises:
        ValueError: If a k is less than 1.
    """
    return Score(
        tasks=len(counts),
        samples=sum(count.samples for count in counts),
        passes=sum(count.passes for count in counts),
        unjudged=sum(count.unjudged for count in counts),
        samples_per_task=dict(sorted(Counter(count.samples for count in counts).items())),
        pass_at=tuple(_mean_pass_at_k(counts, k, resamples, seed) for k in ks),
    )


def _mean_pass_at_k(counts: Sequence[TaskCount], k: int, resamples: int, seed: int) -> PassAtK:
    if k < 1:
        raise ValueError(f"pass@{k} is not defined")
    values = [pass_at_k(count.samples, count.passes, k) for count in counts if count.samples >= k]
    too_few = too_few_samples(counts, k)
    if not values:
        return PassAtK(k, None, None, 0, too_few)
    interval = bootstrap_interval(values, resamples=resamples, seed=seed)
    return PassAtK(k, math.fsum(values) / len(values), interval, len(values), too_few)
