"""What would decide a claim, as sentences: its testable quantities, and the evidence that would support it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.claims import Quantity, parse_quantities
from review.vocabulary import DOCUMENTED_KINDS, Answer, Kind, QuantityMeasure

#: Risks are said per this many people where that gives at least one person.
PEOPLE = 100

_SIGNS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


def quantity_sentences(text: str, outcomes: Mapping[str, str]) -> tuple[str, ...]:
    """The quantities of a claim as sentences.

    Parameters
    ----------
    text : str
        As in the claims table.
    outcomes : mapping
        Names of the outcomes by id.

    Returns
    -------
    tuple of str
        One sentence for each; a text that cannot be read stands as it is.
    """
    try:
        quantities = parse_quantities(text)
    except ValueError:
        return (text,)
    return tuple(_sentence(quantity, outcomes.get(quantity.outcome_id, "")) for quantity in quantities)


def needed(claim: Any) -> str:
    """The evidence that would support a claim as it is worded, by the rules of docs/methods.md.

    Parameters
    ----------
    claim : Any
        A row of the claims table.

    Returns
    -------
    str
        One or two sentences.
    """
    if claim.checkable == Answer.NO:
        return "Nothing could: no observation would decide it."
    if claim.kind in DOCUMENTED_KINDS:
        return "An official or primary source that says so, or two independent others, and none against."
    if claim.quantity:
        return "Estimates that make the testable reading stand, with Moderate or High certainty; Low needs limits."
    if claim.kind == Kind.MECHANISM:
        return "A measurement in people that shows it, with Moderate or High certainty; animals are not enough."
    return (
        "A comparison whose whole 95 % interval lies on the claim's side, in these people, with this treatment and "
        "this outcome, with Moderate or High certainty; with Low certainty it needs limits."
    )


def _sentence(quantity: Quantity, name: str) -> str:
    outcome = name or quantity.outcome_id
    less = quantity.stands_if.startswith("<")
    near, far = ("upper", "lower") if less else ("lower", "upper")
    what = {
        QuantityMeasure.RISK: f"the risk of “{outcome}”",
        QuantityMeasure.MEAN: f"the mean of “{outcome}”",
        QuantityMeasure.MEDIAN_DAYS: f"the median duration of “{outcome}”",
    }[quantity.measure]
    stands = f"{_SIGNS[quantity.stands_if]} {_amount(quantity.measure, quantity.stands)}"
    fails = f"{_SIGNS[quantity.fails_if]} {_amount(quantity.measure, quantity.fails)}"
    return (
        f"Stands if {what} is {stands} (its {near} 95 % limit), fails if it is {fails} (its {far} limit), "
        "otherwise inconclusive."
    )


def _amount(measure: QuantityMeasure, value: float) -> str:
    if measure is QuantityMeasure.MEDIAN_DAYS:
        return f"{value:g} {'day' if value == 1 else 'days'}"
    if measure is QuantityMeasure.MEAN:
        return f"{value:g}"
    people = PEOPLE
    while value * people < 1 and value > 0:
        people *= 10
    return f"{value * people:g} in {people:,} people"
