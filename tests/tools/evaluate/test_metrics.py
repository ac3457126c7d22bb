"""Pass@k and its intervals: known values, the definition itself, and what is never left out in silence."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcb_tools.evaluate.metrics import (
    Method,
    TaskCount,
    bootstrap_interval,
    count_tasks,
    only_tasks,
    pass_at_k,
    score,
    too_few_samples,
    wilson_interval,
)
from bcb_tools.evaluate.resample import binomial, resampled_means


@st.composite
def counts_and_k(draw: st.DrawFn, largest: int = 200) -> tuple[int, int, int]:
    samples = draw(st.integers(1, largest))
    return samples, draw(st.integers(0, samples)), draw(st.integers(1, samples))


@pytest.mark.parametrize(
    ("samples", "passes", "k", "expected"),
    [(1, 0, 1, 0.0), (1, 1, 1, 1.0), (5, 2, 1, 0.4), (5, 2, 3, 0.9), (10, 3, 5, 11 / 12), (4, 1, 4, 1.0)],
)
def test_known_values(samples: int, passes: int, k: int, expected: float) -> None:
    """Values that can be worked out by hand come out."""
    assert pass_at_k(samples, passes, k) == pytest.approx(expected, abs=1e-15)


@settings(deadline=None)
@given(counts_and_k(largest=9))
def test_it_is_the_share_of_draws_that_hold_a_pass(case: tuple[int, int, int]) -> None:
    """Pass@k equals what enumerating every draw of k samples gives."""
    samples, passes, k = case
    draws = list(combinations([True] * passes + [False] * (samples - passes), k))
    assert pass_at_k(samples, passes, k) == pytest.approx(sum(map(any, draws)) / len(draws))


@settings(deadline=None)
@given(counts_and_k())
def test_it_equals_the_binomial_formula_in_exact_arithmetic(case: tuple[int, int, int]) -> None:
    """The product form loses nothing against `1 - C(n-c, k) / C(n, k)` in fractions."""
    samples, passes, k = case
    exact = 1 - Fraction(math.comb(samples - passes, k), math.comb(samples, k))
    assert pass_at_k(samples, passes, k) == pytest.approx(float(exact), abs=1e-12)


@settings(deadline=None)
@given(counts_and_k())
def test_pass_at_1_is_the_pass_rate(case: tuple[int, int, int]) -> None:
    """With one try the estimator is the plain rate."""
    samples, passes, _ = case
    assert pass_at_k(samples, passes, 1) == pytest.approx(passes / samples)


@settings(deadline=None)
@given(counts_and_k())
def test_more_tries_never_hurt(case: tuple[int, int, int]) -> None:
    """Pass@k grows with k."""
    samples, passes, k = case
    assert k == samples or pass_at_k(samples, passes, k) <= pass_at_k(samples, passes, k + 1) + 1e-12


def test_huge_counts_neither_overflow_nor_cancel() -> None:
    """A hundred thousand samples give a finite value close to the limit for independent tries."""
    assert pass_at_k(100_000, 100, 1000) == pytest.approx(1 - 0.999**1000, rel=0.01)


@pytest.mark.parametrize(("samples", "passes", "k"), [(1, 0, 2), (1, 2, 1), (3, 1, 0), (3, -1, 1), (0, 0, 1)])
def test_impossible_numbers_are_refused(samples: int, passes: int, k: int) -> None:
    """Where Pass@k is not defined there is an error, not a number."""
    with pytest.raises(ValueError, match="not defined"):
        pass_at_k(samples, passes, k)


def test_wilson_reproduces_the_published_spot_check() -> None:
    """32 of 33 is 85 to 99 percent, not 97 plus or minus nothing."""
    interval = wilson_interval(32, 33)
    assert (round(interval.low, 2), round(interval.high, 2)) == (0.85, 0.99)


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 500))
def test_wilson_holds_the_rate_and_stays_within_0_and_1(passes: int, fails: int) -> None:
    """The interval is a part of [0, 1] around the rate, for no samples all of it."""
    interval = wilson_interval(passes, passes + fails)
    rate = passes / (passes + fails) if passes + fails else 0.5
    assert 0 <= interval.low <= rate <= interval.high <= 1


def test_the_bootstrap_is_reproducible_and_brackets_the_mean() -> None:
    """The same seed gives the same interval; its width is what theory gives for a proportion."""
    values = [1.0] * 400 + [0.0] * 600
    interval = bootstrap_interval(values, seed=7)
    assert interval == bootstrap_interval(values, seed=7)
    assert (interval.method, interval.resamples) == (Method.BOOTSTRAP, 2000)
    spread = 1.96 * math.sqrt(0.4 * 0.6 / 1000)
    assert interval.low == pytest.approx(0.4 - spread, abs=0.005)
    assert interval.high == pytest.approx(0.4 + spread, abs=0.005)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_all_or_none_does_not_claim_certainty(value: float) -> None:
    """Where every task has the same verdict the interval still has a width."""
    interval = bootstrap_interval([value] * 20)
    assert interval.method is Method.WILSON
    assert interval.high - interval.low == pytest.approx(0.161, abs=0.001)


def test_both_ways_of_resampling_agree() -> None:
    """Counting distinct values and drawing every value give means with the same centre and spread."""
    rng = random.Random(3)
    few = [rng.randrange(11) / 10 for _ in range(300)]
    many = [value + index * 1e-9 for index, value in enumerate(few)]
    for values in (few, many):
        means = resampled_means(values, 2000, random.Random(5))
        mean = sum(values) / len(values)
        sd = math.sqrt(sum((value - mean) ** 2 for value in values) / len(values) / len(values))
        assert sum(means) / len(means) == pytest.approx(mean, abs=4 * sd / math.sqrt(2000))
        assert math.sqrt(sum((m - mean) ** 2 for m in means) / len(means)) == pytest.approx(sd, rel=0.08)


def test_binomial_draws_have_the_right_mean_and_variance() -> None:
    """The bitwise draw follows the binomial distribution, and certainty is certain."""
    rng = random.Random(1)
    draws = [binomial(30, 2, 7, rng) for _ in range(20_000)]
    mean = sum(draws) / len(draws)
    assert mean == pytest.approx(30 * 2 / 7, abs=0.08)
    assert sum((d - mean) ** 2 for d in draws) / len(draws) == pytest.approx(30 * 2 / 7 * 5 / 7, rel=0.05)
    assert binomial(9, 4, 4, rng) == 9
    assert binomial(9, 0, 4, rng) == 0


def test_verdicts_are_counted_per_task_and_the_machinery_is_not_the_model() -> None:
    """A sample without a verdict is neither a pass nor a failure, and a task without samples still counts."""
    verdicts = [("a", True), ("b", None), ("a", False)]
    assert count_tasks(verdicts, expected=["c"]) == [
        TaskCount("c", 0, 0),
        TaskCount("a", 2, 1),
        TaskCount("b", 0, 0, unjudged=1),
    ]


def test_a_score_names_the_tasks_that_lack_samples() -> None:
    """Pass@k says over how many tasks it is a mean and which tasks are not in it."""
    counts = [TaskCount("a", 5, 5), TaskCount("b", 5, 0), TaskCount("c", 2, 1)]
    result = score(counts, (1, 5, 10))
    assert (result.tasks, result.samples, result.passes) == (3, 12, 6)
    assert result.samples_per_task == {2: 1, 5: 2}
    one, five, ten = result.pass_at
    assert one.value == pytest.approx(0.5)
    assert one.too_few == ()
    assert (five.value, five.tasks, five.too_few) == (0.5, 2, ("c",))
    assert (ten.value, ten.interval, ten.tasks) == (None, None, 0)
    assert too_few_samples(counts, 3) == ("c",)


def test_the_second_denominator_is_a_selection_of_tasks() -> None:
    """Leaving out tasks with a broken ground truth changes the denominator, not the counts."""
    counts = [TaskCount("a", 1, 1), TaskCount("b", 1, 0)]
    assert score(only_tasks(counts, {"a"})).pass_at[0].value == 1.0
    assert score([]).pass_at[0].value is None


def test_impossible_input_is_refused() -> None:
    """More passes than samples, a k of nothing and a bootstrap of nothing are errors."""
    with pytest.raises(ValueError, match="impossible"):
        TaskCount("a", 1, 2)
    with pytest.raises(ValueError, match="impossible"):
        wilson_interval(2, 1)
    with pytest.raises(ValueError, match="not defined"):
        score([TaskCount("a", 1, 1)], (0,))
    with pytest.raises(ValueError, match="resamples"):
        bootstrap_interval([])
