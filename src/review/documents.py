"""The documents under review: their text, and where a quote stands in it.

Text in, character positions out.
"""

from __future__ import annotations

import hashlib
import re

Span = tuple[int, int]


def sha256(data: bytes) -> str:
    """SHA-256 of a file's bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def quote_spans(text: str, quote: str, *, prefix: str = "", suffix: str = "") -> tuple[Span, ...]:
    """Every place where a quote stands in a text, whatever white space is between its words.

    Parameters
    ----------
    text : str
        The document.
    quote : str
        Its words, verbatim up to white space (the document may have non-breaking spaces or line ends).
    prefix, suffix : str
        Words that must stand just before and after it; empty for any.

    Returns
    -------
    tuple of (int, int)
        Start and end of each place in characters, end exclusive, in order; without the prefix and suffix.
    """
    if not quote.strip():
        return ()
    # A look-behind must have a fixed length, so the prefix is matched and left out of the group.
    pattern = "".join(
        (
            rf"{_words(prefix)}\s*" if prefix.strip() else "",
            f"({_words(quote)})",
            rf"(?=\s*{_words(suffix)})" if suffix.strip() else "",
        )
    )
    return tuple(match.span(1) for match in re.finditer(pattern, text))


def _words(phrase: str) -> str:
    return r"\s+".join(map(re.escape, phrase.split()))
