"""Numbers made from what a paper prints, against published examples and other software."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx  # noqa: PT013 - reads as a word of the sentence

from review.conversions import (
    CONVERSION_RULES,
    combine_counts,
    combine_means,
    log_ratio_se,
    mean_sd_from_quantiles,
    paired_difference,
    sd_from_difference,
    sd_from_interval,
    sd_from_se,
    se_from_interval,
    se_from_p,
    split_shared_arm,
)
from review.errors import InvalidInput, WrongUse
from review.vocabulary import Origin

#: R prints 15 digits and more; a conversion is a few operations.
SOFTWARE = 1e-12

#: Half a unit of what a page prints.
TWO_DECIMALS, THREE_DECIMALS, FOUR_DECIMALS, SIX_DECIMALS = 5e-3, 5e-4, 5e-5, 5e-7

RANGE, QUARTILES = {"minimum": 2, "maximum": 41}, {"q1": 6, "q3": 17}

#: n, what is given beside the median 9, mean and SD by metafor 4.4's conv.fivenum (test = FALSE, method luo2016 and
#: wan2014), and whether its test finds the sample skewed (by its formulas in R 4.2).
FIVE_NUMBERS = [
    (7, RANGE, 15.021544795358952, 14.29106691143328, False),
    (7, QUARTILES, 10.889285714285714, 10.103962147784886, False),
    (7, RANGE | QUARTILES, 14.361220613598714, 12.197514529609084, False),
    (30, RANGE, 11.972897250696676, 9.5575055212413016, True),
    (30, QUARTILES, 10.782500000000001, 8.5626224066574625, False),
    (30, RANGE | QUARTILES, 12.3038216208361, 9.0600639639493821, True),
    (100, RANGE, 10.403596372036779, 7.804399930371213, True),
    (100, QUARTILES, 10.75975, 8.2742542328822122, True),
    (100, RANGE | QUARTILES, 11.420082492316839, 8.0393270816267126, True),
]


def one(derived):
    """The only number of a derived value."""
    (value,) = derived.value
    return value


def messages(convert, *args, **numbers):
    """Row, column, rule and message of every problem of a call."""
    with pytest.raises(InvalidInput) as caught:
        convert(*args, **numbers)
    return [(problem.line, problem.column, problem.rule, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize("case", FIVE_NUMBERS)
def test_means_and_spreads_from_quantiles_are_those_of_metafor(case):
    """Luo's mean, Wan's spread and Shi's skewness are conv.fivenum's, for all three kinds of summary."""
    n, given, mean, sd, skewed = case
    arm = mean_sd_from_quantiles(n, median=9, **given)

    assert one(arm.mean) == approx(mean, rel=SOFTWARE)
    assert one(arm.sd) == approx(sd, rel=SOFTWARE)
    assert (arm.mean.doubtful.tolist(), arm.sd.doubtful.tolist()) == ([skewed], [skewed])


def test_luos_mean_is_that_of_another_package():
    """The example of Luo.mean in metaBLUE's manual (1, 4, 10 of 30 people) prints 4.356748."""
    arm = mean_sd_from_quantiles(30, median=4, minimum=1, maximum=10)

    assert one(arm.mean) == approx(4.356748, abs=SIX_DECIMALS)


def test_many_arms_are_converted_at_once_and_each_says_its_doubt():
    """Falls of pain (medians 1 and 2 with quartiles 0, 1 and 1, 3): the first is skewed, the second is not."""
    arms = mean_sd_from_quantiles([72, 76], median=[1, 2], q1=[0, 1], q3=[1, 3])

    assert arms.mean.value.tolist() == approx([(0.7 + 0.39 / 72) * 0.5 + (0.3 - 0.39 / 72), 2.0], rel=SOFTWARE)
    assert arms.sd.doubtful.tolist() == [True, False]


def test_a_derived_number_says_so_and_stays_as_it_is():
    """It carries its origin, method, source and what it rests on, and cannot be written to."""
    sd = mean_sd_from_quantiles(30, median=9, **QUARTILES).sd

    assert (sd.origin, sd.method, sd.sources) == (Origin.DERIVED, "SD from quartiles", ("wan2014",))
    assert "skewed" in sd.rests_on
    with pytest.raises(ValueError, match="read-only"):
        sd.value[0] = 0


