"""Every cross-table rule on a workbook without a fault and on one with exactly that fault."""

from __future__ import annotations

import pytest
from books import BIB, ROWS, TEXT, as_csv, good_files, problems_of, rules_of, with_cell, with_cells, with_row

from review.errors import Severity
from review.integrity import RULES, rule_titles


def changed_text(text: str) -> dict[str, bytes]:
    """The good files with another document."""
    return good_files() | {"documents/advert.txt": text.encode()}


def without(name: str) -> dict[str, bytes]:
    """The good files less one."""
    return {file: data for file, data in good_files().items() if file != name}


EXTRA = "@book{lee2001, title = {T}, author = {Lee, Ann}, year = {2001}, publisher = {P}}\n"
PART = {"claim_id": "C02.b", "quote": "dissolves fat", "suffix": ""}

#: Rule, files that break it, and the file, line and column that the problem must name.
BROKEN = [
    ("DOC01", with_cell("documents", 0, "file", "documents/gone.txt"), "documents", 2, "file"),
    ("DOC01", with_cell("documents", 0, "file", "../../etc/passwd"), "documents", 2, "file"),
    ("DOC02", changed_text(TEXT.replace("dissolves", "melts")), "documents", 2, "sha256"),
    ("CLM01", with_cell("claims", 0, "quote", "dissolves bone"), "claims", 2, "quote"),
    ("CLM01", with_cell("claims", 1, "suffix", ""), "claims", 3, "quote"),
    ("CLM02", with_cell("claims", 0, "document_id", "leaflet"), "claims", 2, "document_id"),
    ("CLM03", with_cell("claims", 3, "claim_id", "C09.a"), "claims", 5, "claim_id"),
    ("CLM03", with_cell("claims", 0, "main", "yes"), "claims", 2, "main"),
    ("CLM03", with_row("claims", PART, like=3), "claims", 6, "main"),
    ("CLM04", with_cell("claims", 1, "contradicts", "C03; C99"), "claims", 3, "contradicts"),
    ("CLM04", with_cell("claims", 0, "in_tension_with", "C01"), "claims", 2, "in_tension_with"),
    ("CLM04", with_cell("claims", 0, "in_tension_with", "C02"), "claims", 2, "in_tension_with"),
    ("CLM05", with_cell("claims", 1, "quantity", "risk(pain) < 0.01"), "claims", 3, "quantity"),
    ("CLM05", with_cell("claims", 1, "quantity", "odds(pain): stands < 1, fails >= 2"), "claims", 3, "quantity"),
    ("CLM05", with_cell("claims", 1, "quantity", "mean(pain): stands < 1, fails >= 2"), "claims", 3, "quantity"),
    ("CLM05", with_cell("claims", 1, "quantity", "risk(itch): stands < 0.1, fails >= 0.2"), "claims", 3, "quantity"),
    ("CLM05", with_cell("claims", 1, "quantity", "risk(pain): stands < 0.3, fails >= 0.2"), "claims", 3, "quantity"),
    ("CLM05", with_cell("claims", 1, "quantity", "risk(pain): stands < 0.1, fails < 0.2"), "claims", 3, "quantity"),
    ("REF01", with_row("references", {"reference_key": "lee2001"}), "references", 4, "reference_key"),
    ("REF02", good_files() | {"references.bib": (BIB + EXTRA).encode()}, "", 15, ""),
    ("REF03", with_cell("references", 0, "bib_status", "flagged"), "references", 2, "print_note"),
    (
        "REF04",
        with_row("references", {"reference_key": "lee2001"}) | {"references.bib": (BIB + EXTRA).encode()},
        "",
        15,
        "",
    ),
    ("CIT01", with_cell("searches", 0, "claim_ids", "C01"), "claims", 4, "claim_id"),
    ("CIT02", with_cell("citations", 0, "reference_key", "parc2008"), "citations", 2, "reference_key"),
    ("CIT03", with_cell("citations", 0, "claim_id", "C77"), "citations", 2, "claim_id"),
    ("CIT04", with_cell("citations", 0, "locator", ""), "citations", 2, "locator"),
    ("CIT04", with_cell("citations", 0, "seen_at", ""), "citations", 2, "seen_at"),
    ("CIT05", with_cell("citations", 1, "indirect_because", ""), "citations", 3, "indirect_because"),
    ("CIT06", with_cell("citations", 0, "population_match", "no"), "citations", 2, "population_match"),
    ("SEA01", with_cell("searches", 0, "claim_ids", "C03; C99"), "searches", 2, "claim_ids"),
    ("SEA02", with_cell("searches", 0, "date", "2024-11-01"), "searches", 2, "date"),
    ("REC01", with_cell("records", 0, "provisional", "C99"), "records", 2, "provisional"),
    ("REC02", with_cell("records", 0, "record_id", "kim2010"), "records", 2, "record_id"),
    ("STU01", with_cell("studies", 0, "reference_keys", "park2008; lee2001"), "studies", 2, "reference_keys"),
    ("STU02", with_cell("studies", 0, "overlaps_with", "lee2001"), "studies", 2, "overlaps_with"),
    ("STU02", with_cell("studies", 0, "overlaps_with", "park2008"), "studies", 2, "overlaps_with"),
    ("STU02", with_cell("studies", 0, "overlaps_with", "kim2010"), "studies", 2, "overlaps_with"),
    ("OUT01", with_cell("outcomes", 1, "important_difference", "2"), "outcomes", 3, "important_difference_source"),
    ("OUT02", with_row("outcomes", {"outcome_id": "itch"}), "outcomes", 4, "outcome_id"),
    ("RES01", with_cell("results", 1, "study_id", "lee2001"), "results", 3, "study_id"),
    ("RES01", with_cell("reported_effects", 0, "outcome_id", "itch"), "reported_effects", 2, "outcome_id"),
    ("RES02", with_cell("results", 0, "events", "21"), "results", 2, "events"),
    ("RES02", with_cell("results", 0, "n", ""), "results", 2, "n"),
    ("RES03", with_cells("results", 0, {"events": "", "percent": ""}), "results", 2, "events"),
    ("RES04", with_cell("results", 0, "percent", "70"), "results", 2, "percent"),
    ("RES05", with_cells("results", 0, {"median": "9", "max": "8"}), "results", 2, "median"),
    ("RES06", with_cell("results", 1, "group", "intervention"), "results", 2, "group"),
    ("RES06", with_cell("results", 1, "timepoint", "4 weeks"), "results", 2, "timepoint"),
    ("RES06", with_cell("results", 1, "per", "session"), "results", 2, "per"),
    ("RES07", with_cell("results", 2, "locator", ""), "results", 4, "locator"),
    ("RES07", with_cell("reported_effects", 0, "seen_at", ""), "reported_effects", 2, "seen_at"),
    ("EFF01", with_cell("reported_effects", 0, "ci_low", "1"), "reported_effects", 2, "estimate"),
    ("EFF01", with_cell("reported_effects", 0, "measure", "RR"), "reported_effects", 2, "estimate"),
    (
        "EFF02",
        with_cells("reported_effects", 0, {"estimate": "", "ci_low": "", "ci_high": ""}),
        "reported_effects",
        2,
        "words",
    ),
    ("SYN01", with_cell("syntheses", 0, "claim_id", "C99"), "syntheses", 2, "claim_id"),
    ("SYN01", with_cell("syntheses", 0, "measure", "MD"), "syntheses", 2, "measure"),
    ("SYN01", with_cell("syntheses", 0, "threshold", "0.1"), "syntheses", 2, "threshold_source"),
    ("SYN01", with_row("syntheses", {"synthesis_id": "pain-again"}), "syntheses", 3, "role"),
    ("SYN02", with_cell("syntheses", 0, "include", "park2008-pain; lee-pain"), "syntheses", 2, "include"),
    ("SYN02", with_cells("syntheses", 0, {"outcome_id": "girth", "measure": "MD"}), "syntheses", 2, "include"),
    ("SYN03", with_cell("syntheses", 0, "include", "park2008-pain; park2008-pain"), "syntheses", 2, "include"),
    ("ROB01", with_cell("risk_of_bias", 0, "study_id", "lee2001"), "risk_of_bias", 2, "study_id"),
    ("JUD01", with_cell("judgements", 0, "subject", "C99"), "judgements", 2, "subject"),
    ("JUD01", with_cell("judgements", 0, "domain", "luck"), "judgements", 2, "domain"),
    ("JUD02", with_cell("judgements", 0, "value", "maybe"), "judgements", 2, "value"),
    ("JUD02", with_cell("judgements", 0, "value", "none found"), "judgements", 2, "value"),
    ("JUD02", with_cells("judgements", 0, {"domain": "certainty", "value": "Documented"}), "judgements", 2, "value"),
    ("JUD02", with_cells("judgements", 0, {"domain": "publication bias", "value": "-2"}), "judgements", 2, "value"),
    ("JUD02", with_cells("judgements", 0, {"domain": "large effect", "value": "-1"}), "judgements", 2, "value"),
    ("JUD03", with_cell("judgements", 0, "reason", "because I say so"), "judgements", 2, "reason"),
    ("JUD04", with_row("judgements", {"reviewer": "second"}), "judgements", 3, "reviewer"),
    ("JUD05", with_cells("judgements", 0, {"domain": "large effect", "value": "1"}), "judgements", 2, "value"),
    ("OMI01", with_cell("omissions", 0, "document_id", "leaflet"), "omissions", 2, "document_id"),
    ("OMI01", with_cell("omissions", 0, "claim_ids", "C99"), "omissions", 2, "claim_ids"),
    ("OMI01", with_cell("omissions", 0, "reference_keys", "lee2001"), "omissions", 2, "reference_keys"),
    ("OMI01", with_cell("omissions", 0, "quote", "It may burn"), "omissions", 2, "quote"),
]


