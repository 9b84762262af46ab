"""Arms made of others: two combined, one shared out, two sides of the same people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from review.conversions.derived import (
    Derived,
    DerivedCounts,
    DerivedMeans,
    counts_of,
    derived,
    numbers_of,
    positive_numbers,
    refuse,
)
from review.effects import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairedDifference:
    """Spread of the differences between two sides of the same people, and the standard error of their mean."""

    sd: Derived
    se: Derived


def combine_means(
    *, n_1: ArrayLike, mean_1: ArrayLike, sd_1: ArrayLike, n_2: ArrayLike, mean_2: ArrayLike, sd_2: ArrayLike
) -> DerivedMeans:
    """Two arms as one; more arms by combining the result with the next.

    Parameters
    ----------
    n_1, mean_1, sd_1, n_2, mean_2, sd_2 : array_like, shape (k,)
        Sizes (1 or more), means and standard deviations (0 or more) of the arms.

    Returns
    -------
    DerivedMeans
        As if the people had been one group.

    Raises
    ------
    InvalidInput
        If a number is missing or impossible.

    References
    ----------
    higgins2023, section 6.5.2 (docs/methods.bib).
    """
    v = numbers_of({"n_1": n_1, "mean_1": mean_1, "sd_1": sd_1, "n_2": n_2, "mean_2": mean_2, "sd_2": sd_2})
    refuse({name: v[name] < 1 for name in ("n_1", "n_2")}, v, "CONV02", "must be 1 or more")
    refuse({name: v[name] < 0 for name in ("sd_1", "sd_2")}, v, "CONV02", "must not be below 0")
    n = v["n_1"] + v["n_2"]
    refuse({"n_1": n <= 1}, v, "CONV02", "must make two people or more in all")
    mean = (v["n_1"] * v["mean_1"] + v["n_2"] * v["mean_2"]) / n
    between = v["n_1"] * v["n_2"] / n * (v["mean_1"] - v["mean_2"]) ** 2
    within = (v["n_1"] - 1) * v["sd_1"] ** 2 + (v["n_2"] - 1) * v["sd_2"] ** 2
    sd = np.sqrt((within + between) / (n - 1))
    all_n, all_mean, all_sd = (_combined(value, "higgins2023") for value in (n, mean, sd))
    return DerivedMeans(n=all_n, mean=all_mean, sd=all_sd)


def combine_counts(*, events_1: ArrayLike, n_1: ArrayLike, events_2: ArrayLike, n_2: ArrayLike) -> DerivedCounts:
    """Two arms as one: sizes and events add up.

    Parameters
    ----------
    events_1, n_1, events_2, n_2 : array_like, shape (k,)
        Events and sizes of the arms.

    Returns
    -------
    DerivedCounts
        Their sums.

    Raises
    ------
    InvalidInput
        If a count is missing or impossible.

    References
    ----------
    higgins2019 (docs/methods.bib).
    """
    v = counts_of({"events_1": events_1, "n_1": n_1, "events_2": events_2, "n_2": n_2})
    n, events = v["n_1"] + v["n_2"], v["events_1"] + v["events_2"]
    return DerivedCounts(n=_combined(n, "higgins2019"), events=_combined(events, "higgins2019"))


def split_shared_arm(*, events: ArrayLike, n: ArrayLike, comparisons: ArrayLike) -> DerivedCounts:
    """One of the equal parts of a control arm that several comparisons share, so that nobody is counted twice.

    Parameters
    ----------
    events, n : array_like, shape (k,)
        Events and size of the whole arm; for means split n alone, mean and SD stay.
    comparisons : array_like, shape (k,)
        How many comparisons share it, 1 or more and whole.

    Returns
    -------
    DerivedCounts
        n and events over the number of comparisons; they need not be whole.

    Raises
    ------
    InvalidInput
        If a number is missing or impossible.

    References
    ----------
    cochranelearning2002, module A2; the parts' estimates stay correlated through chance (docs/methods.bib).
    """
    v = counts_of({"events": events, "n": n, "comparisons": comparisons})
    parts = v["comparisons"]
    refuse({"comparisons": (parts < 1) | (parts != np.floor(parts))}, v, "CONV02", "must be a whole number from 1 on")
    return DerivedCounts(n=_share(v["n"] / parts), events=_share(v["events"] / parts))


def paired_difference(*, sd_1: ArrayLike, sd_2: ArrayLike, n: ArrayLike, correlation: ArrayLike) -> PairedDifference:
    """Spread of the difference between two sides, or two periods, of the same people; always doubtful.

    Parameters
    ----------
    sd_1, sd_2 : array_like, shape (k,)
        Standard deviations of the two sides, above 0.
    n : array_like, shape (k,)
        People, each with both sides.
    correlation : array_like, shape (k,)
        Between the sides, from -1 to below 1, hardly ever printed: repeat with other plausible values.

    Returns
    -------
    PairedDifference
        Standard deviation of the differences and standard error of their mean, in the unit of the spreads.

    Raises
    ------
    InvalidInput
        If a number is missing or impossible, or leaves no spread.

    References
    ----------
    higgins2011, section 16.4.6 (docs/methods.bib).
    """
    v = positive_numbers({"sd_1": sd_1, "sd_2": sd_2, "n": n}, {"correlation": correlation})
    r = v["correlation"]
    refuse({"correlation": (r < -1) | (r > 1)}, v, "CONV02", "must lie between -1 and 1")
    variance = v["sd_1"] ** 2 + v["sd_2"] ** 2 - 2 * r * v["sd_1"] * v["sd_2"]
    refuse({"correlation": variance <= 0}, v, "CONV02", "must leave some spread between the sides")
    sd = np.sqrt(variance)
    return PairedDifference(
        sd=_within(sd, "SD of the differences within people, correlation assumed"),
        se=_within(sd / np.sqrt(v["n"]), "SE of the mean difference within people, correlation assumed"),
    )


def _combined(value: Array, source: str) -> Derived:
    return derived(value, "two arms combined", sources=(source,), rests_on="different people in the two arms")


def _share(value: Array) -> Derived:
    method = "an equal share of an arm that several comparisons share"
    rests_on = "equal shares; the comparisons stay somewhat dependent"
    return derived(value, method, sources=("cochranelearning2002",), rests_on=rests_on)


def _within(value: Array, method: str) -> Derived:
    rests_on = "the correlation between the sides, which is assumed: repeat with others"
    everywhere = np.ones(value.shape, dtype=np.bool_)
    return derived(value, method, sources=("higgins2011",), rests_on=rests_on, doubtful=everywhere)
