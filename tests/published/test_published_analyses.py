"""Published analyses are reproduced to the digits that were printed; README.md says where each was seen."""

from __future__ import annotations

from math import erfc, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pytest import approx  # noqa: PT013 - reads as a word of the sentence

from review.effects import normal_quantile, study_effects
from review.synthesis import pool
from review.synthesis.absolute import absolute_effects
from review.synthesis.q_profile import tau2_interval
from review.verdicts import Limits, direction_of_comparison
from review.vocabulary import Direction, Measure

HERE = Path(__file__).parent
COUNTS = pd.read_csv(HERE / "counts.csv")
ESTIMATES = pd.read_csv(HERE / "estimates.csv")

#: Half a unit of the last digit that a source prints.
WHOLE, ONE_DECIMAL, TWO_DECIMALS, THREE_DECIMALS, FOUR_DECIMALS, SIX_DECIMALS = (
    0.5 / 10**n for n in (0, 1, 2, 3, 4, 6)
)

PETO = {"measure": "PETO", "model": "common", "common": "PETO"}
MANTEL_HAENSZEL = {"model": "common", "common": "MH"}


def counts(analysis):
    """The trials of an analysis by their counts; group 1 is the intervention."""
    return COUNTS[COUNTS["analysis"] == analysis].reset_index(drop=True)


def estimates(analysis):
    """The studies of an analysis by estimate and variance."""
    return ESTIMATES[ESTIMATES["analysis"] == analysis].reset_index(drop=True)


def read(pooled):
    """Estimate and limits as people read them."""
    return pooled.estimate, pooled.estimate_ci_low, pooled.estimate_ci_high


def p_value(pooled):
    """Two-sided p of no effect, by the normal distribution."""
    return erfc(abs(pooled.mu) / pooled.se / sqrt(2))


def limits(pooled):
    """The pooled effect as a verdict takes it."""
    estimate, low, high = read(pooled)
    return Limits(name="pooled", estimate=estimate, low=low, high=high)


# Cochrane reviews


@pytest.mark.parametrize(
    ("analysis", "k", "people", "printed"),
    [
        pytest.param("tiotropium-exacerbation", 22, 23_309, (0.78, 0.70, 0.87), id="one or more exacerbations"),
        pytest.param("tiotropium-hospital", 21, 22_852, (0.85, 0.72, 1.00), id="exacerbations in hospital"),
    ],
)
def test_karner_2014_tiotropium_exacerbations(analysis, k, people, printed):
    """Summary of findings of Karner 2014 (CD009285): odds ratios by random effects, data of analyses 1.9 and 1.14."""
    trials = counts(analysis)
    pooled = pool(trials, measure="OR", tau2="MH")

    assert pooled.k == k
    assert trials[["n_1", "n_2"]].sum().sum() == people
    assert read(pooled) == approx(printed, abs=TWO_DECIMALS)


def test_karner_2014_needs_the_mantel_haenszel_centre():
    """The printed upper limit 1.00 (analysis 1.14) is not that of DerSimonian and Laird's own centre."""
    pooled = pool(counts("tiotropium-hospital"), measure="OR", tau2="DL")

    assert pooled.estimate_ci_high < 1.00 - TWO_DECIMALS


@pytest.mark.parametrize(
    ("analysis", "odds_ratio", "placebo", "tiotropium"),
    [
        pytest.param("tiotropium-exacerbation", (0.78, 0.70, 0.87), 442, (382, 357, 408), id="exacerbations"),
        pytest.param("tiotropium-hospital", (0.85, 0.72, 1.00), 131, (113, 98, 131), id="exacerbations in hospital"),
    ],
)
def test_karner_2014_tiotropium_per_1000(analysis, odds_ratio, placebo, tiotropium):
    """Summary of findings of Karner 2014: 442 of 1000 with an exacerbation become 382 (357 to 408), 131 become 113."""
    trials = counts(analysis)
    baseline = trials["events_2"].sum() / trials["n_2"].sum()
    (row,) = absolute_effects(*odds_ratio, "OR", [baseline]).itertuples()

    assert row.comparator_per_1000 == approx(placebo, abs=WHOLE)
    assert (
        row.intervention_per_1000,
        row.intervention_low_per_1000,
        row.intervention_high_per_1000,
    ) == approx(tiotropium, abs=WHOLE)


