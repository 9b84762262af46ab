"""Estimators of the between-study variance tau², each over many syntheses at once.

Every estimator takes estimates and variances of n studies, and the groups that they fall into; it returns one tau²
for each group, in squared units of the estimates.  A study with an infinite variance has no weight and counts for
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from review.effects import Array, Flags
from review.synthesis.groups import Groups
from review.synthesis.options import Tau2

#: A likelihood is looked at on a grid before it is climbed, so that the highest of several peaks is found.  From point
#: to point tau² + smallest variance grows by at most this factor; peaks are wider (our convention: in 40,000 made-up
#: sets with variances up to 10^8 apart, a grid of 1,500 points found no higher point of either likelihood).
GRID_FACTOR = 1.5

#: Most steps of that grid, enough for a range of 10^17 (our convention).
GRID_STEPS = 100

#: Steps after which an iterative estimator is given up; halving alone needs about 50 (our convention).
STEPS = 100

#: Relative change of tau² + smallest variance at which an iterative estimator has converged: some hundred times
#: rounding error, so that results agree with metafor's to 1e-8 (our convention; metafor stops at an absolute change of
#: 1e-5).
TOLERANCE = 1e-13

#: Below this part of the smallest variance, a peak is rounding of one at zero, where the likelihood falls from there
#: (our convention: no other peak can be so near).
ZERO = 1e-10


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Likelihood:
    """The normal likelihood of tau² of some groups of studies, restricted (REML) or not (ML)."""

    yi: Array
    vi: Array
    groups: Groups
    restricted: bool


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


def tau2_hedges(yi: Array, vi: Array, groups: Groups) -> Array:
    """Between-study variance by Hedges: the variance of the estimates less the mean of their sampling variances.

    Parameters
    ----------
    yi, vi, groups
        As in `tau2_dersimonian_laird`.

    Returns
    -------
    ndarray, shape (g,)
        tau²; 0.0 where the difference is negative.

    References
    ----------
    hedges1983, viechtbauer2005 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    return np.maximum(_plain_variance(yi, groups) - groups.total(vi) / groups.sizes, 0)


def tau2_hunter_schmidt(yi: Array, vi: Array, groups: Groups) -> Array:
    """Between-study variance by Hunter and Schmidt: (Q - k) over the sum of the weights.

    Parameters and returns are those of `tau2_hedges`; it expects Q to be k, and so is biased downwards.

    References
    ----------
    hunter1990, viechtbauer2005 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    sums = weigh(yi, vi, groups)
    return np.maximum(cochran_q(yi, sums.wi, sums.centre, groups) - groups.sizes, 0) / sums.total


def tau2_sidik_jonkman(yi: Array, vi: Array, groups: Groups) -> Array:
    """Between-study variance by Sidik and Jonkman: a crude one, times Q at that one over its degrees of freedom.

    Parameters and returns are those of `tau2_hedges`; it is 0 only where all estimates are the same.

    References
    ----------
    sidik2005 (docs/methods.bib), from the variance of the estimates with divisor k; checked against metafor,
    tests/reference/metafor.json.
    """
    df = degrees_of_freedom(vi, groups)
    crude = _plain_variance(yi, groups) * df / groups.sizes
    sums = weigh(yi, vi + groups.spread(crude), groups)
    return crude * cochran_q(yi, sums.wi, sums.centre, groups) / np.maximum(df, 1)


def tau2_paule_mandel(yi: Array, vi: Array, groups: Groups, *, steps: int = STEPS) -> Array:
    """Between-study variance by Paule and Mandel: where Q with the weights 1 / (v + tau²) is its degrees of freedom.

    1 / Q rises and is concave in tau² (Q is a sum of terms c / (b + tau²)), so Newton's method on it climbs from 0 to
    the one root without a step too far; with equal variances the first step is exact.

    Parameters
    ----------
    yi, vi, groups
        As in `tau2_dersimonian_laird`.
    steps : int
        Steps after which a group is given up.

    Returns
    -------
    ndarray, shape (g,)
        tau²; 0.0 where Q is at most its degrees of freedom from the start, NaN where it was given up.

    References
    ----------
    paule1982 (docs/methods.bib); the empirical Bayes estimator is the same (viechtbauer2015); checked against metafor,
    tests/reference/metafor.json.
    """
    df, least = degrees_of_freedom(vi, groups), groups.low(vi)
    tau2 = np.zeros_like(least)
    sums = weigh(yi, vi, groups)
    # One study has no spread, whatever the rounding of its distance from itself.
    result = np.where((cochran_q(yi, sums.wi, sums.centre, groups) <= df) | (df == 0), 0.0, np.nan)
    for _ in range(steps):
        climbing = np.isnan(result)
        if not climbing.any():
            break
        rows, part = groups.spread(climbing), groups.subset(climbing)
        new = tau2[climbing] + _paule_mandel_step(yi[rows], vi[rows], part, tau2[climbing])
        done = new - tau2[climbing] <= TOLERANCE * (new + least[climbing])
        tau2[climbing] = new
        result[np.flatnonzero(climbing)[done]] = new[done]
    return result


def tau2_ml(yi: Array, vi: Array, groups: Groups, *, steps: int = STEPS) -> Array:
    """Between-study variance by maximum likelihood, at the likelihood's highest point.

    Parameters and returns are those of `tau2_reml`; it takes the mean as known, and so is biased downwards.

    References
    ----------
    hardy1996, viechtbauer2005 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    return _likeliest(yi, vi, groups, restricted=False, steps=steps)


