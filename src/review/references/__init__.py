"""BibTeX text to references, and what is shown of a reference.

Nothing else in the package knows bibtexparser, which is imported only when something is parsed or decoded.
"""

from review.references.entry import Reference, authors, citation_text, link, plain_text, short_citation
from review.references.parsing import BIB_RULES, parse_references

__all__ = [
    "BIB_RULES",
    "Reference",
    "authors",
    "citation_text",
    "link",
    "parse_references",
    "plain_text",
    "short_citation",
]
