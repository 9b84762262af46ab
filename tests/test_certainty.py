"""GRADE's domains and the documentation scale."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from books import ROWS, as_csv, good_files
from hypothesis import given
from hypothesis import strategies as st

import review
from review.cells import rows
from review.certainty import (
    ALLOWED_LEVELS,
    LADDER,
    Body,
    Interval,
    Rating,
    Source,
    StudyEvidence,
    add_up,
    document,
    optimal_information_size,
    propose_ratings,
    rating_target,
    start_level,
    target_sentence,
    upgrade_fault,
)
from review.evidence import index_of, study_in_body, synthesis_evidence
from review.vocabulary import Certainty, Design, Documentation, Domain, RuleSet
from review.workbook import assemble, parse_settings

ROOT = Path(__file__).parents[1]
BOTH_SETS = pytest.mark.parametrize("rules", list(RuleSet))


def study(name="a", **given_values):
    """A randomised study at low risk that fits the claim, unless said otherwise."""
    values = {
        "design": "rct",
        "bias": "Low",
        "population": "yes",
        "intervention": "yes",
        "outcome": "yes",
        "direct": "yes",
        "weight": 50.0,
        "zone": "claim",
    }
    return StudyEvidence(study_id=name, **(values | given_values))


def levels(domain, *studies, rules=RuleSet.CORE, **given_values):
    """The levels that the rules propose for a domain."""
    body = Body(subject="s", studies=studies, **({"pooled": True} | given_values))
    return {rating.domain: rating.levels for rating in propose_ratings(body, rules)}[domain]


def certainty(body, rules):
    """The certainty that a set of rules proposes, no person having judged."""
    return add_up(*start_level(body, rules), propose_ratings(body, rules)).level


@pytest.mark.parametrize(
    ("designs", "given_values", "start"),
    [
        pytest.param(["rct", "rct"], {}, "High", id="randomised"),
        pytest.param(["rct", "cohort"], {}, "High", id="half randomised"),
        pytest.param(["rct", "cohort", "cohort"], {}, "Low", id="mostly cohorts"),
        pytest.param(["rct", "case-series", "case-series"], {}, "Very low", id="mostly series"),
        pytest.param(["case-report"], {}, "Very low", id="case report"),
        pytest.param(["case-report"], {"absolute": True}, "High", id="absolute risk"),
        pytest.param(["before-after"], {"mechanism": True}, "Low", id="mechanism in people"),
        pytest.param(["in-vitro"], {"mechanism": True}, "Low", id="tissue"),
        pytest.param([], {}, "Very low", id="no study"),
    ],
)
def test_the_design_gives_the_start(designs, given_values, start):
    """At least half of the studies must reach a level."""
    body = Body(subject="s", studies=tuple(study(design=design) for design in designs), **given_values)

    assert start_level(body)[0] == start


@BOTH_SETS
def test_every_design_has_a_start(rules):
    """No design of the tables is without its start."""
    bodies = [Body(subject="s", studies=(study(design=design),)) for design in Design]

    assert all(start_level(body, rules)[0] in Certainty for body in bodies)


@pytest.mark.parametrize(
    ("design", "core", "classic"),
    [
        ("rct", "High", "High"),
        ("cohort", "Low", "Low"),
        ("before-after", "Very low", "Low"),
        ("cross-sectional", "Very low", "Low"),
        ("case-series", "Very low", "Very low"),
        ("case-report", "Very low", "Very low"),
    ],
)
def test_the_two_sets_differ_in_where_a_change_from_before_to_after_starts(design, core, classic):
    """GRADE guidelines 9 names before-after studies among the observational ones, which start Low."""
    body = Body(subject="s", studies=(study(design=design),))

    assert start_level(body)[0] == start_level(body, RuleSet.CORE)[0] == core
    assert start_level(body, RuleSet.CLASSIC)[0] == classic
    assert start_level(replace(body, absolute=True), RuleSet.CLASSIC)[0] == "High"


@pytest.mark.parametrize(
    ("design", "steps", "level"),
    [
        pytest.param("rct", (), "High", id="randomised trials"),
        pytest.param("cohort", (1, 1), "High", id="double-upgraded observational studies"),
        pytest.param("rct", (-1,), "Moderate", id="downgraded randomised trials"),
        pytest.param("cohort", (1,), "Moderate", id="upgraded observational studies"),
        pytest.param("rct", (-1, -1), "Low", id="double-downgraded randomised trials"),
        pytest.param("cohort", (), "Low", id="observational studies"),
        pytest.param("rct", (-1, -1, -1), "Very low", id="triple-downgraded randomised trials"),
        pytest.param("cohort", (-1,), "Very low", id="downgraded observational studies"),
        pytest.param("case-series", (), "Very low", id="case series"),
        pytest.param("case-report", (), "Very low", id="case reports"),
    ],
)
@BOTH_SETS
def test_the_levels_are_those_of_the_cochrane_handbook(design, steps, level, rules):
    """Every row of table 12.2.a of the Cochrane Handbook 5.1 (2011), chapter 12."""
    start, why = start_level(Body(subject="s", studies=(study(design=design),)), rules)
    ratings = tuple(Rating(domain=d, levels=s, reason="r") for d, s in zip(Domain, steps, strict=False))

    assert add_up(start, why, ratings).level == level


@pytest.mark.parametrize(
    ("weights", "down"),
    [((54.9, 45.1), 0), ((55.0, 45.0), -1), ((100.0, 0.0), -1), ((0.0, 100.0), 0)],
)
def test_high_risk_studies_count_by_weight(weights, down):
    """One level down from 55 % of the weight on."""
    high, low = weights

    assert levels(Domain.RISK_OF_BIAS, study(bias="High", weight=high), study("b", weight=low)) == down


@pytest.mark.parametrize(
    ("weights", "down"),
    [((49.9, 50.1), 0), ((50.0, 50.0), -1), ((100.0, 0.0), -1)],
)
def test_classic_grade_asks_where_most_information_comes_from(weights, down):
    """Cochrane Handbook 5.1, table 12.2.d: no level down while most is from studies at low or unclear risk."""
    high, low = weights
    studies = (study(bias="High", weight=high), study("b", bias="Some concerns", weight=low))

    assert levels(Domain.RISK_OF_BIAS, *studies, rules=RuleSet.CLASSIC) == down


def test_an_unassessed_study_or_an_absolute_risk_needs_a_person():
    """Nothing is taken as low risk because nobody has looked."""
    assert levels(Domain.RISK_OF_BIAS, study(bias=None), study("b")) is None
    assert levels(Domain.RISK_OF_BIAS, study(), absolute=True) is None


@pytest.mark.parametrize(
    ("zones", "down"),
    [
        pytest.param(["claim"], 0, id="one study"),
        pytest.param(["claim"] * 4 + ["other"], 0, id="four of five on one side"),
        pytest.param(["claim"] * 3 + ["other"], -1, id="three of four on one side"),
        pytest.param(["claim", "between"], -1, id="one on each side"),
    ],
)
def test_inconsistency_goes_by_where_estimates_lie(zones, down):
    """Eight in ten on one side are consistent."""
    assert levels(Domain.INCONSISTENCY, *(study(str(i), zone=zone) for i, zone in enumerate(zones))) == down


#: Limits of two studies that share a value, and of two that share none.
SHARED, APART = ((0.1, 0.9), (0.5, 1.5)), ((0.1, 0.4), (0.5, 1.5))


@pytest.mark.parametrize(("limits", "down"), [(SHARED, 0), (APART, -1), ((None, (0.5, 1.5)), -1)])
def test_estimates_on_both_sides_whose_limits_share_a_value_are_not_inconsistent(limits, down):
    """Core GRADE 3, figure 2, first step: only important differences with little overlap go on to the second."""
    studies = (study("a", zone="claim", limits=limits[0]), study("b", zone="other", limits=limits[1]))

    assert levels(Domain.INCONSISTENCY, *studies) == down


@pytest.mark.parametrize(
    ("limits", "i2", "zones", "down"),
    [
        pytest.param(SHARED, 90.0, ("claim", "other"), 0, id="limits share a value"),
        pytest.param(APART, 39.0, ("claim", "other"), 0, id="might not be important"),
        pytest.param(APART, 60.0, ("claim", "claim"), -1, id="substantial, same direction"),
        pytest.param(APART, 60.0, ("claim", "other"), -1, id="substantial, different direction"),
        pytest.param(APART, 80.0, ("claim", "claim"), -1, id="considerable, same direction"),
        pytest.param(APART, 80.0, ("claim", "other"), -2, id="considerable, different direction"),
        pytest.param(APART, 80.0, ("claim", "between"), -1, id="considerable, none against"),
        pytest.param(APART, None, ("claim", "other"), -1, id="no I²: by place"),
        pytest.param(APART, None, ("claim", "claim"), 0, id="no I², one place"),
    ],
)
def test_classic_inconsistency_goes_by_overlap_then_i2_and_direction(limits, i2, zones, down):
    """The decision matrix of a Cochrane review (CD009172), asked only where limits share no value."""
    studies = [study(str(n), limits=both, zone=zone) for n, (both, zone) in enumerate(zip(limits, zones, strict=True))]

    assert levels(Domain.INCONSISTENCY, *studies, i2=i2, rules=RuleSet.CLASSIC) == down


def test_one_study_is_never_inconsistent_whatever_the_set():
    """There is nothing that it could differ from."""
    alone = study(limits=(0.1, 0.2))

    assert [levels(Domain.INCONSISTENCY, alone, i2=95.0, rules=rules) for rules in RuleSet] == [0, 0]


@pytest.mark.parametrize(
    ("studies", "down"),
    [
        pytest.param([study()], 0, id="fits"),
        pytest.param([study(population="partly"), study("b")], 0, id="one fits"),
        pytest.param([study(population="partly"), study("b", population="no")], -1, id="none fits in population"),
        pytest.param([study(intervention="no"), study("b", intervention="no")], -2, id="nobody used it"),
        pytest.param([study(design="animal"), study("b", design="in-vitro")], -2, id="laboratory only"),
        pytest.param([study(population="", intervention="", direct="partly")], -1, id="partly direct"),
        pytest.param([study(population="", intervention="", direct="no")], -2, id="not direct"),
        pytest.param([study(population="", intervention="", direct="yes")], 0, id="direct"),
        pytest.param([study(population="", intervention="", direct="")], None, id="not recorded"),
    ],
)
def test_indirectness_goes_by_the_fit_to_the_claim(studies, down):
    """The fit matrix first, else the citation's own word."""
    assert levels(Domain.INDIRECTNESS, *studies) == down


