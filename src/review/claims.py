"""Claims: parts, testable quantities, and where each quote stands in its document.

Text and frames in, values out.  What the evidence says to a claim belongs to later modules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from review.cells import rows
from review.documents import Span, quote_spans
from review.vocabulary import QuantityMeasure

_QUANTITY = re.compile(
    r"(?P<measure>\w+)\((?P<outcome>[\w.\-]+)\)\s*:\s*"
    r"stands\s*(?P<stands_if><=|>=|<|>)\s*(?P<stands>\d+\.?\d*|\.\d+)\s*,\s*"
    r"fails\s*(?P<fails_if><=|>=|<|>)\s*(?P<fails>\d+\.?\d*|\.\d+)"
)


#: A word as ids are made: letters and digits, with dots and hyphens inside.
_WORD = re.compile(r"[^\W_](?:[\w.\-]*\w)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A testable reading of a claim with two bounds.

    The claim stands if the 95 % limit nearer to failure is on the claim's side of the first bound, fails if the other
    limit is beyond the second, and is inconclusive otherwise.

    Attributes
    ----------
    measure : QuantityMeasure
        ``risk`` (0 to 1), ``mean`` (in the outcome's unit) or ``median_days``.
    outcome_id : str
        The outcome.
    stands_if, fails_if : str
        ``<``, ``<=``, ``>`` or ``>=``.
    stands, fails : float
        The bounds.
    """

    measure: QuantityMeasure
    outcome_id: str
    stands_if: str
    stands: float
    fails_if: str
    fails: float


def parse_quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a claim.

    Parameters
    ----------
    text : str
        Such as ``risk(injection-site-pain): stands < 0.01, fails >= 0.10``; several with ``;`` between.

    Returns
    -------
    tuple of Quantity
        In order; empty where the text is empty.

    Raises
    ------
    ValueError
        If a part cannot be read, with the part and what is wrong.
    """
    return tuple(_parse_quantity(part.strip()) for part in text.split(";") if part.strip())


def _parse_quantity(part: str) -> Quantity:
    found = _QUANTITY.fullmatch(part)
    if not found:
        example = "risk(OUTCOME): stands < 0.01, fails >= 0.1"
        raise ValueError(f"{part!r} is not a quantity: write it like {example!r}")
    if found["measure"] not in list(QuantityMeasure):
        raise ValueError(f"{found['measure']!r} is not one of {', '.join(QuantityMeasure)}")
    quantity = Quantity(
        measure=QuantityMeasure(found["measure"]),
        outcome_id=found["outcome"],
        stands_if=found["stands_if"],
        stands=float(found["stands"]),
        fails_if=found["fails_if"],
        fails=float(found["fails"]),
    )
    less = quantity.stands_if.startswith("<")
    if less == quantity.fails_if.startswith("<"):
        raise ValueError(f"{part!r} stands and fails on the same side: turn one of the signs")
    if (quantity.stands > quantity.fails) if less else (quantity.stands < quantity.fails):
        raise ValueError(f"{part!r} has bounds that overlap: a value could both stand and fail")
    return quantity


def parent_id(claim_id: str) -> str:
    """``C31`` for the part ``C31.a``; a whole claim is its own parent."""
    return claim_id.partition(".")[0]


def is_part(claim_id: str) -> bool:
    """Whether the id is that of a part of a compound claim."""
    return "." in claim_id


def ids_in(text: str) -> tuple[str, ...]:
    """The words of a text that could be ids, in its order, without the stops and commas after them."""
    return tuple(_WORD.findall(text))


def claim_spans(claims: pd.DataFrame, texts: Mapping[str, str]) -> dict[str, tuple[Span, ...]]:
    """Every place of each claim's quote in its document.

    Parameters
    ----------
    claims : DataFrame
        The claims table.
    texts : mapping
        Text of each document by `document_id`.

    Returns
    -------
    dict
        Spans by `claim_id`; exactly one where the claim is well anchored, none where its document has no text.
    """
    return {
        row.claim_id: quote_spans(texts.get(row.document_id, ""), row.quote, prefix=row.prefix, suffix=row.suffix)
        for row in rows(claims)
    }


def anchors(claims: pd.DataFrame, texts: Mapping[str, str]) -> pd.DataFrame:
    """Where each claim's quote stands.

    Parameters
    ----------
    claims : DataFrame
        The claims table.
    texts : mapping
        Text of each document by `document_id`.

    Returns
    -------
    DataFrame
        Columns claim_id, document_id, start, end (characters, end exclusive), in the order of the document; claims
        whose quote is not found are left out, of several places the first is taken.
    """
    spans = claim_spans(claims, texts)
    documents = dict(zip(claims["claim_id"], claims["document_id"], strict=True))
    rows = [(claim, documents[claim], *places[0]) for claim, places in spans.items() if places]
    frame = pd.DataFrame(rows, columns=["claim_id", "document_id", "start", "end"])
    return frame.sort_values(["document_id", "start", "end", "claim_id"], ignore_index=True)
