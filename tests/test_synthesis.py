"""Pooling: against metafor, against published tables, by its laws, and at its edges."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, fields
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pytest import approx  # noqa: PT013 - reads as a word of the sentence

from review.effects import EFFECT_MEASURES, SINGLE_ARM
from review.errors import CannotPool, InvalidInput, WrongUse
from review.synthesis import pool, pool_many, primary_analysis, single_arm_risks
from review.synthesis.fits import ITERATIVE
from review.synthesis.groups import one_group
from review.synthesis.mantel_haenszel import MANTEL_HAENSZEL
from review.synthesis.options import MANTEL_HAENSZEL_MEASURES, Common, Tau2
from review.synthesis.tau2 import TAU2_ESTIMATORS, tau2_ml, tau2_paule_mandel, tau2_reml

REFERENCE = json.loads((Path(__file__).parent / "reference" / "metafor.json").read_text())

#: Closed formulas and a converged REML agree far closer than this; the largest difference is 5e-10.
METAFOR_TOLERANCE = 1e-8

#: Printed decimals.
TWO_DECIMALS, THREE_DECIMALS, FOUR_DECIMALS = 5e-3, 5e-4, 5e-5

#: The keys of `review pool --json`.
JSON_KEYS = (
    *("k", "measure", "mu", "se", "ci_low", "ci_high", "estimate", "estimate_ci_low", "estimate_ci_high"),
    *("tau2", "i2", "h2", "q", "q_p", "pi_low", "pi_high", "studies"),
)


def data(name):
    """One of the data sets that the pinned values were made from."""
    return pd.DataFrame(REFERENCE["data"][name])


def generic(yi, vi):
    """Studies by estimate and variance."""
    return pd.DataFrame({"yi": yi, "vi": vi})


def counts(*rows):
    """Studies by their counts."""
    return pd.DataFrame(rows, columns=["events_1", "n_1", "events_2", "n_2"])


#: What `intervals` of a pinned case lists, in its order.
LIMITS = ("se", "ci_low", "ci_high", "pi_low", "pi_high")


def options(case, interval="z"):
    """The call that a pinned case stands for."""
    return {
        "measure": case["measure"],
        "model": case["model"],
        "common": case["common"] or "IV",
        "tau2": case["tau2_method"] or "REML",
        "interval": "z" if interval == "z" else "hk",
        "adhoc": interval == "adhoc",
        "level": case["level"],
    }


def case_id(case):
    """A readable name of a pinned case."""
    return f"{case['data']}-{case['measure']}-{case['common'] or case['tau2_method']}-{case['level']}"


# Against metafor


@pytest.mark.parametrize("case", [case for case in REFERENCE["pins"] if case["mu"] is not None], ids=case_id)
def test_pooled_numbers_are_those_of_metafor(case):
    """Estimate, errors, intervals, heterogeneity and weights agree to 1e-8."""
    frame = data(case["data"])
    fits = {interval: pool(frame, **options(case, interval)) for interval in case["intervals"]}
    expected = {name: case[name] for name in ("k", "mu", "tau2", "i2", "h2", "q", "q_p")}
    ours = {name: getattr(fits["z"], name) for name in expected}
    for interval, pooled in fits.items():
        # metafor gives a common effect a prediction interval, which is its confidence interval; we give none.
        names = LIMITS if case["model"] == "random" else LIMITS[:3]
        ours |= {f"{name} {interval}": getattr(pooled, name) for name in names}
        expected |= dict(zip((f"{name} {interval}" for name in names), case["intervals"][interval], strict=False))
    if "weights" in case:
        ours |= {f"weight {row}": study.weight for row, study in enumerate(fits["z"].studies)}
        expected |= {f"weight {row}": weight for row, weight in enumerate(case["weights"])}
    if "estimate" in case:
        names = ("estimate", "estimate_ci_low", "estimate_ci_high")
        ours |= {name: getattr(fits["z"], name) for name in names}
        expected |= dict(zip(names, case["estimate"], strict=True))

    assert ours == approx(expected, rel=METAFOR_TOLERANCE, abs=METAFOR_TOLERANCE)


@pytest.mark.parametrize("case", [case for case in REFERENCE["pins"] if case["mu"] is None], ids=case_id)
def test_where_metafor_has_no_estimate_there_is_none(case):
    """Without events in an arm Mantel-Haenszel, and without any Peto's method, is refused with what to do instead."""
    with pytest.raises(CannotPool, match=r"(Mantel-Haenszel|Peto's method) has no estimate here.*use IV"):
        pool(data(case["data"]), **options(case))


def test_the_grid_of_pinned_values_does_not_shrink():
    """Every measure, model, estimator and interval is pinned, over at least as many cases as there were."""
    pins = REFERENCE["pins"]

    assert len(pins) >= 3910
    assert sum(len(case.get("intervals", ())) for case in pins) >= 11101
    assert len(REFERENCE["data"]) >= 141
    assert {(case["measure"], case["tau2_method"]) for case in pins} >= set(product(EFFECT_MEASURES, TAU2_ESTIMATORS))
    assert {case["common"] for case in pins} - {None} == set(Common)
    assert {case["tau2_method"] for case in pins} - {None} == set(Tau2)
    assert {name for case in pins for name in case.get("intervals", ())} == {"z", "knha", "adhoc"}
    assert {case["k"] for case in pins} >= {1, 2, 3, 13, 25}


