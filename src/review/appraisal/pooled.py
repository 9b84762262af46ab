"""A synthesis pooled in other ways, many at once.

Inverse-variance methods take the estimates of the primary analysis; what pools counts takes the counts of the arms.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, compress

import pandas as pd

from review.appraisal.choices import Method
from review.appraisal.desk import Desk, Estimates, Fit, Subset
from review.appraisal.studies import comparisons_in
from review.cells import rows
from review.effects import COUNTS, GENERIC, study_effects
from review.evidence import SynthesisEvidence
from review.synthesis import Common, Interval, Model, Tau2, pool, pool_many
from review.verdicts import Limits
from review.vocabulary import Group, Measure, SynthesisGroup

_COUNTED = frozenset({Measure.RR, Measure.OR, Measure.RD})
#: Methods that pool the counts themselves, with the measures that they pool.
COUNTED: Mapping[Method, frozenset[Measure]] = {
    Method(model=Model.COMMON, common=Common.MH): _COUNTED,
    Method(model=Model.COMMON, common=Common.PETO): frozenset({Measure.PETO}),
    Method(model=Model.RANDOM, tau2=Tau2.MH): _COUNTED,
}
#: One common effect by inverse variance.
COMMON_IV = Method(model=Model.COMMON, common=Common.IV)
#: Estimators of tau² by inverse variance.  Empirical Bayes is left out: it is Paule and Mandel's under another name.
TAU2 = tuple(word for word in Tau2 if word not in {Tau2.MH, Tau2.EB})


def _random_effects() -> Iterator[Method]:
    """Each estimator of tau² with Wald's interval, and with Hartung and Knapp's, kept from being narrower and not."""
    for tau2 in TAU2:
        yield Method(model=Model.RANDOM, tau2=tau2, interval=Interval.Z)
        yield Method(model=Model.RANDOM, tau2=tau2, interval=Interval.HK, adhoc=True)
        yield Method(model=Model.RANDOM, tau2=tau2, interval=Interval.HK)


RANDOM_EFFECTS = tuple(_random_effects())


def is_pooled(shown: SynthesisEvidence) -> bool:
    """Whether the direction of a synthesis is read from several studies' pooled estimate."""
    if shown.group == SynthesisGroup.BOTH:
        return bool(shown.primary and shown.primary.pooled and shown.primary.k > 1)
    return len(shown.every) > 1 and [limits.name for limits in shown.deciding] == [shown.synthesis_id]


def methods_of(shown: SynthesisEvidence, desk: Desk) -> tuple[Method, ...]:
    """The ways in which a synthesis could be pooled, the primary one among them; none where nothing is pooled."""
    return methods_for(subset_of(shown), desk) if is_pooled(shown) else ()


def methods_for(subset: Subset, desk: Desk) -> tuple[Method, ...]:
    """The ways in which some of a pooled synthesis's studies could be pooled.

    One study stands for itself.  Two get no Hartung-Knapp interval: with one degree of freedom it says nothing (see
    `synthesis.primary`).
    """
    studies = _estimates(subset, desk)
    k, measure = len(studies["yi"]), desk.syntheses[subset[0]].measure
    single = (COMMON_IV, *RANDOM_EFFECTS) if _complete(studies, GENERIC) else ()
    if k == 1:
        return single[:1]
    if k == 2:  # noqa: PLR2004 - two studies, as the docstring says
        single = tuple(method for method in single if method.interval == Interval.Z)
    counted = tuple(method for method, measures in COUNTED.items() if measure in measures)
    return (*(counted if _complete(studies, COUNTS) else ()), *single)


def pool_all(wanted: Iterable[tuple[Subset, Method]], desk: Desk) -> None:
    """Pool many syntheses by many methods and keep the fits on the desk.

    Parameters
    ----------
    wanted : iterable of (Subset, Method)
        Studies of pooled syntheses, and methods that fit them.
    desk : Desk
        Gets the fits; those that it has are not pooled again.
    """
    calls: dict[tuple[str, Method], dict[Subset, None]] = {}
    for subset, method in wanted:
        if (subset, method) not in desk.fits:
            calls.setdefault((desk.syntheses[subset[0]].measure, method), {})[subset] = None
    for (measure, method), subsets in calls.items():
        several = tuple(subsets)
        fits = _fits([_estimates(subset, desk) for subset in several], measure, method)
        desk.fits.update(((subset, method), fit) for subset, fit in zip(several, fits, strict=True))


def pooled_by(shown: SynthesisEvidence, method: Method, desk: Desk) -> SynthesisEvidence:
    """A pooled synthesis by another method; without an estimate where that gives none, and as it is if not pooled."""
    if not is_pooled(shown):
        return shown
    subset = subset_of(shown)
    pool_all([(subset, method)], desk)
    fit = desk.fits[subset, method]
    if math.isnan(fit.estimate):
        return replace(shown, primary=None, deciding=(), body=replace(shown.body, interval=None))
    limits = Limits(name=shown.synthesis_id, estimate=fit.estimate, low=fit.low, high=fit.high)
    shares = _shares(subset, method, fit, desk)
    studies = tuple(replace(study, weight=shares[study.study_id]) for study in shown.body.studies)
    body = replace(shown.body, studies=studies, i2=None if shown.body.i2 is None else fit.i2)
    if body.interval is not None:
        risk = None if body.interval.relative_risk is None else (fit.estimate, fit.low, fit.high)
        body = replace(body, interval=replace(body.interval, low=fit.low, high=fit.high, relative_risk=risk))
    return replace(shown, deciding=(limits,), body=body)


