"""Citation keys, and which of two lists of references are the same work.

Nothing standing is ever changed here: what would have to be is handed back, for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from string import ascii_lowercase
from unicodedata import normalize

from review.references.entry import Reference, doi, plain_text, pmcid, pmid

#: A title shorter than this many letters and digits ("Editorial", "Reply") says by itself nothing of sameness; our
#: convention.
TELLING_TITLE = 20
#: Fields that are compared where two entries are the same work: what a reader needs to find it.
COMPARED = ("title", "author", "year", "journal", "volume", "number", "pages", "doi", "pmid", "pmcid")
#: Letters that have no accent to take off.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
#: Words that no title is known by.
_SMALL_WORDS = frozenset(
    {"a", "an", "and", "de", "der", "des", "die", "for", "in", "la", "le", "of", "on", "the", "to"}
)
_NO_KEY = re.compile(r"[^a-z0-9]")
_ESCAPED_SIGN = re.compile(r"\\([&%#_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A reference that is there already.

    Attributes
    ----------
    key : str
        Its own key, in the list that came in.
    same_as : str
        Key of the entry that stands.
    by : str
        ``"doi"``, ``"pmid"``, ``"pmcid"``, ``"title and year"`` or ``"key, title and year"``.
    reason : str
        The same with the value, as a sentence for people.
    """

    key: str
    same_as: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Something that only a person can decide; what stands was left.

    Attributes
    ----------
    key : str
        Key of the entry that stands.
    field : str
        Field that differs; ``"key"`` where one key means two works, ``"doi"`` where two works look the same otherwise.
    standing, offered : str
        Both values; empty where there is none.
    message : str
        What differs and what to do.
    """

    key: str
    field: str
    standing: str
    offered: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What came of putting one list of references to another.

    Attributes
    ----------
    added : dict of str to Reference
        New works by the key that they have now, in the order in which they came.
    duplicates : tuple of Duplicate
        Works that were there already, or that came twice.
    conflicts : tuple of Conflict
        What differs and was not changed.
    """

    added: dict[str, Reference]
    duplicates: tuple[Duplicate, ...]
    conflicts: tuple[Conflict, ...]


def key_base(family: str, year: str, title: str, *, body: bool = False) -> str:
    """A citation key without the letter that tells it from others: first author and year, such as ``rotunda2005``.

    Parameters
    ----------
    family : str
        Family name of the first author, or the whole name of a body; may be empty.
    year : str
        Four digits; "nd" stands for a missing year.
    title : str
        Its first telling word stands for a missing author.
    body : bool
        Of a body with a name of several words the initials are taken, as in ``asa2013``.

    Returns
    -------
    str
        Only the letters a to z, digits; never empty.
    """
    capitals = "".join(word[0] for word in re.findall(r"\w+", family) if word[0].isupper()) if body else ""
    name = _folded(capitals if len(capitals) > 1 else family)
    words = (_folded(word) for word in title.split())
    return (name or next((word for word in words if word not in _SMALL_WORDS and word), "") or "anon") + (year or "nd")


