"""One study's effect: its estimate and sampling variance from its arms, and the interval of one proportion.

The conventions are those of metafor's `escalc` (viechtbauer2010).  Analysis scale: log for RR and OR, logit for PLO,
the outcome's own unit for RD, MD and GEN; `back_transform` alone goes from there to the scale that people read.  Group
1 is the intervention, group 2 the comparator.  What becomes of several studies stands in `synthesis`.

Zero cells: 1/2 is added to all four cells of a study in which a cell is zero, and to no other study.  Studies without
an event in both arms, or with events only, are treated the same way here; Mantel-Haenszel treats them otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, expit, ndtri

from review.errors import InvalidInput, Problem, WrongUse
from review.vocabulary import Measure

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

#: Added to every cell of a study with a zero cell: metafor's default (escalc, add = 1/2, to = "only0").
ZERO_CELL_ADDITION = 0.5

#: Levels are in percent; below this, 0.95 for 95 is the likelier meaning (our convention, as in the tables).
LOWEST_LEVEL = 50.0

#: What must hold of a frame of studies, by the id that a problem names.
POOL_RULES: Mapping[str, str] = {
    "POOL01": "Every column that the effect measure needs is there.",
    "POOL02": "Every cell that is pooled holds a number.",
    "POOL03": "Counts lie between 0 and the group's size; group sizes, standard deviations and variances are positive.",
}

COUNTS = ("events_1", "n_1", "events_2", "n_2")
MEANS = ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
PROPORTION = ("events", "n")
GENERIC = ("yi", "vi")


def cells(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> Array:
    """The four cells of each two-by-two table, 1/2 added to all four where one is zero; shape (4, k)."""
    table: Array = np.stack([events_1, n_1 - events_1, events_2, n_2 - events_2])
    zero: Flags = (table == 0).any(axis=0)
    return table + ZERO_CELL_ADDITION * zero


def risk_ratio(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> tuple[Array, Array]:
    """Log risk ratios and their sampling variances; shapes (k,)."""
    a, b, c, d = cells(events_1, n_1, events_2, n_2)
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def odds_ratio(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> tuple[Array, Array]:
    """Log odds ratios and their sampling variances; shapes (k,)."""
    a, b, c, d = cells(events_1, n_1, events_2, n_2)
    return np.log(a / b) - np.log(c / d), 1 / a + 1 / b + 1 / c + 1 / d


def risk_difference(events_1: Array, n_1: Array, events_2: Array, n_2: Array) -> tuple[Array, Array]:
    """Risk differences, in events per person, and their sampling variances; shapes (k,)."""
    a, b, c, d = cells(events_1, n_1, events_2, n_2)
    return a / (a + b) - c / (c + d), a * b / (a + b) ** 3 + c * d / (c + d) ** 3


def mean_difference(  # noqa: PLR0917 - one parameter for each column of the table, in its order
    mean_1: Array, sd_1: Array, n_1: Array, mean_2: Array, sd_2: Array, n_2: Array
) -> tuple[Array, Array]:
    """Mean differences, in the outcome's unit, and their sampling variances, each arm by its own SD; shapes (k,)."""
    return mean_1 - mean_2, sd_1**2 / n_1 + sd_2**2 / n_2


def logit_proportion(events: Array, n: Array) -> tuple[Array, Array]:
    """Logits of single-arm proportions and their sampling variances, 1/2 added to both cells where one is zero."""
    table = np.stack([events, n - events])
    yes, no = table + ZERO_CELL_ADDITION * (table == 0).any(axis=0)
    return np.log(yes / no), 1 / yes + 1 / no


def generic_effect(yi: Array, vi: Array) -> tuple[Array, Array]:
    """Estimates and sampling variances as they were given; shapes (k,)."""
    return yi, vi


def exponential(values: Array) -> Array:
    """Ratios of log ratios; infinite where the number is too large to be written."""
    with np.errstate(over="ignore"):
        return np.exp(values)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectMeasure:
    """How one effect measure is made of its columns and read.

    Attributes
    ----------
    columns : tuple of str
        The columns of a frame of studies, in the order of the formula's parameters.
    effect : callable
        The columns as arrays of shape (k,) to estimates and sampling variances on the analysis scale.
    read : callable
        From the analysis scale to the one that people read.
    """

    columns: tuple[str, ...]
    effect: Callable[..., tuple[Array, Array]]
    read: Callable[[Array], Array]


