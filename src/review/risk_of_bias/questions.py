"""The signalling questions of RoB 2 (2019), in our own words, with the answers that its form allows.

The tool's own wording is CC BY-NC-ND and does not stand here: read it, with its guidance, before answering
(https://methods.cochrane.org/risk-bias-2-faqs leads to it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from review.errors import WrongUse
from review.risk_of_bias.answers import Form
from review.risk_of_bias.package_data import data_rows
from review.vocabulary import BiasVariant

DOMAINS = ("D1", "D2", "D3", "D4", "D5")

#: The answers in the form's words.
ANSWER_WORDS: Mapping[str, str] = {
    "yes": "Y",
    "probably yes": "PY",
    "probably no": "PN",
    "no": "N",
    "no information": "NI",
    "not applicable": "NA",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One signalling question.

    Attributes
    ----------
    id : str
        Such as ``2.3``; the variants use the same ids for different questions.
    domain : str
        ``D1`` to ``D5``.
    topic : str
        What is asked, in our own words.
    answers : tuple of str
        What the form allows: ``NA`` only for conditional questions, no ``NI`` for 3.2.
    favourable : str
        The answer, ``Y`` or ``N``, that speaks for a low risk of bias.
    asked_when : str
        When the form asks it.
    """

    id: str
    domain: str
    topic: str
    answers: tuple[str, ...]
    favourable: str
    asked_when: str


def effect_named(name: str) -> str:
    """The effect of interest of a name in any case.

    Raises
    ------
    WrongUse
        If RoB 2 has no such effect.
    """
    effect = name.lower()
    if effect not in list(BiasVariant):
        raise WrongUse(f"{name!r} is no effect of interest of RoB 2: use {' or '.join(BiasVariant)}")
    return effect


@cache
def rob2_questions(effect: str) -> Mapping[str, Question]:
    """The questions for an effect of interest by id, in the order of the form.

    Parameters
    ----------
    effect : {"assignment", "adhering"}
        The effect of assignment to the intervention, or of adhering to it.

    Raises
    ------
    WrongUse
        If the effect is neither.
    """
    effect = effect_named(effect)
    rows = [row for row in data_rows("rob2_questions.csv") if row["effect"] in ("both", effect)]
    return MappingProxyType({row["question"]: _question(row) for row in rows})


@cache
def rob2_form(effect: str) -> Form:
    """What may be answered for an effect of interest; the errors are those of `rob2_questions`."""
    questions = rob2_questions(effect)
    return Form(
        tool="RoB 2 for this effect of interest",
        columns=("study", "question", "answer"),
        allowed=MappingProxyType({question: asked.answers for question, asked in questions.items()}),
        spellings=ANSWER_WORDS,
        elsewhere=frozenset(name for other in BiasVariant for name in rob2_questions(other)) - frozenset(questions),
    )


def _question(row: Mapping[str, str]) -> Question:
    return Question(
        id=row["question"],
        domain=row["domain"],
        topic=row["topic"],
        answers=tuple(row["answers"].split("|")),
        favourable=row["favourable"],
        asked_when=row["asked_when"],
    )
