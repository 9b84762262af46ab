"""Figures are drawn from values: what stands in them, what is left out, and the same bytes every time."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import review
from review.appraisal import Verdict, verdicts
from review.cells import rows
from review.certainty import Body, StudyEvidence
from review.claims import parse_quantities
from review.cues import claim_wording
from review.evidence import SynthesisEvidence, index_of, synthesis_evidence
from review.figures import (
    arms_in_order,
    as_png,
    as_svg,
    bias_lights_alt,
    duration_alt,
    forest_alt,
    harvest_alt,
    overclaim_alt,
    plot_bias_lights,
    plot_duration,
    plot_forest,
    plot_harvest,
    plot_overclaim,
    plot_single_arm,
    single_arm_alt,
)
from review.figures.canvas import fitted, fitted_name, plain, wrapped
from review.risk_of_bias import study_judgements
from review.synthesis import primary_analysis, single_arm_risks
from review.tables import RESULTS
from review.verdicts import Limits
from review.vocabulary import Direction, VerdictLabel

PAIN = SimpleNamespace(outcome_id="pain", name="Pain at the site", kind="binary", unit="")
DAYS = SimpleNamespace(outcome_id="swelling-days", name="Duration of swelling", kind="time", unit="days")
SCORE = SimpleNamespace(outcome_id="score", name="Pain score", kind="continuous", unit="points, 0 to 10")
NAMES = {f"s{place}": f"Author{place} 20{place:02d}" for place in range(1, 9)}
#: Events and people under the drug and under placebo.
TRIALS = [(60, 100, 30, 100), (23, 31, 8, 16), (16, 30, 5, 16), (40, 80, 22, 80), (35, 70, 20, 70)]
#: Names that could break a picture: mathematics, markup, no end, lines, letters without a glyph, controls.
HOSTILE = [
    "$\\frac{1}{",
    "<script>alert(1)</script>",
    "x" * 5000,
    "word " * 900,
    "a\nb\tc",
    "漢字 العربية \U0001f600",
    "\x00\x1b",
]


def arms_of(trials=TRIALS, *, names=("ATX", "placebo"), stratum="", per="person-course"):
    """Return results rows of two arms a trial."""
    found = []
    for place, (a, n, c, m) in enumerate(trials, start=1):
        for group, arm, events, people in (("intervention", names[0], a, n), ("comparator", names[1], c, m)):
            found.append(
                dict.fromkeys(RESULTS.names, "")
                | dict.fromkeys(("percent", "mean", "sd", "se", "median", "iqr_low", "iqr_high", "max"), np.nan)
                | {"study_id": f"s{place}", "comparison_id": f"s{place}-pain", "group": group, "arm": arm, "per": per}
                | {"events": events, "n": people, "stratum": stratum}
            )
    return pd.DataFrame(found).astype({"n": "Int64", "events": "Int64"})


def evidence_of(trials=TRIALS, *, group="both", measure="RR", quantity="", **changes):
    """Return what a synthesis of these trials shows."""
    columns = ["events_1", "n_1", "events_2", "n_2"]
    primary = (
        primary_analysis(pd.DataFrame(trials, columns=columns), measure=measure)
        if group == "both" and measure
        else None
    )
    every = ()
    if group != "both":
        places = (0, 1) if group == "intervention" else (2, 3)
        risks = single_arm_risks(*([trial[place] for trial in trials] for place in places)).studies
        every = tuple(
            Limits(name=f"s{place}-pain", estimate=risk.risk, low=risk.ci_low, high=risk.ci_high)
            for place, risk in enumerate(risks, start=1)
        )
    studies = tuple(StudyEvidence(study_id=f"s{place}", design="rct") for place in range(1, len(trials) + 1))
    fields = {
        "synthesis_id": "syn",
        "claim_id": "C01",
        "outcome_id": "pain",
        "group": group,
        "measure": measure,
        "threshold": 0.0,
        "higher_is": "worse",
        "every": every,
        "primary": primary,
        "deciding": every,
        "quantity": next(iter(parse_quantities(quantity)), None),
        "body": Body(subject="syn", studies=studies),
    }
    return SynthesisEvidence(**(fields | changes))


def bias_of(**final):
    """Return the judgements of s1, all High, save what is given; `not_reported` names what hangs on reporting."""
    subjects = ("D1", "D2", "D3", "D4", "D5", "overall")
    row = {"study_id": "s1", "outcome_id": "", "variant": "assignment", "not_reported": (), "reason": ""}
    row |= {f"final_{subject}": "High" for subject in subjects} | {
        f"favourable_{subject}": "Low" for subject in subjects
    }
    return pd.DataFrame([row | final], dtype="object")


NO_BIAS = bias_of().iloc[:0]


def days_of(*arms, study="s1"):
    """Return results rows of times: group, n, median, mean, max."""
    frame = arms_of([(1, 1, 1, 1)] * len(arms))
    frame = frame.iloc[: len(arms)].copy()
    frame["events"] = pd.array([pd.NA] * len(arms), dtype="Int64")
    for column, values in zip(("group", "n", "median", "mean", "max"), zip(*arms, strict=True), strict=True):
        frame[column] = pd.array(values, dtype="Int64") if column == "n" else list(values)
    return frame.assign(
        study_id=study,
        comparison_id=f"{study}-days",
        arm=["placebo" if arm[0] == "comparator" else "ATX" for arm in arms],
    )


DAY_ARMS = days_of(("intervention", 13, 8.5, np.nan, 22.0), ("comparator", 4, 3.8, np.nan, 5.0))
TWO_DAYS = "median_days(swelling-days): stands <= 2, fails > 2"
NO_PAIN = "risk(pain): stands < 0.01, fails >= 0.10"


def effects_of(*stated):
    """Return reported effects: study, direction, words."""
    return pd.DataFrame(stated, columns=["study_id", "direction", "words"])


EFFECTS = effects_of(
    ("s1", "intervention better", "against saline"),
    ("s2", "comparator better", "against shock wave"),
    ("s3", "no difference stated", "no significant difference"),
    ("s4", "unclear", "both arms improved"),
)
DESIGNS = {"s1": "rct", "s2": "cohort", "s3": "split-body-rct", "s4": "case-series"}


def verdict(claim_id, label):
    """Return a verdict of which only id and label matter."""
    return Verdict(claim_id=claim_id, direction=Direction.INCONCLUSIVE, certainty=None, label=label, reason="")


VERDICTS = [
    verdict("C11", VerdictLabel.OVERSTATED),
    verdict("C01", VerdictLabel.SUPPORTED),
    verdict("C02", VerdictLabel.SUPPORTED),
]
WORDING = {"C11": 4, "C01": 0, "C02": 0}


def draw_all(names):
    """Return one figure of each kind with these names of studies."""
    return {
        "forest": plot_forest(evidence_of(), arms_of(), bias_of(), names, outcome=PAIN),
        "single arm": plot_single_arm(
            [evidence_of(group="intervention", quantity=NO_PAIN)], arms_of(), names, outcome=PAIN, mesotherapy=("s2",)
        ),
        "duration": plot_duration(evidence_of(quantity=TWO_DAYS), DAY_ARMS, names, outcome=DAYS),
        "bias lights": plot_bias_lights(bias_of(), names),
        "harvest": plot_harvest(EFFECTS, DESIGNS, names, title="Pain"),
        "overclaim": plot_overclaim(VERDICTS, WORDING, {"C11"}),
    }


KINDS = ("forest", "single arm", "duration", "bias lights", "harvest", "overclaim")


def texts(figure):
    """Return every text of a figure."""
    return [text.get_text() for axes in figure.axes for text in axes.texts if text.get_text()]


def diamonds(figure):
    """Return the diamonds of a figure."""
    return [patch for axes in figure.axes for patch in axes.patches if patch.get_gid() == "diamond"]


def upright(axes, style):
    """Return where the upright lines of a style stand."""
    return [
        line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == style and len(set(line.get_xdata())) == 1
    ]


def spilled(figure):
    """Return the texts that reach beyond their page."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    page = figure.bbox
    boxes = [(text, text.get_window_extent(renderer)) for axes in figure.axes for text in axes.texts]
    return [
        text.get_text()
        for text, box in boxes
        if text.get_text() and (box.x0 < 0 or box.y0 < 0 or box.x1 > page.width or box.y1 > page.height)
    ]


