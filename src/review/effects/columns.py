"""The columns of a frame of studies: what a measure needs, whether it can be, and the effects that come of it.

A frame may hold numbers as text, as a CSV file read without types does.  Nothing is guessed: what is no number, or
cannot be one of its kind, is a problem with its row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from review.effects.measures import COUNTS, EFFECT_MEASURES, GENERIC, Array, Flags, generic_effect
from review.errors import InvalidInput, Problem
from review.vocabulary import Measure

#: What must hold of a frame of studies, by the id that a problem names.
POOL_RULES: Mapping[str, str] = {
    "POOL01": "Every column that the effect measure needs is there, once.",
    "POOL02": "Every cell that is pooled holds a number.",
    "POOL03": "Counts lie between 0 and the group's size; sizes and variances are positive, standard deviations not "
    "negative and not both 0; means are positive for ROM; PFT's estimates are angles.",
    "POOL04": "Every study's numbers give an estimate with a positive variance.",
}

#: A standardised mean difference has a bias correction from this many people on: above one degree of freedom.
PEOPLE_FOR_SMD = 4

#: Peto's variance divides by the number of people less one.
PEOPLE_FOR_PETO = 2


def study_columns(frame: pd.DataFrame, *, measure: Measure, arms_only: bool = False) -> dict[str, Array]:
    """The columns that the measure needs, checked, as arrays.

    Parameters
    ----------
    frame : DataFrame
        A row for each study; numbers may be text.  Where it has both, the arms are taken and not `yi` and `vi`.
    measure : Measure
        The effect measure.
    arms_only : bool
        Whether `yi` and `vi` will not do in place of the arms.

    Returns
    -------
    dict of str to ndarray, shape (k,)
        By column.  Counts need not be whole, because a control group may be shared out.

    Raises
    ------
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    """
    wanted, given = EFFECT_MEASURES[measure].columns, list(frame.columns)
    names = wanted if arms_only or not set(GENERIC) <= set(given) or set(wanted) <= set(given) else GENERIC
    missing = [name for name in names if name not in given]
    twice = [name for name in names if given.count(name) > 1]
    if missing or twice:
        problems = [_problem("POOL01", name, None, f"{measure} needs it: add the column") for name in missing]
        problems += [_problem("POOL01", name, None, "it stands twice: remove one of them") for name in twice]
        raise InvalidInput(problems)
    columns = {
        name: pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan) for name in names
    }
    refuse_impossible(columns, measure=measure, frame=frame)
    return columns


def study_effects(frame: pd.DataFrame, *, measure: Measure) -> pd.DataFrame:
    """Estimate and sampling variance of each study on the analysis scale.

    Parameters
    ----------
    frame : DataFrame
        A row for each study with the measure's columns, or `yi` and `vi` on the analysis scale.
    measure : Measure
        The effect measure.

    Returns
    -------
    DataFrame
        Columns `yi` and `vi` (in squared units of `yi`, positive), the rows and index of `frame`.

    Raises
    ------
    InvalidInput
        If a column is missing or a number impossible.

    References
    ----------
    viechtbauer2010 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    yi, vi = effects_of(study_columns(frame, measure=measure), measure)
    return pd.DataFrame({"yi": yi, "vi": vi}, index=frame.index)


def effects_of(columns: Mapping[str, Array], measure: Measure) -> tuple[Array, Array]:
    """Estimates and sampling variances, shapes (k,), of columns that `study_columns` has checked.

    Raises
    ------
    InvalidInput
        If the numbers of a row, each possible, are together too large or too small for an estimate.
    """
    effect = generic_effect if set(columns) == set(GENERIC) else EFFECT_MEASURES[measure].effect
    with np.errstate(all="ignore"):
        yi, vi = effect(*columns.values())
    wrong = ~(np.isfinite(yi) & np.isfinite(vi) & (vi > 0))
    words = f"gives no {measure} with a positive variance: check them and their units"
    if wrong.any():
        raise InvalidInput(list(_at(wrong, "POOL04", "", lambda _: words)))
    return yi, vi


def sizes_of(columns: Mapping[str, Array]) -> Array:
    """Numbers of people of single arms; given variances 1 / (4 n + 2) of PFT are turned back into n; shape (k,)."""
    return columns["n"] if "n" in columns else (1 / columns["vi"] - 2) / 4


def has_zero_cell(columns: Mapping[str, Array]) -> Flags:
    """Whether a study of counts has a zero cell, so that 1/2 was added; shape (k,), False for other columns."""
    flags: Flags = np.zeros(next(iter(columns.values())).shape, dtype=np.bool_)
    for name in columns:
        if name.startswith("events"):
            flags = flags | (columns[name] == 0) | (columns[name] == columns[name.replace("events", "n")])
    return flags


