"""What a print says exactly: its digits, its p value, and the stamp that a recomputed number earns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np

from review.effects import Array


class Stamp(StrEnum):
    """Whether a printed number follows from what it rests on, best first."""

    REPRODUCED = "reproduced"
    ROUNDING = "rounding"
    DIFFERS = "does not reproduce"
    NO_ARMS = "arms not given"


class Basis(StrEnum):
    """What a printed number was recomputed from."""

    ARMS = "its arms"
    OWN_INTERVAL = "its own interval"
    MADE_FROM_IT = "numbers made from one another"
    NOTHING = "nothing on file"


#: A p value as papers print it, with or without its letter.
_P = re.compile(r"(?:p\s*)?(<=|>=|≤|≥|<|>|=)?\s*(\d*\.?\d+(?:e-?\d+)?)", re.IGNORECASE | re.ASCII)
_SIGNS = {"≤": "<=", "≥": ">=", "": "="}

#: Floating-point slack of "half a unit", far below any printed digit.
_SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """Numbers that were printed together with the same number of decimals.

    Attributes
    ----------
    numbers : tuple of float
        One number, or the two limits of an interval.
    decimals : int
        Decimals of the print.
    relation : str
        ``=``, or for a bound on p ``<``, ``<=``, ``>`` or ``>=``.
    """

    numbers: tuple[float, ...]
    decimals: int
    relation: str = "="

    @property
    def unit(self) -> float:
        """One unit of the last printed digit."""
        return float(10.0**-self.decimals)

    @property
    def text(self) -> str:
        """As it was printed, without its p."""
        sign = "" if self.relation == "=" else self.relation
        return " to ".join(f"{sign}{value:.{self.decimals}f}" for value in self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedP(Print):
    """A printed p value."""


def parse_p(text: str) -> PrintedP | None:
    """The p value in a text such as ``0.006``, ``<.001`` or ``p <= 0.05``.

    Parameters
    ----------
    text : str
        As printed.

    Returns
    -------
    PrintedP or None
        None where the text is no number, or none between 0 and 1, such as ``NS``.
    """
    found = _P.fullmatch(text.strip())
    if found is None:
        return None
    value = float(found[2])
    if not 0 < value <= 1:
        return None
    sign = found[1] or ""
    return PrintedP(numbers=(value,), decimals=_decimals(Decimal(found[2])), relation=_SIGNS.get(sign, sign))


def decimals_of(values: Iterable[float]) -> int:
    """The decimals of numbers that were printed together: the most that any of them shows.

    A table of numbers keeps no trailing zeros, so that 70 beside 18.6 is read as 70.0, and 70 alone as whole.
    """
    shown = [Decimal(repr(float(value))) for value in values]
    return max((_decimals(value) for value in shown if value != value.to_integral_value()), default=0)


def stamp(printed: Print, recomputed: Array) -> Stamp:
    """The stamp of a print beside what was recomputed.

    Parameters
    ----------
    printed : Print
        The numbers.
    recomputed : ndarray, shape (numbers, 1 + m)
        For each number first its recomputed value, then what it would be at the ends of the rounding of the m
        combinations of its inputs.

    Returns
    -------
    Stamp
        Reproduced within half a unit of the last printed digit; rounding within one unit, or where the rounding of the
        inputs allows the print; the worst of several numbers.

    Notes
    -----
    A bound on p is reproduced where p keeps it, and rounding where only the rounding of the inputs lets it be kept.
    """
    if printed.relation != "=":
        return _stamp_bound(printed, recomputed[0])
    pairs = zip(printed.numbers, recomputed, strict=True)
    stamps = [_stamp_number(value, printed.unit, row) for value, row in pairs]
    return max(stamps, key=list(Stamp).index)


def _stamp_number(value: float, unit: float, row: Array) -> Stamp:
    gap = abs(row[0] - value)
    if gap <= unit / 2 + _SLACK * unit:
        return Stamp.REPRODUCED
    possible = row[np.isfinite(row)]
    within = possible.min() - unit / 2 <= value <= possible.max() + unit / 2
    return Stamp.ROUNDING if within or gap <= unit * (1 + _SLACK) else Stamp.DIFFERS


def _stamp_bound(printed: Print, row: Array) -> Stamp:
    bound = printed.numbers[0]
    keeps = {"<": row < bound, "<=": row <= bound, ">": row > bound, ">=": row >= bound}[printed.relation]
    if keeps[0]:
        return Stamp.REPRODUCED
    return Stamp.ROUNDING if keeps.any() else Stamp.DIFFERS


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