@pytest.mark.parametrize(
    ("studies", "given_values", "down"),
    [
        pytest.param([study(follow_up="partly"), study("b", follow_up="no")], {}, -1, id="follow-up short in all"),
        pytest.param([study(follow_up="no"), study("b", follow_up="yes")], {}, 0, id="follow-up long in one"),
        pytest.param([study(follow_up="no"), study("b", follow_up="")], {}, 0, id="follow-up not judged in one"),
        pytest.param([study(follow_up="unclear")], {}, 0, id="follow-up unclear"),
        pytest.param([study(comparator="no")], {}, -1, id="another comparator"),
        pytest.param([study(comparator="no"), study("b", comparator="yes")], {}, 0, id="the comparator in one"),
        pytest.param([study(design="before-after", comparator="no")], {}, 0, id="none: counted in the start"),
        pytest.param([study(comparator="no")], {"absolute": True}, 0, id="a risk in one group needs none"),
        pytest.param([study(comparator="no")], {"mechanism": True}, 0, id="a measurement needs none"),
        pytest.param([study(follow_up="no")], {"absolute": True}, -1, id="a risk in one group needs the time"),
        pytest.param([study(comparator="no", follow_up="no", outcome="no")], {}, -1, id="two reasons, one level"),
    ],
)
@BOTH_SETS
def test_comparator_and_follow_up_are_parts_of_the_question(studies, given_values, down, rules):
    """A part counts where every study falls short in it, and a missing comparison group is not counted twice."""
    assert levels(Domain.INDIRECTNESS, *studies, rules=rules, **given_values) == down


