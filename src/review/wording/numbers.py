"""One finding as a plain sentence: numbers with unit, product, population and time, as strong as its certainty.

Every number is a count or a measure of the results table, or made from them by the pooled effect; risks are said per
100, with their limits or those of the difference.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from review.synthesis import single_arm_risks
from review.vocabulary import Certainty, Group, Match, Measure, OutcomeKind
from review.wording.finding import Absolute, Finding, absolute, comparator_of, number, participants, wanted
from review.wording.words import (
    AVERAGES,
    HAPPENS,
    IS,
    Verb,
    comparator,
    counted_in,
    distinct,
    in_100,
    listed,
    population,
    product,
    signed_in_100,
    with_certainty,
)

_VERBS: dict[str, Verb] = {OutcomeKind.BINARY: HAPPENS, OutcomeKind.CONTINUOUS: AVERAGES, OutcomeKind.TIME: IS}
_SCALE = re.compile(r"points, 0 to (\d+)")

#: How the product that was studied stands to the product that is advertised.
NOT_ADVERTISED = {
    Match.PARTLY: "only partly the product advertised",
    Match.NO: "another product than the one advertised",
}


def finding_sentence(finding: Finding, level: Certainty | None, *, apart: bool = True) -> str:
    """What a synthesis found, as one sentence with its numbers.

    Parameters
    ----------
    finding : Finding
        Any; one without numbers gives a sentence that says so.
    level : Certainty or None
        How sure it may sound; None where nobody has rated it.
    apart : bool
        Whether it ends with how the product studied stands to the one advertised.

    Returns
    -------
    str
        Ends with a full stop.
    """
    estimated = absolute(finding) if finding.compared else None
    verb = with_certainty(_VERBS[finding.outcome.kind], level)
    if estimated is not None:
        said = f"{verb} {_per_100(finding, estimated)}"
    elif finding.compared and finding.shown.primary and finding.shown.primary.pooled:
        said = f"{with_certainty(IS, level)} {_relative(finding)}"
    else:
        items = study_by_study(finding)
        said = f"{verb} {'; '.join(items)}" if items else "no number that can be shown was found"
    return f"{finding.outcome.name}: {said}{stands_apart(finding) if apart else ''}."


def stands_apart(finding: Finding) -> str:
    """That the product studied is not the one advertised, where that is so; else nothing."""
    words = NOT_ADVERTISED.get(Match(finding.advertised)) if finding.advertised else None
    return f"; {words}" if words else ""


def study_by_study(finding: Finding, *, per: int = 100) -> list[str]:
    """What each study of a synthesis shows, with its product, people and time; risks per 100 or `per`."""
    studies = list(dict.fromkeys(arm.study_id for arm in wanted(finding)))
    items = [_item([arm for arm in wanted(finding) if arm.study_id == name], finding, per) for name in studies]
    found = [item for item in items if item]
    return found + (study_by_study(finding.beside, per=per) if found and finding.beside else [])


def counted(arm: Any) -> str:
    """What was seen in an arm as it was counted: ``56 of 165 people``, or ``17.6 in 100 people`` without counts."""
    noun = counted_in(arm.per)
    events, n = number(arm, "events"), number(arm, "n")
    if not math.isnan(events) and n > 0:
        return f"{events:.0f} of {n:.0f} {noun}"
    percent = number(arm, "percent")
    return "" if math.isnan(percent) else f"{percent:.3g} in 100 {noun}"


def measured(arms: Sequence[Any], unit: str) -> str:
    """Means or medians of some arms with their unit, as ``8.0 and 7.4 of 10 points on average``; empty without any."""
    known = [(value, name) for value, name in map(_middle, arms) if not math.isnan(value)]
    if not known:
        return ""
    whole = unit == "days" and all(value == int(value) for value, _ in known)
    numbers = _joined([f"{value:.{0 if whole else 1}f}" for value, _ in known])
    scale = _SCALE.fullmatch(unit)
    what = f"of {scale[1]} points" if scale else unit
    kinds = listed([name for _, name in known]) + ("s" if len(known) > 1 else "")
    return f"{numbers} {what} ({kinds}{_counted_among(arms)})" if unit == "days" else f"{numbers} {what} on average"


def given(arms: Sequence[Any], finding: Finding) -> str:
    """The product that arms of the intervention got; of comparators see `compared_with`."""
    if arms[0].group == Group.COMPARATOR:
        return compared_with(arms, finding, alone=True)
    by_study: dict[str, list[Any]] = {}
    for arm in arms:
        by_study.setdefault(arm.study_id, []).append(arm)
    return distinct([_given_in(own, finding.studies.get(name)) for name, own in by_study.items()])


def _given_in(arms: Sequence[Any], study: Any) -> str:
    """One study's product by the studies table; its arms by their names where the study tried more than one."""
    names = list(dict.fromkeys(product(arm.arm) for arm in arms if not arm.stratum))
    if study is None or len(names) > 1:
        return listed(names or [product(arms[0].arm)])
    name = product(study.intervention)
    if not re.search(r"\bor\b", name) or not names:
        return name
    return names[0] if names[0].split()[0] == name.split()[0] else f"{name} (the arm {names[0]})"


