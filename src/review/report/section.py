"""One part of the report as HTML, and the one place where the sections' templates are filled.

Every field is escaped by Jinja's autoescape; addresses pass `web_address`, which lets only http and https through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markupsafe import Markup

from review.report import labels

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates" / "sections"

#: Class of what holds a section in Jupyter, by which its style finds it there.
SECTION_CLASS = "review-section"

#: The second class keeps MathJax, which Jupyter runs over outputs, from reading dollars as formulas.
_OPENING, _CLOSING = f'<div class="{SECTION_CLASS} mathjax_ignore">\n', "\n</div>"

#: Characters that have no place in an address: white space, controls, and what could end an attribute.
_NOT_IN_ADDRESSES = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\`]")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Section:
    """One part of the report.

    Attributes
    ----------
    name : str
        What it is, such as ``annotated document``.
    size : str
        How much of it there is, such as ``45 claims``.
    html : Markup
        The part itself; readable without the report's style.
    """

    name: str
    size: str
    html: Markup

    def __repr__(self) -> str:
        """The short form that stored outputs hold beside the HTML."""
        return f"Section({self.name}, {self.size})"

    def _repr_html_(self) -> str:
        """What Jupyter shows: the section in an element of its own."""
        return f"{_OPENING}{self.html}{_CLOSING}"


def unwrapped(html: str) -> str:
    """A section as it stands in the page, from what Jupyter shows; other HTML stays as it is.

    Parameters
    ----------
    html : str
        The HTML of an output.

    Returns
    -------
    str
        Without the element that holds the section.
    """
    return html.removeprefix(_OPENING).removesuffix(_CLOSING) if html.startswith(_OPENING) else html


def fill(template: str, **fields: object) -> Markup:
    """A section's template with its fields escaped.

    Parameters
    ----------
    template : str
        Name of a file under templates/sections/, without its ending.
    **fields
        The values that it names.

    Returns
    -------
    Markup
        The HTML.
    """
    return Markup(_environment().get_template(f"{template}.html.j2").render(fields))  # noqa: S704 - autoescaped


def web_address(text: object) -> str:
    """The text if it is an address that a reader may follow, else nothing.

    Parameters
    ----------
    text : object
        What stands in a field.

    Returns
    -------
    str
        The address, or the empty string for any scheme but http and https, and for anything malformed.
    """
    address = str(text).strip()
    if _NOT_IN_ADDRESSES.search(address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in {"http", "https"} and parts.hostname else ""


def host(address: str) -> str:
    """The server of an address as a reader knows it, such as ``pubmed.ncbi.nlm.nih.gov``."""
    return (urlsplit(address).hostname or "").removeprefix("www.") if web_address(address) else ""


def anchor(*parts: str) -> str:
    """The id of a place in the page, such as ``claim-C11``; the same parts always give the same id.

    Parameters
    ----------
    *parts : str
        What kind of place it is, then ids and keys.

    Returns
    -------
    str
        Only letters, digits, ``.``, ``_`` and ``-``.
    """
    return "-".join(re.sub(r"[^\w.\-]+", "-", part) for part in parts)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals.update(anchor=anchor, RELATIONS=labels.RELATIONS)
    environment.filters.update(
        web=web_address,
        host=host,
        number=labels.number,
        counted=labels.counted,
        label=labels.label,
        levels=labels.levels,
        day=labels.day,
        relation_label=labels.relation_label,
        relation_sign=labels.relation_sign,
    )
    return environment
