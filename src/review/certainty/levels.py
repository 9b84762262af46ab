"""The arithmetic of certainty: a start, levels down and up each with a reason, and where that ends.

The rules of each domain stand in their own modules; here is only how they add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from review.vocabulary import Certainty, Domain

#: The four levels, lowest first, so that a place in this tuple is a height.
LADDER = tuple(Certainty)

#: The five reasons to rate down and the three to rate up, in GRADE's order.
DOWN_DOMAINS = (
    Domain.RISK_OF_BIAS,
    Domain.INCONSISTENCY,
    Domain.INDIRECTNESS,
    Domain.IMPRECISION,
    Domain.PUBLICATION_BIAS,
)
UP_DOMAINS = (Domain.LARGE_EFFECT, Domain.DOSE_RESPONSE, Domain.OPPOSING_CONFOUNDING)

#: What a person may give for a domain: GRADE's own range [guyatt2025core1 through a public transcription]; publication
#: bias never takes two levels [Core GRADE 4, figure 5, through the same].
ALLOWED_LEVELS: Mapping[str, tuple[int, ...]] = {
    Domain.RISK_OF_BIAS: (0, -1, -2, -3),
    Domain.INCONSISTENCY: (0, -1, -2, -3),
    Domain.INDIRECTNESS: (0, -1, -2, -3),
    Domain.IMPRECISION: (0, -1, -2, -3),
    Domain.PUBLICATION_BIAS: (0, -1),
    Domain.LARGE_EFFECT: (0, 1, 2),
    Domain.DOSE_RESPONSE: (0, 1),
    Domain.OPPOSING_CONFOUNDING: (0, 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One domain of a certainty.

    Attributes
    ----------
    domain : str
        One of GRADE's five and three.
    levels : int or None
        Levels down (negative) or up; None where a person is needed and none has judged.
    reason : str
        Why, for a reader.
    rests_on : tuple of str
        Ids of the studies, syntheses or references that it rests on.
    proposed : int or None
        What the rules proposed; differs from `levels` only where a person departed from it.
    by : str
        The reviewer, where a person judged.
    """

    domain: str
    levels: int | None
    reason: str
    rests_on: tuple[str, ...] = ()
    proposed: int | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The certainty of a body of evidence with all that it rests on.

    Attributes
    ----------
    start : Certainty
        Where the design starts it.
    start_reason : str
        Why there.
    ratings : tuple of Rating
        In GRADE's order; upgrades only where they were judged.
    level : Certainty or None
        Start and levels added, never below Very low nor above High; None while a rating needs a person.
    """

    start: Certainty
    start_reason: str
    ratings: tuple[Rating, ...]
    level: Certainty | None

    @property
    def reason(self) -> str:
        """The sum in words."""
        open_domains = [rating.domain for rating in self.ratings if rating.levels is None]
        steps = [f"{rating.domain} {rating.levels:+d}" for rating in self.ratings if rating.levels]
        words = f"starts {self.start} ({self.start_reason})" + "".join(f"; {step}" for step in steps)
        return words + (f"; a person must judge {', '.join(open_domains)}" if open_domains else "")


def add_up(start: Certainty, start_reason: str, ratings: tuple[Rating, ...]) -> Grade:
    """The certainty that a start and its ratings give.

    Parameters
    ----------
    start : Certainty
        Where the design starts.
    start_reason : str
        Why there.
    ratings : tuple of Rating
        The five domains and the upgrades that were judged.

    Returns
    -------
    Grade
        Without a level while any rating has none.
    """
    ordered = tuple(sorted(ratings, key=lambda rating: (DOWN_DOMAINS + UP_DOMAINS).index(Domain(rating.domain))))
    steps = [rating.levels for rating in ordered]
    known = [step for step in steps if step is not None]
    height = LADDER.index(start) + sum(known)
    level = LADDER[min(max(height, 0), len(LADDER) - 1)] if len(known) == len(steps) else None
    return Grade(start=start, start_reason=start_reason, ratings=ordered, level=level)
