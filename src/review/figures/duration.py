"""How long something lasts: medians or means of each study's arms, the longest seen, and the claim's bound in days."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from review.evidence import SynthesisEvidence
from review.figures import canvas, scale, terms
from review.vocabulary import Group

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Inches.
_PLOT, _PLOT_WIDTH, _NUMBERS = 2.75, 2.95, 5.82
_ARM, _HEAD, _AXIS = 0.44, 0.3, 0.62
_NAME_ROOM = _PLOT - canvas.MARGIN - 0.12
#: Days at which a long axis has its ticks.
_DAYS = (1.0, 2.0, 7.0, 14.0, 30.0, 90.0, 180.0, 365.0, 730.0, 1825.0, 3650.0)
#: From this ratio of the longest to the shortest time on, the axis is logarithmic.
_LONG = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arm:
    """One arm as it is drawn, in days."""

    side: str
    n: str
    what: str
    days: float
    longest: float | None
    spread: str
    drug: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Study:
    """One comparison with the arms that have a time."""

    name: str
    unit: str
    arms: tuple[_Arm, ...]

    @property
    def label(self) -> tuple[str, ...]:
        """The name in lines."""
        return canvas.wrapped(self.name, _NAME_ROOM, bold=True, lines=3)

    @property
    def head(self) -> float:
        """Inches of the name."""
        return 0.12 + canvas.LINE * len(self.label)

    @property
    def height(self) -> float:
        """Inches of its rows."""
        return self.head + _ARM * len(self.arms)


def plot_duration(evidence: SynthesisEvidence, arms: pd.DataFrame, names: Mapping[str, str], *, outcome: Any) -> Figure:
    """Each arm's median or mean time with the longest seen, and the claim's bound.

    Parameters
    ----------
    evidence : SynthesisEvidence
        The synthesis of the treated arms, for the claim's bound.
    arms : DataFrame
        The results of its comparisons (`arms_in_order`); their placebo arms are drawn too.
    names : mapping
        Short names by study id.
    outcome : row
        Of the outcomes table.

    Returns
    -------
    Figure
        Not saved; never a pooled time.
    """
    studies = _studies(arms, names)
    height = sum(study.height for study in studies)
    drawn = canvas.sheet(str(outcome.name), body=_HEAD + height + _AXIS, notes=_notes(studies))
    top = drawn.top + _HEAD
    axes = canvas.panel(drawn, _PLOT, top, _PLOT_WIDTH, height)
    _axis(axes, studies, evidence)
    _bounds(drawn, axes, evidence)
    y = top
    for study in studies:
        canvas.rule(drawn, y)
        for place, line in enumerate(study.label):
            canvas.write(drawn, canvas.MARGIN, y + 0.08 + canvas.LINE * (place + 0.5), line, bold=True)
        for place, arm in enumerate(study.arms):
            middle = y + study.head + _ARM * (place + 0.45)
            _write(drawn, middle, arm, study.unit)
            _mark(axes, middle - top, arm)
        y += study.height
    words = f"{outcome.unit or 'days'}{', log scale' if _is_long(studies) else ''}"
    canvas.write(drawn, _PLOT + _PLOT_WIDTH / 2, y + 0.38, words, size=canvas.SMALL, align="center", color=canvas.QUIET)
    return drawn.figure


def duration_alt(evidence: SynthesisEvidence, arms: pd.DataFrame, names: Mapping[str, str], *, outcome: Any) -> str:
    """The same in sentences.

    Parameters
    ----------
    evidence, arms, names, outcome
        As for `plot_duration`.

    Returns
    -------
    str
        Every arm's time, the longest seen, and the claim's bound.
    """
    studies = _studies(arms, names)
    said = [f"{outcome.name}, in {outcome.unit or 'days'}."]
    said += [f"{study.name} ({study.unit}): {'; '.join(map(_arm_words, study.arms))}." for study in studies]
    if evidence.quantity:
        said.append(f"The claim {' and '.join(terms.bound_words(evidence.quantity))}.")
    return " ".join([*said, *_notes(studies)])


def _arm_words(arm: _Arm) -> str:
    longest = f", longest {_days(arm.longest)}" if arm.longest is not None else ""
    return f"{arm.side} {arm.what} {_days(arm.days)}{arm.spread}{longest} ({arm.n})"


def _days(value: float) -> str:
    return terms.counted(value, "day")


def _studies(arms: pd.DataFrame, names: Mapping[str, str]) -> list[_Study]:
    """The comparisons with the arms that have a time, in the order given."""
    drug, placebo = terms.side_words(arms)
    found = []
    for sides in terms.by_comparison(arms).values():
        shown = tuple(
            arm for row in sides if (arm := _arm(row, placebo if row.group == Group.COMPARATOR else drug)) is not None
        )
        if shown:
            unit = terms.UNITS.get(sides[0].per, sides[0].per)
            found.append(_Study(name=terms.with_stratum(sides[0], names), unit=unit, arms=shown))
    return found


def _arm(row: Any, side: str) -> _Arm | None:
    """An arm's median, or its mean where there is no median; None without either."""
    median = terms.present(row.median)
    if not median and not terms.present(row.mean):
        return None
    return _Arm(
        side=side,
        n=f"n {row.n}" if terms.present(row.n) else "n not seen",
        what="median" if median else "mean",
        days=float(row.median if median else row.mean),
        longest=float(row.max) if terms.present(row.max) else None,
        spread=f" (SD {row.sd:g})" if not median and terms.present(row.sd) else "",
        drug=row.group != Group.COMPARATOR,
    )


