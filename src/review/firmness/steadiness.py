"""How steady a pooled estimate is that a person's direction rests on: whether its interval keeps its side.

The person's direction itself is not recomputed; here is only what becomes of the numbers that the reason names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from review.appraisal import Desk, Method
from review.appraisal.desk import Subset
from review.appraisal.direction import RATIOS
from review.appraisal.pooled import is_pooled, methods_for, pool_all
from review.appraisal.studies import studies_kept
from review.evidence import SynthesisEvidence
from review.firmness.multiverse import digits, restrictions
from review.vocabulary import SynthesisGroup

ABOVE, BELOW, ACROSS = "above", "below", "across"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """How steady one pooled estimate is.

    Attributes
    ----------
    synthesis_id : str
        The synthesis.
    side : str
        Where its 95 % interval lies by the primary analysis: ``above`` no effect, ``below`` it, or ``across`` it.
    stands : int
        How many of the analyses have their interval there.
    analyses : int
        How many there are: every set of studies by every way to pool it.
    """

    synthesis_id: str
    side: str
    stands: int
    analyses: int


def steadiness(names: Collection[str], desk: Desk) -> dict[str, Steadiness]:
    """The steadiness of every comparison of groups among the syntheses that is pooled from several studies.

    Parameters
    ----------
    names : collection of str
        Ids of syntheses.
    desk : Desk
        The workbook's.

    Returns
    -------
    dict
        By `synthesis_id`.
    """
    pooled = {
        name: shown
        for name, shown in desk.syntheses.items()
        if name in names and shown.group == SynthesisGroup.BOTH and is_pooled(shown)
    }
    ways = {name: tuple(_ways(shown, desk)) for name, shown in pooled.items()}
    pool_all((way for several in ways.values() for way in several), desk)
    return {name: _steadiness(pooled[name], several, desk) for name, several in ways.items()}


def _ways(shown: SynthesisEvidence, desk: Desk) -> Iterator[tuple[Subset, Method]]:
    subsets = dict.fromkeys(studies_kept(shown, desk, choices) for choices in restrictions(shown, desk))
    for kept in subsets:
        subset = (shown.synthesis_id, kept)
        yield from ((subset, method) for method in methods_for(subset, desk))


def _steadiness(shown: SynthesisEvidence, ways: Sequence[tuple[Subset, Method]], desk: Desk) -> Steadiness:
    null = 1.0 if shown.measure in RATIOS else 0.0
    fits = {(way[0], digits(desk.fits[way].low), digits(desk.fits[way].high)): desk.fits[way] for way in ways}
    sides = [_side(fit.low, fit.high, null) for fit in fits.values() if fit.low == fit.low]
    limits = shown.deciding[0]
    side = _side(limits.low, limits.high, null)
    return Steadiness(synthesis_id=shown.synthesis_id, side=side, stands=sides.count(side), analyses=len(sides))


def _side(low: float, high: float, null: float) -> str:
    if low > null:
        return ABOVE
    return BELOW if high < null else ACROSS
