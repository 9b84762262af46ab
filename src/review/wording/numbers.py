"""The numbers of a synthesis in words, study by study: with unit, limits, product, comparators, people and time.

Every number is a count or a measure of the results table, or made from one; how sure a sentence may sound is decided
in `sentences`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from review.synthesis import single_arm_risks
from review.vocabulary import Design, Measure, OutcomeKind
from review.wording.finding import Finding, comparator_of, number, wanted
from review.wording.names import compared_with, given, when, who
from review.wording.words import bracketed, counted_in, in_100, joined, listed, printed

_SCALE = re.compile(r"points, 0 to (\d+)")

#: The measures spelled out.
MEASURE_NAMES: dict[Measure, str] = {
    Measure.RR: "risk ratio",
    Measure.OR: "odds ratio",
    Measure.RD: "risk difference",
    Measure.PETO: "odds ratio by Peto's method",
    Measure.MD: "mean difference",
    Measure.SMD: "standardised mean difference",
    Measure.ROM: "ratio of means",
    Measure.HR: "hazard ratio",
    Measure.PLO: "single risk",
    Measure.PFT: "single risk",
    Measure.GEN: "effect on its own scale",
}


class Detail(Enum):
    """How much of each study a sentence says, the most first."""

    FULL = "limits, people, sources"
    PEOPLE = "people and sources"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one study of a synthesis shows.

    Attributes
    ----------
    finding : Finding
        The synthesis.
    arms : tuple
        Its arms of the group that is shown.
    others : tuple
        The arms that they are compared with, each once.
    """

    finding: Finding
    arms: tuple[Any, ...]
    others: tuple[Any, ...]

    @property
    def study(self) -> Any:
        """The study's row, or None."""
        return self.finding.studies.get(self.arms[0].study_id)

    @property
    def source(self) -> str:
        """How the study is cited."""
        return self.finding.sources.get(self.arms[0].study_id, self.arms[0].study_id)

    @property
    def product(self) -> str:
        """What the arms got."""
        return given(self.arms, self.finding)

    @property
    def people(self) -> float:
        """How many were counted in all arms; else how many took part; not a number where neither is known."""
        enrolled = number(self.study, "n_enrolled") if self.study else math.nan
        counted = sum(number(arm, "n") for arm in (*self.arms, *self.others))
        of_people = {counted_in(arm.per) for arm in self.arms} == {"people"}
        if math.isnan(counted) or not of_people or self.finding.outcome.kind != OutcomeKind.BINARY:
            return enrolled
        # The same people may stand in several arms, as where each half of a body is one.
        return counted if math.isnan(enrolled) else min(counted, enrolled)

    @property
    def missing(self) -> str:
        """What is said where a study does not print how many its numbers are of."""
        if not any(math.isnan(number(arm, "n")) for arm in (*self.arms, *self.others)):
            return ""
        return "group sizes not printed" if len(self.arms) + len(self.others) > 1 else "number analysed not printed"


def shown_by(finding: Finding) -> tuple[Shown, ...]:
    """What each study of a synthesis shows, in its order; studies without a number are left out."""
    by_study: dict[str, list[Any]] = {}
    for arm in wanted(finding):
        by_study.setdefault(arm.study_id, []).append(arm)
    found = []
    for arms in by_study.values():
        others = {other.Index: other for arm in arms if (other := comparator_of(arm, finding)) is not None}
        found.append(Shown(finding=finding, arms=tuple(arms), others=tuple(others.values())))
    return tuple(shown for shown in found if values(shown.arms, finding))


def study_by_study(finding: Finding, *, per: int = 100) -> list[str]:
    """What each study of a synthesis shows, with its product, people and time; risks per 100 or `per`.

    Where a treated group has no comparators of its own, those of the same outcome elsewhere come after it.
    """
    items = [item(shown, per=per) for shown in shown_by(finding)]
    return items + (study_by_study(finding.beside, per=per) if items and finding.beside else [])


def item(shown: Shown, *, per: int = 100, detail: Detail = Detail.FULL, noun: bool = True) -> str:
    """What one study shows: value, product, comparators and, in brackets, when, who and which study.

    Parameters
    ----------
    shown : Shown
        The study.
    per : int
        100 or 1000.
    detail : Detail
        How much of it.
    noun : bool
        Whether it is said what is counted.

    Returns
    -------
    str
        Without a full stop.
    """
    limits = detail == Detail.FULL
    value = values(shown.arms, shown.finding, per=per, limits=limits, noun=noun)
    text = f"{value} with {shown.product}{against(shown, per=per, limits=limits, noun=noun)}"
    return bracketed(text, brackets(shown, detail=detail))


def against(shown: Shown, *, per: int = 100, limits: bool = True, noun: bool = False) -> str:
    """What the comparators of a study show, as ``, against 20 in 100 with placebo``; empty without any."""
    value = values(shown.others, shown.finding, per=per, limits=limits, noun=noun) if shown.others else ""
    return f", against {value} with {compared_with(shown.others, shown.finding)}" if value else ""


