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
    COUNTS,
    EFFECT_MEASURES,
    MEANS,
    POOL_RULES,
    back_transform,
    exact_interval,
    exact_upper_limit,
    measure_named,
    observed_minus_expected,
    study_effects,
    wilson_interval,
)
from review.effects.measures import small_sample_correction
from review.errors import InvalidInput, WrongUse
from review.vocabulary import Measure

REFERENCE = json.loads((Path(__file__).parent / "reference" / "metafor.json").read_text())

#: R prints 15 digits; an effect is a few operations on whole numbers.
EFFECT_TOLERANCE = 1e-12

#: Printed to four decimals.
FOUR_DECIMALS = 5e-5

TWO_STUDIES = {"events_1": [4, 6], "n_1": [20, 30], "events_2": [8, 9], "n_2": [21, 29]}
TWO_MEANS = {"mean_1": [3, 4], "sd_1": [1, 2], "n_1": [9, 12], "mean_2": [2, 5], "sd_2": [1, 2], "n_2": [10, 11]}


def counts(**changes):
    """Two studies with counts, some columns changed."""
    return pd.DataFrame(TWO_STUDIES | changes)


#: A control group that was shared out until half a person was left in each arm.
ONE_PERSON = pd.DataFrame({"events_1": [0], "n_1": [0.5], "events_2": [0], "n_2": [0.5]})


def means(**changes):
    """Two studies with means, some columns changed."""
    return pd.DataFrame(TWO_MEANS | changes)


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
    assert len(REFERENCE["effects"]) >= 377
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


def test_miller_1978_double_arcsines():
    """Four proportions of Miller 1978 (p. 138), who does not halve the transformation, there and back."""
    frame = pd.DataFrame(REFERENCE["data"]["miller"])
    effects = study_effects(frame, measure=Measure.PFT)

    assert (2 * effects.yi).tolist() == approx([1.1391, 1.2888, 1.5253, 0.9515], abs=FOUR_DECIMALS)
    assert (4 * effects.vi).tolist() == approx([0.0870, 0.0571, 0.0465, 0.1538], abs=FOUR_DECIMALS)
    assert back_transform(Measure.PFT, effects.yi, n=frame.n).tolist() == approx((frame.events / frame.n).tolist())


@pytest.mark.parametrize(
    ("df", "factor"),
    [(2, 1 / np.sqrt(np.pi)), (3, np.sqrt(np.pi / 6)), (4, np.sqrt(2 / np.pi)), (6, np.sqrt(64 / 27 / np.pi))],
)
def test_the_bias_correction_of_a_standardised_mean_difference_is_exact(df, factor):
    """The gamma function of whole and half numbers, in closed form, at few degrees of freedom."""
    assert float(small_sample_correction(np.array(df, dtype=float))) == approx(factor)


def test_the_bias_correction_nears_its_usual_approximation():
    """1 - 3 / (4 df - 1) is right to 4e-4 from 10 degrees of freedom on."""
    df = np.arange(10.0, 400)

    assert small_sample_correction(df) == approx(1 - 3 / (4 * df - 1), abs=4e-4)


def test_a_standardised_mean_difference_by_hand():
    """Two arms of 10 with a pooled SD of 2 and means 1 apart: the factor of 18 degrees of freedom over 2."""
    frame = pd.DataFrame(dict(zip(MEANS, ([6.0], [2.0], [10], [5.0], [2.0], [10]), strict=True)))
    effect = study_effects(frame, measure=Measure.SMD).iloc[0]
    g = float(small_sample_correction(np.array(18.0))) / 2

    assert effect.yi == approx(g)
    assert effect.vi == approx(1 / 10 + 1 / 10 + g**2 / 40)


def test_a_ratio_of_means_by_hand():
    """Means 6 and 3: log 2, with the squared coefficients of variation over the sizes as variance."""
    frame = pd.DataFrame(dict(zip(MEANS, ([6.0], [2.0], [10], [3.0], [1.5], [20]), strict=True)))
    effect = study_effects(frame, measure=Measure.ROM).iloc[0]

    assert effect.yi == approx(np.log(2))
    assert effect.vi == approx((2 / 6) ** 2 / 10 + (1.5 / 3) ** 2 / 20)


def test_observed_minus_expected_by_hand():
    """4 of 20 against 8 of 21: 12 events in 41 people, of which 20 x 12 / 41 were expected."""
    difference, variance = observed_minus_expected(*(np.array([float(TWO_STUDIES[name][0])]) for name in COUNTS))

    assert difference[0] == approx(4 - 20 * 12 / 41)
    assert variance[0] == approx(12 * 29 * 20 * 21 / (41**2 * 40))