class KeyRing:
    """Keys that are taken; BibTeX takes keys that differ only in case for the same.

    Parameters
    ----------
    taken : iterable of str
        Keys to begin with.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {key.casefold() for key in taken}
        self._letters: dict[str, Iterator[str]] = {}

    def __contains__(self, key: str) -> bool:
        return key.casefold() in self._taken

    def take(self, base: str) -> str:
        """The first free of ``base``, ``baseb``, ``basec`` and so on, taken from now on."""
        key = base
        while key in self:
            key = base + next(self._letters.setdefault(base, _letters()))
        self._taken.add(key.casefold())
        return key


def _letters() -> Iterator[str]:
    """The letters b to z, then aa, ab and so on: an entry without a letter is the first."""
    yield from ascii_lowercase[1:]
    length = 2
    while True:
        yield from map("".join, product(ascii_lowercase, repeat=length))
        length += 1


def merge(existing: Mapping[str, Reference], incoming: Mapping[str, Reference]) -> Merged:
    """References that are new, those that are there already with the reason, and what a person has to decide.

    Parameters
    ----------
    existing : mapping of str to Reference
        The bibliography as it stands.
    incoming : mapping of str to Reference
        What was read from another file.

    Returns
    -------
    Merged
        The same DOI, PubMed or PubMed Central number is the same work; so are the same title and year, unless both
        have a DOI and these differ.  Cross-references of what is added follow keys that had to change.
    """
    known = _Known(existing.values())
    keys = KeyRing(existing)
    added: dict[str, Reference] = {}
    duplicates: list[Duplicate] = []
    conflicts: list[Conflict] = []
    renamed: dict[str, str] = {}
    for reference in incoming.values():
        found = known.same_work(reference)
        if found:
            standing, by, value = found
            reason = f"entry {standing.key!r} has the same {by}: {value}"
            duplicates.append(Duplicate(key=reference.key, same_as=standing.key, by=by, reason=reason))
            conflicts += _differences(standing, reference)
            renamed[reference.key] = standing.key
            continue
        conflicts += known.alike(reference)
        key = keys.take(reference.key)
        if key != reference.key:
            conflicts.append(_other_key(reference.key, key))
        renamed[reference.key] = key
        added[key] = replace(reference, key=key)
        known.add(added[key])
    added = {key: _followed(reference, renamed) for key, reference in added.items()}
    return Merged(added=added, duplicates=tuple(duplicates), conflicts=tuple(conflicts))


def duplicates_among(references: Mapping[str, Reference]) -> tuple[Duplicate, ...]:
    """Which references of one list are the same work as one before them; as `merge` with nothing standing."""
    return merge({}, references).duplicates


class _Known:
    """Works by what they are recognised by; of two the first stands."""

    def __init__(self, references: Iterable[Reference]) -> None:
        self._by: dict[tuple[str, str], Reference] = {}
        for reference in references:
            self.add(reference)

    def add(self, reference: Reference) -> None:
        for mark in (*_marks(reference), _key_mark(reference)):
            self._by.setdefault(mark, reference)

    def same_work(self, reference: Reference) -> tuple[Reference, str, str] | None:
        for by, value in (*_marks(reference), _key_mark(reference)):
            standing = self._by.get((by, value))
            if standing and not (by == _TITLE and _other_doi(standing, reference)):
                shown = value if by in {"doi", "pmid", "pmcid"} else plain_text(reference.fields.get("title", ""))
                return standing, by, shown
        return None

    def alike(self, reference: Reference) -> Iterator[Conflict]:
        """Works with the same title and year that have another DOI: parts, corrections or preprints."""
        for mark in _marks(reference):
            standing = self._by.get(mark)
            if standing and mark[0] == _TITLE:
                message = (
                    f"entry {standing.key!r} has the same title and year as {reference.key!r}, but another DOI "
                    f"({doi(standing)}, {doi(reference)}): both stand; remove one if they are the same work"
                )
                yield Conflict(
                    key=standing.key, field="doi", standing=doi(standing), offered=doi(reference), message=message
                )


_TITLE = "title and year"


def _marks(reference: Reference) -> Iterator[tuple[str, str]]:
    for name, identify in (("doi", doi), ("pmid", pmid), ("pmcid", pmcid)):
        if identifier := identify(reference).lower():
            yield name, identifier
    title, year = title_letters(reference.fields.get("title", "")), _year(reference)
    if len(title) >= TELLING_TITLE and year:
        yield _TITLE, f"{title} {year}"


def _key_mark(reference: Reference) -> tuple[str, str]:
    """The same entry come again, as it is recognised where it has neither number nor telling title."""
    title = title_letters(reference.fields.get("title", ""))
    return "key, title and year", f"{reference.key.casefold()} {title} {_year(reference)}"


@lru_cache(maxsize=100_000)
def title_letters(title: str) -> str:
    """A title for comparison: its letters and digits in lower case without accents.

    Parameters
    ----------
    title : str
        As BibTeX writes it.

    Returns
    -------
    str
        Letters of every script are kept.
    """
    # Signs that were only escaped need no LaTeX decoder, which is slow.
    text = normalize("NFKD", plain_text(_ESCAPED_SIGN.sub(r"\1", title)).casefold())
    return "".join(letter for letter in text if letter.isalnum())


def _folded(word: str) -> str:
    """Letters a to z and digits of a word."""
    text = normalize("NFKD", word.casefold().translate(_LETTERS))
    return _NO_KEY.sub("", text)


def _year(reference: Reference) -> str:
    found = re.match(r"\d{4}", reference.fields.get("year", "") or reference.fields.get("date", ""), re.ASCII)
    return found.group() if found else ""


def _other_doi(one: Reference, other: Reference) -> bool:
    return bool(doi(one) and doi(other) and doi(one).lower() != doi(other).lower())


def _differences(standing: Reference, offered: Reference) -> Iterator[Conflict]:
    """Fields of one work that the two entries give differently; white space, case of identifiers, dashes apart."""
    for name in COMPARED:
        old, new = standing.fields.get(name, ""), offered.fields.get(name, "")
        if not new.strip() or _compared(name, old) == _compared(name, new):
            continue
        advice = (
            "add it by hand if it is right" if not old.strip() else "compare with the source and keep the right one"
        )
        message = (
            f"{name} of {standing.key!r} stands as {old!r}, the import has {new!r} (its entry {offered.key!r}): "
            f"nothing was changed; {advice}"
        )
        yield Conflict(key=standing.key, field=name, standing=old, offered=new, message=message)


def _compared(name: str, value: str) -> str:
    if name == "title":
        return title_letters(value)
    text = plain_text(_ESCAPED_SIGN.sub(r"\1", value))
    if name in {"doi", "pmid", "pmcid"}:
        return doi(Reference(key="", entry_type="", fields={"doi": value}, line=0)).lower() or text.lower()
    return re.sub(r"[\s–—.-]+", " ", text).strip().casefold()


def _other_key(key: str, new: str) -> Conflict:
    message = f"key {key!r} is taken by another work: the entry that came in has the key {new!r} now"
    return Conflict(key=key, field="key", standing=key, offered=new, message=message)


def _followed(reference: Reference, renamed: Mapping[str, str]) -> Reference:
    """The reference with its cross-references at the keys that they have now."""
    fields = dict(reference.fields)
    for name in ("crossref", "xdata"):
        if name in fields:
            fields[name] = ",".join(renamed.get(key.strip(), key.strip()) for key in fields[name].split(","))
    return replace(reference, fields=fields) if fields != reference.fields else reference
