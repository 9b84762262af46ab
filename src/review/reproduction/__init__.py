"""Whether the numbers that a paper prints follow from its own arms.

A stamp is about arithmetic: a number that does not reproduce may be adjusted, imputed, of other people, or misprinted.
What a printed number is turned into stands in `conversions`, how arms give effects in `effects`.
"""

from review.reproduction.printed import Basis, PrintedP, Stamp, parse_p
from review.reproduction.reproduce import COLUMNS, reproduce
from review.reproduction.significance import chi_squared_p, fisher_p, pooled_t_p, welch_p, yates_p

__all__ = [
    "COLUMNS",
    "Basis",
    "PrintedP",
    "Stamp",
    "chi_squared_p",
    "fisher_p",
    "parse_p",
    "pooled_t_p",
    "reproduce",
    "welch_p",
    "yates_p",
]
