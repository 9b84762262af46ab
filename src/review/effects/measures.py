"""The effect measures: from the numbers of a study's arms to its estimate and sampling variance, and back.

The conventions are those of metafor's `escalc` (viechtbauer2010).  Analysis scale: log for RR, OR, PETO and ROM, logit
for PLO, an angle in radians for PFT, standard deviations for SMD, the outcome's own unit for RD, MD and GEN;
`back_transform` alone goes from there to the scale that people read.  Group 1 is the intervention, group 2 the
comparator.  What the columns must hold stands in `columns`, what becomes of several studies in `synthesis`.

Zero cells: 1/2 is added to all four cells of a study in which a cell is zero, and to no other study; nothing is ever
added for PFT.  Studies without an event in both arms, or with events only, are treated the same way here;
Mantel-Haenszel and Peto's method treat them otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, gammaln

from review.errors import WrongUse
from review.vocabulary import Measure

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

#: Added to every cell of a study with a zero cell: metafor's default (escalc, add = 1/2, to = "only0").
ZERO_CELL_ADDITION = 0.5

COUNTS = ("events_1", "n_1", "events_2", "n_2")
MEANS = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
PROPORTION = ("events", "n")
GENERIC = ("yi", "vi")

#: The measures of one arm.
SINGLE_ARM = (Measure.PLO, Measure.PFT)


def cells(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> Array:
    """The four cells of each two-by-two table, 1/2 added to all four where one is zero; shape (4, k)."""
    table: Array = np.stack([events_1, n_1 - events_1, events_2, n_2 - events_2])
    zero: Flags = (table == 0).any(axis=0)
    return table + ZERO_CELL_ADDITION * zero


def risk_ratio(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> tuple[Array, Array]:
    """Log risk ratios and their sampling variances; shapes (k,)."""
    a, b, c, d = cells(events_1, n_1, events_2, n_2)
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def odds_ratio(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> tuple[Array, Array]:
    """Log odds ratios and their sampling variances; shapes (k,)."""
    a, b, c, d = cells(events_1, n_1, events_2, n_2)
    return np.log(a / b) - np.log(c / d), 1 / a + 1 / b + 1 / c + 1 / d


def risk_difference(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> tuple[Array, Array]:
    """Risk differences, in events per person, and their sampling variances; shapes (k,)."""
    a, b, c, d = cells(events_1, n_1, events_2, n_2)
    return a / (a + b) - c / (c + d), a * b / (a + b) ** 3 + c * d / (c + d) ** 3


def observed_minus_expected(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> tuple[Array, Array]:
    """Events of the intervention beyond those expected if the arms were alike, and their hypergeometric variance.

    Parameters
    ----------
    events_1, n_1, events_2, n_2 : ndarray, shape (k,)
        Counts; more than one person in all.

    Returns
    -------
    tuple of ndarray, shape (k,)
        O - E and V; V is 0 where no one, or everyone, had an event.

    References
    ----------
    yusuf1985 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    n, events = n_1 + n_2, events_1 + events_2
    return events_1 - events * n_1 / n, events * (n - events) * (n_1 / n) * (n_2 / n) / (n - 1)


