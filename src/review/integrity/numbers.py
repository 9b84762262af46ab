"""Rules of the studies, outcomes and numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

import pandas as pd

from review.cells import rows
from review.claims import parse_quantities
from review.errors import Problem, Severity
from review.integrity.address import filled, row_problem, unknown_names
from review.vocabulary import Group, OutcomeKind
from review.workbook import REFERENCES_FILE, Workbook

#: A printed percentage may differ from events / n by half of its last printed digit; one unit of the first decimal and
#: half a person allow for counts that were made from it (our convention).
PERCENT_SLACK = 0.5
_RATIOS = frozenset({"RR", "OR", "PETO", "ROM", "HR"})


def study_references_exist(book: Workbook) -> Iterator[Problem]:
    """Every reference of a study is an entry of references.bib."""
    yield from unknown_names("studies", book.studies["reference_keys"], book.references.keys(), REFERENCES_FILE)


def overlapping_studies_exist(book: Workbook) -> Iterator[Problem]:
    """Studies with the same participants name each other."""
    known = filled(book.studies, "study_id")
    yield from unknown_names("studies", book.studies["overlaps_with"], known, "studies.csv")
    overlaps = overlaps_of(book)
    for row in rows(book.studies):
        for other in row.overlaps_with:
            if other == row.study_id:
                yield row_problem("studies", row.Index, "overlaps_with", f"{other!r} names itself: remove it")
            elif other in known and row.study_id not in overlaps[other]:
                message = f"{other!r} does not name {row.study_id!r}: add it there"
                yield row_problem("studies", row.Index, "overlaps_with", message)


def overlaps_of(book: Workbook) -> Mapping[str, Collection[str]]:
    """The studies with some of the same participants, by study; none where the study is not in the table."""
    return defaultdict(tuple, zip(book.studies["study_id"], book.studies["overlaps_with"], strict=True))


def important_differences_have_a_source(book: Workbook) -> Iterator[Problem]:
    """An outcome's important difference says where it comes from."""
    for row in rows(book.outcomes):
        if not math.isnan(row.important_difference) and not row.important_difference_source:
            message = "an important difference needs its source"
            yield row_problem("outcomes", row.Index, "important_difference_source", message)


def outcomes_are_used(book: Workbook) -> Iterator[Problem]:
    """Every outcome is used by a result, an effect, a synthesis or a quantity."""
    used = set().union(
        book.results["outcome_id"], book.reported_effects["outcome_id"], book.syntheses["outcome_id"]
    ) | _quantity_outcomes(book)
    for row in rows(book.outcomes):
        if row.outcome_id and row.outcome_id not in used:
            message = f"{row.outcome_id!r} is used nowhere: take it out"
            yield row_problem("outcomes", row.Index, "outcome_id", message, severity=Severity.WARNING)


def _quantity_outcomes(book: Workbook) -> set[str]:
    found = set()
    for text in book.claims["quantity"]:
        try:
            found |= {quantity.outcome_id for quantity in parse_quantities(text)}
        except ValueError:
            continue
    return found


def studied_outcomes_exist(book: Workbook) -> Iterator[Problem]:
    """Results and reported effects belong to a study and an outcome of the tables."""
    studies, outcomes = filled(book.studies, "study_id"), filled(book.outcomes, "outcome_id")
    for table, frame in (("results", book.results), ("reported_effects", book.reported_effects)):
        yield from unknown_names(table, frame["study_id"], studies, "studies.csv")
        yield from unknown_names(table, frame["outcome_id"], outcomes, "outcomes.csv")


def events_are_within_n(book: Workbook) -> Iterator[Problem]:
    """Events are at most n, and have an n."""
    for row in rows(book.results):
        if pd.isna(row.events):
            continue
        if pd.isna(row.n):
            yield row_problem("results", row.Index, "n", f"{row.events} events of how many? fill n")
        elif row.events > row.n:
            yield row_problem(
                "results", row.Index, "events", f"{row.events} events of {row.n} are impossible: check both"
            )


