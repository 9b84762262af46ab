"""Verdicts: what moves them, and those of the mesotherapy article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from books import ROWS, as_csv, good_files, with_cell, with_cells

import review
from review.appraisal import VERDICT_COLUMNS, appraise, final_judgements, verdicts
from review.evidence import index_of, synthesis_evidence
from review.workbook import assemble

ROOT = Path(__file__).parents[1]


def verdict(files, claim_id="C02.a"):
    """The verdict on a claim of a small workbook."""
    return next(found for found in verdicts(assemble(files)) if found.claim_id == claim_id)


#: The main part of C02 is decided by the risk in the intervention arms, which a person rated for bias.
SINGLE = {"group": "intervention", "measure": "PLO"}
BIAS = {"subject": "pain-rr", "domain": "risk of bias", "value": "0", "reason": "asked in all, kim2010"}


def decided(events=("12", "12"), n="20", judgements=(BIAS,)):
    """The good files with single-arm risks deciding C02, and these judgements beside the one on C01."""
    results = [dict(row) for row in ROWS["results"]]
    for place, count in zip((0, 2), events, strict=True):
        results[place].update({"events": count, "n": n, "percent": ""})
    rows = [*ROWS["judgements"], *({**ROWS["judgements"][0], **judgement} for judgement in judgements)]
    claims = [dict(row) for row in ROWS["claims"]]
    claims[3]["quantity"] = claims[1]["quantity"]
    return good_files() | {
        "claims/results.csv": as_csv("results", results),
        "claims/syntheses.csv": as_csv("syntheses", [{**ROWS["syntheses"][0], **SINGLE}]),
        "claims/judgements.csv": as_csv("judgements", rows),
        "claims/claims.csv": as_csv("claims", claims),
    }


def test_a_common_event_contradicts_a_claim_of_absence():
    """Twelve of twenty with pain in both studies are beyond one in ten."""
    found = verdict(decided())

    assert (found.direction, found.certainty, found.label) == ("contradicts", "Moderate", "Contradicted")
    assert found.rests_on == ("pain-rr", "park2008", "kim2010")


def test_one_number_moves_the_direction():
    """With no event in one study the two no longer lie on one side."""
    assert verdict(decided(events=("12", "0"))).direction == "inconclusive"


def test_no_event_in_many_supports_a_claim_of_absence():
    """No event among a thousand has its upper limit under one in a hundred."""
    found = verdict(decided(events=("0", "0"), n="1000"))

    assert (found.direction, found.label) == ("supports", "Supported")


def test_an_absolute_risk_without_a_persons_rating_of_bias_stays_open():
    """Nobody has judged the bias, so there is no certainty and no label."""
    found = verdict(decided(judgements=()))

    assert (found.direction, found.certainty, found.label) == ("contradicts", None, "Not judged yet")
    assert "a person must judge risk of bias" in found.reason


@pytest.mark.parametrize(
    ("value", "certainty", "label"),
    [("0", "Moderate", "Contradicted"), ("-1", "Low", "Contradicted"), ("-2", "Very low", "Not substantiated")],
)
def test_one_judgement_moves_the_certainty_and_the_label(value, certainty, label):
    """A level more for bias is a level less of certainty."""
    found = verdict(decided(judgements=({**BIAS, "value": value},)))

    assert (found.certainty, found.label) == (certainty, label)


def test_a_persons_direction_takes_the_place_of_the_computed_one():
    """A direction with its reason counts, and what it names is what it rests on."""
    person = {"subject": "C02.a", "domain": "direction", "value": "inconclusive", "reason": "kim2010 alone says it"}
    found = verdict(decided(judgements=(BIAS, person)))

    assert (found.direction, found.judged, found.rests_on) == ("inconclusive", True, ("kim2010",))


@pytest.mark.parametrize(
    ("domain", "value", "expected"),
    [("certainty", "High", ("High", "Contradicted")), ("verdict", "Overstated", ("Moderate", "Overstated"))],
)
def test_a_person_can_overrule_with_a_reason(domain, value, expected):
    """A certainty or a verdict of a person counts, and the reason says what was proposed."""
    person = {"subject": "C02.a", "domain": domain, "value": value, "reason": "seen in full by kim2010"}
    found = verdict(decided(judgements=(BIAS, person)))

    assert (str(found.certainty), str(found.label)) == expected
    assert f"{domain} judged {value} instead of" in found.reason


def test_a_departure_from_the_proposal_is_flagged():
    """Indirectness judged away stands beside the verdict."""
    person = {"subject": "pain-rr", "domain": "indirectness", "value": "0", "reason": "it is the same cream, kim2010"}
    found = verdict(decided(judgements=(BIAS, person)))

    assert "indirectness judged +0 where the rules propose -1" in found.flags
    assert found.certainty == "High"


def test_a_whole_claim_takes_the_verdict_of_its_main_part():
    """C02 has the label of C02.a and says so."""
    whole, part = verdict(decided(), "C02"), verdict(decided())

    assert (whole.label, whole.certainty, whole.direction) == (part.label, part.certainty, part.direction)
    assert "by its main part C02.a" in whole.flags
    assert "contradicted in the document by C03" in whole.flags


def test_the_four_states_without_a_direction_are_kept_apart():
    """Cited but not judged, none found, not searched, and not testable are four labels."""
    no_judgement = good_files() | {"claims/judgements.csv": as_csv("judgements", [])}
    nothing = with_cell("searches", 0, "claim_ids", "C01")
    untestable = with_cell("claims", 2, "checkable", "no")

    assert verdict(no_judgement, "C01").label == "Not judged yet"
    assert verdict(good_files(), "C03").label == "No evidence found"
    assert verdict(nothing, "C03").label == "Not searched"
    assert verdict(untestable, "C03").label == "Not testable"


def test_a_comparison_decides_a_claim_of_an_effect():
    """A pooled mean difference clear of no effect supports, and one across it is inconclusive."""
    means = {"events": "", "percent": "", "sd": "2", "outcome_id": "girth"}

    def files(mean):
        rows = [{**row, **means, "mean": mean if row["group"] == "intervention" else "0"} for row in ROWS["results"]]
        synthesis = {**ROWS["syntheses"][0], "claim_id": "C01", "outcome_id": "girth", "measure": "MD"}
        return good_files() | {
            "claims/results.csv": as_csv("results", rows),
            "claims/syntheses.csv": as_csv("syntheses", [{**synthesis, "target": "non-null effect"}]),
            "claims/judgements.csv": as_csv("judgements", []),
        }

    assert verdict(files("-5"), "C01").direction == "supports"
    assert verdict(files("-0.1"), "C01").direction == "inconclusive"
    assert verdict(files("5"), "C01").direction == "contradicts"


def test_support_that_fits_only_partly_is_partly_support():
    """Where population fits only partly in every study, supports becomes partly supports."""
    citations = [
        {**ROWS["citations"][0], "direct": "partly", "indirect_because": "x", "population_match": "partly"},
        {**ROWS["citations"][0], "reference_key": "kim2010", "direct": "partly", "indirect_because": "x"}
        | {"population_match": "partly"},
    ]
    means = {"events": "", "percent": "", "sd": "2", "outcome_id": "girth"}
    rows = [{**row, **means, "mean": "-5" if row["group"] == "intervention" else "0"} for row in ROWS["results"]]
    synthesis = {**ROWS["syntheses"][0], "claim_id": "C01", "outcome_id": "girth", "measure": "MD"}
    files = good_files() | {
        "claims/results.csv": as_csv("results", rows),
        "claims/citations.csv": as_csv("citations", citations),
        "claims/syntheses.csv": as_csv("syntheses", [{**synthesis, "target": "non-null effect"}]),
        "claims/judgements.csv": as_csv("judgements", []),
    }

    assert verdict(files, "C01").direction == "partly supports"


def test_a_judgement_counts_by_consensus_or_when_it_is_the_only_one():
    """Two reviewers side by side give no final judgement; the consensus does."""
    rows = [{**ROWS["judgements"][0], "reviewer": name} for name in ("a", "b")]
    agreed = [*rows, {**rows[0], "reviewer": "consensus", "value": "supports"}]

    def final(given):
        book = assemble(good_files() | {"claims/judgements.csv": as_csv("judgements", given)})
        return {key: row.value for key, row in final_judgements(book.judgements).items()}

    assert final(rows) == {}
    assert final(rows[:1]) == {("C01", "direction"): "inconclusive"}
    assert final(agreed) == {("C01", "direction"): "supports"}


def test_a_provisional_verdict_says_what_is_not_read_yet():
    """A record that is awaited stands beside the verdict."""
    found = verdict(with_cells("records", 0, {"provisional": "C01"}), "C01")

    assert "provisional until nct1 is read" in found.flags


#: The verdicts on the article as they stand; a change here is a change of CHANGELOG's section Verdicts.
ARTICLE = {
    "Supported": "C01 C15 C17 C18 C19 C20 C21 C37 C39",
    "Supported with limits": "C07 C34 C36 C38 C43 C44",
    "Overstated": "C03 C11 C14 C22 C25",
    "Contradicted": "C24 C29 C31",
    "Not substantiated": "C02 C04 C05 C08 C09 C10 C12 C16 C26 C27 C28 C30 C32 C33 C35 C40 C41",
    "No evidence found": "C06 C13 C23",
    "Not searched": "C42 C45",
}


@pytest.fixture(scope="module")
def article():
    """The verdicts on the mesotherapy article, by claim."""
    return review.appraise(review.load(ROOT)).set_index("claim_id", drop=False)


def test_every_claim_of_the_article_has_a_verdict(article):
    """All 45 claims and their parts have direction, label and reason, and what was judged rests on something."""
    rows = article[~article["claim_id"].str.contains(".", regex=False)]

    assert tuple(article.columns) == VERDICT_COLUMNS
    assert len(rows) == 45
    assert (article["reason"].str.len() > 20).all()
    judged = ~article["direction"].isin(["not searched", "none found"])
    assert (article.loc[judged, "rests_on"].map(len) > 0).all()


@pytest.mark.parametrize(("label", "claims"), list(ARTICLE.items()))
def test_the_articles_verdicts_are_those_on_record(article, label, claims):
    """No conclusion changes without this test, and the changelog, saying so."""
    rows = article[~article["claim_id"].str.contains(".", regex=False)]

    assert " ".join(sorted(rows.index[rows["label"] == label])) == claims


def test_an_implied_reading_has_a_verdict_of_its_own(article):
    """That it is used for back pain is true; that it relieves it is another claim."""
    assert article.loc["C20.a", "label"] == "Supported"
    assert article.loc["C20.b", "label"] == "Not substantiated"
    assert "an implied reading" in article.loc["C20.b", "flags"]


def test_verdicts_that_await_a_trial_say_so(article):
    """C03, C04 and C11 are provisional until NCT00851747 is read, and so are their parts."""
    provisional = {claim for claim, flags in article["flags"].items() if any("NCT00851747" in flag for flag in flags)}

    assert {claim.split(".")[0] for claim in provisional} == {"C03", "C04", "C11"}


def test_no_workbook_with_all_judgements_taken_out_keeps_a_strong_label():
    """Without the persons' part no claim of effect is supported, overstated or contradicted."""
    files = review.files.read_files(ROOT)
    files["claims/judgements.csv"] = as_csv("judgements", [])
    labels = set(appraise(assemble(files))["label"])

    assert labels <= {"Not judged yet", "No evidence found", "Not searched", "Not substantiated"}


