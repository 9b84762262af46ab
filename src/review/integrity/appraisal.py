"""Rules of the syntheses, risk-of-bias answers and judgements."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pandas as pd

from review.cells import rows, suggestion
from review.certainty import ALLOWED_LEVELS, Body, StudyEvidence, upgrade_fault
from review.certainty.levels import UP_DOMAINS
from review.claims import ids_in
from review.errors import InvalidInput, Problem, Severity
from review.integrity.address import filled, row_problem, unknown_names
from review.integrity.numbers import comparisons_of, overlaps_of
from review.risk_of_bias import overall_judgements
from review.vocabulary import (
    CONSENSUS,
    DOCUMENTED_KINDS,
    BiasTool,
    Certainty,
    Direction,
    Documentation,
    Domain,
    Group,
    OutcomeKind,
    Role,
    SynthesisGroup,
    VerdictLabel,
)
from review.workbook import Workbook

#: Effect measures by the kind of outcome that they are for; GEN fits all.
_KIND_MEASURES: Mapping[str, frozenset[str]] = {
    OutcomeKind.BINARY: frozenset({"RR", "OR", "RD", "PETO", "PLO", "PFT", "GEN", "HR"}),
    OutcomeKind.CONTINUOUS: frozenset({"MD", "SMD", "ROM", "GEN"}),
    OutcomeKind.TIME: frozenset({"MD", "SMD", "ROM", "GEN", "HR"}),
}
#: Directions that are states of the search, which no person judges.
_STATES = frozenset({Direction.NONE_FOUND, Direction.NOT_SEARCHED, Direction.NOT_JUDGED})


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


def appraised_studies_exist(book: Workbook) -> Iterator[Problem]:
    """A risk-of-bias row is of a study (by AMSTAR 2 also of a reference) and an outcome of the tables."""
    studies = filled(book.studies, "study_id")
    of_reviews = book.risk_of_bias["tool"] == BiasTool.AMSTAR2
    yield from unknown_names("risk_of_bias", book.risk_of_bias.loc[~of_reviews, "study_id"], studies, "studies.csv")
    if of_reviews.any():
        reviews, known = book.risk_of_bias.loc[of_reviews, "study_id"], studies | set(book.references)
        yield from unknown_names("risk_of_bias", reviews, known, "studies.csv or references.bib")
    outcomes = filled(book.outcomes, "outcome_id")
    yield from unknown_names("risk_of_bias", book.risk_of_bias["outcome_id"], outcomes, "outcomes.csv")


def tool_faults(book: Workbook) -> tuple[Problem, ...]:
    """What is wrong with the answers by the rules of their tool, under that tool's own rule ids."""
    try:
        overall_judgements(book.risk_of_bias)
    except InvalidInput as fault:
        return fault.problems
    return ()


def judgements_have_a_subject(book: Workbook) -> Iterator[Problem]:
    """A judgement is of a claim, part or synthesis of the tables, in a known domain."""
    known = filled(book.claims, "claim_id") | filled(book.syntheses, "synthesis_id")
    yield from unknown_names("judgements", book.judgements["subject"], known, "claims.csv or syntheses.csv")
    for row in rows(book.judgements):
        if row.domain and row.domain not in list(Domain):
            hint = suggestion(row.domain, list(Domain))
            message = f"{row.domain!r} is not one of {', '.join(Domain)}{hint}"
            yield row_problem("judgements", row.Index, "domain", message)


def judgements_have_a_value_of_their_domain(book: Workbook) -> Iterator[Problem]:
    """A judgement's value is one that its domain can have, and the domain is one that the kind of claim has."""
    kinds = _kinds_of_subjects(book)
    for row in rows(book.judgements):
        documented = kinds.get(row.subject) in DOCUMENTED_KINDS
        if row.domain in ALLOWED_LEVELS and documented:
            message = f"a claim of {kinds[row.subject]} has no {row.domain}: it stands on the documentation scale"
            yield row_problem("judgements", row.Index, "domain", message)
            continue
        allowed = _allowed_values(row.domain, documented=documented)
        if row.value and allowed and row.value not in allowed:
            message = f"{row.value!r} is no value of {row.domain}: one of {', '.join(allowed)}"
            yield row_problem("judgements", row.Index, "value", message)


