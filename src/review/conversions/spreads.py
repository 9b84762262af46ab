"""Standard errors and deviations from intervals, p values and each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from review.conversions.derived import Derived, derived, numbers_of, positive_numbers, refuse, refuse_unordered
from review.effects import Array, check_level, normal_quantile

#: From this size on, the interval of one arm's mean is taken for normal, below for one by t (higgins2023 6.5.2.2).
NORMAL_FROM = 60


def se_from_interval(low: ArrayLike, high: ArrayLike, *, level: float = 95, df: ArrayLike | None = None) -> Derived:
    """Standard errors of estimates with symmetrical intervals.

    Parameters
    ----------
    low, high : array_like, shape (k,)
        Limits on the scale on which the interval is symmetrical; for ratios see `log_ratio_se`.
    level : float
        Level in percent.
    df : array_like, shape (k,), optional
        Degrees of freedom where the interval is by t, such as n1 + n2 - 2 in small trials; normal without.

    Returns
    -------
    Derived
        In the unit of the limits.

    Raises
    ------
    InvalidInput
        If a number is missing or the limits do not rise.
    WrongUse
        If the level is no percentage.

    References
    ----------
    higgins2023, section 6.5.2.3 (docs/methods.bib); checked against R's qnorm and qt.
    """
    numbers = numbers_of({"low": low, "high": high} | ({} if df is None else {"df": df}))
    refuse_unordered({name: numbers[name] for name in ("low", "high")})
    quantile = _quantile(level, numbers.get("df"))
    kind = "normal" if df is None else "t"
    rests_on = f"a symmetrical {level:g} % interval by the {kind} distribution"
    se = (numbers["high"] - numbers["low"]) / (2 * quantile)
    return derived(se, f"SE from the {level:g} % interval ({kind})", sources=("higgins2023",), rests_on=rests_on)


def sd_from_interval(low: ArrayLike, high: ArrayLike, n: ArrayLike, *, level: float = 95) -> Derived:
    """Standard deviations of single arms from the intervals of their means, by t below 60 people and normal from there.

    Parameters
    ----------
    low, high : array_like, shape (k,)
        Limits of the mean, in the outcome's unit.
    n : array_like, shape (k,)
        Sizes, two or more.
    level : float
        Level in percent.

    Returns
    -------
    Derived
        In the unit of the limits.

    Raises
    ------
    InvalidInput
        If a number is missing or impossible.
    WrongUse
        If the level is no percentage.

    References
    ----------
    higgins2023, section 6.5.2.2 (docs/methods.bib); checked against R's qt.
    """
    numbers = numbers_of({"low": low, "high": high, "n": n})
    refuse({"n": numbers["n"] < 2}, numbers, "CONV02", "must be 2 or more")  # noqa: PLR2004 - one has no spread
    refuse_unordered({name: numbers[name] for name in ("low", "high")})
    size = numbers["n"]
    quantile = np.where(size < NORMAL_FROM, _quantile(level, size - 1), normal_quantile(level))
    sd = np.sqrt(size) * (numbers["high"] - numbers["low"]) / (2 * quantile)
    rests_on = f"the interval of one arm's mean, by t below {NORMAL_FROM} people"
    return derived(sd, f"SD from the {level:g} % interval of the mean", sources=("higgins2023",), rests_on=rests_on)


def log_ratio_se(low: ArrayLike, high: ArrayLike, *, level: float = 95) -> Derived:
    """Standard errors of log ratios from the intervals of the ratios.

    Parameters
    ----------
    low, high : array_like, shape (k,)
        Limits of a risk, odds or hazard ratio, as people read them; above 0.
    level : float
        Level in percent.

    Returns
    -------
    Derived
        On the log scale.

    Raises
    ------
    InvalidInput
        If a number is missing or impossible.
    WrongUse
        If the level is no percentage.

    References
    ----------
    altman2011b (docs/methods.bib); checked against R's qnorm.
    """
    numbers = numbers_of({"low": low, "high": high})
    refuse({name: values <= 0 for name, values in numbers.items()}, numbers, "CONV02", "must be above 0")
    refuse_unordered(numbers)
    se = (np.log(numbers["high"]) - np.log(numbers["low"])) / (2 * normal_quantile(level))
    rests_on = f"a {level:g} % interval that is symmetrical on the log scale"
    return derived(
        se, f"SE of the log ratio from its {level:g} % interval", sources=("altman2011b",), rests_on=rests_on
    )


def se_from_p(estimate: ArrayLike, p: ArrayLike, *, df: ArrayLike | None = None) -> Derived:
    """Standard errors of estimates with exact two-sided p values.

    Parameters
    ----------
    estimate : array_like, shape (k,)
        Differences, or log ratios; not 0.
    p : array_like, shape (k,)
        Exact two-sided p values between 0 and 1; a bound such as "<0.001" gives only the largest possible error.
    df : array_like, shape (k,), optional
        Degrees of freedom where the test is a t test; normal without.

    Returns
    -------
    Derived
        In the unit of the estimates.

    Raises
    ------
    InvalidInput
        If a number is missing or impossible.

    References
    ----------
    altman2011, with the exact quantile in place of its approximation; higgins2023, section 6.5.2.3
    (docs/methods.bib).
    """
    numbers = numbers_of({"estimate": estimate, "p": p} | ({} if df is None else {"df": df}))
    refuse({"estimate": numbers["estimate"] == 0}, numbers, "CONV02", "must not be 0, which says nothing of its error")
    refuse({"p": (numbers["p"] <= 0) | (numbers["p"] >= 1)}, numbers, "CONV02", "must lie between 0 and 1")
    tail = numbers["p"] / 2
    quantile = -ndtri(tail) if df is None else -stdtrit(_degrees(numbers["df"]), tail)
    kind = "normal" if df is None else "t"
    rests_on = f"an exact two-sided p of a {kind} test of this very estimate"
    se = np.abs(numbers["estimate"]) / quantile
    return derived(
        se, f"SE from the estimate and its p ({kind})", sources=("altman2011", "higgins2023"), rests_on=rests_on
    )


def sd_from_se(se: ArrayLike, n: ArrayLike) -> Derived:
    """Standard deviations of single arms from the standard errors of their means.

    Parameters
    ----------
    se : array_like, shape (k,)
        Standard errors of the mean, above 0.
    n : array_like, shape (k,)
        Sizes.

    Returns
    -------
    Derived
        se times the root of n, in the unit of `se`.

    Raises
    ------
    InvalidInput
        If a number is missing or not positive.

    References
    ----------
    higgins2023, section 6.5.2.2 (docs/methods.bib).
    """
    numbers = positive_numbers({"se": se, "n": n})
    sd = numbers["se"] * np.sqrt(numbers["n"])
    return derived(
        sd, "SD from the SE of the mean and n", sources=("higgins2023",), rests_on="the SE of one arm's own mean"
    )


def sd_from_difference(se: ArrayLike, n_1: ArrayLike, n_2: ArrayLike) -> Derived:
    """Common standard deviations within two arms from the standard error of their mean difference.

    Parameters
    ----------
    se : array_like, shape (k,)
        Standard errors of the differences, above 0.
    n_1, n_2 : array_like, shape (k,)
        Sizes of the arms.

    Returns
    -------
    Derived
        To be used for both arms, in the unit of `se`.

    Raises
    ------
    InvalidInput
        If a number is missing or not positive.

    References
    ----------
    higgins2023, section 6.5.2.3 (docs/methods.bib).
    """
    numbers = positive_numbers({"se": se, "n_1": n_1, "n_2": n_2})
    sd = numbers["se"] / np.sqrt(1 / numbers["n_1"] + 1 / numbers["n_2"])
    rests_on = "independent arms with the same spread, and a difference that was not adjusted"
    return derived(sd, "SD within arms from the SE of their difference", sources=("higgins2023",), rests_on=rests_on)


def _quantile(level: float, df: Array | None) -> Array | float:
    """The two-sided quantile of a level in percent, by t where there are degrees of freedom."""
    if df is None:
        return normal_quantile(level)
    tail = (100 - check_level(level)) / 200
    quantile: Array = np.negative(stdtrit(_degrees(df), tail), dtype=np.float64)
    return quantile


def _degrees(df: Array) -> Array:
    refuse({"df": df < 1}, {"df": df}, "CONV02", "must be 1 or more")
    return df
