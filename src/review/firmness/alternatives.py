"""The choices that could be made otherwise for one claim, each by itself, and why the others cannot be."""

from __future__ import annotations

from review.firmness.case import PERSONS_VERDICT, Alternative, Case, Choice, impossible
from review.firmness.of_evidence import of_evidence
from review.firmness.of_grading import of_grading, of_wording


def alternatives(case: Case) -> tuple[Alternative, ...]:
    """Every choice on a claim or part made otherwise, one at a time.

    Parameters
    ----------
    case : Case
        The claim or part.

    Returns
    -------
    tuple of Alternative
        In the order of `Choice`; every choice at least once, those that cannot be made with the reason.
    """
    if case.verdict_judged:
        return tuple(impossible(choice, PERSONS_VERDICT) for choice in Choice)
    found = (*of_evidence(case), *of_grading(case), *of_wording(case))
    return tuple(sorted(found, key=lambda one: tuple(Choice).index(one.choice)))
