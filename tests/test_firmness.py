"""How firm verdicts are: flips that are known by hand, what cannot be recomputed, and those of the article."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from books import ROWS, as_csv, good_files

import review
from review.appraisal import Bounds, Choices, EvidenceSet, Method, desk_of, judge, verdicts
from review.appraisal.pooled import is_pooled, methods_of, pooled_by
from review.appraisal.studies import by_industry
from review.appraisal.variants import evidence_under, moved
from review.claims import parse_quantities
from review.firmness import CAPTION, Choice, firmness, firmness_records
from review.firmness.of_evidence import primary_method
from review.synthesis import pool
from review.vocabulary import RuleSet, VerdictLabel
from review.workbook import assemble

ROOT = Path(__file__).parents[1]

#: The same numbers by another route: differences beyond this are no rounding.
SAME = 1e-9


def row_of(found, name):
    """The row of a firmness by its id."""
    return next(row for row in found.rows if row.id == name)


def label_under(found, name):
    """The label that one alternative gives, and whether that is another one."""
    row = row_of(found, name)
    return str(row.label), row.flips


def judgement(**cells):
    """A judgement like the one of the small workbook, with some cells changed."""
    return {**ROWS["judgements"][0], **cells}


BIAS = judgement(subject="pain-rr", domain="risk of bias", value="0", reason="asked in all, kim2010")


def pain(events=("12", "12"), n="20", judgements=(BIAS,), **study):
    """C02 decided by its main part, the risk of pain in two arms; cells of `study` are changed in kim2010's row."""
    results = [dict(row) for row in ROWS["results"]]
    for place, count in zip((0, 2), events, strict=True):
        results[place].update({"events": count, "n": n, "percent": ""})
    claims = [dict(row) for row in ROWS["claims"]]
    claims[3]["quantity"] = claims[1]["quantity"]
    studies = [ROWS["studies"][0], {**ROWS["studies"][1], **study}]
    single = {"group": "intervention", "measure": "PLO"}
    return assemble(
        good_files()
        | {
            "claims/results.csv": as_csv("results", results),
            "claims/studies.csv": as_csv("studies", studies),
            "claims/syntheses.csv": as_csv("syntheses", [{**ROWS["syntheses"][0], **single}]),
            "claims/judgements.csv": as_csv("judgements", [*ROWS["judgements"], *judgements]),
            "claims/claims.csv": as_csv("claims", claims),
        }
    )


#: No level for bias, for the difference in girth.
NO_BIAS = judgement(subject="girth-md", domain="risk of bias", value="0", reason="none of note")


def girth(means, threshold="", judgements=(NO_BIAS,), answers=()):
    """C01 decided by a mean difference in girth, one randomised study a mean, each with a variance of 0.25."""
    names = [f"study{place}" for place, _ in enumerate(means)]
    arms = [
        {
            **ROWS["results"][0],
            "events": "",
            "percent": "",
            "sd": "2",
            "n": "32",
            "outcome_id": "girth",
            "study_id": name,
            "comparison_id": f"{name}-girth",
            "group": group,
            "arm": group,
            "mean": mean,
        }
        for name, difference in zip(names, means, strict=True)
        for group, mean in (("intervention", str(difference)), ("comparator", "0"))
    ]
    synthesis = {
        **ROWS["syntheses"][0],
        "synthesis_id": "girth-md",
        "claim_id": "C01",
        "outcome_id": "girth",
        "measure": "MD",
        "include": "; ".join(f"{name}-girth" for name in names),
        "threshold": threshold,
    }
    cited = [{**ROWS["citations"][0], "reference_key": name, "intervention_match": "yes"} for name in names]
    return assemble(
        good_files()
        | {
            "claims/studies.csv": as_csv(
                "studies", [{**ROWS["studies"][0], "study_id": name, "reference_keys": name} for name in names]
            ),
            "claims/citations.csv": as_csv("citations", cited),
            "claims/results.csv": as_csv("results", arms),
            "claims/syntheses.csv": as_csv("syntheses", [synthesis]),
            "claims/judgements.csv": as_csv("judgements", list(judgements)),
            "claims/risk_of_bias.csv": as_csv(
                "risk_of_bias", [{**ROWS["risk_of_bias"][0], **answer} for answer in answers]
            ),
        }
    )