def test_standard_errors_from_intervals_are_rs():
    """Normal and t, other levels, one arm's SD by t below 60 people and normal from there: (high - low) / 2q in R."""
    assert one(se_from_interval(1, 3)) == approx(0.51021345692465403, rel=SOFTWARE)
    assert one(se_from_interval(1, 3, df=38)) == approx(0.49397494708618661, rel=SOFTWARE)
    assert one(se_from_interval(1, 3, level=90)) == approx(0.60795683191176941, rel=SOFTWARE)
    assert one(sd_from_interval(44, 56, 25)) == approx(14.535598094673643, rel=SOFTWARE)
    assert one(sd_from_interval(44, 56, 100)) == approx(30.612807415479246, rel=SOFTWARE)
    assert one(log_ratio_se(0.5, 2)) == approx(0.35365301915106706, rel=SOFTWARE)


def test_the_handbooks_standard_error_from_a_p_value():
    """Handbook 5.1, 7.7.3.3: a difference of 3.8 among 25 and 22 people with P = 0.008 has t 2.78 and SE 1.37."""
    se = se_from_p(3.8, 0.008, df=25 + 22 - 2)

    assert one(se) == approx(1.37, abs=TWO_DECIMALS)
    assert one(se) == approx(1.36910030070529, rel=SOFTWARE)


def test_altman_and_blands_intervals_from_p_values():
    """BMJ 2011;343:d2090: 17 points, P = 0.032, give 1.4 to 32.6; the ratio 0.30, P = 0.034, gives 0.10 to 0.90."""
    se, log_se = one(se_from_p(17, 0.032)), one(se_from_p(np.log(0.30), 0.034))

    # Their z is an approximation of the normal quantile, good to two digits of the limits.
    assert [17 - 1.96 * se, 17 + 1.96 * se] == approx([1.4, 32.6], abs=0.1)
    assert np.exp([np.log(0.30) - 1.96 * log_se, np.log(0.30) + 1.96 * log_se]) == approx([0.10, 0.90], abs=0.02)
    assert se == approx(7.9275861787941126, rel=SOFTWARE)


def test_the_handbooks_paired_difference():
    """Handbook 5.1, 16.4.6.4: SDs 2.38 and 2.21 of 10 people with correlation 0.68 give a standard error of 0.583."""
    difference = paired_difference(sd_1=2.38, sd_2=2.21, n=10, correlation=0.68)

    assert one(difference.se) == approx(0.583, abs=THREE_DECIMALS)
    assert difference.se.doubtful.tolist() == difference.sd.doubtful.tolist() == [True]


def test_the_paired_spread_is_that_of_the_differences():
    """With R's sd and cor of six pairs, the spread is R's sd of their differences."""
    difference = paired_difference(
        sd_1=1.6940090515303234, sd_2=1.0998484744121195, n=6, correlation=0.73871181441759559
    )

    assert one(difference.sd) == approx(1.1518101695447329, rel=SOFTWARE)


def test_combined_arms_are_those_of_the_published_example():
    """StatsToDo's example by the Handbook's formula: three groups of 10, 20 and 15 give mean 12.2222 and SD 4.5028."""
    two = combine_means(n_1=10, mean_1=11.8, sd_1=2.4, n_2=20, mean_2=15.3, sd_2=3.2)
    all_three = combine_means(n_1=one(two.n), mean_1=one(two.mean), sd_1=one(two.sd), n_2=15, mean_2=8.4, sd_2=4.1)

    assert one(all_three.n) == 45
    assert one(all_three.mean) == approx(12.2222, abs=FOUR_DECIMALS)
    assert one(all_three.sd) == approx(4.5028, abs=FOUR_DECIMALS)


def test_combined_arms_are_one_group():
    """R's mean and sd of 13 numbers come from those of their first 6 and last 7."""
    both = combine_means(
        n_1=6,
        mean_1=3.8333333333333335,
        sd_1=2.9944392908634274,
        n_2=7,
        mean_2=4.0714285714285712,
        sd_2=2.8347335475692041,
    )

    assert one(both.mean) == approx(3.9615384615384617, rel=SOFTWARE)
    assert one(both.sd) == approx(2.7873339895374523, rel=SOFTWARE)


def test_counts_add_up_and_a_shared_arm_is_split_without_rounding():
    """Two arms make one; one arm of 45 with 7 events over two comparisons is 22.5 with 3.5."""
    both = combine_counts(events_1=[4, 1], n_1=[20, 10], events_2=[6, 0], n_2=[25, 12])
    share = split_shared_arm(events=7, n=45, comparisons=2)

    assert (both.events.value.tolist(), both.n.value.tolist()) == ([10, 1], [45, 22])
    assert (one(share.events), one(share.n)) == (3.5, 22.5)