@pytest.fixture(scope="module")
def book(root):
    """Return the repository's own review."""
    return review.load(root)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_values_give_the_same_bytes(kind):
    """A figure drawn twice is the same file twice, and one figure saved twice too."""
    first, second = draw_all(NAMES)[kind], draw_all(NAMES)[kind]

    assert as_svg(first) == as_svg(second) == as_svg(first)
    assert as_png(first, dpi=50) == as_png(second, dpi=50)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_tells_nothing_of_when_or_by_what_it_was_drawn(kind):
    """No date, no program; letters are text, in the font that they were measured in."""
    picture = as_svg(draw_all(NAMES)[kind]).decode()

    assert picture.startswith("<?xml")
    assert "dc:date" not in picture
    assert "matplotlib.org" not in picture
    assert "'DejaVu Sans'" in picture


def test_names_in_a_picture_are_escaped():
    """Markup in a name stays text."""
    picture = as_svg(draw_all(dict.fromkeys(NAMES, "<script>x</script>"))["bias lights"]).decode()

    assert "<script" not in picture
    assert "&lt;script&gt;x&lt;/script&gt;" in picture


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", HOSTILE, ids=["mathematics", "markup", "endless", "wordy", "lines", "letters", "controls"]
)
def test_no_name_breaks_a_picture(kind, name):
    """Names are cut to their room and never read as mathematics; letters without a glyph are replaced."""
    figure = draw_all(dict.fromkeys(NAMES, name))[kind]

    assert as_svg(figure)
    assert spilled(figure) == []


