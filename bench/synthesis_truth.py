"""The between-study variances that the definitions ask for, found by slow and plain means.

Nothing of the package is used here: the restricted likelihood is looked at on a dense grid, and its slope is then
halved to zero beside the highest point.  Shapes: g syntheses of k studies, (g, k).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Points of the grid; steps between them grow with tau².
GRID = 400

#: Halvings, enough for the last digit.
HALVINGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The tau² of each estimator, shape (g,), the studies, and the smallest variance of each synthesis."""

    yi: Array
    vi: Array
    tau2: Mapping[str, Array]
    least: Array

    def short(self, tau2: Array, done: NDArray[np.bool_]) -> float:
        """How far the likelihood at the worst of these tau² is below its highest point."""
        if not done.any():
            return np.nan
        best = likelihood(self.yi[done], self.vi[done], self.tau2["REML"][done])
        return float(np.max(best - likelihood(self.yi[done], self.vi[done], tau2[done])))


def truth(yi: Array, vi: Array) -> Truth:
    """The tau² by REML, DerSimonian-Laird and Paule-Mandel."""
    found = {"REML": restricted(yi, vi), "DL": moments(yi, vi), "PM": generalised_q(yi, vi)}
    return Truth(yi=yi, vi=vi, tau2=found, least=vi.min(axis=1))


def likelihood(yi: Array, vi: Array, tau2: Array) -> Array:
    """The restricted log likelihood without its constant (viechtbauer2005, docs/methods.bib)."""
    w, rest = weights(yi, vi, tau2)
    return (np.log(w).sum(axis=1) - np.log(w.sum(axis=1)) - (w * rest**2).sum(axis=1)) / 2


def slope(yi: Array, vi: Array, tau2: Array) -> Array:
    """Twice the derivative of the restricted log likelihood."""
    w, rest = weights(yi, vi, tau2)
    return ((w * rest) ** 2).sum(axis=1) - w.sum(axis=1) + (w**2).sum(axis=1) / w.sum(axis=1)


def weights(yi: Array, vi: Array, tau2: Array) -> tuple[Array, Array]:
    """Weights at tau² and distances from the weighted mean."""
    w = 1 / (vi + tau2[:, None])
    return w, yi - ((w * yi).sum(axis=1) / w.sum(axis=1))[:, None]


def restricted(yi: Array, vi: Array) -> Array:
    """tau² at the highest point of the restricted likelihood.

    Beyond the plain variance of the estimates and the largest sampling variance together the likelihood falls: with
    weights between a and b its slope is at most b² S - (k - 1) a, S being the squared distances from the plain mean.
    """
    least, most = vi.min(axis=1), yi.var(axis=1, ddof=1) + vi.max(axis=1)
    ratio = 1 + most / least
    grid = np.stack([least * (ratio ** (step / GRID) - 1) for step in range(GRID + 1)])
    best = np.stack([likelihood(yi, vi, point) for point in grid]).argmax(axis=0)
    column = np.arange(len(yi))
    top = grid[best, column]
    rises = slope(yi, vi, top) > 0
    low = np.where(rises, top, grid[np.maximum(best - 1, 0), column])
    high = np.where(rises, grid[np.minimum(best + 1, GRID), column], top)
    found = halve(lambda tau2: slope(yi, vi, tau2), low, high)
    return np.where((best == 0) & ~rises, 0.0, found)


def moments(yi: Array, vi: Array) -> Array:
    """tau² by DerSimonian and Laird's formula (dersimonian1986, docs/methods.bib), at least 0."""
    w, rest = weights(yi, vi, np.zeros(len(yi)))
    total = w.sum(axis=1)
    excess = (w * rest**2).sum(axis=1) - (yi.shape[1] - 1)
    return np.maximum(excess / (total - (w**2).sum(axis=1) / total), 0)


def generalised_q(yi: Array, vi: Array) -> Array:
    """tau² by Paule and Mandel: where Q, weighted with tau², is its degrees of freedom (dersimonian2007)."""

    def excess(tau2: Array) -> Array:
        w, rest = weights(yi, vi, tau2)
        return (w * rest**2).sum(axis=1) - (yi.shape[1] - 1)

    zero = np.zeros(len(yi))
    # Q is at most the squared distances from the plain mean over tau², so it is used up at their variance.
    return np.where(excess(zero) <= 0, 0.0, halve(excess, zero, yi.var(axis=1, ddof=1)))


def halve(falling: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Where each function, positive at the lower and not at the upper end, passes zero."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        positive = falling(middle) > 0
        low, high = np.where(positive, middle, low), np.where(positive, high, middle)
    return (low + high) / 2
