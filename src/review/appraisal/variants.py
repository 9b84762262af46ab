"""A synthesis's evidence under other choices: fewer studies, other bounds, another way of pooling.

Fewer studies and other bounds are put together anew from the tables; another way of pooling changes the pooled estimate
and what hangs on it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from review.appraisal.choices import Bounds, Choices
from review.appraisal.desk import Desk
from review.appraisal.pooled import pooled_by
from review.appraisal.studies import comparisons_in, studies_kept
from review.claims import Quantity
from review.evidence import SynthesisEvidence, synthesis_evidence
from review.vocabulary import QuantityMeasure

#: The important difference is halved and doubled, and so is a quantity's bound where both are one (our convention).
FACTORS: Mapping[Bounds, float] = {
    Bounds.AS_SET: 1.0,
    Bounds.STRICTER: 2.0,
    Bounds.LAXER: 0.5,
    Bounds.NO_DIFFERENCE: 0.0,
}

#: What is left over when a quantity does not stand, or does not fail.
_OTHERWISE: Mapping[str, str] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def evidence_under(shown: SynthesisEvidence, desk: Desk, choices: Choices) -> SynthesisEvidence:
    """A synthesis's evidence by other choices.

    Parameters
    ----------
    shown : SynthesisEvidence
        By the primary analysis.
    desk : Desk
        The workbook's.
    choices : Choices
        Those on studies, bounds and pooling count here.

    Returns
    -------
    SynthesisEvidence
        `shown` itself where the choices change nothing; without an estimate where no study is left, or where the
        method gives none.
    """
    kept = studies_kept(shown, desk, choices)
    bounds = choices.bounds if choices.bounds in bounds_of(shown) else Bounds.AS_SET
    if kept != frozenset(shown.body.ids) or bounds != Bounds.AS_SET:
        shown = _put_together(shown, kept, bounds, desk)
    return shown if choices.method is None else pooled_by(shown, choices.method, desk)


def bounds_of(shown: SynthesisEvidence) -> tuple[Bounds, ...]:
    """Where else the bounds of a synthesis could be put; nowhere if it has neither quantity nor threshold."""
    if shown.quantity is not None:
        return (Bounds.STRICTER, Bounds.LAXER)
    return (Bounds.STRICTER, Bounds.LAXER, Bounds.NO_DIFFERENCE) if shown.threshold else ()


def moved(quantity: Quantity, bounds: Bounds) -> Quantity:
    """A quantity with its bounds moved by one band.

    The band is what lies between its two bounds: stricter, the claim fails as soon as it does not stand; laxer, it
    stands until it fails.  Where both bounds are one, it is halved or doubled, for a risk by its odds (our convention).
    """
    if quantity.stands != quantity.fails:
        if bounds == Bounds.STRICTER:
            return replace(quantity, fails_if=_OTHERWISE[quantity.stands_if], fails=quantity.stands)
        return replace(quantity, stands_if=_OTHERWISE[quantity.fails_if], stands=quantity.fails)
    claims_less = quantity.stands_if.startswith("<")
    bound = quantity.stands * (1 / FACTORS[bounds] if claims_less else FACTORS[bounds])
    if quantity.measure == QuantityMeasure.RISK:
        bound /= 1 - quantity.stands + bound
    return replace(quantity, stands=bound, fails=bound)


def _put_together(shown: SynthesisEvidence, kept: frozenset[str], bounds: Bounds, desk: Desk) -> SynthesisEvidence:
    """The evidence of some of the studies by other bounds, from the tables; worked out once."""
    key = (shown.synthesis_id, kept, bounds)
    if key not in desk.variants:
        table = desk.book.syntheses
        names = comparisons_in((shown.synthesis_id, kept), desk)
        table = table[table["synthesis_id"] == shown.synthesis_id].tail(1)
        include = pd.Series([names], index=table.index, dtype="object")
        table = table.assign(include=include, threshold=shown.threshold * FACTORS[bounds] or np.nan)
        index = desk.index
        if shown.quantity is not None and bounds != Bounds.AS_SET:
            claim = index.claims[shown.claim_id]._replace(quantity=_in_words(moved(shown.quantity, bounds)))
            index = replace(index, claims=ChainMap({shown.claim_id: claim}, dict(index.claims)))
        found = synthesis_evidence(replace(desk.book, syntheses=table), index)
        desk.variants[key] = found.get(shown.synthesis_id) or _emptied(shown)
    return desk.variants[key]


def _emptied(shown: SynthesisEvidence) -> SynthesisEvidence:
    """A synthesis without a study."""
    return replace(shown, every=(), primary=None, deciding=(), body=replace(shown.body, studies=(), interval=None))


def _in_words(quantity: Quantity) -> str:
    """A quantity as the claims table has it."""
    stands, fails = (np.format_float_positional(bound, trim="-") for bound in (quantity.stands, quantity.fails))
    tested = f"stands {quantity.stands_if} {stands}, fails {quantity.fails_if} {fails}"
    return f"{quantity.measure}({quantity.outcome_id}): {tested}"
