"""How firm a pooled result is: against metafor, against published numbers, by its laws, and at its edges."""

from __future__ import annotations

import itertools
import json
import math
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx  # noqa: PT013 - reads as a word of the sentence

from review.effects import study_effects
from review.errors import CannotPool, InvalidInput, ReviewError, WrongUse
from review.synthesis import (
    STUDIES_FOR_SMALL_STUDY_TESTS,
    absolute_effects,
    egger_test,
    influence,
    leave_one_out,
    pool,
    rank_test,
    small_study_effects,
    subgroups,
    tau2_interval,
    trim_and_fill,
)
from review.synthesis.funnel import LINKED, TOO_FEW
from review.synthesis.funnel_line import TAU2_OF_LINE, slope_of_funnel
from review.synthesis.options import Tau2
from review.synthesis.q_profile import EMPTY
from review.synthesis.small_study import STUDIES_FOR_EXACT_RANKS
from review.synthesis.subgroup_analysis import NO_ERROR, ONE_SUBGROUP
from review.synthesis.trimming import MISSING, Estimator
from review.vocabulary import Measure

REFERENCE = json.loads((Path(__file__).parent / "reference" / "robustness.json").read_text())

#: Closed formulas and converged searches agree far closer than this; the largest difference is 4e-10, of an I².
METAFOR_TOLERANCE = 1e-8

#: Only the sign of this slope is used; its tau² is searched to 1e-9 of its range.
SLOPE_TOLERANCE = 1e-6

#: Printed decimals, and whole numbers.
THREE_DECIMALS, WHOLE = 5e-4, 0.5


def data(name):
    """One of the data sets that the pinned values were made from."""
    return pd.DataFrame(REFERENCE["data"][name])


def generic(yi, vi):
    """Studies by estimate and variance."""
    return pd.DataFrame({"yi": yi, "vi": vi}, dtype=float)


def counts(*rows):
    """Studies by their counts."""
    return pd.DataFrame(rows, columns=["events_1", "n_1", "events_2", "n_2"])


def ten(slope=0.0):
    """Ten studies whose estimates change with the standard error."""
    sei = np.linspace(0.1, 1, 10)
    return generic(0.3 + slope * sei + 0.1 * np.array([1, -1, -1, 1, 1, -1, 1, -1, -1, 1]), sei**2)


def by_inverse_variance(case):
    """The call that a pinned case stands for, without the estimator of a common effect."""
    return {
        "measure": case["measure"],
        "model": case["model"],
        "tau2": case["tau2_method"] or "REML",
        "interval": "z" if case["interval"] == "z" else "hk",
        "adhoc": case["interval"] == "adhoc",
    }


def options(case):
    """The call that a pinned case stands for."""
    return by_inverse_variance(case) | {"common": case["common"] or "IV"}


def case_id(case):
    """A readable name of a pinned case."""
    names = ("data", "measure", "common", "tau2_method", "interval", "estimator", "given")
    return "-".join(str(case[name]) for name in names if case.get(name))


def pinned(part):
    """The cases of one part of the pinned values, as parameters of a test."""
    return pytest.mark.parametrize("case", REFERENCE[part], ids=case_id)


def numbers(values):
    """Numbers as an array, NaN where there is none."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def as_metafor(expected):
    """What is equal to metafor's number within the tolerance."""
    values = numbers(expected) if isinstance(expected, list) else expected
    return approx(values, rel=METAFOR_TOLERANCE, abs=METAFOR_TOLERANCE, nan_ok=True)


# Against metafor


@pinned("leave_one_out")
def test_leaving_one_out_is_that_of_metafor(case):
    """Every synthesis that lacks a study has metafor's numbers, or as there none."""
    table = leave_one_out(data(case["data"]), **options(case))

    for name in ("mu", "se", "ci_low", "ci_high", "q", "q_p", "tau2", "i2", "h2"):
        assert table[name].to_numpy() == as_metafor(case[name]), name
    assert [bool(reason) for reason in table["reason"]] == [value is None for value in case["mu"]]


