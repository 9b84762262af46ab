"""Printed numbers beside their recomputation."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from books import ROWS, as_csv, good_files
from pytest import approx  # noqa: PT013 - reads as a word of the sentence

import review
from review.report.reproduced import reproduction
from review.reproduction import (
    COLUMNS,
    Basis,
    Stamp,
    chi_squared_p,
    fisher_p,
    parse_p,
    pooled_t_p,
    reproduce,
    welch_p,
    yates_p,
)
from review.tables import TABLES
from review.workbook import assemble

ROOT = Path(__file__).parents[1]

#: R 4.2 prints 15 digits; Fisher's sum of many small terms keeps eleven of them.
SOFTWARE = 1e-11

#: Events and sizes, then R's fisher.test, chisq.test(correct = FALSE) and chisq.test.
COUNTS = [
    ((23, 33, 7, 31), 0.000191994458056133, 0.000160107190946179, 0.000424710806155116),
    ((18, 26, 9, 24), 0.0458012540467943, 0.0245050370071466, 0.0493982902020693),
    ((19, 31, 1, 15), 0.000443776085592161, 0.000459432025307318, 0.00144192512435863),
    ((34, 256, 0, 250), 3.87328196801349e-11, 2.42925752448753e-09, 7.09908757843639e-09),
    ((3, 10, 3, 10), 1, 1, 1),
    ((5, 9, 4, 11), 0.653417480352465, 0.390733057266546, 0.684332786536565),
]

#: Means, SDs and sizes, then R's t.test and t.test(var.equal = TRUE) of samples that have them.
MEANS = [
    ((31.1, 1.66, 20, 26.1, 2.02, 20), 2.95357049930133e-10, 2.18151380866539e-10),
    ((2.9, 2.2, 34, 0.9, 1.5, 20), 0.000233046716608793, 0.000717184803287343),
    ((5, 3, 8, 4, 1, 30), 0.382049214760228, 0.124683657915573),
]

ARM = {
    "study_id": "kim2010",
    "timepoint": "1 year",
    "per": "person-course",
    "origin": "printed",
    "checked": "same",
    "locator": "table 2",
    "seen_at": "https://example.org/table",
}
EFFECT = {
    "study_id": "kim2010",
    "timepoint": "1 year",
    "direction": "unclear",
    "locator": "abstract",
    "seen_at": "https://example.org/kim",
}


def named(columns, names):
    """Numbers as one-row columns."""
    return {name: np.array([value], dtype=float) for name, value in zip(names, columns, strict=True)}


def pair(comparison="kim2010-girth", outcome="girth", *, stratum="", names=("cream", "placebo"), **numbers):
    """Both arms of a comparison; each number is a pair."""
    return [
        {
            **ARM,
            "outcome_id": outcome,
            "comparison_id": comparison,
            "stratum": stratum,
            "group": group,
            "arm": names[side],
            **{column: str(both[side]) for column, both in numbers.items()},
        }
        for side, group in enumerate(("intervention", "comparator"))
    ]


def book_of(results=(), effects=(), *, design="rct"):
    """A workbook with these rows of results and reported effects alone."""
    studies = [{**ROWS["studies"][1], "design": design}]
    tables = {
        "results": list(results),
        "reported_effects": [{**EFFECT, **effect} for effect in effects],
        "studies": studies,
        "syntheses": [],
    }
    return assemble(good_files() | {TABLES[name].file: as_csv(name, rows) for name, rows in tables.items()})


def stamps(results=(), effects=(), **options):
    """What, recomputed, by and stamp of every check."""
    found = reproduce(book_of(results, effects, **options))
    return list(found[["what", "recomputed", "by", "stamp"]].itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def real():
    """The checks of the mesotherapy review."""
    return reproduce(review.load(ROOT))


@pytest.mark.parametrize(("counts", "fisher", "pearson", "yates"), COUNTS)
def test_p_values_of_counts_are_rs(counts, fisher, pearson, yates):
    """Fisher's exact test and the chi-squared test with and without correction are R's."""
    columns = named(counts, ("events_1", "n_1", "events_2", "n_2"))

    assert fisher_p(**columns) == approx([fisher], rel=SOFTWARE)
    assert chi_squared_p(**columns) == approx([pearson], rel=SOFTWARE)
    assert yates_p(**columns) == approx([yates], rel=SOFTWARE)


@pytest.mark.parametrize(("means", "welch", "pooled"), MEANS)
def test_p_values_of_means_are_rs(means, welch, pooled):
    """Welch's and Student's t tests are R's."""
    columns = named(means, ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"))

    assert welch_p(**columns) == approx([welch], rel=SOFTWARE)
    assert pooled_t_p(**columns) == approx([pooled], rel=SOFTWARE)


def test_a_test_that_the_numbers_do_not_allow_gives_none():
    """Half a person has no exact test, an empty margin no chi-squared, no spread no t."""
    none = named((0, 10, 0, 10), ("events_1", "n_1", "events_2", "n_2"))
    half = named((1.5, 10, 2, 10), ("events_1", "n_1", "events_2", "n_2"))
    flat = named((1, 0, 10, 2, 0, 10), ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"))

    assert np.isnan(
        [fisher_p(**half), chi_squared_p(**none), yates_p(**none), welch_p(**flat), pooled_t_p(**flat)]
    ).all()
    assert fisher_p(**none) == approx([1])


@pytest.mark.parametrize(
    ("text", "relation", "value", "decimals"),
    [
        ("0.006", "=", 0.006, 3),
        ("<.001", "<", 0.001, 3),
        ("p ≤ 0.05", "<=", 0.05, 2),
        ("P = .10", "=", 0.1, 2),
        (">0.05", ">", 0.05, 2),
        ("4e-5", "=", 0.00004, 5),
    ],
)
def test_a_p_value_is_read_with_its_sign_and_digits(text, relation, value, decimals):
    """The sign makes it a bound, and trailing zeros count as digits."""
    p = parse_p(text)

    assert p is not None
    assert (p.relation, p.numbers, p.decimals) == (relation, (value,), decimals)


@pytest.mark.parametrize("text", ["", "NS", "n.s.", "0", "1.2", "0,05", "<", "0.04 to 0.06"])
def test_what_is_no_p_value_is_left_alone(text):
    """Words, impossible values and ranges give no check."""
    assert parse_p(text) is None


@pytest.mark.parametrize(
    ("percent", "stamp", "recomputed"),
    [
        ("69.7", Stamp.REPRODUCED, "69.70"),
        ("69.6", Stamp.ROUNDING, "69.70"),
        ("69.5", Stamp.DIFFERS, "69.70"),
        ("70", Stamp.REPRODUCED, "69.7"),
        ("69", Stamp.ROUNDING, "69.7"),
        ("68", Stamp.DIFFERS, "69.7"),
    ],
)
def test_a_percentage_is_stamped_by_its_own_digits(percent, stamp, recomputed):
    """23 of 33 is 69.697 %: half a unit of the last digit reproduces, one unit is rounding, more is neither."""
    arm = {**ARM, "outcome_id": "pain", "comparison_id": "kim2010-pain", "group": "single", "arm": "all"}
    found = stamps([{**arm, "n": "33", "events": "23", "percent": percent}])

    assert found == [("percent", recomputed, ("closest: " if stamp == Stamp.DIFFERS else "") + "23 of 33", stamp)]


def test_a_whole_percentage_beside_one_with_a_digit_has_that_digit():
    """70 beside 18.6 was printed as 70.0, so 179 of 256 (69.92) is within rounding and does not simply reproduce."""
    found = reproduce(book_of(pair(outcome="pain", n=(256, 250), events=(179, 46), percent=(70, 18.6))))

    assert found["printed"].tolist() == ["70.0", "18.6"]
    assert found["stamp"].tolist() == [Stamp.ROUNDING, Stamp.DIFFERS]


def test_a_percentage_without_events_is_set_against_the_nearest_whole_number():
    """74 % of 21 people is 15.5 of them; 71 % would be 15."""
    arm = {**ARM, "outcome_id": "pain", "group": "single", "arm": "all", "n": "21"}
    found = stamps([{**arm, "comparison_id": "a", "percent": "74"}, {**arm, "comparison_id": "b", "percent": "71"}])

    assert found == [
        ("percent", "76.2", "closest: 16 of 21, the nearest whole number", Stamp.DIFFERS),
        ("percent", "71.4", "15 of 21, the nearest whole number", Stamp.REPRODUCED),
    ]


def test_an_arm_that_comparisons_share_is_checked_once():
    """The placebo arm of two doses has one percentage."""
    numbers = {"n": (33, 31), "events": (23, 7), "percent": (69.7, 22.6)}
    second = {"n": (31, 31), "events": (15, 7), "percent": (48.4, 22.6)}
    found = reproduce(
        book_of(
            [
                *pair("low", "pain", names=("low", "placebo"), **numbers),
                *pair("high", "pain", names=("high", "placebo"), **second),
            ]
        )
    )

    assert found["arm"].tolist() == ["low", "placebo", "high"]


def test_counts_made_from_a_percentage_are_told_apart():
    """There the check is only whether a whole number fits, and the basis says so."""
    rows = pair(outcome="pain", n=(33, 31), events=(23, 7), percent=(69.7, 22.6))
    made = reproduce(book_of([{**row, "origin": "derived"} for row in rows]))
    printed = reproduce(book_of(rows))

    assert set(made["basis"]) == {Basis.MADE_FROM_IT}
    assert set(printed["basis"]) == {Basis.ARMS}


@pytest.mark.parametrize(
    ("p", "by", "stamp"),
    [
        ("0.046", "Fisher's exact test", Stamp.REPRODUCED),
        ("0.025", "chi-squared test", Stamp.REPRODUCED),
        ("0.049", "chi-squared test with Yates' correction", Stamp.REPRODUCED),
        ("0.05", "Fisher's exact test; chi-squared test with Yates' correction", Stamp.REPRODUCED),
        ("0.024", "chi-squared test", Stamp.ROUNDING),
        ("0.006", "closest: chi-squared test", Stamp.DIFFERS),
        ("<0.05", "Fisher's exact test; chi-squared test; chi-squared test with Yates' correction", Stamp.REPRODUCED),
        ("<0.01", "closest: chi-squared test", Stamp.DIFFERS),
        (">0.05", "closest: chi-squared test with Yates' correction", Stamp.DIFFERS),
    ],
)
def test_a_p_value_of_counts_names_the_tests_that_give_it(p, by, stamp):
    """18 of 26 against 9 of 24: R gives 0.0458 by Fisher, 0.0245 by chi-squared and 0.0494 with Yates' correction."""
    arms = pair(outcome="pain", n=(26, 24), events=(18, 9))
    ((what, _, tests, found),) = stamps(arms, [{"outcome_id": "pain", "p": p}])

    assert (what, tests, found) == ("p", by, stamp)


def test_a_p_value_of_means_is_recomputed_also_from_standard_errors():
    """Changes -3.5 (SE 0.5) of 31 and -1.1 (SE 0.7) of 15 give p 0.009; the rounding of the four allows 0.006."""
    arms = pair(n=(31, 15), mean=(-3.5, -1.1), se=(0.5, 0.7))
    effects = [{"outcome_id": "girth", "measure": "MD", "estimate": "-2.4", "p": "0.006"}]

    assert stamps(arms, effects) == [
        ("MD", "-2.40", "difference of the means", Stamp.REPRODUCED),
        ("p", "0.0093", "Welch's t test; pooled t test", Stamp.ROUNDING),
    ]


def test_an_interval_of_means_is_r_s():
    """2.9 (SD 2.2) of 34 against 0.9 (SD 1.5) of 20: Welch 0.986 to 3.014, pooled 0.884 to 3.116 by R's t.test."""
    arms = pair(n=(34, 20), mean=(2.9, 0.9), sd=(2.2, 1.5))

    def printed(low, high):
        effect = {"outcome_id": "girth", "measure": "MD", "estimate": "2.00", "ci_low": low, "ci_high": high}
        return stamps(arms, [effect])[1]

    assert printed("0.986", "3.014")[2:] == ("Welch's t interval of the means", Stamp.REPRODUCED)
    assert printed("0.884", "3.116")[2:] == ("pooled t interval of the means", Stamp.REPRODUCED)
    assert printed("0.501", "3.501")[3] == Stamp.DIFFERS


def test_an_odds_ratio_is_recomputed_with_its_interval():
    """71 of 120 against 28 of 122: metafor's escalc gives 4.864 (2.786 to 8.493)."""
    arms = pair(outcome="pain", n=(120, 122), events=(71, 28))
    effect = {"outcome_id": "pain", "measure": "OR", "estimate": "4.86", "ci_low": "2.79", "ci_high": "8.49"}

    assert [(what, stamp) for what, _, _, stamp in stamps(arms, [effect])] == [
        ("OR", Stamp.REPRODUCED),
        ("interval", Stamp.REPRODUCED),
    ]
    assert stamps(arms, [effect | {"estimate": "4.73"}])[0][1:] == (
        "4.864",
        "closest: odds ratio of the arms, unadjusted",
        Stamp.DIFFERS,
    )


def test_strata_are_put_together_where_the_print_says_so():
    """Two strata together: metafor's rma.mh gives 4.005 (1.474 to 10.883), the added counts another ratio."""
    arms = [
        *pair("a", "pain", stratum="A", n=(20, 22), events=(10, 4)),
        *pair("b", "pain", stratum="B", n=(30, 28), events=(9, 3)),
    ]
    effect = {"outcome_id": "pain", "measure": "OR", "estimate": "4.005", "ci_low": "1.474", "ci_high": "10.883"}
    together = reproduce(book_of(arms, [effect | {"stratum": "both strata"}]))
    apart = reproduce(book_of(arms, [effect]))

    assert together["by"].tolist()[0] == "odds ratio of the strata by Mantel-Haenszel"
    assert together["stamp"].tolist() == [Stamp.REPRODUCED, Stamp.REPRODUCED]
    assert together["comparison_id"].tolist() == ["a; b", "a; b"]
    assert apart["basis"].tolist() == [Basis.OWN_INTERVAL, Basis.NOTHING]


def test_the_comparison_is_the_one_whose_arms_the_print_names():
    """Of two doses, `50 mg/mL against placebo` is about the higher one, though the lower one's p would fit."""
    arms = [
        *pair("low", "pain", names=("25 mg/mL", "placebo"), n=(33, 31), events=(23, 7)),
        *pair("high", "pain", names=("50 mg/mL", "placebo"), n=(31, 31), events=(15, 7)),
    ]
    found = reproduce(book_of(arms, [{"outcome_id": "pain", "p": "0.0002", "words": "50 mg/mL against placebo"}]))

    assert found["comparison_id"].tolist() == ["high"]
    assert found["stamp"].tolist() == [Stamp.DIFFERS]


def test_without_arms_an_estimate_and_its_p_are_set_against_their_interval():
    """-1.82 (95 % -2.79 to -0.85) has its middle there and z = 3.68, p 0.0002; p 0.02 would not follow."""
    effect = {"outcome_id": "girth", "measure": "MD", "estimate": "-1.82", "ci_low": "-2.79", "ci_high": "-0.85"}
    found = reproduce(book_of(effects=[effect | {"p": "0.0002"}]))
    other = reproduce(book_of(effects=[effect | {"p": "0.02"}]))

    assert found["stamp"].tolist() == [Stamp.REPRODUCED, Stamp.NO_ARMS, Stamp.REPRODUCED]
    assert found["basis"].tolist() == [Basis.OWN_INTERVAL, Basis.NOTHING, Basis.OWN_INTERVAL]
    assert other["stamp"].tolist()[2] == Stamp.DIFFERS


def test_a_ratio_s_own_interval_is_read_on_the_log_scale():
    """2.98 lies in the middle of 2.31 to 3.85 on the log scale only."""
    effect = {"outcome_id": "pain", "measure": "RR", "estimate": "2.98", "ci_low": "2.31", "ci_high": "3.85"}
    found = stamps(effects=[effect | {"p": "<0.001"}])

    assert [(what, stamp) for what, _, _, stamp in found] == [
        ("RR", Stamp.REPRODUCED),
        ("interval", Stamp.NO_ARMS),
        ("p", Stamp.REPRODUCED),
    ]


@pytest.mark.parametrize(
    ("results", "design", "by"),
    [
        pytest.param([], "rct", "no arms on file for this outcome and time", id="none"),
        pytest.param(pair(mean=(1, 2)), "rct", "means without n", id="no-n"),
        pytest.param(pair(n=(9, 9), mean=(1, 2)), "rct", "means without a spread", id="no-spread"),
        pytest.param(pair(percent=(40, 20)), "rct", "percentages without counts", id="no-counts"),
        pytest.param(
            pair(n=(9, 9), median=(2, 1), iqr_low=(1, 0), iqr_high=(3, 1)),
            "rct",
            "medians: a rank test needs each person's value",
            id="medians",
        ),
        pytest.param(
            pair(n=(9, 9), mean=(1, 2), sd=(1, 1)),
            "split-body-rct",
            "two sides of the same people, whose correlation is not given",
            id="two-sides",
        ),
        pytest.param(
            [{**pair(n=(9, 9), mean=(1, 2))[0], "group": "single"}], "rct", "one group, no comparison on file", id="one"
        ),
    ],
)
def test_where_the_arms_do_not_do_it_is_said_what_is_missing(results, design, by):
    """The stamp is `arms not given`, with the reason."""
    found = stamps(results, [{"outcome_id": "girth", "p": "0.03"}], design=design)

    assert found[0] == ("p", "", by, Stamp.NO_ARMS)


def test_a_difference_taken_here_is_no_print_of_the_source():
    """Where the words say that it was subtracted here, the basis says that both sides are one."""
    effect = {"outcome_id": "girth", "measure": "MD", "estimate": "-1", "words": "difference subtracted here"}
    found = reproduce(book_of(pair(mean=(1, 2)), [effect]))

    assert found["basis"].tolist() == [Basis.MADE_FROM_IT]


def test_a_standard_error_beside_its_spread_is_checked():
    """SD 2.2 of 34 people has a standard error of 0.377."""
    found = stamps(pair(n=(34, 34), mean=(1, 2), sd=(2.2, 2.2), se=(0.38, 0.45)))

    assert [(what, recomputed, stamp) for what, recomputed, _, stamp in found] == [
        ("se", "0.377", Stamp.REPRODUCED),
        ("se", "0.377", Stamp.DIFFERS),
    ]


def test_impossible_arms_are_no_arms():
    """More events than people, and an arm of one, are the integrity rules' business and stop nothing here."""
    effects = [{"outcome_id": "pain", "measure": "OR", "estimate": "2.0", "p": "0.03"}]

    assert {stamp for *_, stamp in stamps(pair(outcome="pain", n=(5, 0), events=(9, 0)), effects)} == {Stamp.NO_ARMS}
    assert {stamp for *_, stamp in stamps(pair(outcome="pain", n=(1, 1), mean=(2, 1), sd=(1, 1)), effects)} == {
        Stamp.NO_ARMS
    }


def test_a_workbook_without_numbers_has_the_columns_and_says_so():
    """No row, no fault, and a sentence in the report."""
    empty = book_of()

    assert tuple(reproduce(empty).columns) == COLUMNS
    assert "No printed number on file" in str(reproduction(empty).html)


def test_the_printed_p_of_the_minoxidil_trial_does_not_reproduce(real):
    """18 of 26 against 9 of 24 give 0.025 at the least, printed is 0.006."""
    (row,) = real[
        (real["study_id"] == "uzel2021") & (real["outcome_id"] == "hair-response") & (real["what"] == "p")
    ].itertuples()

    assert (row.printed, row.recomputed, row.stamp) == ("0.006", "0.025", Stamp.DIFFERS)


def test_the_pooled_odds_ratio_of_two_collagenase_trials_reproduces(real):
    """28 of 424 against 5 of 419 give 5.9; the interval is one unit of its last digit wider."""
    rows = real[(real["study_id"] == "kaufmanjanette2021") & (real["table"] == "reported_effects")]

    assert dict(zip(rows["what"], rows["stamp"], strict=True)) == {
        "OR": Stamp.REPRODUCED,
        "interval": Stamp.ROUNDING,
        "p": Stamp.REPRODUCED,
    }


def test_every_printed_number_of_the_review_is_checked_once(real):
    """Each estimate, interval and p of the reported effects has its line, and every stamp is one of the four."""
    effects = review.load(ROOT).reported_effects
    expected = {(line, "p") for line, p in effects["p"].items() if parse_p(p)}
    expected |= {(line, "interval") for line in effects.index[effects["ci_low"].notna() & effects["ci_high"].notna()]}
    found = real[real["table"] == "reported_effects"]
    others = found[~found["what"].isin(["p", "interval"])]

    assert {
        (line, what) for line, what in zip(found["line"], found["what"], strict=True) if what in {"p", "interval"}
    } == expected
    assert sorted(others["line"]) == sorted(effects.index[effects["estimate"].notna()])
    assert set(real["stamp"]) <= set(Stamp)


def test_the_section_counts_and_links_every_number(real):
    """The counts are those of the frame, every row has its own place, and its study a link."""
    section = reproduction(review.load(ROOT))
    html = str(section.html)
    places = re.findall(r'id="(printed-[^"]+)"', html)
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())

    assert len(places) == len(set(places)) == len(real)
    assert html.count('href="#study-') == len(real)
    assert f"{(real['stamp'] != Stamp.NO_ARMS).sum()} of {len(real)} printed numbers could be recomputed" in words
    assert words.index("Does not reproduce") < words.index("Arms not given")