def tau2_reml(yi: Array, vi: Array, groups: Groups, *, steps: int = STEPS) -> Array:
    """Between-study variance by restricted maximum likelihood, at the likelihood's highest point.

    The estimate lies between 0 and a bound beyond which the likelihood can only fall.  Every peak that a grid over
    that range shows is climbed by Newton's method between the neighbours of its highest point, with halving where a
    step would leave them, and the highest top is taken; so it neither runs away nor stays at a lower peak.

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
    return _likeliest(yi, vi, groups, restricted=True, steps=steps)


#: Every estimator that can be computed from estimates and variances; to add one is a function and a line here.
TAU2_ESTIMATORS: Mapping[Tau2, Callable[[Array, Array, Groups], Array]] = {
    Tau2.DL: tau2_dersimonian_laird,
    Tau2.PM: tau2_paule_mandel,
    Tau2.REML: tau2_reml,
    Tau2.ML: tau2_ml,
    Tau2.HS: tau2_hunter_schmidt,
    Tau2.HE: tau2_hedges,
    Tau2.SJ: tau2_sidik_jonkman,
    Tau2.EB: tau2_paule_mandel,
}


def _plain_variance(yi: Array, groups: Groups) -> Array:
    """Variance of the estimates around their unweighted mean, 0 for one study."""
    mean = groups.total(yi) / groups.sizes
    return cochran_q(yi, np.ones_like(yi), mean, groups) / np.maximum(groups.sizes - 1, 1)


def _paule_mandel_step(yi: Array, vi: Array, groups: Groups, tau2: Array) -> Array:
    """Newton's step on 1 / Q: its slope is the weighted residuals' sum of squares over Q²."""
    sums = weigh(yi, vi + groups.spread(tau2), groups)
    residual = yi - groups.spread(sums.centre)
    q = groups.total(sums.wi * residual**2)
    return q / groups.total((sums.wi * residual) ** 2) * (q / (groups.sizes - 1) - 1)


def _likeliest(yi: Array, vi: Array, groups: Groups, *, restricted: bool, steps: int) -> Array:
    """The highest point of each group's likelihood, NaN where it is not reached in so many steps.

    Every peak that a grid shows is climbed, and the highest is taken.
    """
    # In units of the total spread no power of a weight leaves the range of floating-point numbers.
    scale = groups.total(vi) / groups.sizes + _plain_variance(yi, groups)
    y = (yi - groups.spread(weigh(yi, vi, groups).centre)) / np.sqrt(groups.spread(scale))
    whole = Likelihood(yi=y, vi=vi / groups.spread(scale), groups=groups, restricted=restricted)
    owner, start, low, high = _peaks(whole)
    rows, part = groups.take(owner)
    each = Likelihood(yi=whole.yi[rows], vi=whole.vi[rows], groups=part, restricted=restricted)
    tops = _climb(each, start, (low, high), steps)
    order = np.lexsort((_log_likelihood(each, tops), owner))
    result = np.full_like(scale, np.nan)
    # Of an owner's peaks the last, and so the highest, stays.
    result[owner[order]] = tops[order]
    return scale * result


def _peaks(of: Likelihood) -> tuple[NDArray[np.intp], Array, Array, Array]:
    """The points of a grid that no neighbour tops: the group each is of, the point, its neighbours below and above."""
    least = of.groups.low(of.vi)
    ratio = 1 + _upper_bound(of) / least
    widest = np.log(ratio[np.isfinite(ratio)].max(initial=GRID_FACTOR)) / np.log(GRID_FACTOR)
    last = min(int(np.ceil(widest)), GRID_STEPS)
    grid = np.stack([least * (ratio ** (j / last) - 1) for j in range(last + 1)])
    height = np.stack([_log_likelihood(of, point) for point in grid])
    edge = np.full_like(height[:1], -np.inf)
    peak = (height >= np.concatenate([edge, height[:-1]])) & (height > np.concatenate([height[1:], edge]))
    point, owner = np.nonzero(peak)
    below, above = grid[np.maximum(point - 1, 0), owner], grid[np.minimum(point + 1, last), owner]
    return owner, grid[point, owner], below, above


def _upper_bound(of: Likelihood) -> Array:
    """A tau² from which on the likelihood falls, 0 where it falls from the start.

    The slope has the sign of y'PPy - tr P, without restriction of y'PPy - sum w.  With weights between a and b, y'PPy
    is at most b² S, S being the squared distances from the plain mean, and the rest at least (k - 1) a, without
    restriction k a; where these meet is the root of a quadratic.
    """
    spread, least, most = _plain_variance(of.yi, of.groups), of.groups.low(of.vi), of.groups.high(of.vi)
    if not of.restricted:
        spread = spread * (of.groups.sizes - 1) / of.groups.sizes
    root = spread - 2 * least + np.sqrt(spread**2 + 4 * spread * (most - least))
    return np.maximum(root / 2, 0)


def _log_likelihood(of: Likelihood, tau2: Array) -> Array:
    """The log likelihood of each group, without its constant."""
    variance = of.vi + of.groups.spread(tau2)
    sums = weigh(of.yi, variance, of.groups)
    q = cochran_q(of.yi, sums.wi, sums.centre, of.groups)
    restriction = np.log(sums.total) if of.restricted else 0.0
    return -(of.groups.total(np.log(variance)) + restriction + q) / 2


def _slope(of: Likelihood, tau2: Array) -> tuple[Array, Array]:
    """Twice the likelihood's slope at tau², and how fast it falls: by Newton where it curves down, else by Fisher."""
    groups = of.groups
    sums = weigh(of.yi, of.vi + groups.spread(tau2), groups)
    wi, total = sums.wi, sums.total
    residual = wi * (of.yi - groups.spread(sums.centre))
    slope, fisher = groups.total(residual**2) - total, sums.squares
    if of.restricted:
        slope = groups.total(residual**2) - sums.trace
        fisher = sums.squares - 2 * groups.total(wi**3) / total + (sums.squares / total) ** 2
    weighted = wi * residual
    curve = 2 * (groups.total(weighted * residual) - groups.total(weighted) ** 2 / total) - fisher
    return slope, np.where(curve > 0, curve, fisher)


