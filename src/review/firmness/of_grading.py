"""Choices on how the evidence is rated and how the claim's wording is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from review.appraisal import Choices
from review.appraisal.grading import body_of, graded
from review.appraisal.verdict import wording_of
from review.certainty import ALLOWED_LEVELS, Body, Rating
from review.firmness.case import PERSONS_CERTAINTY, Alternative, Case, Choice, impossible
from review.vocabulary import Direction, Domain, RuleSet

#: The choices that are on the rating.
ON_GRADING = (Choice.NOT_REPORTED, Choice.INDIRECTNESS, Choice.RATINGS, Choice.RULES)

ON_THE_SCALE = "the documentation scale has no such rating"


def of_grading(case: Case) -> Iterator[Alternative]:
    """Every choice on the rating of a claim's evidence made otherwise, one at a time."""
    if case.documented or case.certainty_judged:
        note = ON_THE_SCALE if case.documented else PERSONS_CERTAINTY
        yield from (impossible(choice, note) for choice in ON_GRADING)
        return
    ratings = graded(case.row, case.stated, case.desk)[2].ratings
    by_domain = {Domain(rating.domain): rating for rating in ratings}
    yield _not_reported(by_domain[Domain.RISK_OF_BIAS], body_of(case.row, case.stated, case.desk))
    yield from _indirectness(by_domain[Domain.INDIRECTNESS])
    yield _proposals(ratings)
    for rules in RuleSet:
        if rules != case.desk.book.settings.rule_set:
            yield Alternative(id=f"rules-{rules}", choice=Choice.RULES, words=rules, choices=Choices(rules=rules))


def _not_reported(bias: Rating, body: Body) -> Alternative:
    """What studies do not report of bias, read favourably."""
    words = "what is not reported of bias read as favourable"
    if bias.by:
        return impossible(Choice.NOT_REPORTED, "a person's rating of bias: not recomputed", words=words)
    if all(study.bias == study.bias_if_reported for study in body.studies):
        return impossible(Choice.NOT_REPORTED, "no judgement turns on it: nothing changes", words=words)
    return Alternative(id="not-reported", choice=Choice.NOT_REPORTED, words=words, choices=Choices(favourable=True))


def _indirectness(rating: Rating) -> Iterator[Alternative]:
    """One level either way, as far as GRADE allows."""
    for step, name in ((-1, "more"), (1, "less")):
        words = f"one level {name} for indirectness"
        levels = None if rating.levels is None else rating.levels + step
        if rating.levels is None or levels not in ALLOWED_LEVELS[Domain.INDIRECTNESS]:
            note = "not rated: not computed" if rating.levels is None else f"it is {rating.levels:+d}: no such level"
            yield impossible(Choice.INDIRECTNESS, note, name=f"indirectness-{name}", words=words)
        else:
            words += f" ({levels:+d} in place of {rating.levels:+d})"
            choices = Choices(indirectness=step)
            yield Alternative(id=f"indirectness-{name}", choice=Choice.INDIRECTNESS, words=words, choices=choices)


def _proposals(ratings: Sequence[Rating]) -> Alternative:
    """The rules' proposals where a person departed from them."""
    words = "the rules' proposals where a person departed from them"
    departed = [
        f"{rating.domain} {rating.proposed:+d}"
        for rating in ratings
        if rating.by and rating.proposed is not None and rating.levels != rating.proposed
    ]
    if not departed:
        return impossible(Choice.RATINGS, "no person departed from them: nothing changes", words=words)
    words += f": {', '.join(departed)}"
    return Alternative(id="proposals", choice=Choice.RATINGS, words=words, choices=Choices(proposals=True))


def of_wording(case: Case) -> Iterator[Alternative]:
    """The wording read one level weaker and stronger, where the label depends on it."""
    if case.stated.direction != Direction.PARTLY_SUPPORTS:
        yield impossible(Choice.WORDING, "read only where the direction is partly supports: nothing changes")
        return
    level = wording_of(case.row, case.desk)
    for step, name in ((-1, "weaker"), (1, "stronger")):
        choices = Choices(wording=step)
        other = wording_of(case.row, case.desk, choices)
        words = f"the wording read one level {name}"
        if other == level:
            yield impossible(Choice.WORDING, f"it is {level}: no such level", name=f"wording-{name}", words=words)
        else:
            words += f" ({other} in place of {level})"
            yield Alternative(id=f"wording-{name}", choice=Choice.WORDING, words=words, choices=choices)