@pinned("influence")
def test_influence_is_that_of_metafor(case):
    """Residuals, changes, tau² and Q without a study, and the mark of the influential agree."""
    table = influence(data(case["data"]), **by_inverse_variance(case))

    for name in ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "q_del", "hat", "dfbs"):
        assert table[name].to_numpy() == as_metafor(case[name]), name
    assert table["influential"].tolist() == case["influential"]


@pinned("tau2_interval")
def test_the_interval_of_tau2_is_that_of_metafor(case):
    """Estimate and Q-profile limits of tau², I² and H² agree, and so does what is empty."""
    found = tau2_interval(data(case["data"]), measure=case["measure"], tau2=case["tau2_method"])

    for name in ("tau2", "i2", "h2"):
        limits = [getattr(found, name + end) for end in ("", "_ci_low", "_ci_high")]
        assert np.array(limits) == as_metafor(case[name]), name
    assert (found.empty, found.note) == (case["empty"], EMPTY if case["empty"] else "")


@pinned("egger")
def test_eggers_test_is_that_of_metafor(case):
    """Slope, t, p and the limit at perfect precision agree with the weighted regression."""
    found = asdict(egger_test(data(case["data"]), measure=case["measure"]))
    names = ("slope", "se", "t", "df", "p", "limit", "limit_ci_low", "limit_ci_high")

    assert {name: found[name] for name in names} == as_metafor({name: case[name] for name in names})


@pytest.mark.parametrize("case", [case for case in REFERENCE["rank"] if case["p"] is not None], ids=case_id)
def test_the_rank_test_is_that_of_metafor(case):
    """Kendall's tau and its p agree, exact without ties and by the normal distribution with them."""
    found = rank_test(data(case["data"]), measure=case["measure"])

    assert (found.tau, found.p) == as_metafor((case["tau"], case["p"]))


@pinned("trim_and_fill")
def test_trim_and_fill_is_that_of_metafor(case):
    """Side, number and place of the filled studies and the adjusted effect agree."""
    found = trim_and_fill(
        data(case["data"]), **by_inverse_variance(case), estimator=case["estimator"], side=case["given"]
    )
    adjusted = {name: getattr(found.adjusted, name) for name in ("mu", "se", "ci_low", "ci_high", "tau2", "q")}

    assert (found.side, found.k0) == (case["side"], case["k0"])
    assert numbers([found.p_k0]) == as_metafor([case["p_k0"]])
    assert case["se_k0"] == "not compared" or numbers([found.se_k0]) == as_metafor([case["se_k0"]])
    assert numbers([study.yi for study in found.filled]) == as_metafor(case["yi"])
    assert numbers([study.vi for study in found.filled]) == as_metafor(case["vi"])
    assert adjusted == as_metafor({name: case[name] for name in adjusted})


@pinned("funnel_line")
def test_the_line_that_finds_the_side_is_that_of_metafor(case):
    """The slope on the standard error agrees under every estimator of tau²."""
    effects = study_effects(data(case["data"]), measure=Measure(case["measure"]))
    tau2 = Tau2(case["tau2_method"]) if case["tau2_method"] else None

    assert slope_of_funnel(effects["yi"].to_numpy(), effects["vi"].to_numpy(), tau2) == approx(
        case["slope"], rel=SLOPE_TOLERANCE
    )


@pinned("subgroups")
def test_subgroups_are_those_of_metafor(case):
    """Each subgroup has the numbers of its own fit, and the test those of a fit to the subgroups' estimates."""
    found = subgroups(data(case["data"]), by="group", **options(case))

    assert [part.label for part in found.subgroups] == case["labels"]
    assert np.array([part.pooled.mu for part in found.subgroups]) == as_metafor(case["mu"])
    assert np.array([part.pooled.se for part in found.subgroups]) == as_metafor(case["se"])
    assert (found.q, found.df, found.p, found.i2) == as_metafor((case["q"], case["df"], case["p"], case["i2"]))


