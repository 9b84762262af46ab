"""The forest plot of a comparison of groups, with the arms' data and the lights of risk of bias."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from review.cells import rows
from review.effects import back_transform
from review.evidence import Z95, SynthesisEvidence
from review.figures import canvas, lights, scale, terms
from review.synthesis import Pooled
from review.synthesis.primary import NOT_ESTIMABLE
from review.vocabulary import Group, HigherIs, Measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RATIOS: dict[str, str] = {
    Measure.RR: "Risk ratio",
    Measure.OR: "Odds ratio",
    Measure.PETO: "Odds ratio (Peto)",
    Measure.ROM: "Ratio of means",
    Measure.HR: "Hazard ratio",
}
_DIFFERENCES: dict[str, str] = {
    Measure.RD: "Risk difference",
    Measure.MD: "Mean difference",
    Measure.SMD: "Standardised mean difference",
}
_COUNTS = frozenset({Measure.RR, Measure.OR, Measure.PETO, Measure.RD})

#: Inches: where the columns begin, and the least height of a study's row.
_PLOT, _PLOT_WIDTH, _NUMBERS, _LIGHTS = 2.42, 1.78, 4.32, 5.78
_ROW, _HEAD, _AXIS = 0.66, 0.46, 0.86
_NAME_ROOM = _PLOT - canvas.MARGIN - 0.08
_LIGHT_STEP = 0.24
#: Points, for the heads of the lights alone.
_TINY = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One comparison as it is drawn: `estimate` is None where the data give none."""

    name: str
    data: str
    short: str
    appraisal: Any
    estimate: float | None
    low: float
    high: float
    weight: float | None

    @property
    def label(self) -> tuple[str, ...]:
        """The name in lines."""
        return canvas.wrapped(self.name, _NAME_ROOM, bold=True, lines=3)

    @property
    def height(self) -> float:
        """Inches of its row."""
        return max(_ROW, canvas.LINE * (len(self.label) + 1) + 0.08)


def plot_forest(
    evidence: SynthesisEvidence, arms: pd.DataFrame, bias: pd.DataFrame, names: Mapping[str, str], *, outcome: Any
) -> Figure:
    """The forest plot of one synthesis.

    Parameters
    ----------
    evidence : SynthesisEvidence
        Of a comparison of groups; where nothing is pooled the arms' data are shown without a diamond.
    arms : DataFrame
        The results of its comparisons in the synthesis's order (`arms_in_order`).
    bias : DataFrame
        As from `study_judgements`.
    names : mapping
        Short names by study id.
    outcome : row
        Of the outcomes table: its name, and whether higher is better.

    Returns
    -------
    Figure
        Not saved.
    """
    lines = _lines(evidence, arms, bias, names)
    middles, rows_height = _middles(lines)
    height = rows_height + _summary_height(evidence)
    below = (_AXIS if _pooled(evidence) else 0.1) + 0.3
    drawn = canvas.sheet(_title(evidence, outcome), body=_HEAD + height + below, notes=_notes(evidence, lines))
    top = drawn.top + _HEAD
    _heads(drawn, evidence, arms)
    for middle, line in zip(middles, lines, strict=True):
        _study(drawn, top + middle, line)
    if _pooled(evidence):
        axes = canvas.panel(drawn, _PLOT, top, _PLOT_WIDTH, height)
        _axis(axes, evidence, lines)
        for middle, line in zip(middles, lines, strict=True):
            _square(axes, middle, line)
        _summary(drawn, axes, top + rows_height, evidence)
        _favours(drawn, axes, top + height, evidence, arms)
    lights.light_legend(drawn, top + height + below - 0.14)
    return drawn.figure


def _middles(lines: Sequence[_Line]) -> tuple[list[float], float]:
    """The middle of each row under the first row's top, and where the last row ends."""
    middles, end = [], 0.0
    for line in lines:
        middles.append(end + line.height / 2)
        end += line.height
    return middles, end


def forest_alt(
    evidence: SynthesisEvidence, arms: pd.DataFrame, bias: pd.DataFrame, names: Mapping[str, str], *, outcome: Any
) -> str:
    """The forest plot in sentences; parameters as for `plot_forest`.

    Parameters
    ----------
    evidence, arms, bias, names, outcome
        As for `plot_forest`.

    Returns
    -------
    str
        Every study's data, effect, weight and overall risk of bias, then the pooled effect and its heterogeneity.
    """
    lines = _lines(evidence, arms, bias, names)
    said = [f"Forest plot. {_title(evidence, outcome)}."]
    said += [_study_words(line, evidence.measure) for line in lines]
    return " ".join(filter(None, [*said, _effect(evidence), *_method(evidence)]))


