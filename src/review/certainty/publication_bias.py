"""Publication bias: a level down only where it was tested, or where a person documents it.  The same in both sets."""

from __future__ import annotations

from review.certainty.body import Body
from review.certainty.levels import Rating
from review.certainty.proposal import proposal
from review.vocabulary import Domain

#: Fewer studies than this cannot be tested for funnel plot asymmetry [guyatt2025core4, figure 5; sterne2011].
TESTABLE_STUDIES = 10
#: Asymmetry with a smaller P strongly suggests bias (pmatools' convention; GRADE names no P).
SMALL_STUDY_P = 0.05


def rate_publication_bias(body: Body) -> Rating:
    """Levels down for publication bias, by a test of funnel plot asymmetry.

    That it cannot be tested is no reason.  Unpublished trials, and small trials that their makers paid for, are a
    person's reason: the tables do not hold them in a form that a rule could read.

    Parameters
    ----------
    body : Body
        The evidence.

    Returns
    -------
    Rating
        Never more than one level [guyatt2025core4, figure 5; guyatt2011pub].
    """
    estimates = sum(bool(study.zone) for study in body.studies) if body.pooled else 0
    if body.small_study_p is None or estimates < TESTABLE_STUDIES:
        return proposal(body, Domain.PUBLICATION_BIAS, 0, "undetected; no unpublished trial named by the reviewer")
    tested = f"funnel plot asymmetry in {estimates} studies, P = {body.small_study_p:.3f}"
    if body.small_study_p < SMALL_STUDY_P:
        return proposal(body, Domain.PUBLICATION_BIAS, -1, f"strongly suspected: {tested}")
    return proposal(body, Domain.PUBLICATION_BIAS, 0, f"undetected: {tested}; no unpublished trial named")