def peto_odds_ratio(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> tuple[Array, Array]:
    """Log odds ratios by Peto's one step, (O - E) / V, and their sampling variances 1 / V; shapes (k,)."""
    a, b, c, d = cells(events_1, n_1, events_2, n_2)
    difference, variance = observed_minus_expected(a, a + b, c, c + d)
    return difference / variance, 1 / variance


def mean_difference(  # noqa: PLR0917 - one parameter for each column of the table, in its order
    mean_1: Array, sd_1: Array, n_1: Array, mean_2: Array, sd_2: Array, n_2: Array
) -> tuple[Array, Array]:
    """Mean differences, in the outcome's unit, and their sampling variances, each arm by its own SD; shapes (k,)."""
    return mean_1 - mean_2, sd_1**2 / n_1 + sd_2**2 / n_2


def small_sample_correction(df: Array) -> Array:
    """Factor that takes the bias from a standardised mean difference, by its degrees of freedom (above 1).

    References
    ----------
    hedges1981 (docs/methods.bib): the exact factor, by the gamma function, not its approximation 1 - 3 / (4 df - 1).
    """
    factor: Array = np.exp(gammaln(df / 2) - np.log(np.sqrt(df / 2)) - gammaln((df - 1) / 2))
    return factor


def standardised_mean_difference(  # noqa: PLR0917 - one parameter for each column of the table, in its order
    mean_1: Array, sd_1: Array, n_1: Array, mean_2: Array, sd_2: Array, n_2: Array
) -> tuple[Array, Array]:
    """Hedges' g, in pooled standard deviations, and their large-sample variances; shapes (k,).

    References
    ----------
    hedges1981 (docs/methods.bib); the variance 1 / n_1 + 1 / n_2 + g² / (2 (n_1 + n_2)) is escalc's default, "LS".
    """
    df = n_1 + n_2 - 2
    pooled = np.sqrt(((n_1 - 1) * sd_1**2 + (n_2 - 1) * sd_2**2) / df)
    g = small_sample_correction(df) * (mean_1 - mean_2) / pooled
    return g, 1 / n_1 + 1 / n_2 + g**2 / (2 * (n_1 + n_2))


def ratio_of_means(  # noqa: PLR0917 - one parameter for each column of the table, in its order
    mean_1: Array, sd_1: Array, n_1: Array, mean_2: Array, sd_2: Array, n_2: Array
) -> tuple[Array, Array]:
    """Log ratios of (positive) means and their sampling variances; shapes (k,).

    References
    ----------
    hedges1999 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    return np.log(mean_1 / mean_2), (sd_1 / mean_1) ** 2 / n_1 + (sd_2 / mean_2) ** 2 / n_2


def logit_proportion(events: Array, n: Array) -> tuple[Array, Array]:
    """Logits of single-arm proportions and their sampling variances, 1/2 added to both cells where one is zero."""
    table = np.stack([events, n - events])
    yes, no = table + ZERO_CELL_ADDITION * (table == 0).any(axis=0)
    return np.log(yes / no), 1 / yes + 1 / no


def double_arcsine(events: Array, n: Array) -> tuple[Array, Array]:
    """Freeman and Tukey's double arcsines of single-arm proportions, in radians, and their variances; shapes (k,).

    References
    ----------
    freeman1950 (docs/methods.bib), halved as in escalc; checked against metafor, tests/reference/metafor.json.
    """
    return (np.arcsin(np.sqrt(events / (n + 1))) + np.arcsin(np.sqrt((events + 1) / (n + 1)))) / 2, 1 / (4 * n + 2)


def inverse_double_arcsine(values: Array, n: Array) -> Array:
    """Proportions of double arcsines; beyond those of no one and of everyone, 0 and 1.

    Parameters
    ----------
    values : ndarray
        Double arcsines in radians.
    n : ndarray
        Sizes: a study's own; for a pooled value the harmonic mean of its studies'.

    Returns
    -------
    ndarray
        Between 0 and 1, the shape of both together.

    References
    ----------
    miller1978 (docs/methods.bib), with 1 - (sin - (1 / sin - sin) / n)² multiplied out, so that nothing is lost near
    one half; checked against metafor's transf.ipft.hm.
    """
    values, n = np.broadcast_arrays(values, n)
    lowest, highest = double_arcsine(np.zeros_like(n), n)[0], double_arcsine(n, n)[0]
    inside = (values > lowest) & (values < highest)
    angle = np.where(inside, 2 * values, np.pi / 2)
    sine, cosine = np.sin(angle), np.cos(angle)
    share = (1 - cosine * np.sqrt(np.maximum(1 + 2 / n - (cosine / (sine * n)) ** 2, 0))) / 2
    outside = np.where(values <= lowest, 0.0, np.where(values >= highest, 1.0, np.nan))
    return np.where(inside, share, outside)


def generic_effect(yi: Array, vi: Array) -> tuple[Array, Array]:
    """Estimates and sampling variances as they were given; shapes (k,)."""
    return yi, vi


def exponential(values: Array) -> Array:
    """Ratios of log ratios; infinite where the number is too large to be written."""
    with np.errstate(over="ignore"):
        return np.exp(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectMeasure:
    """How one effect measure is made of its columns and read.

    Attributes
    ----------
    columns : tuple of str
        The columns of a frame of studies, in the order of the formula's parameters.
    effect : callable
        The columns as arrays of shape (k,) to estimates and sampling variances on the analysis scale.
    read : callable
        From the analysis scale to the one that people read.
    sized : bool
        Whether `read` also needs the number of people.
    """

    columns: tuple[str, ...]
    effect: Callable[..., tuple[Array, Array]]
    read: Callable[..., Array]
    sized: bool = False


#: Every measure that can be computed; to add one is a function and a line here.
EFFECT_MEASURES: Mapping[Measure, EffectMeasure] = {
    Measure.RR: EffectMeasure(columns=COUNTS, effect=risk_ratio, read=exponential),
    Measure.OR: EffectMeasure(columns=COUNTS, effect=odds_ratio, read=exponential),
    Measure.RD: EffectMeasure(columns=COUNTS, effect=risk_difference, read=np.positive),
    Measure.PETO: EffectMeasure(columns=COUNTS, effect=peto_odds_ratio, read=exponential),
    Measure.MD: EffectMeasure(columns=MEANS, effect=mean_difference, read=np.positive),
    Measure.SMD: EffectMeasure(columns=MEANS, effect=standardised_mean_difference, read=np.positive),
    Measure.ROM: EffectMeasure(columns=MEANS, effect=ratio_of_means, read=exponential),
    Measure.PLO: EffectMeasure(columns=PROPORTION, effect=logit_proportion, read=expit),
    Measure.PFT: EffectMeasure(columns=PROPORTION, effect=double_arcsine, read=inverse_double_arcsine, sized=True),
    Measure.GEN: EffectMeasure(columns=GENERIC, effect=generic_effect, read=np.positive),
}


def measure_named(name: str) -> Measure:
    """The effect measure of a name such as ``"RR"``; ``"generic"`` is GEN.

    Raises
    ------
    WrongUse
        If there is no such measure, or it cannot be computed.
    """
    text = name.upper().replace("GENERIC", "GEN")
    available = ", ".join(EFFECT_MEASURES)
    if text not in set(Measure):
        raise WrongUse(f"{name!r} is no effect measure: choose one of {available}")
    if Measure(text) not in EFFECT_MEASURES:
        raise WrongUse(f"{text} is not made from arms here: give log ratios as GEN with yi and vi, or use {available}")
    return Measure(text)


def back_transform(measure: Measure, values: ArrayLike, *, n: ArrayLike | None = None) -> Array:
    """Values on the scale that people read, from the analysis scale.

    Parameters
    ----------
    measure : Measure
        The effect measure.
    values : array_like
        Estimates or limits on the analysis scale.
    n : array_like, optional
        Numbers of people, which PFT cannot be read without: a study's own, the harmonic mean for pooled values.

    Returns
    -------
    ndarray
        Ratios for RR, OR, PETO and ROM, proportions for PLO and PFT, else the values themselves.

    Raises
    ------
    WrongUse
        If the measure needs `n` and there is none.
    """
    chosen, read = EFFECT_MEASURES[measure], np.asarray(values, dtype=np.float64)
    if not chosen.sized:
        return chosen.read(read)
    if n is None:
        raise WrongUse(f"{measure} cannot be read without the number of people: give n")
    return chosen.read(read, np.asarray(n, dtype=np.float64))