def _climb(of: Likelihood, start: Array, bounds: tuple[Array, Array], steps: int) -> Array:
    """The top of each peak between its bounds, by Newton's method with halving; NaN where it is not reached."""
    groups, tau2, least = of.groups, start.copy(), of.groups.low(of.vi)
    low, high = (bound.copy() for bound in bounds)
    falls_from_zero = _slope(of, np.zeros_like(tau2))[0] <= 0
    result = np.where(falls_from_zero & (low == 0) & (tau2 == 0), 0.0, np.nan)
    for _ in range(steps):
        climbing = np.isnan(result)
        if not climbing.any():
            break
        rows, part = groups.spread(climbing), groups.subset(climbing)
        some = Likelihood(yi=of.yi[rows], vi=of.vi[rows], groups=part, restricted=of.restricted)
        new, low[climbing], high[climbing] = _step(some, tau2[climbing], low[climbing], high[climbing])
        change = np.minimum(np.abs(new - tau2[climbing]), high[climbing] - low[climbing])
        done = change <= TOLERANCE * (new + least[climbing])
        tau2[climbing] = new
        result[np.flatnonzero(climbing)[done]] = new[done]
    return np.where(falls_from_zero & (result < ZERO * least), 0.0, result)


def _step(of: Likelihood, tau2: Array, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """The next tau² and the narrowed range that holds the peak."""
    slope, fall = _slope(of, tau2)
    rises: Flags = slope > 0
    low, high = np.where(rises, tau2, low), np.where(rises, high, tau2)
    new = tau2 + np.divide(slope, fall, out=np.full_like(slope, np.inf), where=fall > 0)
    return np.where((new > low) & (new < high), new, (low + high) / 2), low, high
