"""The harvest plot of what cannot be pooled: which way each study points, and by what design."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from review.cells import rows
from review.figures import canvas, terms
from review.vocabulary import Design, SourceDirection

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Places of the axis from left to right, and those off it: that a source saw no difference gives no direction.
AXIS = (SourceDirection.COMPARATOR_BETTER, SourceDirection.INTERVENTION_BETTER)
OFF_AXIS = (SourceDirection.NO_DIFFERENCE_STATED, SourceDirection.UNCLEAR)
PLACES = (*AXIS, *OFF_AXIS)
HEADS: Mapping[str, str] = {
    SourceDirection.COMPARATOR_BETTER: "Comparator better",
    SourceDirection.NO_DIFFERENCE_STATED: "No difference stated",
    SourceDirection.INTERVENTION_BETTER: "Intervention better",
    SourceDirection.UNCLEAR: "Direction not reported",
}

RANDOMISED, CONTROLLED, UNCONTROLLED = "randomised", "controlled, not randomised", "no control group"
#: How tall a bar is by design (our convention, after the harvest plot's heights by suitability of design).
HEIGHTS: Mapping[str, int] = {RANDOMISED: 3, CONTROLLED: 2, UNCONTROLLED: 1}
_FILLS: Mapping[str, str] = {RANDOMISED: canvas.BLUE, CONTROLLED: canvas.SKY, UNCONTROLLED: canvas.PAPER}
_RANDOMISED = frozenset({Design.RCT, Design.SPLIT_BODY_RCT, Design.POOLED_TRIALS})
_CONTROLLED = frozenset({Design.NONRANDOMISED_TRIAL, Design.COHORT})
#: How the tables say that an effect is a change within one group, whatever the study's design.
WITHIN_GROUP = "after against before"

#: Inches.
_STEP, _UNIT, _LABEL, _COLUMN_HEAD, _GAP, _LEAST = 0.255, 0.21, 1.5, 0.52, 0.16, 1.17
_TIER = 3 * _UNIT + _LABEL + 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    """One study at one place."""

    name: str
    design: str
    mixed: bool


def plot_harvest(
    effects: pd.DataFrame, studies: Mapping[str, str], names: Mapping[str, str], *, title: str = ""
) -> Figure:
    """Each study at the direction that it states, as tall as its design is strong.

    Parameters
    ----------
    effects : DataFrame
        Rows of the reported effects table that belong together: one outcome, or one claim's outcomes.
    studies : mapping
        Designs by study id.
    names : mapping
        Short names by study id.
    title : str
        What the effects are about.

    Returns
    -------
    Figure
        Not saved.  A study that states several directions stands at each, hatched; nothing is counted and p values are
        not used.
    """
    bars = _bars(effects, studies, names)
    rooms = _rooms(bars)
    most = {place: max(1, int(room / _STEP)) for place, room in rooms.items()}
    tiers = max(math.ceil(max(len(found), 1) / most[place]) for place, found in bars.items())
    body = _COLUMN_HEAD + _TIER * tiers + 0.52
    drawn = canvas.sheet(_title(title), body=body, notes=_notes(bars))
    x = canvas.MARGIN
    for place, room in rooms.items():
        _column(drawn, x, room, place, bars[place], tiers)
        x += room + (2 * _GAP if place == AXIS[-1] else _GAP)
    _legend(drawn, drawn.top + body - 0.2)
    return drawn.figure


def harvest_alt(effects: pd.DataFrame, studies: Mapping[str, str], names: Mapping[str, str], *, title: str = "") -> str:
    """The same in sentences.

    Parameters
    ----------
    effects, studies, names, title
        As for `plot_harvest`.

    Returns
    -------
    str
        The studies at each place by name and design; no counts.
    """
    bars = _bars(effects, studies, names)
    said = [f"{HEADS[place]}: {_bar_words(bars[place])}." for place in PLACES]
    return " ".join([f"{_title(title)}.", *said, *_notes(bars)])


def _bar_words(bars: Sequence[_Bar]) -> str:
    return "; ".join(f"{bar.name} ({bar.design}{', in part' if bar.mixed else ''})" for bar in bars) or "none"


def _title(title: str) -> str:
    return f"{title}: which way each study points" if title else "Which way each study points"


def _bars(
    effects: pd.DataFrame, studies: Mapping[str, str], names: Mapping[str, str]
) -> dict[SourceDirection, list[_Bar]]:
    """The studies at each place, the tallest first."""
    stated: dict[str, dict[SourceDirection, str]] = {}
    for row in rows(effects):
        places = stated.setdefault(row.study_id, {})
        place = SourceDirection(row.direction or SourceDirection.UNCLEAR)
        design = _design(studies.get(row.study_id, ""), row.words)
        known = places.get(place, UNCONTROLLED)
        places[place] = max(known, design, key=lambda each: HEIGHTS[each])
    bars: dict[SourceDirection, list[_Bar]] = {place: [] for place in PLACES}
    for study_id, places in stated.items():
        for place, design in places.items():
            bars[place].append(_Bar(name=terms.named(study_id, names), design=design, mixed=len(places) > 1))
    return {place: sorted(found, key=lambda bar: (-HEIGHTS[bar.design], bar.name)) for place, found in bars.items()}


def _design(design: str, words: str) -> str:
    """The strength of an effect's design: a change within one group has no control, whoever was randomised."""
    if words.startswith(WITHIN_GROUP):
        return UNCONTROLLED
    return RANDOMISED if design in _RANDOMISED else CONTROLLED if design in _CONTROLLED else UNCONTROLLED