def test_the_parts_that_fall_short_are_named():
    """The reader sees which parts of the question the level is for."""
    body = Body(subject="s", studies=(study(population="partly", comparator="no", follow_up="no"),))
    reason = propose_ratings(body)[2].reason

    assert reason == "population and comparator and follow-up only partly fit the claim in every study"


def test_the_fit_is_read_from_the_citations():
    """ablon2004 looked for nine months without a comparison group: C14 says that fat does not come back."""
    fit = study_in_body("ablon2004", "C14", index_of(review.load(ROOT)))

    assert (fit.comparator, fit.follow_up) == ("no", "partly")


@pytest.mark.parametrize(
    ("interval", "down"),
    [
        pytest.param(None, -1, id="no interval"),
        pytest.param(Interval(low=1.1, high=1.5, thresholds=(1.0,)), 0, id="clear"),
        pytest.param(Interval(low=0.9, high=1.5, thresholds=(1.0,)), -1, id="crosses the null"),
        pytest.param(Interval(low=0.005, high=0.2, thresholds=(0.01, 0.1)), -2, id="crosses both bounds"),
    ],
)
def test_imprecision_asks_first_what_the_interval_crosses(interval, down):
    """One threshold crossed is one level, both are two."""
    assert levels(Domain.IMPRECISION, study(), interval=interval) == down