def _study_words(line: _Line, measure: str) -> str:
    words = f"{line.name}: {line.data}"
    if line.estimate is not None:
        words += f"; {measure} {terms.number(line.estimate)} (95 % CI {terms.interval(line.low, line.high)})"
    if line.weight is not None:
        words += f", weight {line.weight:.1f} %"
    return f"{words}; risk of bias {lights.overall_words(line.appraisal)}."


def _title(evidence: SynthesisEvidence, outcome: Any) -> str:
    measure = (_RATIOS | _DIFFERENCES).get(evidence.measure, evidence.measure)
    return f"{outcome.name}: {measure.lower()} study by study" if measure else f"{outcome.name}: each study's arms"


def _pooled(evidence: SynthesisEvidence) -> Pooled | None:
    return evidence.primary.pooled if evidence.primary else None


def _lines(
    evidence: SynthesisEvidence, arms: pd.DataFrame, bias: pd.DataFrame, names: Mapping[str, str]
) -> list[_Line]:
    """The comparisons as they are drawn."""
    pooled, found = _pooled(evidence), terms.by_comparison(arms)
    appraisals = {(row.study_id, row.outcome_id): row for row in rows(bias)}
    shown = pooled.studies if pooled and len(pooled.studies) == len(found) else (None,) * len(found)
    sides_words, lines = terms.side_words(arms), []
    for sides, study in zip(found.values(), shown, strict=True):
        first = sides[0]
        of = appraisals.get((first.study_id, evidence.outcome_id), appraisals.get((first.study_id, "")))
        yi, vi = (study.yi, study.vi) if study else (None, None)
        both = [_arm(terms.arm_of(sides, {group})) for group in (Group.INTERVENTION, Group.COMPARATOR)]
        half = Z95 * math.sqrt(vi or 0.0)
        read = [_read(evidence, (yi or 0.0) + step) for step in (-half, 0.0, half)]
        lines.append(
            _Line(
                name=terms.with_stratum(first, names),
                data=", ".join(f"{word} {each}" for word, each in zip(sides_words, both, strict=True)),
                short=" v ".join(both),
                appraisal=of,
                estimate=None if yi is None else read[1],
                low=read[0],
                high=read[2],
                weight=study.weight if study else None,
            )
        )
    return lines


def _read(evidence: SynthesisEvidence, value: float) -> float:
    """A value on the scale that people read."""
    return float(back_transform(Measure(evidence.measure), value)) if evidence.measure else value


def _arm(row: Any) -> str:
    if row is None:
        return "no arm"
    n = f"{row.n}" if terms.present(row.n) else "?"
    if terms.present(row.events):
        return f"{row.events}/{n}"
    if terms.present(row.percent):
        return f"{row.percent:g} %"
    return f"mean {row.mean:g} (n {n})" if terms.present(row.mean) else f"n {n}"


def _heads(drawn: canvas.Sheet, evidence: SynthesisEvidence, arms: pd.DataFrame) -> None:
    """The columns' heads."""
    drug, placebo = terms.side_words(arms)
    first, second = drawn.top + 0.1, drawn.top + 0.1 + canvas.LINE
    what = "events/n" if evidence.measure in _COUNTS or not evidence.measure else "data"
    canvas.write(drawn, canvas.MARGIN, first, "Study", size=canvas.SMALL, bold=True)
    canvas.write(drawn, canvas.MARGIN, second, f"{drug}, {placebo}: {what}", size=canvas.SMALL, color=canvas.QUIET)
    if _pooled(evidence):
        canvas.write(drawn, _NUMBERS, first, f"{evidence.measure} (95 % CI)", size=canvas.SMALL, bold=True)
        canvas.write(drawn, _NUMBERS, second, "weight", size=canvas.SMALL, color=canvas.QUIET)
    canvas.write(drawn, _LIGHTS - 0.1, first, "Risk of bias", size=canvas.SMALL, bold=True)
    for place, subject in enumerate((*lights.DOMAINS, "All")):
        x = _LIGHTS + _LIGHT_STEP * place
        canvas.write(drawn, x, second, subject, size=_TINY, align="center")
    canvas.rule(drawn, drawn.top + _HEAD - 0.02, color=canvas.INK)


