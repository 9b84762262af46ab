"""The words of certainty, in one table, and the plain forms of what the tables say.

Nothing is computed here; every sentence of the review takes its adverb from `CERTAINTY_WORDS`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from review.vocabulary import Certainty, Per

#: What every proposal says beside itself (our convention).
BANNER = (
    "This is what the evidence on file would bear; it is not clearance. "
    "Where a product is prescription-only or unlicensed, no wording may be usable."
)

#: What is said where nothing was found; never that there is no effect (our convention).
NONE_FOUND = "No eligible study was found"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertaintyWords:
    """How a level of certainty is said.

    Attributes
    ----------
    adverb : str
        What stands before the verb; empty where the effect is stated as it is.
    base_form : bool
        Whether the verb after the adverb stands in its base form ("may happen").
    lead : str
        What stands in the place of a verb; empty where a verb is allowed.
    """

    adverb: str = ""
    base_form: bool = False
    lead: str = ""


#: GRADE's verbs by certainty [Core GRADE 6, Box 1, through a public transcription]; the only place where they stand.
CERTAINTY_WORDS: Mapping[Certainty, CertaintyWords] = {
    Certainty.HIGH: CertaintyWords(),
    Certainty.MODERATE: CertaintyWords(adverb="probably"),
    Certainty.LOW: CertaintyWords(adverb="may", base_form=True),
    Certainty.VERY_LOW: CertaintyWords(lead="the evidence is very uncertain"),
}

#: What stands where nobody has rated the certainty (our convention: never the words of a level).
UNRATED = CertaintyWords(lead="certainty not rated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A verb's two forms, and what stands in its place where none is allowed."""

    third: str
    base: str
    seen: str


HAPPENS = Verb(third="this happens to", base="happen to", seen="seen in")
AVERAGES = Verb(third="this is", base="be", seen="seen was")
IS = Verb(third="this is", base="be", seen="seen was")
HOLDS = Verb(third="this holds", base="hold", seen="")

_PEOPLE: Mapping[str, str] = {Per.SESSION: "sessions", Per.INJECTION: "injections"}
_WHO = re.compile(
    r"\b(adults?|people|persons?|patients?|women|men|volunteers?|participants?|subjects?|responders?|children)\b",
    re.IGNORECASE,
)
#: A comma or semicolon that ends a name: not one between two numbers, nor one in a list of Roman numerals.
_STOP = re.compile(r"(?<!\d)[,;]\s(?![IVX]+\b)|[,;]\s(?!\d|[IVX]+\b)")
_CAPITAL = re.compile(r"\b[A-Z][\w-]*")
_BRACKETS = re.compile(r"\s*\([^()]*\)")


def with_certainty(verb: Verb, level: Certainty | None) -> str:
    """The verb as strong as the certainty allows.

    Parameters
    ----------
    verb : Verb
        Both forms.
    level : Certainty or None
        None where nobody has rated it.

    Returns
    -------
    str
        Such as ``this happens to``, ``this probably happens to``, ``this may happen to``, or ``the evidence is very
        uncertain; seen in``.
    """
    words = UNRATED if level is None else CERTAINTY_WORDS[level]
    if words.lead:
        return "; ".join(filter(None, (words.lead, verb.seen)))
    subject, rest = verb.third.split(" ", 1)
    return " ".join(filter(None, (subject, words.adverb, verb.base if words.base_form else rest)))


def opening(level: Certainty) -> str:
    """How a sentence on the evidence as a whole begins at this certainty: empty where it may state the effect."""
    lead = CERTAINTY_WORDS[level].lead
    return lead[:1].upper() + lead[1:]


def clause(statement: str, names: Collection[str] = ()) -> str:
    """A claim's statement as it stands after "whether".

    Parameters
    ----------
    statement : str
        One sentence.
    names : collection of str
        Words that keep their capital, as `names_in` finds them.

    Returns
    -------
    str
        Without the full stop, its first letter small unless it begins a name or an abbreviation.
    """
    text = statement.strip().rstrip(".")
    return text if text.split(" ", 1)[0] in names else lowered(text)


def names_in(statements: Iterable[str]) -> frozenset[str]:
    """The words that some statement capitalises after its first word: names, not beginnings."""
    return frozenset(word for text in statements for word in _CAPITAL.findall(text.partition(" ")[2]))


def lowered(text: str) -> str:
    """The text with a small first letter, unless its first word is an abbreviation."""
    first = text.split(" ", 1)[0]
    return text if any(letter.isupper() or letter.isdigit() for letter in first[1:]) else text[:1].lower() + text[1:]


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
    """Who was studied, without what stands in brackets and after the first comma."""
    plain = product(_BRACKETS.sub("", text))
    return plain if not plain or _WHO.search(plain) else f"people with {plain}"


def comparator(text: str) -> str:
    """What it was compared with, as short as the studies table allows."""
    return product(_BRACKETS.sub("", text))


def counted_in(per: str) -> str:
    """What is counted: people, sessions or injections."""
    return _PEOPLE.get(per, "people")


def distinct(names: Sequence[str]) -> str:
    """The different names as ``a, b or c``, without those that another one only says at more length."""
    kept = [name for name in names if not any(other != name and other.startswith(f"{name} ") for other in names)]
    return listed(kept, word="or")


def listed(parts: Sequence[str], *, word: str = "and") -> str:
    """The different parts in their order, as ``a, b and c``."""
    different = list(dict.fromkeys(filter(None, parts)))
    if len(different) < 2:  # noqa: PLR2004 -- a list of one is no list
        return "".join(different)
    return f"{', '.join(different[:-1])} {word} {different[-1]}"


def in_100(risk: float, *, of: int = 100, decimals: int = 0) -> str:
    """A risk from 0 to 1 per 100 (or `of`), whole unless that would round it to none or all.

    Parameters
    ----------
    risk : float
        From 0 to 1; a difference may be negative.
    of : int
        100 or 1000.
    decimals : int
        At least so many.

    Returns
    -------
    str
        Without sign.
    """
    value = abs(risk) * of
    exact = math.isclose(value, round(value), abs_tol=1e-9)
    if decimals == 0 and round(value) in {0, of} and not exact:
        decimals = 1
    return f"{value:,.{decimals}f}"


def signed_in_100(difference: tuple[float, float, float], *, of: int = 100, decimals: int = 0) -> str:
    """A difference of risks with its limits, as ``50 more in 100 (28 to 80 more)``."""
    words = ["fewer" if value < 0 else "more" for value in difference]
    middle, low, high = (in_100(value, of=of, decimals=decimals) for value in difference)
    if words[1] != words[2]:
        limits = f"{low} fewer to {high} more"
    else:
        limits = f"{low} to {high} more" if words[1] == "more" else f"{high} to {low} fewer"
    return f"{middle} {words[0]} in {of:,} ({limits})"
