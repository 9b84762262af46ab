"""Intervals of single proportions, and the quantiles of a level in percent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri

from review.effects.columns import refuse_impossible
from review.effects.measures import Array
from review.errors import WrongUse

#: Levels are in percent; below this, 0.95 for 95 is the likelier meaning (our convention, as in the tables).
LOWEST_LEVEL = 50.0


def wilson_interval(events: ArrayLike, n: ArrayLike, level: float = 95) -> tuple[Array, Array]:
    """Lower and upper limits of Wilson's score interval for proportions, without continuity correction.

    Parameters
    ----------
    events, n : array_like, shape (k,)
        How many had the event, of how many.
    level : float
        Level in percent.

    Returns
    -------
    tuple of ndarray, shape (k,)
        Limits between 0 and 1; exactly 0 without an event and 1 with events only.

    Raises
    ------
    InvalidInput
        If a count is impossible.
    WrongUse
        If the level is no percentage.

    References
    ----------
    wilson1927 (docs/methods.bib); checked against R's prop.test, tests/reference/metafor.json.
    """
    x, size = _proportions(events, n)
    z = normal_quantile(level)
    centre = (x + z**2 / 2) / (size + z**2)
    half = z / (size + z**2) * np.sqrt(x * (size - x) / size + z**2 / 4)
    return np.where(x == 0, 0.0, np.maximum(centre - half, 0)), np.where(x == size, 1.0, np.minimum(centre + half, 1))


def exact_interval(events: ArrayLike, n: ArrayLike, level: float = 95) -> tuple[Array, Array]:
    """Lower and upper limits of the exact (Clopper-Pearson) interval for proportions.

    Parameters, returns and errors are those of `wilson_interval`.

    References
    ----------
    Quantiles of beta distributions; checked against R's binom.test, tests/reference/metafor.json.
    """
    x, size = _proportions(events, n)
    tail = (100 - check_level(level)) / 200
    # The end that has no quantile is given below; 1 only keeps its place.
    low = betaincinv(np.where(x > 0, x, 1), size - x + 1, tail)
    high = betaincinv(x + 1, np.where(x < size, size - x, 1), 1 - tail)
    return np.where(x == 0, 0.0, low), np.where(x == size, 1.0, high)


def exact_upper_limit(n: ArrayLike, level: float = 95) -> Array:
    """One-sided exact upper limits of the risk where none of `n` had the event; about 3 / n at 95 %.

    Parameters
    ----------
    n : array_like, shape (k,)
        How many were followed up.
    level : float
        One-sided level in percent.

    Returns
    -------
    ndarray, shape (k,)
        1 - (1 - level / 100)^(1 / n).

    Raises
    ------
    InvalidInput
        If a size is not positive.

    References
    ----------
    hanley1983 (docs/methods.bib).
    """
    _, size = _proportions(np.zeros(np.shape(n)), n)
    limits: Array = -np.expm1(np.log1p(-check_level(level) / 100) / size)
    return limits


def check_level(level: float) -> float:
    """The level of an interval in percent; raises WrongUse if it is none, such as 0.95."""
    if not LOWEST_LEVEL <= level < 100:  # noqa: PLR2004 - percent
        raise WrongUse(f"level {level} is no level of an interval in percent: give one such as 95")
    return level


def normal_quantile(level: float) -> float:
    """The two-sided standard normal quantile of a level in percent: 1.96 for 95."""
    return float(-ndtri((100 - check_level(level)) / 200))


def _proportions(events: ArrayLike, n: ArrayLike) -> tuple[Array, Array]:
    x, size = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(n, dtype=np.float64))
    refuse_impossible({"events": np.atleast_1d(x), "n": np.atleast_1d(size)})
    return x, size
