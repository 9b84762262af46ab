"""The summary of findings of a claim: a row for each synthesis, as text ready to print with the raw numbers beside it.

Columns follow the tables of Cochrane and the BMJ (read through a public transcription): outcome and follow-up,
participants, relative effect, the absolute effects, certainty with its reasons, and a plain sentence by the words of
`wording.CERTAINTY_WORDS`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from review.certainty import LADDER, Grade
from review.claims import parse_quantities
from review.vocabulary import Design, Measure, Role, SynthesisGroup, VerdictLabel
from review.wording import (
    MEASURE_NAMES,
    NONE_FOUND,
    Absolute,
    Desk,
    Finding,
    absolute,
    desk_of,
    finding_sentence,
    participants,
)
from review.wording.finding import domains_down
from review.wording.numbers import study_by_study
from review.wording.words import in_100, listed, signed_in_100
from review.workbook import Workbook

#: Absolute effects are said per so many, as in Cochrane's tables.
PER = 1000
#: At most so many outcomes are marked as main, those without data included [EPOC's guidance, through a public copy].
MAIN_OUTCOMES = 7
#: What stands in a cell that the evidence leaves empty.
NO_DATA = "no data"
#: GRADE's circles: full ones for the level, empty ones for what is missing to High.
FULL, EMPTY = "⊕", "◯"
NOT_RATED = "not rated"

#: The columns for a reader, by the name of their heading.
PRINTED: Mapping[str, str] = {
    "outcome": "Outcome and follow-up",
    "participants": "Participants (studies)",
    "relative_effect": "Relative effect (95 % CI)",
    "with_comparator": f"With comparator, per {PER:,}",
    "with_intervention": f"With intervention, per {PER:,}",
    "difference": f"Difference, per {PER:,} (95 % CI)",
    "certainty": "Certainty (GRADE)",
    "statement": "In plain words",
}

#: The numbers behind them: ids and roles, counts, the effect on the scale people read, risks from 0 to 1.
RAW = (
    "synthesis_id",
    "outcome_id",
    "group",
    "role",
    "main",
    "k",
    "n",
    "measure",
    "estimate",
    "ci_low",
    "ci_high",
    "comparator_risk",
    "intervention_risk",
    "intervention_low",
    "intervention_high",
    "level",
    "rests_on",
)

_DESIGNS: Mapping[str, str] = {
    Design.RCT: "randomised",
    Design.SPLIT_BODY_RCT: "randomised",
    Design.POOLED_TRIALS: "pooled from randomised trials",
}


def summary_of_findings(book: Workbook, claim_id: str, *, desk: Desk | None = None) -> pd.DataFrame:
    """The summary of findings of a claim.

    Parameters
    ----------
    book : Workbook
        Without errors.
    claim_id : str
        A claim or part; a whole claim shows the syntheses of its parts too, each comparison once.
    desk : Desk or None
        The workbook's, where it was made before.

    Returns
    -------
    DataFrame
        A row for each synthesis, deciding ones first, and one for each outcome that the claim's quantity names and no
        synthesis shows; a claim with neither has one row that says so.  Columns: the keys of `PRINTED` (text) and
        `RAW`.  At most seven outcomes have `main` true.

    Raises
    ------
    KeyError
        If there is no such claim.
    """
    desk = desk or desk_of(book)
    claim = desk.index.claims[claim_id]
    found = desk.of_claim(claim_id)
    made = [_row(one) for one in found] + list(_without_data(claim, found, desk))
    # What decides comes first, then what is asked for and has no data: a table that hides it would look complete.
    ordered = sorted(made, key=lambda row: (row["role"] != Role.DECIDING, bool(row["synthesis_id"])))
    main = list(dict.fromkeys(row["outcome_id"] for row in ordered))[:MAIN_OUTCOMES]
    for row in made:
        row["main"] = row["outcome_id"] in main
    return pd.DataFrame(made, columns=[*PRINTED, *RAW])


def certainty_text(grade: Grade) -> str:
    """A certainty as its circles, its word and what lowered it.

    Parameters
    ----------
    grade : Grade
        Of a synthesis.

    Returns
    -------
    str
        Such as ``⊕⊕◯◯ Low: indirectness −1 (population only partly fits)``; without a level, what a person must judge.
    """
    reasons = [
        f"{rating.domain} {'open' if rating.levels is None else f'{rating.levels:+d}'.replace('-', '−')} "
        f"({rating.reason.strip().rstrip('.')})"
        for rating in domains_down(grade)
    ]
    if grade.level is None:
        return "; ".join([NOT_RATED, *reasons])
    full = LADDER.index(grade.level) + 1
    circles = FULL * full + EMPTY * (len(LADDER) - full)
    return f"{circles} {grade.level}" + (f": {'; '.join(reasons)}" if reasons else "")


def _row(finding: Finding) -> dict[str, Any]:
    """The row of one synthesis."""
    estimated = absolute(finding) if finding.compared else None
    return {
        "outcome": _outcome(finding),
        "participants": _participants(finding),
        "relative_effect": _relative(finding),
        **(_absolute_text(estimated) if estimated else _group_text(finding)),
        "certainty": certainty_text(finding.grade),
        "statement": finding_sentence(finding, finding.grade.level),
        "synthesis_id": finding.name,
        "outcome_id": finding.row.outcome_id,
        "group": finding.row.group,
        "role": finding.row.role,
        "k": len(finding.studies),
        "n": participants(finding),
        "measure": finding.row.measure,
        **_raw_effect(finding),
        **_raw_absolute(estimated),
        "level": str(finding.grade.level or ""),
        "rests_on": finding.rests_on,
    }


def _outcome(finding: Finding) -> str:
    times = listed([arm.timepoint for arm in finding.arms], word="or")
    unit = f" ({finding.outcome.unit})" if finding.outcome.unit else ""
    return f"{finding.outcome.name}{unit}; {times}"


def _participants(finding: Finding) -> str:
    n, count = participants(finding), len(finding.studies)
    designs = [_DESIGNS.get(study.design, "not randomised") for study in finding.studies.values()]
    kinds = listed([f"{designs.count(name)} {name}" for name in designs])
    return f"{f'{n:,}' if n else 'number not printed'} ({count} {'study' if count == 1 else 'studies'}: {kinds})"


def _relative(finding: Finding) -> str:
    """The pooled effect with its measure spelled out; empty for single groups."""
    if not finding.compared:
        return ""
    pooled = finding.shown.primary.pooled if finding.shown.primary else None
    if pooled is None:
        return "not pooled"
    limits = f"{pooled.estimate:.3g} ({pooled.estimate_ci_low:.3g} to {pooled.estimate_ci_high:.3g})"
    return f"{MEASURE_NAMES[Measure(finding.shown.measure)]} {limits}"


def _absolute_text(estimated: Absolute) -> dict[str, str]:
    """Risks per 1000 that the pooled effect gives at the comparators' pooled risk."""
    low, high = (in_100(value, of=PER) for value in (estimated.low, estimated.high))
    return {
        "with_comparator": in_100(estimated.comparator, of=PER),
        "with_intervention": f"{in_100(estimated.intervention, of=PER)} ({low} to {high})",
        "difference": signed_in_100(estimated.difference, of=PER),
    }