def _study(drawn: canvas.Sheet, y: float, line: _Line) -> None:
    """A study's words, numbers and lights."""
    first = y - canvas.LINE * len(line.label) / 2
    for place, words in enumerate(line.label):
        canvas.write(drawn, canvas.MARGIN, first + canvas.LINE * place, words, bold=True)
    canvas.write(
        drawn, canvas.MARGIN, first + canvas.LINE * len(line.label), line.short, size=canvas.SMALL, width=_NAME_ROOM
    )
    if line.estimate is not None:
        canvas.write(drawn, _NUMBERS, y - canvas.LINE, terms.number(line.estimate), bold=True)
        canvas.write(drawn, _NUMBERS, y, f"({terms.interval(line.low, line.high)})", size=canvas.SMALL)
        canvas.write(drawn, _NUMBERS, y + canvas.LINE, f"{line.weight:.1f} %", size=canvas.SMALL, color=canvas.QUIET)
    elif line.weight is not None:
        canvas.write(drawn, _NUMBERS, y, "no estimate", size=canvas.SMALL, color=canvas.QUIET)
    for place, subject in enumerate(lights.SUBJECTS):
        lights.light(drawn, _LIGHTS + _LIGHT_STEP * place, y, lights.light_of(line.appraisal, subject))
    canvas.rule(drawn, y + line.height / 2)


def _square(axes: Axes, y: float, line: _Line) -> None:
    """A study's interval, and its square with an area by its weight."""
    if line.estimate is None:
        return
    low, high = axes.get_xlim()
    axes.plot([max(line.low, low), min(line.high, high)], [y, y], color=canvas.INK, linewidth=1.4, zorder=4)
    for beyond, at, sign in ((line.low < low, low, "<"), (line.high > high, high, ">")):
        if beyond:
            axes.plot([at], [y], marker=sign, color=canvas.INK, markersize=6, clip_on=False)
    side = 5 + 8 * math.sqrt((line.weight or 0.0) / 100)
    axes.plot([line.estimate], [y], marker="s", color=canvas.BLUE, markersize=side, zorder=3, linestyle="none")


def _axis(axes: Axes, evidence: SynthesisEvidence, lines: Sequence[_Line]) -> None:
    """The scale with its limits, ticks, the line of no effect and what matters."""
    pooled = _pooled(evidence)
    drawn = [line for line in lines if line.estimate is not None]
    values = [value for line in drawn for value in (line.low, line.high)]
    centres = [line.estimate for line in drawn if line.estimate is not None]
    values += [pooled.estimate_ci_low, pooled.estimate_ci_high] if pooled else []
    values += list(_prediction(evidence) or ())
    low, high = scale.ratio_range(values, centres) if evidence.measure in _RATIOS else scale.difference_range(values)
    if evidence.measure in _RATIOS:
        axes.set_xscale("log")
    axes.set_xlim(low, high)
    places = scale.ratio_ticks(low, high) if evidence.measure in _RATIOS else scale.even_ticks(low, high)
    canvas.ticks(axes, places)
    null = _null(evidence)
    axes.axvline(null, color=canvas.INK, linestyle="--", linewidth=1.1, zorder=1)
    for at in _thresholds(evidence):
        if low < at < high:
            axes.axvline(at, color=canvas.VERMILION, linestyle=":", linewidth=1.6, zorder=1)


def _null(evidence: SynthesisEvidence) -> float:
    return 1.0 if evidence.measure in _RATIOS else 0.0


def _thresholds(evidence: SynthesisEvidence) -> tuple[float, ...]:
    null = _null(evidence)
    return (null - evidence.threshold, null + evidence.threshold) if evidence.threshold else ()


def _prediction(evidence: SynthesisEvidence) -> tuple[float, float] | None:
    """The prediction interval as people read it, None where there is none."""
    pooled = _pooled(evidence)
    if pooled is None or pooled.pi_low is None or pooled.pi_high is None:
        return None
    return _read(evidence, pooled.pi_low), _read(evidence, pooled.pi_high)


def _summary_height(evidence: SynthesisEvidence) -> float:
    if not (evidence.primary and evidence.primary.diamond):
        return 0.06
    return _ROW + (0.32 if _prediction(evidence) else 0.0)


def _summary(drawn: canvas.Sheet, axes: Axes, top: float, evidence: SynthesisEvidence) -> None:
    """The diamond, and the prediction interval under it."""
    pooled = _pooled(evidence)
    if pooled is None or not (evidence.primary and evidence.primary.diamond):
        return
    middle, y = axes.get_ylim()[0] - _summary_height(evidence) + 0.3, top + 0.3
    low, high = pooled.estimate_ci_low, pooled.estimate_ci_high
    axes.fill(
        [low, pooled.estimate, high, pooled.estimate],
        [middle, middle - 0.13, middle, middle + 0.13],
        facecolor=canvas.ORANGE,
        edgecolor=canvas.INK,
        linewidth=1.0,
        zorder=3,
        gid="diamond",
    )
    canvas.write(drawn, canvas.MARGIN, y - 0.1, "Together", bold=True)
    canvas.write(drawn, canvas.MARGIN, y + 0.1, _together(evidence), size=canvas.SMALL)
    canvas.write(drawn, _NUMBERS, y - 0.1, terms.number(pooled.estimate), bold=True)
    canvas.write(drawn, _NUMBERS, y + 0.1, f"({terms.interval(low, high)})", size=canvas.SMALL)
    predicted = _prediction(evidence)
    if predicted:
        axes.plot(predicted, [middle + 0.36] * 2, color=canvas.INK, linewidth=1.6, marker="|", markersize=8, zorder=3)
        canvas.write(drawn, canvas.MARGIN, y + 0.36, "Prediction interval", size=canvas.SMALL)
        canvas.write(drawn, _NUMBERS, y + 0.36, f"({terms.interval(*predicted)})", size=canvas.SMALL)


