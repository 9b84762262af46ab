"""What studies gave, to whom, against what and when: the short names of the tables, or their texts cut by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from review.vocabulary import Group
from review.wording.finding import Finding
from review.wording.words import listed, lowered

_WHO = re.compile(
    r"\b(adults?|people|persons?|patients?|women|men|volunteers?|participants?|subjects?|responders?|children)\b",
    re.IGNORECASE,
)
#: A comma or semicolon that ends a name: not one between two numbers, nor one in a list of Roman numerals.
_STOP = re.compile(r"(?<!\d)[,;]\s(?![IVX]+\b)|[,;]\s(?!\d|[IVX]+\b)")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_COUNT = re.compile(r"^\d[\d,]*\s+")
_EVENT = re.compile(r"\b(after|before|during) (?=(?:first |last )?session\b)")
#: A word, or words that "or" or "to" holds together.
_UNIT = re.compile(r"\S+(?: (?:or|to) \S+)*")
_PLAIN = re.compile(r"\w+(?: or \w+)*")


def product(text: str) -> str:
    """What was given, as short as the studies table allows: up to the first comma that ends the name.

    A text that begins with what was not done ("no further treatment; earlier course") stays whole.
    """
    if text.lower().startswith("no "):
        return lowered(text).replace(";", ",")
    depth = [text[: found.start()].count("(") - text[: found.start()].count(")") for found in _STOP.finditer(text)]
    ends = [found.start() for found, open_ in zip(_STOP.finditer(text), depth, strict=True) if not open_]
    return lowered(text[: ends[0]] if ends else text)


def population(text: str) -> str:
    """Who was studied, without how many, without what stands in brackets and after the first comma."""
    plain = product(_COUNT.sub("", without_brackets(text)))
    return plain if not plain or _WHO.search(plain) else f"people with {plain}"


def without_brackets(text: str) -> str:
    """The text without what stands in brackets."""
    return _BRACKETS.sub("", text)


def times(arms: Sequence[Any]) -> list[str]:
    """When arms were measured, each time once, in the words of the results table with the article that they need."""
    return list(dict.fromkeys(_EVENT.sub(r"\1 the ", arm.timepoint) for arm in arms))


def when(arms: Sequence[Any]) -> str:
    """When arms were measured, as ``8 weeks, or 12 weeks``."""
    return ", or ".join(times(arms))


def given(arms: Sequence[Any], finding: Finding) -> str:
    """The product that arms of the intervention got; of comparators see `compared_with`."""
    if arms[0].group == Group.COMPARATOR:
        return compared_with(arms, finding)
    by_study: dict[str, list[Any]] = {}
    for arm in arms:
        by_study.setdefault(arm.study_id, []).append(arm)
    return _distinct([_given_in(own, finding.studies.get(name)) for name, own in by_study.items()])


def _given_in(arms: Sequence[Any], study: Any) -> str:
    """One study's product by the studies table; its arms by their names where the study tried more than one."""
    names = list(dict.fromkeys(product(arm.arm) for arm in arms if not arm.stratum))
    full = product(study.intervention) if study else ""
    name = (study.intervention_said if study else "") or full
    if not name or len(names) > 1:
        return listed(names or [product(arms[0].arm)])
    if not re.search(r"\bor\b", full) or not names:
        return name
    return names[0] if names[0].split()[0] == name.split()[0] else f"{name} ({names[0]})"


def compared_with(arms: Sequence[Any], finding: Finding) -> str:
    """What the comparators got: by the studies table, or by the arm's name where the table's text leans on another."""
    names = []
    for arm in arms:
        study = finding.studies.get(arm.study_id)
        text = product(without_brackets(study.comparator)) if study else ""
        unclear = not text or re.search(r"\b(?:it|same)\b", text)
        names.append((study.comparator_said if study else "") or (_arm(arm) if unclear else text))
    return _distinct(names)


def _arm(arm: Any) -> str:
    return product(without_brackets(arm.arm))


def people(finding: Finding) -> str:
    """Who was studied, of all studies of a synthesis, what they share said once."""
    return merged([who(study) for study in finding.studies.values()])


def who(study: Any) -> str:
    """Who took part in a study."""
    return str(study.population_said or population(study.population))


def merged(names: Sequence[str]) -> str:
    """The different names with ``or``, the words that all begin and end with said once.

    ``adults with mild fat`` and ``adults with severe fat`` are ``adults with mild or severe fat``.
    """
    different = list(dict.fromkeys(filter(None, names)))
    words = [_UNIT.findall(name) for name in different]
    start = _shared(words)
    end = _shared([name[start:][::-1] for name in words])
    middles = [" ".join(name[start : len(name) - end]) for name in words]
    if not (start and end and all(middles)) or len(different) == 1:
        return listed(different, word="or")
    if all(_PLAIN.fullmatch(middle) for middle in middles):
        middles = [word for middle in middles for word in middle.split(" or ")]
    return " ".join((*words[0][:start], listed(middles, word="or"), *words[0][len(words[0]) - end :]))


def _shared(words: Sequence[Sequence[str]]) -> int:
    """How many first words all have in common."""
    count = 0
    for column in zip(*words, strict=False):
        if len(set(column)) > 1:
            break
        count += 1
    return count


def _distinct(names: Sequence[str]) -> str:
    """The different names as ``a, b or c``, without those that another one only says at more length."""
    kept = [name for name in names if not any(other != name and other.startswith(f"{name} ") for other in names)]
    return listed(kept, word="or")