def test_figures_leave_no_state_behind():
    """Importing them loads no Matplotlib; drawing loads no pyplot and changes no setting."""
    code = """
import sys
import review.figures as figures
assert "matplotlib" not in sys.modules
import matplotlib
before = matplotlib.rcParams.copy()
import pandas as pd
effects = pd.DataFrame([("s1", "unclear", "")], columns=["study_id", "direction", "words"])
figures.as_svg(figures.plot_harvest(effects, {}, {}))
assert "matplotlib.pyplot" not in sys.modules
assert matplotlib.rcParams.copy() == before
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ran.stderr == ""
    assert ran.returncode == 0


def test_a_forest_plot_shows_data_effects_weights_and_what_either_side_means():
    """Arms' data, ratio with limits, weight in percent, log axis, dashed line of no effect, favours labels."""
    figure = plot_forest(evidence_of(), arms_of(stratum="mild fat"), NO_BIAS, NAMES, outcome=PAIN)
    _, axes = figure.axes
    said = " | ".join(texts(figure))

    assert "Author1 2001, mild fat" in said.replace(" | ", " ")
    assert "23/31 v 8/16" in said
    assert "2.00" in said
    assert "(1.42 to 2.81)" in said
    assert sum(text.endswith(" %") for text in texts(figure)) == len(TRIALS)
    assert axes.get_xscale() == "log"
    assert upright(axes, "--") == [1.0]
    assert {"← fewer with the drug", "more with the drug →"} <= set(texts(figure))


@pytest.mark.parametrize(("higher_is", "first"), [("worse", "(better)"), ("better", "(worse)")])
def test_which_side_is_better_follows_from_the_outcome(higher_is, first):
    """Fewer of a bad outcome is better, fewer of a good one is worse."""
    said = texts(plot_forest(evidence_of(higher_is=higher_is), arms_of(), NO_BIAS, NAMES, outcome=PAIN))

    assert said[said.index("← fewer with the drug") + 1] == first