def _together(evidence: SynthesisEvidence) -> str:
    studies, k = len(evidence.body.studies), evidence.primary.k if evidence.primary else 0
    words = terms.counted(studies, "study", "studies")
    return words if studies == k else f"{words}, {k} comparisons"


def _favours(drawn: canvas.Sheet, axes: Axes, y: float, evidence: SynthesisEvidence, arms: pd.DataFrame) -> None:  # noqa: PLR0917 -- a place and its words
    """The axis's name, and under it what either side of no effect means."""
    ratio = evidence.measure in _RATIOS
    low, high = axes.get_xlim()
    null = _null(evidence)
    share = math.log(null / low) / math.log(high / low) if ratio else (null - low) / (high - low)
    at = _PLOT + _PLOT_WIDTH * share
    drug, _ = terms.side_words(arms)
    less, more = ("fewer", "more") if evidence.measure in _COUNTS else ("lower", "higher")
    good = evidence.higher_is == HigherIs.BETTER
    scale = (_RATIOS | _DIFFERENCES).get(evidence.measure, evidence.measure) + (", log scale" if ratio else "")
    canvas.write(drawn, _PLOT + _PLOT_WIDTH / 2, y + 0.34, scale, size=canvas.SMALL, align="center", color=canvas.QUIET)
    for align, step, words, better in (
        ("right", -0.06, f"← {less} with the {drug}", not good),
        ("left", 0.06, f"{more} with the {drug} →", good),
    ):
        canvas.write(drawn, at + step, y + 0.55, words, size=canvas.SMALL, bold=True, align=align)
        canvas.write(drawn, at + step, y + 0.73, "(better)" if better else "(worse)", size=canvas.SMALL, align=align)


def _notes(evidence: SynthesisEvidence, lines: Sequence[_Line]) -> list[str]:
    """What stands under the plot: heterogeneity, the model, what matters, and the lights."""
    return [*_method(evidence), _lights_note(lines)]


def _method(evidence: SynthesisEvidence) -> list[str]:
    """Heterogeneity, the model and what matters, or why nothing is pooled."""
    primary, pooled = evidence.primary, _pooled(evidence)
    if primary is None or pooled is None:
        why = primary.note if primary else "what the sources report allows no common measure"
        return [f"Nothing is pooled: {why}."]
    said = [_heterogeneity(pooled)] if primary.diamond else []
    if primary.k == 1:
        said.append("One study: nothing to pool, so there is no diamond.")
    else:
        random = "; random effects not estimable" if primary.random == NOT_ESTIMABLE else ""
        note = f" ({primary.note})" if primary.note else ""
        said.append(f"Model: {primary.model}{random}{note}.")
    if evidence.threshold:
        matters = terms.listed([f"{at:g}".replace("-", "−") for at in _thresholds(evidence)])
        said.append(f"Dotted lines: the difference that matters, {matters}.")
    return said


def _effect(evidence: SynthesisEvidence) -> str:
    """The pooled effect in a sentence; empty where there is none."""
    pooled = _pooled(evidence)
    if pooled is None or not (evidence.primary and evidence.primary.diamond):
        return ""
    interval = terms.interval(pooled.estimate_ci_low, pooled.estimate_ci_high)
    predicted = _prediction(evidence)
    beyond = f"; prediction interval {terms.interval(*predicted)}" if predicted else ""
    effect = f"{evidence.measure} {terms.number(pooled.estimate)} (95 % CI {interval})"
    return f"Together ({_together(evidence)}): {effect}{beyond}."


def _lights_note(lines: Sequence[_Line]) -> str:
    shown = {lights.light_of(line.appraisal, subject) for line in lines for subject in lights.SUBJECTS}
    return f"Lights: {lights.DOMAIN_NAMES}{lights.HATCHED if lights.NOT_REPORTED in shown else ''}."


def _heterogeneity(pooled: Pooled) -> str:
    q = f"Q = {pooled.q:.2f}, df = {pooled.k - 1}, {terms.p_value(pooled.q_p)}"
    tau2 = f"tau² = {pooled.tau2:.3g}" if pooled.model == "random" else "tau² not estimated"
    return f"Heterogeneity: {q}; I² = {pooled.i2:.0f} %; {tau2}."
