"""References as BibTeX, and new entries at the end of a BibTeX text that stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from review.errors import InvalidInput, Problem, WrongUse
from review.references import Reference, parse_references
from review.references.records import escaped

#: Rules that a new entry breaks where the text before it is not closed.
_BROKEN = frozenset({"BIB03", "BIB05", "BIB06", "BIB24"})
_BRACES = re.compile(r"[{}]")


def bibtex(references: Iterable[Reference]) -> str:
    """References as BibTeX, a field a line, with an empty line between entries.

    Parameters
    ----------
    references : iterable of Reference
        In the order in which they are written.

    Returns
    -------
    str
        Values as they are; one whose braces do not match is escaped, so that it cannot swallow what follows.
    """
    return "\n".join(map(_entry, references))


def _entry(reference: Reference) -> str:
    fields = "".join(f"  {name} = {{{_balanced(value)}}},\n" for name, value in reference.fields.items())
    return f"@{reference.entry_type}{{{reference.key},\n{fields}}}\n"


def _balanced(value: str) -> str:
    depth = 0
    for sign in _BRACES.findall(value):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            break
    return escaped(value) if depth else value


def with_added(bib_text: str, entries: Iterable[Reference]) -> str:
    """A BibTeX text with entries put to its end.

    Parameters
    ----------
    bib_text : str
        Of a .bib file; every character of it stays, with its comments, @strings and line ends.
    entries : iterable of Reference
        With keys that the text does not have; see `review.references.merging.merge`.

    Returns
    -------
    str
        The text itself where there is nothing to add.

    Raises
    ------
    WrongUse
        If a key stands in the text already; nothing is written over.
    InvalidInput
        If the new entries could not be read back, because the text's last entry is not closed.
    """
    added = list(entries)
    if not added:
        return bib_text
    standing, before = parse_references(bib_text)
    taken = {key.casefold() for key in standing}
    twice = [entry.key for entry in added if entry.key.casefold() in taken]
    if twice:
        message = f"the bibliography has entries with these keys already, and nothing is written over: {twice}"
        raise WrongUse(message)
    end = "\r\n" if "\r\n" in bib_text else "\n"
    gap = "" if not bib_text.strip("\ufeff") else end * (2 - _line_ends(bib_text))
    text = bib_text + gap + bibtex(added).replace("\n", end)
    read, after = parse_references(text)
    broken = [problem for problem in after if problem not in before and problem.rule in _BROKEN]
    if broken or any(entry.key not in read or read[entry.key].fields != entry.fields for entry in added):
        raise InvalidInput(broken or [_unread(added)])
    return text


def _line_ends(text: str) -> int:
    """Line ends that the text closes with, at most two."""
    return min(2, text.replace("\r\n", "\n")[-2:].count("\n")) if text.endswith("\n") else 0


def _unread(added: list[Reference]) -> Problem:
    message = f"the entries {[entry.key for entry in added]} could not be read back: correct their fields"
    return Problem(file="references.bib", rule="IMP05", message=message)
