"""Single groups study by study against the two bounds of a claim: risks in percent, or means in their unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from review.claims import Quantity
from review.evidence import SynthesisEvidence
from review.figures import canvas, scale, terms
from review.verdicts import Limits
from review.vocabulary import Group, OutcomeKind, SynthesisGroup

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Inches.
_PLOT, _PLOT_WIDTH, _NUMBERS = 2.95, 2.9, 6.02
_ROW, _GROUP, _HEAD, _AXIS = 0.48, 0.34, 0.3, 0.62
_NAME_ROOM = _PLOT - canvas.MARGIN - 0.12
#: Where a percent axis may end.
_PERCENT_ENDS = (20.0, 50.0, 100.0)

REAL = "Mesotherapy itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One arm as it is drawn, in percent or in the outcome's unit."""

    name: str
    data: str
    unit: str
    arm: str
    limits: Limits
    group: str
    pooled: bool = False

    @property
    def label(self) -> tuple[str, ...]:
        """The name in lines."""
        return canvas.wrapped(self.name, _NAME_ROOM, bold=True, lines=3)

    @property
    def height(self) -> float:
        """Inches of the row."""
        return max(_ROW, canvas.LINE * (len(self.label) + 2) + 0.06)


def plot_single_arm(
    evidence: Sequence[SynthesisEvidence],
    arms: pd.DataFrame,
    names: Mapping[str, str],
    *,
    outcome: Any,
    mesotherapy: Collection[str] = (),
) -> Figure:
    """Each arm's risk (or mean) with its interval, by group, and the claim's bounds.

    Parameters
    ----------
    evidence : sequence of SynthesisEvidence
        Of single groups, all on one outcome: the drug's and the placebo's syntheses together.  A comparator arm that no
        synthesis has is added without an interval, so that a drug is never shown without its placebo.
    arms : DataFrame
        The results of all their comparisons (`arms_in_order`).
    names : mapping
        Short names by study id.
    outcome : row
        Of the outcomes table: name, kind and unit.
    mesotherapy : collection of str
        Studies of the treatment as advertised, which get a group of their own.

    Returns
    -------
    Figure
        Not saved.  A diamond only where the synthesis has a pooled risk, from five studies on.
    """
    groups = _groups(evidence, arms, names, outcome, mesotherapy=mesotherapy)
    quantity = next((one.quantity for one in evidence if one.quantity), None)
    height = sum(_GROUP + sum(row.height for row in group) for group in groups.values())
    notes = _notes(groups, quantity, outcome)
    drawn = canvas.sheet(str(outcome.name), body=_HEAD + height + _AXIS, notes=notes)
    top = drawn.top + _HEAD
    axes = canvas.panel(drawn, _PLOT, top, _PLOT_WIDTH, height)
    _axis(drawn, axes, groups, quantity, outcome)
    y = top
    for heading, group in groups.items():
        canvas.write(drawn, canvas.MARGIN, y + _GROUP / 2 + 0.03, heading, bold=True, color=canvas.BLUE)
        canvas.rule(drawn, y)
        y += _GROUP
        for row in group:
            _write(drawn, y + row.height / 2, row, outcome)
            _mark(axes, y + row.height / 2 - top, row)
            y += row.height
    return drawn.figure


def single_arm_alt(
    evidence: Sequence[SynthesisEvidence],
    arms: pd.DataFrame,
    names: Mapping[str, str],
    *,
    outcome: Any,
    mesotherapy: Collection[str] = (),
) -> str:
    """The same in sentences.

    Parameters
    ----------
    evidence, arms, names, outcome, mesotherapy
        As for `plot_single_arm`.

    Returns
    -------
    str
        Every arm's number with its interval and unit by group, and the claim's bounds.
    """
    groups = _groups(evidence, arms, names, outcome, mesotherapy=mesotherapy)
    quantity = next((one.quantity for one in evidence if one.quantity), None)
    said = [f"{outcome.name}: single groups, study by study."]
    for heading, group in groups.items():
        said.append(f"{heading}: {'; '.join(_row_words(row, outcome) for row in group)}.")
    return " ".join([*said, *_notes(groups, quantity, outcome)])


def _row_words(row: _Row, outcome: Any) -> str:
    estimate, interval = _shown(row, outcome)
    return f"{row.name} {estimate} ({', '.join(filter(None, (interval, row.data, row.unit)))})"