def test_the_axis_holds_every_estimate():
    """Limits reach beyond all intervals, and an endless interval is cut without losing its estimate."""
    trials = [*TRIALS, (34, 256, 0, 250)]
    figure = plot_forest(evidence_of(trials), arms_of(trials), NO_BIAS, NAMES, outcome=PAIN)
    low, high = figure.axes[1].get_xlim()

    assert low < 0.77
    assert 67 < high < 1093


@pytest.mark.parametrize(("k", "many"), [(1, 0), (2, 1), (3, 1), (5, 1)])
def test_one_study_gets_no_diamond(k, many):
    """An overall effect is drawn from two studies on, and only where the primary analysis allows it."""
    figure = plot_forest(evidence_of(TRIALS[:k]), arms_of(TRIALS[:k]), NO_BIAS, NAMES, outcome=PAIN)

    assert len(diamonds(figure)) == many
    assert any("no diamond" in text for text in texts(figure)) == (many == 0)


def test_two_studies_say_that_random_effects_are_not_estimable():
    """Both studies and the common effect, with its model and the missing alternative."""
    said = forest_alt(evidence_of(TRIALS[:2]), arms_of(TRIALS[:2]), NO_BIAS, NAMES, outcome=PAIN)

    assert "common effect by Mantel-Haenszel; random effects not estimable" in said
    assert "df = 1" in said


@pytest.mark.parametrize(("k", "shown"), [(4, False), (5, True)])
def test_a_prediction_interval_is_drawn_where_there_is_one(k, shown):
    """From five studies on, beside the diamond and not instead of it."""
    figure = plot_forest(evidence_of(TRIALS[:k]), arms_of(TRIALS[:k]), NO_BIAS, NAMES, outcome=PAIN)

    assert ("Prediction interval" in texts(figure)) == shown
    assert len(diamonds(figure)) == 1


def test_the_difference_that_matters_is_dotted():
    """A threshold stands on both sides of no effect where it is in range."""
    evidence = evidence_of(measure="RD", threshold=0.1)
    axes = plot_forest(evidence, arms_of(), NO_BIAS, NAMES, outcome=PAIN).axes[1]

    assert axes.get_xscale() == "linear"
    assert upright(axes, "--") == [0.0]
    assert upright(axes, ":") == pytest.approx([-0.1, 0.1]) or upright(axes, ":") == pytest.approx([0.1])


def test_what_is_not_pooled_shows_its_arms_and_says_why():
    """Without a primary analysis there is neither diamond nor axis."""
    figure = plot_forest(evidence_of(primary=None, measure=""), arms_of(), NO_BIAS, NAMES, outcome=PAIN)

    assert "60/100 v 30/100" in texts(figure)
    assert any(text.startswith("Nothing is pooled") for text in texts(figure))
    assert diamonds(figure) == []


def test_missing_reporting_is_shown_apart_from_bad_conduct():
    """A judgement that hangs on reporting alone is hatched with a question mark, one that does not is a cross."""
    conduct = plot_forest(evidence_of(TRIALS[:1]), arms_of(TRIALS[:1]), bias_of(), NAMES, outcome=PAIN)
    unreported = bias_of(not_reported=("D1", "overall"))
    silence = plot_forest(evidence_of(TRIALS[:1]), arms_of(TRIALS[:1]), unreported, NAMES, outcome=PAIN)

    assert texts(conduct).count("×") == 7
    assert (texts(silence).count("×"), texts(silence).count("?")) == (5, 3)
    assert "High only because of what is not reported, Low otherwise" in forest_alt(
        evidence_of(TRIALS[:1]), arms_of(TRIALS[:1]), unreported, NAMES, outcome=PAIN
    )


def test_a_study_without_answers_is_not_assessed():
    """No judgement is never low risk."""
    said = forest_alt(evidence_of(TRIALS[:2]), arms_of(TRIALS[:2]), bias_of(), NAMES, outcome=PAIN)

    assert "risk of bias High." in said
    assert "risk of bias not assessed." in said