def _times(studies: Sequence[_Study]) -> list[float]:
    return [
        time for study in studies for arm in study.arms for time in (arm.days, arm.longest) if time is not None
    ] or [1.0]


def _is_long(studies: Sequence[_Study]) -> bool:
    times = _times(studies)
    return min(times) > 0 and max(times) / min(times) >= _LONG


def _axis(axes: Axes, studies: Sequence[_Study], evidence: SynthesisEvidence) -> None:
    """Days, on a logarithmic axis where they run from days to months."""
    bounds = [evidence.quantity.stands, evidence.quantity.fails] if evidence.quantity else []
    times = [*_times(studies), *(at for at in bounds if at > 0)]
    if _is_long(studies):
        axes.set_xscale("log")
        low, high = min([*times, 1.0]) / 1.25, max(times) * 1.25
        axes.set_xlim(low, high)
        canvas.ticks(axes, _apart([day for day in _DAYS if low <= day <= high], low, high))
    else:
        axes.set_xlim(0, max(times) * 1.1)
        canvas.ticks(axes, scale.even_ticks(0, max(times) * 1.1))


def _apart(days: Sequence[float], low: float, high: float) -> list[float]:
    """Ticks far enough from each other for their labels."""
    kept: list[float] = []
    for day in days:
        if not kept or math.log(day / kept[-1]) / math.log(high / low) * _PLOT_WIDTH > 0.4:  # noqa: PLR2004 -- inches
            kept.append(day)
    return kept


def _bounds(drawn: canvas.Sheet, axes: Axes, evidence: SynthesisEvidence) -> None:
    """The claim's bounds, as one line where they are one."""
    if evidence.quantity is None:
        return
    stands, fails = terms.bound_words(evidence.quantity)
    same = evidence.quantity.stands == evidence.quantity.fails
    lines = [(evidence.quantity.stands, "--"), (evidence.quantity.fails, "-.")][: 1 if same else 2]
    for at, style in lines:
        axes.axvline(at, color=canvas.VERMILION, linestyle=style, linewidth=1.5, zorder=1)
    canvas.write(drawn, _PLOT, drawn.top + _HEAD - 0.13, f"Line: the claim {stands}, {fails}", size=canvas.SMALL)


def _write(drawn: canvas.Sheet, y: float, arm: _Arm, unit: str) -> None:
    """An arm's side, size and times."""
    canvas.write(drawn, canvas.MARGIN + 0.1, y - 0.09, f"{arm.side}, {arm.n}", size=canvas.SMALL)
    canvas.write(drawn, canvas.MARGIN + 0.1, y + 0.09, unit, size=canvas.SMALL, color=canvas.QUIET, width=_NAME_ROOM)
    longest = f"longest {arm.longest:g}" if arm.longest is not None else arm.spread.strip(" ()")
    both = -0.09 if longest else 0.0
    canvas.write(drawn, _NUMBERS, y + both, f"{arm.what} {arm.days:g}", size=canvas.SMALL, bold=True)
    canvas.write(drawn, _NUMBERS, y + 0.09, longest, size=canvas.SMALL)


def _mark(axes: Axes, y: float, arm: _Arm) -> None:
    """The median or mean, and a thin line to the longest time seen."""
    color, marker = (canvas.BLUE, "o") if arm.drug else (canvas.QUIET, "s")
    if arm.longest is not None:
        axes.plot([arm.days, arm.longest], [y, y], color=color, linewidth=1.3, zorder=2)
        axes.plot([arm.longest], [y], marker="|", markersize=11, markeredgewidth=1.8, color=color)
    axes.plot(
        [arm.days],
        [y],
        marker=marker,
        markersize=9,
        color=color,
        markerfacecolor=color if arm.what == "median" else canvas.PAPER,
        markeredgewidth=1.6,
        zorder=3,
        linestyle="none",
    )


def _notes(studies: Sequence[_Study]) -> list[str]:
    every = [arm for study in studies for arm in study.arms]
    notes = ["Among those affected; not pooled."]
    if any(arm.longest is not None for arm in every):
        notes.append("A thin line runs to the longest time seen in anybody.")
    if any(arm.what == "mean" for arm in every):
        notes.append("Filled: median; hollow: mean.")
    if all(arm.drug for arm in every):
        notes.append("None of these studies has a comparator arm on file for this.")
    return notes
