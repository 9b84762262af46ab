"""Estimators of the between-study variance tau², each over many syntheses at once.

Every estimator takes estimates and variances of n studies, and the groups that they fall into; it returns one tau²
for each group, in squared units of the estimates.  A study with an infinite variance has no weight and counts for
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from review.effects import Array, Flags
from review.synthesis.groups import Groups
from review.synthesis.options import Tau2

#: The REML likelihood is looked at on a grid before it is climbed, so that the highest of several peaks is found.  From
#: point to point tau² + smallest variance grows by at most this factor; peaks are wider (our convention: in 40,000
#: made-up sets with variances up to 10^8 apart, a grid of 1,500 points found no higher peak).
REML_GRID_FACTOR = 1.5

#: Most steps of that grid, enough for a range of 10^17 (our convention).
REML_GRID_STEPS = 100

#: Steps after which REML is given up; halving alone needs about 50 (our convention).
REML_STEPS = 100

#: Relative change of tau² + smallest variance at which REML has converged: some hundred times rounding error, so that
#: results agree with metafor's to 1e-8 (our convention; metafor stops at an absolute change of 1e-5).
REML_TOLERANCE = 1e-13


#: Below this part of the smallest variance, a peak is rounding of one at zero, where the likelihood falls from there
#: (our convention: no other peak can be so near).
REML_ZERO = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightSums:
    """Sums of inverse-variance weights and what they make, one value a group (g,) but `wi`, which is (n,)."""

    wi: Array
    total: Array
    squares: Array
    centre: Array

    @property
    def trace(self) -> Array:
        """Trace of the matrix that takes estimates to weighted residuals: sum w - sum w² / sum w."""
        return self.total - self.squares / self.total


def weigh(yi: Array, vi: Array, groups: Groups) -> WeightSums:
    """Inverse-variance weights, their sums and the weighted means."""
    wi = 1 / vi
    total = groups.total(wi)
    return WeightSums(wi=wi, total=total, squares=groups.total(wi**2), centre=groups.total(wi * yi) / total)


def degrees_of_freedom(vi: Array, groups: Groups) -> Array:
    """Number of studies with weight less one, at least 0, shape (g,)."""
    return np.maximum(groups.total(np.isfinite(vi).astype(np.float64)) - 1, 0)


def cochran_q(yi: Array, wi: Array, centre: Array, groups: Groups) -> Array:
    """Weighted squared distances of the studies from each group's centre, shape (g,)."""
    return groups.total(wi * (yi - groups.spread(centre)) ** 2)


def tau2_dersimonian_laird(yi: Array, vi: Array, groups: Groups, *, centre: Array | None = None) -> Array:
    """Between-study variance by DerSimonian and Laird's method of moments.

    Parameters
    ----------
    yi : ndarray, shape (n,)
        Study estimates on the analysis scale.
    vi : ndarray, shape (n,)
        Their sampling variances, in squared units of `yi`; all positive.
    groups : Groups
        The g syntheses that the studies fall into.
    centre : ndarray, shape (g,), optional
        Where Q is taken around; the inverse-variance mean unless given.  RevMan's published random-effects analyses
        of counts took it around the Mantel-Haenszel estimate.

    Returns
    -------
    ndarray, shape (g,)
        tau²; 0.0 where Q is at most its degrees of freedom.

    References
    ----------
    dersimonian1986, deeks2010 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    sums = weigh(yi, vi, groups)
    df = degrees_of_freedom(vi, groups)
    excess = cochran_q(yi, sums.wi, sums.centre if centre is None else centre, groups) - df
    return np.divide(np.maximum(excess, 0), sums.trace, out=np.zeros_like(excess), where=df > 0)


def tau2_reml(yi: Array, vi: Array, groups: Groups, *, steps: int = REML_STEPS) -> Array:
    """Between-study variance by restricted maximum likelihood, at the likelihood's highest point.

    The estimate lies between 0 and a bound beyond which the likelihood can only fall.  It is looked for on a grid
    over that range and then climbed to from the best point by Newton's method between that point's neighbours, with
    halving where a step would leave them; so it neither runs away nor stays at a lower peak.

    Parameters
    ----------
    yi : ndarray, shape (n,)
        Study estimates on the analysis scale.
    vi : ndarray, shape (n,)
        Their sampling variances, in squared units of `yi`; all positive and finite.
    groups : Groups
        The g syntheses that the studies fall into.
    steps : int
        Steps after which a group is given up.

    Returns
    -------
    ndarray, shape (g,)
        tau²; 0.0 where the likelihood is highest at the boundary, NaN where it was given up.

    References
    ----------
    viechtbauer2005 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    # In units of the total spread no power of a weight leaves the range of floating-point numbers.
    scale = groups.total(vi) / groups.sizes + _plain_variance(yi, groups)
    y = (yi - groups.spread(weigh(yi, vi, groups).centre)) / np.sqrt(groups.spread(scale))
    return scale * _climb(y, vi / groups.spread(scale), groups, steps)


