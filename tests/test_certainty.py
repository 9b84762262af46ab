"""GRADE's domains and the documentation scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.certainty import (
    Body,
    Interval,
    Rating,
    Source,
    StudyEvidence,
    add_up,
    document,
    optimal_information_size,
    propose_ratings,
    start_level,
)
from review.vocabulary import Certainty, Design, Documentation, Domain


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


def levels(domain, *studies, **given_values):
    """The levels that the rules propose for a domain."""
    body = Body(subject="s", studies=studies, **({"pooled": True} | given_values))
    return {rating.domain: rating.levels for rating in propose_ratings(body)}[domain]


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


def test_every_design_has_a_start():
    """No design of the tables is without its start."""
    assert all(start_level(Body(subject="s", studies=(study(design=design),)))[0] in Certainty for design in Design)


@pytest.mark.parametrize(
    ("weights", "down"),
    [((54.9, 45.1), 0), ((55.0, 45.0), -1), ((100.0, 0.0), -1), ((0.0, 100.0), 0)],
)
def test_high_risk_studies_count_by_weight(weights, down):
    """One level down from 55 % of the weight on."""
    high, low = weights

    assert levels(Domain.RISK_OF_BIAS, study(bias="High", weight=high), study("b", weight=low)) == down


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


def test_the_optimal_information_size_is_that_of_the_formula():
    """Risks of 0.3 and 0.2, by hand: 2 (1.959964 + 0.841621)² (0.21 + 0.16) / 0.01 = 580.8."""
    assert optimal_information_size(0.3, 0.2) == pytest.approx(580.8, abs=0.05)
    assert optimal_information_size(0.3, 0.3) == float("inf")


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