def _groups(
    evidence: Sequence[SynthesisEvidence],
    arms: pd.DataFrame,
    names: Mapping[str, str],
    outcome: Any,
    *,
    mesotherapy: Collection[str],
) -> dict[str, list[_Row]]:
    """The rows under their headings, which stand in a fixed order."""
    found = terms.by_comparison(arms)
    drug, placebo = (f"{word.capitalize()} arms" for word in terms.side_words(arms))
    groups: dict[str, list[_Row]] = {drug: [], REAL: [], placebo: [], "Together": []}
    for one in evidence:
        comparator = one.group == SynthesisGroup.COMPARATOR
        wanted = {Group.COMPARATOR} if comparator else {Group.INTERVENTION, Group.SINGLE}
        for limits in one.every:
            row = terms.arm_of(found.get(limits.name, ()), wanted)
            heading = placebo if comparator else REAL if row and row.study_id in mesotherapy else drug
            if row is not None and all(known.limits.name != limits.name for known in groups[heading]):
                groups[heading].append(_row(row, limits, heading, names))
        groups["Together"] += _pooled(one)
    groups[placebo] += _missing(found, groups, placebo, names)
    return {_heading(heading, group): _scaled(group, outcome) for heading, group in groups.items() if group}


def _heading(heading: str, group: Sequence[_Row]) -> str:
    """The heading; with the arm's own words where "treatment" or "comparator" alone says too little."""
    arms = {row.arm for row in group}
    told = heading.startswith(("Treatment", "Comparator")) and len(arms) == 1
    return f"{heading}: {''.join(arms)}" if told else heading


def _row(row: Any, limits: Limits, heading: str, names: Mapping[str, str]) -> _Row:
    return _Row(
        name=terms.with_stratum(row, names),
        data=_data(row),
        unit=terms.UNITS.get(row.per, row.per),
        arm=row.arm,
        limits=limits,
        group=heading,
    )


def _data(row: Any) -> str:
    """What was counted or measured, such as ``356/513`` and ``mean, SD 1, n not seen``."""
    n = f"{row.n}" if terms.present(row.n) else ""
    if terms.present(row.events):
        return f"{row.events}/{n or '?'}"
    what = "printed percent" if terms.present(row.percent) else "median" if terms.present(row.median) else "mean"
    spread = f", SD {row.sd:g}" if what == "mean" and terms.present(row.sd) else ""
    return f"{what}{spread}, {f'n {n}' if n else 'n not seen'}"


def _pooled(one: SynthesisEvidence) -> list[_Row]:
    """The pooled risk, where the direction is read from one."""
    return [
        _Row(
            name="Pooled",
            data=f"{len(one.body.studies)} studies",
            unit="",
            arm="",
            limits=limits,
            group="",
            pooled=True,
        )
        for limits in one.deciding
        if limits.name == one.synthesis_id
    ]


def _missing(
    found: Mapping[str, Sequence[Any]], groups: Mapping[str, Sequence[_Row]], placebo: str, names: Mapping[str, str]
) -> list[_Row]:
    """Comparator arms that no synthesis has, without an interval."""
    there = {row.limits.name for row in groups[placebo]}
    absent = [
        terms.arm_of(sides, {Group.COMPARATOR})
        for name, sides in found.items()
        if name not in there and any(row.limits.name == name for group in groups.values() for row in group)
    ]
    rows = [(row, _value(row)) for row in absent if row is not None]
    return [
        _row(row, Limits(name=row.comparison_id, estimate=at, low=at, high=at, bare=True), placebo, names)
        for row, at in rows
        if at is not None
    ]


def _value(row: Any) -> float | None:
    """An arm's number as it stands."""
    if terms.present(row.events) and terms.present(row.n) and row.n:
        return float(row.events / row.n)
    if terms.present(row.percent):
        return float(row.percent) / 100
    return next((float(value) for value in (row.mean, row.median) if terms.present(value)), None)


def _scaled(group: Sequence[_Row], outcome: Any) -> list[_Row]:
    """Risks in percent; what is measured stays."""
    times = 100 if outcome.kind == OutcomeKind.BINARY else 1
    scaled = []
    for row in group:
        at = row.limits
        limits = replace(at, estimate=times * at.estimate, low=times * at.low, high=times * at.high)
        scaled.append(replace(row, limits=limits))
    return scaled


def _axis(  # noqa: PLR0917 -- a place and what stands there
    drawn: canvas.Sheet, axes: Axes, groups: Mapping[str, Sequence[_Row]], quantity: Quantity | None, outcome: Any
) -> None:
    """The scale and the claim's two bounds with their words."""
    binary = outcome.kind == OutcomeKind.BINARY
    bounds = _bounds(quantity, outcome)
    ends = [row.limits.high for group in groups.values() for row in group] + [at for at, _ in bounds]
    lows = [row.limits.low for group in groups.values() for row in group]
    low = 0.0 if binary else min([*lows, 0.0])
    high = next((end for end in _PERCENT_ENDS if max(ends) <= end), 100.0) if binary else max([*ends, 1.0]) * 1.06
    axes.set_xlim(low, high)
    places = scale.even_ticks(low, high)
    canvas.ticks(axes, places, [f"{at:g} %" for at in places] if binary else None)
    for (at, words), align, style in zip(bounds, ("right", "left"), ("--", "-."), strict=False):
        axes.axvline(at, color=canvas.VERMILION, linestyle=style, linewidth=1.4, zorder=1)
        x = _PLOT + _PLOT_WIDTH * (at - low) / (high - low) + (0.05 if align == "left" else -0.05)
        canvas.write(drawn, x, drawn.top + _HEAD - 0.13, words, size=canvas.SMALL, color=canvas.INK, align=align)
    foot = drawn.top + _HEAD + sum(_GROUP + sum(row.height for row in group) for group in groups.values())
    words = "share with the event" if binary else outcome.unit
    canvas.write(
        drawn, _PLOT + _PLOT_WIDTH / 2, foot + 0.38, words, size=canvas.SMALL, align="center", color=canvas.QUIET
    )


