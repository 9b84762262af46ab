"""Choices on the evidence: which studies count, for which reading, where the bounds lie and how studies are pooled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from review.appraisal import Bounds, Choices, EvidenceSet, Method
from review.appraisal.pooled import is_pooled, methods_of
from review.appraisal.studies import studies_kept
from review.appraisal.variants import bounds_of
from review.claims import parent_id, parse_quantities
from review.evidence import SynthesisEvidence
from review.firmness.case import (
    NOTHING_CHANGES,
    NOTHING_POOLED,
    PERSONS_DIRECTION,
    Alternative,
    Case,
    Choice,
    impossible,
    sources_left_out,
)
from review.synthesis import Common, Interval, Model, Tau2
from review.vocabulary import SynthesisGroup

#: The choices that are on the evidence.
ON_EVIDENCE = tuple(Choice)[: tuple(Choice).index(Choice.NOT_REPORTED)]

_SETS: Mapping[EvidenceSet, tuple[Choice, str]] = {
    EvidenceSet.RANDOMISED: (Choice.EVIDENCE, "only randomised studies"),
    EvidenceSet.DIRECT: (Choice.EVIDENCE, "only studies that are direct at least in part"),
    EvidenceSet.NO_INDUSTRY: (Choice.INDUSTRY, "no study funded by industry"),
    EvidenceSet.LOWER_BIAS: (Choice.BIAS, "only studies at low risk of bias or with some concerns"),
}
_DIFFERENCES: Mapping[Bounds, str] = {
    Bounds.STRICTER: "twice the important difference",
    Bounds.LAXER: "half the important difference",
    Bounds.NO_DIFFERENCE: "against no effect in place of the important difference",
}
_COMMON: Mapping[str, str] = {
    Common.IV: "inverse variance",
    Common.MH: "Mantel-Haenszel",
    Common.PETO: "Peto's method",
}


def of_evidence(case: Case) -> Iterator[Alternative]:
    """Every choice on the evidence of a claim made otherwise, one at a time."""
    shown = case.stated.synthesis
    if shown is not None:
        yield from _sets(case, shown)
        yield from _left_out(shown)
        yield from _other_syntheses(case, shown)
        yield from _bounds(shown)
        yield from _methods(case, shown)
        return
    for choice in ON_EVIDENCE:
        if choice == Choice.LEFT_OUT and case.documented:
            yield from sources_left_out(case)
        else:
            yield impossible(choice, PERSONS_DIRECTION)


def _sets(case: Case, shown: SynthesisEvidence) -> Iterator[Alternative]:
    """Keeping to some of the studies."""
    for part, (choice, words) in _SETS.items():
        choices = Choices(sets=frozenset({part}))
        kept = studies_kept(shown, case.desk, choices)
        out = [study for study in shown.body.ids if study not in kept]
        name = f"only-{part.replace(' ', '-')}"
        if part == EvidenceSet.LOWER_BIAS and shown.body.absolute:
            note = "no tool's answers fit a risk, mean or time in single groups: not computed"
            yield impossible(choice, note, name=name, words=words)
        elif not out:
            yield impossible(choice, NOTHING_CHANGES, name=name, words=words)
        elif not kept:
            yield impossible(choice, "true of no study: not computed", name=name, words=words)
        else:
            yield Alternative(id=name, choice=choice, words=f"{words}: without {', '.join(out)}", choices=choices)


def _left_out(shown: SynthesisEvidence) -> Iterator[Alternative]:
    if len(shown.body.ids) == 1:
        yield impossible(Choice.LEFT_OUT, "one study: not computed")
        return
    for study in shown.body.ids:
        choices = Choices(without=study)
        yield Alternative(id=f"without-{study}", choice=Choice.LEFT_OUT, words=f"without {study}", choices=choices)


def _other_syntheses(case: Case, shown: SynthesisEvidence) -> Iterator[Alternative]:
    """Other syntheses that could decide: of the same outcome and arms, or of another of the claim's quantities."""
    readings = False
    for other in other_syntheses(case, shown):
        name, same = other.synthesis_id, other.outcome_id == shown.outcome_id
        readings = readings or not same
        outcome = case.desk.index.outcomes[other.outcome_id].name
        judged = any(subject == name for subject, _ in case.desk.judged)
        yield Alternative(
            id=f"by-{name}",
            choice=Choice.EVIDENCE if same else Choice.READING,
            words=f"by {name}" + ("" if same else f" ({outcome})"),
            choices=Choices(synthesis=name),
            note="" if judged else f"what only a person can rate is as rated of {shown.synthesis_id}",
        )
    if not readings:
        yield impossible(Choice.READING, "no other testable reading has a synthesis: not computed")