@pytest.mark.parametrize(
    ("relative_risk", "people", "down"),
    [
        pytest.param((2.2, 1.9, 2.5), 1000, 0, id="large, narrow, many"),
        pytest.param((2.2, 1.9, 2.5), 20, -1, id="large, narrow, few"),
        pytest.param((4.0, 1.5, 9.0), 1000, -2, id="large and wide"),
        pytest.param((0.8, 0.7, 0.9), 20, 0, id="moderate: the sample does not count"),
        pytest.param((0.4, 0.35, 0.45), 20, -1, id="large reduction, few"),
    ],
)
def test_only_a_large_effect_asks_for_the_sample(relative_risk, people, down):
    """The optimal information size is consulted for implausibly large effects alone."""
    interval = Interval(
        low=relative_risk[1],
        high=relative_risk[2],
        thresholds=(1.0,),
        relative_risk=relative_risk,
        control_risk=0.3,
        participants=people,
    )

    assert levels(Domain.IMPRECISION, study(), interval=interval) == down


def ratio(low, high, *, people, control_risk=0.3):
    """The interval of a risk ratio."""
    return Interval(low=low, high=high, thresholds=(1.0,), null=1.0, control_risk=control_risk, participants=people)


@pytest.mark.parametrize(
    ("interval", "down"),
    [
        pytest.param(ratio(0.6, 0.9, people=1500), 0, id="enough people, no effect excluded"),
        pytest.param(ratio(0.6, 0.9, people=500), -1, id="too few people, however clear"),
        pytest.param(ratio(0.74, 1.1, people=1500), -1, id="enough, no effect and appreciable benefit"),
        pytest.param(ratio(0.9, 1.26, people=1500), -1, id="enough, no effect and appreciable harm"),
        pytest.param(ratio(0.9, 1.1, people=1500), 0, id="enough, no effect and nothing appreciable"),
        pytest.param(ratio(0.7, 1.3, people=500), -2, id="too few, appreciable benefit and harm"),
    ],
)
def test_classic_imprecision_asks_for_the_information_size_first(interval, down):
    """GRADE guidelines 6, abstract: no effect excluded and size met is precise; 0.75 and 1.25 are a rough guide.

    At a risk of 0.3, 25 % fewer need 1,073 people: 2 (1.959964 + 0.841621)² (0.21 + 0.174375) / 0.075² = 1,072.7.
    """
    assert levels(Domain.IMPRECISION, study(), interval=interval, rules=RuleSet.CLASSIC) == down


@pytest.mark.parametrize(
    ("low", "high", "people", "down"),
    [
        pytest.param(-6.0, -4.5, 399, -1, id="too few"),
        pytest.param(-6.0, -4.5, 400, 0, id="enough and clear"),
        pytest.param(-3.0, 1.0, 400, 0, id="no effect, nothing important"),
        pytest.param(-5.0, 1.0, 400, -1, id="no effect and an important one"),
        pytest.param(-5.0, 5.0, 100, -2, id="too few, important benefit and harm"),
    ],
)
def test_classic_imprecision_of_a_difference_asks_for_four_hundred_people(low, high, people, down):
    """An important difference of 4 takes the place of the rough guide."""
    interval = Interval(low=low, high=high, thresholds=(-4.0, 4.0), null=0.0, participants=people)

    assert levels(Domain.IMPRECISION, study(), interval=interval, rules=RuleSet.CLASSIC) == down


def test_without_a_known_important_difference_no_effect_within_the_limits_is_imprecise():
    """Nothing says that the limits hold no important effect."""
    interval = Interval(low=-1.0, high=0.5, thresholds=(0.0,), null=0.0, participants=1000)

    assert levels(Domain.IMPRECISION, study(), interval=interval, rules=RuleSet.CLASSIC) == -1


def test_the_information_size_of_a_wanted_event_is_for_a_rise():
    """A quarter more of 0.3 takes 2 (1.959964 + 0.841621)² (0.21 + 0.234375) / 0.075² = 1,240.1 people to see."""
    wanted = replace(ratio(1.1, 1.4, people=1100), more_is_better=True)
    unwanted = ratio(1.1, 1.4, people=1100)
    down = [levels(Domain.IMPRECISION, study(), interval=i, rules=RuleSet.CLASSIC) for i in (wanted, unwanted)]

    assert down == [-1, 0]


#: Karner 2014 (CD009285.pub3), summary of findings: tiotropium or placebo; each of these rows was rated high.
TIOTROPIUM = {
    "quality of life, MD": Interval(low=-3.35, high=-2.44, thresholds=(-4.0, 4.0), null=0.0, participants=13034),
    "quality of life better, OR": replace(
        ratio(1.38, 1.68, people=11672, control_risk=0.389), relative_risk=None, more_is_better=True
    ),
    "quality of life worse, OR": ratio(0.59, 0.72, people=11672, control_risk=0.348),
    "exacerbations, OR": ratio(0.70, 0.87, people=23309, control_risk=0.442),
}