def results_have_a_number(book: Workbook) -> Iterator[Problem]:
    """A result has a number that fits its outcome's kind."""
    kinds = dict(zip(book.outcomes["outcome_id"], book.outcomes["kind"], strict=True))
    wanted = {
        OutcomeKind.BINARY: ("events", "percent"),
        OutcomeKind.CONTINUOUS: ("mean", "median"),
        OutcomeKind.TIME: ("mean", "median", "max"),
    }
    for row in rows(book.results):
        columns = wanted.get(kinds.get(row.outcome_id, ""), ())
        if columns and all(pd.isna(getattr(row, column)) for column in columns):
            message = f"a {kinds[row.outcome_id]} outcome needs {' or '.join(columns)}: fill one or remove the row"
            yield row_problem("results", row.Index, columns[0], message)


def percentages_fit_the_counts(book: Workbook) -> Iterator[Problem]:
    """A printed percentage is that of its events and n, up to rounding."""
    for row in rows(book.results):
        if pd.isna(row.events) or pd.isna(row.n) or math.isnan(row.percent) or row.n == 0 or row.events > row.n:
            continue
        exact = 100 * row.events / row.n
        if abs(exact - row.percent) > PERCENT_SLACK + 50 / row.n * (row.origin == "derived"):
            message = (
                f"{row.events}/{row.n} is {exact:.1f} %, printed is {row.percent:g} %: say why in note, or correct"
            )
            if not row.note:
                yield row_problem("results", row.Index, "percent", message, severity=Severity.WARNING)


def spreads_are_in_order(book: Workbook) -> Iterator[Problem]:
    """Quartiles lie around the median, and no value is above the maximum."""
    for row in rows(book.results):
        steps = [(name, getattr(row, name)) for name in ("iqr_low", "median", "iqr_high", "max")]
        given = [(name, value) for name, value in steps if not math.isnan(value)]
        for (low, small), (high, large) in pairwise(given):
            if small > large:
                yield row_problem("results", row.Index, low, f"{low} {small:g} is above {high} {large:g}: check both")


def comparisons_are_complete(book: Workbook) -> Iterator[Problem]:
    """A comparison has an intervention and a comparator, or single arms only, of one study, outcome, time and unit."""
    for comparison, arms in comparisons_of(book).items():
        line = int(arms.index[0])
        groups = set(arms["group"])
        if groups not in ({Group.INTERVENTION, Group.COMPARATOR}, {Group.SINGLE}):
            message = f"{comparison!r} has {', '.join(sorted(groups))}: it needs intervention and comparator, or single"
            yield row_problem("results", line, "group", message)
        for column in ("study_id", "outcome_id", "timepoint", "stratum", "per"):
            values = list(dict.fromkeys(arms[column]))
            if len(values) > 1:
                message = f"{comparison!r} mixes {', '.join(map(repr, values))}: give each its own comparison_id"
                yield row_problem("results", line, column, message)


def comparisons_of(book: Workbook) -> dict[str, pd.DataFrame]:
    """The rows of each comparison by its id, in the order of the table."""
    return {str(name): arms for name, arms in book.results.groupby("comparison_id", sort=False) if name}


def numbers_have_a_locator(book: Workbook) -> Iterator[Problem]:
    """Every result and reported effect says where it stands and which copy was read."""
    for table, frame in (("results", book.results), ("reported_effects", book.reported_effects)):
        for column in ("locator", "seen_at"):
            for line in frame.index[frame[column].map(len) == 0]:
                yield row_problem(table, int(line), column, "the cell is empty: say where the number was read")


def intervals_hold_their_estimate(book: Workbook) -> Iterator[Problem]:
    """An interval's limits are in order and around the estimate; a ratio is positive."""
    for row in rows(book.reported_effects):
        low, mid, high = row.ci_low, row.estimate, row.ci_high
        if low > high or mid < low or mid > high:
            message = f"{mid:g} with {low:g} to {high:g} is not in order: check the three"
            yield row_problem("reported_effects", row.Index, "estimate", message)
        if row.measure in _RATIOS and any(value <= 0 for value in (low, mid, high)):
            yield row_problem("reported_effects", row.Index, "estimate", f"a {row.measure} is above zero: check it")


def effects_say_something(book: Workbook) -> Iterator[Problem]:
    """A reported effect has an estimate or words."""
    for row in rows(book.reported_effects):
        if math.isnan(row.estimate) and not row.words:
            message = "neither an estimate nor words: say what the source reports"
            yield row_problem("reported_effects", row.Index, "words", message)
