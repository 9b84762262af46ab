"""The summary of risk of bias: for each domain the share of the evidence at each judgement, weighted where it can be.

The layout is robvis's (mcguinness2021, docs/methods.bib): a bar from 0 to 100 % for each domain, the weights those of
the meta-analysis, overall apart at the foot.  What hangs on missing reporting alone has a segment of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from review.cells import rows
from review.errors import WrongUse
from review.figures import canvas, lights, terms

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Risk of bias by domain (RoB 2)"

#: The judgements from left to right.
ORDER = ("Low", "Some concerns", "High", lights.NOT_REPORTED, lights.NOT_ASSESSED)
DOMAIN_TITLES: Mapping[str, str] = {
    "D1": "D1 Randomisation",
    "D2": "D2 Deviations",
    "D3": "D3 Missing data",
    "D4": "D4 Measurement",
    "D5": "D5 Selection of results",
    lights.OVERALL: "Overall",
}
#: What sets a segment apart without its colour.
HATCHES: Mapping[str, str] = {lights.NOT_REPORTED: "//////", lights.NOT_ASSESSED: "||"}

#: Inches: from one bar to the next, a bar's height, where the bars begin, the gap above overall, the axis at the foot.
_STEP, _BAR, _LEFT, _APART, _FOOT = 0.44, 0.3, 2.3, 0.12, 0.42
_WIDTH = canvas.WIDTH - _LEFT - canvas.MARGIN - 0.2
#: A segment is labelled from this width on, inches; and with its percentage from this one on.
_GLYPH_ROOM, _PERCENT_ROOM = 0.16, 0.72


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The shares of one domain, from 0 to 1, by judgement in the order of `ORDER`; they add up to 1."""

    subject: str
    by_judgement: Mapping[str, float]


def plot_bias_summary(
    bias: pd.DataFrame, weights: Sequence[float] | None = None, *, weighted_by: str = "their weight in the synthesis"
) -> Figure:
    """A bar for each domain of RoB 2 with the share of the evidence at each judgement.

    Parameters
    ----------
    bias : DataFrame
        As from `study_judgements`; usually the rows of one synthesis.
    weights : sequence of float, optional
        A weight for each row, in any unit, none negative and not all 0; without them every row counts the same.
    weighted_by : str
        What the weights are, for the note.

    Returns
    -------
    Figure
        Not saved.

    Raises
    ------
    WrongUse
        If the weights are none for each row or not to be added up.
    """
    shares = bias_shares(bias, weights)
    body = _STEP * len(lights.SUBJECTS) + _APART + _FOOT + 0.36
    notes = [
        _basis(len(bias), weighted_by if weights is not None else ""),
        "? hatched: the judgement hangs on what is not reported, not on conduct seen to be bad.",
    ]
    drawn = canvas.sheet(TITLE, body=body if shares else 2 * _STEP, notes=notes if shares else ())
    if not shares:
        canvas.write(drawn, canvas.MARGIN, drawn.top + _STEP, "No study has been assessed.")
        return drawn.figure
    top = drawn.top + 0.06
    for place, share in enumerate(shares):
        _bar(drawn, top + _STEP * (place + 0.5) + (_APART if share.subject == lights.OVERALL else 0), share)
    foot = top + _STEP * len(shares) + _APART
    _axis(drawn, foot)
    _legend(drawn, foot + _FOOT + 0.12)
    return drawn.figure


def bias_summary_alt(
    bias: pd.DataFrame, weights: Sequence[float] | None = None, *, weighted_by: str = "their weight in the synthesis"
) -> str:
    """The same in sentences.

    Parameters
    ----------
    bias, weights, weighted_by
        As for `plot_bias_summary`, with the same exceptions.

    Returns
    -------
    str
        What the shares are of, then those of every domain and of overall, those of 0 left out.
    """
    shares = bias_shares(bias, weights)
    if not shares:
        return f"{TITLE}. No study has been assessed."
    said = [f"{DOMAIN_TITLES[share.subject]}: {terms.listed(_words(share))}." for share in shares]
    return " ".join([f"{TITLE}.", _basis(len(bias), weighted_by if weights is not None else ""), *said])


