"""One finding as a plain sentence: the product first, then how many, then what, as strong as its certainty."""

from __future__ import annotations

import re
from collections.abc import Mapping

from review.vocabulary import Certainty, Group, Match, Measure, OutcomeKind
from review.wording.finding import Absolute, Finding, absolute, participants
from review.wording.names import compared_with, given, people, times, when, without_brackets
from review.wording.numbers import (
    MEASURE_NAMES,
    Detail,
    Shown,
    against,
    brackets,
    item,
    largest,
    shown_by,
    studies_counted,
    study_by_study,
    values,
)
from review.wording.words import (
    HAPPENS,
    HAVE,
    IS,
    LASTS,
    Verb,
    bracketed,
    counted_in,
    hedged,
    in_100,
    listed,
    more_or_fewer,
    printed,
    raised,
)

#: How the product that was studied stands to the product that is advertised.
NOT_ADVERTISED = {
    Match.PARTLY: "only partly the product advertised",
    Match.NO: "another product than the one advertised",
}

#: Of a sentence with more words the limits and the names of pooled studies, then the people of single studies stand
#: beside it (our convention).
LONG_SENTENCE = 60

_HAD = "had "
#: The verb of an outcome that a sentence says by its `said`, and of one that it says by its name.
_SAID: Mapping[str, Verb] = {OutcomeKind.BINARY: HAVE, OutcomeKind.CONTINUOUS: IS, OutcomeKind.TIME: LASTS}
_NAMED: Mapping[str, Verb] = {OutcomeKind.BINARY: HAPPENS, OutcomeKind.CONTINUOUS: IS, OutcomeKind.TIME: IS}
#: A time that can follow what happened ("12 weeks after the last session").
_FOLLOWS = re.compile(r"\d+ \w+ after ")
_OWN_TIME = re.compile(r"\b(?:days?|weeks?|months?|years?)\b")


def finding_sentence(
    finding: Finding, level: Certainty | None, *, apart: bool = True, detail: Detail = Detail.FULL
) -> str:
    """What a synthesis found, as one sentence with its numbers.

    Parameters
    ----------
    finding : Finding
        Any; one without numbers gives a sentence that says so.
    level : Certainty or None
        How sure it may sound; None where nobody has rated it.
    apart : bool
        Whether it ends with how the product studied stands to the one advertised.
    detail : Detail
        Only `FULL` has the limits of single risks and the names of pooled studies; `SOURCES` does not even say who
        took part in studies that are not pooled.  A pooled effect always has its limits, people and number of studies.

    Returns
    -------
    str
        Ends with a full stop.
    """
    estimated = absolute(finding) if finding.compared else None
    if estimated is not None:
        said = _pooled_risk(finding, estimated, level, detail)
    elif finding.compared and finding.shown.primary and finding.shown.primary.pooled:
        said = _relative(finding, level)
    else:
        said = _study_by_study(finding, level, detail)
    return f"{printed(said)}{stands_apart(finding) if apart else ''}."


def short_sentence(finding: Finding, level: Certainty | None) -> tuple[str, str]:
    """The sentence with as much detail as keeps it short, and beside it what it leaves out; empty where nothing."""
    for detail in Detail:
        sentence = finding_sentence(finding, level, apart=False, detail=detail)
        if len(sentence.split()) <= LONG_SENTENCE:
            break
    return sentence, "" if detail == Detail.FULL else _details(finding)


def _details(finding: Finding) -> str:
    """The names of pooled studies, else every study with limits and people."""
    if finding.compared and finding.shown.primary and finding.shown.primary.pooled:
        count = studies_counted(finding)
        return f"The {count}: {listed(list(finding.sources.values()))}."
    return printed(f"Study by study: {'; '.join(study_by_study(finding))}.")


def stands_apart(finding: Finding) -> str:
    """That the product studied is not the one advertised, where that is so; else nothing."""
    words = NOT_ADVERTISED.get(Match(finding.advertised)) if finding.advertised else None
    return f"; {words}" if words else ""


def observed(finding: Finding, *, after: str = "") -> str:
    """What was counted or measured, without certainty: of a comparison its largest study, else every study.

    Parameters
    ----------
    finding : Finding
        Any.
    after : str
        The product that the sentence has named before; it is not named again.

    Returns
    -------
    str
        Begins with a number or, of what is measured, with its name; without a full stop; empty without a number.
    """
    found = _observed(finding)
    if not found:
        return ""
    first, *others = found
    items = [_short_item(shown) for shown in others]
    return printed("; ".join([_counted(first, after=after, alone=not others), *items]))


def product_of(finding: Finding) -> str:
    """The product that `observed` names first."""
    found = _observed(finding)
    return without_brackets(found[0].product) if found else ""


def _observed(finding: Finding) -> list[Shown]:
    """Of a comparison its largest study; else every study, and after them the comparators that stand elsewhere."""
    if finding.compared:
        return [shown for shown in (largest(finding),) if shown is not None]
    return _every(finding)


def _every(finding: Finding) -> list[Shown]:
    found = list(shown_by(finding))
    return found + (list(shown_by(finding.beside)) if found and finding.beside else [])


def _counted(shown: Shown, *, after: str, alone: bool) -> str:
    """The first study of an observed sentence."""
    finding = shown.finding
    first_of_many = finding.compared and len(finding.studies) > 1 and not after
    which = f", largest of {studies_counted(finding)}" if first_of_many else ""
    value = values(shown.arms, finding, limits=False)
    product = without_brackets(shown.product)
    of_product = f" with {product}" if product != after else ""
    compared = without_brackets(against(shown, limits=False)) if not _is_time(finding) else against(shown)
    source = f" ({_counted_of(shown, alone=alone)}{shown.source}{which})"
    said = _said(finding)
    if not said:
        return f"{finding.outcome.name}: {value}{of_product}{compared}{source}"
    if finding.outcome.kind == OutcomeKind.BINARY:
        return f"{value} {_HAD}{said}{_after(shown, said)}{of_product}{compared}{source}"
    return f"{said} {_SAID[finding.outcome.kind].past} {value}{of_product}{compared}{source}"


