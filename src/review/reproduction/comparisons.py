"""The two arms of each comparison in results.csv, and which comparison a stated effect is about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from review.cells import rows
from review.conversions import sd_from_se
from review.effects import COUNTS, MEANS, Array
from review.reproduction.printed import decimals_of
from review.vocabulary import Design, Group, Origin

#: Words of a stratum that mean that the strata were put together, as in `both trials`.
TOGETHER = frozenset({"all", "both", "pooled", "together", "total", "whole"})

#: One person has no spread.
SMALLEST_ARM = 2

#: Words of a note that speak of the other comparisons of the study.
_OF_OTHERS = ("shared", "never in one synthesis")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """The intervention and the comparator of one comparison at one time.

    Attributes
    ----------
    comparison_id, stratum : str
        As in the table.
    intervention, comparator : Any
        The rows of results.csv.
    paired : bool
        Whether both are sides of the same people.
    """

    comparison_id: str
    stratum: str
    intervention: Any
    comparator: Any
    paired: bool

    @property
    def arms(self) -> tuple[Any, Any]:
        """Both rows."""
        return self.intervention, self.comparator

    def has(self, *columns: str) -> bool:
        """Whether both arms have a number in these columns."""
        return not any(pd.isna(getattr(arm, column)) for arm in self.arms for column in columns)

    def counts(self) -> dict[str, Array] | None:
        """The counts as columns of `effects.COUNTS`, shape (1 + m,); None where they are not given or impossible.

        First the counts as they stand, then, where they were made from printed percentages, the counts at the ends of
        the rounding of both percentages.
        """
        if not self.has("n", "events") or any(not 0 <= arm.events <= arm.n or arm.n == 0 for arm in self.arms):
            return None
        columns = [[float(arm.events)] for arm in self.arms]
        if self.has("percent") and any(arm.origin == Origin.DERIVED for arm in self.arms):
            half = 0.5 * 10.0 ** -decimals_of(arm.percent for arm in self.arms)
            ends = [np.clip([arm.percent - half, arm.percent + half], 0, 100) * arm.n / 100 for arm in self.arms]
            columns = [column + list(grid.ravel()) for column, grid in zip(columns, np.meshgrid(*ends), strict=True)]
        events_1, events_2 = (np.array(column, dtype=np.float64) for column in columns)
        n_1, n_2 = (np.full(events_1.shape, float(arm.n)) for arm in self.arms)
        return dict(zip(COUNTS, (events_1, n_1, events_2, n_2), strict=True))

    def difference(self) -> Array | None:
        """The difference of the means, then at the ends of the rounding of both; None where a mean is missing."""
        if not self.has("mean"):
            return None
        (mean_1, half_1), (mean_2, half_2) = self._read("mean")
        return np.array([mean_1 - mean_2, mean_1 - mean_2 - half_1 - half_2, mean_1 - mean_2 + half_1 + half_2])

    def means(self) -> dict[str, Array] | None:
        """The means as columns of `effects.MEANS`, shape (1 + m,); None where mean, spread or n is missing.

        First the numbers as they stand, then the ends of the rounding of both means and both spreads; a spread that is
        printed as a standard error is turned into a standard deviation.
        """
        spread = next((name for name in ("sd", "se") if self.has("mean", name, "n")), "")
        if not spread or any(arm.n < SMALLEST_ARM for arm in self.arms):
            return None
        read = [*self._read("mean"), *self._read(spread)]
        ends = np.meshgrid(*([value - half, value + half] for value, half in read))
        columns = [np.concatenate([[value], grid.ravel()]) for (value, _), grid in zip(read, ends, strict=True)]
        mean_1, mean_2, *spreads = columns
        sizes = [np.full(mean_1.shape, float(arm.n)) for arm in self.arms]
        # A spread printed as 0.0 may be anything up to half a unit, but never nothing for a test to divide by.
        sd_1, sd_2 = (np.maximum(values, np.finfo(np.float64).tiny) for values in spreads)
        if spread == "se":
            sd_1, sd_2 = (sd_from_se(se, n).value for se, n in zip((sd_1, sd_2), sizes, strict=True))
        return dict(zip(MEANS, (mean_1, sd_1, sizes[0], mean_2, sd_2, sizes[1]), strict=True))

    def _read(self, column: str) -> list[tuple[float, float]]:
        """Each arm's number with half a unit of its last digit."""
        values = [float(getattr(arm, column)) for arm in self.arms]
        half = 0.5 * 10.0 ** -decimals_of(values)
        return [(value, half) for value in values]


