"""Trim and fill: how the pooled effect would move if studies on one side of the funnel plot were missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from review.effects import Array, check_level, measure_named, study_effects
from review.errors import CannotPool, WrongUse
from review.synthesis.fits import NO_NUMBER
from review.synthesis.funnel_line import slope_of_funnel
from review.synthesis.options import Tau2
from review.synthesis.pooling import Pooled, PooledStudy, pool
from review.synthesis.small_study import equally_precise
from review.vocabulary import Measure

#: Fewest studies that can be trimmed: with two, a line through both fits.
STUDIES_FOR_TRIMMING = 3

#: Rounds after which the number of missing studies is given up, as in metafor.
ROUNDS = 100

#: Below this part of the larger of the two, the distance of an estimate from the centre is rounding (our convention).
ROUNDING = 1e-12

Word = TypeVar("Word", bound=StrEnum)

NOT_SETTLED = f"the number of missing studies did not settle within {ROUNDS} rounds: trim and fill gives no answer here"
NO_SIDE = "all studies are equally precise, so that no side follows from the funnel plot: give one"


class Side(StrEnum):
    """The side of the funnel plot on which studies are missing: left is that of smaller estimates."""

    LEFT = "left"
    RIGHT = "right"


class Estimator(StrEnum):
    """How the number of missing studies is estimated from the ranks of the distances from the centre."""

    L0 = "L0"
    R0 = "R0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimAndFill:
    """A synthesis with what may be missing from it.

    Attributes
    ----------
    k : int
        Number of studies given.
    estimator : str
        ``"L0"`` or ``"R0"``.
    side : str
        Side on which studies are missing, ``"left"`` or ``"right"``, also where none is.
    k0 : int
        Estimated number of missing studies.
    se_k0 : float or None
        Its standard error; None where L0's formula has none, as with most studies on the other side.
    p_k0 : float or None
        p of the test that none is missing on this side; None for L0, which has no test.
    filled : tuple of PooledStudy
        The missing studies as they were filled in, from the innermost outwards; their weights are those in `adjusted`.
    pooled, adjusted : Pooled
        Pooled effect of the studies given, and of these with the filled ones.
    """

    k: int
    estimator: str
    side: str
    k0: int
    se_k0: float | None
    p_k0: float | None
    filled: tuple[PooledStudy, ...]
    pooled: Pooled
    adjusted: Pooled


def trim_and_fill(  # noqa: PLR0913 - the options of `pool` by inverse variance, and two of its own
    frame: pd.DataFrame,
    *,
    measure: str = "RR",
    model: str = "random",
    tau2: str = "REML",
    interval: str = "z",
    level: float = 95,
    adhoc: bool = False,
    estimator: str = "L0",
    side: str | None = None,
) -> TrimAndFill:
    """The pooled effect after Duval and Tweedie's trim and fill.

    The outermost studies of one side are left out until the rest lies evenly around its pooled effect; then they come
    back, and with each its mirror image.  One and the same model pools before and after.  It shows how much the effect
    hangs on one kind of selection; it is no better estimate of the effect.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`; three or more.  Of studies with the same estimate, the last is left out
        first.
    measure, model, tau2, interval, level, adhoc
        As in `pool`, by inverse variance; `tau2` is not ``"MH"``, `measure` not ``"PFT"``.
    estimator : str
        ``"L0"`` or ``"R0"``.
    side : str, optional
        Where studies are missing.  Unless given, right if the estimates fall with the standard error, else left, by a
        regression with the same model and estimator of tau².

    Returns
    -------
    TrimAndFill
        With none missing, `adjusted` is `pooled`.

    Raises
    ------
    CannotPool
        If there are fewer than three studies, if they have no pooled effect, if all are equally precise and no side is
        given, or if the number of missing studies does not settle.
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If an option is not known or not available.

    References
    ----------
    duval2000a, duval2000b (docs/methods.bib); checked against metafor's `trimfill`, tests/reference/robustness.json.
    """
    given, kind = _word(Side, "side", side) if side is not None else None, _word(Estimator, "estimator", estimator)
    name, k = measure_named(measure), len(frame)
    refuse_untrimmable(name, tau2)
    check_level(level)
    if k < STUDIES_FOR_TRIMMING:
        raise CannotPool(f"trim and fill needs {STUDIES_FOR_TRIMMING} or more studies, and there are {k}")
    effects = study_effects(frame, measure=name)
    options: dict[str, Any] = {"model": model, "tau2": tau2, "interval": interval, "level": level, "adhoc": adhoc}
    pooled = pool(effects, measure=name, **options)
    where = given or _side(effects, Tau2(pooled.tau2_method) if pooled.tau2_method else None)
    missing, se_k0 = _missing(effects, kind, where, options)
    k0 = len(missing)
    both = pd.concat([effects, missing], ignore_index=True)
    adjusted = pool(both, measure=name, **options) if k0 else pooled
    return TrimAndFill(
        k=k,
        estimator=str(kind),
        side=str(where),
        k0=k0,
        se_k0=None if np.isnan(se_k0) else se_k0,
        p_k0=_none_missing(k0) if kind is Estimator.R0 else None,
        filled=adjusted.studies[k:],
        pooled=pooled,
        adjusted=adjusted,
    )


def refuse_untrimmable(measure: Measure, tau2: str) -> None:
    """Raise WrongUse if trim and fill has no meaning for a measure or an estimator of tau²."""
    if tau2.upper() == Tau2.MH:
        raise WrongUse("trim and fill pools estimates by inverse variance: use another estimator than tau2 MH, as DL")
    if measure is Measure.PFT:
        raise WrongUse("trim and fill may fill in angles that are those of no proportion: use measure PLO, not PFT")


def missing_by_rank_sum(signed_ranks: Array) -> tuple[float, float]:
    """Number of missing studies by L0, from the sum of the ranks on the side of the excess, and its standard error.

    Parameters
    ----------
    signed_ranks : ndarray, shape (k,)
        Ranks of the distances from the centre, positive on the side of the excess, 0 at the centre.

    Returns
    -------
    tuple of float
        Not rounded, and not bound to 0; the error is NaN where its square would be negative.

    References
    ----------
    duval2000a, duval2000b (docs/methods.bib).
    """
    k = len(signed_ranks)
    k0 = (4 * float(signed_ranks[signed_ranks > 0].sum()) - k * (k + 1)) / (2 * k - 1)
    variance = (
        k * (k + 1) * (2 * k + 1) + 10 * k0**3 + 27 * k0**2 + 17 * k0 - 18 * k * k0**2 - 18 * k * k0 + 6 * k**2 * k0
    ) / 24
    return k0, 4 * float(np.sqrt(variance if variance >= 0 else np.nan)) / (2 * k - 1)


def missing_by_last_run(signed_ranks: Array) -> tuple[float, float]:
    """Number of missing studies by R0, from the largest ranks that all lie on the side of the excess, and its error.

    Parameters and returns are those of `missing_by_rank_sum`.

    References
    ----------
    duval2000a, duval2000b (docs/methods.bib).
    """
    other = -signed_ranks[signed_ranks < 0]
    # With nothing on the other side, all studies lie at the centre, and none is missing.
    k0 = len(signed_ranks) - float(other.max()) - 1 if other.size else 0.0
    return k0, float(np.sqrt(2 * max(k0, 0.0) + 2))


#: Every estimator of the number of missing studies; to add one is a function and a line here.
MISSING: Mapping[Estimator, Callable[[Array], tuple[float, float]]] = {
    Estimator.L0: missing_by_rank_sum,
    Estimator.R0: missing_by_last_run,
}


def _word(words: type[Word], option: str, text: str) -> Word:
    for word in words:
        if word.lower() == text.lower():
            return word
    raise WrongUse(f"{option} {text!r} is not known: choose one of {', '.join(words)}")


def _missing(
    effects: pd.DataFrame, estimator: Estimator, side: Side, options: Mapping[str, Any]
) -> tuple[pd.DataFrame, float]:
    """The missing studies, and the standard error of their number."""
    # The excess lies to the right of the centre, so that studies missing on the right are looked at in a mirror.
    mirror = -1.0 if side is Side.RIGHT else 1.0
    ordered = effects.assign(yi=mirror * effects["yi"]).sort_values("yi", kind="stable", ignore_index=True)
    yi, k, k0, before = ordered["yi"].to_numpy(dtype=np.float64), len(ordered), 0, -1
    centre = se_k0 = 0.0
    for _ in range(ROUNDS):
        if k0 == before:
            break
        centre, before = pool(ordered.head(k - k0), measure=str(Measure.GEN), **options).mu, k0
        found, se_k0 = MISSING[estimator](_signed_ranks(yi, centre))
        # The innermost study always stays.
        k0 = min(max(0, round(found)), k - 1)
    else:
        raise CannotPool(NOT_SETTLED)
    outermost = ordered.tail(k0)
    return outermost.assign(yi=mirror * (2 * centre - outermost["yi"])), se_k0


def _signed_ranks(yi: Array, centre: float) -> Array:
    """Ranks of the distances from the centre with their signs; of equal distances the first has the lower rank."""
    distance = yi - centre
    distance = np.where(np.abs(distance) <= ROUNDING * np.maximum(np.abs(yi), abs(centre)), 0.0, distance)
    ranks = np.empty_like(yi)
    ranks[np.argsort(np.abs(distance), kind="stable")] = np.arange(1, len(yi) + 1)
    return np.sign(distance) * ranks


def _none_missing(k0: int) -> float:
    """How likely so many of the largest ranks lie on one side if no study is missing: the p of R0."""
    return 0.5 ** (k0 + 1)


def _side(effects: pd.DataFrame, tau2: Tau2 | None) -> Side:
    """The side where studies are missing: that towards which the estimates move as studies grow more precise."""
    yi, vi = (effects[name].to_numpy(dtype=np.float64) for name in ("yi", "vi"))
    if equally_precise(vi):
        raise CannotPool(NO_SIDE)
    slope = slope_of_funnel(yi, vi, tau2)
    if np.isnan(slope):
        raise CannotPool(NO_NUMBER)
    return Side.RIGHT if slope < 0 else Side.LEFT
