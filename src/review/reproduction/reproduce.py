"""Every printed estimate, interval, p value, percentage and standard error beside its recomputation, with a stamp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from review.cells import rows
from review.reproduction.comparisons import Comparison, chosen, comparisons_of
from review.reproduction.printed import Basis, Print, PrintedP, Stamp, decimals_of, parse_p, stamp
from review.reproduction.recomputed import Candidate, estimates, intervals, middle, missing, p_of_interval, p_values
from review.vocabulary import Origin

if TYPE_CHECKING:
    from review.workbook import Workbook

#: The columns of `reproduce`, in order.
COLUMNS = (
    "study_id",
    "outcome_id",
    "comparison_id",
    "timepoint",
    "stratum",
    "arm",
    "what",
    "printed",
    "recomputed",
    "by",
    "basis",
    "stamp",
    "note",
    "locator",
    "table",
    "line",
)

#: Words by which reported_effects.csv says that the difference was taken by the reviewer (our convention).
MADE_HERE = "subtracted here"

#: What a row of results.csv repeats where several comparisons share an arm.
_SAME_ARM = ["study_id", "outcome_id", "timepoint", "stratum", "per", "arm", "n", "events", "percent", "sd", "se"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One printed number with the ways in which it may have come about.

    Attributes
    ----------
    row : Any
        Its row of the table.
    what : str
        What it is, such as ``p`` or ``OR``.
    printed : Print
        The number.
    candidates : tuple of Candidate
        What it was recomputed by; empty where nothing on file allows it.
    missing : str
        What is missing where there is no candidate.
    """

    row: Any
    what: str
    printed: Print
    candidates: tuple[Candidate, ...]
    missing: str


def reproduce(book: Workbook) -> pd.DataFrame:
    """Every printed number that could follow from others on file, recomputed and stamped.

    Parameters
    ----------
    book : Workbook
        The workbook; its tables `reported_effects`, `results` and `studies` are read.

    Returns
    -------
    DataFrame
        A row for each printed estimate, interval and p value of reported_effects.csv, then for each percentage and
        each standard error beside its SD of results.csv, an arm that comparisons share once; in the order of the files.
        Columns `COLUMNS`: `what` (the measure, ``interval``, ``p``, ``percent`` or ``se``), `printed` and `recomputed`
        as text, `by` (the formula or test, or what is missing), `basis` (see `printed.Basis`), `stamp` (see
        `printed.Stamp`), `note` (what the table says of the row), `table` and `line` (where the row starts in the
        file).  No columns are missing where there is no row.

    Notes
    -----
    A test that is not among the standard ones, an adjusted or imputed analysis and a print of other people cannot
    reproduce; the stamp names no cause.
    """
    checks = [*_effect_checks(book), *_arm_checks(book.results)]
    return pd.DataFrame([_row(check) for check in checks], columns=list(COLUMNS))


def _row(check: Check) -> dict[str, Any]:
    possible = [each for each in check.candidates if np.isfinite(each.numbers[:, 0]).all()]
    found, best = _best(check.printed, possible)
    row = check.row
    effect = hasattr(row, "words")
    if best:
        names = "; ".join(dict.fromkeys(each.by for each in best))
        by = names if found != Stamp.DIFFERS else f"closest: {names}"
    else:
        by = check.missing
    return {
        "study_id": row.study_id,
        "outcome_id": row.outcome_id,
        "comparison_id": (best[0].comparison_id if best else "") if effect else row.comparison_id,
        "timepoint": row.timepoint,
        "stratum": row.stratum,
        "arm": "" if effect else row.arm,
        "what": check.what,
        "printed": check.printed.text,
        "recomputed": _text(check.printed, best[0]) if best else "",
        "by": by,
        "basis": str(best[0].basis if best else Basis.NOTHING),
        "stamp": str(found),
        "note": row.words if effect else row.note,
        "locator": row.locator,
        "table": "reported_effects" if effect else "results",
        "line": int(row.Index),
    }


def _best(printed: Print, candidates: Sequence[Candidate]) -> tuple[Stamp, list[Candidate]]:
    """The best stamp that a candidate earns, and all candidates that earn it; the closest one where none fits."""
    if not candidates:
        return Stamp.NO_ARMS, []
    stamps = [stamp(printed, each.numbers) for each in candidates]
    best = min(stamps, key=list(Stamp).index)
    earning = [each for each, own in zip(candidates, stamps, strict=True) if own == best]
    if best == Stamp.DIFFERS:
        earning = [min(earning, key=lambda each: float(np.abs(each.numbers[:, 0] - printed.numbers).sum()))]
    return best, earning


def _text(printed: Print, candidate: Candidate) -> str:
    """The recomputed numbers with one decimal more than the print, p values with two digits."""
    form = ".2g" if isinstance(printed, PrintedP) else f".{printed.decimals + 1}f"
    return " to ".join(format(float(value), form) for value in candidate.numbers[:, 0])


