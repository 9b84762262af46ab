"""Of several reviewers' rows of one appraisal the ones that count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.errors import Problem
from review.tables import RISK_OF_BIAS
from review.vocabulary import CONSENSUS, Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the reviewers of one study and outcome came to: rows by item, and the items without one answer."""

    rows: Mapping[str, Any]
    disputed: tuple[str, ...]


def settle(answered: Sequence[Any]) -> Settled:
    """The consensus on each item, else what all reviewers say; an item on which they differ is disputed."""
    by_item: dict[str, list[Any]] = {}
    for row in answered:
        by_item.setdefault(row.item, []).append(row)
    settled = {}
    for item, given in by_item.items():
        final = [row for row in given if row.reviewer == CONSENSUS] or given
        if len({row.answer for row in final}) == 1:
            settled[item] = final[0]
    return Settled(rows=settled, disputed=tuple(item for item in by_item if item not in settled))


def bases(answered: Sequence[Any]) -> str:
    """What was read, the least first, ``; `` between."""
    return "; ".join(basis for basis in Basis if any(row.basis == basis for row in answered))


def problem_of(row: Any, column: str, rule: str, message: str) -> Problem:
    """A problem of one row of the risk-of-bias table."""
    return Problem(file=RISK_OF_BIAS.file, line=int(row.Index), column=column, rule=rule, message=message)