def _short_item(shown: Shown) -> str:
    """A further study of an observed sentence: number, product and source."""
    value = values(shown.arms, shown.finding, limits=False, noun=False)
    compared = against(shown, limits=False)
    source = f"{_counted_of(shown, alone=False)}{shown.source}"
    return f"{value} with {without_brackets(shown.product)}{compared} ({source})"


def _counted_of(shown: Shown, *, alone: bool) -> str:
    """Of how many people a number is; of how many took part only where the study stands alone."""
    known = shown.people > 0 and not _is_time(shown.finding)
    return f"{shown.people:,.0f} people, " if known and (alone or not shown.missing) else ""


def _is_time(finding: Finding) -> bool:
    return bool(finding.outcome.kind == OutcomeKind.TIME)


def _said(finding: Finding) -> str:
    """The outcome as a sentence says it, without *had*; empty where the name has to stand in its place."""
    said = str(finding.outcome.said)
    if finding.outcome.kind != OutcomeKind.BINARY:
        return said
    return said.removeprefix(_HAD) if said.startswith(_HAD) else ""


def _after(shown: Shown, said: str) -> str:
    """The time as it follows what happened; empty where it has to stand in brackets, or the outcome says its own."""
    first, *others = times(shown.arms)
    follows = said and not others and _FOLLOWS.match(first) and not _OWN_TIME.search(said)
    return f" {first}" if follows else ""


def _clause(finding: Finding, level: Certainty | None, value: str, product: str) -> str:
    """The first clause: with which product how many had what, or how much or long it was."""
    kind, said = finding.outcome.kind, _said(finding)
    lead, verb = hedged((_SAID if said else _NAMED)[kind], level)
    if not said:
        return f"{finding.outcome.name}: {f'{lead}; ' if lead else ''}this {verb} {value} with {product}"
    what = f"{value} {verb} {said}" if kind == OutcomeKind.BINARY else f"{said} {verb} {value}"
    return raised(f"{lead}: with {product}, {what}" if lead else f"with {product}, {what}")


def _pooled_risk(finding: Finding, estimated: Absolute, level: Certainty | None, detail: Detail) -> str:
    """A pooled risk with and without, and the difference with its limits."""
    noun = counted_in(finding.arms[0].per)
    treated = tuple(arm for arm in finding.arms if arm.group == Group.INTERVENTION)
    controls = tuple(arm for arm in finding.arms if arm.group == Group.COMPARATOR)
    time = _after(Shown(finding=finding, arms=treated, others=controls), _said(finding))
    first = _clause(finding, level, f"about {in_100(estimated.intervention)} in 100 {noun}", given(treated, finding))
    compared = f", against {in_100(estimated.comparator)} in 100 with {compared_with(controls, finding)}"
    whom = people(finding) if noun == "people" else ""
    studies = f"{studies_counted(finding)} of {participants(finding):,} {whom or noun}"
    names = "" if detail != Detail.FULL else f": {listed(list(finding.sources.values()))}"
    parts = [", ".join(more_or_fewer(estimated.difference)), "" if time else when(treated), f"{studies}{names}"]
    return f"{first}{time}{compared} ({'; '.join(filter(None, parts))})"


def _relative(finding: Finding, level: Certainty | None) -> str:
    """A pooled effect that gives no risk, on its own scale."""
    pooled = finding.shown.primary.pooled if finding.shown.primary else None
    if pooled is None:
        return ""
    unit = finding.outcome.unit if finding.shown.measure == Measure.MD else ""
    limits = f"{pooled.estimate:.3g} ({pooled.estimate_ci_low:.3g} to {pooled.estimate_ci_high:.3g})"
    treated = [arm for arm in finding.arms if arm.group == Group.INTERVENTION]
    controls = [arm for arm in finding.arms if arm.group == Group.COMPARATOR]
    lead, verb = hedged(IS, level)
    return (
        f"{finding.outcome.name}: {f'{lead}; ' if lead else ''}this {verb} a "
        f"{MEASURE_NAMES[Measure(finding.shown.measure)]} of {limits}{f' {unit}' if unit else ''} with "
        f"{given(treated, finding)} against {compared_with(controls, finding)} ({when(treated)}; {people(finding)}; "
        f"{listed(list(finding.sources.values()))})"
    )


def _study_by_study(finding: Finding, level: Certainty | None, detail: Detail) -> str:
    """Numbers that are not pooled: the first study's in a full clause, the others' after it."""
    found = _every(finding)
    if not found:
        return f"{finding.outcome.name}: no number that can be shown was found"
    first, *others = found
    limits = detail == Detail.FULL
    clause = _clause(finding, level, values(first.arms, finding, limits=limits), first.product)
    time = _after(first, _said(finding)) if finding.outcome.kind == OutcomeKind.BINARY else ""
    text = f"{clause}{time}{against(first, limits=limits)}"
    same = [counted_in(shown.arms[0].per) == counted_in(first.arms[0].per) for shown in others]
    rest = [item(shown, detail=detail, noun=not plain) for shown, plain in zip(others, same, strict=True)]
    return "; ".join([bracketed(text, brackets(first, time=not time, detail=detail)), *rest])
