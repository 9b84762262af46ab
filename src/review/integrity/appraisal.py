"""Rules of the syntheses, risk-of-bias answers and judgements."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from review.cells import rows, suggestion
from review.errors import Problem
from review.integrity.address import filled, row_problem, unknown_names
from review.integrity.numbers import comparisons_of, overlaps_of
from review.vocabulary import BiasTool, Group, OutcomeKind, Role, SynthesisGroup
from review.workbook import Workbook

#: Effect measures by the kind of outcome that they are for; GEN fits all.
_KIND_MEASURES: Mapping[str, frozenset[str]] = {
    OutcomeKind.BINARY: frozenset({"RR", "OR", "RD", "PETO", "PLO", "PFT", "GEN", "HR"}),
    OutcomeKind.CONTINUOUS: frozenset({"MD", "SMD", "ROM", "GEN"}),
    OutcomeKind.TIME: frozenset({"MD", "SMD", "ROM", "GEN", "HR"}),
}
_ROB2_ANSWERS = frozenset({"Y", "PY", "PN", "N", "NI", "NA"})
_ROB2_JUDGEMENTS = frozenset({"Low", "Some concerns", "High"})
_ROB2_DOMAINS = frozenset({"D1", "D2", "D3", "D4", "D5", "overall"})
_ROB2_QUESTIONS: Mapping[str, int] = {"1": 3, "2": 7, "3": 4, "4": 5, "5": 3}
#: The one question of RoB 2 whose form has no "no information".
_ROB2_WITHOUT_NI = "3.2"
JUDGEMENT_DOMAINS = (
    "risk of bias",
    "inconsistency",
    "indirectness",
    "imprecision",
    "publication bias",
    "large effect",
    "dose response",
    "opposing confounding",
    "direction",
    "certainty",
    "verdict",
)


def syntheses_belong_to_claims(book: Workbook) -> Iterator[Problem]:
    """A synthesis informs a claim on an outcome with a measure for its kind; at most one decides a claim."""
    kinds = dict(zip(book.outcomes["outcome_id"], book.outcomes["kind"], strict=True))
    yield from unknown_names("syntheses", book.syntheses["claim_id"], filled(book.claims, "claim_id"), "claims.csv")
    yield from unknown_names("syntheses", book.syntheses["outcome_id"], kinds.keys(), "outcomes.csv")
    deciding: dict[str, str] = {}
    for row in rows(book.syntheses):
        kind = kinds.get(row.outcome_id, "")
        if row.measure and kind and row.measure not in _KIND_MEASURES[kind]:
            message = f"{row.measure} is no measure for a {kind} outcome: correct one of them"
            yield row_problem("syntheses", row.Index, "measure", message)
        if row.role == Role.DECIDING and deciding.setdefault(row.claim_id, row.synthesis_id) != row.synthesis_id:
            message = f"{deciding[row.claim_id]!r} already decides {row.claim_id!r}: at most one does"
            yield row_problem("syntheses", row.Index, "role", message)
        if not math.isnan(row.threshold) and not row.threshold_source:
            yield row_problem("syntheses", row.Index, "threshold_source", "a threshold needs its source")


def included_comparisons_fit(book: Workbook) -> Iterator[Problem]:
    """What a synthesis includes are comparisons of its outcome that have the arms it takes, in one unit."""
    known = comparisons_of(book)
    yield from unknown_names("syntheses", book.syntheses["include"], known, "results.csv")
    for row in rows(book.syntheses):
        included = {name: known[name] for name in row.include if name in known}
        for name, arms in included.items():
            if row.outcome_id and set(arms["outcome_id"]) != {row.outcome_id}:
                message = f"{name!r} is on {', '.join(sorted(set(arms['outcome_id'])))}, not on {row.outcome_id!r}"
                yield row_problem("syntheses", row.Index, "include", message)
            if row.group and not _has_arms(arms, row.group):
                message = f"{name!r} has no {row.group} arms: take it out or correct the group"
                yield row_problem("syntheses", row.Index, "include", message)
        units = sorted({per for arms in included.values() for per in arms["per"] if per})
        if row.measure and len(units) > 1:
            message = f"the comparisons count per {' and per '.join(units)}: units are never pooled"
            yield row_problem("syntheses", row.Index, "include", message)


def _has_arms(arms: pd.DataFrame, group: str) -> bool:
    return bool(_taken_arms(arms, group)) and (
        group != SynthesisGroup.BOTH or {Group.INTERVENTION, Group.COMPARATOR} <= set(arms["group"])
    )


def _taken_arms(arms: pd.DataFrame, group: str) -> frozenset[str]:
    """The names of the arms that a synthesis of this group takes from a comparison."""
    if group in {SynthesisGroup.BOTH, ""}:
        return frozenset(arms["arm"])
    # A single arm is an intervention that was compared with nothing.
    wanted = {group, Group.SINGLE} if group == SynthesisGroup.INTERVENTION else {group}
    return frozenset(arms.loc[arms["group"].isin(wanted), "arm"])


def nobody_is_counted_twice(book: Workbook) -> Iterator[Problem]:
    """No participant enters a synthesis twice: by overlapping studies, or by comparisons that share an arm."""
    known = comparisons_of(book)
    overlaps = overlaps_of(book)
    for row in rows(book.syntheses):
        if len(set(row.include)) < len(row.include):
            yield row_problem("syntheses", row.Index, "include", "a comparison stands twice: remove one")
        included = list({name: known[name] for name in row.include if name in known}.items())
        for place, (name, arms) in enumerate(included):
            for earlier, others in included[:place]:
                if why := _shared_people(arms, others, row.group, overlaps):
                    message = f"{name!r} and {earlier!r} {why}: include one of them"
                    yield row_problem("syntheses", row.Index, "include", message)


def _shared_people(
    arms: pd.DataFrame, others: pd.DataFrame, group: str, overlaps: Mapping[str, Collection[str]]
) -> str:
    """Why two comparisons have the same participants, or nothing."""
    (study, stratum), (other, other_stratum) = (
        (frame["study_id"].iloc[0], frame["stratum"].iloc[0]) for frame in (arms, others)
    )
    if other in overlaps[study] or study in overlaps[other]:
        return "are of studies with the same participants"
    if study != other or (stratum and other_stratum and stratum != other_stratum):
        return ""
    shared = _taken_arms(arms, group) & _taken_arms(others, group)
    return f"share the arm {', '.join(sorted(shared))}" if shared else ""


def answers_are_those_of_the_tool(book: Workbook) -> Iterator[Problem]:
    """A risk-of-bias row is of a study and outcome of the tables, its item and answer are the tool's."""
    yield from unknown_names(
        "risk_of_bias", book.risk_of_bias["study_id"], filled(book.studies, "study_id"), "studies.csv"
    )
    outcomes = filled(book.outcomes, "outcome_id")
    yield from unknown_names("risk_of_bias", book.risk_of_bias["outcome_id"], outcomes, "outcomes.csv")
    for row in rows(book.risk_of_bias):
        if row.tool == BiasTool.ROB2 and row.item:
            allowed = _rob2_answers(row.item)
            if not allowed:
                message = f"RoB 2 has no {row.item!r}: its questions are 1.1 to 5.3, its domains D1 to D5 and overall"
                yield row_problem("risk_of_bias", row.Index, "item", message)
            elif row.answer and row.answer not in allowed:
                message = f"{row.answer!r} is no answer to {row.item}: one of {', '.join(sorted(allowed))}"
                yield row_problem("risk_of_bias", row.Index, "answer", message)


def _rob2_answers(item: str) -> frozenset[str]:
    """The answers that an item of RoB 2 can have; none where it is no item."""
    if item in _ROB2_DOMAINS:
        return _ROB2_JUDGEMENTS
    domain, _, number = item.partition(".")
    if not number.isdecimal() or not 1 <= int(number) <= _ROB2_QUESTIONS.get(domain, 0):
        return frozenset()
    return _ROB2_ANSWERS - {"NI"} if item == _ROB2_WITHOUT_NI else _ROB2_ANSWERS


def judgements_have_a_subject(book: Workbook) -> Iterator[Problem]:
    """A judgement is of a claim, part or synthesis of the tables, in a known domain."""
    known = filled(book.claims, "claim_id") | filled(book.syntheses, "synthesis_id")
    yield from unknown_names("judgements", book.judgements["subject"], known, "claims.csv or syntheses.csv")
    for row in rows(book.judgements):
        if row.domain and row.domain not in JUDGEMENT_DOMAINS:
            hint = suggestion(row.domain, JUDGEMENT_DOMAINS)
            message = f"{row.domain!r} is not one of {', '.join(JUDGEMENT_DOMAINS)}{hint}"
            yield row_problem("judgements", row.Index, "domain", message)