def subset_of(shown: SynthesisEvidence) -> Subset:
    """A synthesis and the studies that it has."""
    return shown.synthesis_id, frozenset(shown.body.ids)


def _fits(several: Sequence[Estimates], measure: str, method: Method) -> Iterator[Fit]:
    """The fit of each set of studies, all by one method at once."""
    columns = {
        name: list(chain.from_iterable(studies[name] for studies in several))
        for name in (COUNTS if method in COUNTED else GENERIC)
    }
    places = [place for place, studies in enumerate(several) for _ in studies["yi"]]
    found = pool_many(
        pd.DataFrame({**columns, "place": places}),
        by="place",
        measure=measure,
        model=method.model,
        common=method.common,
        tau2=method.tau2,
        interval=method.interval,
        adhoc=method.adhoc,
    )
    names = ("estimate", "estimate_ci_low", "estimate_ci_high", "tau2", "i2")
    for estimate, low, high, tau2, i2 in zip(*(found[name].tolist() for name in names), strict=True):
        yield Fit(estimate=estimate, low=low, high=high, tau2=tau2, i2=i2)


def _shares(subset: Subset, method: Method, fit: Fit, desk: Desk) -> dict[str, float]:
    """Each study's weight in percent: by the method for a common effect of counts, else by inverse variance."""
    studies = _estimates(subset, desk)
    if method in COUNTED and method.model == Model.COMMON:
        frame = pd.DataFrame({name: studies[name] for name in COUNTS})
        pooled = pool(frame, measure=desk.syntheses[subset[0]].measure, model=method.model, common=method.common)
        weights = [study.weight for study in pooled.studies]
    else:
        inverse = [1 / (vi + fit.tau2) for vi in studies["vi"]]
        weights = [100 * weight / sum(inverse) for weight in inverse]
    found: dict[str, float] = {}
    for name, weight in zip(comparisons_in(subset, desk), weights, strict=True):
        found[desk.study_of[name]] = found.get(desk.study_of[name], 0.0) + weight
    return found


def _estimates(subset: Subset, desk: Desk) -> Estimates:
    """A value for each comparison: `yi` and `vi` of the primary analysis, and the counts of both arms if given."""
    if subset not in desk.estimates:
        whole = desk.syntheses[subset[0]]
        every = subset_of(whole)
        if every not in desk.estimates:
            both = whole.group == SynthesisGroup.BOTH
            desk.estimates[every] = _of_both_arms(whole, desk) if both else _of_single_arms(whole, desk)
        kept = set(comparisons_in(subset, desk))
        chosen = [name in kept for name in comparisons_in(every, desk)]
        columns = desk.estimates[every].items()
        desk.estimates[subset] = {name: tuple(compress(values, chosen)) for name, values in columns}
    return desk.estimates[subset]


def _of_both_arms(shown: SynthesisEvidence, desk: Desk) -> Estimates:
    names = comparisons_in(subset_of(shown), desk)
    pooled = shown.primary.pooled if shown.primary else None
    studies = pooled.studies if pooled else ()
    counts = [_counts(desk.index.comparisons[name]) for name in names]
    return {
        "yi": tuple(math.nan if study.yi is None else study.yi for study in studies),
        "vi": tuple(math.nan if study.vi is None else study.vi for study in studies),
        **{name: tuple(one[name] for one in counts) for name in COUNTS},
    }


def _of_single_arms(shown: SynthesisEvidence, desk: Desk) -> Estimates:
    names = comparisons_in(subset_of(shown), desk)
    wanted = {shown.group, *({Group.SINGLE} if shown.group == SynthesisGroup.INTERVENTION else ())}
    every = [[row for row in rows(desk.index.comparisons[name]) if row.group in wanted] for name in names]
    unknown = dict.fromkeys((*GENERIC, *COUNTS), (math.nan,) * len(names))
    if any(len(arms) != 1 for arms in every):
        return unknown
    counts = pd.DataFrame([{"events": arm.events, "n": arm.n} for (arm,) in every], dtype="float64")
    effects = study_effects(counts, measure=Measure.PLO)
    return {**unknown, "yi": tuple(effects["yi"].tolist()), "vi": tuple(effects["vi"].tolist())}


def _counts(frame: pd.DataFrame) -> dict[str, float]:
    """The counts of a comparison's first arm of each group, by the names that pooling gives them."""
    given = list(rows(frame))
    arms = {group: next((row for row in given if row.group == group), None) for group in Group}
    sides = ((1, arms[Group.INTERVENTION]), (2, arms[Group.COMPARATOR]))
    found = {f"{name}_{place}": getattr(arm, name, math.nan) for place, arm in sides for name in ("events", "n")}
    return {name: math.nan if pd.isna(value) else float(value) for name, value in found.items()}


def _complete(studies: Estimates, columns: Sequence[str]) -> bool:
    return not any(math.isnan(value) for name in columns for value in studies[name])