REFERENCE = json.loads((ROOT / "tests" / "reference" / "metafor.json").read_text())
#: metafor's estimator of tau², and its name for the interval: Hartung-Knapp's never narrower than Wald's, or Wald's.
METHODS = {"random": ("REML", "adhoc"), "common": (None, "z")}


def pooled_syntheses():
    """Every synthesis of the article that is pooled from two studies or more, with its arms."""
    book = review.load(ROOT)
    index = index_of(book)
    for name, shown in synthesis_evidence(book, index).items():
        if shown.primary and shown.primary.pooled and shown.primary.k > 1:
            include = book.syntheses.loc[book.syntheses["synthesis_id"] == name, "include"].iloc[0]
            arms = [index.comparisons[comparison].set_index("group") for comparison in include]
            cells = {"events_1": "intervention", "n_1": "intervention", "events_2": "comparator", "n_2": "comparator"}
            data = {cell: [int(arm.loc[group, cell[:-2]]) for arm in arms] for cell, group in cells.items()}
            yield pytest.param(shown.primary.pooled, data, id=name)


@pytest.mark.parametrize(("pooled", "data"), list(pooled_syntheses()))
def test_every_pooled_number_is_metafors_on_the_same_rows(pooled, data):
    """Metafor has a pin on exactly these arms, and agrees to 1e-8 (its own stopping point is far below)."""
    (name,) = [name for name, pinned in REFERENCE["data"].items() if pinned == data]
    tau2, interval = METHODS[pooled.model]
    (pin,) = [
        pin
        for pin in REFERENCE["pins"]
        if (pin["data"], pin["measure"], pin["model"], pin["level"]) == (name, pooled.measure, pooled.model, 95)
        and (pin["common"], pin["tau2_method"]) == ("MH" if pooled.model == "common" else None, tau2)
    ]
    pinned = pin | dict(zip(("se", "ci_low", "ci_high"), pin["intervals"][interval], strict=False))

    for number in ("mu", "se", "ci_low", "ci_high", "tau2", "i2", "q", "q_p"):
        assert getattr(pooled, number) == pytest.approx(pinned[number], rel=1e-8, abs=1e-8)


def test_the_pooled_syntheses_are_not_fewer_than_they_were():
    """The comparison with metafor covers at least the article's 16 pooled syntheses."""
    assert len(list(pooled_syntheses())) >= 16
