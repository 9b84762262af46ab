"""What the figures share: a white sheet measured in inches, text that fits, and the bytes of a picture.

Matplotlib is imported inside these functions alone, by its objects and without pyplot, so that importing the figures
costs nothing and drawing them leaves no state behind.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

#: Inches.  A phone of 390 pixels shows 12 points as 9 pixels at this width.
WIDTH, MARGIN = 7.2, 0.12
#: Points.
TITLE, TEXT, SMALL = 13.0, 12.0, 11.0
#: Inches from one line of text to the next.
LINE = 0.2
#: Matplotlib's own font, so that a picture is the same everywhere.
FONT = "DejaVu Sans"
POINTS = 72.0

#: Colours of Okabe and Ito, told apart by colour-blind readers and by their lightness.
INK, QUIET, FAINT, PALE, PAPER = "#1a1a1a", "#555555", "#d9d9d9", "#f2f2f2", "#ffffff"
#: Ink on a filled sign: it stays dark where a page turns `INK` to light.
ON_COLOUR = "#111111"
BLUE, VERMILION, SKY, ORANGE, PURPLE = "#0072b2", "#d55e00", "#56b4e9", "#e69f00", "#cc79a7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A white page to draw on, measured in inches from its upper left corner.

    Attributes
    ----------
    figure : Figure
        The whole.
    page : Axes
        Over all of it, in inches, y downwards; without axes.
    top, height : float
        Where the body begins under the title, and the height of the whole.
    """

    figure: Figure
    page: Axes
    top: float
    height: float


def sheet(title: str, *, body: float, notes: Sequence[str] = ()) -> Sheet:
    """A white sheet with its title and notes written.

    Parameters
    ----------
    title : str
        Above the body, at most three lines.
    body : float
        Height of the body, inches.
    notes : sequence of str
        Below the body, a paragraph each.

    Returns
    -------
    Sheet
        With room for the body.
    """
    from matplotlib.figure import Figure

    wide = WIDTH - 2 * MARGIN
    head = wrapped(title, wide, size=TITLE, bold=True, lines=3)
    foot = [line for note in notes if note for line in wrapped(note, wide, size=SMALL, lines=12)]
    top = MARGIN + LINE * 1.1 * len(head) + 0.08
    height = top + body + LINE * 0.95 * len(foot) + MARGIN + 0.06
    figure = Figure(figsize=(WIDTH, height), facecolor=PAPER)
    page = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
    page.set_axis_off()
    made = Sheet(figure=figure, page=page, top=top, height=height)
    for place, line in enumerate(head):
        write(made, MARGIN, MARGIN + LINE * 1.1 * (place + 0.5), line, size=TITLE, bold=True)
    for place, line in enumerate(foot):
        write(made, MARGIN, top + body + 0.06 + LINE * 0.95 * (place + 0.5), line, size=SMALL, color=QUIET)
    return made


def write(  # noqa: PLR0913 -- the options of a text
    on: Sheet,
    x: float,
    y: float,
    text: str,
    *,
    size: float = TEXT,
    bold: bool = False,
    color: str = INK,
    align: str = "left",
    rotation: float = 0.0,
    width: float = math.inf,
) -> None:
    """Text on the page, centred on y, cut to `width` inches; never read as mathematics."""
    on.page.text(
        x,
        y,
        fitted(text, width, size=size, bold=bold),
        color=color,
        ha=align,
        va="center" if not rotation else "bottom",
        rotation=rotation,
        parse_math=False,
        usetex=False,
        fontproperties=_font(size, bold=bold),
    )


def panel(on: Sheet, left: float, top: float, width: float, height: float) -> Axes:  # noqa: PLR0917 -- a box
    """Axes in a box given in inches, with a lower spine alone."""
    axes = on.figure.add_axes((left / WIDTH, 1 - (top + height) / on.height, width / WIDTH, height / on.height))
    axes.set_facecolor("none")
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.set_yticks([])
    axes.set_ylim(height, 0)
    return axes


def ticks(axes: Axes, places: Sequence[float], labels: Sequence[str] | None = None) -> None:
    """Ticks at these places alone, with labels as numbers are read."""
    words = [f"{place:g}".replace("-", "−") for place in places] if labels is None else list(labels)
    axes.set_xticks(list(places), labels=words)
    axes.set_xticks([], minor=True)
    axes.tick_params(axis="x", length=4, width=0.8, color=INK, pad=2)
    for label in axes.get_xticklabels():
        label.set_fontproperties(_font(SMALL))
        label.set_color(INK)


def rule(on: Sheet, y: float, *, color: str = FAINT, left: float = MARGIN, right: float = WIDTH - MARGIN) -> None:
    """A thin line across the page."""
    on.page.plot([left, right], [y, y], color=color, linewidth=0.8, zorder=0, clip_on=False)


def box(  # noqa: PLR0913, PLR0917 -- the options of a box
    on: Sheet,
    left: float,
    top: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    edge: str = "none",
    line: float = 0.8,
    hatch: str = "",
) -> None:
    """A rectangle on the page, in inches."""
    from matplotlib.patches import Rectangle

    shape = Rectangle(
        (left, top), width, height, facecolor=fill, edgecolor=edge, linewidth=line, zorder=0.5, clip_on=False
    )
    if hatch:
        shape.set_hatch(hatch)
    on.page.add_patch(shape)