def test_karner_2014_tiotropium_quality_of_life():
    """Summary of findings of Karner 2014, data of analysis 1.1: SGRQ -2.89 points (-3.35 to -2.44) over nine trials."""
    pooled = pool(estimates("tiotropium-sgrq"), measure="GEN", model="common")

    assert pooled.k == 9
    assert read(pooled) == approx((-2.89, -3.35, -2.44), abs=TWO_DECIMALS)


def test_karner_2014_a_significant_effect_may_be_too_small_to_matter():
    """Below zero and short of the 4 points that count: it supports "lowers SGRQ", not "lowers SGRQ by what matters"."""
    effect = limits(pool(estimates("tiotropium-sgrq"), measure="GEN", model="common"))

    any_effect = direction_of_comparison(effect, null=0.0, threshold=0.0, higher_is_claimed=False)
    one_that_matters = direction_of_comparison(effect, null=0.0, threshold=4.0, higher_is_claimed=False)

    assert any_effect == Direction.SUPPORTS
    assert one_that_matters == Direction.CONTRADICTS


def test_laopaiboon_2015_azithromycin():
    """Abstract of Laopaiboon 2015 (CD001954): risk ratio of failure 1.09 (0.64 to 1.85), 15 trials, 2496 people."""
    trials = counts("azithromycin")

    assert trials[["n_1", "n_2"]].sum().sum() == 2496
    assert read(pool(trials, measure="RR", tau2="MH")) == approx((1.09, 0.64, 1.85), abs=TWO_DECIMALS)


@pytest.mark.parametrize("tau2", ["DL", "PM", "REML", "ML", "HS", "HE", "SJ", "EB"])
def test_laopaiboon_2015_is_reproduced_by_no_other_estimator(tau2):
    """Every other estimator of tau² misses a digit of 1.09 (0.64 to 1.85)."""
    pooled = pool(counts("azithromycin"), measure="RR", tau2=tau2)

    assert read(pooled) != approx((1.09, 0.64, 1.85), abs=TWO_DECIMALS)


@pytest.mark.parametrize(
    ("methods", "printed", "direction"),
    [
        pytest.param(MANTEL_HAENSZEL, (0.99, 0.94, 1.04), Direction.INCONCLUSIVE, id="common effect"),
        pytest.param({"tau2": "MH"}, (0.66, 0.53, 0.82), Direction.SUPPORTS, id="random effects"),
    ],
)
def test_li_2007_magnesium_hangs_on_the_model(methods, printed, direction):
    """Abstract of Li 2007 (CD002755), early deaths: odds ratio 0.99 (0.94 to 1.04), or 0.66 (0.53 to 0.82)."""
    pooled = pool(counts("magnesium-2007"), measure="OR", **methods)

    assert read(pooled) == approx(printed, abs=TWO_DECIMALS)
    assert direction_of_comparison(limits(pooled), null=1.0, threshold=0.0, higher_is_claimed=False) == direction


# Peto's odds ratio


@pytest.mark.parametrize(
    ("analysis", "printed", "direction"),
    [
        pytest.param("rosiglitazone-infarction", (1.43, 1.03, 1.98), Direction.SUPPORTS, id="heart attack"),
        pytest.param("rosiglitazone-death", (1.64, 0.98, 2.74), Direction.INCONCLUSIVE, id="cardiovascular death"),
    ],
)
def test_nissen_2007_rosiglitazone(analysis, printed, direction):
    """Abstract of Nissen 2007 (N Engl J Med 356, p. 2457): 1.43 (1.03 to 1.98) and 1.64 (0.98 to 2.74), 42 trials."""
    pooled = pool(counts(analysis), **PETO)

    assert pooled.k == 42
    assert read(pooled) == approx(printed, abs=TWO_DECIMALS)
    assert direction_of_comparison(limits(pooled), null=1.0, threshold=0.0, higher_is_claimed=True) == direction


def test_yusuf_1985_beta_blockers():
    """Table 6 of Yusuf 1985, short-term trials of oral beta blockers: odds ratio of death 0.93 (0.74 to 1.18)."""
    assert read(pool(counts("beta-blockers"), **PETO)) == approx((0.93, 0.74, 1.18), abs=TWO_DECIMALS)