@pytest.mark.parametrize("interval", list(TIOTROPIUM.values()), ids=list(TIOTROPIUM))
@BOTH_SETS
def test_tiotropium_for_copd_is_of_high_certainty(interval, rules):
    """Karner 2014, summary of findings: large randomised trials of good quality, each of these outcomes high."""
    body = Body(subject="copd", studies=(study(), study("b")), pooled=True, interval=interval, i2=30.0)

    assert certainty(body, rules) == "High"


def test_an_upgrade_and_a_level_down_for_imprecision_cancel():
    """PMC9138061, table 3: six observational studies, imprecision serious, opposing confounding, rated low."""
    body = Body(subject="s", studies=tuple(study(str(n), design="cohort") for n in range(6)))
    ratings = (
        Rating(domain=Domain.IMPRECISION, levels=-1, reason="serious"),
        Rating(domain=Domain.OPPOSING_CONFOUNDING, levels=1, reason="it would suggest an effect where none was seen"),
    )

    assert upgrade_fault(Domain.OPPOSING_CONFOUNDING, 1, body, {Domain.IMPRECISION: -1}) == ""
    assert add_up(*start_level(body, RuleSet.CLASSIC), ratings).level == "Low"


def test_the_optimal_information_size_is_that_of_the_formula():
    """Risks of 0.3 and 0.2, by hand: 2 (1.959964 + 0.841621)² (0.21 + 0.16) / 0.01 = 580.8."""
    assert optimal_information_size(0.3, 0.2) == pytest.approx(580.8, abs=0.05)
    assert optimal_information_size(0.3, 0.3) == float("inf")


@pytest.mark.parametrize(
    ("count", "given_values", "down"),
    [
        pytest.param(10, {}, 0, id="not tested"),
        pytest.param(9, {"small_study_p": 0.001}, 0, id="too few to be tested"),
        pytest.param(10, {"small_study_p": 0.049}, -1, id="asymmetry"),
        pytest.param(10, {"small_study_p": 0.051}, 0, id="no asymmetry"),
        pytest.param(10, {"small_study_p": 0.001, "pooled": False}, 0, id="nothing pooled"),
    ],
)
@BOTH_SETS
def test_publication_bias_is_proposed_only_where_it_was_tested(count, given_values, down, rules):
    """Core GRADE 4, figure 5: ten studies and asymmetry; that it cannot be tested is no reason."""
    studies = (study(str(number)) for number in range(count))

    assert levels(Domain.PUBLICATION_BIAS, *studies, rules=rules, **given_values) == down


def cohorts(**given_values):
    """A body of three cohorts with their risk ratio."""
    studies = tuple(study(str(number), design="cohort") for number in range(3))
    return Body(subject="s", studies=studies, pooled=True, **given_values)


def large(estimate):
    """The interval of a risk ratio with this estimate."""
    limits = (estimate / 1.2, estimate * 1.2)
    return Interval(low=limits[0], high=limits[1], thresholds=(1.0,), relative_risk=(estimate, *limits))


@pytest.mark.parametrize(
    ("estimate", "up"),
    [(1.99, 0), (2.0, 1), (4.99, 1), (5.0, 2), (0.51, 0), (0.5, 1), (0.21, 1), (0.2, 2)],
)
def test_a_large_effect_is_at_least_twofold_and_a_very_large_one_fivefold(estimate, up):
    """GRADE guidelines 9, abstract: two-fold for one level, five-fold for two, up or down."""
    possible = [step for step in (1, 2) if not upgrade_fault("large effect", step, cohorts(interval=large(estimate)))]

    assert possible == list(range(1, up + 1))


@pytest.mark.parametrize(
    ("body", "down", "why"),
    [
        pytest.param(Body(subject="s", studies=(study(),)), {}, "randomised", id="trials"),
        pytest.param(
            Body(subject="s", studies=(study(design="before-after"), study("b", design="case-series"))),
            {},
            "no comparison group",
            id="before and after",
        ),
        pytest.param(
            Body(subject="s", studies=(study(design="before-after"),), mechanism=True),
            {},
            "no comparison group",
            id="before and after, of a mechanism",
        ),
        pytest.param(Body(subject="s", studies=(study(design="animal"),)), {}, "no comparison group", id="animals"),
        pytest.param(Body(subject="s", studies=()), {}, "no comparison group", id="no study"),
        pytest.param(cohorts(absolute=True), {}, "start High", id="risks in one group"),
        pytest.param(cohorts(), {Domain.RISK_OF_BIAS: -1}, "risk of bias", id="already down for bias"),
    ],
)
@pytest.mark.parametrize("domain", ["large effect", "dose response", "opposing confounding"])
def test_an_impossible_upgrade_says_why_and_what_to_do(body, down, why, domain):
    """Only well conducted comparisons without randomisation are rated up, never a change from before to after."""
    fault = upgrade_fault(domain, 1, body, down)

    assert fault.startswith(f"{domain} +1 is not possible: ")
    assert why in fault
    assert fault.endswith("take the row out or set it to 0")