def test_the_grid_of_pinned_values_does_not_shrink():
    """Every part is pinned over at least as many cases as there were, from two studies on."""
    least = {"leave_one_out": 206, "influence": 176, "tau2_interval": 88, "egger": 39, "rank": 42}
    least |= {"trim_and_fill": 320, "subgroups": 74, "funnel_line": 45}

    assert {part: len(REFERENCE[part]) for part in least if len(REFERENCE[part]) < least[part]} == {}
    assert {2, 3, 4, 5, 13, 48} <= {len(data(name)) for name in REFERENCE["data"]}
    assert {case["tau2_method"] for case in REFERENCE["funnel_line"]} == {*TAU2_OF_LINE, None}
    assert {case["estimator"] for case in REFERENCE["trim_and_fill"]} == set(MISSING) == set(Estimator)


# Against published numbers


def test_viechtbauer_2007_interval_of_tau2():
    """Table II of Viechtbauer 2007 (p. 44): tau² .230 by DL, Q-profile limits .072 and 2.203."""
    found = tau2_interval(data("preeclampsia"), measure="OR", tau2="DL")

    assert (found.tau2, found.tau2_ci_low, found.tau2_ci_high) == approx((0.230, 0.072, 2.203), abs=THREE_DECIMALS)


@pytest.mark.parametrize(
    ("measure", "effect", "fewer"), [("RR", 0.92, 24), ("OR", 0.73, 62)], ids=["12.5.4.2", "12.5.4.3"]
)
def test_cochrane_handbook_absolute_effects(measure, effect, fewer):
    """The examples of the Cochrane Handbook 5.1: at 300 per 1000, so many fewer per 1000."""
    row = absolute_effects(effect, effect, effect, measure, 0.3).iloc[0]

    assert row["comparator_per_1000"] == 300
    assert row["difference_per_1000"] == approx(-fewer, abs=WHOLE)


def test_karner_2014_absolute_effect():
    """Summary of findings of Karner 2014 (CD009285.pub3): OR 0.78 (0.70 to 0.87) makes 382 (357 to 408) of 442."""
    row = absolute_effects(0.78, 0.70, 0.87, "OR", [0.442]).iloc[0]
    found = [row[f"intervention{end}_per_1000"] for end in ("", "_low", "_high")]

    assert [round(value) for value in found] == [382, 357, 408]
    assert round(row["difference_per_1000"]) == -60


# By hand and by their laws


def test_leaving_one_out_is_pooling_the_others():
    """Each row is what `pool` makes of the frame without that row, and keeps its index."""
    frame = data("bcg").set_axis([f"trial {i}" for i in range(13)])
    table = leave_one_out(frame, interval="hk", level=90)
    third = pool(frame.drop(index="trial 3"), interval="hk", level=90)

    assert list(table.index) == list(frame.index)
    assert table.loc["trial 3", "k"] == 12
    for name in ("mu", "ci_low", "estimate", "estimate_ci_high", "tau2", "q_p", "pi_low"):
        assert table.loc["trial 3", name] == approx(getattr(third, name))


def test_eggers_test_is_the_intercept_of_his_own_form():
    """The slope is the intercept of the unweighted regression of yi / sei on 1 / sei, and the limit its slope."""
    frame = data("magnesium_2001")
    effects = study_effects(frame, measure=Measure.OR)
    precision = 1 / np.sqrt(effects["vi"])
    design = np.column_stack([np.ones(len(effects)), precision])
    intercept, slope = np.linalg.lstsq(design, effects["yi"] * precision, rcond=None)[0]
    found = egger_test(frame, measure="OR")

    assert (found.slope, found.limit) == approx((intercept, slope))


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [1, 0, 2, 3, 4], [4, 2, 0, 3, 1], [2, 1, 4, 3, 0]], ids=str)
def test_an_exact_rank_test_counts_all_orders(order):
    """Its p is twice the share of orders that are as far from the middle, in that direction or beyond."""

    def score(values):
        pairs = itertools.combinations(values, 2)
        return sum(np.sign(later - first) for first, later in pairs)

    # With hardly differing variances, the order of the standardised estimates is that of the estimates.
    found = rank_test(generic(order, 1 + 1e-6 * np.arange(5)), measure="generic")
    here, scores = score(order), [score(each) for each in itertools.permutations(range(5))]
    tail = np.mean([each >= abs(here) for each in scores])

    assert found.exact
    assert found.tau == approx(here / 10)
    assert found.p == approx(min(1, 2 * tail))