def test_teo_1991_magnesium():
    """Abstract of Teo 1991 (BMJ 303, p. 1499): 25 deaths of 657 and 53 of 644, the odds 55 % lower, p under 0.001."""
    trials = counts("magnesium-1991")
    pooled = pool(trials, **PETO)

    assert trials[["events_1", "n_1", "events_2", "n_2"]].sum().tolist() == [25, 657, 53, 644]
    assert 100 * (1 - pooled.estimate) == approx(55, abs=WHOLE)
    assert p_value(pooled) < 0.001


@pytest.mark.parametrize(
    ("analysis", "fewer", "marginal"),
    [
        pytest.param("bleeding", 10, False, id="rebleeding"),
        pytest.param("bleeding-operation", 20, True, id="surgery"),
        pytest.param("bleeding-death", 30, True, id="death"),
    ],
)
def test_collins_1985_histamine_antagonists(analysis, fewer, marginal):
    """Abstract of Collins and Langman 1985: about 10, 20 and 30 per cent less, the last two marginally significant."""
    pooled = pool(counts(analysis), **PETO)

    assert 100 * (1 - pooled.estimate) == approx(fewer, abs=5)
    assert (p_value(pooled) < 0.05) == marginal


def test_collins_1985_diuretics_in_pregnancy():
    """Abstract of Collins, Yusuf and Peto 1985: 37 stillbirths, about one third fewer, not significant."""
    trials = counts("stillbirth")
    pooled = pool(trials, **PETO)

    assert trials[["events_1", "events_2"]].sum().sum() == 37
    assert 100 * (1 - pooled.estimate) == approx(100 / 3, abs=5)
    assert p_value(pooled) > 0.05


def test_hahn_2001_rehydration():
    """Abstract of Hahn 2001 (BMJ 323, p. 81): unscheduled infusions, odds ratio 0.61 (0.47 to 0.81).

    The abstract names no method; these are the numbers of Peto's, and Mantel-Haenszel's differ (0.46 to 0.80).
    """
    trials = counts("rehydration")
    none = (trials["events_1"] == 0) & (trials["events_2"] == 0)

    assert ((~none).sum(), none.sum()) == (9, 3)
    assert read(pool(trials, **PETO)) == approx((0.61, 0.47, 0.81), abs=TWO_DECIMALS)
    assert read(pool(trials, measure="OR", **MANTEL_HAENSZEL)) != approx((0.61, 0.47, 0.81), abs=TWO_DECIMALS)


# Mantel and Haenszel, DerSimonian and Laird


@pytest.mark.parametrize(
    ("analysis", "fewer"),
    [
        pytest.param("statins-infarction", 16, id="coronary death or heart attack"),
        pytest.param("statins-event", 16, id="coronary death or any cardiovascular event"),
        pytest.param("statins-death", 12, id="cardiovascular death"),
    ],
)
def test_cannon_2006_statins(analysis, fewer):
    """Abstract of Cannon 2006 (JACC 48, p. 438): odds lower by 16, 16 and 12 %, 27,548 people."""
    trials = counts(analysis)
    pooled = pool(trials, measure="OR", **MANTEL_HAENSZEL)

    assert trials[["n_1", "n_2"]].sum().sum() == 27_548
    assert 100 * (1 - pooled.estimate) == approx(fewer, abs=WHOLE)


def test_cannon_2006_statins_p_values():
    """Abstract of Cannon 2006: p under 0.00001 for coronary death or any event, 0.054 for cardiovascular death."""
    any_event = pool(counts("statins-event"), measure="OR", **MANTEL_HAENSZEL)
    death = pool(counts("statins-death"), measure="OR", **MANTEL_HAENSZEL)

    assert p_value(any_event) < 0.00001
    assert p_value(death) == approx(0.054, abs=THREE_DECIMALS)


def test_hackshaw_1997_tobacco_smoke():
    """Abstract of Hackshaw 1997 (BMJ 315, p. 980): risk of lung cancer 24 % (13 to 36 %) higher, 37 studies."""
    table = pd.read_csv(HERE / "odds_ratios.csv")
    se = np.log(table["ci_high"] / table["ci_low"]) / (2 * normal_quantile(95))
    pooled = pool(pd.DataFrame({"yi": np.log(table["estimate"]), "vi": se**2}), measure="OR", tau2="DL")

    assert pooled.k == 37
    assert [100 * (ratio - 1) for ratio in read(pooled)] == approx([24, 13, 36], abs=WHOLE)


# Methods papers and chapters