def test_the_forest_plot_in_words_has_its_numbers():
    """Data, effect, limits and weight of each study, the pooled effect and its heterogeneity."""
    said = forest_alt(evidence_of(), arms_of(), NO_BIAS, NAMES, outcome=PAIN)

    assert "Author2 2002: drug 23/31, placebo 8/16; RR 1.48 (95 % CI 0.87 to 2.53), weight" in said
    assert "Together (5 studies): RR" in said
    assert "prediction interval" in said
    for word in ("Q = ", "df = 4", "I² = ", "tau² = "):
        assert word in said


def test_single_arms_stand_against_both_bounds_of_the_claim():
    """Lines at 1 and 10 percent with their words, a percent axis, the unit, and no diamond."""
    evidence = [evidence_of(TRIALS[:3], group=group, quantity=NO_PAIN) for group in ("intervention", "comparator")]
    figure = plot_single_arm(evidence, arms_of(TRIALS[:3]), NAMES, outcome=PAIN, mesotherapy=("s3",))
    axes = figure.axes[1]

    assert upright(axes, "--") == [1.0]
    assert upright(axes, "-.") == [10.0]
    assert {"stands under 1 in 100", "fails from 10 in 100", "per person, whole course"} <= set(texts(figure))
    assert {"Drug arms", "Mesotherapy itself", "Placebo arms"} <= set(texts(figure))
    assert axes.get_xlim() == (0.0, 100.0)
    assert axes.get_xticklabels()[0].get_text() == "0 %"
    assert diamonds(figure) == []


def test_a_pooled_single_risk_gets_a_diamond():
    """Where the direction is read from a pooled risk, it is drawn."""
    pooled = (Limits(name="syn", estimate=0.55, low=0.4, high=0.7),)
    evidence = evidence_of(group="intervention", quantity=NO_PAIN, deciding=pooled)
    figure = plot_single_arm([evidence], arms_of(), NAMES, outcome=PAIN)

    assert len(diamonds(figure)) == 1
    assert "Together: Pooled 55 % (40 to 70 %, 5 studies)" in single_arm_alt([evidence], arms_of(), NAMES, outcome=PAIN)


def test_a_drug_is_never_shown_without_its_placebo():
    """A comparator arm that no synthesis has is added as it stands, without an interval."""
    said = single_arm_alt([evidence_of(TRIALS[:1], group="intervention")], arms_of(TRIALS[:1]), NAMES, outcome=PAIN)

    assert "Drug arms: Author1 2001 60 % (50 to 69 %, 60/100, per person, whole course)." in said
    assert "Placebo arms: Author1 2001 30 % (no interval, 30/100, per person, whole course)." in said


def test_an_arm_of_two_syntheses_is_shown_once():
    """Syntheses of several claims may share their comparisons."""
    evidence = [evidence_of(TRIALS[:1], group="intervention"), evidence_of(TRIALS[:1], group="intervention")]
    said = single_arm_alt(evidence, arms_of(TRIALS[:1]), NAMES, outcome=PAIN)

    assert said.count("60/100") == 1


def test_comparators_that_are_no_placebo_are_not_called_so():
    """The arms' own words tell what was compared."""
    arms = arms_of(TRIALS[:1], names=("vibration", "no vibration"))
    said = single_arm_alt([evidence_of(TRIALS[:1], group="intervention")], arms, NAMES, outcome=PAIN)

    assert "Treatment arms: vibration" in said
    assert "Comparator arms: no vibration" in said
    assert "lacebo" not in said


