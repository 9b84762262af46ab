"""The lights of risk of bias: colour, glyph, and a sign of their own where nothing was reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.figures import canvas

#: What a light says where missing reporting alone makes the judgement, and where there is no judgement.
NOT_REPORTED, NOT_ASSESSED = "not reported", "not assessed"
#: Fill and glyph of each light, in the colour-blind palette of robvis; hatched where nothing was reported.
LIGHTS: Mapping[str, tuple[str, str]] = {
    "Low": ("#fed98e", "+"),
    "Some concerns": ("#fe9929", "−"),
    "High": ("#d95f0e", "×"),
    NOT_REPORTED: (canvas.PAPER, "?"),
    NOT_ASSESSED: (canvas.PAPER, ""),
}
DOMAINS = ("D1", "D2", "D3", "D4", "D5")
OVERALL = "overall"
SUBJECTS = (*DOMAINS, OVERALL)
DOMAIN_NAMES = (
    "D1 randomisation, D2 deviations from what was intended, D3 missing outcome data, D4 measurement, "
    "D5 choice of what was reported"
)
HATCHED = "; ? hatched: the judgement hangs on what is not reported, not on conduct that was seen to be bad"


def light(on: canvas.Sheet, x: float, y: float, judgement: str, *, radius: float = 0.105) -> None:
    """One light: colour and glyph; hatched where nothing was reported, dotted where nothing was judged."""
    fill, glyph = LIGHTS.get(judgement, (canvas.PAPER, "!"))
    if judgement == NOT_REPORTED:
        _hatched(on, x, y, radius)
    else:
        absent = judgement == NOT_ASSESSED
        edge, style = (canvas.QUIET, ":") if absent else (canvas.INK, "-")
        # A sign is written once for all places of a figure, where a circle would be written for each.
        size = (2 * radius * canvas.POINTS) ** 2
        on.page.scatter(
            [x], [y], s=size, c=fill, edgecolors=edge, linewidths=0.8, linestyle=style, zorder=2, clip_on=False
        )
    ink = canvas.INK if fill == canvas.PAPER else canvas.ON_COLOUR
    canvas.write(on, x, y, glyph, size=canvas.SMALL, bold=True, align="center", color=ink)


def _hatched(on: canvas.Sheet, x: float, y: float, radius: float) -> None:
    """A hatched ring around a clear middle, where the sign stands."""
    from matplotlib.patches import Circle

    ring = Circle((x, y), radius, facecolor=canvas.PAPER, edgecolor=canvas.INK, linewidth=0.8, zorder=2, clip_on=False)
    ring.set_hatch("//////")
    on.page.add_patch(ring)
    on.page.add_patch(
        Circle((x, y), radius * 0.62, facecolor=canvas.PAPER, edgecolor="none", zorder=2.5, clip_on=False)
    )


def light_of(appraisal: Any, subject: str) -> str:
    """The light of a domain or of overall: the final judgement, or that it hangs on missing reporting alone."""
    if appraisal is None:
        return NOT_ASSESSED
    if subject in appraisal.not_reported:
        return NOT_REPORTED
    return str(getattr(appraisal, f"final_{subject}") or NOT_ASSESSED)


def overall_words(appraisal: Any) -> str:
    """The overall judgement in words, and what would be left of it if all that is not reported were well done."""
    overall = light_of(appraisal, OVERALL)
    if overall != NOT_REPORTED:
        return overall
    left = appraisal.favourable_overall or "not to be judged"
    return f"{appraisal.final_overall or 'open'} only because of what is not reported, {left} otherwise"


def light_legend(on: canvas.Sheet, y: float) -> None:
    """The lights with their words, in one line."""
    words = (("Low", 0.62), ("Some concerns", 1.52), ("High", 0.72), (NOT_REPORTED, 1.42), (NOT_ASSESSED, 1.4))
    x = canvas.MARGIN + 0.12
    for judgement, room in words:
        light(on, x, y, judgement)
        canvas.write(on, x + 0.17, y, judgement.capitalize(), size=canvas.SMALL)
        x += room + 0.22