def test_every_word_has_a_formula():
    """The word lists of the command line and the mappings of the formulas agree."""
    assert {*TAU2_ESTIMATORS, Tau2.MH} == set(Tau2)
    assert set(MANTEL_HAENSZEL) == set(MANTEL_HAENSZEL_MEASURES)


# Against published tables


def test_vanhouwelingen_2002_common_effect():
    """BCG vaccine, odds ratio .647 (.595 to .703) as in the text of van Houwelingen 2002, p. 596."""
    pooled = pool(data("bcg"), measure="OR", model="common")

    assert pooled.estimate == approx(0.647, abs=THREE_DECIMALS)
    assert pooled.estimate_ci_low == approx(0.595, abs=THREE_DECIMALS)
    # The exact limit is .7024; the paper has .703.
    assert pooled.estimate_ci_high == approx(0.703, abs=2 * THREE_DECIMALS)


@pytest.mark.parametrize("methods", [{"model": "common"}, {"tau2": "DL"}, {"tau2": "REML"}], ids=str)
def test_normand_1999_lidocaine(methods):
    """Table VII of Normand 1999 (p. 349): 2.94 (0.4 to 5.5) more deaths in 100, tau² 0, by every method."""
    pooled = pool(data("lidocaine"), measure="RD", **methods)

    assert 100 * pooled.mu == approx(2.94, abs=TWO_DECIMALS)
    assert 100 * pooled.ci_low == approx(0.4, abs=0.05)
    assert 100 * pooled.ci_high == approx(5.5, abs=0.05)
    assert pooled.tau2 == 0


@pytest.mark.parametrize(
    ("methods", "mu", "interval", "tau2"),
    [
        ({"model": "common"}, -3.49, (-5.03, -1.96), 0),
        ({"tau2": "DL"}, -14.10, (-24.45, -3.75), 218.72),
        ({"tau2": "REML"}, -15.12, (-32.67, 2.43), 685.20),
    ],
    ids=["common", "DL", "REML"],
)
def test_normand_1999_length_of_stay(methods, mu, interval, tau2):
    """Table IX of Normand 1999 (p. 352): days in hospital after a stroke, with the pooled SD in both arms."""
    pooled = pool(data("stroke_pooled_sd"), measure="MD", **methods)

    assert pooled.mu == approx(mu, abs=TWO_DECIMALS)
    assert (pooled.ci_low, pooled.ci_high) == approx(interval, abs=TWO_DECIMALS)
    assert pooled.tau2 == approx(tau2, abs=TWO_DECIMALS)


@pytest.mark.parametrize(
    ("tau2", "tau", "mu", "se"),
    [
        *(("DL", 0.2323, -0.3240, 0.1540), ("REML", 0.1843, -0.2980, 0.1343), ("PM", 0.3681, -0.3811, 0.2060)),
        *(("HE", 0.4410, -0.4035, 0.2327), ("EB", 0.3681, -0.3811, 0.2060), ("HS", 0.1330, -0.2666, 0.1125)),
        ("SJ", 0.4572, -0.4079, 0.2386),
        # ML is left out: its 0.0023 is where a search by steps of 1e-5 in tau² stops, the likelihood falls from 0.
    ],
)
def test_dersimonian_2007_clasp(tau2, tau, mu, se):
    """Tables 3 and 4 of DerSimonian and Kacker 2007 (p. 111-112): low-dose aspirin in pregnancy."""
    pooled = pool(data("clasp"), measure="OR", tau2=tau2)

    assert np.sqrt(pooled.tau2) == approx(tau, abs=FOUR_DECIMALS)
    assert pooled.mu == approx(mu, abs=FOUR_DECIMALS)
    assert pooled.se == approx(se, abs=FOUR_DECIMALS)


@pytest.mark.parametrize(("tau2", "expected"), [("DL", 0.230), ("ML", 0.239), ("REML", 0.301), ("SJ", 0.456)])
def test_viechtbauer_2007_preeclampsia(tau2, expected):
    """Table II of Viechtbauer 2007 (p. 44): diuretics in pregnancy (Collins 1985), tau² of the log odds ratio."""
    assert pool(data("preeclampsia"), measure="OR", tau2=tau2).tau2 == approx(expected, abs=THREE_DECIMALS)


#: tau², I² and H² of two sets of studies by the estimators in the order of VIECHTBAUER_METHODS.
VIECHTBAUER_METHODS = ("HS", "HE", "DL", "ML", "REML", "EB", "SJ")
VIECHTBAUER = {
    "viechtbauer_1": (
        (0.228, 0.148, 0.277, 0.197, 0.223, 0.192, 0.199),
        (77.23, 68.80, 80.44, 74.51, 76.84, 74.05, 74.75),
        (4.39, 3.21, 5.11, 3.92, 4.32, 3.85, 3.96),
    ),
    "viechtbauer_2": (
        (0.010, 0.000, 0.013, 0.013, 0.016, 0.010, 0.025),
        (22.93, 0.00, 27.53, 28.45, 32.02, 23.72, 42.67),
        (1.30, 1.00, 1.38, 1.40, 1.47, 1.31, 1.74),
    ),
}


@pytest.mark.parametrize("name", VIECHTBAUER)
def test_viechtbauer_2005_compares_seven_estimators(name):
    """The two examples of Viechtbauer 2005 (p. 271-272), as the author's own package has them."""
    fits = [pool(data(name), measure="GEN", tau2=tau2) for tau2 in VIECHTBAUER_METHODS]
    tau2, i2, h2 = VIECHTBAUER[name]

    assert [fit.tau2 for fit in fits] == approx(tau2, abs=THREE_DECIMALS)
    assert [fit.i2 for fit in fits] == approx(i2, abs=TWO_DECIMALS)
    assert [fit.h2 for fit in fits] == approx(h2, abs=TWO_DECIMALS)


