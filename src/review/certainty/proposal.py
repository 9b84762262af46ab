"""A rating as a rule proposes it, and the share of the evidence that some studies hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from review.certainty.body import Body, StudyEvidence
from review.certainty.levels import Rating
from review.vocabulary import Domain


def proposal(
    body: Body, domain: Domain, levels: int | None, reason: str, *, rests_on: Iterable[StudyEvidence] = ()
) -> Rating:
    """A rating by rule.

    Parameters
    ----------
    body : Body
        What is rated.
    domain : Domain
        In which domain.
    levels : int or None
        Levels down; None where a person must judge.
    reason : str
        For a reader.
    rests_on : iterable of StudyEvidence
        The studies that decide it; all of the body's where none are named.

    Returns
    -------
    Rating
        With the ids of those studies.
    """
    ids = tuple(study.study_id for study in rests_on) or body.ids
    return Rating(domain=domain, levels=levels, proposed=levels, reason=reason, rests_on=ids)


def weight_share(some: Sequence[StudyEvidence], every: Sequence[StudyEvidence]) -> float:
    """The share of the weight that some studies hold.

    Parameters
    ----------
    some, every : sequence of StudyEvidence
        Some of the body's studies, and all of them; at least one.

    Returns
    -------
    float
        In percent; by the number of studies where no weights are known.
    """
    total = sum(study.weight for study in every)
    if total:
        return 100 * sum(study.weight for study in some) / total
    return 100 * len(some) / len(every)


def listed(studies: Iterable[StudyEvidence]) -> str:
    """The ids of studies, a comma between them."""
    return ", ".join(study.study_id for study in studies)


def numbers(values: Iterable[float]) -> str:
    """Numbers as people read them, ``and`` between them."""
    return " and ".join(f"{value:g}" for value in values)