def test_means_stand_on_their_own_scale():
    """A score is not shown in percent, and the limits of a single observation are said to be that."""
    limits = (Limits(name="s1-pain", estimate=8.0, low=6.04, high=9.96),)
    quantity = "mean(score): stands < 0.5, fails >= 4.5"
    evidence = evidence_of(TRIALS[:1], group="intervention", every=limits, quantity=quantity)
    arms = arms_of(TRIALS[:1]).assign(mean=[8.0, np.nan], sd=[1.0, np.nan], events=pd.NA, n=pd.NA)
    said = single_arm_alt([evidence], arms, NAMES, outcome=SCORE)

    assert "8.00 (6.04 to 9.96, mean, SD 1, n not seen" in said
    assert "stands under 0.5 and fails from 4.5" in said
    assert "single observation" in said
    assert "%, " not in said


def test_durations_show_both_arms_the_longest_time_and_the_bound():
    """Medians by arm on an axis of days, the claim's bound as one line."""
    figure = plot_duration(evidence_of(quantity=TWO_DAYS), DAY_ARMS, NAMES, outcome=DAYS)
    axes = figure.axes[1]

    assert {"median 8.5", "longest 22", "median 3.8", "longest 5", "drug, n 13", "placebo, n 4"} <= set(texts(figure))
    assert upright(axes, "--") == [2.0]
    assert "Line: the claim stands up to 2 days, fails over 2 days" in texts(figure)
    assert axes.get_xlim()[1] > 22


def test_days_to_months_stand_on_a_log_axis():
    """Times that differ eightfold or more are drawn on a log axis with ticks people know, others evenly."""
    long = days_of(("single", 20, 44.0, np.nan, 298.0), ("single", 3, 2.0, np.nan, np.nan))
    short = days_of(("single", 20, np.nan, 7.7, np.nan))
    drawn = [plot_duration(evidence_of(), arms, NAMES, outcome=DAYS).axes[1] for arms in (long, short)]

    assert [axes.get_xscale() for axes in drawn] == ["log", "linear"]
    assert "30" in [label.get_text() for label in drawn[0].get_xticklabels()]


def test_durations_in_words_have_their_numbers():
    """Every arm's time, the longest, its size, and the claim's bound."""
    said = duration_alt(evidence_of(quantity=TWO_DAYS), DAY_ARMS, NAMES, outcome=DAYS)

    assert "drug median 8.5 days, longest 22 days (n 13); placebo median 3.8 days, longest 5 days (n 4)" in said
    assert "The claim stands up to 2 days and fails over 2 days." in said


def test_lights_show_the_worst_first_and_what_full_reporting_would_leave():
    """High before some concerns; the last column reads what is not reported as well done."""
    better = bias_of(study_id="s2", final_overall="Some concerns", not_reported=("D2",))
    frame = pd.concat([better, bias_of(not_reported=("overall",))])
    figure = plot_bias_lights(frame, NAMES)
    said = bias_lights_alt(frame, NAMES)

    assert texts(figure).index("Author1 2001") < texts(figure).index("Author2 2002")
    assert said.index("Author1") < said.index("Author2")
    assert "Author1 2001: overall High only because of what is not reported, Low otherwise (D1 High" in said
    assert "D2 not reported" in said


def test_no_assessed_study_is_said():
    """An empty table is an answer."""
    assert "No study has been assessed." in texts(plot_bias_lights(NO_BIAS, NAMES))
    assert "No study has been assessed." in bias_lights_alt(NO_BIAS, NAMES)


def test_the_harvest_plot_places_studies_by_direction_and_design():
    """Each study at its direction; what gives no direction stands off the axis; nothing is counted."""
    said = harvest_alt(EFFECTS, DESIGNS, NAMES, title="Pain")

    assert "Comparator better: Author2 2002 (controlled, not randomised)." in said
    assert "Intervention better: Author1 2001 (randomised)." in said
    assert "No difference stated: Author3 2003 (randomised)." in said
    assert "Direction not reported: Author4 2004 (no control group)." in said
    assert "off the axis" in said
    assert " 1 " not in said


def test_bars_are_as_tall_as_their_design_is_strong():
    """Randomised over controlled over uncontrolled."""
    page = plot_harvest(EFFECTS, DESIGNS, NAMES).axes[0]
    bars = sorted({round(patch.get_height(), 2) for patch in page.patches if 0.18 < patch.get_width() < 0.21})

    assert {0.21, 0.42, 0.63} <= set(bars)