def test_the_good_workbook_breaks_no_rule():
    """A workbook without a fault gives no problem at all, so every rule has a passing case."""
    assert problems_of(good_files()) == ()


@pytest.mark.parametrize(
    ("rule", "files", "place"),
    [pytest.param(rule, files, place, id=f"{rule}-{number}") for number, (rule, files, *place) in enumerate(BROKEN)],
)
def test_a_broken_rule_names_its_place(rule, files, place):
    """A fault is reported under its rule with the file, line and column where it is to be mended."""
    found = [problem for problem in problems_of(files) if problem.rule == rule]

    assert found
    table, line, column = place
    file = f"claims/{table}.csv" if table else "references.bib"
    assert (found[0].file, found[0].line, found[0].column) == (file, line, column)
    assert all(len(problem.message) > 20 for problem in found)


@pytest.mark.parametrize(
    ("rule", "cells", "column"),
    [
        pytest.param("ROB04", {"item": "1.4"}, "item", id="no such question"),
        pytest.param("ROB05", {"answer": "maybe"}, "answer", id="no such answer"),
        pytest.param("ROB05", {"item": "3.2", "answer": "NI"}, "answer", id="no information to 3.2"),
    ],
)
def test_an_answer_that_the_tool_does_not_have_names_its_place(rule, cells, column):
    """The tool's own rules are part of the check."""
    found = problems_of(with_cells("risk_of_bias", 0, cells))

    assert [(problem.rule, problem.line, problem.column) for problem in found] == [(rule, 2, column)]