def test_a_possible_upgrade_and_what_is_none_have_no_fault():
    """Well conducted cohorts may be rated up; a level of 0 and a level down are no upgrades."""
    trials = Body(subject="s", studies=(study(),))

    assert upgrade_fault("dose response", 1, cohorts(), {Domain.RISK_OF_BIAS: 0}) == ""
    assert upgrade_fault("large effect", 0, trials) == ""
    assert upgrade_fault("imprecision", -1, trials) == ""


BIAS = ("Low", "Some concerns", "High")
MATCHES = ("yes", "partly", "no", "unclear", "")

studies_at_random = st.builds(
    StudyEvidence,
    study_id=st.sampled_from("abcdefgh"),
    design=st.sampled_from([*Design, ""]),
    weight=st.floats(0, 100),
    bias=st.sampled_from([*BIAS, None]),
    population=st.sampled_from(MATCHES),
    intervention=st.sampled_from(MATCHES),
    comparator=st.sampled_from(MATCHES),
    outcome=st.sampled_from(MATCHES),
    follow_up=st.sampled_from(MATCHES),
    direct=st.sampled_from(("yes", "partly", "no", "")),
    zone=st.sampled_from(("claim", "between", "other", "")),
    limits=st.none() | st.tuples(st.floats(-5, 0), st.floats(0, 5)),
)
intervals_at_random = st.builds(
    lambda low, width, thresholds, null, risk, people: Interval(
        low=low,
        high=low + width,
        thresholds=thresholds,
        null=null,
        control_risk=risk,
        participants=people,
        relative_risk=(low + width / 2, low, low + width) if null == 1.0 else None,
    ),
    st.floats(0.01, 5),
    st.floats(0.01, 5),
    st.sampled_from([(1.0,), (0.0,), (-4.0, 4.0), (0.01, 0.1)]),
    st.sampled_from([None, 0.0, 1.0]),
    st.sampled_from([0.0, 0.001, 0.3, 1.0, math.nan]),
    st.integers(0, 5000),
)
bodies_at_random = st.builds(
    Body,
    subject=st.just("s"),
    studies=st.lists(studies_at_random, max_size=12).map(tuple),
    absolute=st.booleans(),
    mechanism=st.booleans(),
    pooled=st.booleans(),
    interval=st.none() | intervals_at_random,
    i2=st.none() | st.floats(0, 100),
    small_study_p=st.none() | st.floats(0, 1),
)


@given(bodies_at_random, st.sampled_from(list(RuleSet)))
def test_every_body_gets_five_ratings_with_reasons_and_ids(body, rules):
    """Whatever the evidence, each domain has a level that it may have or needs a person, and the sum is a level."""
    ratings = propose_ratings(body, rules)

    assert [rating.domain for rating in ratings] == list(Domain)[:5]
    assert all(rating.levels is None or rating.levels in ALLOWED_LEVELS[rating.domain] for rating in ratings)
    assert all(rating.reason and rating.levels == rating.proposed for rating in ratings)
    assert all(bool(rating.rests_on) == bool(body.studies) for rating in ratings)
    assert {name for rating in ratings for name in rating.rests_on} <= set(body.ids)
    assert certainty(body, rules) in {None, *Certainty}


@given(bodies_at_random, st.sampled_from(list(RuleSet)))
def test_the_order_of_the_studies_does_not_matter(body, rules):
    """The same studies the other way round give the same levels."""
    turned = replace(body, studies=body.studies[::-1])

    assert [r.levels for r in propose_ratings(turned, rules)] == [r.levels for r in propose_ratings(body, rules)]
    assert start_level(turned, rules) == start_level(body, rules)


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=8), st.sampled_from(list(RuleSet)))
def test_more_weight_at_high_risk_never_raises_the_certainty(weights, rules):
    """One study after another turned to high risk takes levels away or leaves them."""
    bodies = [
        Body(
            subject="s",
            studies=tuple(
                study(str(place), weight=weight, bias="High" if place < high else "Low")
                for place, weight in enumerate(weights)
            ),
            pooled=True,
            interval=Interval(low=1.1, high=1.5, thresholds=(1.0,)),
        )
        for high in range(len(weights) + 1)
    ]
    heights = [LADDER.index(certainty(body, rules)) for body in bodies]

    assert all(later <= earlier for earlier, later in pairwise(heights))