def test_yusuf_1985_beta_blockers_by_peto():
    """Table 6 of Yusuf 1985: an odds ratio of 0.93 (0.74 to 1.18), as metafor's own tests quote it."""
    pooled = pool(data("yusuf_table_6"), measure="PETO", model="common", common="PETO")

    assert (pooled.estimate, pooled.estimate_ci_low, pooled.estimate_ci_high) == approx(
        (0.93, 0.74, 1.18), abs=TWO_DECIMALS
    )


def test_miller_1978_pools_by_double_arcsine():
    """Miller's four proportions weighted, turned back by the harmonic mean of the sizes, as metafor's own tests do."""
    pooled = pool(data("miller"), measure="PFT", model="common")

    assert 2 * pooled.mu == approx(1.3093, abs=FOUR_DECIMALS)
    assert pooled.estimate == approx(0.3595, abs=FOUR_DECIMALS)


def test_bcg_by_reml():
    """The example of metafor's own paper (viechtbauer2010): log risk ratio -0.7145, tau² 0.3132."""
    pooled = pool(data("bcg"))

    assert pooled.mu == approx(-0.7145, abs=FOUR_DECIMALS)
    assert pooled.tau2 == approx(0.3132, abs=FOUR_DECIMALS)
    assert pooled.i2 == approx(92.22, abs=TWO_DECIMALS)


# By hand


def test_mantel_haenszel_centred_dl_is_dl_around_another_centre():
    """tau² is (Q - df) / (sum w - sum w² / sum w), Q taken around the Mantel-Haenszel estimate."""
    frame = data("composite_1")
    studies = pool(frame).studies
    yi, wi = np.array([s.yi for s in studies]), 1 / np.array([s.vi for s in studies])
    q = float(np.sum(wi * (yi - pool(frame, model="common", common="MH").mu) ** 2))

    pooled = pool(frame, tau2="MH")

    assert pooled.q == approx(q)
    assert pooled.tau2 == approx(max(0, (q - 3) / (wi.sum() - (wi**2).sum() / wi.sum())))


def test_studies_that_say_nothing_of_a_ratio_have_no_estimate_beside_mantel_haenszel():
    """No event in both arms: no estimate, no weight, and no degree of freedom of Q."""
    frame = data("double_zero")
    pooled = pool(frame, model="common", common="MH")
    without = pool(frame[(frame.events_1 > 0) | (frame.events_2 > 0)], model="common", common="MH")

    assert [study.yi is None for study in pooled.studies] == [True, False, True, False, False]
    assert [study.weight for study in pooled.studies if study.yi is None] == [0, 0]
    assert pooled.k == 5
    assert (pooled.mu, pooled.se, pooled.q, pooled.q_p) == approx((without.mu, without.se, without.q, without.q_p))


def test_inverse_variance_keeps_studies_without_events():
    """As in metafor, 1/2 in every cell gives them an estimate."""
    assert all(study.yi is not None for study in pool(data("double_zero")).studies)


def test_hartung_knapp_of_two_trials_says_nearly_nothing():
    """The clinician's scale under the chin: a risk ratio of 2.24 with 0.13 to 39.95."""
    pooled = pool(data("clinician_1"), interval="hk")

    assert pooled.estimate == approx(2.24, abs=TWO_DECIMALS)
    assert pooled.estimate_ci_low == approx(0.13, abs=TWO_DECIMALS)
    assert pooled.estimate_ci_high == approx(39.95, abs=TWO_DECIMALS)


def test_peto_is_the_sum_of_o_minus_e_over_the_sum_of_v():
    """By hand, with an event in one arm only; a study without any changes nothing."""
    frame = counts((1, 20, 0, 21), (7, 30, 9, 31), (4, 40, 9, 38))
    events, n = frame.events_1 + frame.events_2, frame.n_1 + frame.n_2
    difference = frame.events_1 - events * frame.n_1 / n
    variance = events * (n - events) * frame.n_1 * frame.n_2 / (n**2 * (n - 1))
    pooled, with_empty = (
        pool(rows, measure="PETO", model="common", common="PETO")
        for rows in (frame, pd.concat([frame, counts((0, 50, 0, 51))]))
    )

    assert pooled.mu == approx(difference.sum() / variance.sum())
    assert pooled.se == approx(variance.sum() ** -0.5)
    assert [study.weight for study in pooled.studies] == approx((100 * variance / variance.sum()).tolist())
    assert (with_empty.mu, with_empty.se, with_empty.q_p) == approx((pooled.mu, pooled.se, pooled.q_p))
    assert (with_empty.studies[3].yi, with_empty.studies[3].weight) == (None, 0)
    assert pooled.q == approx((difference**2 / variance).sum() - pooled.mu**2 * variance.sum())


def test_peto_of_odds_ratios_is_called_peto():
    """Asked for the odds ratio by Peto's method, the answer says whose odds ratio it is."""
    frame = data("bleeding_deaths")

    assert pool(frame, measure="OR", model="common", common="PETO") == pool(
        frame, measure="PETO", model="common", common="PETO"
    )


