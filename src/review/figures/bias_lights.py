"""The table of traffic lights: every assessed study by domain, with what missing reporting alone makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from review.cells import rows
from review.figures import canvas, lights, terms
from review.risk_of_bias.rob2 import JUDGEMENTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Risk of bias by study (RoB 2)"

#: Inches.
_ROW, _HEAD, _FIRST, _STEP, _OVERALL, _IF_REPORTED = 0.46, 0.52, 3.3, 0.39, 5.58, 6.5
_NAME_ROOM = _FIRST - canvas.MARGIN - 0.25


def plot_bias_lights(
    bias: pd.DataFrame, names: Mapping[str, str], *, outcomes: Mapping[str, str] | None = None
) -> Figure:
    """The lights of every assessed study, the worst overall first.

    Parameters
    ----------
    bias : DataFrame
        As from `study_judgements`.
    names : mapping
        Short names by study id.
    outcomes : mapping, optional
        Names by outcome id; without one the id is shown.

    Returns
    -------
    Figure
        Not saved.
    """
    shown = _in_order(bias, names)
    notes = [f"{lights.DOMAIN_NAMES}{lights.HATCHED}.", _IF_REPORTED_NOTE]
    drawn = canvas.sheet(TITLE, body=_HEAD + _ROW * max(len(shown), 1) + 0.42, notes=notes)
    _heads(drawn)
    y = drawn.top + _HEAD
    if not shown:
        canvas.write(drawn, canvas.MARGIN, y + _ROW / 2, "No study has been assessed.")
    for row in shown:
        _row(drawn, y + _ROW / 2, row, names, outcomes or {})
        y += _ROW
        canvas.rule(drawn, y)
    lights.light_legend(drawn, drawn.top + _HEAD + _ROW * max(len(shown), 1) + 0.24)
    return drawn.figure


_IF_REPORTED_NOTE = (
    "The last column is overall with everything that is not reported read as well done; "
    "it is a limit to what better reporting could change, and no judgement of the study."
)


def bias_lights_alt(bias: pd.DataFrame, names: Mapping[str, str], *, outcomes: Mapping[str, str] | None = None) -> str:
    """The same in sentences.

    Parameters
    ----------
    bias, names, outcomes
        As for `plot_bias_lights`.

    Returns
    -------
    str
        Every study's overall judgement, whether it hangs on missing reporting, and its domains.
    """
    said = [_words(row, names, outcomes or {}) for row in _in_order(bias, names)]
    return " ".join([f"{TITLE}.", *(said or ["No study has been assessed."])])


def _words(row: Any, names: Mapping[str, str], outcomes: Mapping[str, str]) -> str:
    domains = ", ".join(f"{domain} {lights.light_of(row, domain)}" for domain in lights.DOMAINS)
    return f"{_label(row, names, outcomes)}: overall {lights.overall_words(row)} ({domains})."


def _label(row: Any, names: Mapping[str, str], outcomes: Mapping[str, str]) -> str:
    return ", ".join(filter(None, (terms.named(row.study_id, names), _outcome(row, outcomes))))


def _outcome(row: Any, outcomes: Mapping[str, str]) -> str:
    return outcomes.get(row.outcome_id) or row.outcome_id.replace("-", " ")


def _in_order(bias: pd.DataFrame, names: Mapping[str, str]) -> Sequence[Any]:
    """The rows, the worst overall first, then by what would be left with full reporting, then by name."""
    return sorted(
        rows(bias),
        key=lambda row: (
            -_rank(row.final_overall),
            -_rank(row.favourable_overall),
            terms.named(row.study_id, names),
            row.outcome_id,
        ),
    )


def _rank(judgement: str | None) -> int:
    return JUDGEMENTS.index(judgement) if judgement in JUDGEMENTS else -1


def _heads(drawn: canvas.Sheet) -> None:
    """The columns' heads."""
    first, second = drawn.top + 0.12, drawn.top + 0.12 + canvas.LINE
    canvas.write(drawn, canvas.MARGIN, second, "Study and outcome", size=canvas.SMALL, bold=True)
    for place, domain in enumerate(lights.DOMAINS):
        canvas.write(drawn, _FIRST + _STEP * place, second, domain, size=canvas.SMALL, bold=True, align="center")
    for x, words in ((_OVERALL, ("", "Overall")), (_IF_REPORTED, ("Overall, if", "reported well"))):
        for y, line in zip((first, second), words, strict=True):
            canvas.write(drawn, x, y, line, size=canvas.SMALL, bold=True, align="center")
    canvas.rule(drawn, drawn.top + _HEAD, color=canvas.INK)


def _row(drawn: canvas.Sheet, y: float, row: Any, names: Mapping[str, str], outcomes: Mapping[str, str]) -> None:  # noqa: PLR0917 -- a place and what stands there
    """A study's name, outcome and lights."""
    outcome = _outcome(row, outcomes)
    name = canvas.fitted_name(terms.named(row.study_id, names), _NAME_ROOM, bold=True)
    canvas.write(drawn, canvas.MARGIN, y - (0.1 if outcome else 0), name, bold=True)
    canvas.write(drawn, canvas.MARGIN, y + 0.1, outcome, size=canvas.SMALL, color=canvas.QUIET, width=_NAME_ROOM)
    for place, domain in enumerate(lights.DOMAINS):
        lights.light(drawn, _FIRST + _STEP * place, y, lights.light_of(row, domain), radius=0.13)
    lights.light(drawn, _OVERALL, y, lights.light_of(row, lights.OVERALL), radius=0.15)
    lights.light(drawn, _IF_REPORTED, y, str(row.favourable_overall or lights.NOT_ASSESSED), radius=0.15)