def test_vanhouwelingen_2002_bcg():
    """Text of van Houwelingen 2002, p. 597, BCG (Colditz 1994) by ML: .476 (.336 to .675), tau² .302."""
    pooled = pool(counts("bcg"), measure="OR", tau2="ML")

    assert read(pooled) == approx((0.476, 0.336, 0.675), abs=THREE_DECIMALS)
    assert pooled.tau2 == approx(0.302, abs=THREE_DECIMALS)


@pytest.mark.parametrize(
    ("tau2", "tau", "mu", "se"),
    [
        ("PM", 0.3681, -0.3811, 0.2060),
        ("HE", 0.4410, -0.4035, 0.2327),
        ("DL", 0.2323, -0.3240, 0.1540),
        ("EB", 0.3681, -0.3811, 0.2060),
        ("REML", 0.1843, -0.2980, 0.1343),
        ("HS", 0.1330, -0.2666, 0.1125),
        ("SJ", 0.4572, -0.4079, 0.2386),
    ],
)
def test_dersimonian_2007_clasp(tau2, tau, mu, se):
    """Tables 3 and 4 of DerSimonian and Kacker 2007 (p. 111-112), where HE is called CA: aspirin in pregnancy."""
    pooled = pool(counts("clasp"), measure="OR", tau2=tau2)

    assert np.sqrt(pooled.tau2) == approx(tau, abs=FOUR_DECIMALS)
    assert (pooled.mu, pooled.se) == approx((mu, se), abs=FOUR_DECIMALS)


@pytest.mark.parametrize(
    ("analysis", "printed"),
    [
        pytest.param("viechtbauer-1", (0.228, 0.148, 0.277, 0.197, 0.223, 0.192, 0.199), id="p. 271"),
        pytest.param("viechtbauer-2", (0.010, 0.000, 0.013, 0.013, 0.016, 0.010, 0.025), id="p. 272"),
    ],
)
def test_viechtbauer_2005_seven_estimators(analysis, printed):
    """Both examples of Viechtbauer 2005: tau² by HS, HE, DL, ML, REML, EB and SJ."""
    found = [
        pool(estimates(analysis), measure="GEN", tau2=name).tau2
        for name in ("HS", "HE", "DL", "ML", "REML", "EB", "SJ")
    ]

    assert found == approx(printed, abs=THREE_DECIMALS)


def test_viechtbauer_2007_preeclampsia():
    """Table II of Viechtbauer 2007 (p. 44), diuretics in pregnancy: tau² by DL, ML, REML and SJ, Q-profile limits."""
    trials = counts("preeclampsia")
    found = [pool(trials, measure="OR", tau2=name).tau2 for name in ("DL", "ML", "REML", "SJ")]
    interval = tau2_interval(trials, measure="OR", tau2="DL")

    assert found == approx([0.230, 0.239, 0.301, 0.456], abs=THREE_DECIMALS)
    assert (interval.tau2_ci_low, interval.tau2_ci_high) == approx((0.072, 2.203), abs=THREE_DECIMALS)


@pytest.mark.parametrize(
    ("name", "effect", "wald", "knapp_hartung"),
    [
        ("ML", (0.013, 0.078), (-0.015, 0.171), (-0.047, 0.202)),
        ("REML", (0.019, 0.084), (-0.018, 0.185), (-0.046, 0.213)),
        ("DL", (0.026, 0.089), (-0.020, 0.199), (-0.044, 0.223)),
        ("HE", (0.080, 0.114), (-0.041, 0.270), (-0.035, 0.264)),
    ],
)
def test_raudenbush_2009_teacher_expectancy(name, effect, wald, knapp_hartung):
    """Table 16.3 of Raudenbush 2009 (p. 309): tau² and mean by four estimators, each with two intervals."""
    studies = estimates("pygmalion")
    conventional = pool(studies, measure="GEN", tau2=name)
    adjusted = pool(studies, measure="GEN", tau2=name, interval="hk")

    assert (conventional.tau2, conventional.mu) == approx(effect, abs=THREE_DECIMALS)
    assert (conventional.ci_low, conventional.ci_high) == approx(wald, abs=THREE_DECIMALS)
    assert (adjusted.ci_low, adjusted.ci_high) == approx(knapp_hartung, abs=THREE_DECIMALS)


