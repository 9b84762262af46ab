"""How sure the evidence makes us: GRADE for effects, a documentation scale for facts."""

from review.certainty.body import Body, Interval, StudyEvidence, start_level
from review.certainty.documentation import Source, document
from review.certainty.domains import propose_ratings
from review.certainty.information_size import optimal_information_size
from review.certainty.levels import ALLOWED_LEVELS, LADDER, Grade, Rating, add_up
from review.certainty.publication_bias import TESTABLE_STUDIES
from review.certainty.target import RatingTarget, rating_target, target_sentence
from review.certainty.upgrades import upgrade_fault

__all__ = [
    "ALLOWED_LEVELS",
    "LADDER",
    "TESTABLE_STUDIES",
    "Body",
    "Grade",
    "Interval",
    "Rating",
    "RatingTarget",
    "Source",
    "StudyEvidence",
    "add_up",
    "document",
    "optimal_information_size",
    "propose_ratings",
    "rating_target",
    "start_level",
    "target_sentence",
    "upgrade_fault",
]