def test_the_verdict_of_the_default_choices_is_the_verdict():
    """Firmness names the labels that the verdicts have, and leaves the verdicts as they were."""
    book = review.load(ROOT)
    before = verdicts(book)
    found = firmness(book)

    assert verdicts(book) == before
    assert {name: one.label for name, one in found.items()} == {
        one.claim_id: one.label for one in before if one.claim_id in found
    }
    assert all(judge(row, desk_of(book), Choices()) == judge(row, desk_of(book)) for row in book.claims.itertuples())


def test_every_verdict_on_evidence_has_its_firmness():
    """Claims that rest on something have one; those without evidence, not searched or not judged have none."""
    book = review.load(ROOT)
    found = firmness(book)
    silent = {VerdictLabel.NO_EVIDENCE, VerdictLabel.NOT_SEARCHED, VerdictLabel.NOT_TESTABLE, VerdictLabel.NOT_JUDGED}

    assert set(found) == {one.claim_id for one in verdicts(book) if one.label not in silent}
    assert all(1 <= one.stands <= one.analyses for one in found.values())
    assert all({row.choice for row in one.rows} == set(Choice) for one in found.values())


def test_the_caption_says_what_the_count_does_not():
    """The words are fixed, and bias and unread trials are named as left out."""
    found = firmness(pain())["C02.a"]

    assert CAPTION.format(stands=1, analyses=2) == (
        "stands in 1 of 2 analyses of these data; says nothing of bias or of unread trials"
    )
    assert found.caption == CAPTION.format(stands=found.stands, analyses=found.analyses)


def test_a_level_of_indirectness_flips_a_verdict_at_the_edge():
    """Low with one level for indirectness: one more is Very low, which contradicts nothing; one less is Moderate."""
    found = firmness(pain(judgements=({**BIAS, "value": "-1"},)))["C02.a"]

    assert (found.label, label_under(found, "indirectness-more")) == ("Contradicted", ("Not substantiated", True))
    assert label_under(found, "indirectness-less") == ("Contradicted", False)
    assert row_of(found, "indirectness-less").certainty == "Moderate"


def test_a_stricter_bound_flips_what_lay_between_the_bounds():
    """4 of 20 (Wilson 8 to 42 %) is between 1 and 10 %: inconclusive, but it does not stand, so stricter it fails."""
    found = firmness(pain(events=("4", "4")))["C02.a"]

    assert found.label == "Not substantiated"
    assert label_under(found, "threshold-stricter") == ("Contradicted", True)
    assert label_under(found, "threshold-laxer") == ("Not substantiated", False)


def test_leaving_one_study_out_flips_a_verdict_that_two_divided():
    """Twelve of twenty against none of twenty is inconclusive; without the one that had none it contradicts."""
    found = firmness(pain(events=("0", "12")))["C02.a"]

    assert (found.label, label_under(found, "without-park2008")) == ("Not substantiated", ("Contradicted", True))
    assert label_under(found, "without-kim2010") == ("Not substantiated", False)


def test_keeping_to_part_of_the_evidence_is_named_with_what_it_leaves_out():
    """Kim alone is a cohort paid by a maker: keeping to trials, or to no industry, leaves it out and says so."""
    found = firmness(pain(design="cohort", funding="Creams Inc."))["C02.a"]

    assert row_of(found, "only-randomised").alternative == "only randomised studies: without kim2010"
    assert row_of(found, "only-no-industry").alternative == "no study funded by industry: without kim2010"
    assert row_of(found, "only-direct").note == "true of every study: nothing changes"


def test_the_analyses_are_counted_once_each():
    """20 analyses, 14 inconclusive.

    Both studies or kim2010 alone have a fit on record, so three levels of indirectness; park2008 alone has none, so one
    analysis as long as the direction is inconclusive and none where it contradicts (its certainty needs a person).
    Three places of the bounds; only the stricter contradicts: 2 x (3 + 3 + 1) + (3 + 3).  The rule sets agree here.
    """
    found = firmness(pain(events=("4", "4")))["C02.a"]

    assert (found.stands, found.analyses) == (14, 20)