def _rooms(bars: Mapping[SourceDirection, Sequence[_Bar]]) -> dict[SourceDirection, float]:
    """The width of each place: a least one, and the rest by the number of its bars, in whole bars."""
    whole = canvas.WIDTH - 2 * canvas.MARGIN - 4 * _GAP
    spare = whole - _LEAST * len(bars)
    wanted = {place: max(0.0, _STEP * len(found) - _LEAST) for place, found in bars.items()}
    total = sum(wanted.values())
    shares = {place: spare * want / total if total else spare / len(bars) for place, want in wanted.items()}
    return {place: _LEAST + share for place, share in shares.items()}


def _column(  # noqa: PLR0917 -- a place and what stands there
    drawn: canvas.Sheet, x: float, room: float, place: SourceDirection, bars: Sequence[_Bar], tiers: int
) -> None:
    """One place with its head and its bars, in as many tiers as they need."""
    if place in OFF_AXIS:
        canvas.box(
            drawn, x - _GAP / 2, drawn.top - 0.02, room + _GAP, _COLUMN_HEAD + _TIER * tiers + 0.06, fill=canvas.PALE
        )
    for line, words in enumerate(canvas.wrapped(HEADS[place], room, size=canvas.SMALL, bold=True, lines=2)):
        canvas.write(drawn, x, drawn.top + 0.12 + canvas.LINE * 0.9 * line, words, size=canvas.SMALL, bold=True)
    fit = max(1, int(room / _STEP))
    for tier in range(tiers):
        base = drawn.top + _COLUMN_HEAD + _TIER * (tier + 1) - 0.06
        here = bars[fit * tier : fit * (tier + 1)]
        if here or tier == 0:
            canvas.rule(drawn, base, color=canvas.INK, left=x, right=x + room)
        for at, bar in enumerate(here):
            _bar(drawn, x + _STEP * at, base, bar)
    if not bars:
        canvas.write(drawn, x, drawn.top + _COLUMN_HEAD + _TIER - 0.2, "none", size=canvas.SMALL, color=canvas.QUIET)


def _bar(drawn: canvas.Sheet, x: float, base: float, bar: _Bar) -> None:
    """One bar with its study's name upright over it."""
    height = _UNIT * HEIGHTS[bar.design]
    hatch = "////" if bar.mixed else ""
    canvas.box(
        drawn, x + 0.03, base - height, _STEP - 0.06, height, fill=_FILLS[bar.design], edge=canvas.INK, hatch=hatch
    )
    name = canvas.fitted_name(bar.name, _LABEL + 3 * _UNIT - height - 0.06, size=canvas.SMALL)
    canvas.write(drawn, x + _STEP / 2, base - height - 0.05, name, size=canvas.SMALL, align="center", rotation=90)


def _legend(drawn: canvas.Sheet, y: float) -> None:
    """What the heights and fills mean."""
    x = canvas.MARGIN
    for design, room in ((RANDOMISED, 1.35), (CONTROLLED, 2.42), (UNCONTROLLED, 1.62)):
        height = 0.1 * HEIGHTS[design]
        canvas.box(drawn, x, y + 0.13 - height, 0.18, height, fill=_FILLS[design], edge=canvas.INK)
        canvas.write(drawn, x + 0.26, y, design, size=canvas.SMALL)
        x += room
    canvas.box(drawn, x, y - 0.1, 0.18, 0.23, fill=canvas.PAPER, edge=canvas.INK, hatch="////")
    canvas.write(drawn, x + 0.26, y, "in part", size=canvas.SMALL)


def _notes(bars: Mapping[SourceDirection, Sequence[_Bar]]) -> list[str]:
    notes = ["Height is by design, not by size of effect or by p; bars are not to be counted as votes."]
    if any(bar.mixed for found in bars.values() for bar in found):
        notes.append(
            "Hatched, in part: the study states more than one direction, by outcome or time, and stands at each."
        )
    if any(bars[place] for place in OFF_AXIS):
        notes.append("Grey, off the axis: no difference stated without its size and sign, or no direction reported.")
    return notes
