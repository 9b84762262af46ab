"""Effects of single studies and intervals of single proportions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx  # noqa: PT013 - reads as a word of the sentence

from review.effects import (
    EFFECT_MEASURES,
    POOL_RULES,
    back_transform,
    exact_interval,
    exact_upper_limit,
    measure_named,
    study_effects,
    wilson_interval,
)
from review.errors import InvalidInput, WrongUse
from review.vocabulary import Measure

REFERENCE = json.loads((Path(__file__).parent / "reference" / "metafor.json").read_text())

#: R prints 15 digits; an effect is a few operations on whole numbers.
EFFECT_TOLERANCE = 1e-12

#: Printed to four decimals.
FOUR_DECIMALS = 5e-5

COUNTS = {"events_1": [4, 6], "n_1": [20, 30], "events_2": [8, 9], "n_2": [21, 29]}


def counts(**changes):
    """Two studies with counts, some columns changed."""
    return pd.DataFrame(COUNTS | changes)


def messages(frame, measure=Measure.RR):
    """Rule, line, column and message of every problem of the frame."""
    with pytest.raises(InvalidInput) as caught:
        study_effects(frame, measure=measure)
    return [(problem.rule, problem.line, problem.column, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize("case", REFERENCE["effects"], ids=lambda case: f"{case['data']}-{case['measure']}")
def test_effects_are_those_of_metafor(case):
    """Estimates and variances of every data set are escalc's."""
    effects = study_effects(pd.DataFrame(REFERENCE["data"][case["data"]]), measure=Measure(case["measure"]))

    assert effects.yi.tolist() == approx(case["yi"], rel=EFFECT_TOLERANCE, abs=EFFECT_TOLERANCE)
    assert effects.vi.tolist() == approx(case["vi"], rel=EFFECT_TOLERANCE, abs=EFFECT_TOLERANCE)


def test_every_measure_is_compared_with_metafor():
    """No measure can be computed that has no pinned values, and no pinned value is lost."""
    assert {case["measure"] for case in REFERENCE["effects"]} == set(EFFECT_MEASURES)
    assert len(REFERENCE["effects"]) >= 89
    assert len(REFERENCE["proportions"]) >= 27


def test_normand_1999_risk_differences():
    """Table III of Normand 1999 (p. 330): lidocaine and death, in percentage points."""
    effects = study_effects(pd.DataFrame(REFERENCE["data"]["lidocaine"]), measure=Measure.RD)

    assert (100 * effects.yi).tolist() == approx([2.8026, 0, 1.9711, 1.7961, 3.5334, 4.4031], abs=FOUR_DECIMALS)
    assert (1e4 * effects.vi).tolist() == approx([17.7575, 37.5657, 8.1323, 10.8998, 8.0114, 6.1320], abs=FOUR_DECIMALS)


def test_normand_1999_mean_differences():
    """Table VIII of Normand 1999 (p. 351): length of stay after stroke, in days, with the pooled SD in both arms."""
    effects = study_effects(pd.DataFrame(REFERENCE["data"]["stroke_pooled_sd"]), measure=Measure.MD)

    assert effects.yi.tolist() == [-20, -2, -55, -71, -4, 1, 11, -10, 7]
    assert effects.vi.round(2).tolist() == [40.59, 2.05, 15.28, 150.22, 20.19, 1.22, 95.38, 8.03, 20.69]


def test_zero_cells_change_only_their_own_study():
    """1/2 goes into the four cells of the study with a zero cell; the other study stays as it is."""
    plain = study_effects(counts(), measure=Measure.OR)
    with_zero = study_effects(counts(events_1=[0, 6]), measure=Measure.OR)

    assert with_zero.yi[0] == approx(np.log(0.5 / 20.5) - np.log(8.5 / 13.5))
    assert with_zero.vi[0] == approx(1 / 0.5 + 1 / 20.5 + 1 / 8.5 + 1 / 13.5)
    assert with_zero.yi[1] == plain.yi[1]