def test_the_rank_test_of_very_many_studies_is_the_normal_one():
    """Beyond five hundred studies p comes from the normal distribution, and hardly differs from the exact one."""
    k = STUDIES_FOR_EXACT_RANKS
    generator = np.random.default_rng(7)
    frame = generic(generator.normal(size=k + 1), 0.1 + generator.random(k + 1))
    many, exact = rank_test(frame, measure="generic"), rank_test(frame.head(k), measure="generic")

    assert (many.exact, exact.exact) == (False, True)
    assert many.p == approx(exact.p, abs=0.05)


@pytest.mark.parametrize("level", [80, 95, 99])
def test_q_at_the_limits_of_tau2_is_the_quantile(level):
    """With the weights of a limit, Q has exactly half of what the level leaves beyond it."""
    frame = generic([0.8, -0.1, 0.3, 2.5, 0.0], [1e-4, 0.3, 2e-3, 1.1, 0.04])
    found = tau2_interval(frame, measure="generic", level=level)
    shifted = [frame.assign(vi=frame["vi"] + limit) for limit in (found.tau2_ci_low, found.tau2_ci_high)]
    tails = [pool(each, measure="generic", model="common").q_p for each in shifted]

    assert tails == approx([(1 - level / 100) / 2, (1 + level / 100) / 2])


def test_the_interval_of_tau2_has_the_unit_of_the_estimates():
    """In other units tau² changes by their square, I² and H² stay; far-apart variances do no harm."""
    frame = generic([0.8, -0.1, 0.3, 2.5, 0.0], [1e-12, 0.3, 2e-3, 1.1e6, 0.04])
    found, larger = (
        tau2_interval(generic(unit * frame["yi"], unit**2 * frame["vi"]), measure="generic") for unit in (1, 1e5)
    )

    assert (larger.tau2_ci_low, larger.tau2_ci_high) == approx((1e10 * found.tau2_ci_low, 1e10 * found.tau2_ci_high))
    assert (larger.i2_ci_low, larger.h2_ci_high) == approx((found.i2_ci_low, found.h2_ci_high))


@pytest.mark.parametrize("estimator", ["L0", "R0"])
def test_trim_and_fill_of_mirrored_studies_is_mirrored(estimator):
    """With all signs turned, as many studies are missing on the other side, and the effect is turned."""
    frame = data("on_the_right")
    found, turned = (
        trim_and_fill(frame.assign(yi=sign * frame["yi"]), measure="generic", estimator=estimator) for sign in (1, -1)
    )

    assert (found.side, turned.side, found.k0) == ("left", "right", turned.k0)
    assert turned.adjusted.mu == approx(-found.adjusted.mu)


def test_what_is_filled_in_mirrors_what_is_trimmed():
    """The filled studies are the outermost, turned around the centre of the others, with their variances."""
    frame = data("on_the_right")
    found = trim_and_fill(frame, measure="generic")
    ordered = frame.sort_values("yi")
    kept, trimmed = ordered.iloc[: -found.k0], ordered.iloc[-found.k0 :]
    centre = pool(kept, measure="generic").mu

    assert found.k0 == 5
    assert [study.yi for study in found.filled] == approx((2 * centre - trimmed["yi"]).tolist())
    assert [study.vi for study in found.filled] == trimmed["vi"].tolist()
    assert found.adjusted.k == len(frame) + 5
    assert found.pooled == pool(frame, measure="generic")


def test_the_q_of_all_studies_is_that_within_and_between_subgroups():
    """By inverse variance and a common effect, Q is the sum of those in subgroups and of that between them."""
    frame = data("bcg")
    found = subgroups(frame, by="group", model="common")

    assert found.q + sum(part.pooled.q for part in found.subgroups) == approx(pool(frame, model="common").q)


