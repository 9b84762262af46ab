"""Mantel and Haenszel's estimate of a common effect from counts, over many syntheses at once.

Nothing is added to zero cells here.  Studies without an event in both arms carry no weight in a ratio of their own
accord; in a risk difference they do.  The conventions are those of metafor's `rma.mh`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from review.effects import Array
from review.synthesis.groups import Groups
from review.vocabulary import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Weighted means of g syntheses.

    Attributes
    ----------
    mu, se : ndarray, shape (g,)
        Estimate and standard error on the analysis scale.  Mantel-Haenszel's is NaN where an arm has no event, or
        for OR events only, in any study.
    wi : ndarray, shape (n,)
        The studies' weights.
    """

    mu: Array
    se: Array
    wi: Array


def mh_risk_ratio(counts: Mapping[str, Array], groups: Groups) -> Weighted:
    """Log risk ratios; variance by Greenland and Robins.

    Parameters
    ----------
    counts : mapping of str to ndarray, shape (n,)
        `events_1`, `n_1`, `events_2`, `n_2` of each study.
    groups : Groups
        The syntheses that the studies fall into.

    Returns
    -------
    Weighted
        On the log scale.

    References
    ----------
    mantel1959, greenland1985 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    a, n_1, c, n_2 = counts["events_1"], counts["n_1"], counts["events_2"], counts["n_2"]
    n = n_1 + n_2
    wi = c * n_1 / n
    top, bottom = groups.total(a * n_2 / n), groups.total(wi)
    variance = _ratio(groups.total(n_1 * n_2 * (a + c) / n**2 - a * c / n), top * bottom)
    return Weighted(mu=_log_ratio(top, bottom), se=np.sqrt(variance), wi=wi)


def mh_odds_ratio(counts: Mapping[str, Array], groups: Groups) -> Weighted:
    """Log odds ratios; variance by Robins, Breslow and Greenland.

    Parameters and returns are those of `mh_risk_ratio`.

    References
    ----------
    mantel1959, robins1986 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    a, c = counts["events_1"], counts["events_2"]
    b, d = counts["n_1"] - a, counts["n_2"] - c
    n = a + b + c + d
    wi = b * c / n
    p, q, r = (a + d) / n, (b + c) / n, a * d / n
    top, bottom = groups.total(r), groups.total(wi)
    variance = (
        _ratio(groups.total(p * r), top**2)
        + _ratio(groups.total(p * wi + q * r), top * bottom)
        + _ratio(groups.total(q * wi), bottom**2)
    ) / 2
    return Weighted(mu=_log_ratio(top, bottom), se=np.sqrt(variance), wi=wi)


def mh_risk_difference(counts: Mapping[str, Array], groups: Groups) -> Weighted:
    """Risk differences; variance by Sato, Greenland and Robins.

    Parameters and returns are those of `mh_risk_ratio`, in events per person.

    References
    ----------
    mantel1959, sato1989 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    a, n_1, c, n_2 = counts["events_1"], counts["n_1"], counts["events_2"], counts["n_2"]
    n = n_1 + n_2
    wi = n_1 * n_2 / n
    total = groups.total(wi)
    mu = groups.total((a * n_2 - c * n_1) / n) / total
    p = groups.total((c * n_1**2 - a * n_2**2 + n_1 * n_2 * (n_2 - n_1) / 2) / n**2)
    q = groups.total((a * (n_2 - c) + c * (n_1 - a)) / n) / 2
    return Weighted(mu=mu, se=np.sqrt(np.maximum(mu * p + q, 0)) / total, wi=wi)


#: Every measure that Mantel-Haenszel pools; to add one is a function and a line here.
MANTEL_HAENSZEL: Mapping[Measure, Callable[[Mapping[str, Array], Groups], Weighted]] = {
    Measure.RR: mh_risk_ratio,
    Measure.OR: mh_odds_ratio,
    Measure.RD: mh_risk_difference,
}


def _ratio(top: Array, bottom: Array) -> Array:
    """The ratio, at least 0 whatever the rounding, NaN where there is none."""
    return np.divide(np.maximum(top, 0), bottom, out=np.full_like(top, np.nan), where=bottom > 0)


def _log_ratio(top: Array, bottom: Array) -> Array:
    usable = (top > 0) & (bottom > 0)
    ratio = np.divide(top, bottom, out=np.full_like(top, np.nan), where=usable)
    return np.log(ratio)