def test_zero_cells_change_only_their_own_study():
    """1/2 goes into the four cells of the study with a zero cell; the other study stays as it is."""
    plain = study_effects(counts(), measure=Measure.OR)
    with_zero = study_effects(counts(events_1=[0, 6]), measure=Measure.OR)

    assert with_zero.yi[0] == approx(np.log(0.5 / 20.5) - np.log(8.5 / 13.5))
    assert with_zero.vi[0] == approx(1 / 0.5 + 1 / 20.5 + 1 / 8.5 + 1 / 13.5)
    assert with_zero.yi[1] == plain.yi[1]


@pytest.mark.parametrize(
    "measure", [measure for measure in EFFECT_MEASURES if "n_1" in EFFECT_MEASURES[measure].columns]
)
def test_swapping_the_arms_flips_the_sign(measure):
    """The intervention is arm 1: exchanged arms give the same variance and the opposite estimate."""
    name = "stroke" if EFFECT_MEASURES[measure].columns == MEANS else "zero_cells"
    frame = pd.DataFrame(REFERENCE["data"][name])
    swapped = frame.rename(columns=lambda column: column[:-1] + {"1": "2", "2": "1"}[column[-1]])
    one, other = study_effects(frame, measure=measure), study_effects(swapped, measure=measure)

    assert other.yi.tolist() == approx((-one.yi).tolist())
    assert other.vi.tolist() == approx(one.vi.tolist())


@pytest.mark.parametrize(("measure", "whole"), [(Measure.PLO, 0), (Measure.PFT, np.pi / 2)])
def test_swapping_event_and_no_event_mirrors_a_proportion(measure, whole):
    """Those without the event make the opposite logit, and the rest of the right angle."""
    frame = pd.DataFrame(REFERENCE["data"]["none_and_all"])
    one = study_effects(frame, measure=measure)
    other = study_effects(frame.assign(events=frame.n - frame.events), measure=measure)

    assert other.yi.tolist() == approx((whole - one.yi).tolist())
    assert other.vi.tolist() == approx(one.vi.tolist())


@pytest.mark.parametrize(
    ("measure", "value", "read"),
    [
        *(("RR", np.log(2), 2), ("OR", 0, 1), ("RD", -0.1, -0.1), ("PETO", np.log(3), 3), ("MD", 3, 3)),
        *(("SMD", -0.4, -0.4), ("ROM", np.log(0.5), 0.5), ("PLO", 0, 0.5), ("GEN", 7, 7)),
    ],
)
def test_back_transform_gives_the_scale_that_people_read(measure, value, read):
    """Ratios from logs, proportions from logits, everything else as it is."""
    assert float(back_transform(Measure(measure), value)) == approx(read)


def test_back_transform_of_a_limit_beyond_all_measure_is_infinite():
    """A limit that no number can hold is infinite, without a warning."""
    assert back_transform(Measure.RR, [0, 1000]).tolist() == [1, np.inf]


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_double_arcsines_are_turned_back_into_their_proportions(counted):
    """Of every count the proportion itself comes back."""
    events, n = counted
    effect = study_effects(pd.DataFrame({"events": [events], "n": [n]}), measure=Measure.PFT)

    assert float(back_transform(Measure.PFT, effect.yi, n=n)[0]) == approx(events / n, abs=1e-12)


def test_double_arcsines_beyond_none_and_all_are_none_and_all():
    """A limit outside the angles of 0 and n of n people is 0 or 1."""
    assert back_transform(Measure.PFT, [-0.1, 0.0, np.pi / 2, 2.0], n=10).tolist() == [0, 0, 1, 1]


def test_double_arcsines_cannot_be_read_without_the_number_of_people():
    """The same angle is another proportion of more people."""
    with pytest.raises(WrongUse, match="PFT cannot be read without the number of people"):
        back_transform(Measure.PFT, 0.5)


@pytest.mark.parametrize("measure", EFFECT_MEASURES)
def test_every_measure_takes_estimates_in_place_of_arms(measure):
    """Estimates and variances are taken as they are, whatever they are estimates of."""
    given_ones = pd.DataFrame({"yi": [0.1, 0.2], "vi": [0.3, 0.4]})

    assert study_effects(given_ones, measure=measure).equals(given_ones)


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
    assert study_effects(text.map(" {} ".format), measure=Measure.RR).equals(expected)
    assert study_effects(nullable, measure=Measure.RR).equals(expected)


def test_missing_columns_are_all_named():
    """Every column that the measure needs and the frame lacks is a problem of its own."""
    problems = messages(counts().drop(columns=["n_1", "events_2"]))

    assert [(rule, line, column) for rule, line, column, _ in problems] == [
        ("POOL01", None, "n_1"),
        ("POOL01", None, "events_2"),
    ]


def test_a_column_that_stands_twice_is_refused():
    """Which of the two is meant cannot be known."""
    frame = pd.concat([counts(), counts()[["n_1"]]], axis=1)

    assert [(rule, column) for rule, _, column, _ in messages(frame)] == [("POOL01", "n_1")]


