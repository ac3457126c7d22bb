"""Resampling with replacement, fast in plain Python.

A resample is known by how often each distinct value is in it: a multinomial draw, that is, one binomial draw
per distinct value. A binomial draw with a rational probability needs about log2(n) calls of `getrandbits`:
every trial compares a uniform number with the probability bit by bit, all trials at once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

__all__ = ["binomial", "resampled_means"]

_FEW = 48
"""Up to so many distinct values a multinomial draw is faster than drawing every value."""


def binomial(trials: int, successes: int, total: int, rng: random.Random) -> int:
    """How many of some trials succeed when each does with probability `successes / total`, exactly.

    A trial succeeds when a uniform number is below the probability. Both are read from the first binary digit
    on; a trial is decided at the first digit where they differ, so half of the open trials are at each digit.
    """
    if successes >= total:
        return trials
    count, remainder = 0, successes
    while trials and remainder:
        remainder *= 2
        ones = rng.getrandbits(trials).bit_count()
        if remainder >= total:
            remainder -= total
            count += trials - ones
            trials = ones
        else:
            trials -= ones
    return count


def resampled_means(values: Sequence[float], resamples: int, rng: random.Random) -> list[float]:
    """The means of some resamples of the values, each as large as the values are many."""
    size = len(values)
    distinct = Counter(values)
    if len(distinct) > _FEW:
        return [sum(rng.choices(values, k=size)) / size for _ in range(resamples)]
    weights = list(distinct.items())
    return [_multinomial_sum(weights, size, rng) / size for _ in range(resamples)]


def _multinomial_sum(weights: list[tuple[float, int]], size: int, rng: random.Random) -> float:
    left, mass, result = size, size, 0.0
    for value, weight in weights:
        drawn = binomial(left, weight, mass, rng)
        result += value * drawn
        left -= drawn
        mass -= weight
    return result