@pytest.mark.parametrize(
    "book",
    [
        pytest.param(pain(events=("4", "4")), id="inconclusive"),
        pytest.param(pain(judgements=({**BIAS, "value": "-1"},)), id="contradicted"),
        pytest.param(pain(events=("0", "12"), design="cohort", funding="Creams Inc."), id="divided"),
    ],
)
def test_the_count_is_that_of_judging_every_combination_by_itself(book):
    """Every combination of choices, judged as a verdict of its own, ends in the same analyses."""
    desk = desk_of(book)
    row = desk.index.claims["C02.a"]
    ended_in = {}
    for parts, without, bounds, indirectness, rules in product(
        (frozenset(), frozenset({EvidenceSet.RANDOMISED}), frozenset({EvidenceSet.NO_INDUSTRY})),
        ("", "park2008", "kim2010"),
        (Bounds.AS_SET, Bounds.STRICTER, Bounds.LAXER),
        (0, -1, 1),
        tuple(RuleSet),
    ):
        choices = Choices(sets=parts, without=without, bounds=bounds, indirectness=indirectness, rules=rules)
        found = judge(row, desk, choices)
        ratings = tuple(rating.levels for rating in found.grade.ratings)
        if found.label != VerdictLabel.NOT_JUDGED and found.rests_on != ("pain-rr",):
            ended_in[found.rests_on, bounds, ratings] = found.label
    firm = firmness(book)["C02.a"]

    assert firm.analyses == len(ended_in)
    assert firm.stands == list(ended_in.values()).count(firm.label)


#: Three differences of -3, -2 and -1 cm, each with a variance of 2 x 2² / 32 = 0.25.  The spread is 1, so tau² by REML
#: is 0.75 and the standard error (1 / 3)^(1/2) = 0.577: by Wald -3.13 to -0.87, by Hartung and Knapp (t = 4.30 with two
#: degrees of freedom) -4.48 to 0.48; a common effect has a standard error of 0.289: -2.57 to -1.43.
SPREAD = (-3, -2, -1)


def test_the_interval_and_the_model_flip_a_pooled_verdict():
    """Hartung and Knapp's interval crosses no effect, Wald's and that of a common effect do not."""
    found = firmness(girth(SPREAD))["C01"]
    flipped = {row.id for row in found.rows if row.flips}

    assert (found.label, row_of(found, "pooled-common-iv").direction) == ("Not substantiated", "supports")
    assert {"pooled-common-iv", "pooled-random-reml-z"} <= flipped
    assert not {row.id for row in found.rows if row.choice == Choice.ESTIMATOR} & flipped


def test_numbers_of_another_method_are_those_of_pool():
    """A subset of the studies by DerSimonian and Laird has the estimate that `pool` gives of it."""
    desk = desk_of(girth((*SPREAD, 4)))
    chosen = Choices(without="study3", method=Method(model="random", tau2="DL", interval="z"))
    (limits,) = evidence_under(desk.syntheses["girth-md"], desk, chosen).deciding
    arms = {"mean_1": SPREAD, "sd_1": 2, "n_1": 32, "mean_2": 0, "sd_2": 2, "n_2": 32}
    pooled = pool(pd.DataFrame(arms), measure="MD", tau2="DL")

    assert limits.low == pytest.approx(pooled.estimate_ci_low, abs=SAME)
    assert limits.high == pytest.approx(pooled.estimate_ci_high, abs=SAME)


def test_twice_the_important_difference_flips_a_verdict_close_to_it():
    """-2.98 to -1.02 is wholly beyond 1 cm, not beyond 2 cm, and beyond half and none of it."""
    found = firmness(girth((-2,), threshold="1"))["C01"]

    assert (found.label, label_under(found, "threshold-stricter")) == ("Supported", ("Not substantiated", True))
    assert not row_of(found, "threshold-laxer").flips
    assert not row_of(found, "threshold-no-difference").flips


