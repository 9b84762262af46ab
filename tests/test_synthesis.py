"""Pooling: against metafor, against published tables, by its laws, and at its edges."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pytest import approx  # noqa: PT013 - reads as a word of the sentence

from review.effects import EFFECT_MEASURES
from review.errors import CannotPool, InvalidInput, WrongUse
from review.synthesis import pool, pool_many, primary_analysis, single_arm_risks
from review.synthesis.groups import one_group
from review.synthesis.mantel_haenszel import MANTEL_HAENSZEL
from review.synthesis.options import AVAILABLE_COMMON, AVAILABLE_TAU2, MANTEL_HAENSZEL_MEASURES, Common, Tau2
from review.synthesis.tau2 import TAU2_ESTIMATORS, tau2_reml

REFERENCE = json.loads((Path(__file__).parent / "reference" / "metafor.json").read_text())

#: Closed formulas and a converged REML agree far closer than this; the largest difference is 7e-11.
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


def options(case):
    """The call that a pinned case stands for."""
    return {
        "measure": case["measure"],
        "model": case["model"],
        "common": case["common"] or "IV",
        "tau2": case["tau2_method"] or "REML",
        "interval": "z" if case["interval"] == "z" else "hk",
        "adhoc": case["interval"] == "adhoc",
        "level": case["level"],
    }


def case_id(case):
    """A readable name of a pinned case."""
    method = case["common"] or case["tau2_method"]
    return f"{case['data']}-{case['measure']}-{method}-{case['interval']}-{case['level']}"


# Against metafor


@pytest.mark.parametrize("case", [case for case in REFERENCE["pins"] if case["mu"] is not None], ids=case_id)
def test_pooled_numbers_are_those_of_metafor(case):
    """Estimate, error, intervals, heterogeneity and weights agree to 1e-8."""
    pooled = pool(data(case["data"]), **options(case))
    names = [name for name in JSON_KEYS if name in case and name not in {"measure", "pi_low", "pi_high"}]

    assert {name: getattr(pooled, name) for name in names} == approx(
        {name: case[name] for name in names}, rel=METAFOR_TOLERANCE, abs=METAFOR_TOLERANCE
    )
    assert (pooled.pi_low, pooled.pi_high) == (
        approx((case["pi_low"], case["pi_high"]), rel=METAFOR_TOLERANCE, abs=METAFOR_TOLERANCE)
        if case["model"] == "random"
        else (None, None)
    )
    if "weights" in case:
        weights = [study.weight for study in pooled.studies]
        assert weights == approx(case["weights"], rel=METAFOR_TOLERANCE, abs=METAFOR_TOLERANCE)


@pytest.mark.parametrize("case", [case for case in REFERENCE["pins"] if case["mu"] is None], ids=case_id)
def test_where_metafor_has_no_estimate_there_is_none(case):
    """Mantel-Haenszel without events in an arm is refused with what to do instead."""
    with pytest.raises(CannotPool, match=r"Mantel-Haenszel has no estimate here.*use IV or DL"):
        pool(data(case["data"]), **options(case))


def test_the_grid_of_pinned_values_does_not_shrink():
    """Every measure, model, estimator and interval is pinned, over at least as many cases as there were."""
    pins = REFERENCE["pins"]

    assert len(pins) >= 998
    assert len(REFERENCE["data"]) >= 44
    assert {case["measure"] for case in pins} == set(EFFECT_MEASURES)
    assert {case["common"] for case in pins} - {None} == set(AVAILABLE_COMMON)
    assert {case["tau2_method"] for case in pins} - {None} == set(AVAILABLE_TAU2)
    assert {case["interval"] for case in pins} == {"z", "knha", "adhoc"}
    assert {case["k"] for case in pins} >= {1, 2, 3, 13}


def test_what_is_called_available_has_a_formula():
    """The word lists of the command line and the mappings of the formulas agree."""
    assert {*TAU2_ESTIMATORS, Tau2.MH} == set(AVAILABLE_TAU2)
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
    ("tau2", "tau", "mu", "se"), [("DL", 0.2323, -0.3240, 0.1540), ("REML", 0.1843, -0.2980, 0.1343)]
)
def test_dersimonian_2007_clasp(tau2, tau, mu, se):
    """Tables 3 and 4 of DerSimonian and Kacker 2007 (p. 111-112): low-dose aspirin in pregnancy."""
    pooled = pool(data("clasp"), measure="OR", tau2=tau2)

    assert np.sqrt(pooled.tau2) == approx(tau, abs=FOUR_DECIMALS)
    assert pooled.mu == approx(mu, abs=FOUR_DECIMALS)
    assert pooled.se == approx(se, abs=FOUR_DECIMALS)


@pytest.mark.parametrize(("tau2", "expected"), [("DL", 0.230), ("REML", 0.301)])
def test_viechtbauer_2007_preeclampsia(tau2, expected):
    """Table II of Viechtbauer 2007 (p. 44): diuretics in pregnancy (Collins 1985), tau² of the log odds ratio."""
    assert pool(data("preeclampsia"), measure="OR", tau2=tau2).tau2 == approx(expected, abs=THREE_DECIMALS)


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


# REML


@pytest.mark.parametrize(
    ("yi", "vi", "tau2"),
    [
        pytest.param([-2, 8.3, -1.9, 4.7], [0.06, 12.3, 0.01, 11.48], 17.9386, id="the other peak is at 0"),
        pytest.param([-2, -2.3, 5, -0.8], [0.01, 0.09, 5.66, 7.11], 0, id="the other peak is at 6.08"),
    ],
)
def test_reml_takes_the_higher_of_two_peaks(yi, vi, tau2):
    """A likelihood with two peaks is not climbed to the lower one."""
    assert pool(generic(yi, vi), measure="GEN").tau2 == approx(tau2, abs=FOUR_DECIMALS)


def restricted_likelihood(yi, vi, tau2):
    """The restricted log likelihood, written out."""
    wi = 1 / (vi + tau2)
    mu = np.sum(wi * yi) / np.sum(wi)
    return -(np.sum(np.log(vi + tau2)) + np.log(np.sum(wi)) + np.sum(wi * (yi - mu) ** 2)) / 2


STUDIES = st.lists(st.tuples(st.floats(-5, 5), st.floats(1e-3, 10)), min_size=2, max_size=8)


@given(STUDIES)
def test_no_other_tau2_is_likelier_than_reml(studies):
    """Over a fine grid nothing is higher than the estimate."""
    yi, vi = map(np.array, zip(*studies, strict=True))
    tau2 = tau2_reml(yi, vi, one_group(len(yi)))[0]
    grid = np.concatenate([[0.0], np.geomspace(1e-5, 200, 300)])

    assert restricted_likelihood(yi, vi, tau2) >= max(restricted_likelihood(yi, vi, t) for t in grid) - 1e-9


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e12])
def test_reml_does_not_depend_on_the_unit(scale):
    """tau² of the same studies in another unit is the same in squared units."""
    frame = data("bcg_log_rr")
    other = generic(frame.yi * scale, frame.vi * scale**2)

    assert pool(other, measure="GEN").tau2 / scale**2 == approx(pool(frame, measure="GEN").tau2, rel=1e-10)


def test_reml_that_is_given_up_has_no_number():
    """After too few steps there is no tau², rather than a wrong one."""
    frame = data("bcg_log_rr")

    assert np.isnan(tau2_reml(frame.yi.to_numpy(), frame.vi.to_numpy(), one_group(13), steps=1)).all()


def test_numbers_beyond_all_measure_are_refused_with_a_fallback():
    """No convergence is told with its reason and what to use instead, without a warning."""
    with pytest.raises(CannotPool, match="REML did not converge within 100 steps: use tau2 DL"):
        pool(generic([1e200, -1e200, 3], [1, 1, 1]), measure="GEN")
    with pytest.raises(CannotPool, match="too large or too far apart"):
        pool(generic([1e200, -1e200, 3], [1, 1, 1]), measure="GEN", tau2="DL")


# Laws

METHODS = [
    pytest.param({"model": "common"}, id="common"),
    pytest.param({"tau2": "DL"}, id="DL"),
    pytest.param({"tau2": "REML"}, id="REML"),
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


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
@pytest.mark.parametrize(
    "methods", [{"model": "common"}, {"model": "common", "common": "MH"}, {"tau2": "REML"}, {"tau2": "MH"}], ids=str
)
@given(frame=TABLES)
def test_swapping_the_arms_flips_the_sign(measure, methods, frame):
    """What favours one arm stands against the other as much."""
    swapped = frame[["events_2", "n_2", "events_1", "n_1"]].set_axis(frame.columns, axis=1)
    one, other = (pooled_or_none(rows, measure=measure, **methods) for rows in (frame, swapped))

    assert (one is None) == (other is None)
    assume(one is not None)
    assert other.mu == approx(-one.mu, abs=1e-9)
    assert (other.se, other.q, other.tau2) == approx((one.se, one.q, one.tau2), rel=1e-6, abs=1e-9)


@given(frame=TABLES, measure=st.sampled_from(["RR", "OR", "RD"]), tau2=st.sampled_from(["REML", "DL", "MH"]))
def test_random_effects_of_any_counts_are_finite_or_refused(frame, measure, tau2):
    """No table of counts gives a warning or a number that is none."""
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
    [{"model": "common"}, {"model": "common", "common": "MH"}, {"tau2": "REML", "interval": "hk"}, {"tau2": "MH"}],
    ids=str,
)
def test_many_syntheses_are_those_made_one_by_one(methods):
    """Every data set of counts pooled in one call, rows mixed, gives what each gives alone."""
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
        ({"measure": "RRR"}, "is no effect measure: choose one of RR, OR, RD, MD, PLO, GEN"),
        ({"measure": "SMD"}, "SMD is not available in this version"),
        ({"model": "fixed"}, "model 'fixed' is not known: choose one of common, random"),
        ({"common": "PETO"}, "common PETO is not available in this version: choose one of IV, MH"),
        ({"tau2": "PM"}, "tau2 PM is not available in this version: choose one of DL, REML, MH"),
        ({"tau2": "XX"}, "tau2 'XX' is not known: choose one of DL, REML, MH"),
        ({"interval": "t"}, "interval 't' is not known: choose one of z, hk"),
        ({"level": 0.95}, "in percent"),
        ({"measure": "MD", "tau2": "MH"}, "Mantel-Haenszel pools counts of two arms"),
        ({"model": "common", "common": "MH", "interval": "hk"}, "no Hartung-Knapp interval"),
    ],
    ids=str,
)
def test_options_that_cannot_be_taken_are_told_with_the_choices(wrong, words):
    """A wrong option is a wrong call, not a fault of the inputs."""
    with pytest.raises(WrongUse, match=words):
        pool(data("bcg"), **wrong)


def test_every_word_of_the_command_line_is_known():
    """A method that is listed is never called unknown."""
    for word in {*Common, *Tau2} - {*AVAILABLE_COMMON, *AVAILABLE_TAU2}:
        option = "common" if word in set(Common) else "tau2"
        with pytest.raises(WrongUse, match="not available in this version"):
            pool(data("bcg"), **{option: word})


def test_mantel_haenszel_needs_counts():
    """Estimates with variances do not do: the missing columns are named."""
    with pytest.raises(InvalidInput, match="POOL01 RR needs it"):
        pool(data("bcg_log_rr"), measure="RR", model="common", common="MH")


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


@pytest.mark.parametrize(("name", "measure"), [("means_two", "MD"), ("generic_two", "GEN")])
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

    assert primary_analysis(four, measure="PLO").pooled is None
    assert primary_analysis(four, measure="PLO").random == "not used"
    assert primary_analysis(five, measure="PLO").pooled.k == 5


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
