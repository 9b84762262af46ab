"""The line through a funnel plot: how the estimates move with their standard errors, beside a between-study variance.

Only the side of the funnel plot that is poorer in studies is read from it; Egger's test has a line of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from review.effects import Array
from review.synthesis.options import Tau2

#: Where tau² is searched, a grid of so many steps is laid anew around its best point so many times; tau² is then exact
#: to 1e-9 of its range (our convention: only the sign of a slope hangs on it).
GRID_STEPS, GRID_ROUNDS = 64, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Weighted regressions of the same estimates on their standard errors, m choices of weights.

    Attributes
    ----------
    slope : ndarray, shape (m,)
        Change of the estimate for one unit of standard error.
    q : ndarray, shape (m,)
        Weighted squared residuals.
    total, square : ndarray, shape (m,)
        Sum of the weights, and of the weighted squared distances of the standard errors from their mean.
    leverage : ndarray, shape (m, k)
        Variance of each fitted value, were the weights inverse variances.
    """

    slope: Array
    q: Array
    total: Array
    square: Array
    leverage: Array


def slope_of_funnel(yi: Array, vi: Array, tau2: Tau2 | None) -> float:
    """By how much the estimates change for one unit of standard error.

    Parameters
    ----------
    yi, vi : ndarray, shape (k,)
        Estimates and sampling variances, k of 3 or more; the variances are not all the same.
    tau2 : Tau2 or None
        Estimator of the between-study variance around the line; None for a common effect, which has none.

    Returns
    -------
    float
        The slope with weights 1 / (vi + tau²); NaN where the numbers are beyond all measure.

    References
    ----------
    viechtbauer2010 (docs/methods.bib): metafor's `rma` with the standard errors as moderator.
    """
    with np.errstate(all="ignore"):
        variance = max(0.0, TAU2_OF_LINE[tau2](yi, vi)) if tau2 is not None else 0.0
        slope = float(_lines(yi, vi, 1 / (vi + variance)).slope[0])
    return slope if np.isfinite(slope) else np.nan


def _lines(yi: Array, vi: Array, wi: Array) -> Lines:
    """The regressions with weights of shape (m, k) or (k,)."""
    weights, sei = np.atleast_2d(wi), np.sqrt(vi)
    total = weights.sum(axis=1)
    x = sei - (weights @ sei / total)[:, None]
    y = yi - (weights @ yi / total)[:, None]
    square = (weights * x**2).sum(axis=1)
    slope = (weights * x * y).sum(axis=1) / square
    return Lines(
        slope=slope,
        q=(weights * (y - slope[:, None] * x) ** 2).sum(axis=1),
        total=total,
        square=square,
        leverage=1 / total[:, None] + x**2 / square[:, None],
    )


def _by_moments(yi: Array, vi: Array, wi: Array) -> float:
    """tau² at which Q with these weights is what is to be expected."""
    line = _lines(yi, vi, wi)
    free = wi - wi**2 * line.leverage[0]
    return float((line.q[0] - np.sum(free * vi)) / np.sum(free))


def _hunter_schmidt(yi: Array, vi: Array) -> float:
    line = _lines(yi, vi, 1 / vi)
    return float((line.q[0] - len(yi)) / line.total[0])


def _sidik_jonkman(yi: Array, vi: Array) -> float:
    start = float(np.var(yi))
    return start * float(_lines(yi, vi, 1 / (vi + start)).q[0]) / (len(yi) - 2)


def _searched(yi: Array, vi: Array, merit: Callable[[Lines, Array], Array]) -> float:
    """The tau² of greatest merit; a merit has the lines and the variances that they were made with."""
    least = float(vi.min())
    # Steps are equal in log(1 + tau² / smallest variance); the squared distances bound tau² from above.
    low, high, best = 0.0, float(np.log1p(len(yi) * np.ptp(yi) ** 2 / least)), 0.0
    for _ in range(GRID_ROUNDS):
        grid = np.linspace(low, high, GRID_STEPS + 1)
        variances = vi + least * np.expm1(grid)[:, None]
        place = int(merit(_lines(yi, vi, 1 / variances), variances).argmax())
        low, best, high = (float(grid[i]) for i in (max(place - 1, 0), place, min(place + 1, GRID_STEPS)))
    return least * float(np.expm1(best))


def _paule_mandel(yi: Array, vi: Array) -> float:
    return _searched(yi, vi, lambda line, _: -np.abs(line.q - (len(yi) - 2)))


def _likelihood(line: Lines, variances: Array) -> Array:
    merit: Array = -(np.log(variances).sum(axis=1) + line.q)
    return merit


def _restricted_likelihood(line: Lines, variances: Array) -> Array:
    return _likelihood(line, variances) - np.log(line.total) - np.log(line.square)


#: Every estimator of tau² that `pool` has by inverse variance, around a line; below 0 means 0.
TAU2_OF_LINE: Mapping[Tau2, Callable[[Array, Array], float]] = {
    Tau2.DL: lambda yi, vi: _by_moments(yi, vi, 1 / vi),
    Tau2.HE: lambda yi, vi: _by_moments(yi, vi, np.ones_like(vi)),
    Tau2.HS: _hunter_schmidt,
    Tau2.SJ: _sidik_jonkman,
    Tau2.PM: _paule_mandel,
    Tau2.EB: _paule_mandel,
    Tau2.ML: lambda yi, vi: _searched(yi, vi, _likelihood),
    Tau2.REML: lambda yi, vi: _searched(yi, vi, _restricted_likelihood),
}
