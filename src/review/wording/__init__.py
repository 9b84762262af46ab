"""The strongest sentence that the evidence lets each claim say, in words as strong as its certainty."""

from review.wording.finding import Absolute, Desk, Finding, absolute, desk_of, participants
from review.wording.headlines import headline_sentence
from review.wording.numbers import MEASURE_NAMES
from review.wording.proposals import Action, Proposal, propose_wording
from review.wording.sentences import finding_sentence, observed
from review.wording.words import BANNER, CERTAINTY_WORDS, NONE_FOUND

__all__ = [
    "BANNER",
    "CERTAINTY_WORDS",
    "MEASURE_NAMES",
    "NONE_FOUND",
    "Absolute",
    "Action",
    "Desk",
    "Finding",
    "Proposal",
    "absolute",
    "desk_of",
    "finding_sentence",
    "headline_sentence",
    "observed",
    "participants",
    "propose_wording",
]