def test_a_double_arcsine_without_arms_knows_its_size():
    """A variance is 1 / (4 n + 2), so that the proportion comes back without the counts."""
    frame = data("adherence")
    arms = pool(frame, measure="PFT")
    given_ones = generic([study.yi for study in arms.studies], [study.vi for study in arms.studies])

    assert pool(given_ones, measure="PFT").estimate == approx(arms.estimate)


# The estimators of tau²

LIKELIHOODS = [pytest.param(tau2_reml, True, id="REML"), pytest.param(tau2_ml, False, id="ML")]


@pytest.mark.parametrize(
    ("method", "yi", "vi", "tau2"),
    [
        pytest.param("REML", [-2, 8.3, -1.9, 4.7], [0.06, 12.3, 0.01, 11.48], 17.9386, id="REML, not at 0"),
        pytest.param("REML", [-2, -2.3, 5, -0.8], [0.01, 0.09, 5.66, 7.11], 0, id="REML, not at 6.08"),
        pytest.param("ML", [4.2, 0.2, 1.1, 0.3], [0.06, 8.09, 2.28, 5.73], 1.9371, id="ML, not at 0"),
        pytest.param("ML", [-3.9, -0.7, -5.2, 0.1], [1.5, 6.1, 0.06, 7.35], 0, id="ML, not at 0.95"),
        pytest.param("ML", [4, -0.8, 4.4, 4.4, 1.6], [0.05, 4.37, 3.76, 5.08, 1.29], 0.8334, id="ML, hardly higher"),
    ],
)
def test_the_higher_of_two_peaks_is_taken(method, yi, vi, tau2):
    """A likelihood with two peaks is not climbed to the lower one."""
    assert pool(generic(yi, vi), measure="GEN", tau2=method).tau2 == approx(tau2, abs=FOUR_DECIMALS)


def log_likelihood(yi, vi, tau2, *, restricted):
    """The log likelihood, written out."""
    wi = 1 / (vi + tau2)
    mu = np.sum(wi * yi) / np.sum(wi)
    restriction = np.log(np.sum(wi)) if restricted else 0
    return -(np.sum(np.log(vi + tau2)) + restriction + np.sum(wi * (yi - mu) ** 2)) / 2


STUDIES = st.lists(st.tuples(st.floats(-5, 5), st.floats(1e-3, 10)), min_size=2, max_size=8)


@pytest.mark.parametrize(("estimator", "restricted"), LIKELIHOODS)
@given(STUDIES)
def test_no_other_tau2_is_likelier(estimator, restricted, studies):
    """Over a fine grid nothing is higher than the estimate."""
    yi, vi = map(np.array, zip(*studies, strict=True))
    tau2 = estimator(yi, vi, one_group(len(yi)))[0]
    grid = np.concatenate([[0.0], np.geomspace(1e-5, 200, 300)])
    highest = max(log_likelihood(yi, vi, t, restricted=restricted) for t in grid)

    assert log_likelihood(yi, vi, tau2, restricted=restricted) >= highest - 1e-9


@given(STUDIES)
def test_paule_and_mandel_bring_q_to_its_degrees_of_freedom(studies):
    """Q with the weights 1 / (v + tau²) is k - 1, or below it at 0."""
    yi, vi = map(np.array, zip(*studies, strict=True))
    tau2 = tau2_paule_mandel(yi, vi, one_group(len(yi)))[0]
    wi = 1 / (vi + tau2)
    q = np.sum(wi * (yi - np.sum(wi * yi) / np.sum(wi)) ** 2)

    assert q <= (len(yi) - 1) * (1 + 1e-9)
    assert tau2 == 0 or q == approx(len(yi) - 1)


@given(STUDIES)
def test_empirical_bayes_is_paule_and_mandel(studies):
    """Two names of one estimator."""
    frame = generic(*zip(*studies, strict=True))

    assert pool(frame, measure="GEN", tau2="EB").tau2 == pool(frame, measure="GEN", tau2="PM").tau2


def test_of_equal_variances_the_moment_estimators_are_one():
    """DL, PM, HE and REML of studies of one precision are the spread less that variance."""
    frame = data("equal_variances")
    expected = np.var(frame.yi, ddof=1) - 0.07

    assert [pool(frame, measure="GEN", tau2=tau2).tau2 for tau2 in ("DL", "PM", "HE", "REML")] == approx([expected] * 4)


@pytest.mark.parametrize("tau2", TAU2_ESTIMATORS)
@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e12])
def test_tau2_does_not_depend_on_the_unit(tau2, scale):
    """tau² of the same studies in another unit is the same in squared units."""
    frame = data("bcg_log_rr")
    other = generic(frame.yi * scale, frame.vi * scale**2)

    assert pool(other, measure="GEN", tau2=tau2).tau2 / scale**2 == approx(
        pool(frame, measure="GEN", tau2=tau2).tau2, rel=1e-10
    )


@pytest.mark.parametrize("estimator", [tau2_reml, tau2_ml, tau2_paule_mandel])
def test_a_search_that_is_given_up_has_no_number(estimator):
    """After too few steps there is no tau², rather than a wrong one."""
    frame = data("bcg_log_rr")

    assert np.isnan(estimator(frame.yi.to_numpy(), frame.vi.to_numpy(), one_group(13), steps=1)).all()


@pytest.mark.parametrize("tau2", TAU2_ESTIMATORS)
def test_numbers_beyond_all_measure_are_refused_with_a_fallback(tau2):
    """No convergence is told with its reason and what to use instead, without a warning."""
    words = (
        f"{tau2} did not converge within 100 steps: use tau2 DL" if tau2 in ITERATIVE else "too large or too far apart"
    )

    with pytest.raises(CannotPool, match=words):
        pool(generic([1e200, -1e200, 3], [1, 1, 1]), measure="GEN", tau2=tau2)