def compared_with(arms: Sequence[Any], finding: Finding, *, alone: bool = False) -> str:
    """What the comparators got: by the studies table, or by the arm's name where that alone makes sense."""
    names = []
    for arm in arms:
        study = finding.studies.get(arm.study_id)
        text = comparator(study.comparator) if study else ""
        unclear = alone or not text or re.search(r"\bit\b", text)
        names.append(comparator(arm.arm) if unclear else text)
    return distinct(names)


def people(finding: Finding) -> str:
    """Who was studied, of all studies of a synthesis."""
    return listed([population(study.population) for study in finding.studies.values()], word="or")


def _per_100(finding: Finding, estimated: Absolute) -> str:
    """A pooled risk with and without, and the difference with its limits."""
    noun = counted_in(finding.arms[0].per)
    treated = [arm for arm in finding.arms if arm.group == Group.INTERVENTION]
    controls = [arm for arm in finding.arms if arm.group == Group.COMPARATOR]
    count = len(finding.studies)
    whole = round(100 * estimated.intervention) - round(100 * estimated.comparator)
    # Where whole numbers would not add up for a listener, all get a decimal.
    decimals = 0 if whole == round(100 * estimated.difference[0]) else 1
    return (
        f"{in_100(estimated.intervention, decimals=decimals)} in 100 {noun} with {given(treated, finding)} and "
        f"{in_100(estimated.comparator, decimals=decimals)} in 100 with {compared_with(controls, finding)}, "
        f"{signed_in_100(estimated.difference, decimals=decimals)}, in {people(finding)}, "
        f"{listed([arm.timepoint for arm in treated], word='or')} "
        f"({count} {'study' if count == 1 else 'studies'}: {listed(list(finding.studies))}; "
        f"{participants(finding):,} {noun})"
    )


def _relative(finding: Finding) -> str:
    """A pooled effect that gives no risk, on its own scale."""
    pooled = finding.shown.primary.pooled if finding.shown.primary else None
    if pooled is None:
        return ""
    unit = finding.outcome.unit if finding.shown.measure == Measure.MD else ""
    limits = f"{pooled.estimate:.3g} ({pooled.estimate_ci_low:.3g} to {pooled.estimate_ci_high:.3g})"
    treated = [arm for arm in finding.arms if arm.group == Group.INTERVENTION]
    controls = [arm for arm in finding.arms if arm.group == Group.COMPARATOR]
    return (
        f"a {MEASURE_NAMES[Measure(finding.shown.measure)]} of {limits}{f' {unit}' if unit else ''} with "
        f"{given(treated, finding)} against {compared_with(controls, finding)}, in {people(finding)}"
    )


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


def _item(arms: Sequence[Any], finding: Finding, per: int) -> str:
    """What one study shows, and what its comparators show."""

    def said(own: Sequence[Any], of: Finding) -> str:
        return _values(own, of, per)

    values = said(arms, finding)
    return f"{values}{_beside(arms, finding, said)}{_place(arms, finding)}" if values else ""


def _values(arms: Sequence[Any], finding: Finding, per: int) -> str:
    """The numbers of some arms of one study: risks per 100 or `per` with their limits, where a count allows any."""
    if finding.outcome.kind != OutcomeKind.BINARY:
        return measured(arms, finding.outcome.unit)
    risks = [risk for risk in (_risk(arm, per) for arm in arms) if risk[0]]
    limits = _joined([limit for _, limit in risks if limit])
    shown = f"{_joined([risk for risk, _ in risks])} in {per:,} {counted_in(arms[0].per)}"
    return f"{shown} ({limits})" if limits else shown if risks else ""


def _risk(arm: Any, per: int) -> tuple[str, str]:
    """A risk per 100 or `per` and its limits; a percentage without its n has none."""
    events, n = number(arm, "events"), number(arm, "n")
    if math.isnan(events) or not n > 0:
        percent = number(arm, "percent")
        return ("", "") if math.isnan(percent) else (in_100(percent / 100, of=per), "")
    risk = single_arm_risks([events], [n]).studies[0]
    return in_100(risk.risk, of=per), f"{in_100(risk.ci_low, of=per)} to {in_100(risk.ci_high, of=per)}"


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
    return f" of {_joined([f'{count:.0f}' for count in counts])} {noun}"


