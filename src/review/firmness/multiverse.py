"""All combinations of the choices on a claim: how many analyses there are, and which label each gives.

Combinations that end in the same studies, numbers and ratings are one analysis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, product

from review.appraisal import PRIMARY, Bounds, Choices, Desk, EvidenceSet, judge
from review.appraisal.direction import Stated
from review.appraisal.grading import (
    body_of,
    documented,
    judged_grade,
    overruled_certainty,
    stand_in_of,
    subjects_of,
    with_indirectness,
)
from review.appraisal.pooled import methods_of, pool_all, subset_of
from review.appraisal.studies import studies_kept
from review.appraisal.variants import bounds_of
from review.appraisal.verdict import wording_of
from review.evidence import SynthesisEvidence
from review.firmness.case import Alternative, Case
from review.firmness.of_evidence import other_syntheses
from review.verdicts import label_of
from review.vocabulary import Certainty, Direction, Documentation, VerdictLabel

#: What an analysis ends in (studies, numbers, ratings, wording), and the label that follows.
Analyses = Mapping[tuple[object, ...], VerdictLabel]

#: Numbers that agree to so many digits are one (our convention; rounding errors lie far below).
SAME_DIGITS = 9


def pool_ahead(cases: Sequence[Case], desk: Desk) -> None:
    """Pool what the analyses of many claims will ask for, each method once for all of them."""
    shown = (case.under(choices).synthesis for case in cases for choices in data_choices(case))
    pool_all(((subset_of(one), method) for one in shown if one for method in methods_of(one, desk)), desk)


def analyses(case: Case, alternatives: Sequence[Alternative]) -> Analyses:
    """Every analysis of a claim or part, and its label.

    Parameters
    ----------
    case : Case
        The claim or part.
    alternatives : sequence of Alternative
        Its alternatives, which say what of the grading can be chosen otherwise.

    Returns
    -------
    mapping
        The label by what the analysis ends in; the primary analysis among them.
    """
    otherwise = [alternative.choices for alternative in alternatives if alternative.choices]
    if not otherwise:
        return {("primary",): judge(case.row, case.desk).label}
    found: dict[tuple[object, ...], VerdictLabel] = {}
    for choices, stated in _readings(case):
        found.update(_labels(case, stated, choices, otherwise))
    return found


def _readings(case: Case) -> Iterator[tuple[Choices, Stated]]:
    """Every reading of the evidence that ends in other studies or numbers than those before, with its choices."""
    seen = set()
    for data in data_choices(case):
        shown = case.under(data).synthesis
        for method in (None, *(methods_of(shown, case.desk) if shown else ())):
            choices = replace(data, method=method)
            stated = case.under(choices)
            key = (_ended_in(stated), choices.sets & {EvidenceSet.LOWER_BIAS}, choices.without)
            if key not in seen and (stated.synthesis is None or stated.synthesis.deciding):
                seen.add(key)
                yield choices, stated


def data_choices(case: Case) -> Iterator[Choices]:
    """Every choice of a deciding synthesis, of its studies and its bounds; the primary one alone for a person's."""
    shown = case.stated.synthesis
    if shown is None:
        yield PRIMARY
        works = case.works() if case.documented and not case.certainty_judged else ()
        yield from (Choices(without=work) for work in works if len(works) > 1)
        return
    yield from _choices_on(shown, case.desk, "")
    for other in other_syntheses(case, shown):
        yield from _choices_on(other, case.desk, other.synthesis_id)


def _choices_on(shown: SynthesisEvidence, desk: Desk, name: str) -> Iterator[Choices]:
    """Every restriction of a synthesis's studies, with all bounds."""
    for choices in restrictions(shown, desk):
        yield from (replace(choices, synthesis=name, bounds=bounds) for bounds in (Bounds.AS_SET, *bounds_of(shown)))


def restrictions(shown: SynthesisEvidence, desk: Desk) -> Iterator[Choices]:
    """Every combination of parts of the evidence, and of a study left out, that leaves other studies than those before.

    Keeping to lower bias counts beside the same studies without it, for it also takes the rating of bias from a person.
    """
    parts = [part for part in EvidenceSet if part != EvidenceSet.LOWER_BIAS or not shown.body.absolute]
    every, seen = frozenset(shown.body.ids), set()
    for sets in chain.from_iterable(combinations(parts, size) for size in range(len(parts) + 1)):
        for without in ("", *shown.body.ids):
            choices = Choices(sets=frozenset(sets), without=without)
            kept = studies_kept(shown, desk, choices)
            key = (kept, EvidenceSet.LOWER_BIAS in sets and kept != every)
            if kept and key not in seen:
                seen.add(key)
                yield choices


def _labels(
    case: Case, stated: Stated, choices: Choices, otherwise: Sequence[Choices]
) -> Iterator[tuple[tuple[object, ...], VerdictLabel]]:
    """The analyses of one reading of the evidence: all ways to rate it, and all readings of the wording."""
    partly = stated.direction == Direction.PARTLY_SUPPORTS
    ended_in = _ended_in(stated)
    for rated, certainty in _certainties(case, stated, choices, otherwise):
        # Without a certainty only an inconclusive direction gives a label; else a rating would need a person.
        if certainty is None and stated.direction != Direction.INCONCLUSIVE:
            continue
        for step in (0, -1, 1) if partly else (0,):
            wording = wording_of(case.row, case.desk, Choices(wording=step))
            label = label_of(stated.direction, certainty, wording=wording)
            yield (*ended_in, *rated, wording if partly else None), label


def _ended_in(stated: Stated) -> tuple[object, ...]:
    """What a reading of the evidence ends in: studies, bounds and numbers."""
    shown = stated.synthesis
    if shown is None:
        return (stated.direction,)
    limits = tuple(digits(value) for one in shown.deciding for value in (one.estimate, one.low, one.high))
    return shown.synthesis_id, frozenset(shown.body.ids), shown.threshold, shown.quantity, limits, stated.direction


def _certainties(
    case: Case, stated: Stated, choices: Choices, otherwise: Sequence[Choices]
) -> Iterator[tuple[tuple[object, ...], Certainty | Documentation | None]]:
    """Every way to rate one reading of the evidence, as its ratings and the certainty that they give."""
    row, desk = case.row, case.desk
    if case.documented:
        scale, _ = documented(row, stated, desk, choices)
        yield (choices.without, scale), scale
        return
    subjects, body, stand_in = subjects_of(row, stated), body_of(row, stated, desk), stand_in_of(row, stated, desk)
    for favourable, proposals, rules in product(
        _either(one.favourable for one in otherwise),
        _either(one.proposals for one in otherwise),
        dict.fromkeys((None, *(one.rules for one in otherwise))),
    ):
        rating = replace(choices, favourable=favourable, proposals=proposals, rules=rules)
        grade = judged_grade(body, subjects, desk, rating, stand_in=stand_in)
        for step in sorted({0, *(one.indirectness for one in otherwise)}):
            moved = with_indirectness(grade, step)
            level, _ = overruled_certainty(row, subjects, moved.level, desk)
            yield (moved.start, tuple(one.levels for one in moved.ratings), level), level


def _either(chosen: Iterator[bool]) -> tuple[bool, ...]:
    return (False, True) if any(chosen) else (False,)


def digits(value: float) -> float:
    """A number to so many digits that rounding errors do not make two of one."""
    return float(f"{value:.{SAME_DIGITS}g}")
