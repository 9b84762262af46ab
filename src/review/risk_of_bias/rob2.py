"""RoB 2 (2019): answers to its signalling questions in, a proposed judgement for each domain and overall out.

Each domain is a small tree of steps, walked from its first question.  A step that the given answers do not settle ends
the walk without a judgement: a question that is only asked after an unanswered one settles nothing, even where the tree
would lead to the same judgement either way.  What a person judges beside the proposal is in `judgements`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any, TypeAlias

import pandas as pd

from review.risk_of_bias.answers import Answers, answers_by_study
from review.risk_of_bias.questions import DOMAINS, effect_named, rob2_form, rob2_questions
from review.vocabulary import BiasVariant

LOW, SOME_CONCERNS, HIGH = "Low", "Some concerns", "High"
#: The three judgements, best first.
JUDGEMENTS = (LOW, SOME_CONCERNS, HIGH)

OVERALL = "overall"

YES, NO, NO_INFORMATION = frozenset({"Y", "PY"}), frozenset({"N", "PN"}), frozenset({"NI"})
NOT_APPLICABLE = frozenset({"NA"})
YES_OR_UNKNOWN, NO_OR_UNKNOWN = YES | NO_INFORMATION, NO | NO_INFORMATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One place of a domain's tree: questions that are asked together, and where their answers lead.

    Attributes
    ----------
    ask : tuple of str
        The questions.
    if_any : tuple
        Pairs of answers and what follows as soon as one question has one of them; tried in order.
    if_all : tuple
        The answers and what follows when every question has one of them.
    """

    ask: tuple[str, ...]
    if_any: tuple[tuple[frozenset[str], Next], ...] = ()
    if_all: tuple[frozenset[str], Next]


Next: TypeAlias = Step | str


def _measurement(base: str) -> Step:
    """What follows in D4 once method and comparability are settled; `base` is the judgement before awareness."""
    did = Step(ask=("4.5",), if_any=((NO, SOME_CONCERNS),), if_all=(YES_OR_UNKNOWN, HIGH))
    could = Step(ask=("4.4",), if_any=((NO, base),), if_all=(YES_OR_UNKNOWN, did))
    return Step(ask=("4.3",), if_any=((NO, base),), if_all=(YES_OR_UNKNOWN, could))


_BASELINE = Step(ask=("1.3",), if_any=((YES, SOME_CONCERNS),), if_all=(NO_OR_UNKNOWN, LOW))
_BASELINE_ALONE = Step(ask=("1.3",), if_any=((YES, HIGH),), if_all=(NO_OR_UNKNOWN, SOME_CONCERNS))
_SEQUENCE = Step(ask=("1.1",), if_any=((NO, SOME_CONCERNS),), if_all=(YES_OR_UNKNOWN, _BASELINE))
#: Tables 3 and 4, figure 1: 1.2 first; 1.1 N with 1.2 Y is Some concerns whatever 1.3 says (figure 1 and table 3).
_RANDOMIZATION = Step(ask=("1.2",), if_any=((NO, HIGH), (NO_INFORMATION, _BASELINE_ALONE)), if_all=(YES, _SEQUENCE))

_BALANCED = Step(ask=("2.5",), if_any=((YES, SOME_CONCERNS),), if_all=(NO_OR_UNKNOWN, HIGH))
_AFFECTED = Step(ask=("2.4",), if_any=((NO, SOME_CONCERNS),), if_all=(YES_OR_UNKNOWN, _BALANCED))
_DEPARTURES = Step(ask=("2.3",), if_any=((NO, LOW), (NO_INFORMATION, SOME_CONCERNS)), if_all=(YES, _AFFECTED))
#: Tables 5 and 6, figure 2; the domain is the worse of the two parts.
_ASSIGNMENT = (
    Step(ask=("2.1", "2.2"), if_any=((YES_OR_UNKNOWN, _DEPARTURES),), if_all=(NO, LOW)),
    Step(
        ask=("2.6",),
        if_any=((YES, LOW),),
        if_all=(NO_OR_UNKNOWN, Step(ask=("2.7",), if_any=((NO, SOME_CONCERNS),), if_all=(YES_OR_UNKNOWN, HIGH))),
    ),
)

_ANALYSIS = Step(ask=("2.6",), if_any=((YES, SOME_CONCERNS),), if_all=(NO_OR_UNKNOWN, HIGH))
_FAILURES = Step(ask=("2.4", "2.5"), if_any=((YES_OR_UNKNOWN, _ANALYSIS),), if_all=(NO | NOT_APPLICABLE, LOW))
_OTHER_CARE = Step(ask=("2.3",), if_any=((NO_OR_UNKNOWN, _ANALYSIS),), if_all=(YES | NOT_APPLICABLE, _FAILURES))
#: Table 8, figure 3.
_ADHERING = Step(ask=("2.1", "2.2"), if_any=((YES_OR_UNKNOWN, _OTHER_CARE),), if_all=(NO, _FAILURES))