@pytest.mark.parametrize("tau2", TAU2_ESTIMATORS)
def test_a_variance_beside_which_the_others_vanish_is_refused(tau2):
    """Where one weight leaves no trace of the others, heterogeneity is no number and nothing is pooled."""
    with pytest.raises(CannotPool, match="too far apart"):
        pool(generic([12, 1e5, 3], [1, 1e-160, 1]), measure="GEN", tau2=tau2)


@pytest.mark.parametrize("tau2", TAU2_ESTIMATORS)
def test_studies_closer_than_chance_have_no_tau2(tau2):
    """At the boundary tau² is exactly 0, but for Sidik and Jonkman, whose estimate is never quite."""
    pooled = pool(data("homogeneous"), measure="GEN", tau2=tau2)

    assert pooled.tau2 == 0 if tau2 is not Tau2.SJ else 0 < pooled.tau2 < 1e-3


# Laws

#: Laws that are tried for every method need fewer examples of each.
FEWER = settings(max_examples=30)

METHODS = [
    pytest.param({"model": "common"}, id="common"),
    *(pytest.param({"tau2": tau2}, id=str(tau2)) for tau2 in TAU2_ESTIMATORS),
    pytest.param({"tau2": "REML", "interval": "hk"}, id="REML-HK"),
]
TABLES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).filter(
        lambda cells: cells[0] + cells[1] > 0 and cells[2] + cells[3] > 0
    ),
    min_size=1,
    max_size=7,
).map(lambda rows: counts(*[(a, a + b, c, c + d) for a, b, c, d in rows]))


def pooled_or_none(frame, **methods):
    """The pooled effect, or None where there is none."""
    try:
        return pool(frame, **methods)
    except CannotPool:
        return None


@pytest.mark.parametrize("methods", METHODS)
@FEWER
@given(studies=STUDIES, seed=st.randoms(use_true_random=False))
def test_the_order_of_the_studies_does_not_matter(methods, studies, seed):
    """Shuffled studies give the same numbers."""
    shuffled = seed.sample(studies, len(studies))
    one, other = (pool(generic(*zip(*rows, strict=True)), measure="GEN", **methods) for rows in (studies, shuffled))

    assert (one.mu, one.se, one.tau2, one.q) == approx((other.mu, other.se, other.tau2, other.q), rel=1e-7, abs=1e-9)


@given(STUDIES)
def test_doubled_variances_leave_the_common_effect_and_double_its_variance(studies):
    """Weights are relative, the error is not."""
    yi, vi = map(np.array, zip(*studies, strict=True))
    one, other = (pool(generic(yi, v), measure="GEN", model="common") for v in (vi, 2 * vi))

    assert other.mu == approx(one.mu, abs=1e-12)
    assert other.se**2 == approx(2 * one.se**2)


@pytest.mark.parametrize("methods", METHODS)
@FEWER
@given(studies=STUDIES)
def test_the_pooled_effect_lies_among_the_studies_and_weights_sum_to_100(methods, studies):
    """A weighted mean with positive weights."""
    yi, vi = map(np.array, zip(*studies, strict=True))
    pooled = pool(generic(yi, vi), measure="GEN", **methods)
    weights = [study.weight for study in pooled.studies]

    assert yi.min() - 1e-12 <= pooled.mu <= yi.max() + 1e-12
    assert min(weights) > 0
    assert sum(weights) == approx(100)
    assert 0 <= pooled.i2 <= 100
    assert 0 <= pooled.q_p <= 1


@pytest.mark.parametrize("methods", METHODS)
@FEWER
@given(studies=STUDIES, factor=st.floats(-20, 20).filter(lambda factor: abs(factor) > 0.01))
def test_another_unit_scales_mu_by_it_and_tau2_by_its_square(methods, studies, factor):
    """Estimates times c, variances times c²."""
    yi, vi = map(np.array, zip(*studies, strict=True))
    one, other = (pool(generic(c * yi, c**2 * vi), measure="GEN", **methods) for c in (1, factor))

    assert other.mu == approx(factor * one.mu, rel=1e-7, abs=1e-9)
    assert other.se == approx(abs(factor) * one.se, rel=1e-7)
    assert other.tau2 == approx(factor**2 * one.tau2, rel=1e-7, abs=1e-9)


@given(STUDIES)
def test_the_same_studies_again_narrow_the_common_effect(studies):
    """Twice the studies leave the estimate and take the square root of two from the interval."""
    frame = generic(*zip(*studies, strict=True))
    once, twice = (pool(rows, measure="GEN", model="common") for rows in (frame, pd.concat([frame, frame])))

    assert twice.mu == approx(once.mu, abs=1e-12)
    assert (twice.ci_high - twice.ci_low) * np.sqrt(2) == approx(once.ci_high - once.ci_low)