#: Every measure that can be computed; to add one is a function and a line here.
EFFECT_MEASURES: Mapping[Measure, EffectMeasure] = {
    Measure.RR: EffectMeasure(columns=COUNTS, effect=risk_ratio, read=exponential),
    Measure.OR: EffectMeasure(columns=COUNTS, effect=odds_ratio, read=exponential),
    Measure.RD: EffectMeasure(columns=COUNTS, effect=risk_difference, read=np.positive),
    Measure.MD: EffectMeasure(columns=MEANS, effect=mean_difference, read=np.positive),
    Measure.PLO: EffectMeasure(columns=PROPORTION, effect=logit_proportion, read=expit),
    Measure.GEN: EffectMeasure(columns=GENERIC, effect=generic_effect, read=np.positive),
}


def measure_named(name: str) -> Measure:
    """The effect measure of a name such as ``"RR"``; ``"generic"`` is GEN.

    Raises
    ------
    WrongUse
        If there is no such measure, or it cannot be computed yet.
    """
    text = name.upper().replace("GENERIC", "GEN")
    available = ", ".join(EFFECT_MEASURES)
    if text not in set(Measure):
        raise WrongUse(f"{name!r} is no effect measure: choose one of {available}")
    if Measure(text) not in EFFECT_MEASURES:
        raise WrongUse(f"{text} is not available in this version: choose one of {available}")
    return Measure(text)


def back_transform(measure: Measure, values: ArrayLike) -> Array:
    """Values on the scale that people read, from the analysis scale.

    Parameters
    ----------
    measure : Measure
        The effect measure.
    values : array_like
        Estimates or limits on the analysis scale.

    Returns
    -------
    ndarray
        Ratios for RR and OR, a proportion for PLO, the values themselves for RD, MD and GEN; the shape of `values`.
    """
    return EFFECT_MEASURES[measure].read(np.asarray(values, dtype=np.float64))


