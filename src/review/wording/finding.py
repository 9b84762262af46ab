"""What one synthesis found, with its arms, studies and certainty: what sentences and summary rows are made from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from review.appraisal import Verdict, synthesis_grades, verdicts
from review.appraisal import desk_of as evidence_desk
from review.cells import rows
from review.certainty import Grade, Rating
from review.claims import is_part, parent_id
from review.evidence import Index, SynthesisEvidence
from review.references import short_citation
from review.synthesis.absolute import RISK_FROM
from review.vocabulary import Answer, Basis, Group, Match, Measure, OutcomeKind, Role, SynthesisGroup
from review.wording.words import names_in
from review.workbook import Workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one synthesis found.

    Attributes
    ----------
    row : Any
        Its row in the table of syntheses.
    shown : SynthesisEvidence
        Its estimates.
    outcome : Any
        The outcome's row.
    arms : tuple
        The rows of its comparisons, in the order of the synthesis.
    studies : mapping
        The rows of its studies by id.
    sources : mapping
        How each study is cited, by its id and in the same order.
    grade : Grade
        Its certainty; without a level where a person has not judged yet.
    beside : Finding or None
        For a treated group without comparators of its own: what the comparators of the same outcome show elsewhere, so
        that bruises of a drug never stand without those of the needle.
    """

    row: Any
    shown: SynthesisEvidence
    outcome: Any
    arms: tuple[Any, ...]
    studies: Mapping[str, Any]
    sources: Mapping[str, str]
    grade: Grade
    beside: Finding | None = None

    @property
    def name(self) -> str:
        """The synthesis id."""
        return str(self.row.synthesis_id)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The synthesis and its studies."""
        return (self.name, *self.studies)

    @property
    def compared(self) -> bool:
        """Whether two groups are set against each other."""
        return bool(self.row.group == SynthesisGroup.BOTH)

    @property
    def advertised(self) -> str:
        """Whether its studies used what is advertised: the best fit among them, empty where none was judged."""
        judged = {study.intervention for study in self.shown.body.studies} - {""}
        return next((str(fit) for fit in (Match.YES, Match.PARTLY, Match.UNCLEAR, Match.NO) if fit in judged), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that sentences are made from, looked up once.

    Attributes
    ----------
    book : Workbook
        The workbook.
    index : Index
        Its rows by id.
    verdicts : mapping
        Our verdicts by claim.
    findings : mapping
        What each synthesis found, by id, in the order of the table.
    owned : mapping
        The findings of each claim and part, in the order of the table.
    parts : mapping
        The parts of each whole claim that has any, by id.
    cited : mapping
        The citations of each claim and part.
    sources : mapping
        How each study is cited, by its id.
    names : frozenset of str
        Words of the claims' statements that keep their capital.
    """

    book: Workbook
    index: Index
    verdicts: Mapping[str, Verdict]
    findings: Mapping[str, Finding]
    owned: Mapping[str, tuple[Finding, ...]]
    parts: Mapping[str, tuple[str, ...]]
    cited: Mapping[str, tuple[Any, ...]]
    sources: Mapping[str, str]
    names: frozenset[str]

    def of_claim(self, claim_id: str) -> tuple[Finding, ...]:
        """The claim's own findings, deciding ones first, then those its verdict rests on and those of its parts.

        Of two syntheses of the same comparisons only the first is kept.
        """
        found = list(self.owned.get(claim_id, ()))
        verdict = self.verdicts.get(claim_id)
        found += [self.findings[name] for name in (verdict.rests_on if verdict else ()) if name in self.findings]
        found += [one for part in self.parts.get(claim_id, ()) for one in self.owned.get(part, ())]
        found.sort(key=lambda one: one.row.role != Role.DECIDING)
        different: dict[tuple[Any, ...], Finding] = {}
        for one in found:
            different.setdefault((one.row.outcome_id, one.row.group, one.row.include), one)
        return tuple(different.values())

    def deciding(self, claim_id: str) -> Finding | None:
        """The finding that decides the claim or its main part."""
        claims = self.index.claims
        main = [part for part in self.parts.get(claim_id, ()) if claims[part].main == Answer.YES]
        own = [one for name in (claim_id, *main) for one in self.owned.get(name, ())]
        return next((one for one in own if one.row.role == Role.DECIDING), None)


