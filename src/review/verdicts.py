"""Which way the evidence points, and the label that direction and certainty give.

Values in, values out; which evidence belongs to which claim is decided in `appraisal`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from review.claims import Quantity
from review.vocabulary import Certainty, Direction, Documentation, VerdictLabel

#: Wording from this level on is absolute or has a direct causal verb (claim_strength_scale; ours and unvalidated).
DIRECT_WORDING = 4

#: Where a study's estimate lies.
ON_CLAIM_SIDE, BETWEEN, ON_OTHER_SIDE = "claim", "between", "other"

_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_STRONG = frozenset({Certainty.HIGH, Certainty.MODERATE, Documentation.WELL, Documentation.DOCUMENTED})
_WEAK = frozenset({Certainty.LOW, Documentation.THIN})

#: What each label does and does not say, printed wherever it stands.
GLOSSES: Mapping[VerdictLabel, str] = {
    VerdictLabel.SUPPORTED: "as worded, by the evidence we found",
    VerdictLabel.SUPPORTED_WITH_LIMITS: "the advert's verb survives once place, product or time is added",
    VerdictLabel.OVERSTATED: "verb, size or extent must be weakened",
    VerdictLabel.NOT_SUBSTANTIATED: "by the public evidence we found; the advertiser's file was not seen",
    VerdictLabel.CONTRADICTED: "of the wording, not of the publisher's honesty",
    VerdictLabel.NO_EVIDENCE: "limited search, see its date",
    VerdictLabel.NOT_SEARCHED: "nobody has looked yet",
    VerdictLabel.NOT_TESTABLE: "no observation could decide it",
    VerdictLabel.NOT_JUDGED: "evidence is on file, a person must judge its direction",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One study's or one synthesis's estimate with its limits, on the scale that people read.

    Attributes
    ----------
    name : str
        The comparison, study or synthesis.
    estimate : float
        The estimate.
    low, high : float
        95 % limits; equal to the estimate where no interval can be made.
    bare : bool
        Whether no interval can be made.
    """

    name: str
    estimate: float
    low: float
    high: float
    bare: bool = False


def place(limits: Limits, quantity: Quantity) -> str:
    """Where limits lie against the two bounds of a quantity.

    Parameters
    ----------
    limits : Limits
        An estimate in the quantity's unit.
    quantity : Quantity
        The claim's testable reading.

    Returns
    -------
    str
        ``claim`` if even the limit nearer to failure is on the claim's side of the first bound, ``other`` if even the
        limit nearer to success is beyond the second, else ``between``.
    """
    less = quantity.stands_if.startswith("<")
    worst, best = (limits.high, limits.low) if less else (limits.low, limits.high)
    if _SIGNS[quantity.stands_if](worst, quantity.stands):
        return ON_CLAIM_SIDE
    return ON_OTHER_SIDE if _SIGNS[quantity.fails_if](best, quantity.fails) else BETWEEN


def direction_of_quantity(every: Sequence[Limits], quantity: Quantity) -> Direction:
    """The direction that all limits together give to a quantity claim.

    Parameters
    ----------
    every : sequence of Limits
        Each study's, or the pooled one alone.
    quantity : Quantity
        The claim's testable reading.

    Returns
    -------
    Direction
        Supports if all are on the claim's side of the first bound, contradicts if all are beyond the second, else
        inconclusive (also where there are none).
    """
    places = {place(limits, quantity) for limits in every}
    if places == {ON_CLAIM_SIDE}:
        return Direction.SUPPORTS
    return Direction.CONTRADICTS if places == {ON_OTHER_SIDE} else Direction.INCONCLUSIVE


def direction_of_comparison(limits: Limits, *, null: float, threshold: float, higher_is_claimed: bool) -> Direction:
    """The direction that a comparison gives to a claim of an effect.

    Parameters
    ----------
    limits : Limits
        The pooled effect, on the scale of `null` and `threshold`.
    null : float
        No effect on that scale.
    threshold : float
        The smallest difference from `null` that matters, at least 0; 0 where none is known.
    higher_is_claimed : bool
        Whether the claim is that the measure is raised.

    Returns
    -------
    Direction
        Supports if the whole interval is beyond the threshold on the claim's side, contradicts if it is wholly beyond
        it on the other side or, with a threshold, wholly inside it; else inconclusive.
    """
    low, high = limits.low - null, limits.high - null
    if not higher_is_claimed:
        low, high = -high, -low
    if low > threshold:
        return Direction.SUPPORTS
    inside = threshold > 0 and -threshold < low and high < threshold
    return Direction.CONTRADICTS if inside or high < -threshold else Direction.INCONCLUSIVE


def label_of(direction: Direction, certainty: Certainty | Documentation | None, *, wording: int) -> VerdictLabel:
    """The verdict that direction and certainty give.

    Parameters
    ----------
    direction : Direction
        Of the evidence against the claim as worded.
    certainty : Certainty or Documentation or None
        Of that direction; None where it is not known.
    wording : int
        How strongly the claim is worded, 0 to 5.

    Returns
    -------
    VerdictLabel
        By the table of docs/methods.md.  Very low certainty never gives Supported, Supported with limits, Overstated
        or Contradicted.
    """
    if direction in _FIXED:
        return _FIXED[direction]
    if certainty is None:
        return VerdictLabel.NOT_JUDGED
    if certainty not in _STRONG | _WEAK:
        return VerdictLabel.NOT_SUBSTANTIATED
    if direction == Direction.CONTRADICTS:
        return VerdictLabel.CONTRADICTED
    if direction == Direction.PARTLY_SUPPORTS:
        return VerdictLabel.OVERSTATED if wording >= DIRECT_WORDING else VerdictLabel.SUPPORTED_WITH_LIMITS
    return VerdictLabel.SUPPORTED if certainty in _STRONG else VerdictLabel.SUPPORTED_WITH_LIMITS


_FIXED: Mapping[Direction, VerdictLabel] = {
    Direction.INCONCLUSIVE: VerdictLabel.NOT_SUBSTANTIATED,
    Direction.NONE_FOUND: VerdictLabel.NO_EVIDENCE,
    Direction.NOT_SEARCHED: VerdictLabel.NOT_SEARCHED,
    Direction.NOT_TESTABLE: VerdictLabel.NOT_TESTABLE,
    Direction.NOT_JUDGED: VerdictLabel.NOT_JUDGED,
}