def test_the_order_of_studies_does_not_matter():
    """Every result is the same with the rows turned round."""
    frame = data("expectancy").drop(columns="group").assign(group=["a", "b", "c"] * 6 + ["a"])
    turned = frame.iloc[::-1]

    def of(rows):
        return (
            leave_one_out(rows, measure="generic")["mu"].sort_index().tolist(),
            influence(rows, measure="generic")["cook_d"].sort_index().tolist(),
            egger_test(rows, measure="generic").p,
            rank_test(rows, measure="generic").p,
            trim_and_fill(rows, measure="generic").adjusted.mu,
            tau2_interval(rows, measure="generic").tau2_ci_high,
            subgroups(rows, by="group", measure="generic").q,
        )

    for found, expected in zip(of(turned), of(frame), strict=True):
        assert found == approx(expected, rel=1e-9)


def test_absolute_effects_at_several_baseline_risks():
    """Rows keep their order; RR multiplies, RD adds, PETO is an odds ratio; differences are from the baseline."""
    baseline = [0.4, 0.1, 0.0]
    ratio = absolute_effects(0.5, 0.25, 1.5, "rr", baseline)
    difference = absolute_effects(0.05, -0.05, 0.1, "RD", baseline)

    assert ratio["intervention_per_1000"].tolist() == approx([200, 50, 0])
    assert ratio["difference_low_per_1000"].tolist() == approx([-300, -75, 0])
    assert ratio["difference_high_per_1000"].tolist() == approx([200, 50, 0])
    assert difference["intervention_per_1000"].tolist() == approx([450, 150, 50])
    assert not ratio["beyond"].any()
    pd.testing.assert_frame_equal(
        absolute_effects(0.7, 0.5, 0.9, "PETO", baseline), absolute_effects(0.7, 0.5, 0.9, "OR", baseline)
    )


def test_absolute_effects_stay_between_none_and_all():
    """A risk that the effect would lead beyond 0 or 1000 per 1000 stays there, and the row says so."""
    ratio = absolute_effects(2, 1.5, math.inf, "RR", [0.6, 0.0])
    difference = absolute_effects(-0.2, -0.3, -0.1, "RD", [0.15, 0.5])
    odds = absolute_effects(3, 0, math.inf, "OR", [0.0, 0.5, 1.0])

    assert ratio["intervention_per_1000"].tolist() == [1000, 0]
    assert ratio["intervention_high_per_1000"].tolist() == [1000, 0]
    assert ratio["beyond"].tolist() == [True, False]
    assert difference["intervention_low_per_1000"].tolist() == approx([0, 200])
    assert difference["beyond"].tolist() == [True, False]
    assert odds["intervention_per_1000"].tolist() == approx([0, 750, 1000])
    assert odds["intervention_low_per_1000"].tolist() == approx([0, 0, 1000])
    assert odds["intervention_high_per_1000"].tolist() == approx([0, 1000, 1000])
    assert not odds["beyond"].any()


# When a test may be used


def test_fewer_than_ten_studies_are_not_tested():
    """Nine studies give no test and no fill, only the words that say so; ten do."""
    nine, all_ten = small_study_effects(ten().head(9), measure="generic"), small_study_effects(ten(), measure="generic")

    assert STUDIES_FOR_SMALL_STUDY_TESTS == 10
    assert asdict(nine) == {
        "k": 9,
        "tested": False,
        "note": "not tested: fewer than 10 studies",
        "egger": None,
        "rank": None,
        "trimmed": None,
    }
    assert nine.note == TOO_FEW
    assert (all_ten.tested, all_ten.note) == (True, "")
    assert all_ten.egger == egger_test(ten(), measure="generic")
    assert all_ten.rank == rank_test(ten(), measure="generic")
    assert all_ten.trimmed == trim_and_fill(ten(), measure="generic")


