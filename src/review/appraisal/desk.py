"""Everything that verdicts are made from, looked up once for a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from review.appraisal.choices import Bounds, Method
from review.cells import rows
from review.claims import ids_in, is_part, parent_id
from review.cues import claim_wording
from review.evidence import Index, SynthesisEvidence, index_of, synthesis_evidence
from review.vocabulary import CONSENSUS, Role
from review.workbook import Workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A pooled estimate with its limits, on the scale that people read.

    Attributes
    ----------
    estimate, low, high : float
        The estimate and its 95 % limits; not a number where the method gives none.
    tau2 : float
        Between-study variance, on the analysis scale.
    i2 : float
        I² in percent.
    """

    estimate: float
    low: float
    high: float
    tau2: float
    i2: float


#: A synthesis by its id, with the studies that it is restricted to.
Subset = tuple[str, frozenset[str]]

#: Estimates, variances and counts of comparisons by the names that pooling gives them, not a number where not given.
Estimates = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Desk:
    """Everything that a verdict is made from.

    Attributes
    ----------
    book : Workbook
        The inputs.
    index : Index
        Their rows by id.
    judged : mapping
        The judgement that counts by subject and domain.
    syntheses : mapping
        Every synthesis's evidence by its id.
    deciding : mapping
        The deciding synthesis of each claim that has one.
    wording : mapping
        How strongly each claim is worded, 0 to 5.
    contexts : mapping
        What each reference is used as.
    known : frozenset of str
        Every id that a reason may name.
    provisional : mapping
        The records that each claim's verdict waits for.
    parts : mapping
        The parts of each claim that has some.
    included : mapping
        The comparisons of each synthesis that the tables have, in its order.
    study_of : mapping
        The study of each comparison.
    variants, estimates, fits : dict
        What was put together and pooled under other choices so far, so that nothing is worked out twice.
    """

    book: Workbook
    index: Index
    judged: Mapping[tuple[str, str], Any]
    syntheses: Mapping[str, SynthesisEvidence]
    deciding: Mapping[str, SynthesisEvidence]
    wording: Mapping[str, int]
    contexts: Mapping[str, str]
    known: frozenset[str]
    provisional: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[str, ...]]
    included: Mapping[str, tuple[str, ...]]
    study_of: Mapping[str, str]
    variants: dict[tuple[str, frozenset[str], Bounds], SynthesisEvidence] = field(default_factory=dict)
    estimates: dict[Subset, Estimates] = field(default_factory=dict)
    fits: dict[tuple[Subset, Method], Fit] = field(default_factory=dict)

    def named(self, text: str) -> tuple[str, ...]:
        """The known ids that a reason names, in its order."""
        return tuple(dict.fromkeys(word for word in ids_in(text) if word in self.known))


class _Same:
    """A workbook as the key of a cache: the same object, for its frames have no hash."""

    __slots__ = ("book",)

    def __init__(self, book: Workbook) -> None:
        self.book = book

    def __hash__(self) -> int:
        return id(self.book)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.book is self.book


def desk_of(book: Workbook) -> Desk:
    """Everything that verdicts on a workbook are made from.

    Parameters
    ----------
    book : Workbook
        Frozen: its frames are not to be changed in place, for the desk of the last workbook is kept.

    Returns
    -------
    Desk
        Looked up once for the same workbook.

    Raises
    ------
    InvalidInput
        If the risk-of-bias answers break a rule of their tool.
    """
    return _desk(_Same(book))


@lru_cache(maxsize=1)
def _desk(key: _Same) -> Desk:
    book = key.book
    index = index_of(book)
    shown = synthesis_evidence(book, index)
    roles = dict(zip(book.syntheses["synthesis_id"], book.syntheses["role"], strict=True))
    wording = claim_wording(book.claims, book.texts)
    notes = book.reference_notes
    searches = frozenset(book.searches["search_id"])
    return Desk(
        book=book,
        index=index,
        judged=final_judgements(book.judgements),
        syntheses=shown,
        deciding={one.claim_id: one for name, one in shown.items() if roles[name] == Role.DECIDING},
        wording=dict(zip(wording["claim_id"], wording["level"], strict=True)),
        contexts=dict(zip(notes["reference_key"], notes["context"], strict=True)),
        known=frozenset(book.references) | frozenset(index.studies) | frozenset(shown) | searches,
        provisional=_grouped((claim, row.record_id) for row in rows(book.records) for claim in row.provisional),
        parts=_grouped((parent_id(name), name) for name in index.claims if is_part(name)),
        included={
            row.synthesis_id: tuple(name for name in dict.fromkeys(row.include) if name in index.comparisons)
            for row in rows(book.syntheses)
        },
        study_of=dict(zip(book.results["comparison_id"], book.results["study_id"], strict=True)),
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The values of each key, in their order."""
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def final_judgements(judgements: pd.DataFrame) -> dict[tuple[str, str], Any]:
    """The judgement that counts for each subject and domain.

    Parameters
    ----------
    judgements : DataFrame
        The judgements table.

    Returns
    -------
    dict
        Row by subject and domain: that of ``consensus``, or the only one; none where reviewers stand side by side.
    """
    by_subject: dict[tuple[str, str], list[Any]] = {}
    for row in rows(judgements):
        by_subject.setdefault((row.subject, row.domain), []).append(row)
    final = {}
    for key, given in by_subject.items():
        agreed = [row for row in given if row.reviewer == CONSENSUS]
        if agreed or len(given) == 1:
            final[key] = (agreed or given)[0]
    return final
