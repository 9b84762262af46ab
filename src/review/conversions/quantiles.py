"""Means and standard deviations of arms that print a median with quartiles, with the range, or with both."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from review.conversions.derived import DerivedMeans, derived, numbers_of, refuse, refuse_unordered
from review.effects import Array, Flags
from review.errors import WrongUse

#: Samples smaller than this are not converted from their quantiles: metafor's conv.fivenum leaves them out, too.
SMALLEST_SAMPLE = 5


def mean_sd_from_quantiles(
    n: ArrayLike,
    *,
    median: ArrayLike,
    q1: ArrayLike | None = None,
    q3: ArrayLike | None = None,
    minimum: ArrayLike | None = None,
    maximum: ArrayLike | None = None,
) -> DerivedMeans:
    """Means and standard deviations of arms that print quantiles.

    Parameters
    ----------
    n : array_like, shape (k,)
        Sizes, five or more.
    median : array_like, shape (k,)
        Medians, in the outcome's unit, as are the others.
    q1, q3 : array_like, shape (k,), optional
        Quartiles; both or none.
    minimum, maximum : array_like, shape (k,), optional
        Smallest and largest values; both or none.

    Returns
    -------
    DerivedMeans
        Doubtful where the quantiles are skewed at the 5 % level, because the formulas hold for normal data.

    Raises
    ------
    InvalidInput
        If a number is missing or impossible.
    WrongUse
        If neither both quartiles nor both ends are given.

    References
    ----------
    luo2018 for the mean, wan2014 (formulas 9, 13 and 16) for the standard deviation, shi2023 for the skewness
    (docs/methods.bib).
    """
    given = {"minimum": minimum, "q1": q1, "median": median, "q3": q3, "maximum": maximum}
    numbers = numbers_of({"n": n} | {name: value for name, value in given.items() if value is not None})
    ends, quartiles = {"minimum", "maximum"} <= set(numbers), {"q1", "q3"} <= set(numbers)
    if len(numbers) != 2 + 2 * (ends + quartiles) or not (ends or quartiles):
        raise WrongUse("a median alone gives no mean and SD: give both quartiles, or minimum and maximum, or all four")
    size = numbers.pop("n")
    refuse({"n": size < SMALLEST_SAMPLE}, {"n": size}, "CONV02", f"must be {SMALLEST_SAMPLE} or more")
    refuse_unordered(numbers)
    parts = " and ".join([*["range"] * ends, *["quartiles"] * quartiles])
    centre, spread, skewed = _moments(size, numbers, ends=ends, quartiles=quartiles)
    rests_on = "normal data: a skewed sample has another mean and a larger spread"
    mean = derived(centre, f"mean from median and {parts}", sources=("luo2018",), rests_on=rests_on, doubtful=skewed)
    sd = derived(spread, f"SD from {parts}", sources=("wan2014",), rests_on=rests_on, doubtful=skewed)
    return DerivedMeans(n=derived(size, "n as printed", sources=(), rests_on=""), mean=mean, sd=sd)


def _moments(n: Array, given: Mapping[str, Array], *, ends: bool, quartiles: bool) -> tuple[Array, Array, Flags]:
    """Means, standard deviations and whether the sample is skewed, by what is given."""
    median = given["median"]
    lie = {
        "range": (given["minimum"], given["maximum"]) if ends else (median, median),
        "quartiles": (given["q1"], given["q3"]) if quartiles else (median, median),
    }
    middle = {name: (low + high) / 2 for name, (low, high) in lie.items()}
    width = {name: high - low for name, (low, high) in lie.items()}
    weight_range, weight_quartiles, critical = _WEIGHTS[ends, quartiles](n)
    mean = weight_range * middle["range"] + weight_quartiles * middle["quartiles"]
    mean = mean + (1 - weight_range - weight_quartiles) * median
    spreads = [width["range"] / (2 * ndtri((n - 0.375) / (n + 0.25)))] * ends
    spreads += [width["quartiles"] / (2 * ndtri((0.75 * n - 0.125) / (n + 0.25)))] * quartiles
    sd: Array = np.mean(spreads, axis=0)
    lean = [2 * np.abs(middle["quartiles"] - median) / width["quartiles"]] if quartiles else []
    if ends:
        factor = 2.65 * np.log(0.6 * n) / np.sqrt(n) if quartiles else 1.0
        lean.append(factor * 2 * np.abs(middle["range"] - median) / width["range"])
    return mean, sd, np.max(lean, axis=0) >= critical


#: By whether range and quartiles are given: the weights of mid-range and mid-quartile in the mean (luo2018, formulas 7,
#: 11 and 15) and the critical value of the skewness at 5 % (shi2023, as in metafor's conv.fivenum).
_WEIGHTS: Mapping[tuple[bool, bool], Callable[[Array], tuple[Array | float, Array | float, Array]]] = {
    (True, False): lambda n: (4 / (4 + n**0.75), 0.0, 1 / np.log(n + 9) + 2.5 / (n + 1)),
    (False, True): lambda n: (0.0, 0.7 + 0.39 / n, 2.65 / np.sqrt(n) - 6 / n**2),
    (True, True): lambda n: (2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55, 3 / np.sqrt(n) - 40 / n**3),
}