def test_raudenbush_2009_common_effect():
    """Tables 16.2 and 16.3 of Raudenbush 2009 (p. 301, 309): 0.060 (-0.011 to 0.132), Q 35.83."""
    pooled = pool(estimates("pygmalion"), measure="GEN", model="common")

    assert read(pooled) == approx((0.060, -0.011, 0.132), abs=THREE_DECIMALS)
    assert pooled.q == approx(35.83, abs=TWO_DECIMALS)


def test_henmi_2010_acupoint_p6():
    """Text of Henmi and Copas 2010, p. 2978 (nausea, Lee 2004): log odds ratio -0.6787 (-1.0664 to -0.2911)."""
    pooled = pool(counts("p6-nausea"), measure="OR", tau2="DL")

    assert (pooled.mu, pooled.ci_low, pooled.ci_high) == approx((-0.6787, -1.0664, -0.2911), abs=FOUR_DECIMALS)
    assert pooled.tau2 == approx(0.3325, abs=FOUR_DECIMALS)


def test_lipsey_2001_challenge_programmes():
    """Exhibit 7.3 of Lipsey and Wilson 2001 (p. 133): common effect, then DerSimonian and Laird."""
    common = pool(estimates("challenge"), measure="GEN", model="common")
    random = pool(estimates("challenge"), measure="GEN", tau2="DL")

    assert (common.mu, common.se, common.ci_low, common.ci_high) == approx(
        (0.1549, 0.0609, 0.0356, 0.2742), abs=FOUR_DECIMALS
    )
    assert (common.q, common.q_p) == approx((14.7640, 0.0976), abs=FOUR_DECIMALS)
    assert (random.mu, random.se, random.ci_low, random.ci_high) == approx(
        (0.1534, 0.0858, -0.0146, 0.3215), abs=FOUR_DECIMALS
    )
    assert random.tau2 == approx(0.025955, abs=SIX_DECIMALS)


@pytest.mark.parametrize(
    ("group", "mu", "se", "tau2"),
    [pytest.param("2", -3.30, 0.24, 0.663, id="standard"), pytest.param("1", -4.26, 0.26, 0.393, id="anti-infective")],
)
def test_stijnen_2010_catheters_by_arm(group, mu, se, tau2):
    """Table II of Stijnen 2010 (p. 3050), normal-normal model: logit risk of a bloodstream infection in each arm."""
    trials = counts("catheters")
    arm = pd.DataFrame({"events": trials[f"events_{group}"], "n": trials[f"n_{group}"]})
    pooled = pool(arm, measure="PLO", tau2="REML")

    assert (pooled.mu, pooled.se) == approx((mu, se), abs=TWO_DECIMALS)
    assert pooled.tau2 == approx(tau2, abs=THREE_DECIMALS)


def test_stijnen_2010_catheters_odds_ratio():
    """Table III of Stijnen 2010 (p. 3052), normal-normal model, trials with an event: -0.980, tau 0.19, ratio 0.38."""
    trials = counts("catheters")
    pooled = pool(trials[trials["events_1"] + trials["events_2"] > 0], measure="OR", tau2="REML")

    assert pooled.k == 17
    assert pooled.mu == approx(-0.980, abs=THREE_DECIMALS)
    assert np.sqrt(pooled.tau2) == approx(0.19, abs=TWO_DECIMALS)
    assert pooled.estimate == approx(0.38, abs=TWO_DECIMALS)


def test_miller_1978_double_arcsine():
    """Miller 1978, p. 138, four proportions: the paper's angles are twice ours, their variances four times."""
    studies = study_effects(pd.DataFrame({"events": [3, 6, 10, 1], "n": [11, 17, 21, 6]}), measure=Measure.PFT)

    assert 2 * studies["yi"].to_numpy() == approx([1.1391, 1.2888, 1.5253, 0.9515], abs=FOUR_DECIMALS)
    assert 4 * studies["vi"].to_numpy() == approx([0.0870, 0.0571, 0.0465, 0.1538], abs=FOUR_DECIMALS)


def test_miller_1978_weighted_mean():
    """Miller 1978, p. 138: weighted mean 1.3093, read at the harmonic mean of the sizes as 0.3595."""
    pooled = pool(
        pd.DataFrame({"events": [3, 6, 10, 1], "n": [11, 17, 21, 6]}), measure="PFT", model="common", common="IV"
    )

    assert 2 * pooled.mu == approx(1.3093, abs=FOUR_DECIMALS)
    assert pooled.estimate == approx(0.3595, abs=FOUR_DECIMALS)