def _bounds(quantity: Quantity | None, outcome: Any) -> list[tuple[float, str]]:
    """The claim's bounds with their words, the smaller first."""
    if quantity is None:
        return []
    times = 100 if outcome.kind == OutcomeKind.BINARY else 1
    stands, fails = terms.bound_words(quantity)
    return sorted([(times * quantity.stands, stands), (times * quantity.fails, fails)])


def _write(drawn: canvas.Sheet, y: float, row: _Row, outcome: Any) -> None:
    """An arm's name, data, unit and number."""
    words = [*((line, canvas.TEXT, True) for line in row.label), (row.data, canvas.SMALL, False)]
    words += [(row.unit, canvas.SMALL, False)] if row.unit else []
    first = y - canvas.LINE * (len(words) - 1) / 2
    for place, (line, size, bold) in enumerate(words):
        quiet = canvas.QUIET if line == row.unit else canvas.INK
        at = first + canvas.LINE * place
        canvas.write(drawn, canvas.MARGIN, at, line, size=size, bold=bold, width=_NAME_ROOM, color=quiet)
    estimate, interval = _shown(row, outcome)
    canvas.write(drawn, _NUMBERS, y - 0.1, estimate, bold=True)
    canvas.write(drawn, _NUMBERS, y + 0.1, interval, size=canvas.SMALL)


def _shown(row: _Row, outcome: Any) -> tuple[str, str]:
    """The number and its interval as they are printed."""
    at = row.limits
    if outcome.kind != OutcomeKind.BINARY:
        return terms.number(at.estimate), "no interval" if at.bare else terms.interval(at.low, at.high)
    low, high = (terms.percent(value / 100).removesuffix(" %") for value in (at.low, at.high))
    return terms.percent(at.estimate / 100), "no interval" if at.bare else f"{low} to {high} %"


def _mark(axes: Axes, y: float, row: _Row) -> None:
    """An arm's estimate with its interval, hollow where it has none; the diamond of what is pooled."""
    at = row.limits
    if row.pooled:
        axes.fill(
            [at.low, at.estimate, at.high, at.estimate],
            [y, y - 0.12, y, y + 0.12],
            facecolor=canvas.ORANGE,
            edgecolor=canvas.INK,
            gid="diamond",
        )
        return
    if not at.bare:
        axes.plot([at.low, at.high], [y, y], color=canvas.INK, linewidth=1.5, zorder=2, clip_on=False)
    real, drug = row.group == REAL, row.group.startswith(("Drug", "Treatment"))
    marker, color = ("D", canvas.PURPLE) if real else ("o", canvas.BLUE) if drug else ("s", canvas.QUIET)
    axes.plot(
        [at.estimate],
        [y],
        marker=marker,
        markersize=9,
        color=color,
        markerfacecolor=canvas.PAPER if at.bare else color,
        markeredgewidth=1.6,
        zorder=3,
        linestyle="none",
        clip_on=False,
    )


def _notes(groups: Mapping[str, Sequence[_Row]], quantity: Quantity | None, outcome: Any) -> list[str]:
    """The rule, the interval, and why there is no diamond."""
    every = [row for group in groups.values() for row in group]
    notes = []
    if quantity:
        stands, fails = terms.bound_words(quantity)
        notes.append(f"The claim {stands} and {fails}, by all limits on one side of the bound.")
    if outcome.kind != OutcomeKind.BINARY:
        notes.append("95 % intervals; where n was not seen, those of a single observation, the widest any n allows.")
    else:
        notes.append("95 % intervals by Wilson; where no event was seen, the exact one-sided limit.")
    if any(row.limits.bare for row in every):
        notes.append("Hollow: no interval can be made from what is reported, or no synthesis has the arm.")
    if not any(row.group.startswith(("Placebo", "Comparator")) for row in every):
        notes.append("None of these studies has a comparator arm on file for this.")
    if not any(row.pooled for row in every):
        notes.append("Not pooled: each study stands by itself, so there is no diamond.")
    return notes
