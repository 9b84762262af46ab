"""The overclaim map: how strongly each claim is worded, crossed with the verdict that its evidence carries."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from review.appraisal import Verdict
from review.cues import LEVELS, SCALE_NOTE
from review.figures import canvas, terms
from review.verdicts import DIRECT_WORDING
from review.vocabulary import VerdictLabel

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "How strongly each claim is worded, and what its evidence carries"

#: Labels that always have a row, so that an empty one is seen to be empty.
_ALWAYS = tuple(VerdictLabel)[:6]
#: Fill of a label's cells: what carries the wording, what carries less, what carries nothing or speaks against it.
_FILLS: Mapping[VerdictLabel, str] = {
    VerdictLabel.SUPPORTED: "#cfe8f7",
    VerdictLabel.SUPPORTED_WITH_LIMITS: "#e6f3fb",
    VerdictLabel.OVERSTATED: "#fdeccb",
    VerdictLabel.NOT_SUBSTANTIATED: "#f7d9c4",
    VerdictLabel.CONTRADICTED: "#f0b596",
    VerdictLabel.NO_EVIDENCE: "#efefef",
}

#: Inches.
_SIDE, _HEAD, _TOP, _LEAST, _ID_LINE = 1.42, 0.66, 0.3, 0.5, 0.21
_CELL = (canvas.WIDTH - 2 * canvas.MARGIN - _SIDE) / len(LEVELS)
HEADLINE = "●"


def plot_overclaim(verdicts: Sequence[Verdict], wording: Mapping[str, int], headlines: Collection[str]) -> Figure:
    """The claims' ids in a table of verdict by strength of wording.

    Parameters
    ----------
    verdicts : sequence of Verdict
        Of the claims to be shown: whole claims, parts, or both.
    wording : mapping
        Level from 0 to 5 by claim id.
    headlines : collection of str
        Ids of the claims that stand in the report's first answer: bold, with a dot.

    Returns
    -------
    Figure
        Not saved.  The two scales are set against each other and never subtracted.
    """
    cells = _cells(verdicts, wording)
    heights = {label: _height(label, cells, headlines) for label in _labels(verdicts)}
    body = _TOP + _HEAD + sum(heights.values()) + 0.04
    drawn = canvas.sheet(TITLE, body=body, notes=_NOTES)
    _heads(drawn)
    y = drawn.top + _TOP + _HEAD
    for label, height in heights.items():
        _line(drawn, y, height, label, cells, headlines)
        y += height
    edge = canvas.MARGIN + _SIDE + _CELL * DIRECT_WORDING
    drawn.page.plot([edge, edge], [drawn.top, y], color=canvas.INK, linewidth=2.2, zorder=3, clip_on=False)
    return drawn.figure


_NOTES = (
    f"{HEADLINE} headline claim. Right of the thick line the wording is a plain effect or absolute.",
    SCALE_NOTE,
)


def overclaim_alt(verdicts: Sequence[Verdict], wording: Mapping[str, int], headlines: Collection[str]) -> str:
    """The same in sentences.

    Parameters
    ----------
    verdicts, wording, headlines
        As for `plot_overclaim`.

    Returns
    -------
    str
        The ids in each cell that has any, headline claims named so.
    """
    cells = _cells(verdicts, wording)
    said = [
        f"{label}, worded at level {level} ({LEVELS[level]}): {_ids_words(cells[label, level], headlines)}."
        for label in _labels(verdicts)
        for level in sorted(LEVELS, reverse=True)
        if cells.get((label, level))
    ]
    return " ".join([f"{TITLE}.", *said, SCALE_NOTE])


def _ids_words(ids: Sequence[str], headlines: Collection[str]) -> str:
    return terms.listed([f"{name} (headline)" if name in headlines else name for name in ids])


def _labels(verdicts: Sequence[Verdict]) -> list[VerdictLabel]:
    """The rows: the labels that always have one, and those that occur."""
    there = {verdict.label for verdict in verdicts}
    return [label for label in VerdictLabel if label in _ALWAYS or label in there]


def _cells(verdicts: Sequence[Verdict], wording: Mapping[str, int]) -> dict[tuple[VerdictLabel, int], list[str]]:
    """The claims of each cell in order; a claim whose wording is not known counts as level 0."""
    cells: dict[tuple[VerdictLabel, int], list[str]] = {}
    for verdict in sorted(verdicts, key=lambda one: one.claim_id):
        cells.setdefault((verdict.label, wording.get(verdict.claim_id, 0)), []).append(verdict.claim_id)
    return cells


def _packed(ids: Sequence[str], headlines: Collection[str]) -> list[list[str]]:
    """The ids in lines that fit a cell, headline claims first and each in a line of its own."""
    first = [[name] for name in ids if name in headlines]
    rest = [name for name in ids if name not in headlines]
    fit = 2 if all(len(name) <= _SHORT for name in rest) else 1
    return first + [rest[at : at + fit] for at in range(0, len(rest), fit)]


#: Two ids of at most so many letters fit side by side.
_SHORT = 4


def _height(
    label: VerdictLabel, cells: Mapping[tuple[VerdictLabel, int], Sequence[str]], headlines: Collection[str]
) -> float:
    most = max(len(_packed(cells.get((label, level), ()), headlines)) for level in LEVELS)
    return max(_LEAST, 0.14 + _ID_LINE * most)


def _heads(drawn: canvas.Sheet) -> None:
    """The levels of wording over their columns, weak to strong."""
    canvas.write(drawn, canvas.MARGIN, drawn.top + _TOP + 0.34, "What the", size=canvas.SMALL, color=canvas.QUIET)
    canvas.write(
        drawn, canvas.MARGIN, drawn.top + _TOP + 0.52, "evidence carries", size=canvas.SMALL, color=canvas.QUIET
    )
    left = canvas.MARGIN + _SIDE
    canvas.write(drawn, left, drawn.top + 0.1, "How the claim is worded →", size=canvas.SMALL, color=canvas.QUIET)
    for level, name in LEVELS.items():
        middle = left + _CELL * (level + 0.5)
        words = [str(level), *canvas.wrapped(name, _CELL - 0.1, size=_TINY, lines=2)]
        for line, word in enumerate(words):
            y = drawn.top + _TOP + 0.1 + 0.185 * line
            canvas.write(drawn, middle, y, word, size=_TINY if line else canvas.TEXT, bold=not line, align="center")


#: Points, for the names of the levels alone.
_TINY = 10.0


def _line(  # noqa: PLR0917 -- a place and what stands there
    drawn: canvas.Sheet,
    y: float,
    height: float,
    label: VerdictLabel,
    cells: Mapping[tuple[VerdictLabel, int], Sequence[str]],
    headlines: Collection[str],
) -> None:
    """One label's row of cells."""
    words = canvas.wrapped(label, _SIDE - 0.08, size=canvas.SMALL, bold=True, lines=2)
    first = y + height / 2 - 0.1 * (len(words) - 1)
    for line, word in enumerate(words):
        canvas.write(drawn, canvas.MARGIN, first + 0.2 * line, word, size=canvas.SMALL, bold=True)
    for level in LEVELS:
        x = canvas.MARGIN + _SIDE + _CELL * level
        ids = cells.get((label, level), ())
        fill = _FILLS.get(label, canvas.PAPER) if ids else canvas.PAPER
        canvas.box(drawn, x, y, _CELL, height, fill=fill, edge=canvas.QUIET)
        _ids(drawn, x, y + height / 2, _packed(ids, headlines), headlines)


def _ids(  # noqa: PLR0917 -- a place and what stands there
    drawn: canvas.Sheet, x: float, middle: float, lines: Sequence[Sequence[str]], headlines: Collection[str]
) -> None:
    """The ids of a cell around its middle."""
    first = middle - _ID_LINE * (len(lines) - 1) / 2
    for line, ids in enumerate(lines):
        head = ids[0] in headlines
        words = f"{HEADLINE} {ids[0]}" if head else "  ".join(ids)
        size = math.floor(canvas.SMALL)
        at = first + _ID_LINE * line
        canvas.write(drawn, x + _CELL / 2, at, words, size=size, bold=head, align="center", width=_CELL - 0.04)
