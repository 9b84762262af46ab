"""Two-sided p values of the standard tests between two arms, from their counts or their means.

A test that the numbers do not allow gives NaN: an empty margin, a count that is not whole, no spread at all.
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, gammaln, stdtr

from review.effects import Array

#: Tables whose probability is this close to the observed one count as equally likely, as in R's fisher.test.
FISHER_TIE = 1e-7


def fisher_p(*, events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> Array:
    """Fisher's exact test: the probability of all tables with these margins that are no likelier than the observed one.

    Parameters
    ----------
    events_1, n_1, events_2, n_2 : ndarray, shape (k,)
        Events and sizes of the arms.

    Returns
    -------
    ndarray, shape (k,)
        NaN where a count is not whole.

    References
    ----------
    campbell2007 (docs/methods.bib): the two-sided version by Irwin's rule, as in R's fisher.test (checked against it).
    """
    columns = np.stack([events_1, n_1, events_2, n_2]).T
    whole = (columns == np.floor(columns)).all(axis=1)
    return np.array([_fisher(*row) if known else np.nan for row, known in zip(columns, whole, strict=True)])


def chi_squared_p(*, events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> Array:
    """Pearson's chi-squared test with one degree of freedom, without continuity correction.

    Parameters and returns are those of `fisher_p`, save that counts need not be whole; NaN where nobody or everybody
    has the event.

    References
    ----------
    campbell2007 (docs/methods.bib); checked against R's chisq.test(correct = FALSE).
    """
    return _chi_squared(np.stack([events_1, n_1 - events_1, events_2, n_2 - events_2]), correction=0.0)


def yates_p(*, events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> Array:
    """The chi-squared test with Yates' continuity correction.

    Parameters and returns are those of `chi_squared_p`.

    References
    ----------
    campbell2007 (docs/methods.bib); the correction is at most the difference itself, as in R's chisq.test.
    """
    return _chi_squared(np.stack([events_1, n_1 - events_1, events_2, n_2 - events_2]), correction=0.5)


def welch_p(*, mean_1: Array, sd_1: Array, n_1: Array, mean_2: Array, sd_2: Array, n_2: Array) -> Array:
    """Welch's t test, each arm with its own spread.

    Parameters
    ----------
    mean_1, sd_1, n_1, mean_2, sd_2, n_2 : ndarray, shape (k,)
        Means, standard deviations and sizes of the arms.

    Returns
    -------
    ndarray, shape (k,)
        NaN where neither arm has a spread or an arm is one person.

    References
    ----------
    welch1947 (docs/methods.bib), with Satterthwaite's degrees of freedom; checked against R's t.test.
    """
    difference, se, df = welch(mean_1=mean_1, sd_1=sd_1, n_1=n_1, mean_2=mean_2, sd_2=sd_2, n_2=n_2)
    return t_p(difference, se, df)


def pooled_t_p(*, mean_1: Array, sd_1: Array, n_1: Array, mean_2: Array, sd_2: Array, n_2: Array) -> Array:
    """Student's t test, one spread for both arms.

    Parameters and returns are those of `welch_p`.

    References
    ----------
    rcore2022 (docs/methods.bib): t.test with var.equal; checked against it.
    """
    difference, se, df = pooled_t(mean_1=mean_1, sd_1=sd_1, n_1=n_1, mean_2=mean_2, sd_2=sd_2, n_2=n_2)
    return t_p(difference, se, df)


def welch(
    *, mean_1: Array, sd_1: Array, n_1: Array, mean_2: Array, sd_2: Array, n_2: Array
) -> tuple[Array, Array, Array]:
    """Mean difference, its standard error and Satterthwaite's degrees of freedom; shapes (k,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        v_1, v_2 = sd_1**2 / n_1, sd_2**2 / n_2
        df = (v_1 + v_2) ** 2 / (v_1**2 / (n_1 - 1) + v_2**2 / (n_2 - 1))
    return mean_1 - mean_2, np.sqrt(v_1 + v_2), df


def pooled_t(
    *, mean_1: Array, sd_1: Array, n_1: Array, mean_2: Array, sd_2: Array, n_2: Array
) -> tuple[Array, Array, Array]:
    """Mean difference, its standard error from the pooled variance, and n1 + n2 - 2; shapes (k,)."""
    df = n_1 + n_2 - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = ((n_1 - 1) * sd_1**2 + (n_2 - 1) * sd_2**2) / df
    return mean_1 - mean_2, np.sqrt(variance * (1 / n_1 + 1 / n_2)), df


def t_p(difference: Array, se: Array, df: Array) -> Array:
    """Two-sided p of a difference by its standard error and degrees of freedom; NaN without a spread."""
    known = (se > 0) & (df > 0)
    statistic = np.abs(difference) / np.where(known, se, 1.0)
    return np.where(known, 2 * stdtr(np.where(known, df, 1.0), -statistic), np.nan)


def _fisher(a: float, n_1: float, c: float, n_2: float) -> float:
    events = a + c
    possible = np.arange(max(0.0, events - n_2), min(n_1, events) + 1)
    logs = _log_choose(n_1, possible) + _log_choose(n_2, events - possible) - _log_choose(n_1 + n_2, events)
    chances = np.exp(logs)
    observed = chances[int(a - possible[0])]
    return min(1.0, float(chances[chances <= observed * (1 + FISHER_TIE)].sum()))


def _log_choose(n: float, k: Array | float) -> Array:
    logs: Array = gammaln(n + 1) - gammaln(np.asarray(k) + 1) - gammaln(n - np.asarray(k) + 1)
    return logs


def _chi_squared(table: Array, *, correction: float) -> Array:
    a, b, c, d = table
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    possible = margins > 0
    n = a + b + c + d
    # |observed - expected| is |ad - bc| / n in every cell; the correction never turns the difference round.
    gap = np.abs(a * d - b * c)
    gap = gap - np.minimum(correction * n, gap)
    statistic = n * gap**2 / np.where(possible, margins, 1.0)
    return np.where(possible, chdtrc(1, statistic), np.nan)