def desk_of(book: Workbook) -> Desk:
    """The desk of a workbook.

    Parameters
    ----------
    book : Workbook
        Without errors.

    Returns
    -------
    Desk
        With all verdicts and findings.
    """
    looked_up = evidence_desk(book)
    index, shown = looked_up.index, looked_up.syntheses
    given = {verdict.claim_id: verdict for verdict in verdicts(book)}
    grades = synthesis_grades(book)
    sources = {name: _source(study, book) for name, study in index.studies.items()}
    found = {}
    for row in rows(book.syntheses):
        if row.synthesis_id in shown:
            grade = _grade(row, grades[row.synthesis_id], given)
            found[row.synthesis_id] = _finding(row, shown[row.synthesis_id], grade, index=index, sources=sources)
    comparators = _comparators(found.values())
    paired = {name: replace(one, beside=_beside(one, comparators)) for name, one in found.items()}
    parts = ((parent_id(name), name) for name in index.claims if is_part(name))
    return Desk(
        book=book,
        index=index,
        verdicts=given,
        findings=paired,
        owned=_grouped((one.row.claim_id, one) for one in paired.values()),
        parts=_grouped(parts),
        cited=_grouped((claim, citation) for (claim, _), citation in index.citations.items()),
        sources=sources,
        names=names_in(book.claims["statement"]),
    )


_Value = TypeVar("_Value")