def test_small_studies_with_larger_effects_are_found():
    """Where estimates grow with the standard error, the test says so and the fill is on the left."""
    found = small_study_effects(ten(slope=1), measure="generic")

    assert found.egger.p < 0.01
    assert found.egger.slope == approx(1, abs=0.5)
    assert found.trimmed.side == "left"


def test_ratios_are_tested_with_a_caution():
    """For odds ratios the note says that the regression test is positive too often."""
    found = small_study_effects(data("magnesium_2001"), measure="OR", model="common")

    assert (found.tested, found.note) == (True, LINKED)


def test_ten_studies_that_cannot_be_tested_say_why():
    """Equally precise studies leave nothing to test."""
    found = small_study_effects(generic(range(10), [1] * 10), measure="generic")

    assert (found.tested, found.egger) == (False, None)
    assert found.note == "not tested: all studies are equally precise: nothing can be said of small and large studies"


# At the edges

EVERY = {
    "leave_one_out": leave_one_out,
    "influence": influence,
    "tau2_interval": tau2_interval,
    "egger_test": egger_test,
    "rank_test": rank_test,
    "trim_and_fill": trim_and_fill,
}

#: What is wrong whatever the number of studies.
WRONG_WORDS = [{"model": "both"}, {"tau2": "XX"}, {"interval": "t"}, {"level": 0.95}]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("k", [0, 1])
def test_too_few_studies_are_refused(name, k):
    """No study and one study give no result, and the message counts."""
    with pytest.raises(CannotPool, match=r"needs (two|3) or .*, and there (is|are)"):
        EVERY[name](generic([0.1, 0.3], [0.2, 0.1]).head(k), measure="generic")


@pytest.mark.parametrize("name", ["egger_test", "rank_test", "trim_and_fill"])
def test_two_studies_have_no_asymmetry(name):
    """Through two studies every line fits."""
    with pytest.raises(CannotPool, match="3 or more studies, and there are 2"):
        EVERY[name](generic([0.1, 0.3], [0.2, 0.1]), measure="generic")


@pytest.mark.parametrize("name", [*EVERY, "subgroups"])
def test_a_wrong_cell_is_named_once_by_its_own_row(name):
    """The address of a fault is that of the frame that was given, not of a part or a stack of it."""
    frame = counts((1, 10, 2, 10), (3, 12, 1, 15), (20, 12, 4, 11), (5, 30, 6, 29)).assign(arm=["a", "a", "b", "b"])
    call = EVERY.get(name, lambda frame: subgroups(frame, by="arm"))

    with pytest.raises(InvalidInput) as caught:
        call(frame)
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(3, "events_1")]


@pytest.mark.parametrize("name", EVERY)
def test_unknown_words_are_refused(name):
    """A measure that does not exist is wrong use, whatever is asked of it."""
    with pytest.raises(WrongUse, match="is no effect measure"):
        EVERY[name](ten(), measure="XYZ")


@pytest.mark.parametrize("words", WRONG_WORDS, ids=str)
def test_words_are_checked_also_where_nothing_is_tested(words):
    """Too few studies for a test do not hide a wrong option."""
    with pytest.raises(WrongUse):
        small_study_effects(ten().head(3), measure="generic", **words)


def test_a_synthesis_that_loses_its_last_events_says_so():
    """Without the one study with events in the comparator, Mantel-Haenszel has no estimate."""
    table = leave_one_out(data("no_events_but_in_one"), measure="OR", model="common", common="MH")

    assert table["reason"].str.contains("Mantel-Haenszel has no estimate here").tolist() == [False, True, False]
    assert table["mu"].isna().tolist() == [False, True, False]


def test_mantel_haenszel_needs_counts_also_when_one_is_left_out():
    """Estimates and variances will not do."""
    with pytest.raises(InvalidInput, match="events_1"):
        leave_one_out(ten(), measure="OR", model="common", common="MH")


def test_identical_studies_move_nothing():
    """Under Hartung and Knapp's interval their standard error is 0, and what is divided by it is not defined."""
    table = influence(data("identical"), measure="generic", interval="hk")
    wald = influence(data("identical"), measure="generic")

    assert table[["rstudent", "dffits", "cook_d", "cov_r", "dfbs"]].isna().all(axis=None)
    assert not table["influential"].any()
    assert wald["rstudent"].tolist() == wald["cook_d"].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("call", [influence, trim_and_fill, small_study_effects])
