"""Words and numbers of the figures, and the arms by comparison."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from review.cells import rows
from review.claims import Quantity
from review.vocabulary import Group, Per, QuantityMeasure

UNITS: Mapping[str, str] = {
    Per.PERSON_COURSE: "per person, whole course",
    Per.PERSON_SESSION: "per person, one session",
    Per.SESSION: "per session",
    Per.INJECTION: "per injection",
}
_SIGN_WORDS: Mapping[str, str] = {"<": "under", "<=": "up to", ">": "over", ">=": "from"}


def arms_in_order(results: pd.DataFrame, comparisons: Sequence[str]) -> pd.DataFrame:
    """The arms of some comparisons, in the order in which a synthesis names them.

    Parameters
    ----------
    results : DataFrame
        The results table.
    comparisons : sequence of str
        The `include` of a synthesis; what is not in the table is passed over.

    Returns
    -------
    DataFrame
        Rows of the table.
    """
    found = [results[results["comparison_id"] == name] for name in dict.fromkeys(comparisons)]
    return pd.concat(found) if found else results.iloc[:0]


def by_comparison(arms: pd.DataFrame) -> dict[str, list[Any]]:
    """The arms' rows by comparison, in the order given."""
    found: dict[str, list[Any]] = {}
    for row in rows(arms):
        found.setdefault(row.comparison_id, []).append(row)
    return found


def arm_of(arms: Sequence[Any], groups: Collection[str]) -> Any:
    """The first arm of these groups, None where there is none."""
    return next((row for row in arms if row.group in groups), None)


def side_words(arms: pd.DataFrame) -> tuple[str, str]:
    """What the two sides are called: drug and placebo where every comparator says so, else in general words."""
    against = arms.loc[arms["group"] == Group.COMPARATOR, "arm"].str.lower()
    placebo = against.str.contains("placebo|vehicle|saline").all()
    return ("drug", "placebo") if placebo else ("treatment", "comparator")


def named(study_id: str, names: Mapping[str, str]) -> str:
    """The short name of a study; its id where it has none."""
    return names.get(study_id) or study_id


def with_stratum(row: Any, names: Mapping[str, str]) -> str:
    """The short name of an arm's study with the stratum, where there is one."""
    return ", ".join(filter(None, (named(row.study_id, names), row.stratum)))


def present(value: object) -> bool:
    """Whether a cell has a number."""
    return not pd.isna(value)  # type: ignore[call-overload]


def number(value: float) -> str:
    """A number with about three digits, such as ``0.35``, ``3.48``, ``19.7`` and ``146``."""
    if not math.isfinite(value):
        return "no limit"
    size = abs(value)
    return f"{value:.{2 if size < 10 else 1 if size < 100 else 0}f}".replace("-", "−")  # noqa: PLR2004 -- digits


def interval(low: float, high: float) -> str:
    """Two limits, such as ``2.40 to 5.05``."""
    return f"{number(low)} to {number(high)}"


def percent(value: float) -> str:
    """A share from 0 to 1 in percent, such as ``69 %`` and ``0.6 %``."""
    shown = 100 * value
    whole = shown >= 10 or math.isclose(shown, round(shown), abs_tol=0.005)  # noqa: PLR2004 -- digits
    return f"{shown:.0f} %" if whole else f"{shown:.1f} %"


def p_value(value: float) -> str:
    """A p value as it is printed, such as ``p = 0.047`` and ``p < 0.001``."""
    if value < 0.001:  # noqa: PLR2004 -- three digits
        return "p < 0.001"
    return f"p = {value:.3f}" if value < 0.1 else f"p = {value:.2f}"  # noqa: PLR2004 -- two that count


def bound_words(quantity: Quantity) -> tuple[str, str]:
    """A quantity's two bounds in words, such as ``stands under 1 in 100`` and ``fails from 10 in 100``."""
    return (
        f"stands {_SIGN_WORDS[quantity.stands_if]} {_amount(quantity, quantity.stands)}",
        f"fails {_SIGN_WORDS[quantity.fails_if]} {_amount(quantity, quantity.fails)}",
    )


def _amount(quantity: Quantity, value: float) -> str:
    if quantity.measure == QuantityMeasure.RISK:
        return f"{100 * value:g} in 100"
    if quantity.measure == QuantityMeasure.MEDIAN_DAYS:
        return counted(value, "day")
    return f"{value:g}"


def listed(words: Sequence[str]) -> str:
    """Words with commas and a last ``and``."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def counted(count: float, one: str, many: str = "") -> str:
    """A count with its noun."""
    return f"{count:g} {one if count == 1 else many or one + 's'}"