def same_in_both_arms(columns: Mapping[str, Array]) -> Flags:
    """Whether a study has no event, or events only, in both arms: it says nothing of a ratio; shape (k,)."""
    a, n_1, c, n_2 = (columns[name] for name in COUNTS)
    same: Flags = ((a == 0) & (c == 0)) | ((a == n_1) & (c == n_2))
    return same


def refuse_impossible(
    columns: Mapping[str, Array], *, measure: Measure | None = None, frame: pd.DataFrame | None = None
) -> None:
    """Raise InvalidInput with every cell that holds no number, or one that cannot be, by row.

    Parameters
    ----------
    columns : mapping of str to ndarray, shape (k,)
        The numbers, NaN where there is none.
    measure : Measure, optional
        Whose rules are also looked at.
    frame : DataFrame, optional
        What they were read from, for the message.
    """
    problems = [*_impossible(columns, frame), *(_unfit(columns, measure) if measure else ())]
    if problems:
        raise InvalidInput(sorted(problems, key=lambda problem: problem.line or 0))


def _impossible(columns: Mapping[str, Array], frame: pd.DataFrame | None) -> Iterator[Problem]:
    """Every cell that holds no number, or one that its column cannot hold."""
    for name, values in columns.items():
        missing = ~np.isfinite(values)
        yield from _at(missing, "POOL02", name, _no_number_words(None if frame is None else frame[name]))
        size = columns.get(name.replace("events", "n"))
        if name.startswith("events") and size is not None:
            wrong = ~missing & ~((values >= 0) & ((values <= size) | np.isnan(size)))
            yield from _at(wrong, "POOL03", name, _count_words(values, size))
        elif name.startswith("sd"):
            yield from _at(~missing & (values < 0), "POOL03", name, _value_words(values, "must not be below 0"))
        elif name.startswith(("n", "vi")):
            yield from _at(~missing & ~(values > 0), "POOL03", name, _value_words(values, "must be above 0"))


def _unfit(columns: Mapping[str, Array], measure: Measure) -> Iterator[Problem]:
    """Every cell that its column can hold, and the measure cannot use; NaN compares as right."""
    if measure is Measure.PFT and "yi" in columns:
        yi, vi = columns["yi"], columns["vi"]
        wrong = (yi < 0) | (yi > np.pi / 2)
        yield from _at(wrong, "POOL03", "yi", _value_words(yi, "must be an angle between 0 and π/2 for PFT"))
        yield from _at(vi >= 1 / 2, "POOL03", "vi", _value_words(vi, "must be 1 / (4 n + 2) for PFT, below 0.5"))
    if measure is Measure.ROM:
        for name in ("mean_1", "mean_2"):
            if name in columns:
                means = columns[name]
                yield from _at(means <= 0, "POOL03", name, _value_words(means, "must be above 0 for a ratio of means"))
    if "sd_1" in columns:
        both = (columns["sd_1"] == 0) & (columns["sd_2"] == 0)
        words = _value_words(columns["sd_1"], "so is sd_2, which leaves the study without a variance")
        yield from _at(both, "POOL03", "sd_1", words)
    least = {Measure.SMD: PEOPLE_FOR_SMD, Measure.PETO: PEOPLE_FOR_PETO}.get(measure)
    if least and "n_1" in columns:
        people = columns["n_1"] + columns["n_2"]
        wrong = (columns["n_1"] > 0) & (columns["n_2"] > 0) & (people <= least - 1)
        yield from _at(wrong, "POOL03", "n_1", _people_words(people, f"{measure} needs {least} or more"))


def _no_number_words(cells: pd.Series[Any] | None) -> Callable[[int], str]:
    def words(row: int) -> str:
        text = "" if cells is None else cells.iloc[row]
        if not isinstance(text, str) or not text.strip():
            return "is no number: fill it in or leave the row out"
        return f"{text!r} is no number: write digits with a decimal point, or leave the row out"

    return words


def _count_words(values: Array, size: Array) -> Callable[[int], str]:
    def words(row: int) -> str:
        whole = f" of {size[row]:g}" if np.isfinite(size[row]) else ""
        return f"is {values[row]:g}{whole}: events lie between 0 and the group's size"

    return words


def _value_words(values: Array, what: str) -> Callable[[int], str]:
    return lambda row: f"is {values[row]:g} and {what}: correct it or leave the row out"


def _people_words(people: Array, what: str) -> Callable[[int], str]:
    return lambda row: f"and n_2 are {people[row]:g} together: {what}, leave the row out"


def _at(wrong: Flags, rule: str, column: str, words: Callable[[int], str]) -> Iterator[Problem]:
    for row in map(int, np.flatnonzero(wrong)):
        text = " ".join(filter(None, (column, words(row))))
        yield _problem(rule, column, row + 1, f"row {row + 1}: {text}")


def _problem(rule: str, column: str, line: int | None, message: str) -> Problem:
    return Problem(file="studies", line=line, column=column, rule=rule, message=message)