def _kinds_of_subjects(book: Workbook) -> dict[str, str]:
    kinds = dict(zip(book.claims["claim_id"], book.claims["kind"], strict=True))
    pairs = zip(book.syntheses["synthesis_id"], book.syntheses["claim_id"], strict=True)
    return kinds | {synthesis: kinds.get(claim, "") for synthesis, claim in pairs}


def _allowed_values(domain: str, *, documented: bool) -> tuple[str, ...]:
    """The values of a domain; none where the domain is not known."""
    if domain in ALLOWED_LEVELS:
        return tuple(str(level) for level in ALLOWED_LEVELS[domain])
    words = {
        Domain.DIRECTION: tuple(direction for direction in Direction if direction not in _STATES),
        Domain.CERTAINTY: tuple(Documentation) if documented else tuple(Certainty),
        Domain.VERDICT: tuple(VerdictLabel),
    }
    return tuple(map(str, words.get(Domain(domain), ()))) if domain in list(Domain) else ()


def judgements_name_what_they_rest_on(book: Workbook) -> Iterator[Problem]:
    """A direction's reason names a reference, study, synthesis or search that it rests on."""
    known = set(book.references)
    known |= (
        filled(book.studies, "study_id") | filled(book.syntheses, "synthesis_id") | filled(book.searches, "search_id")
    )
    for row in rows(book.judgements):
        if row.domain == Domain.DIRECTION and known.isdisjoint(ids_in(row.reason)):
            message = "the reason names no reference, study, synthesis or search: say by id what it rests on"
            yield row_problem("judgements", row.Index, "reason", message, severity=Severity.WARNING)


def judgements_have_one_final(book: Workbook) -> Iterator[Problem]:
    """Where reviewers judged the same, one judgement is the consensus."""
    seen: dict[tuple[str, str], set[str]] = {}
    for row in rows(book.judgements):
        reviewers = seen.setdefault((row.subject, row.domain), set())
        reviewers.add(row.reviewer)
        if len(reviewers) > 1 and CONSENSUS not in set(_reviewers_of(book, row.subject, row.domain)):
            message = f"{row.subject} has {row.domain} by several reviewers, none by {CONSENSUS!r}: add the final one"
            yield row_problem("judgements", row.Index, "reviewer", message, severity=Severity.WARNING)


def _reviewers_of(book: Workbook, subject: str, domain: str) -> pd.Series:
    table = book.judgements
    return table.loc[(table["subject"] == subject) & (table["domain"] == domain), "reviewer"]


def upgrades_are_possible(book: Workbook) -> Iterator[Problem]:
    """A large effect, dose response or opposing confounding is given only where the evidence can have one."""
    for row in rows(book.judgements):
        if row.domain in UP_DOMAINS and row.value in {"1", "2", "+1", "+2"}:
            fault = upgrade_fault(row.domain, int(row.value), _designs_of(row, book), _levels_of(row.subject, book))
            if fault:
                yield row_problem("judgements", row.Index, "value", fault)


def _designs_of(judgement: Any, book: Workbook) -> Body:
    """The designs of the studies that a judgement is about: those of its synthesis, else those that it names."""
    own = book.syntheses[book.syntheses["synthesis_id"] == judgement.subject]
    named = set(ids_in(judgement.reason))
    for include in own["include"]:
        named |= set(book.results.loc[book.results["comparison_id"].isin(include), "study_id"])
    studies = (
        StudyEvidence(study_id=row.study_id, design=row.design)
        for row in rows(book.studies)
        if row.study_id in named or not named.isdisjoint(row.reference_keys)
    )
    absolute = bool(len(own)) and own["group"].iloc[0] != SynthesisGroup.BOTH
    return Body(subject=judgement.subject, studies=tuple(studies), absolute=absolute)


def _levels_of(subject: str, book: Workbook) -> dict[str, int]:
    """Levels by domain that a person gave the subject."""
    own = book.judgements[book.judgements["subject"] == subject]
    return {row.domain: int(row.value) for row in rows(own) if row.value.lstrip("+-").isdigit()}
