"""From a checked workbook to a verdict on each claim: direction, certainty, label, reason and what they rest on.

The rules of certainty and of labels stand in `certainty` and `verdicts`; here is which evidence belongs to which claim,
and where a person's judgement takes the place of a rule.  Every step takes the `Choices` that a reasonable reviewer
could make otherwise; their defaults are the primary analysis.
"""

from review.appraisal.choices import PRIMARY, Bounds, Choices, EvidenceSet, Method
from review.appraisal.desk import Desk, desk_of, final_judgements
from review.appraisal.verdict import VERDICT_COLUMNS, Verdict, appraise, judge, synthesis_grades, verdicts

__all__ = [
    "PRIMARY",
    "VERDICT_COLUMNS",
    "Bounds",
    "Choices",
    "Desk",
    "EvidenceSet",
    "Method",
    "Verdict",
    "appraise",
    "desk_of",
    "final_judgements",
    "judge",
    "synthesis_grades",
    "verdicts",
]
