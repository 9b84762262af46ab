"""How sure the evidence makes us: GRADE for effects, a documentation scale for facts."""

from review.certainty.body import Body, Interval, StudyEvidence, start_level
from review.certainty.documentation import Source, document
from review.certainty.domains import optimal_information_size, propose_ratings
from review.certainty.levels import ALLOWED_LEVELS, LADDER, Grade, Rating, add_up

__all__ = [
    "ALLOWED_LEVELS",
    "LADDER",
    "Body",
    "Grade",
    "Interval",
    "Rating",
    "Source",
    "StudyEvidence",
    "add_up",
    "document",
    "optimal_information_size",
    "propose_ratings",
    "start_level",
]