def comparisons_of(results: pd.DataFrame, studies: pd.DataFrame) -> dict[tuple[str, str, str], list[Comparison]]:
    """The comparisons with exactly one arm on each side, by study, outcome and timepoint, in the order of the file."""
    paired = set(studies.loc[studies["design"] == Design.SPLIT_BODY_RCT, "study_id"])
    groups: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in rows(results):
        groups[row.study_id, row.outcome_id, row.timepoint, row.comparison_id, row.stratum, row.per].append(row)
    found: dict[tuple[str, str, str], list[Comparison]] = defaultdict(list)
    for (study, outcome, timepoint, comparison_id, stratum, _), arms in groups.items():
        sides = {arm.group: arm for arm in arms}
        if len(arms) == len(sides) and set(sides) == {Group.INTERVENTION, Group.COMPARATOR}:
            comparison = Comparison(
                comparison_id=comparison_id,
                stratum=stratum,
                intervention=sides[Group.INTERVENTION],
                comparator=sides[Group.COMPARATOR],
                paired=study in paired,
            )
            found[study, outcome, timepoint].append(comparison)
    return dict(found)


def chosen(effect: Any, comparisons: Sequence[Comparison]) -> tuple[tuple[Comparison, ...], ...]:
    """The comparisons that a stated effect may be about: alternatives, each one comparison or strata put together.

    Parameters
    ----------
    effect : Any
        A row of reported_effects.csv.
    comparisons : sequence of Comparison
        Those of its study, outcome and timepoint.

    Returns
    -------
    tuple of tuple of Comparison
        Empty where none fits.

    Notes
    -----
    The stratum must be the same; a stratum such as `both trials` takes all strata together.  Among several, those whose
    arms share most words with the effect's, then those whose notes do (our convention, because reported_effects.csv
    names no comparison).
    """
    same = [each for each in comparisons if each.stratum == effect.stratum]
    if not same and TOGETHER & _words(effect.stratum):
        strata = tuple(comparisons)
        apart = len({each.stratum for each in strata}) == len(strata) > 1
        return (strata,) if apart else ()
    said = _words(effect.words)
    for text in (_arm_names, _notes):
        same = _closest(same, said, [_words(text(each)) for each in same])
    return tuple((each,) for each in same)


def _closest(comparisons: list[Comparison], said: set[str], words: list[set[str]]) -> list[Comparison]:
    """Those that share most words with what was said, counting only words that not all comparisons have."""
    if not words:
        return []
    common = set.intersection(*words)
    shared = [len((own - common) & said) for own in words]
    return [each for each, score in zip(comparisons, shared, strict=True) if score == max(shared)]


def _arm_names(comparison: Comparison) -> str:
    return " ".join(arm.arm for arm in comparison.arms)


def _notes(comparison: Comparison) -> str:
    clauses = (clause for arm in comparison.arms for clause in arm.note.split(";"))
    return " ".join(clause for clause in clauses if not any(words in clause for words in _OF_OTHERS))


def _words(text: str) -> set[str]:
    """The words and numbers of a text, plain and singular enough to be compared."""
    return {word.rstrip(".").removesuffix("s") for word in re.findall(r"[^\W_][\w.]*", text.lower())}