def _effect_checks(book: Workbook) -> Iterator[Check]:
    """The printed numbers of each stated effect."""
    known = comparisons_of(book.results, book.studies)
    one_group = set(book.results[["study_id", "outcome_id", "timepoint"]].itertuples(index=False, name=None))
    for row in rows(book.reported_effects):
        place = (row.study_id, row.outcome_id, row.timepoint)
        comparisons = known.get(place, [])
        alternatives = chosen(row, comparisons)
        lacks = missing([each for strata in alternatives for each in strata], single=place in one_group)
        for what, printed, candidates in _of_effect(row, alternatives):
            yield Check(row=row, what=what, printed=printed, candidates=candidates, missing=lacks)


def _of_effect(
    row: Any, alternatives: Sequence[Sequence[Comparison]]
) -> Iterator[tuple[str, Print, tuple[Candidate, ...]]]:
    """Estimate, interval and p of a stated effect where they are printed, from the arms or else from the interval."""
    has_estimate, has_interval = not pd.isna(row.estimate), not (pd.isna(row.ci_low) or pd.isna(row.ci_high))
    shown = [value for value in (row.estimate, row.ci_low, row.ci_high) if not pd.isna(value)]
    if has_estimate:
        printed = Print(numbers=(float(row.estimate),), decimals=decimals_of(shown))
        found = tuple(estimates(row, alternatives)) or (tuple(middle(row)) if has_interval else ())
        yield row.measure or "estimate", printed, _made_here(found) if MADE_HERE in row.words else found
    if has_interval:
        printed = Print(numbers=(float(row.ci_low), float(row.ci_high)), decimals=decimals_of(shown))
        yield "interval", printed, tuple(intervals(row, alternatives))
    p = parse_p(row.p)
    if p is not None:
        found = tuple(p_values(alternatives))
        if not found and has_estimate and has_interval:
            found = tuple(p_of_interval(row, _people(alternatives)))
        yield "p", p, found


def _made_here(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(by=each.by, comparison_id=each.comparison_id, basis=Basis.MADE_FROM_IT, numbers=each.numbers)
        for each in candidates
    )


def _people(alternatives: Sequence[Sequence[Comparison]]) -> int | None:
    """How many people the only comparison has; None where there are several, or no n."""
    if len(alternatives) != 1 or not all(each.has("n") for each in alternatives[0]):
        return None
    return sum(int(arm.n) for each in alternatives[0] for arm in each.arms)


def _arm_checks(results: pd.DataFrame) -> Iterator[Check]:
    """The percentages, and the standard errors beside an SD, of each arm once."""
    beside = ["study_id", "outcome_id", "comparison_id", "timepoint", "stratum"]
    digits = results.groupby(beside)["percent"].transform(lambda column: decimals_of(column.dropna()))
    errors = results.groupby(beside)["se"].transform(lambda column: decimals_of(column.dropna()))
    first = ~results.duplicated(_SAME_ARM)
    for row in rows(results.loc[first]):
        if not pd.isna(row.percent):
            printed = Print(numbers=(float(row.percent),), decimals=int(digits[row.Index]))
            lacks = "a percentage without n"
            yield Check(row=row, what="percent", printed=printed, candidates=_percents(row), missing=lacks)
        if not (pd.isna(row.se) or pd.isna(row.sd) or pd.isna(row.n)):
            printed = Print(numbers=(float(row.se),), decimals=int(errors[row.Index]))
            yield Check(row=row, what="se", printed=printed, candidates=_standard_errors(row), missing="")


def _percents(row: Any) -> tuple[Candidate, ...]:
    """The percentage of the events, or of the nearest whole number of people: the idea of GRIM (brown2017)."""
    if pd.isna(row.n) or row.n == 0:
        return ()
    counted = not pd.isna(row.events)
    events = float(row.events) if counted else float(np.round(row.percent * row.n / 100))
    made = counted and row.origin == Origin.DERIVED
    return (
        Candidate(
            by=f"{events:g} of {row.n}" + ("" if counted else ", the nearest whole number"),
            comparison_id=row.comparison_id,
            basis=Basis.MADE_FROM_IT if made else Basis.ARMS,
            numbers=np.array([[100 * events / row.n]]),
        ),
    )


def _standard_errors(row: Any) -> tuple[Candidate, ...]:
    """The standard error of the SD, then at the ends of the SD's rounding."""
    half = 0.5 * 10.0 ** -decimals_of([row.sd])
    values = np.array([[row.sd, max(row.sd - half, 0.0), row.sd + half]]) / np.sqrt(float(row.n))
    by = "SD over the root of n"
    return (Candidate(by=by, comparison_id=row.comparison_id, basis=Basis.ARMS, numbers=values),)