def test_rows_that_flip_come_first_and_those_not_computed_last():
    """The order is flips, what stands, what could not be tried."""
    found = firmness(girth(SPREAD))["C01"]
    order = [(row.label is None, not row.flips) for row in found.flips_first]

    assert order == sorted(order)
    assert sorted(found.flips_first, key=str) == sorted(found.rows, key=str)
    assert found.flips_first[0].flips


def test_a_persons_direction_is_not_recomputed():
    """What is on the evidence says so and is not counted; indirectness and the rule set still are."""
    person = judgement(subject="C02.a", domain="direction", value="contradicts", reason="kim2010 says it")
    bias = judgement(subject="C02.a", domain="risk of bias", value="0", reason="kim2010 asked all")
    found = firmness(pain(judgements=(person, bias)))["C02.a"]
    on_evidence = tuple(Choice)[: tuple(Choice).index(Choice.NOT_REPORTED)]

    assert {row.note for row in found.rows if row.choice in on_evidence} == {"a person's direction: not recomputed"}
    assert row_of(found, "indirectness-less").label is not None
    assert row_of(found, "rules-classic-grade").label is not None


@pytest.mark.parametrize(("domain", "value"), [("verdict", "Overstated"), ("certainty", "High")])
def test_what_a_person_gave_is_not_recomputed(domain, value):
    """A person's verdict leaves one analysis, a person's certainty leaves its domains alone."""
    found = firmness(pain(judgements=(BIAS, judgement(subject="C02.a", domain=domain, value=value))))["C02.a"]

    assert row_of(found, "rule-set").note == f"a person's {domain}: not recomputed"
    assert (found.analyses == 1) == (domain == "verdict")


def test_where_nothing_is_pooled_the_pooling_choices_are_not_computed():
    """Model, estimator and interval have a row each that says so and no label."""
    found = firmness(pain())["C02.a"]
    rows = [row for row in found.rows if row.choice in {Choice.MODEL, Choice.ESTIMATOR, Choice.INTERVAL}]

    assert [(row.note, row.label) for row in rows] == [("nothing is pooled: not computed", None)] * 3


def test_two_studies_are_not_given_a_hartung_knapp_interval():
    """One degree of freedom makes an interval that says nothing, so Wald's alone is tried."""
    desk = desk_of(girth((-3, -1)))
    methods = methods_of(desk.syntheses["girth-md"], desk)

    assert {method.interval for method in methods} == {"z"}
    assert {method.model for method in methods} == {"common", "random"}


#: Answers to RoB 2 by which a trial is High for what it does not say alone: whether data were at hand for all.
NOTHING_SAID = {
    **dict.fromkeys(("1.1", "1.2", "2.6", "5.1"), "Y"),
    **dict.fromkeys(("1.3", "2.1", "2.2", "3.2", "4.1", "4.2", "4.3", "5.2", "5.3"), "N"),
    **dict.fromkeys(("3.1", "3.3", "3.4"), "NI"),
}


def test_missing_reporting_read_as_favourable_flips_a_verdict_that_hangs_on_it():
    """High less bias and indirectness is Low; with what is not said read favourably it is Moderate."""
    answers = [{"study_id": "study0", "item": item, "answer": answer} for item, answer in NOTHING_SAID.items()]
    indirect = judgement(subject="girth-md", domain="indirectness", value="-1")
    found = firmness(girth((-2,), judgements=(indirect,), answers=answers))["C01"]

    assert (found.label, label_under(found, "not-reported")) == ("Supported with limits", ("Supported", True))


def test_keeping_to_lower_bias_leaves_the_rating_of_bias_to_the_rules():
    """A person's level for bias was of all studies; the trial at low risk alone has none and ends High."""
    answers = [
        {"study_id": study, "item": "overall", "answer": answer, "reason": "read in full"}
        for study, answer in (("study0", "Low"), ("study1", "High"))
    ]
    found = firmness(girth((-2, -2), judgements=({**NO_BIAS, "value": "-1"},), answers=answers))["C01"]
    row = row_of(found, "only-lower-bias")

    assert row.alternative.endswith("without study1")
    assert (row.certainty, row_of(found, "without-study1").certainty) == ("High", "Moderate")


