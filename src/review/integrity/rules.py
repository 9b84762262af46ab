"""The rules by id, and the check of a whole workbook by all of them.

A rule is a function from the workbook to problems without an id; `RULES` alone knows the ids, and a rule's docstring is
its title in reports and docs.  Reading one file is checked in `cells`, `references` and `workbook`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import cast

from review.cells import CELL_RULES
from review.errors import Problem, Severity
from review.integrity import appraisal, claims, numbers, references
from review.references import BIB_RULES
from review.risk_of_bias import ROB2_RULES
from review.tables import TABLES
from review.workbook import REFERENCES_FILE, SETTINGS_RULES, Workbook, attribute_of

Rule = Callable[[Workbook], Iterator[Problem]]

#: Rules of reading that leave rows or the whole file out.
UNREAD = frozenset({"TAB01", "TAB02", "TAB03"})

#: The only place that knows a rule's id.
RULES: Mapping[str, Rule] = {
    "DOC01": claims.document_files_are_there,
    "DOC02": claims.documents_are_unchanged,
    "CLM01": claims.quotes_stand_in_the_document,
    "CLM02": claims.claims_have_a_document,
    "CLM03": claims.parts_have_a_whole,
    "CLM04": claims.related_claims_exist,
    "CLM05": claims.quantities_can_be_tested,
    "REF01": references.noted_references_exist,
    "REF02": references.references_are_noted,
    "REF03": references.flagged_references_say_why,
    "REF04": references.references_are_used,
    "CIT01": references.claims_were_searched,
    "CIT02": references.cited_keys_exist,
    "CIT03": references.cited_claims_exist,
    "CIT04": references.findings_have_a_locator,
    "CIT05": references.indirect_citations_say_why,
    "CIT06": references.direct_citations_match,
    "SEA01": references.searched_claims_exist,
    "SEA02": references.searches_are_recent,
    "REC01": references.records_name_claims,
    "REC02": references.left_out_records_are_not_cited,
    "STU01": numbers.study_references_exist,
    "STU02": numbers.overlapping_studies_exist,
    "OUT01": numbers.important_differences_have_a_source,
    "OUT02": numbers.outcomes_are_used,
    "RES01": numbers.studied_outcomes_exist,
    "RES02": numbers.events_are_within_n,
    "RES03": numbers.results_have_a_number,
    "RES04": numbers.percentages_fit_the_counts,
    "RES05": numbers.spreads_are_in_order,
    "RES06": numbers.comparisons_are_complete,
    "RES07": numbers.numbers_have_a_locator,
    "EFF01": numbers.intervals_hold_their_estimate,
    "EFF02": numbers.effects_say_something,
    "SYN01": appraisal.syntheses_belong_to_claims,
    "SYN02": appraisal.included_comparisons_fit,
    "SYN03": appraisal.nobody_is_counted_twice,
    "ROB01": appraisal.appraised_studies_exist,
    "JUD01": appraisal.judgements_have_a_subject,
    "JUD02": appraisal.judgements_have_a_value_of_their_domain,
    "JUD03": appraisal.judgements_name_what_they_rest_on,
    "JUD04": appraisal.judgements_have_one_final,
    "JUD05": appraisal.upgrades_are_possible,
    "OMI01": claims.omissions_stand,
}


def check_workbook(book: Workbook) -> tuple[Problem, ...]:
    """All problems of a workbook, those of reading its files included.

    Parameters
    ----------
    book : Workbook
        As `workbook.assemble` gives it.

    Returns
    -------
    tuple of Problem
        By file in the order of the tables, then by line.  A rule that looks at a file which could not be read whole
        is not applied: it would report every name that stands in the part that is missing.
    """
    found = list(book.problems)
    lost = incomplete_inputs(book)
    for rule, function in RULES.items():
        watched = _Watched(book)
        problems = list(function(cast("Workbook", watched)))
        if lost.isdisjoint(watched.seen):
            found.extend(replace(problem, rule=rule) for problem in problems)
    if "risk_of_bias" not in lost:
        found.extend(appraisal.tool_faults(book))
    order = {name: place for place, name in enumerate(["review.toml", *(t.file for t in TABLES.values())])}
    return tuple(sorted(found, key=lambda p: (order.get(p.file, len(order)), p.file, p.line or 0, p.rule, p.column)))


def incomplete_inputs(book: Workbook) -> frozenset[str]:
    """The attributes of the workbook whose file could not be read whole."""
    broken = {
        problem.file for problem in book.problems if problem.rule in UNREAD and problem.severity == Severity.ERROR
    }
    tables = {attribute_of(name) for name, table in TABLES.items() if table.file in broken}
    return frozenset(tables | ({"references"} if REFERENCES_FILE in broken else set()))


class _Watched:
    """A workbook that notes which of its attributes a rule looks at."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.seen: set[str] = set()

    def __getattr__(self, name: str) -> object:
        self.seen.add(name)
        return getattr(self._book, name)


def rule_titles() -> dict[str, str]:
    """The one-line title of every rule by id: those of the files, then those across tables."""
    across = {rule: (function.__doc__ or "").strip().split("\n")[0] for rule, function in RULES.items()}
    return {**SETTINGS_RULES, **CELL_RULES, **BIB_RULES, **across, **ROB2_RULES}