def test_every_rule_has_a_failing_case():
    """No rule goes untested."""
    assert {case[0] for case in BROKEN} == set(RULES)


def test_every_rule_has_a_title_that_is_a_sentence():
    """What a rule demands can be printed beside its id."""
    assert all(title.endswith(".") and len(title) > 10 for title in rule_titles().values())


def test_a_changed_document_is_one_problem_that_names_the_lost_claims():
    """One changed word gives one problem on the document's row, not one more for each quote."""
    found = problems_of(changed_text(TEXT.replace("dissolves", "melts")))

    assert len(found) == 1
    assert "C01" in found[0].message
    assert "C02" not in found[0].message


def test_a_changed_document_with_all_quotes_still_standing_says_so():
    """A change outside the quotes is still a change, and says that the claims stand."""
    found = problems_of(changed_text(TEXT + "\nMore."))

    assert [problem.rule for problem in found] == ["DOC02"]
    assert "every quote still stands" in found[0].message


def test_one_impossible_number_is_one_problem():
    """More events than people is told once."""
    assert [problem.rule for problem in problems_of(with_cell("results", 0, "events", "21"))] == ["RES02"]


def test_one_unknown_key_in_a_list_is_one_problem_with_a_suggestion():
    """A misspelt key is told once and the likely one is offered."""
    found = problems_of(with_cell("studies", 0, "reference_keys", "park2008; kym2010"))

    assert [problem.rule for problem in found] == ["STU01"]
    assert "did you mean 'kim2010'?" in found[0].message