def brackets(shown: Shown, *, time: bool = True, detail: Detail = Detail.FULL) -> str:
    """When, of how many of whom, and which study."""
    missing = shown.missing if detail == Detail.FULL and shown.finding.outcome.kind != OutcomeKind.TIME else ""
    whom = ", ".join(filter(None, (_taking_part(shown), missing))) if detail != Detail.SOURCES else ""
    return "; ".join(filter(None, (when(shown.arms) if time else "", whom, shown.source)))


def _taking_part(shown: Shown) -> str:
    """How many of whom; of a duration, which says how many it is of, only of whom."""
    named = who(shown.study) if shown.study else ""
    if math.isnan(shown.people) or shown.finding.outcome.kind == OutcomeKind.TIME:
        return named
    return f"{shown.people:,.0f} {named or 'people'}"


def values(arms: Sequence[Any], finding: Finding, *, per: int = 100, limits: bool = True, noun: bool = True) -> str:
    """The numbers of some arms of one study: risks per 100 or `per`, means, or times with their unit.

    Parameters
    ----------
    arms : sequence
        Rows of the results table.
    finding : Finding
        Theirs.
    per : int
        100 or 1000.
    limits : bool
        Whether risks have their 95 % limits, where a count allows any.
    noun : bool
        Whether it is said what is counted.

    Returns
    -------
    str
        Such as ``48 and 60 in 100 people (32 to 65 and 42 to 75)``; empty where there is no number.
    """
    if finding.outcome.kind != OutcomeKind.BINARY:
        return measured(arms, finding.outcome.unit)
    risks = [risk for risk in (_risk(arm, per) for arm in arms) if risk[0]]
    if not risks:
        return ""
    value = f"{joined([risk for risk, _ in risks])} in {per:,}" + (f" {counted_in(arms[0].per)}" if noun else "")
    shown = joined([limit for _, limit in risks if limit]) if limits else ""
    return f"{value} ({shown})" if shown else value


def _risk(arm: Any, per: int) -> tuple[str, str]:
    """A risk per 100 or `per` and its limits; a percentage without its n has none."""
    events, n = number(arm, "events"), number(arm, "n")
    if math.isnan(events) or not n > 0:
        percent = number(arm, "percent")
        return ("", "") if math.isnan(percent) else (in_100(percent / 100, of=per), "")
    risk = single_arm_risks([events], [n]).studies[0]
    return in_100(risk.risk, of=per), f"{in_100(risk.ci_low, of=per)} to {in_100(risk.ci_high, of=per)}"


def measured(arms: Sequence[Any], unit: str) -> str:
    """Means or medians of some arms with their unit, as ``8.0 and 7.4 of 10 points on average``; empty without any."""
    known = [(value, name) for value, name in map(_middle, arms) if not math.isnan(value)]
    if not known:
        return ""
    whole = unit == "days" and all(value == int(value) for value, _ in known)
    numbers = joined([f"{value:.{0 if whole else 1}f}" for value, _ in known])
    scale = _SCALE.fullmatch(unit)
    what = f"of {scale[1]} points" if scale else printed(unit)
    kinds = listed([name for _, name in known]) + ("s" if len(known) > 1 else "")
    return f"{numbers} {what} ({kinds}{_counted_among(arms)})" if unit == "days" else f"{numbers} {what} on average"


def _middle(arm: Any) -> tuple[float, str]:
    """A mean or median with its name: for times the median first."""
    mean, median = number(arm, "mean"), number(arm, "median")
    return (mean, "mean") if math.isnan(median) else (median, "median")


def _counted_among(arms: Sequence[Any]) -> str:
    """How many a duration is from, where that is known."""
    counts = [number(arm, "n") for arm in arms if not math.isnan(_middle(arm)[0])]
    if any(math.isnan(count) for count in counts):
        return ""
    noun = "person" if counts == [1] and counted_in(arms[0].per) == "people" else counted_in(arms[0].per)
    return f" of {joined([f'{count:.0f}' for count in counts])} {noun}"


def largest(finding: Finding) -> Shown | None:
    """The comparison with most people, of those whose both groups have a number; None without any."""
    pairs = [
        Shown(finding=finding, arms=(arm,), others=(other,))
        for arm in wanted(finding)
        if (other := comparator_of(arm, finding)) is not None and values((arm,), finding) and values((other,), finding)
    ]
    return max(pairs, key=lambda pair: 0 if math.isnan(pair.people) else pair.people, default=None)


#: Designs whose studies are called trials.
_TRIALS: Mapping[str, str] = dict.fromkeys((Design.RCT, Design.SPLIT_BODY_RCT, Design.NONRANDOMISED_TRIAL), "trial")


def studies_counted(finding: Finding) -> str:
    """How many studies there are, as ``3 trials`` where all are trials, else ``1 study``."""
    nouns = {_TRIALS.get(study.design, "study") for study in finding.studies.values()}
    noun = "trial" if nouns == {"trial"} else "study"
    count = len(finding.studies)
    return f"{count} {noun if count == 1 else {'trial': 'trials', 'study': 'studies'}[noun]}"