def _group_text(finding: Finding) -> dict[str, str]:
    """What single groups or comparisons that are not pooled show, study by study, in the words of the sentences.

    A treated group stands beside its comparators where there are any, so one cell holds both.
    """
    shown = "; ".join(study_by_study(finding, per=PER)) or NO_DATA
    comparator = finding.row.group == SynthesisGroup.COMPARATOR
    return {
        "with_comparator": shown if comparator else "",
        "with_intervention": "" if comparator else shown,
        "difference": "not pooled" if finding.compared else "",
    }


def _raw_effect(finding: Finding) -> dict[str, float]:
    """The pooled effect as people read it, or a single estimate; not a number where there are several."""
    limits = finding.shown.deciding
    if len(limits) != 1:
        return {"estimate": math.nan, "ci_low": math.nan, "ci_high": math.nan}
    low, high = (math.nan, math.nan) if limits[0].bare else (limits[0].low, limits[0].high)
    return {"estimate": limits[0].estimate, "ci_low": low, "ci_high": high}


def _raw_absolute(estimated: Absolute | None) -> dict[str, float]:
    return {
        "comparator_risk": estimated.comparator if estimated else math.nan,
        "intervention_risk": estimated.intervention if estimated else math.nan,
        "intervention_low": estimated.low if estimated else math.nan,
        "intervention_high": estimated.high if estimated else math.nan,
    }


def _without_data(claim: Any, found: tuple[Finding, ...], desk: Desk) -> Iterator[dict[str, Any]]:
    """A row for each outcome that is asked for and not shown; for a claim without any synthesis, one for the claim."""
    shown = {one.row.outcome_id for one in found}
    asked = [name for name in _asked(claim) if name not in shown]
    for name in asked:
        outcome = desk.index.outcomes.get(name)
        yield _empty_row(name, outcome.name if outcome is not None else name, _state(claim, desk))
    if not found and not asked:
        yield _empty_row("", claim.outcome or claim.statement, _state(claim, desk))


def _asked(claim: Any) -> tuple[str, ...]:
    """The outcomes that a claim's quantity names; none where it cannot be read, which the check says."""
    try:
        return tuple(quantity.outcome_id for quantity in parse_quantities(claim.quantity))
    except ValueError:
        return ()


def _state(claim: Any, desk: Desk) -> tuple[str, str]:
    """Who was counted, and why there is no number: none found, not searched, or nothing that could be set beside it."""
    label = desk.verdicts[claim.claim_id].label
    return _STATES.get(
        label, ("no number to show", "No synthesis shows this outcome; the effect in numbers is unknown.")
    )


_STATES: Mapping[str, tuple[str, str]] = {
    VerdictLabel.NO_EVIDENCE: ("0 (no study)", f"{NONE_FOUND}; the effect is unknown."),
    VerdictLabel.NOT_SEARCHED: ("not searched", "Nobody has looked for evidence yet; the effect is unknown."),
    VerdictLabel.NOT_TESTABLE: ("not testable", "No observation could decide it."),
}


def _empty_row(outcome_id: str, name: str, state: tuple[str, str]) -> dict[str, Any]:
    """The row of an outcome without data."""
    numbers = dict.fromkeys(("estimate", "ci_low", "ci_high"), math.nan) | _raw_absolute(None)
    texts = dict.fromkeys(("relative_effect", "with_comparator", "with_intervention", "difference"), NO_DATA)
    return {
        "outcome": name,
        "participants": state[0],
        **texts,
        "certainty": NO_DATA,
        "statement": state[1],
        "synthesis_id": "",
        "outcome_id": outcome_id,
        "group": "",
        "role": "",
        "k": 0,
        "n": 0,
        "measure": "",
        **numbers,
        "level": "",
        "rests_on": (),
    }