@pytest.mark.parametrize(
    ("measure", "methods"),
    [
        *product(("RR", "OR", "RD"), ({"model": "common", "common": "MH"}, {"tau2": "MH"})),
        *product(("RR", "OR", "RD", "PETO"), ({"model": "common"}, {"tau2": "REML"}, {"tau2": "PM"})),
        ("PETO", {"model": "common", "common": "PETO"}),
    ],
    ids=str,
)
@FEWER
@given(frame=TABLES)
def test_swapping_the_arms_flips_the_sign(measure, methods, frame):
    """What favours one arm stands against the other as much."""
    swapped = frame[["events_2", "n_2", "events_1", "n_1"]].set_axis(frame.columns, axis=1)
    one, other = (pooled_or_none(rows, measure=measure, **methods) for rows in (frame, swapped))

    assert (one is None) == (other is None)
    assume(one is not None)
    assert other.mu == approx(-one.mu, abs=1e-9)
    assert (other.se, other.q, other.tau2) == approx((one.se, one.q, one.tau2), rel=1e-6, abs=1e-9)


@given(frame=TABLES, measure=st.sampled_from(["RR", "OR", "RD", "PETO"]), tau2=st.sampled_from(list(Tau2)))
def test_random_effects_of_any_counts_are_finite_or_refused(frame, measure, tau2):
    """No table of counts gives a warning or a number that is none."""
    assume(measure != "PETO" or (tau2 is not Tau2.MH and (frame.n_1 + frame.n_2).min() > 1))
    pooled = pooled_or_none(frame, measure=measure, tau2=tau2, interval="hk")

    assume(pooled is not None)
    assert all(np.isfinite([pooled.mu, pooled.se, pooled.tau2, pooled.i2, pooled.h2, pooled.q, pooled.pi_low]))


@given(STUDIES)
def test_the_kept_interval_is_never_narrower_than_wald(studies):
    """The plain Hartung-Knapp interval may be narrower, the kept one is not."""
    frame = generic(*zip(*studies, strict=True))
    wald, kept = pool(frame, measure="GEN"), pool(frame, measure="GEN", interval="hk", adhoc=True)

    assert kept.ci_high - kept.ci_low >= wald.ci_high - wald.ci_low


# Many at once


@pytest.mark.parametrize(
    "methods",
    [
        *({"model": "common", "common": common} for common in Common),
        *({"tau2": tau2, "interval": "hk"} for tau2 in Tau2),
    ],
    ids=str,
)
def test_many_syntheses_are_those_made_one_by_one(methods):
    """Every data set of counts pooled in one call, rows mixed, gives what each gives alone."""
    methods = {"measure": "OR"} | methods
    frames = {name: data(name) for name, columns in REFERENCE["data"].items() if "events_2" in columns}
    mixed = pd.concat(frames, names=["synthesis"]).reset_index("synthesis").sample(frac=1, random_state=1)

    table = pool_many(mixed, by="synthesis", **methods)

    assert list(table.index) == sorted(frames)
    for name, frame in frames.items():
        alone, row = pooled_or_none(frame, **methods), table.loc[name]
        assert row.k == len(frame)
        assert (alone is None) == bool(row.reason)
        for number in JSON_KEYS[2:16]:
            expected = np.nan if alone is None or getattr(alone, number) is None else getattr(alone, number)
            assert row[number] == approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


def test_many_syntheses_of_single_arms_are_read_by_their_own_sizes():
    """Each synthesis' double arcsine is turned back by the harmonic mean of its own studies."""
    frames = {name: data(name) for name in ("miller", "adherence", "very_unequal")}
    mixed = pd.concat(frames, names=["synthesis"]).reset_index("synthesis").sample(frac=1, random_state=1)

    table = pool_many(mixed, by="synthesis", measure="PFT")

    assert table.estimate.to_dict() == approx(
        {name: pool(frame, measure="PFT").estimate for name, frame in frames.items()}
    )


def test_many_syntheses_name_the_row_that_gives_no_estimate():
    """Rows are counted in the frame as it was given, not as it was sorted."""
    frame = pd.DataFrame(
        {"synthesis": ["b", "a", "b"], "mean_1": [1, 2, 3], "sd_1": [1, 1, 1e200], "n_1": [9, 9, 9]}
        | {"mean_2": [1, 2, 3], "sd_2": [1, 1, 1], "n_2": [9, 9, 9]}
    )

    with pytest.raises(InvalidInput, match="row 3: gives no MD"):
        pool_many(frame, by="synthesis", measure="MD")


def test_many_syntheses_of_none_are_an_empty_table():
    """No row in, no row out."""
    assert pool_many(generic([], []).assign(synthesis=[]), by="synthesis", measure="GEN").empty


def test_many_syntheses_need_their_column():
    """A column that is not there is told with those that are."""
    with pytest.raises(WrongUse, match="no column 'synthesis'"):
        pool_many(generic([1], [1]), by="synthesis", measure="GEN")


# The call


def test_defaults_are_those_of_the_command():
    """Risk ratio, random effects by REML, Wald interval of 95 %."""
    explicit = pool(data("bcg"), measure="RR", model="random", common="IV", tau2="REML", interval="z", level=95)

    assert pool(data("bcg")) == explicit