@given(st.floats(0.4, 2), st.lists(st.floats(0.0, 1), min_size=2, max_size=6), st.sampled_from(list(RuleSet)))
def test_a_wider_interval_never_raises_the_certainty(middle, widths, rules):
    """Wider limits round the same estimate, of as many people, take levels away or leave them."""
    downs = [
        levels(
            Domain.IMPRECISION,
            study(),
            interval=ratio(middle / math.exp(width), middle * math.exp(width), people=1500),
            rules=rules,
        )
        for width in sorted(widths)
    ]

    assert all(later <= earlier for earlier, later in pairwise(downs))


@given(bodies_at_random, st.integers(0, 5000), st.sampled_from(list(RuleSet)))
def test_more_people_never_lower_the_certainty(body, more, rules):
    """The same limits from more people are no less precise."""
    if body.interval is None:
        return
    larger = replace(body, interval=replace(body.interval, participants=body.interval.participants + more))

    assert propose_ratings(larger, rules)[3].levels >= propose_ratings(body, rules)[3].levels


def synthesis(**cells):
    """A row of the syntheses table."""
    files = good_files() | {"claims/syntheses.csv": as_csv("syntheses", [{**ROWS["syntheses"][0], **cells}])}
    return next(rows(assemble(files).syntheses))


SOURCE = {"threshold_source": "source2010; set 2026-11, after the evidence was read"}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (
            {"target": "important effect", "threshold": "4"},
            "Rated is whether there is an effect larger than the important difference of 4 points",
        ),
        (
            {"target": "little or no effect", "threshold": "0.5"},
            "Rated is whether the effect is smaller than the important difference of 0.5 points",
        ),
        ({"target": "non-null effect"}, "Rated is whether there is any effect at all, whatever its size"),
        ({"target": "claim bounds"}, "Rated is on which side of the claim's own bounds the evidence lies"),
        (
            {"target": "non-null effect", "group": "intervention", "measure": "PLO"},
            "Rated is what happened in one group, against no bound",
        ),
    ],
)
def test_the_target_says_what_is_rated_by_which_threshold_and_when_it_was_set(cells, words):
    """A reader sees that the threshold was chosen after the evidence was read."""
    sentence = target_sentence(synthesis(**cells, **SOURCE), unit="points")

    assert sentence == f"{words} (source2010; set 2026-11, after the evidence was read)."


def test_a_synthesis_without_a_target_says_so():
    """Nothing is taken as the target in silence."""
    row = synthesis(target="")

    assert target_sentence(row) == "Rated is nothing in particular: the synthesis names no target."
    assert (rating_target(row).kind, rating_target(row).threshold) == ("", None)


def test_every_synthesis_of_the_article_has_its_target_in_words():
    """All name what is rated and where the threshold comes from."""
    sentences = {row.synthesis_id: target_sentence(row) for row in rows(review.load(ROOT).syntheses)}

    assert all(sentence.startswith("Rated is ") and "(" in sentence for sentence in sentences.values())
    assert not any("names no target" in sentence for sentence in sentences.values())


def differences(threshold):
    """The body of two differences of -2 and -6 cm against an important difference."""
    means = {"events": "", "percent": "", "sd": "2", "outcome_id": "girth"}
    changed = {"park2008": "-2", "kim2010": "-6"}
    results = [
        {**row, **means, "mean": changed[row["study_id"]] if row["group"] == "intervention" else "0"}
        for row in ROWS["results"]
    ]
    target = {"target": "important effect" if threshold else "non-null effect", "threshold": threshold}
    row = {**ROWS["syntheses"][0], "claim_id": "C01", "outcome_id": "girth", "measure": "MD", **target, **SOURCE}
    files = good_files() | {
        "claims/results.csv": as_csv("results", results),
        "claims/syntheses.csv": as_csv("syntheses", [row]),
    }
    book = assemble(files)
    return synthesis_evidence(book, index_of(book))["pain-rr"].body


def test_inconsistency_and_imprecision_have_one_threshold():
    """A difference inside the important one lies between, and the interval is asked about the same bounds."""
    assert [one.zone for one in differences("").studies] == ["claim", "claim"]
    assert [one.zone for one in differences("4").studies] == ["between", "claim"]
    assert differences("4").interval.thresholds == (-4.0, 4.0)


def test_a_body_of_a_comparison_knows_its_i2_its_null_and_each_studys_limits():
    """By hand: SE of a difference of two means with SD 2 and n 20 is sqrt(2 · 4 / 20) = 0.632456; Q = 16 / 0.8 = 20."""
    body = differences("")
    half = 1.959963984540054 * math.sqrt(0.4)

    assert body.i2 == pytest.approx(95.0)
    assert (body.interval.null, body.interval.participants, body.small_study_p) == (0.0, 80, None)
    assert [one.limits for one in body.studies] == [
        pytest.approx((-2 - half, -2 + half)),
        pytest.approx((-6 - half, -6 + half)),
    ]