@pytest.mark.parametrize("measure", [Measure.RR, Measure.OR, Measure.RD, Measure.MD])
def test_swapping_the_arms_flips_the_sign(measure):
    """The intervention is arm 1: exchanged arms give the same variance and the opposite estimate."""
    name = "stroke" if measure is Measure.MD else "zero_cells"
    frame = pd.DataFrame(REFERENCE["data"][name])
    swapped = frame.rename(columns=lambda column: column[:-1] + {"1": "2", "2": "1"}[column[-1]])
    one, other = study_effects(frame, measure=measure), study_effects(swapped, measure=measure)

    assert other.yi.tolist() == approx((-one.yi).tolist())
    assert other.vi.tolist() == approx(one.vi.tolist())


@pytest.mark.parametrize(
    ("measure", "value", "read"),
    [("RR", np.log(2), 2), ("OR", 0, 1), ("RD", -0.1, -0.1), ("MD", 3, 3), ("PLO", 0, 0.5), ("GEN", 7, 7)],
)
def test_back_transform_gives_the_scale_that_people_read(measure, value, read):
    """Ratios from logs, proportions from logits, everything else as it is."""
    assert float(back_transform(Measure(measure), value)) == approx(read)


def test_back_transform_of_a_limit_beyond_all_measure_is_infinite():
    """A limit that no number can hold is infinite, without a warning."""
    assert back_transform(Measure.RR, [0, 1000]).tolist() == [1, np.inf]


def test_estimates_may_stand_in_for_arms():
    """Where a frame has no arms, yi and vi are taken as they are; where it has both, the arms are."""
    given_ones = pd.DataFrame({"yi": [0.1, 0.2], "vi": [0.3, 0.4]})

    assert study_effects(given_ones, measure=Measure.RR).equals(given_ones)
    assert study_effects(counts(yi=[9, 9], vi=[9, 9]), measure=Measure.RR).equals(
        study_effects(counts(), measure=Measure.RR)
    )


def test_effects_keep_the_index():
    """Each effect can be joined to its study."""
    frame = counts().set_axis(["rzany2014", "ascher2014"])

    assert list(study_effects(frame, measure=Measure.RR).index) == ["rzany2014", "ascher2014"]


def test_text_and_nullable_numbers_are_numbers():
    """A column that was read as text, or with pandas' own integers, gives the same effects."""
    expected = study_effects(counts(), measure=Measure.RR)
    text = counts().astype(str)
    nullable = counts().astype("Int64")

    assert study_effects(text, measure=Measure.RR).equals(expected)
    assert study_effects(nullable, measure=Measure.RR).equals(expected)


def test_missing_columns_are_all_named():
    """Every column that the measure needs and the frame lacks is a problem of its own."""
    problems = messages(counts().drop(columns=["n_1", "events_2"]))

    assert [(rule, line, column) for rule, line, column, _ in problems] == [
        ("POOL01", None, "n_1"),
        ("POOL01", None, "events_2"),
    ]


@pytest.mark.parametrize(
    ("changes", "address", "words"),
    [
        pytest.param({"events_1": [4, 31]}, ("POOL03", 2, "events_1"), "31 of 30", id="more events than people"),
        pytest.param({"events_2": [-1, 9]}, ("POOL03", 1, "events_2"), "-1 of 21", id="negative count"),
        pytest.param({"n_1": [20, None]}, ("POOL02", 2, "n_1"), "no number", id="missing"),
        pytest.param({"events_1": [4, np.inf]}, ("POOL02", 2, "events_1"), "no number", id="infinite"),
        pytest.param({"events_1": ["4", "six"]}, ("POOL02", 2, "events_1"), "no number", id="word"),
        pytest.param({"events_1": [0, 6], "n_1": [0, 30]}, ("POOL03", 1, "n_1"), "above 0", id="nobody in an arm"),
    ],
)
def test_impossible_counts_are_refused_with_row_and_column(changes, address, words):
    """The problem names rule, row and column, and its message the value."""
    ((*found, message),) = messages(counts(**changes))

    assert tuple(found) == address
    assert words in message
    assert address[0] in POOL_RULES


