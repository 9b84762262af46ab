"""The summary of findings: a row for each synthesis, none hidden that has no data, and numbers per 1000."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from books import ROWS, as_csv, good_files, with_cell

import review
from review.certainty import Rating, add_up
from review.summary_of_findings import MAIN_OUTCOMES, NO_DATA, PRINTED, RAW, certainty_text, summary_of_findings
from review.vocabulary import Certainty
from review.wording import desk_of
from review.workbook import assemble

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def desk():
    """Return the desk of the mesotherapy review."""
    return desk_of(review.load(ROOT))


def small(**synthesis):
    """Return the summary of C02 in the small workbook with a changed synthesis."""
    files = good_files() | {"claims/syntheses.csv": as_csv("syntheses", [{**ROWS["syntheses"][0], **synthesis}])}
    return summary_of_findings(assemble(files), "C02")


def test_risks_per_1000_come_from_the_pooled_ratio_at_the_comparators_risk():
    """Two trials of 12 against 5 of 20: 250 with the comparator and 600 with the cream."""
    row = small().iloc[0]

    assert row.with_comparator == "250"
    assert row.with_intervention.startswith("600 (")
    assert row.difference.startswith("350 more in 1,000 (")
    assert row.relative_effect.startswith("risk ratio 2.4 (")
    assert row.participants == "80 (2 studies: 2 randomised)"


def test_the_raw_numbers_stand_beside_the_text():
    """What is printed rounded is there as it was computed."""
    row = small().iloc[0]

    assert row.estimate == pytest.approx(2.4)
    assert row.intervention_risk == pytest.approx(row.estimate * row.comparator_risk)
    assert (row.k, row.n) == (2, 80)
    assert row.rests_on == ("pain-rr", "park2008", "kim2010")


def test_single_groups_are_shown_study_by_study():
    """Risks of one group are not compared, and stand beside their comparators."""
    row = small(group="intervention", measure="PLO").iloc[0]

    assert row.with_intervention.startswith("600 in 1,000 people (387 to 781)")
    assert "250 in 1,000 people" in row.with_intervention
    assert (row.relative_effect, row.with_comparator, row.difference) == ("", "", "")


def test_an_outcome_that_is_asked_for_and_not_shown_has_its_row():
    """A quantity on an outcome without a synthesis says that there are no data."""
    files = with_cell("claims", 0, "quantity", "mean(girth): stands < 1, fails >= 2")
    row = summary_of_findings(assemble(files), "C01").iloc[0]

    assert row.outcome == "Girth"
    assert (row.relative_effect, row.with_comparator, row.certainty) == (NO_DATA, NO_DATA, NO_DATA)
    assert math.isnan(row.estimate)


def test_a_claim_without_evidence_has_one_row_that_says_so():
    """Nothing found is a row with the search's state, never an empty table and never no effect."""
    table = summary_of_findings(assemble(good_files()), "C03")

    assert len(table) == 1
    assert table.iloc[0].statement == "No eligible study was found; the effect is unknown."
    assert table.iloc[0].participants == "0 (no study)"


def test_what_nobody_searched_is_told_apart():
    """Not searched is another state than nothing found."""
    table = summary_of_findings(assemble(with_cell("searches", 0, "claim_ids", "C01")), "C03")

    assert table.iloc[0].participants == "not searched"


def test_a_certainty_shows_its_circles_and_what_lowered_it():
    """Two circles of four for Low, with the domain and its reason."""
    down = Rating(domain="indirectness", levels=-2, reason="another place.")

    assert certainty_text(add_up(Certainty.HIGH, "trials", (down,))) == "⊕⊕◯◯ Low: indirectness −2 (another place)"


def test_an_open_rating_gives_no_level():
    """Where a person must judge, there are no circles."""
    text = certainty_text(
        add_up(Certainty.HIGH, "trials", (Rating(domain="risk of bias", levels=None, reason="open"),))
    )

    assert text == "not rated; risk of bias open (open)"


def compared(finding):
    """Return what tells one synthesis from another: a part's deciding one may stand for its whole claim's."""
    return finding.row.outcome_id, finding.row.group, finding.row.include


def test_every_claim_has_a_table(desk):
    """All claims and parts: the declared columns, a row for each of their syntheses, and no cell left out."""
    for claim_id in desk.book.claims["claim_id"]:
        table = summary_of_findings(desk.book, claim_id, desk=desk)
        own = {compared(one) for one in desk.findings.values() if one.row.claim_id == claim_id}

        assert tuple(table.columns) == (*PRINTED, *RAW)
        assert len(table) > 0
        assert own <= {compared(desk.findings[name]) for name in table["synthesis_id"] if name}
        assert table["statement"].str.endswith(".").all()
        assert not table[list(PRINTED)].isna().any(axis=None)


def test_at_most_seven_outcomes_are_main(desk):
    """The deciding one is among them."""
    for claim_id in desk.book.claims["claim_id"]:
        table = summary_of_findings(desk.book, claim_id, desk=desk)

        assert table.loc[table["main"], "outcome_id"].nunique() <= MAIN_OUTCOMES
        assert table.loc[table["role"] == "deciding", "main"].head(MAIN_OUTCOMES).all()


def test_bruises_of_the_drug_stand_beside_those_of_the_needle(desk):
    """In every row on bruises there is a placebo group."""
    tables = [summary_of_findings(desk.book, name, desk=desk) for name in ("C29", "C40", "C40.b", "C39")]
    bruises = [row for table in tables for row in table.itertuples() if "bruising" in row.outcome_id]

    assert bruises
    assert [row.synthesis_id for row in bruises if "placebo" not in row.statement] == []


def test_an_unknown_claim_is_refused(desk):
    """There is no table for a claim that is not there."""
    with pytest.raises(KeyError):
        summary_of_findings(desk.book, "C99", desk=desk)