@pytest.mark.parametrize(
    ("changes", "address", "words"),
    [
        pytest.param({"events_1": [4, 31]}, ("POOL03", 2, "events_1"), "31 of 30", id="more events than people"),
        pytest.param({"events_2": [-1, 9]}, ("POOL03", 1, "events_2"), "-1 of 21", id="negative count"),
        pytest.param({"n_1": [20, None]}, ("POOL02", 2, "n_1"), "no number", id="missing"),
        pytest.param({"events_1": [4, np.inf]}, ("POOL02", 2, "events_1"), "no number", id="infinite"),
        pytest.param({"events_1": ["4", "six"]}, ("POOL02", 2, "events_1"), "'six' is no number", id="word"),
        pytest.param({"n_2": ["21", "29,5"]}, ("POOL02", 2, "n_2"), "'29,5' is no number: write digits", id="comma"),
        pytest.param({"n_2": ["21", " "]}, ("POOL02", 2, "n_2"), "n_2 is no number: fill it in", id="blank"),
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
    ("measure", "frame", "address", "words"),
    [
        pytest.param("MD", means(sd_1=[1, -2]), ("POOL03", 2, "sd_1"), "is -2 and must not be", id="negative SD"),
        pytest.param("MD", means(sd_1=[0, 2], sd_2=[0, 2]), ("POOL03", 1, "sd_1"), "so is sd_2", id="no SD in MD"),
        pytest.param("SMD", means(sd_1=[0, 2], sd_2=[0, 2]), ("POOL03", 1, "sd_1"), "so is sd_2", id="no SD in SMD"),
        pytest.param("SMD", means(n_1=[9, 1], n_2=[9, 2]), ("POOL03", 2, "n_1"), "needs 4", id="three people in SMD"),
        pytest.param("MD", means(n_1=[0, 12]), ("POOL03", 1, "n_1"), "must be above 0", id="nobody in an arm"),
        pytest.param("MD", means(mean_1=[np.nan, 4]), ("POOL02", 1, "mean_1"), "no number", id="no mean"),
        pytest.param("ROM", means(mean_2=[2, 0]), ("POOL03", 2, "mean_2"), "above 0 for a ratio", id="mean of 0"),
        pytest.param("ROM", means(mean_1=[-3, 4]), ("POOL03", 1, "mean_1"), "is -3", id="negative mean"),
        pytest.param("PETO", ONE_PERSON, ("POOL03", 1, "n_1"), "needs 2", id="one person in PETO"),
        pytest.param("GEN", pd.DataFrame({"yi": [0.1], "vi": [0.0]}), ("POOL03", 1, "vi"), "is 0", id="variance of 0"),
        pytest.param("GEN", pd.DataFrame({"yi": [0.1], "vi": [-1.0]}), ("POOL03", 1, "vi"), "is -1", id="negative vi"),
        pytest.param("PLO", pd.DataFrame({"events": [5], "n": [4]}), ("POOL03", 1, "events"), "5 of 4", id="5 of 4"),
        pytest.param("PFT", pd.DataFrame({"events": [5], "n": [4]}), ("POOL03", 1, "events"), "5 of 4", id="PFT"),
        pytest.param("PFT", pd.DataFrame({"yi": [1.6], "vi": [0.1]}), ("POOL03", 1, "yi"), "an angle", id="no angle"),
        pytest.param("PFT", pd.DataFrame({"yi": [0.6], "vi": [0.5]}), ("POOL03", 1, "vi"), "below 0.5", id="no size"),
        pytest.param("MD", means(sd_1=[1e200, 1]), ("POOL04", 1, ""), "gives no MD", id="beyond all measure"),
        pytest.param("SMD", means(n_1=[1, 12], sd_2=[0, 1]), ("POOL04", 1, ""), "gives no SMD", id="no pooled SD"),
    ],
)
def test_impossible_numbers_of_other_measures_are_refused(measure, frame, address, words):
    """Every rule of a measure is told with its row and the value."""
    ((*found, message),) = messages(frame, Measure(measure))

    assert tuple(found) == address
    assert words in message
    assert f"row {address[1]}: " in message
    assert address[0] in POOL_RULES


def test_one_arm_without_spread_is_taken():
    """As in metafor, an SD of 0 in one arm leaves the variance of the other."""
    effects = study_effects(means(sd_1=[0, 2]), measure=Measure.MD)

    assert effects.vi[0] == approx(1 / 10)


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
    with pytest.raises(WrongUse, match=f"'RRR' is no effect measure: choose one of {', '.join(EFFECT_MEASURES)}"):
        measure_named("RRR")


def test_hazard_ratios_are_told_their_way():
    """A measure that is not made from arms is not denied."""
    with pytest.raises(WrongUse, match="HR is not made from arms here: give log ratios as GEN"):
        measure_named("HR")


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
