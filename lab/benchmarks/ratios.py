"""Medians, and ratios that hold on a machine which is not always equally fast."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The median of some values, the least and the greatest."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """The spread of at least one value."""
    return Spread(statistics.median(values), min(values), max(values))


def ratio(values: Sequence[float], of: Sequence[float]) -> Spread:
    """The spread of the ratios of two contestants' values, each taken within one round.

    Two loads of a round run within seconds of each other, so what slows the machine for longer slows both.
    """
    return spread([one / other for one, other in zip(values, of, strict=True)])
