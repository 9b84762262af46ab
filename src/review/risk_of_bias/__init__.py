"""Answers to the items of an appraisal tool, and the risk-of-bias judgements that follow from them.

Pooling and rating stand to the right of this.  A person's judgement is kept beside the proposed one, never instead.
"""

from review.risk_of_bias.amstar2 import amstar2_overall
from review.risk_of_bias.answers import ROB2_RULES
from review.risk_of_bias.jbi import jbi_summary
from review.risk_of_bias.judgements import study_judgements
from review.risk_of_bias.overall import overall_judgements
from review.risk_of_bias.questions import Question, rob2_questions
from review.risk_of_bias.rob2 import rob2, rob2_details
from review.risk_of_bias.robins_i import robins_i_overall

__all__ = [
    "ROB2_RULES",
    "Question",
    "amstar2_overall",
    "jbi_summary",
    "overall_judgements",
    "rob2",
    "rob2_details",
    "rob2_questions",
    "robins_i_overall",
    "study_judgements",
]