def test_a_pooled_effect_has_the_keys_of_the_command_and_is_json():
    """Every key of `review pool --json` is an attribute, and the whole can be written as JSON."""
    pooled = pool(data("double_zero"), model="common", common="MH")
    written = json.loads(json.dumps(asdict(pooled), allow_nan=False))

    assert [field.name for field in fields(pooled)][: len(JSON_KEYS)] == list(JSON_KEYS)
    assert set(written["studies"][0]) == {"yi", "vi", "weight"}
    assert written["studies"][0]["yi"] is None
    assert written["pi_low"] is None


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"model": "common", "common": "MH"}, ("common", "MH", None, "z")),
        ({"tau2": "DL", "interval": "hk"}, ("random", None, "DL", "hk")),
    ],
    ids=str,
)
def test_a_pooled_effect_says_how_it_was_made(methods, said):
    """The methods that were used stand in the result, and only those."""
    pooled = pool(data("pain"), **methods)

    assert (pooled.model, pooled.common, pooled.tau2_method, pooled.interval) == said


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"measure": "RRR"}, "is no effect measure: choose one of RR, OR, RD, PETO, MD, SMD, ROM, PLO, PFT, GEN"),
        ({"model": "fixed"}, "model 'fixed' is not known: choose one of common, random"),
        ({"common": "XX"}, "common 'XX' is not known: choose one of IV, MH, PETO"),
        ({"tau2": "XX"}, "tau2 'XX' is not known: choose one of DL, PM, REML, ML, HS, HE, SJ, EB, MH"),
        ({"interval": "t"}, "interval 't' is not known: choose one of z, hk"),
        ({"level": 0.95}, "in percent"),
        ({"measure": "MD", "tau2": "MH"}, "Mantel-Haenszel pools counts of two arms"),
        ({"measure": "PETO", "model": "common", "common": "MH"}, "Mantel-Haenszel pools counts of two arms"),
        ({"model": "common", "common": "PETO"}, "Peto's method pools odds ratios: use measure PETO"),
        ({"model": "common", "common": "MH", "interval": "hk"}, "Mantel-Haenszel common effect has no Hartung-Knapp"),
        ({"measure": "OR", "model": "common", "common": "PETO", "interval": "hk"}, "Peto common effect has no"),
    ],
    ids=str,
)
def test_options_that_cannot_be_taken_are_told_with_the_choices(wrong, words):
    """A wrong option is a wrong call, not a fault of the inputs."""
    with pytest.raises(WrongUse, match=words):
        pool(data("bcg"), **wrong)


@pytest.mark.parametrize(("measure", "common"), [("RR", "MH"), ("PETO", "PETO")])
def test_mantel_haenszel_and_peto_need_counts(measure, common):
    """Estimates with variances do not do: the missing columns are named."""
    with pytest.raises(InvalidInput, match=f"POOL01 {measure} needs it"):
        pool(data("bcg_log_rr"), measure=measure, model="common", common=common)


@pytest.mark.parametrize("measure", EFFECT_MEASURES)
def test_numbers_may_be_text(measure):
    """A CSV file read without types pools to the same."""
    name = {"MD": "stroke", "SMD": "stroke", "ROM": "stroke", "PLO": "adherence", "PFT": "adherence", "GEN": "smoke"}
    frame = data(name.get(measure, "bcg"))

    assert pool(frame.astype(str), measure=measure) == pool(frame, measure=measure)


@pytest.mark.parametrize("frame", [pd.DataFrame(), data("bcg").head(0)], ids=["nothing", "no row"])
def test_no_study_is_not_a_pooled_effect(frame):
    """Nothing to pool is refused, and called an answer of its own."""
    with pytest.raises(CannotPool, match="no study"):
        pool(frame)
    with pytest.raises(CannotPool, match="no study"):
        primary_analysis(frame, measure="RR")


def test_one_study_stands_as_it_is():
    """Its own estimate, no heterogeneity, and a Wald interval whatever was asked for."""
    pooled = pool(generic([0.5], [0.04]), measure="GEN", interval="hk", adhoc=True)

    assert (pooled.mu, pooled.se, pooled.tau2, pooled.q, pooled.q_p, pooled.i2, pooled.h2) == approx(
        (0.5, 0.2, 0, 0, 1, 0, 1)
    )
    assert (pooled.interval, pooled.adhoc) == ("z", False)


def test_identical_studies_have_no_spread():
    """Hartung and Knapp's interval of three identical studies is a point; the kept one is not."""
    frame = generic([0.5, 0.5, 0.5], [0.2, 0.1, 0.3])
    plain, kept = (pool(frame, measure="GEN", interval="hk", adhoc=adhoc) for adhoc in (False, True))

    assert (plain.tau2, plain.se) == (0, 0)
    assert kept.se == approx(pool(frame, measure="GEN").se)


def test_pooling_imports_no_scipy_stats():
    """The command line's start does not pay for scipy.stats."""
    code = "import sys, review.synthesis; sys.exit('scipy.stats' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The primary analysis

ONE, TWO, THREE, FIVE = (counts(*[(10 + i, 40, 18 - i, 41) for i in range(k)]) for k in (1, 2, 3, 5))


def test_primary_analysis_of_one_study_draws_no_diamond():
    """The study itself."""
    primary = primary_analysis(ONE, measure="RR")

    assert (primary.k, primary.diamond, primary.random) == (1, False, "not estimable")
    assert primary.pooled == pool(ONE, model="common")


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_primary_analysis_of_two_counts_is_mantel_haenszel(measure):
    """Two studies share a common effect; both are kept."""
    primary = primary_analysis(TWO, measure=measure)

    assert primary.pooled == pool(TWO, measure=measure, model="common", common="MH")
    assert (primary.diamond, primary.random, len(primary.pooled.studies)) == (True, "not estimable", 2)
    assert "two studies" in primary.note


def test_primary_analysis_of_two_peto_odds_ratios_is_peto():
    """The odds ratio is the one that was asked for, and its zero cells are said to be left alone."""
    frame = counts((0, 40, 3, 41), (5, 60, 9, 61))
    primary = primary_analysis(frame, measure="PETO")

    assert primary.pooled == pool(frame, measure="PETO", model="common", common="PETO")
    assert primary.model == "common effect by Peto's method"
    assert "1 of 2 studies with a zero cell: nothing added in pooling" in primary.note