def many_differences(means):
    """The body of as many trials with a SD of 2 in both arms and 10, 20, 30 and so on people in each."""
    cells = {"events": "", "percent": "", "sd": "2", "outcome_id": "girth"}
    arms = [row for row in ROWS["results"] if row["study_id"] == "park2008"]
    results = [
        {**row, **cells, "study_id": f"s{place}", "comparison_id": f"s{place}", "n": str(10 * place)}
        | {"mean": str(mean) if row["group"] == "intervention" else "0"}
        for place, mean in enumerate(means, start=1)
        for row in arms
    ]
    include = "; ".join(dict.fromkeys(row["comparison_id"] for row in results))
    row = {**ROWS["syntheses"][0], "outcome_id": "girth", "measure": "MD", "include": include}
    files = good_files() | {
        "claims/results.csv": as_csv("results", results),
        "claims/syntheses.csv": as_csv("syntheses", [row]),
    }
    book = assemble(files)
    return synthesis_evidence(book, index_of(book))["pain-rr"].body


@pytest.mark.parametrize(
    ("means", "p", "down"),
    [
        pytest.param((-6, -4.6, -4.1, -3.2, -3.1, -2.8, -2.6, -2.7, -2.3, -2.4), 3.10695698902e-07, -1, id="asymmetry"),
        pytest.param((-2, -3, -2.5, -3.2, -2.4, -2.9, -2.6, -2.7, -2.3, -3.1), 0.710353521362, 0, id="none"),
    ],
)
def test_ten_studies_are_tested_for_asymmetry(means, p, down):
    """P of metafor 3.8-1, regtest(rma(yi, vi), model = "lm"), printed to twelve digits."""
    body = many_differences(means)

    assert body.small_study_p == pytest.approx(p, rel=1e-9)
    assert propose_ratings(body)[4].levels == down
    assert many_differences(means[:9]).small_study_p is None


@pytest.mark.parametrize("rules", list(RuleSet))
def test_both_rule_sets_can_be_named_in_the_settings(rules):
    """The name in review.toml is read as a rule set."""
    settings, problems = parse_settings(f'title = "T"\nas_of = 2026-11-22\nrule_set = "{rules}"\n')

    assert (settings.rule_set, problems) == (rules, [])


def test_an_unknown_rule_set_is_refused_with_the_names_of_the_known():
    """A typing error does not turn into another set of rules."""
    settings, (problem,) = parse_settings('title = "T"\nas_of = 2026-11-22\nrule_set = "core-grade"\n')

    assert settings.rule_set == RuleSet.CORE
    assert (problem.rule, problem.column) == ("SET02", "rule_set")
    assert all(f'"{rules}"' in problem.message for rules in RuleSet)


@given(st.sampled_from(list(Certainty)), st.lists(st.integers(-3, 2), min_size=8, max_size=8))
def test_a_level_never_leaves_the_ladder(start, steps):
    """However many levels down or up, it ends between Very low and High."""
    ratings = tuple(Rating(domain=d, levels=s, reason="r") for d, s in zip(list(Domain)[:8], steps, strict=True))

    assert add_up(start, "design", ratings).level in list(Certainty)


def test_an_open_domain_leaves_the_certainty_open():
    """While a person must still judge, there is no level and the reason names the domain."""
    grade = add_up(Certainty.HIGH, "randomised", (Rating(domain=Domain.RISK_OF_BIAS, levels=None, reason="?"),))

    assert grade.level is None
    assert "a person must judge risk of bias" in grade.reason


def source(key, relation="supports", *, official=False, work=None):
    """A source for a fact."""
    return Source(reference_key=key, relation=relation, official=official, work=work or key)


@pytest.mark.parametrize(
    ("sources", "scale"),
    [
        pytest.param([source("a", official=True), source("b")], Documentation.WELL, id="two, one official"),
        pytest.param([source("a"), source("b")], Documentation.DOCUMENTED, id="two others"),
        pytest.param([source("a", official=True)], Documentation.DOCUMENTED, id="one official"),
        pytest.param([source("a")], Documentation.THIN, id="one other"),
        pytest.param([source("a", work="x"), source("b", work="x")], Documentation.THIN, id="two of one work"),
        pytest.param([source("a"), source("b", "contradicts")], Documentation.CONFLICTING, id="for and against"),
        pytest.param([], None, id="none"),
    ],
)
def test_facts_are_documented_by_independent_sources(sources, scale):
    """Each step of the scale."""
    assert document(sources)[0] == scale