def _joined(values: Sequence[str]) -> str:
    """All values, also equal ones, as ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(values[:-1]), *values[-1:])))


def observed(finding: Finding) -> str:
    """What was counted or measured, without certainty: of a comparison its largest study, else every study.

    Parameters
    ----------
    finding : Finding
        Any.

    Returns
    -------
    str
        Without a full stop; empty where there is no number.
    """
    if finding.compared:
        return _largest(finding)
    parts = _observed_parts(finding)
    if parts and finding.beside:
        parts += _observed_parts(finding.beside)
    return f"{finding.outcome.name}: {'; '.join(parts)}" if parts else ""


def _observed_parts(finding: Finding) -> list[str]:
    """What each study shows; who took part only where there is one study, since the studies' own rows say it."""
    by_study: dict[str, list[Any]] = {}
    for arm in wanted(finding):
        by_study.setdefault(arm.study_id, []).append(arm)
    parts = []
    for arms in by_study.values():
        if values := _as_counted(arms, finding):
            place = _place(arms, finding, short=len(by_study) > 1)
            parts.append(f"{values}{_beside(arms, finding, _as_counted)}{place}")
    return parts


def _largest(finding: Finding) -> str:
    """The comparison with most people, arm by arm."""
    pairs = [(arm, comparator_of(arm, finding)) for arm in wanted(finding)]
    pairs = [(arm, other) for arm, other in pairs if other is not None and counted(arm) and counted(other)]
    if not pairs:
        return ""
    arm, _ = max(pairs, key=lambda pair: _size(pair, finding))
    studies = len(finding.studies)
    which = f", the largest of {studies} studies" if studies > 1 else ""
    values = f"{counted(arm)}{_beside([arm], finding, _as_counted)}"
    return f"{finding.outcome.name}: {values}{_place([arm], finding, which=which)}"


def _size(pair: tuple[Any, Any], finding: Finding) -> float:
    """How many were analysed; of studies that do not print it, how many took part."""
    analysed = sum(number(arm, "n") for arm in pair)
    study = finding.studies.get(pair[0].study_id)
    enrolled = number(study, "n_enrolled") if study else math.nan
    return next((size for size in (analysed, enrolled) if not math.isnan(size)), 0.0)


def _as_counted(arms: Sequence[Any], finding: Finding) -> str:
    """The numbers of some arms as they were counted or measured."""
    if finding.outcome.kind != OutcomeKind.BINARY:
        return measured(arms, finding.outcome.unit)
    return _joined([text for text in map(counted, arms) if text])


def _beside(arms: Sequence[Any], finding: Finding, values: Callable[[Sequence[Any], Finding], str]) -> str:
    """What the arms got, and beside it what their comparators show."""
    others = [other for other in (comparator_of(arm, finding) for arm in arms) if other is not None]
    shared = list({other.Index: other for other in others}.values())
    against = values(shared, finding) if shared else ""
    return f" with {given(arms, finding)}" + (
        f" and {against} with {compared_with(shared, finding)}" if against else ""
    )


def _place(arms: Sequence[Any], finding: Finding, *, which: str = "", short: bool = False) -> str:
    """Who, when, and which study."""
    study = finding.studies.get(arms[0].study_id)
    when = listed([arm.timepoint for arm in arms], word="or")
    if short or study is None or not study.population:
        return f", {when} ({arms[0].study_id})"
    return f" in {population(study.population)}, {when} ({arms[0].study_id}{_how_many(arms, finding)}{which})"


def _how_many(arms: Sequence[Any], finding: Finding) -> str:
    """How many took part, where the numbers beside it do not say it."""
    study = finding.studies.get(arms[0].study_id)
    size = number(study, "n_enrolled") if study else math.nan
    if finding.outcome.kind == OutcomeKind.TIME or math.isnan(size):
        return ""
    printed = not any(math.isnan(number(arm, "n")) for arm in arms)
    if printed:
        return "" if finding.outcome.kind == OutcomeKind.BINARY else f", {size:.0f} people"
    return f", {size:,.0f} people in all, numbers by group not printed"


__all__ = [
    "MEASURE_NAMES",
    "compared_with",
    "counted",
    "finding_sentence",
    "given",
    "measured",
    "observed",
    "people",
    "stands_apart",
    "study_by_study",
]
