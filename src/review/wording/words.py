"""The words of certainty, in one table, and the plain forms of words and numbers.

Every sentence of the review takes its adverb from `CERTAINTY_WORDS`.  What studies gave to whom is in `names`.
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
        What the sentence begins with in place of an adverb, the verb then telling what was seen; empty where the verb
        may state the effect.
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
    """A verb as it agrees with its subject, its base form, and its past for what was seen."""

    present: str
    base: str
    past: str


HAVE = Verb(present="have", base="have", past="had")
IS = Verb(present="is", base="be", past="was")
LASTS = Verb(present="lasts", base="last", past="lasted")
HAPPENS = Verb(present="happens to", base="happen to", past="happened to")
HOLD = Verb(present="hold", base="hold", past="held")
HOLDS = Verb(present="holds", base="hold", past="held")
HOLDS_NOT = Verb(present="does not hold", base="not hold", past="did not hold")

_PEOPLE: Mapping[str, str] = {Per.SESSION: "sessions", Per.INJECTION: "injections"}
_CAPITAL = re.compile(r"\b[A-Z][\w-]*")
_POWER = re.compile(r"\b([cm]?m)([23])\b")


def hedged(verb: Verb, level: Certainty | None) -> tuple[str, str]:
    """A verb as strong as the certainty allows, and what the sentence has to begin with.

    Parameters
    ----------
    verb : Verb
        All forms.
    level : Certainty or None
        None where nobody has rated it.

    Returns
    -------
    lead, verb : str
        Such as ``"", "have"``, ``"", "probably have"``, ``"", "may have"``, or ``"the evidence is very uncertain",
        "had"``.
    """
    words = UNRATED if level is None else CERTAINTY_WORDS[level]
    if words.lead:
        return words.lead, verb.past
    return "", " ".join(filter(None, (words.adverb, verb.base if words.base_form else verb.present)))


def opening(level: Certainty) -> str:
    """How a sentence on the evidence as a whole begins at this certainty: empty where it may state the effect."""
    return raised(CERTAINTY_WORDS[level].lead)


def clause(statement: str, names: Collection[str] = ()) -> str:
    """A claim's statement as it stands after "whether" or "that".

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


def raised(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def printed(text: str) -> str:
    """The text with square and cubic units as they are printed: ``mg/cm²``."""
    return _POWER.sub(lambda found: found[1] + "²³"[int(found[2]) - 2], text)


def bracketed(text: str, inside: str) -> str:
    """The text with something in brackets after it, in its own last brackets where it ends with any."""
    return f"{text[:-1]}; {inside})" if text.endswith(")") else f"{text} ({inside})"


def counted_in(per: str) -> str:
    """What is counted: people, sessions or injections."""
    return _PEOPLE.get(per, "people")


def listed(parts: Sequence[str], *, word: str = "and") -> str:
    """The different parts in their order, as ``a, b and c``."""
    different = list(dict.fromkeys(filter(None, parts)))
    if len(different) < 2:  # noqa: PLR2004 -- a list of one is no list
        return "".join(different)
    return f"{', '.join(different[:-1])} {word} {different[-1]}"


def joined(values: Sequence[str]) -> str:
    """All values, also equal ones, as ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(values[:-1]), *values[-1:])))


def in_100(risk: float, *, of: int = 100) -> str:
    """A risk from 0 to 1 per 100 (or `of`), whole unless that would round it to none or all.

    Parameters
    ----------
    risk : float
        From 0 to 1; a difference may be negative.
    of : int
        100 or 1000.

    Returns
    -------
    str
        Without sign.
    """
    value = abs(risk) * of
    exact = math.isclose(value, round(value), abs_tol=1e-9)
    return f"{value:,.{1 if round(value) in {0, of} and not exact else 0}f}"


def more_or_fewer(difference: tuple[float, float, float], *, of: int = 100) -> tuple[str, str]:
    """A difference of risks and its limits, as ``49 more`` and ``28 to 80 more``."""
    words = ["fewer" if value < 0 else "more" for value in difference]
    middle, low, high = (in_100(value, of=of) for value in difference)
    if words[1] != words[2]:
        limits = f"{low} fewer to {high} more"
    else:
        limits = f"{low} to {high} more" if words[1] == "more" else f"{high} to {low} fewer"
    return f"{middle} {words[0]}", limits


def signed_in_100(difference: tuple[float, float, float], *, of: int = 100) -> str:
    """A difference of risks with its limits, as ``49 more in 100 (28 to 80 more)``."""
    middle, limits = more_or_fewer(difference, of=of)
    return f"{middle} in {of:,} ({limits})"