def other_syntheses(case: Case, shown: SynthesisEvidence) -> Iterator[SynthesisEvidence]:
    """The syntheses of a claim that a reviewer could let decide in place of one.

    Those of the same outcome and group of arms with other comparisons, and those of another of the claim's own
    quantities in the arm that got what is claimed.
    """
    own = _outcomes(case.row.quantity) - {shown.outcome_id}
    claims = {case.row.claim_id, parent_id(case.row.claim_id)}
    compared = set(case.desk.included[shown.synthesis_id])
    for other in case.desk.syntheses.values():
        if other.claim_id not in claims or not other.deciding:
            continue
        same = (other.outcome_id, other.group, other.measure) == (shown.outcome_id, shown.group, shown.measure)
        reading = other.outcome_id in own and other.group == SynthesisGroup.INTERVENTION
        if reading or (same and set(case.desk.included[other.synthesis_id]) != compared):
            yield other


def _outcomes(text: str) -> set[str]:
    """The outcomes of a claim's quantities."""
    try:
        return {quantity.outcome_id for quantity in parse_quantities(text)}
    except ValueError:
        # The check names the fault.
        return set()


def _bounds(shown: SynthesisEvidence) -> Iterator[Alternative]:
    """The bounds of a quantity one band stricter and laxer, or the important difference otherwise."""
    places = bounds_of(shown)
    if not places:
        yield impossible(Choice.THRESHOLD, "no important difference is set: not computed")
    for bounds in places:
        name = f"threshold-{bounds.replace(' ', '-')}"
        choices = Choices(bounds=bounds)
        yield Alternative(id=name, choice=Choice.THRESHOLD, words=_moved(shown, bounds), choices=choices)


def _moved(shown: SynthesisEvidence, bounds: Bounds) -> str:
    """Where the bounds are put, in words."""
    if shown.quantity is None:
        return _DIFFERENCES[bounds]
    if shown.quantity.stands == shown.quantity.fails:
        return f"a bound twice as {'strict' if bounds == Bounds.STRICTER else 'lax'}"
    return "fails as soon as it does not stand" if bounds == Bounds.STRICTER else "stands as long as it does not fail"


def _methods(case: Case, shown: SynthesisEvidence) -> Iterator[Alternative]:
    """Ways of pooling that differ from the primary one in one thing."""
    told = set()
    for method in methods_of(shown, case.desk):
        choice = differs_in(method, primary_method(shown))
        if choice is not None:
            told.add(choice)
            name = f"pooled-{'-'.join(_terms(method))}".lower()
            yield Alternative(id=name, choice=choice, words=_in_words(method), choices=Choices(method=method))
    for choice in (Choice.MODEL, Choice.ESTIMATOR, Choice.INTERVAL):
        if choice not in told:
            note = "so few studies leave no other: not computed" if is_pooled(shown) else NOTHING_POOLED
            yield impossible(choice, note)


def primary_method(shown: SynthesisEvidence) -> Method:
    """How a pooled synthesis was pooled by the primary analysis (see `synthesis.primary`)."""
    pooled = shown.primary.pooled if shown.primary else None
    if pooled is None or pooled.model == Model.RANDOM:
        return Method(model=Model.RANDOM, tau2=Tau2.REML, interval=Interval.HK, adhoc=True)
    return Method(model=Model.COMMON, common=pooled.common or Common.IV)


def differs_in(method: Method, primary: Method) -> Choice | None:
    """The one choice in which a method differs from the primary one; None if in none or in several."""
    if method.model != primary.model:
        plain = method.model == Model.COMMON or (method.tau2, method.interval) == (Tau2.REML, Interval.Z)
        return Choice.MODEL if plain else None
    if method.model == Model.COMMON:
        return Choice.ESTIMATOR if method.common != primary.common else None
    same_interval = (method.interval, method.adhoc) == (primary.interval, primary.adhoc)
    if method.tau2 == primary.tau2:
        return None if same_interval else Choice.INTERVAL
    # Around the Mantel-Haenszel estimate there is only the Wald interval, as published reviews have it.
    return Choice.ESTIMATOR if same_interval or method.tau2 == Tau2.MH else None


def _terms(method: Method) -> tuple[str, ...]:
    if method.model == Model.COMMON:
        return (method.model, method.common)
    narrow = ("narrow",) if method.interval == Interval.HK and not method.adhoc else ()
    return (method.model, method.tau2, method.interval, *narrow)


def _in_words(method: Method) -> str:
    """A method for a reader."""
    if method.model == Model.COMMON:
        return f"common effect by {_COMMON[method.common]}"
    around = "DL around the Mantel-Haenszel estimate" if method.tau2 == Tau2.MH else method.tau2
    interval = "Wald interval"
    if method.interval == Interval.HK:
        narrower = "never narrower than Wald" if method.adhoc else "also where narrower than Wald"
        interval = f"Hartung-Knapp interval, {narrower}"
    return f"random effects, tau² by {around}, {interval}"