_DID_DEPEND = Step(ask=("3.4",), if_any=((NO, SOME_CONCERNS),), if_all=(YES_OR_UNKNOWN, HIGH))
_COULD_DEPEND = Step(ask=("3.3",), if_any=((NO, LOW),), if_all=(YES_OR_UNKNOWN, _DID_DEPEND))
_UNBIASED = Step(ask=("3.2",), if_any=((YES, LOW),), if_all=(NO, _COULD_DEPEND))
#: Table 10, figure 4.
_MISSING_DATA = Step(ask=("3.1",), if_any=((YES, LOW),), if_all=(NO_OR_UNKNOWN, _UNBIASED))

_ASCERTAINMENT = Step(
    ask=("4.2",), if_any=((NO_INFORMATION, _measurement(SOME_CONCERNS)),), if_all=(NO, _measurement(LOW))
)
#: Table 12, figure 5: no information on 4.1 does not lower, on 4.2 it does.
_MEASUREMENT = Step(ask=("4.1", "4.2"), if_any=((YES, HIGH),), if_all=(NO_OR_UNKNOWN, _ASCERTAINMENT))

_PLAN = Step(ask=("5.1",), if_any=((YES, LOW),), if_all=(NO_OR_UNKNOWN, SOME_CONCERNS))
#: Table 14, figure 7.
_SELECTION = Step(ask=("5.2", "5.3"), if_any=((YES, HIGH), (NO_INFORMATION, SOME_CONCERNS)), if_all=(NO, _PLAN))