@given(se=st.floats(0.01, 100), n_1=st.integers(2, 500), n_2=st.integers(2, 500), sd=st.floats(0.01, 100))
def test_spread_and_error_go_back_and_forth(se, n_1, n_2, sd):
    """An SD from an SE has that SE, and a common SD within two arms has the error of their difference."""
    assert one(sd_from_se(sd / np.sqrt(n_1), n_1)) == approx(sd)
    assert one(sd_from_difference(se, n_1, n_2)) * np.sqrt(1 / n_1 + 1 / n_2) == approx(se)


@pytest.mark.parametrize(
    ("convert", "numbers", "expected"),
    [
        pytest.param(
            mean_sd_from_quantiles,
            {"n": [8, 8], "median": [1, 5], "q1": [0, 6], "q3": [1, 7]},
            [(2, "median", "CONV03", "row 2: median is 5 and must not be so small: q1, median, q3 rise in this order")],
            id="quantiles-fall",
        ),
        pytest.param(
            mean_sd_from_quantiles,
            {"n": 9, "median": 2, "q1": 2, "q3": 2},
            [(1, "q3", "CONV03", "row 1: q3 is 2 and must not be so small: q1, median, q3 rise in this order")],
            id="no-spread",
        ),
        pytest.param(
            mean_sd_from_quantiles,
            {"n": 4, "median": 2, "q1": 1, "q3": 3},
            [(1, "n", "CONV02", "row 1: n is 4 and must be 5 or more")],
            id="too-few",
        ),
        pytest.param(
            se_from_p,
            {"estimate": [1, 0], "p": [0.5, 0.04]},
            [(2, "estimate", "CONV02", "row 2: estimate is 0 and must not be 0, which says nothing of its error")],
            id="no-difference",
        ),
        pytest.param(
            se_from_p,
            {"estimate": 1, "p": 0},
            [(1, "p", "CONV02", "row 1: p is 0 and must lie between 0 and 1")],
            id="p-of-zero",
        ),
        pytest.param(
            sd_from_se,
            {"se": float("nan"), "n": 4},
            [(1, "se", "CONV01", "row 1: se is nan and must be a number: fill it in")],
            id="missing",
        ),
        pytest.param(
            log_ratio_se,
            {"low": 0, "high": 2},
            [(1, "low", "CONV02", "row 1: low is 0 and must be above 0")],
            id="ratio-of-zero",
        ),
        pytest.param(
            split_shared_arm,
            {"events": 7, "n": 45, "comparisons": 1.5},
            [(1, "comparisons", "CONV02", "row 1: comparisons is 1.5 and must be a whole number from 1 on")],
            id="half-a-comparison",
        ),
        pytest.param(
            combine_counts,
            {"events_1": 7, "n_1": 5, "events_2": 1, "n_2": 5},
            [(1, "events_1", "CONV02", "row 1: events_1 is 7 and must lie between 0 and the arm's size")],
            id="more-events-than-people",
        ),
        pytest.param(
            paired_difference,
            {"sd_1": 1, "sd_2": 1, "n": 10, "correlation": 1},
            [(1, "correlation", "CONV02", "row 1: correlation is 1 and must leave some spread between the sides")],
            id="sides-alike",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_row(convert, numbers, expected):
    """A number that cannot be is named with its row, its column and what it must be."""
    found = messages(convert, **numbers)

    assert found == expected
    assert {rule for _, _, rule, _ in found} <= set(CONVERSION_RULES)


@pytest.mark.parametrize("given", [{}, {"q1": 1}, {"minimum": 1, "q1": 1, "q3": 3}, {"q1": 1, "maximum": 9}])
def test_a_median_with_half_a_pair_is_wrong_use(given):
    """Quartiles and ends come in pairs, and one pair at least."""
    with pytest.raises(WrongUse, match="give both quartiles, or minimum and maximum, or all four"):
        mean_sd_from_quantiles(9, median=2, **given)


def test_lists_of_different_lengths_are_wrong_use():
    """Three errors of two sizes are nobody's."""
    with pytest.raises(WrongUse, match="no numbers of one length"):
        sd_from_se([1, 2, 3], [4, 5])
