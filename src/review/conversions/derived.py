"""A number that was made from printed ones, and what must hold of the numbers that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from review.effects import Array, Flags
from review.errors import InvalidInput, Problem, WrongUse
from review.vocabulary import Origin

#: What must hold of the numbers, by the id that a problem names.
CONVERSION_RULES: Mapping[str, str] = {
    "CONV01": "Every number that a conversion needs is there.",
    "CONV02": "Sizes, spreads and ratios are positive, p values and correlations in their range, events at most the n.",
    "CONV03": "Minimum, lower quartile, median, upper quartile and maximum, or two limits, rise in this order.",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derived:
    """Numbers that no paper printed, made from numbers that one did.

    Attributes
    ----------
    value : ndarray, shape (k,)
        The numbers; read-only.
    method : str
        How they were made, in words.
    sources : tuple of str
        Keys of docs/methods.bib.
    rests_on : str
        What must hold for them to be right.
    doubtful : ndarray of bool, shape (k,)
        Where that is in doubt, or rests on a number that nobody printed.
    origin : Origin
        Always derived, the word of results.csv.
    """

    value: Array
    method: str
    sources: tuple[str, ...]
    rests_on: str
    doubtful: Flags
    origin: Origin = field(default=Origin.DERIVED, init=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DerivedMeans:
    """Sizes with their means and standard deviations, one for each arm."""

    n: Derived
    mean: Derived
    sd: Derived


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DerivedCounts:
    """Sizes with their events, one for each arm; they need not be whole."""

    n: Derived
    events: Derived


def derived(
    value: Array, method: str, *, sources: tuple[str, ...], rests_on: str, doubtful: Flags | None = None
) -> Derived:
    """Numbers as derived ones, read-only; nowhere doubtful unless said."""
    value = np.array(value, dtype=np.float64)
    flags = np.zeros(value.shape, dtype=np.bool_) if doubtful is None else np.array(doubtful)
    for array in (value, flags):
        array.setflags(write=False)
    return Derived(value=value, method=method, sources=sources, rests_on=rests_on, doubtful=flags)


def numbers_of(given: Mapping[str, ArrayLike]) -> dict[str, Array]:
    """The numbers as arrays of one shape (k,), none missing."""
    try:
        arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in given.values()))
    except ValueError as fault:
        raise WrongUse(f"{', '.join(given)} are no numbers of one length: {fault}") from fault
    numbers = dict(zip(given, arrays, strict=True))
    refuse(
        {name: ~np.isfinite(array) for name, array in numbers.items()},
        numbers,
        "CONV01",
        "must be a number: fill it in",
    )
    return numbers


def positive_numbers(given: Mapping[str, ArrayLike], others: Mapping[str, ArrayLike] | None = None) -> dict[str, Array]:
    """The numbers of both mappings as arrays of one shape (k,), those of the first above 0."""
    numbers = numbers_of({**given, **(others or {})})
    refuse({name: numbers[name] <= 0 for name in given}, numbers, "CONV02", "must be above 0")
    return numbers


def counts_of(given: Mapping[str, ArrayLike]) -> dict[str, Array]:
    """The numbers, sizes above 0 and events between 0 and their size."""
    numbers = numbers_of(given)
    sizes = {name: name.replace("events", "n") for name in numbers if name.startswith("events")}
    refuse({size: numbers[size] <= 0 for size in sizes.values()}, numbers, "CONV02", "must be above 0")
    wrong = {name: (numbers[name] < 0) | (numbers[name] > numbers[size]) for name, size in sizes.items()}
    refuse(wrong, numbers, "CONV02", "must lie between 0 and the arm's size")
    return numbers


def refuse_unordered(numbers: Mapping[str, Array]) -> None:
    """Refuse quantiles or limits that fall; only the median may equal its neighbours, and a quartile the end."""
    names = list(numbers)
    falling = {name: numbers[name] < numbers[before] for before, name in pairwise(names)}
    for low, high in (("minimum", "maximum"), ("q1", "q3"), ("low", "high")):
        if high in numbers:
            falling[high] = falling[high] | (numbers[high] <= numbers[low])
    refuse(falling, numbers, "CONV03", f"must not be so small: {', '.join(names)} rise in this order")


def refuse(wrong: Mapping[str, Flags], numbers: Mapping[str, Array], rule: str, why: str) -> None:
    """Raise InvalidInput with a problem for each number that is flagged; rows are counted from 1."""
    problems = [
        Problem(
            file="numbers",
            line=int(row) + 1,
            column=name,
            rule=rule,
            message=f"row {row + 1}: {name} is {numbers[name].flat[row]:g} and {why}",
        )
        for name, flags in wrong.items()
        for row in np.flatnonzero(flags)
    ]
    if problems:
        raise InvalidInput(sorted(problems, key=lambda problem: problem.line or 0))