def test_a_change_within_one_group_counts_as_uncontrolled():
    """A before-after effect of a randomised trial is drawn as what it is."""
    effects = effects_of(("s1", "intervention better", "after against before, no comparison group: less"))

    assert "Author1 2001 (no control group)" in harvest_alt(effects, DESIGNS, NAMES)


def test_a_study_that_states_two_directions_stands_at_both():
    """It is marked as in part at each."""
    effects = effects_of(("s1", "intervention better", "at 12 weeks"), ("s1", "no difference stated", "at 4 weeks"))

    assert harvest_alt(effects, DESIGNS, NAMES).count("Author1 2001 (randomised, in part)") == 2


def test_the_overclaim_map_crosses_wording_and_verdict():
    """Ids in the cells, headline claims marked, empty rows kept, the scale called ours."""
    figure = plot_overclaim(VERDICTS, WORDING, {"C11"})
    said = texts(figure)

    assert "● C11" in said
    assert "C01 C02" in said
    assert "Contradicted" in said
    assert "Not searched" not in said
    assert any("not validated" in text for text in said)


def test_the_overclaim_map_in_words_names_every_claim():
    """Each cell that has claims, with level and name of the wording."""
    said = overclaim_alt(VERDICTS, WORDING, {"C11"})

    assert "Overstated, worded at level 4 (direct cause): C11 (headline)." in said
    assert "Supported, worded at level 0 (no relation stated): C01 and C02." in said


def test_text_is_cut_to_its_room():
    """Cut text ends in an ellipsis, a name keeps its year, and lines are as many as were asked for."""
    long = "Kythera Biopharmaceuticals and Allergan 2015"

    assert fitted(long, 1.5).endswith("…")
    assert fitted_name(long, 1.8).endswith("… 2015")
    assert fitted("short", 1.5) == "short"
    assert len(wrapped("word " * 100, 1.5, lines=3)) == 3
    assert " ".join(wrapped(long, 2.0, lines=4)) == long
    assert plain("a\n漢") == "a \N{REPLACEMENT CHARACTER}"


def real_figures(book):
    """Yield every figure that the repository's own review gives rise to, by name."""
    index = index_of(book)
    bias = study_judgements(book.risk_of_bias)
    include = dict(zip(book.syntheses["synthesis_id"], book.syntheses["include"], strict=True))
    for name, shown in synthesis_evidence(book, index).items():
        outcome, arms = index.outcomes[shown.outcome_id], arms_in_order(book.results, include[name])
        if shown.group == "both":
            yield name, plot_forest(shown, arms, bias, {}, outcome=outcome)
        elif outcome.kind == "time":
            yield name, plot_duration(shown, arms, {}, outcome=outcome)
        else:
            yield name, plot_single_arm([shown], arms, {}, outcome=outcome)
    designs = {row.study_id: row.design for row in rows(book.studies)}
    for outcome_id, effects in book.reported_effects.groupby("outcome_id"):
        yield f"harvest {outcome_id}", plot_harvest(effects, designs, {}, title=index.outcomes[outcome_id].name)
    wording = claim_wording(book.claims, book.texts)
    levels = dict(zip(wording["claim_id"], wording["level"], strict=True))
    yield "bias lights", plot_bias_lights(bias, {})
    yield "overclaim", plot_overclaim(verdicts(book), levels, set(book.claims["claim_id"]))


def test_every_figure_of_the_review_fits_its_page(book):
    """No text of any figure on the real data reaches beyond its page."""
    assert [(name, found) for name, figure in real_figures(book) if (found := spilled(figure))] == []


def test_arms_come_in_the_order_of_their_synthesis():
    """Rows follow `include`, and what is not in the table is passed over."""
    ordered = arms_in_order(arms_of(), ("s3-pain", "none", "s1-pain"))

    assert list(ordered["comparison_id"].unique()) == ["s3-pain", "s1-pain"]