def test_only_inverse_variance_is_trimmed_and_measured(call):
    """The Mantel-Haenszel-centred tau² is refused with another to use."""
    with pytest.raises(WrongUse, match="DL"):
        call(data("bcg"), tau2="mh")


def test_angles_are_not_filled_in():
    """A mirrored angle may be that of no proportion, so PFT is refused with the measure to use."""
    for call in (trim_and_fill, small_study_effects):
        with pytest.raises(WrongUse, match="PLO"):
            call(data("vasospasm").head(4), measure="PFT")


def test_estimates_closer_than_chance_have_an_empty_interval():
    """No tau² fits: both limits are 0, and the note says why."""
    found = tau2_interval(data("homogeneous"), measure="generic")

    assert (found.empty, found.note) == (True, EMPTY)
    assert (found.tau2_ci_low, found.tau2_ci_high, found.i2_ci_high, found.h2_ci_high) == (0, 0, 0, 1)


def test_an_estimate_may_lie_outside_its_interval():
    """The interval is that of the Q-profile, whatever the estimator."""
    found = [tau2_interval(data("expectancy"), measure="generic", tau2=tau2) for tau2 in ("DL", "REML")]

    assert found[0].tau2 != found[1].tau2
    assert found[0].tau2_ci_low == found[1].tau2_ci_low
    assert found[0].tau2_ci_high == found[1].tau2_ci_high


def test_a_level_is_in_percent():
    """0.95 is refused, with what to give."""
    for call in (tau2_interval, egger_test, trim_and_fill, small_study_effects):
        with pytest.raises(WrongUse, match="give one such as 95"):
            call(ten(), measure="generic", level=0.95)


def test_equally_precise_studies_have_no_line():
    """Nothing can be regressed on one standard error; trim and fill then needs its side."""
    frame = data("same_variance")

    with pytest.raises(CannotPool, match="all studies are equally precise"):
        egger_test(frame, measure="generic")
    with pytest.raises(CannotPool, match="no side follows from the funnel plot: give one"):
        trim_and_fill(frame, measure="generic")
    assert trim_and_fill(frame, measure="generic", side="right").side == "right"


def test_studies_on_a_line_leave_no_error():
    """A perfect fit has no p, as where all estimates are the same."""
    for yi in ([0.5] * 4, [1.1, 1.2, 1.3, 1.4]):
        with pytest.raises(CannotPool, match="on a line"):
            egger_test(generic(yi, [0.01, 0.04, 0.09, 0.16]), measure="generic")


@pytest.mark.parametrize("name", ["same_estimate", "same_variance", "identical"])
def test_what_has_no_ranks_has_no_rank_test(name):
    """Where all estimates or all variances are the same, there is no order."""
    with pytest.raises(CannotPool, match="no ranks"):
        rank_test(data(name), measure="generic")


@pytest.mark.parametrize("estimator", ["L0", "R0"])
@pytest.mark.parametrize("name", ["same_estimate", "identical"])
def test_nothing_is_missing_from_studies_that_agree(name, estimator):
    """Studies that all lie at their centre but for rounding lack none on either side."""
    for side in ("left", "right"):
        found = trim_and_fill(data(name), measure="generic", estimator=estimator, side=side)

        assert (found.k0, found.filled, found.adjusted) == (0, (), found.pooled)


def test_the_words_of_trim_and_fill_are_closed():
    """Another side or estimator is refused with the list."""
    with pytest.raises(WrongUse, match="side 'up' is not known: choose one of left, right"):
        trim_and_fill(ten(), measure="generic", side="up")
    with pytest.raises(WrongUse, match="estimator 'Q0' is not known: choose one of L0, R0"):
        trim_and_fill(ten(), measure="generic", estimator="Q0")


