"""The page's style for JupyterLab: bound to the sections alone, and to Lab's own light and dark theme.

A notebook's loading cell is followed by one that shows `style()`.  Lab keeps an output with a style element in the
document for as long as the notebook is open, whether or not its cell is in view, and drops style elements from
outputs that nobody on this machine has made or trusted; the sections are then plain, and whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from review.report.section import SECTION_CLASS

PAGE_STYLE = Path(__file__).parent / "templates" / "review" / "style.css"

#: Tag of cells that are for JupyterLab only and have no place in the report.
ONLY_LAB = "only-lab"

#: The class thrice, so that each rule outweighs those that Lab has for the outputs of all cells.
_SECTION = f".{SECTION_CLASS}" * 3

#: How JupyterLab says that its theme is dark.
_DARK = 'body[data-jp-theme-light="false"] &'

#: First take back what Lab says of outputs; not of figures, whose colours are attributes and would go too.
_RESET = "& :not(svg,svg *){all:revert;box-sizing:border-box}"

#: Last what the page leaves to the browser's window: width, edges and the theme.
_FRAME = (
    "&{color-scheme:light;container-type:inline-size;padding:.5rem 1rem;border-radius:6px}"
    f"{_DARK}{{color-scheme:dark}}"
    "&>:first-child{margin-top:.4rem}&>:last-child{margin-bottom:.4rem}"
)

#: What only the page has: its frame, its navigation, and what its script opens.
_PAGE_ONLY = re.compile(r"\*$|\.title-box \+|(html|main|\.(skip|contents|text|pane|reading|filters?))\b")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True, repr=False)
class Style:
    """A style that shows nothing itself.

    Attributes
    ----------
    css : str
        Its rules.
    """

    css: str

    def __repr__(self) -> str:
        """What is shown where HTML is not."""
        return "Style"

    def _repr_html_(self) -> str:
        """What Jupyter shows."""
        return f"<style>{self.css}</style>"


def style() -> Style:
    """The style of the sections in JupyterLab; it holds for the whole notebook that shows it."""
    return Style(lab_style(PAGE_STYLE.read_text(encoding="utf-8")))


def lab_style(css: str) -> str:
    """The page's style sheet as one nested rule for what stands in a section.

    Parameters
    ----------
    css : str
        Plain rules and `@media`; other at-rules are left out.  Neither text in quotes nor brackets in a selector may
        hold braces, commas or more than one space in a row.

    Returns
    -------
    str
        Without comments.  Rules of the page's own parts and of print are left out, those for a dark browser are for
        a dark Lab, and those for a window's width are for the section's width.
    """
    rules = "".join(_nested(head, body) for head, body in _blocks(_COMMENT.sub("", css)))
    return f"{_SECTION}{{{_RESET}{rules}{_FRAME}}}"


def _nested(head: str, body: str) -> str:
    """One rule of the style sheet as it stands within the section's."""
    if not head.startswith("@"):
        return _rule(head, body, root="&", page="&")
    if not head.startswith("@media") or "print" in head or "reduced-motion" in head:
        return ""
    if "prefers-color-scheme: dark" in head:
        return "".join(_rule(*block, root=_DARK) for block in _blocks(body))
    inner = "".join(_rule(*block) for block in _blocks(body))
    return f"@container {_squeezed(head.removeprefix('@media'))}{{{inner}}}" if inner else ""


def _rule(head: str, body: str, *, root: str = "", page: str = "") -> str:
    """A plain rule: `root` stands for the document's element, `page` for its body, and without them both are left out.

    A rule that is only for parts of the page is left out.
    """
    named = {":root": root, "body": page}
    parts = (named.get(part, part) for part in map(_squeezed, head.split(",")))
    kept = [part for part in parts if part and not _PAGE_ONLY.match(part)]
    return f"{','.join(kept)}{{{_squeezed(body).rstrip(';')}}}" if kept else ""


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """What stands before each outermost pair of braces, and what within."""
    start = opened = depth = 0
    for match in re.finditer(r"[{}]", css):
        depth += 1 if match[0] == "{" else -1
        if match[0] == "{" and depth == 1:
            opened = match.start()
        elif depth == 0:
            yield css[start:opened].strip(), css[opened + 1 : match.start()]
            start = match.end()


def _squeezed(text: str) -> str:
    return " ".join(text.split())
