"""The studies behind the citations, and the risk-of-bias answers, as they stand in the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from review.cells import rows
from review.report.citing import Citation, Source, by_reference, citations, sources
from review.report.labels import counted
from review.report.section import Section, fill
from review.vocabulary import BiasTool, Design

if TYPE_CHECKING:
    from review.workbook import Workbook

#: The domains of RoB 2, by the first figure of a question's number.
ROB2_DOMAINS: Mapping[str, str] = {
    "1": "Randomisation",
    "2": "Deviations from the intended interventions",
    "3": "Missing outcome data",
    "4": "Measurement of the outcome",
    "5": "Selection of the reported result",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A study with its references and the claims that cite it."""

    row: Any
    sources: tuple[Source, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """The answers that one tool got for one study."""

    study_id: str
    source: Source
    tool: str
    variant: str
    outcome: str
    domains: tuple[tuple[str, tuple[Any, ...]], ...]
    answers: int


def studies(book: Workbook) -> Section:
    """All studies by design, with what was done, to whom, who paid, what weakens them and what of them was read."""
    cited = by_reference(citations(book))
    groups: dict[str, list[Study]] = defaultdict(list)
    for row in rows(book.studies.sort_values("study_id")):
        groups[row.design].append(
            Study(row=row, sources=sources(book, row.reference_keys), claims=_claims(row.reference_keys, cited))
        )
    order = [*Design, ""]
    designs = [(word, groups[word]) for word in order if word in groups]
    html = fill("studies", designs=designs)
    return Section(name="studies", size=counted(len(book.studies), "study", "studies"), html=html)


def overlaps(book: Workbook) -> Section:
    """Which studies share participants, so that nobody is counted twice."""
    pairs = [
        (row.study_id, row.overlaps_with) for row in rows(book.studies.sort_values("study_id")) if row.overlaps_with
    ]
    html = fill("overlaps", pairs=pairs)
    return Section(name="overlaps", size=counted(len(pairs), "study", "studies"), html=html)


def risk_of_bias(book: Workbook) -> Section:
    """The answers to the appraisal tools' questions, study by study, as they were given."""
    keys = ["study_id", "tool", "variant", "outcome_id"]
    names = dict(zip(book.outcomes["outcome_id"], book.outcomes["name"], strict=True))
    first = {row.study_id: row.reference_keys[:1] for row in rows(book.studies)}
    groups: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in rows(book.risk_of_bias):
        groups[tuple(getattr(row, key) for key in keys)].append(row)
    appraisals = [
        Appraisal(
            study_id=study,
            source=sources(book, first.get(study, ()) or (study,))[0],
            tool=tool,
            variant=variant,
            outcome=names.get(outcome, outcome),
            domains=_domains(tool, answers),
            answers=len(answers),
        )
        for (study, tool, variant, outcome), answers in sorted(groups.items())
    ]
    html = fill("risk_of_bias", appraisals=appraisals)
    return Section(name="risk of bias", size=counted(len(appraisals), "appraisal"), html=html)


def _claims(keys: Sequence[str], cited: Mapping[str, Sequence[Citation]]) -> tuple[str, ...]:
    return tuple(sorted({citation.claim_id for key in keys for citation in cited.get(key, ())}))


def _domains(tool: str, answers: Sequence[Any]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The answers in the order of their numbers, by domain where the tool has domains."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(answers, key=lambda row: _natural(row.item)):
        known = ROB2_DOMAINS.get(row.item[:1], "") if tool == BiasTool.ROB2 else ""
        groups[known].append(row)
    return tuple((name, tuple(group)) for name, group in groups.items())


def _natural(item: str) -> tuple[tuple[int, str], ...]:
    """Sorts 2.10 after 2.9."""
    return tuple((int(part) if part.isdigit() else 0, part) for part in item.split("."))