@pytest.mark.parametrize(
    ("measure", "columns", "column"),
    [
        ("MD", {"mean_1": [1], "sd_1": [0], "n_1": [9], "mean_2": [2], "sd_2": [1], "n_2": [9]}, "sd_1"),
        ("MD", {"mean_1": [1], "sd_1": [1], "n_1": [0], "mean_2": [2], "sd_2": [1], "n_2": [9]}, "n_1"),
        ("MD", {"mean_1": [np.nan], "sd_1": [1], "n_1": [9], "mean_2": [2], "sd_2": [1], "n_2": [9]}, "mean_1"),
        ("GEN", {"yi": [0.1], "vi": [0.0]}, "vi"),
        ("GEN", {"yi": [0.1], "vi": [-1.0]}, "vi"),
        ("PLO", {"events": [5], "n": [4]}, "events"),
    ],
)
def test_impossible_numbers_of_other_measures_are_refused(measure, columns, column):
    """Standard deviations, variances and sizes are positive, and events at most the size."""
    assert [found for _, _, found, _ in messages(pd.DataFrame(columns), Measure(measure))] == [column]


def test_all_problems_come_at_once_in_the_order_of_the_rows():
    """Three bad cells give three problems, by row."""
    problems = messages(counts(events_1=[40, 6], events_2=[8, -2], n_2=[21, None]))

    assert [(line, column) for _, line, column, _ in problems] == [(1, "events_1"), (2, "events_2"), (2, "n_2")]


def test_a_shared_control_group_may_be_split():
    """Counts need not be whole."""
    half = study_effects(counts(events_2=[4.5, 9], n_2=[10.5, 29]), measure=Measure.RR)

    assert half.yi[0] == approx(np.log((4 / 20) / (4.5 / 10.5)))


@pytest.mark.parametrize("name", ["generic", "GEN", "gen"])
def test_generic_is_a_name_of_gen(name):
    """Estimates with variances have two names."""
    assert measure_named(name) is Measure.GEN


def test_an_unknown_measure_is_told_with_the_choices():
    """A word that is no measure is refused with the list."""
    with pytest.raises(WrongUse, match="'RRR' is no effect measure: choose one of RR, OR, RD, MD, PLO, GEN"):
        measure_named("RRR")


@pytest.mark.parametrize("name", ["PETO", "SMD", "ROM", "PFT"])
def test_a_measure_that_is_not_built_is_called_not_available(name):
    """A measure that exists is not denied."""
    with pytest.raises(WrongUse, match=f"{name} is not available"):
        measure_named(name)


@pytest.mark.parametrize(
    "case", REFERENCE["proportions"], ids=lambda case: f"{case['events']}-of-{case['n']}-{case['level']}"
)
def test_intervals_of_proportions_are_those_of_r(case):
    """Wilson's interval is prop.test's without continuity correction, the exact one binom.test's."""
    wilson = wilson_interval(case["events"], case["n"], case["level"])
    exact = exact_interval(case["events"], case["n"], case["level"])

    assert [float(limit) for limit in wilson] == approx([case["wilson_low"], case["wilson_high"]], abs=EFFECT_TOLERANCE)
    assert [float(limit) for limit in exact] == approx([case["exact_low"], case["exact_high"]], abs=EFFECT_TOLERANCE)


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(50, 99.9))
def test_wilson_limits_lie_around_the_share(counted, level):
    """The limits are between 0 and 1 and hold the share between them."""
    events, n = counted
    low, high = wilson_interval(events, n, level)

    assert 0 <= low <= events / n <= high <= 1


def test_many_proportions_at_once():
    """Arrays give arrays."""
    low, high = wilson_interval([0, 5, 12], [31, 16, 12])

    assert low[0] == 0
    assert high[2] == 1
    assert low.shape == high.shape == (3,)


def test_the_exact_upper_limit_of_no_event():
    """None of n has the risk at which none is seen in 5 of 100: near the rule of three."""
    limit = float(exact_upper_limit(100))

    assert (1 - limit) ** 100 == approx(0.05)
    assert limit == approx(3 / 100, rel=0.02)
    assert limit == approx(float(exact_interval(0, 100, 90)[1]))


@pytest.mark.parametrize("function", [wilson_interval, exact_interval])
def test_impossible_proportions_are_refused(function):
    """More events than people are an error of the inputs, and so is nobody."""
    with pytest.raises(InvalidInput, match="3 of 2"):
        function(3, 2)
    with pytest.raises(InvalidInput, match="n is 0"):
        exact_upper_limit(0)


@pytest.mark.parametrize("level", [0.95, 0, 100, -5, float("nan")])
def test_a_level_that_is_no_percentage_is_refused(level):
    """0.95 for 95 is told, not taken for a level of less than one percent."""
    with pytest.raises(WrongUse, match="in percent"):
        wilson_interval(1, 10, level)