#: The trees by effect of interest and domain; the judgement is the worst of a domain's parts.
TREES: Mapping[str, Mapping[str, tuple[Step, ...]]] = {
    effect: {
        "D1": (_RANDOMIZATION,),
        "D2": deviations,
        "D3": (_MISSING_DATA,),
        "D4": (_MEASUREMENT,),
        "D5": (_SELECTION,),
    }
    for effect, deviations in ((BiasVariant.ASSIGNMENT, _ASSIGNMENT), (BiasVariant.ADHERING, (_ADHERING,)))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The judgement on one domain, or overall.

    Attributes
    ----------
    judgement : str or None
        ``Low``, ``Some concerns``, ``High``; None where an answer that the tree asks for is not there.
    path : str
        The questions that were asked with their answers; overall, what each domain came to.
    favourable : str or None
        The judgement with every "no information" read as the answer that speaks for a low risk; None where that reading
        leads to a question that has no answer.
    not_reported : bool
        Whether missing reporting alone stands between the two: read favourably, the judgement would be better, or there
        would be one at all, or none.
    """

    judgement: str | None
    path: str
    favourable: str | None
    not_reported: bool


def rob2(frame: pd.DataFrame, effect: str = "assignment", *, file: str = "answers") -> pd.DataFrame:
    """The proposed judgements of each study by RoB 2.

    Parameters
    ----------
    frame : DataFrame
        Rows of study, question (``1.1`` to ``5.3``) and answer: Y, PY, PN, N, NI, NA or the form's words for them, in
        any case; empty or missing: none.  Files are read with ``keep_default_na=False``, or pandas takes the answer NA
        for a missing one.
    effect : {"assignment", "adhering"}
        The effect of interest, in any case; it decides what D2 asks.
    file : str
        Name of the rows' source for the problems.

    Returns
    -------
    DataFrame
        Columns study, D1 to D5 and overall, one row a study in the order in which the studies come: ``Low``,
        ``Some concerns``, ``High``, or None where an answer that is needed is missing.  Overall is High if any domain
        is, else None while one is missing, else Some concerns if any domain is, else Low; several Some concerns are
        never raised to High, which only a person may do.

    Raises
    ------
    InvalidInput
        If a row breaks one of `ROB2_RULES`, or a column is missing; all faults at once.
    WrongUse
        If the effect is neither of the two.
    """
    effect = effect_named(effect)
    studies = answers_by_study(frame, rob2_form(effect), file=file)
    judged = {study: judge_domains(answers, effect) for study, answers in studies.items()}
    values: dict[str, list[Any]] = {"study": list(judged)}
    for domain in DOMAINS:
        values[domain] = [domains[domain] for domains in judged.values()]
    values[OVERALL] = [worst(domains.values()) for domains in judged.values()]
    return pd.DataFrame(values, dtype="object")


def rob2_details(frame: pd.DataFrame, effect: str = "assignment", *, file: str = "answers") -> pd.DataFrame:
    """The proposed judgements with the path that led to each, and what missing reporting did.

    Parameters
    ----------
    frame, effect, file
        As for `rob2`, with the same exceptions.

    Returns
    -------
    DataFrame
        Columns study, domain (D1 to D5, then overall), judgement, path, not_reported, favourable (see `Judged`).
    """
    effect = effect_named(effect)
    rows = [
        (study, domain, judged.judgement, judged.path, judged.not_reported, judged.favourable)
        for study, answers in answers_by_study(frame, rob2_form(effect), file=file).items()
        for domain, judged in explain(answers, effect).items()
    ]
    columns = ["study", "domain", "judgement", "path", "not_reported", "favourable"]
    return pd.DataFrame(rows, columns=columns, dtype="object").astype({"not_reported": bool})


def judge_domains(answers: Answers, effect: str) -> dict[str, str | None]:
    """The judgement on each domain from one study's answers by question."""
    return {
        domain: _judge(effect, domain, tuple(answers.get(question, "") for question in ids))
        for domain, ids in _questions_by_domain(effect).items()
    }


def worst(judgements: Iterable[str | None]) -> str | None:
    """High if any is, else None while any is missing, else the worse of the rest."""
    found = list(judgements)
    if HIGH in found:
        return HIGH
    if None in found:
        return None
    return SOME_CONCERNS if SOME_CONCERNS in found else LOW


def explain(answers: Answers, effect: str) -> dict[str, Judged]:
    """The judgement on each domain and overall from one study's answers, each with its path."""
    judged = judge_domains(answers, effect)
    kindly = judge_domains(read_favourably(answers, effect), effect)
    explained = {
        domain: _judged(judged[domain], kindly[domain], path=_path(answers, effect, domain)) for domain in DOMAINS
    }
    path = ", ".join(f"{domain} {judged[domain] or 'no judgement'}" for domain in DOMAINS)
    return {**explained, OVERALL: _judged(worst(judged.values()), worst(kindly.values()), path=path)}


def _judged(proposed: str | None, favourable: str | None, *, path: str) -> Judged:
    return Judged(judgement=proposed, path=path, favourable=favourable, not_reported=favourable != proposed)


def read_favourably(answers: Answers, effect: str) -> dict[str, str]:
    """The answers with every "no information" as the one that speaks for a low risk of bias."""
    questions = rob2_questions(effect)
    return {
        question: questions[question].favourable if answer in NO_INFORMATION else answer
        for question, answer in answers.items()
    }


@cache
def _questions_by_domain(effect: str) -> Mapping[str, tuple[str, ...]]:
    questions = rob2_questions(effect).values()
    return {domain: tuple(question.id for question in questions if question.domain == domain) for domain in DOMAINS}


#: Studies mostly answer a domain in one of few ways, so a walk is kept; the bound keeps memory small.
@lru_cache(maxsize=65_536)
def _judge(effect: str, domain: str, given: tuple[str, ...]) -> str | None:
    answers = dict(zip(_questions_by_domain(effect)[domain], given, strict=True))
    return worst(_walk(part, answers)[0] for part in TREES[effect][domain])


def _walk(step: Step, answers: Answers) -> tuple[str | None, tuple[Step, ...]]:
    """Where the answers lead from a step, None where they do not reach a judgement, and the steps taken."""
    taken: list[Step] = []
    following: Next | None = step
    while isinstance(following, Step):
        taken.append(following)
        following = _follow(following, answers)
    return following, tuple(taken)


def _follow(step: Step, answers: Answers) -> Next | None:
    given = [answers.get(question, "") for question in step.ask]
    for wanted, following in step.if_any:
        if any(answer in wanted for answer in given):
            return following
        if "" in given:
            return None
    wanted, following = step.if_all
    return following if all(answer in wanted for answer in given) else None


def _path(answers: Answers, effect: str, domain: str) -> str:
    """The questions that a domain's tree asks with their answers, the parts divided by a semicolon."""
    parts = (_walk(part, answers)[1] for part in TREES[effect][domain])
    return "; ".join(", ".join(_said(taken, answers)) for taken in parts)


def _said(taken: Iterable[Step], answers: Answers) -> Iterable[str]:
    asked = dict.fromkeys(chain.from_iterable(step.ask for step in taken))
    return (f"{question} {answers.get(question) or 'not answered'}" for question in asked)
