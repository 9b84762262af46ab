"""What a relative effect means for people: events per 1000 with and without the intervention."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from review.effects import Array
from review.errors import WrongUse
from review.vocabulary import Measure

#: What risks are said per: the Cochrane Handbook's summary of findings [higgins2011, section 12.5.3].
PER = 1000


def risk_by_risk_ratio(baseline: Array, ratio: float) -> Array:
    """Risks with the intervention, from those without; not yet bound to 1."""
    with np.errstate(invalid="ignore"):
        return np.where(baseline == 0, 0.0, baseline * ratio)


def risk_by_odds_ratio(baseline: Array, ratio: float) -> Array:
    """Risks with the intervention, from those without: OR p / (1 - p + OR p), here on the logit scale."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((baseline == 0) | (baseline == 1), baseline, expit(logit(baseline) + np.log(ratio)))


def risk_by_difference(baseline: Array, difference: float) -> Array:
    """Risks with the intervention, from those without; not yet bound to 0 and 1."""
    return baseline + difference


#: The measures that give a risk; to add one is a function and a line here.
RISK_FROM: Mapping[Measure, Callable[[Array, float], Array]] = {
    Measure.RR: risk_by_risk_ratio,
    Measure.OR: risk_by_odds_ratio,
    Measure.PETO: risk_by_odds_ratio,
    Measure.RD: risk_by_difference,
}


def absolute_effects(  # noqa: PLR0917 - an effect with its limits, what it is, and where it is read
    estimate: float, low: float, high: float, measure: str, baseline_risks: ArrayLike
) -> pd.DataFrame:
    """Events per 1000 people without and with the intervention, and their difference, at each baseline risk.

    The relative effect is taken to be the same at every baseline risk, and the limits are those of the effect alone:
    that the baseline risk is itself uncertain is not in them.

    Parameters
    ----------
    estimate, low, high : float
        The effect with its limits on the scale that people read, intervention against comparator.
    measure : str
        ``"RR"``, ``"OR"``, ``"PETO"`` (an odds ratio) or ``"RD"`` (in events per person).
    baseline_risks : array_like, shape (m,)
        Risks without the intervention, 0 to 1.

    Returns
    -------
    DataFrame
        A row for each baseline risk in the order given: ``baseline_risk``; ``comparator_per_1000``;
        ``intervention_per_1000``, ``intervention_low_per_1000``, ``intervention_high_per_1000``;
        ``difference_per_1000``, ``difference_low_per_1000``, ``difference_high_per_1000`` (intervention less
        comparator), all unrounded; ``beyond``: whether the effect or a limit led below 0 or above 1000, and was kept
        there, so that the effect cannot hold at this risk.

    Raises
    ------
    WrongUse
        If the measure gives no risk, a baseline risk is no proportion, or the effect is impossible.

    References
    ----------
    higgins2011, sections 12.5.4.2 and 12.5.4.3 (docs/methods.bib), whose examples are tests.
    """
    if measure.upper() not in set(RISK_FROM):
        raise WrongUse(f"{measure!r} gives no risk per {PER}: choose one of {', '.join(RISK_FROM)}")
    kind = Measure(measure.upper())
    _check_effect(estimate, low, high, difference=kind is Measure.RD)
    baseline = _checked_risks(baseline_risks)
    risks = [RISK_FROM[kind](baseline, value) for value in (estimate, low, high)]
    bound = [PER * np.clip(risk, 0, 1) for risk in risks]
    columns = {"baseline_risk": baseline, "comparator_per_1000": PER * baseline}
    for words, values in zip(("", "_low", "_high"), bound, strict=True):
        columns[f"intervention{words}_per_1000"] = values
    for words, values in zip(("", "_low", "_high"), bound, strict=True):
        columns[f"difference{words}_per_1000"] = values - PER * baseline
    beyond = np.any([(risk < 0) | (risk > 1) for risk in risks], axis=0)
    return pd.DataFrame(columns).assign(beyond=beyond)


def _check_effect(estimate: float, low: float, high: float, *, difference: bool) -> None:
    least, most = (-1.0, 1.0) if difference else (0.0, np.inf)
    # Written so that NaN fails too.
    if not least <= low <= estimate <= high <= most:
        raise WrongUse(
            f"{estimate:g} ({low:g} to {high:g}) is no effect with its limits: give them from {least:g} to {most:g}, "
            "the estimate between its limits, ratios not as logarithms"
        )


def _checked_risks(baseline_risks: ArrayLike) -> Array:
    baseline = np.atleast_1d(np.asarray(baseline_risks, dtype=np.float64))
    wrong = baseline[~((baseline >= 0) & (baseline <= 1))]
    if baseline.ndim != 1 or wrong.size:
        named = f"{wrong[0]:g} is no proportion" if wrong.size else "they are no plain list"
        raise WrongUse(f"baseline risks are given from 0 to 1, such as 0.25 for 250 per {PER}: {named}")
    return baseline