def test_the_implied_reading_is_a_choice_on_the_whole_claim():
    """A whole claim that its express part decides has its implied part as a reading, and that part's analyses."""
    found = firmness(review.load(ROOT))

    assert label_under(found["C20"], "reading-C20.b") == ("Not substantiated", True)
    assert found["C20"].analyses == found["C20.a"].analyses + found["C20.b"].analyses


def test_records_are_plain_and_complete():
    """They survive JSON, hold every row, and name the choices that flip first."""
    book = review.load(ROOT)
    records = firmness_records(book)
    found = firmness(book)

    assert json.loads(json.dumps(records)) == records
    assert [record["claim_id"] for record in records] == list(found)
    assert all(len(record["rows"]) == len(found[record["claim_id"]].rows) for record in records)


def article_syntheses():
    """Every synthesis of the article that is pooled from several studies."""
    desk = desk_of(review.load(ROOT))
    return [pytest.param(desk, shown, id=name) for name, shown in desk.syntheses.items() if is_pooled(shown)]


@pytest.mark.parametrize(("desk", "shown"), article_syntheses())
def test_pooling_again_by_the_primary_method_changes_nothing(desk, shown):
    """The way from counts and estimates to evidence ends where the primary analysis does."""
    again = pooled_by(shown, primary_method(shown), desk)
    numbers = [(one.estimate, one.low, one.high) for one in (*again.deciding, *shown.deciding)]
    weights = [[study.weight for study in one.body.studies] for one in (again, shown)]

    assert numbers[0] == pytest.approx(numbers[1], rel=SAME)
    assert weights[0] == pytest.approx(weights[1], rel=SAME)
    assert (again.body.interval.low, again.body.i2) == pytest.approx(
        (shown.body.interval.low, shown.body.i2), rel=SAME, abs=SAME
    )


@pytest.mark.parametrize(
    ("text", "bounds", "expected"),
    [
        ("risk(x): stands < 0.01, fails >= 0.10", Bounds.STRICTER, ("<", 0.01, ">=", 0.01)),
        ("risk(x): stands < 0.01, fails >= 0.10", Bounds.LAXER, ("<", 0.10, ">=", 0.10)),
        ("median_days(x): stands <= 2, fails > 2", Bounds.STRICTER, ("<=", 1, ">", 1)),
        ("median_days(x): stands <= 2, fails > 2", Bounds.LAXER, ("<=", 4, ">", 4)),
        ("risk(x): stands > 0.5, fails <= 0.5", Bounds.STRICTER, (">", 2 / 3, "<=", 2 / 3)),
        ("risk(x): stands > 0.5, fails <= 0.5", Bounds.LAXER, (">", 1 / 3, "<=", 1 / 3)),
    ],
)
def test_bounds_move_by_the_band_between_them_or_by_half(text, bounds, expected):
    """Where there is a band it goes to one side; a single bound is halved or doubled, a risk's by its odds."""
    (quantity,) = parse_quantities(text)
    found = moved(quantity, bounds)

    assert (found.stands_if, found.fails_if) == (expected[0], expected[2])
    assert (found.stands, found.fails) == pytest.approx((expected[1], expected[3]))


@pytest.mark.parametrize(
    ("funding", "expected"),
    [
        ("Kythera / Allergan", True),
        ("Daewoong (NCT03224117)", True),
        ("AMIpharm (NCT05266729)", True),
        ("sponsor Neothetics, Inc.", True),
        ("manufacturer-sponsored trials", True),
        ("University sponsor (registry)", False),
        ("Government medical college", False),
        ("not reported (Cochrane characteristics table)", False),
        ("source of support none; authors' own clinic", False),
        ("", False),
    ],
)
def test_funding_by_industry_is_read_from_its_words(funding, expected):
    """A company or a name without a public word is industry; nothing recorded, or nothing known, is not."""
    assert by_industry(funding) is expected
