"""The signalling questions of RoB 2 (2019), in our own words, with the answers that its form allows.

The tool's own wording is CC BY-NC-ND and does not stand here: read it, with its guidance, before answering
(https://methods.cochrane.org/risk-bias-2-faqs leads to it).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from review.errors import WrongUse
from review.vocabulary import BiasVariant

DOMAINS = ("D1", "D2", "D3", "D4", "D5")


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
    if effect not in list(BiasVariant):
        raise WrongUse(f"{effect!r} is no effect of interest of RoB 2: use {' or '.join(BiasVariant)}")
    text = resources.files(__package__).joinpath("rob2_questions.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["effect"] in ("both", effect)]
    return MappingProxyType({row["question"]: _question(row) for row in rows})


def _question(row: Mapping[str, str]) -> Question:
    return Question(
        id=row["question"],
        domain=row["domain"],
        topic=row["topic"],
        answers=tuple(row["answers"].split("|")),
        favourable=row["favourable"],
        asked_when=row["asked_when"],
    )