def bias_shares(bias: pd.DataFrame, weights: Sequence[float] | None = None) -> tuple[Shares, ...]:
    """The share of each judgement, domain by domain and overall; none where no study has been assessed.

    Parameters
    ----------
    bias, weights
        As for `plot_bias_summary`, with the same exceptions.
    """
    given = [1.0] * len(bias) if weights is None else [float(weight) for weight in weights]
    if len(given) != len(bias):
        raise WrongUse(f"there are {len(given)} weights for {len(bias)} studies: give one for each row")
    total = math.fsum(given)
    if len(bias) and not (min(given) >= 0 and 0 < total < math.inf):
        raise WrongUse("weights are numbers from 0 up, not all of them 0: give those of the synthesis, or none")
    if not len(bias):
        return ()
    return tuple(
        Shares(
            subject=subject,
            by_judgement={
                judgement: math.fsum(weight for weight, light in zip(given, found, strict=True) if light == judgement)
                / total
                for judgement in ORDER
            },
        )
        for subject in lights.SUBJECTS
        for found in ([lights.light_of(row, subject) for row in rows(bias)],)
    )


def _basis(count: int, weighted_by: str) -> str:
    """What the shares are shares of."""
    studies = terms.counted(count, "appraisal")
    return f"{studies}, weighted by {weighted_by}." if weighted_by else f"{studies}, each counted the same."


def _words(share: Shares) -> list[str]:
    return [f"{terms.percent(part)} {judgement.lower()}" for judgement, part in share.by_judgement.items() if part]


def _bar(drawn: canvas.Sheet, y: float, share: Shares) -> None:
    """A domain's name and its segments, each with glyph and percentage where there is room."""
    bold = share.subject == lights.OVERALL
    canvas.write(drawn, canvas.MARGIN, y, DOMAIN_TITLES[share.subject], bold=bold)
    x = _LEFT
    for judgement, part in share.by_judgement.items():
        wide = _WIDTH * part
        if not part:
            continue
        _segment(drawn, x, y, wide=wide, judgement=judgement)
        glyph = lights.LIGHTS[judgement][1]
        label = f"{glyph} {terms.percent(part)}".strip() if wide >= _PERCENT_ROOM else glyph
        if wide >= _GLYPH_ROOM:
            _label(drawn, x + wide / 2, y, label, paper=judgement in HATCHES)
        x += wide


def _segment(drawn: canvas.Sheet, x: float, y: float, *, wide: float, judgement: str) -> None:
    fill, hatch = lights.LIGHTS[judgement][0], HATCHES.get(judgement, "")
    canvas.box(drawn, x, y - _BAR / 2, wide, _BAR, fill=fill, edge=canvas.INK, hatch=hatch)


def _label(drawn: canvas.Sheet, x: float, y: float, text: str, *, paper: bool) -> None:
    """Text on a segment; on a hatched one on a patch of paper, so that it can be read."""
    if paper and text:
        wide = 0.1 * len(text) + 0.08
        canvas.box(drawn, x - wide / 2, y - 0.1, wide, 0.2, fill=canvas.PAPER)
    ink = canvas.INK if paper else canvas.ON_COLOUR
    canvas.write(drawn, x, y, text, size=canvas.SMALL, bold=True, color=ink, align="center")


def _axis(drawn: canvas.Sheet, y: float) -> None:
    """Percent from 0 to 100 under the bars."""
    canvas.rule(drawn, y, color=canvas.INK, left=_LEFT, right=_LEFT + _WIDTH)
    for at in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _LEFT + _WIDTH * at
        drawn.page.plot([x, x], [y, y + 0.05], color=canvas.INK, linewidth=0.8)
        canvas.write(drawn, x, y + 0.17, f"{100 * at:.0f} %", size=canvas.SMALL, align="center")


def _legend(drawn: canvas.Sheet, y: float) -> None:
    """The segments with their words, in one line."""
    x = canvas.MARGIN
    for judgement, room in zip(ORDER, (0.72, 1.52, 0.78, 1.46, 1.4), strict=True):
        _segment(drawn, x + 0.13, y, wide=0.24, judgement=judgement)
        _label(drawn, x + 0.25, y, lights.LIGHTS[judgement][1], paper=judgement in HATCHES)
        canvas.write(drawn, x + 0.43, y, judgement.capitalize(), size=canvas.SMALL)
        x += room + 0.24