def _grouped(pairs: Iterable[tuple[str, _Value]]) -> dict[str, tuple[_Value, ...]]:
    """The values of each key, in their order."""
    groups: dict[str, list[_Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Absolute:
    """A comparison's risks for one person, 0 to 1.

    Attributes
    ----------
    comparator : float
        Risk in all comparator arms together.
    intervention, low, high : float
        Risk that the pooled effect gives at the comparator's risk, with the effect's 95 % limits; never beyond 0 and 1.
    """

    comparator: float
    intervention: float
    low: float
    high: float

    @property
    def difference(self) -> tuple[float, float, float]:
        """Intervention less comparator, with its limits."""
        return (
            self.intervention - self.comparator,
            self.low - self.comparator,
            self.high - self.comparator,
        )


def absolute(finding: Finding) -> Absolute | None:
    """The risks that a pooled relative effect gives at the comparators' pooled risk.

    Parameters
    ----------
    finding : Finding
        Any.

    Returns
    -------
    Absolute or None
        None where nothing is pooled, the measure gives no risk or the comparators have no counts.
    """
    pooled = finding.shown.primary.pooled if finding.shown.primary else None
    change = RISK_FROM.get(Measure(finding.shown.measure)) if finding.shown.measure else None
    controls = [arm for arm in finding.arms if arm.group == Group.COMPARATOR]
    people = sum(number(arm, "n") for arm in controls)
    if pooled is None or change is None or not people > 0:
        return None
    risk = sum(number(arm, "events") for arm in controls) / people
    if math.isnan(risk):
        return None
    values = (pooled.estimate, pooled.estimate_ci_low, pooled.estimate_ci_high)
    estimate, low, high = (min(max(float(change(np.array(risk), value)), 0.0), 1.0) for value in values)
    return Absolute(comparator=risk, intervention=estimate, low=low, high=high)


def wanted(finding: Finding) -> tuple[Any, ...]:
    """The arms that a synthesis of one group shows; for a comparison, those of the intervention."""
    if finding.row.group == SynthesisGroup.COMPARATOR:
        return tuple(arm for arm in finding.arms if arm.group == Group.COMPARATOR)
    return tuple(arm for arm in finding.arms if arm.group != Group.COMPARATOR)


def comparator_of(arm: Any, finding: Finding) -> Any:
    """The comparator arm of an arm's comparison, or None."""
    if arm.group == Group.COMPARATOR:
        return None
    return next(
        (
            other
            for other in finding.arms
            if other.comparison_id == arm.comparison_id and other.group == Group.COMPARATOR
        ),
        None,
    )


def number(arm: Any, name: str) -> float:
    """A number of an arm, not a number where it is missing."""
    value = getattr(arm, name, math.nan)
    return math.nan if pd.isna(value) else float(value)


def participants(finding: Finding) -> int:
    """How many were observed in the arms that the synthesis uses; the studies' own number where arms give none.

    Arms of people with an event in a list of durations are fewer than the people who took part.
    """
    arms = finding.arms if finding.compared else wanted(finding)
    counts = [number(arm, "n") for arm in arms]
    if finding.outcome.kind == OutcomeKind.BINARY and counts and not any(math.isnan(count) for count in counts):
        return int(sum(counts))
    sizes = [study.n_enrolled for study in finding.studies.values()]
    return 0 if any(pd.isna(size) for size in sizes) else int(sum(sizes))


def source_of(key: str, book: Workbook) -> str:
    """How a reference is cited in a sentence, such as ``Rzany 2014``; its key where references.bib has no entry."""
    entry = book.references.get(key)
    return key if entry is None else short_citation(entry)


def _source(study: Any, book: Workbook) -> str:
    """How a study is cited: by its main reference, or as the label that it was read from."""
    main = source_of(study.reference_keys[0], book) if study.reference_keys else str(study.study_id)
    # A label's author is a firm, whose name would say nothing of what the numbers are from.
    return f"product label {main.rsplit(' ', 1)[-1]}" if study.appraisal_basis == Basis.LABEL else main


def _finding(
    row: Any, evidence: SynthesisEvidence, grade: Grade, *, index: Index, sources: Mapping[str, str]
) -> Finding:
    arms = [arm for name in dict.fromkeys(row.include) for arm in _arms(name, index)]
    studies = {arm.study_id: index.studies[arm.study_id] for arm in arms if arm.study_id in index.studies}
    return Finding(
        row=row,
        shown=evidence,
        outcome=index.outcomes[row.outcome_id],
        arms=tuple(arms),
        studies=studies,
        sources={name: sources[name] for name in studies},
        grade=grade,
    )


def _comparators(found: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
    """The first synthesis of comparators for each outcome, of each whole claim and (empty) of any."""
    first: dict[tuple[str, str], Finding] = {}
    for one in found:
        if one.row.group == SynthesisGroup.COMPARATOR:
            for whole in (parent_id(one.row.claim_id), ""):
                first.setdefault((one.row.outcome_id, whole), one)
    return first


def _beside(finding: Finding, comparators: Mapping[tuple[str, str], Finding]) -> Finding | None:
    """Comparators of the same outcome in another synthesis, of the same claim where there are any."""
    treated_only = finding.row.group == SynthesisGroup.INTERVENTION
    if not treated_only or any(arm.group == Group.COMPARATOR for arm in finding.arms):
        return None
    outcome = finding.row.outcome_id
    return comparators.get((outcome, parent_id(finding.row.claim_id))) or comparators.get((outcome, ""))


def _arms(name: str, index: Index) -> Iterable[Any]:
    return rows(index.comparisons[name]) if name in index.comparisons else ()


def _grade(row: Any, by_itself: Grade, given: Mapping[str, Verdict]) -> Grade:
    """The verdict's own grade for what decides it; else the synthesis's by itself."""
    verdict = given.get(row.claim_id)
    decides = row.role == Role.DECIDING and verdict is not None and not verdict.judged
    return verdict.grade if decides and verdict and verdict.grade else by_itself


def domains_down(grade: Grade) -> Sequence[Rating]:
    """The domains that lowered a certainty or that still need a person."""
    return [rating for rating in grade.ratings if rating.levels is None or rating.levels < 0]
