"""What speaks for and against a sentence's being a claim: named cues, each with its weight.

The phrases stand in candidates.csv.  Weights are ours, set by hand on the adverts in bench/candidates/ that are marked
as tuned on; they add up, and each name counts once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from review.cues.lexicon import Role, whole_words

#: Without any cue.
BASE = -2.0

#: All that speaks for a claim is worth no more than this, so that much talk of health does not outweigh a disclaimer.
MOST = 4.5

#: Of the classes in candidates.csv.
WEIGHTS: Mapping[str, float] = {
    "purity": 3.0,
    "seal": 3.0,
    "outcome": 1.75,
    "approval": 1.75,
    "efficacy": 1.25,
    "harm": 1.25,
    "composition": 1.75,
    "evidence": 1.25,
    "popularity": 1.25,
    "definition": 1.25,
    "comparison": 1.0,
    "cost": 1.0,
    "procedure": 1.0,
    "promise": 1.25,
    "absence": 1.0,
    "property": 1.0,
    "topic": 1.0,
    "use": 0.5,
    "call": -3.0,
    "invitation": -2.0,
    "contact": -3.0,
    "commerce": -2.5,
    "legal": -6.0,
    "instruction": -2.5,
    "opinion": -1.75,
    "service": -2.0,
    "deictic": -2.5,
    "advice": -2.5,
}

#: Of a sentence's form.
FORM: Mapping[str, float] = {
    "statement": 1.0,
    "predicate": 1.25,
    "question": -6.0,
    "menu": -3.0,
    "heading": -2.0,
    "lead-in": -1.5,
    "fragment": -0.75,
    "label": -1.5,
}

#: Of the cues of strength (lexicon.csv), by what they do.
ROLES: Mapping[Role, float] = {
    Role.ABSOLUTE: 2.5,
    Role.EFFECT: 2.0,
    Role.ASSOCIATION: 2.0,
    Role.RAISES: 0.5,
    Role.POSSIBLE: 0.5,
    Role.ABLE: 0.5,
    Role.ATTRIBUTION: 0.5,
    Role.DISCLAIMER: -6.0,
}

#: Of those without a part in strength, by class.
NOTED: Mapping[str, float] = {
    "guarantee / certainty": 1.5,
    "effortless": 1.5,
    "social proof": 1.5,
    "comparative": 1.5,
    "effect": 1.25,
    "permanence": 1.25,
    "toxin / cleansing": 1.0,
    "painless": 0.75,
    "safety absolute": 0.75,
    "novelty": 0.75,
    "immediacy": 0.75,
    "quantity": 0.75,
    "mechanism as benefit": 0.5,
    "anatomic spread": 0.25,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Words of candidates.csv in a sentence: their class and place."""

    name: str
    start: int
    end: int


def marks(sentence: str) -> Iterator[Mark]:
    """Every place in a sentence of a phrase of candidates.csv, by class in the order of the file."""
    for name, at_start, pattern in _classes():
        found = [one] if at_start and (one := pattern.match(sentence)) else []
        for place in found if at_start else pattern.finditer(sentence):
            yield Mark(name=name, start=place.start(), end=place.end())


@cache
def _classes() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    text = resources.files(__package__).joinpath("candidates.csv").read_text(encoding="utf-8")
    phrases: dict[tuple[str, bool], list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        phrases.setdefault((row["cue"], row["where"] == "start"), []).append(row["phrase"])
    return tuple((name, start, whole_words(words)) for (name, start), words in phrases.items())