def test_overlapping_studies_cannot_be_pooled_together():
    """Two studies of the same people in one synthesis are counted twice."""
    rows = [dict(row) for row in ROWS["studies"]]
    rows[0]["overlaps_with"], rows[1]["overlaps_with"] = "kim2010", "park2008"

    assert rules_of(good_files() | {"claims/studies.csv": as_csv("studies", rows)}) == {"SYN03"}


def two_doses(group: str) -> dict[str, bytes]:
    """Two doses against one placebo arm, both taken by a synthesis."""
    rows = [dict(row) for row in ROWS["results"]]
    high = [{**row, "comparison_id": "park2008-high"} for row in rows[:2]]
    high[0]["arm"] = "high dose"
    syntheses = [{**ROWS["syntheses"][0], "include": "park2008-pain; park2008-high", "group": group}]
    return good_files() | {
        "claims/results.csv": as_csv("results", rows + high),
        "claims/syntheses.csv": as_csv("syntheses", syntheses),
    }


def test_a_shared_placebo_arm_is_counted_twice_only_where_it_is_taken():
    """Two doses against one placebo share its people in a comparison, not as single arms."""
    assert rules_of(two_doses("both")) == {"SYN03"}
    assert rules_of(two_doses("intervention")) == set()


def test_units_are_never_pooled():
    """Counts of people and counts of sessions do not enter one pooled synthesis."""
    rows = [dict(row) for row in ROWS["results"]]
    rows[2]["per"] = rows[3]["per"] = "session"

    assert rules_of(good_files() | {"claims/results.csv": as_csv("results", rows)}) == {"SYN02"}


def test_a_claim_without_citation_or_search_is_a_finding_not_an_error():
    """`Not searched yet` is a state of a review, not a fault of its files."""
    found = problems_of(with_cell("searches", 0, "claim_ids", "C01"))

    assert [problem.severity for problem in found] == [Severity.FINDING]


def test_problems_come_in_the_order_of_the_tables_and_lines():
    """The same faults always come in the same order."""
    files = with_cell("results", 0, "events", "21") | {
        "claims/claims.csv": with_cell("claims", 2, "headline", "maybe")["claims/claims.csv"]
    }
    found = problems_of(files)

    assert [problem.file for problem in found] == ["claims/claims.csv", "claims/results.csv"]


@pytest.mark.parametrize("name", sorted(good_files()))
def test_a_missing_file_never_raises(name):
    """Whatever file is missing, there is a problem that names it and no exception."""
    found = problems_of(without(name))

    assert any(name in (problem.file, problem.message) or name in problem.message for problem in found) or (
        name in {"claims/records.csv", "claims/omissions.csv"}
    )


@pytest.mark.parametrize("name", sorted(good_files()))
@pytest.mark.parametrize("data", [b"", b"\xff\xfea\x00", b"\x00\x01", b'"', b"a;b\n1", b"\xef\xbb\xbf"], ids=repr)
def test_a_spoilt_file_never_raises(name, data):
    """Whatever stands in a file, the check ends with problems, not with an exception."""
    found = problems_of(good_files() | {name: data})

    assert found or name == "references.bib"


@pytest.mark.parametrize("name", ["claims", "citations", "studies", "results", "outcomes", "references"])
def test_a_table_that_cannot_be_read_is_one_problem(name):
    """What names the rows of an unreadable table is not reported once for each name."""
    found = problems_of(good_files() | {f"claims/{name}.csv": "a,b\n".encode("utf-16")})

    assert [problem.rule for problem in found] == ["TAB01"]


def test_a_row_that_cannot_be_read_is_one_problem():
    """A claim's row with a cell too many does not make its citations name an unknown claim."""
    files = good_files()
    files["claims/claims.csv"] = files["claims/claims.csv"].replace(
        b"The cream dissolves fat.", b"The cream, dissolves"
    )

    assert [(problem.rule, problem.line) for problem in problems_of(files)] == [("TAB02", 2)]