def study_columns(frame: pd.DataFrame, *, measure: Measure, arms_only: bool = False) -> dict[str, Array]:
    """The columns that the measure needs, checked, as arrays.

    Parameters
    ----------
    frame : DataFrame
        A row for each study.  Where it has both, the arms are taken and not `yi` and `vi`.
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
    wanted = EFFECT_MEASURES[measure].columns
    names = (
        wanted if arms_only or not set(GENERIC) <= set(frame.columns) or set(wanted) <= set(frame.columns) else GENERIC
    )
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InvalidInput([_problem("POOL01", name, None, f"{measure} needs it: add the column") for name in missing])
    columns = {
        name: pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan) for name in names
    }
    _refuse_impossible(columns)
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
    """Estimates and sampling variances, shapes (k,), of columns that `study_columns` has checked."""
    effect = generic_effect if set(columns) == set(GENERIC) else EFFECT_MEASURES[measure].effect
    return effect(*columns.values())


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


def wilson_interval(events: ArrayLike, n: ArrayLike, level: float = 95) -> tuple[Array, Array]:
    """Lower and upper limits of Wilson's score interval for proportions, without continuity correction.

    Parameters
    ----------
    events, n : array_like, shape (k,)
        How many had the event, of how many.
    level : float
        Level in percent.

    Returns
    -------
    tuple of ndarray, shape (k,)
        Limits between 0 and 1; exactly 0 without an event and 1 with events only.

    Raises
    ------
    InvalidInput
        If a count is impossible.
    WrongUse
        If the level is no percentage.

    References
    ----------
    wilson1927 (docs/methods.bib); checked against R's prop.test, tests/reference/metafor.json.
    """
    x, size = _proportions(events, n)
    z = normal_quantile(level)
    centre = (x + z**2 / 2) / (size + z**2)
    half = z / (size + z**2) * np.sqrt(x * (size - x) / size + z**2 / 4)
    return np.where(x == 0, 0.0, np.maximum(centre - half, 0)), np.where(x == size, 1.0, np.minimum(centre + half, 1))


def exact_interval(events: ArrayLike, n: ArrayLike, level: float = 95) -> tuple[Array, Array]:
    """Lower and upper limits of the exact (Clopper-Pearson) interval for proportions.

    Parameters, returns and errors are those of `wilson_interval`.

    References
    ----------
    Quantiles of beta distributions; checked against R's binom.test, tests/reference/metafor.json.
    """
    x, size = _proportions(events, n)
    tail = (100 - check_level(level)) / 200
    low = betaincinv(np.maximum(x, 1), size - x + 1, tail)
    high = betaincinv(x + 1, np.maximum(size - x, 1), 1 - tail)
    return np.where(x == 0, 0.0, low), np.where(x == size, 1.0, high)


def exact_upper_limit(n: ArrayLike, level: float = 95) -> Array:
    """One-sided exact upper limits of the risk where none of `n` had the event; about 3 / n at 95 %.

    Parameters
    ----------
    n : array_like, shape (k,)
        How many were followed up.
    level : float
        One-sided level in percent.

    Returns
    -------
    ndarray, shape (k,)
        1 - (1 - level / 100)^(1 / n).

    Raises
    ------
    InvalidInput
        If a size is not positive.

    References
    ----------
    hanley1983 (docs/methods.bib).
    """
    _, size = _proportions(np.zeros(np.shape(n)), n)
    limits: Array = -np.expm1(np.log1p(-check_level(level) / 100) / size)
    return limits


def check_level(level: float) -> float:
    """The level of an interval in percent; raises WrongUse if it is none, such as 0.95."""
    if not LOWEST_LEVEL <= level < 100:  # noqa: PLR2004 - percent
        raise WrongUse(f"level {level} is no level of an interval in percent: give one such as 95")
    return level


def normal_quantile(level: float) -> float:
    """The two-sided standard normal quantile of a level in percent: 1.96 for 95."""
    return float(-ndtri((100 - check_level(level)) / 200))


def _proportions(events: ArrayLike, n: ArrayLike) -> tuple[Array, Array]:
    x, size = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(n, dtype=np.float64))
    _refuse_impossible({"events": np.atleast_1d(x), "n": np.atleast_1d(size)})
    return x, size


def _refuse_impossible(columns: Mapping[str, Array]) -> None:
    problems = sorted(_impossible(columns), key=lambda problem: problem.line or 0)
    if problems:
        raise InvalidInput(problems)


def _impossible(columns: Mapping[str, Array]) -> Iterator[Problem]:
    """Every cell that holds no number, or one that cannot be."""
    for name, values in columns.items():
        missing = ~np.isfinite(values)
        yield from _at(missing, "POOL02", name, lambda _: "is no number: fill it in or leave the row out")
        size = columns.get(name.replace("events", "n"))
        if name.startswith("events") and size is not None:
            wrong = ~missing & ~((values >= 0) & ((values <= size) | np.isnan(size)))
            yield from _at(wrong, "POOL03", name, _count_words(values, size))
        elif name.startswith(("n", "sd", "vi")):
            wrong = ~missing & ~(values > 0)
            yield from _at(wrong, "POOL03", name, _positive_words(values))


def _count_words(values: Array, size: Array) -> Callable[[int], str]:
    def words(row: int) -> str:
        whole = f" of {size[row]:g}" if np.isfinite(size[row]) else ""
        return f"is {values[row]:g}{whole}: events lie between 0 and the group's size"

    return words


def _positive_words(values: Array) -> Callable[[int], str]:
    return lambda row: f"is {values[row]:g} and must be above 0: correct it or leave the row out"


def _at(wrong: Flags, rule: str, column: str, words: Callable[[int], str]) -> Iterator[Problem]:
    for row in map(int, np.flatnonzero(wrong)):
        yield _problem(rule, column, row + 1, f"row {row + 1}: {column} {words(row)}")


def _problem(rule: str, column: str, line: int | None, message: str) -> Problem:
    return Problem(file="studies", line=line, column=column, rule=rule, message=message)