@pytest.mark.parametrize(
    ("name", "measure"), [("means_two", m) for m in ("MD", "SMD", "ROM")] + [("generic_two", "GEN")]
)
def test_primary_analysis_of_two_other_studies_is_inverse_variance(name, measure):
    """Without counts there is no Mantel-Haenszel."""
    primary = primary_analysis(data(name), measure=measure)

    assert primary.pooled == pool(data(name), measure=measure, model="common")


def test_primary_analysis_of_two_ratios_without_counts_is_inverse_variance():
    """Log risk ratios with their variances are pooled as they are."""
    assert primary_analysis(data("generic_two"), measure="RR").pooled.common == "IV"


def test_primary_analysis_of_three_is_random_without_prediction():
    """REML with Hartung and Knapp's interval, kept at least as wide as Wald's."""
    primary = primary_analysis(THREE, measure="RR")
    expected = pool(THREE, interval="hk", adhoc=True)

    assert (primary.pooled.mu, primary.pooled.ci_low, primary.pooled.ci_high) == (
        expected.mu,
        expected.ci_low,
        expected.ci_high,
    )
    assert (primary.pooled.pi_low, primary.pooled.pi_high) == (None, None)
    assert (primary.diamond, primary.random) == (True, "estimated")


def test_primary_analysis_of_five_has_a_prediction_interval():
    """From five studies on the interval of a new study is given."""
    assert primary_analysis(FIVE, measure="RR").pooled == pool(FIVE, interval="hk", adhoc=True)


def test_primary_analysis_without_an_estimate_says_why():
    """Two studies without an event in the comparator: nothing is pooled, and the note says what to do."""
    primary = primary_analysis(counts((3, 20, 0, 21), (2, 30, 0, 29)), measure="RR")

    assert (primary.pooled, primary.diamond, primary.model) == (None, False, "study by study")
    assert "Mantel-Haenszel has no estimate" in primary.note


@pytest.mark.parametrize(
    ("name", "measure", "words"),
    [
        ("composite_2", "RR", "1 of 2 studies with a zero cell: nothing added in pooling"),
        ("zero_cells", "RR", "1/2 added to every cell of 2 of 4 studies"),
        ("bcg", "RR", ""),
        ("zero_cells", "PETO", "1/2 added to every cell of 2 of 4 studies"),
        ("smell", "PFT", ""),
    ],
)
def test_primary_analysis_states_zero_cells(name, measure, words):
    """What was added to which studies stands in the note."""
    note = primary_analysis(data(name), measure=measure).note

    assert words in note
    assert bool(words) == ("zero cell" in note)


def test_primary_analysis_of_few_single_arms_pools_nothing():
    """Four risks are shown one by one; five are pooled."""
    four, five = data("pain_drug").head(4), data("pain_drug")

    for measure in SINGLE_ARM:
        assert primary_analysis(four, measure=measure).pooled is None
        assert primary_analysis(four, measure=measure).random == "not used"
        assert primary_analysis(five, measure=measure).pooled.k == 5


# Single arms


def test_single_arm_risks_have_wilson_intervals_and_a_range():
    """The placebo arms' pain: each with its interval, the range, no diamond."""
    risks = single_arm_risks([160, 8, 5], [506, 16, 16])

    assert [study.method for study in risks.studies] == ["Wilson"] * 3
    assert (risks.low, risks.high) == approx((5 / 16, 8 / 16))
    assert risks.ci_low == min(study.ci_low for study in risks.studies)
    assert risks.ci_high == max(study.ci_high for study in risks.studies)
    assert (risks.pooled, risks.diamond) == (None, False)
    assert "fewer than 5" in risks.note


def test_no_event_in_thirty_people_has_an_exact_one_sided_limit():
    """0 of 30 gets 1 - 0.05^(1/30); 0 of 29 is flagged and keeps Wilson's interval."""
    enough, too_few = single_arm_risks([0, 0], [30, 29]).studies

    assert (enough.method, enough.flag, enough.ci_low) == ("exact one-sided", "", 0)
    assert enough.ci_high == approx(1 - 0.05 ** (1 / 30))
    assert too_few.method == "Wilson"
    assert "fewer than 30" in too_few.flag


def test_no_event_without_active_follow_up_is_flagged():
    """What nobody asked for may have been missed."""
    asked, not_asked = single_arm_risks([0, 0], [300, 300], active_follow_up=[True, False]).studies

    assert (asked.method, asked.flag) == ("exact one-sided", "")
    assert (not_asked.method, not_asked.flag) == (
        "Wilson",
        "no event, but nobody was actively asked: it may have been missed",
    )


def test_five_single_arms_are_pooled():
    """From five studies on there is a diamond, on the logit scale."""
    risks = single_arm_risks([356, 23, 16, 246, 1], [513, 31, 30, 541, 31])

    assert risks.diamond
    assert risks.pooled == pool(data("pain_drug"), measure="PLO", interval="hk", adhoc=True)


def test_impossible_single_arms_are_refused():
    """More events than people, and no study at all."""
    with pytest.raises(InvalidInput, match="row 2: events is 9 of 8"):
        single_arm_risks([1, 9], [8, 8])
    with pytest.raises(CannotPool, match="no study"):
        single_arm_risks([], [])
