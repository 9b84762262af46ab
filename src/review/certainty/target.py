"""What a certainty is about: its target and the threshold that goes with it, as a synthesis names them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from review.vocabulary import SynthesisGroup, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingTarget:
    """What is rated.

    Attributes
    ----------
    kind : str
        A `Target`, or empty where the synthesis names none.
    threshold : float or None
        The important difference on the measure's own scale; None where none is known.
    source : str
        Where the threshold comes from and when it was set.
    single_group : bool
        Whether it is a risk, mean or time of one group and no effect.
    """

    kind: str
    threshold: float | None
    source: str
    single_group: bool = False


def rating_target(row: Any) -> RatingTarget:
    """The target of a synthesis.

    Parameters
    ----------
    row : named tuple
        A row of the syntheses table.

    Returns
    -------
    RatingTarget
        As the row names it.
    """
    threshold = None if math.isnan(row.threshold) else float(row.threshold)
    single = row.group in {SynthesisGroup.INTERVENTION, SynthesisGroup.COMPARATOR}
    return RatingTarget(kind=row.target, threshold=threshold, source=row.threshold_source, single_group=single)


def target_sentence(row: Any, *, unit: str = "") -> str:
    """What the certainty of a synthesis is about, for a reader.

    Parameters
    ----------
    row : named tuple
        A row of the syntheses table.
    unit : str
        The outcome's unit, put behind the threshold.

    Returns
    -------
    str
        A sentence with target, threshold, source and when that was set.
    """
    target = rating_target(row)
    source = f" ({target.source})" if target.source else ""
    return f"Rated is {_what(target, unit)}{source}."


def _what(target: RatingTarget, unit: str) -> str:
    if not target.kind:
        return "nothing in particular: the synthesis names no target"
    if target.kind == Target.CLAIM_BOUNDS:
        return "on which side of the claim's own bounds the evidence lies"
    if target.single_group:
        return "what happened in one group, against no bound"
    size = "the important difference"
    if target.threshold is not None:
        size += f" of {target.threshold:g}{f' {unit}' if unit else ''}"
    if target.kind == Target.IMPORTANT_EFFECT:
        return f"whether there is an effect larger than {size}"
    if target.kind == Target.LITTLE_OR_NO_EFFECT:
        return f"whether the effect is smaller than {size}"
    return "whether there is any effect at all, whatever its size"