#: Every estimator that can be computed from estimates and variances; to add one is a function and a line here.
TAU2_ESTIMATORS: Mapping[Tau2, Callable[[Array, Array, Groups], Array]] = {
    Tau2.DL: tau2_dersimonian_laird,
    Tau2.REML: tau2_reml,
}


def _climb(yi: Array, vi: Array, groups: Groups, steps: int) -> Array:
    """The highest point of each group's likelihood, NaN where it is not reached in so many steps."""
    tau2, low, high = _best_of_grid(yi, vi, groups)
    least = groups.low(vi)
    falls_from_zero = _score(yi, vi, groups, np.zeros_like(tau2))[0] <= 0
    result = np.where(falls_from_zero & (low == 0) & (tau2 == 0), 0.0, np.nan)
    climbing = np.isnan(result)
    for _ in range(steps):
        if not climbing.any():
            break
        rows, part = groups.spread(climbing), groups.subset(climbing)
        new, low[climbing], high[climbing] = _step(
            (yi[rows], vi[rows], part), tau2[climbing], low[climbing], high[climbing]
        )
        change = np.minimum(np.abs(new - tau2[climbing]), high[climbing] - low[climbing])
        done = change <= REML_TOLERANCE * (new + least[climbing])
        tau2[climbing] = new
        result[np.flatnonzero(climbing)[done]] = new[done]
        climbing = np.isnan(result)
    return np.where(falls_from_zero & (result < REML_ZERO * least), 0.0, result)


def _best_of_grid(yi: Array, vi: Array, groups: Groups) -> tuple[Array, Array, Array]:
    """The grid's point with the highest likelihood, and its neighbours below and above."""
    least = groups.low(vi)
    ratio = 1 + _upper_bound(yi, vi, groups) / least
    widest = np.log(ratio[np.isfinite(ratio)].max(initial=REML_GRID_FACTOR)) / np.log(REML_GRID_FACTOR)
    last = min(int(np.ceil(widest)), REML_GRID_STEPS)
    grid = np.stack([least * (ratio ** (j / last) - 1) for j in range(last + 1)])
    best = np.stack([_log_likelihood(yi, vi, groups, point) for point in grid]).argmax(axis=0)
    column = np.arange(len(least))
    return grid[best, column], grid[np.maximum(best - 1, 0), column], grid[np.minimum(best + 1, last), column]


def _upper_bound(yi: Array, vi: Array, groups: Groups) -> Array:
    """A tau² from which on the likelihood falls, 0 where it falls from the start.

    The score has the sign of y'PPy - tr P.  With weights between a and b, y'PPy is at most b² S, S being the squared
    distances from the plain mean, and tr P at least (k - 1) a; where these meet is the root of a quadratic.
    """
    spread, least, most = _plain_variance(yi, groups), groups.low(vi), groups.high(vi)
    root = spread - 2 * least + np.sqrt(spread**2 + 4 * spread * (most - least))
    return np.maximum(root / 2, 0)


def _plain_variance(yi: Array, groups: Groups) -> Array:
    """Variance of the estimates around their unweighted mean, 0 for one study."""
    mean = groups.total(yi) / groups.sizes
    return cochran_q(yi, np.ones_like(yi), mean, groups) / np.maximum(groups.sizes - 1, 1)


def _log_likelihood(yi: Array, vi: Array, groups: Groups, tau2: Array) -> Array:
    """The restricted log likelihood, without its constant."""
    variance = vi + groups.spread(tau2)
    sums = weigh(yi, variance, groups)
    q = cochran_q(yi, sums.wi, sums.centre, groups)
    return -(groups.total(np.log(variance)) + np.log(sums.total) + q) / 2


def _score(yi: Array, vi: Array, groups: Groups, tau2: Array) -> tuple[Array, Array]:
    """Twice the likelihood's slope at tau², and how fast it falls: by Newton where it curves down, else by Fisher."""
    sums = weigh(yi, vi + groups.spread(tau2), groups)
    wi, total = sums.wi, sums.total
    residual = wi * (yi - groups.spread(sums.centre))
    slope = groups.total(residual**2) - sums.trace
    square_trace = sums.squares - 2 * groups.total(wi**3) / total + (sums.squares / total) ** 2
    weighted = wi * residual
    curve = 2 * (groups.total(weighted * residual) - groups.total(weighted) ** 2 / total) - square_trace
    return slope, np.where(curve > 0, curve, square_trace)


def _step(data: tuple[Array, Array, Groups], tau2: Array, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """The next tau² and the narrowed range that holds the peak."""
    slope, fall = _score(*data, tau2)
    rises: Flags = slope > 0
    low, high = np.where(rises, tau2, low), np.where(rises, high, tau2)
    new = tau2 + np.divide(slope, fall, out=np.full_like(slope, np.inf), where=fall > 0)
    return np.where((new > low) & (new < high), new, (low + high) / 2), low, high