def wrapped(text: str, width: float, *, size: float = TEXT, bold: bool = False, lines: int = 2) -> tuple[str, ...]:
    """The text in lines that fit, the last one cut where there are too many.

    Parameters
    ----------
    text : str
        Any; a word too long for a line is broken.
    width : float
        Inches.
    size : float
        Points.
    bold : bool
        Whether it will be written bold.
    lines : int
        At most so many.

    Returns
    -------
    tuple of str
        At least one line, which may be empty.
    """
    found: list[str] = []
    rest = plain(text)
    while rest and len(found) < lines - 1:
        line = _start(rest, width, size, bold=bold)
        found.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return (*found, fitted(rest, width, size=size, bold=bold)) if rest or not found else tuple(found)


def fitted(text: str, width: float, *, size: float = TEXT, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with an ellipsis."""
    whole = plain(text)
    if math.isinf(width) or (len(whole) <= _LONGEST and _measure(whole, size, bold=bold) <= width):
        return whole
    fit = _letters_within(whole, width - _measure("…", size, bold=bold), size, bold=bold)
    return whole[:fit].rstrip() + "…"


def fitted_name(text: str, width: float, *, size: float = TEXT, bold: bool = False) -> str:
    """A study's name cut to fit, its last word (the year) kept where there is room for it."""
    whole = plain(text)
    start, _, year = whole.rpartition(" ")
    if fitted(whole, width, size=size, bold=bold) == whole or not start or len(year) > len("2000"):
        return fitted(whole, width, size=size, bold=bold)
    return f"{fitted(start, width - _measure(f' {year}', size, bold=bold), size=size, bold=bold)} {year}"


#: No line of a figure holds more letters.
_LONGEST = 400


def _start(text: str, width: float, size: float, *, bold: bool) -> str:
    """As many whole words as fit, or of one word as many letters."""
    if len(text) <= _LONGEST and _measure(text, size, bold=bold) <= width:
        return text
    fit = max(1, _letters_within(text, width, size, bold=bold))
    at = fit if text[fit : fit + 1] == " " else text.rfind(" ", 0, fit)
    return text[:at] if at > 0 else text[:fit]


def _letters_within(text: str, width: float, size: float, *, bold: bool) -> int:
    """How many letters of the text fit."""
    reached = 0.0
    for place, letter in enumerate(text):
        reached += _measure(letter, size, bold=bold)
        if reached > width:
            return place
    return len(text)


def plain(text: object) -> str:
    """The text in one line, with a sign in the place of each letter that the font lacks."""
    known = _letters()
    return "".join(letter if ord(letter) in known else "\N{REPLACEMENT CHARACTER}" for letter in _one_line(text))


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


@cache
def _letters() -> frozenset[int]:
    of = [set(_face(bold=bold).get_charmap()) for bold in (False, True)]
    return frozenset(letter for letter in set.intersection(*of) if letter >= ord(" "))


@cache
def _path(*, bold: bool) -> str:
    from matplotlib import get_data_path

    return f"{get_data_path()}/fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf"


@cache
def _font(size: float, *, bold: bool = False) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=FONT, size=size, weight="bold" if bold else "normal", fname=_path(bold=bold))


def _measure(text: str, size: float, *, bold: bool) -> float:
    """The text's width in inches, letter by letter; kerning would only make it less."""
    return sum(_advance(letter, bold=bold) for letter in text) * size / POINTS


@cache
def _advance(letter: str, *, bold: bool) -> float:
    """How far a letter moves the pen, as a share of the font's size."""
    from matplotlib.ft2font import LoadFlags

    return _face(bold=bold).load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / _FIXED / _SIZE


@cache
def _face(*, bold: bool) -> FT2Font:
    """The font at `_SIZE` points of 72 an inch, for measuring alone."""
    from matplotlib.ft2font import FT2Font

    face = FT2Font(_path(bold=bold))
    face.set_size(_SIZE, POINTS)
    return face


#: Points that letters are measured at, and FreeType's unit of advance.
_SIZE, _FIXED = 100.0, 65536.0


def as_svg(figure: Figure) -> bytes:
    """A figure as SVG, letters as text, which keeps it small and searchable: the same bytes every time.

    Parameters
    ----------
    figure : Figure
        As the `plot_` functions give it.

    Returns
    -------
    bytes
        UTF-8; without date and without the name of a program.
    """
    import matplotlib as mpl

    out = BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "review", "savefig.bbox": None}):
        figure.savefig(out, format="svg", facecolor=PAPER, metadata={"Date": None, "Creator": None})
    # Verdana has nearly the same widths, for machines without DejaVu.
    return out.getvalue().replace(b"'DejaVu Sans'", b"'DejaVu Sans', Verdana, sans-serif")


def as_png(figure: Figure, *, dpi: float = 200) -> bytes:
    """A figure as PNG, for formats that take no SVG.

    Parameters
    ----------
    figure : Figure
        As the `plot_` functions give it.
    dpi : float
        Dots an inch.

    Returns
    -------
    bytes
        The same every time.
    """
    import matplotlib as mpl

    out = BytesIO()
    with mpl.rc_context({"savefig.bbox": None}):
        figure.savefig(out, format="png", dpi=dpi, facecolor=PAPER, metadata={"Software": None})
    return out.getvalue()
