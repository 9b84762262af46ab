"""The words that bear on how strongly a text is worded: what each does, and where a text has them.

They stand in lexicon.csv, one a row, as patterns in which a space is any white space: a new cue is a new row.  Classes
follow studies of spin and exaggeration and what regulators ask about; rows whose note says "ours" are additions.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from review.documents import Span


class Role(StrEnum):
    """What a cue does to the level."""

    #: States an effect: level 4.
    EFFECT = "effect"
    #: Level 5 by itself: painless, permanent, guaranteed.
    ABSOLUTE = "absolute"
    #: Makes an effect of its clause absolute: completely, everyone.
    RAISES = "raises"
    #: A harm or burden as a noun: no cue unless it is denied, then level 5 (no recovery time).
    ABSENT = "absent"
    #: The same as an adjective or verb (not painful, does not hurt).
    DENIED = "denied"
    #: Lowers to 2 what follows in its clause, and is 2 by itself: may, is used for.
    POSSIBLE = "possible"
    #: Lowers to 3 what follows in its clause, and is 3 by itself: can, helps.
    ABLE = "able"
    #: Lowers to 3 all of its clause, and is nothing by itself: usually, up to, almost.
    PARTIAL = "partial"
    #: Lowers to 3 what it stands before: virtually, almost.
    NEARLY = "nearly"
    #: Lowers to 1 what follows in its clause, and is 1 by itself: is linked to.
    ASSOCIATION = "association"
    #: Recorded, and without a part in the level.
    NOTED = "noted"
    ATTRIBUTION = "attribution"
    CONDITION = "condition"
    DISCLAIMER = "disclaimer"
    #: Negations of verbs and adjectives (not, never), and of nouns (no, without).
    NOT = "not"
    NO = "no"
    #: Not a cue: what a cue of its class must not overlap.
    GUARD = "guard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Words of the lexicon in a text."""

    cue_class: str
    role: Role
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """The phrases of one class and role as one pattern."""

    cue_class: str
    role: Role
    pattern: re.Pattern[str]


def matches(text: str) -> Iterator[Match]:
    """Every place of every kind that no guard of its class overlaps, by kind in the order of the lexicon."""
    guards: dict[str, list[Span]] = {}
    for kind in _kinds():
        if kind.role == Role.GUARD:
            guards[kind.cue_class] = [found.span() for found in kind.pattern.finditer(text)]
    for kind in _kinds():
        for found in kind.pattern.finditer(text) if kind.role != Role.GUARD else ():
            start, end = found.span()
            if not any(first < end and start < last for first, last in guards.get(kind.cue_class, ())):
                yield Match(cue_class=kind.cue_class, role=kind.role, start=start, end=end)


@cache
def _kinds() -> tuple[_Kind, ...]:
    """The rows of lexicon.csv, those of one class and role together, in the order of the file."""
    text = resources.files(__package__).joinpath("lexicon.csv").read_text(encoding="utf-8")
    phrases: dict[tuple[str, str], list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        phrases.setdefault((row["cue_class"], row["role"]), []).append(row["phrase"])
    return tuple(
        _Kind(cue_class=cue_class, role=Role(role), pattern=whole_words(words))
        for (cue_class, role), words in phrases.items()
    )


def whole_words(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern of whole words; a space of a phrase is any run of white space."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_spaced, phrases))})(?!\w|-\w)", re.IGNORECASE)


def _spaced(phrase: str) -> str:
    return re.sub(r"(\[[^\]]*\])| (\?)?", lambda part: part[1] or (r"\s*" if part[2] else r"\s+"), phrase)