def test_a_subgroup_of_one_study_is_that_study():
    """It has the study's own estimate and enters the test by its own error."""
    frame = data("stroke")
    found = subgroups(frame, by="group", measure="MD")
    alone = found.subgroups[1]

    assert (alone.label, alone.k, alone.pooled.tau2) == ("one", 1, 0)
    assert alone.pooled.mu == approx(study_effects(frame, measure=Measure.MD)["yi"].iloc[0])
    assert found.df == 2


def test_one_subgroup_is_not_compared():
    """Its numbers are given, the test is not."""
    found = subgroups(data("bcg").assign(group="all"), by="group")

    assert (found.q, found.df, found.p, found.i2, found.reason) == (None, None, None, None, ONE_SUBGROUP)
    assert found.subgroups[0].pooled == pool(data("bcg"))


def test_a_subgroup_without_an_estimate_is_named():
    """It says why, and nothing is compared with it."""
    frame = data("no_events_but_in_one").assign(arm=["rare", "common", "rare"])
    found = subgroups(frame, by="arm", measure="OR", model="common", common="MH")

    assert found.reason == "no estimate in rare"
    assert [part.pooled is None for part in found.subgroups] == [False, True]
    assert "Mantel-Haenszel has no estimate here" in found.subgroups[1].reason


def test_a_subgroup_without_an_error_is_not_compared():
    """Identical studies have a Hartung-Knapp error of 0, which would outweigh every other."""
    frame = generic([0.25, 0.25, 0.5, 0.75], [0.1] * 4).assign(arm=["a", "a", "b", "b"])

    assert subgroups(frame, by="arm", measure="generic", interval="hk").reason == NO_ERROR
    assert subgroups(frame, by="arm", measure="generic").reason == ""


@pytest.mark.parametrize("empty", [None, "", " ", math.nan])
def test_a_study_in_no_subgroup_is_refused(empty):
    """The row is named: nobody is left out in silence."""
    frame = ten().head(3).assign(arm=["a", empty, "b"])

    with pytest.raises(WrongUse, match="no subgroup in column 'arm' for row 2: name one"):
        subgroups(frame, by="arm", measure="generic")


def test_subgroups_need_their_column_and_a_study():
    """A missing column and an empty frame are told apart."""
    with pytest.raises(WrongUse, match="there is no column 'arm'"):
        subgroups(ten(), by="arm", measure="generic")
    with pytest.raises(CannotPool, match="no study to pool"):
        subgroups(ten().head(0).assign(arm=""), by="arm", measure="generic")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ((0.8, 0.9, 1.2, "RR", 0.1), "estimate between its limits"),
        ((-0.2, -0.4, 0.1, "OR", 0.1), "ratios not as logarithms"),
        ((math.nan, 0.5, 1, "RR", 0.1), "is no effect with its limits"),
        ((0.1, -2, 0.3, "RD", 0.1), "from -1 to 1"),
        ((0.8, 0.7, 0.9, "RR", 442), "0.25 for 250 per 1000: 442 is no proportion"),
        ((0.8, 0.7, 0.9, "RR", math.nan), "nan is no proportion"),
        ((0.8, 0.7, 0.9, "RR", [[0.1]]), "no plain list"),
        ((0.8, 0.7, 0.9, "MD", 0.1), "'MD' gives no risk per 1000: choose one of RR, OR, PETO, RD"),
    ],
)
def test_impossible_effects_and_risks_are_refused(call, message):
    """One clear message says what to give instead."""
    with pytest.raises(WrongUse, match=message):
        absolute_effects(*call)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(1e-9, 1e9, allow_subnormal=False)), min_size=3, max_size=8))
def test_any_possible_studies_give_a_result_or_a_reason(rows):
    """Whatever the numbers, there is a result or one of our errors, and never a warning."""
    frame = generic(*zip(*rows, strict=True)).assign(arm=["a", "b"] * (len(rows) // 2) + ["a"] * (len(rows) % 2))
    calls = [*EVERY.values(), lambda frame, measure: subgroups(frame, by="arm", measure=measure)]

    for call in calls:
        with suppress(ReviewError):
            call(frame, measure="generic")
