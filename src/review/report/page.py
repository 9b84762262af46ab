"""The page that executed notebooks become: merged, given head, navigation, style and script, and nothing else.

Values in, text out.  Every section of the page is the output of some cell.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from review.errors import NotebookFailed
from review.report.lab_style import ONLY_LAB
from review.report.labels import day
from review.report.section import unwrapped

if TYPE_CHECKING:
    from datetime import date

    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "templates"
TEMPLATE = "review"

#: Input of cells with this tag is not shown.
HIDE_INPUT = "hide-input"

#: Figures of the digest that are printed: enough to tell two states apart by eye.
DIGEST_SHOWN = 12

_HEADING = re.compile(r"<h([1-5])[^>]*>(.*?)</h\1>", re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What the report adds to the notebooks: it is different for each run or reader and so not in stored outputs.

    Attributes
    ----------
    title : str
        Title of the review.
    as_of : date or None
        The day for which it speaks.
    digest : str
        SHA-256 of all inputs.
    version : str
        Version of this package.
    """

    title: str
    as_of: date | None
    digest: str
    version: str


def failure_notebook(fault: NotebookFailed) -> NotebookNode:
    """A notebook that says which cell failed and how, for a page of its own.

    Parameters
    ----------
    fault : NotebookFailed
        With the notebook, the cell and what the kernel said.

    Returns
    -------
    NotebookNode
        A heading and one cell; what the kernel said is escaped.
    """
    where = f"{Path(fault.path).name}, cell {fault.cell}"
    html = Markup(
        '<p role="alert"><b>{where}</b> failed, so no new report was made; the old one, if any, is as it was.</p>'
        "<pre>{said}</pre>"
    ).format(where=where, said=fault.traceback)
    output = new_output("display_data", {"text/html": str(html)})
    cells = [new_markdown_cell("# A notebook failed", id="failure"), new_code_cell("", outputs=[output], id="said")]
    notebook: NotebookNode = new_notebook(cells=cells)
    return notebook


def build_page(notebooks: Sequence[NotebookNode], imprint: Imprint) -> str:
    """The report as one self-contained page.

    Parameters
    ----------
    notebooks : sequence of NotebookNode
        With their outputs, in the order of the page.
    imprint : Imprint
        What the page says of itself.

    Returns
    -------
    str
        HTML that loads nothing; the same notebooks and imprint give the same text.
    """
    merged = merge(notebooks)
    style, script = ((TEMPLATES / TEMPLATE / name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    exporter = HTMLExporter(template_name=TEMPLATE, extra_template_basedirs=[str(TEMPLATES)])
    resources = {
        "review": {
            "title": imprint.title,
            "as_of": day(imprint.as_of),
            "digest": imprint.digest[:DIGEST_SHOWN],
            "version": imprint.version,
            "contents": merged.metadata["contents"],
            "style": style,
            "script": script,
            "policy": content_policy(style, script),
            "hide_input": HIDE_INPUT,
        }
    }
    # The base's method, because the HTML exporter's own parses the finished page once more, which takes a second.
    page, _ = TemplateExporter.from_notebook_node(exporter, merged, resources)
    return str(page)


def merge(notebooks: Sequence[NotebookNode]) -> NotebookNode:
    """One notebook of all cells, its text cells already HTML and its headings one level down.

    Parameters
    ----------
    notebooks : sequence of NotebookNode
        In the order of the page; the page's own title is the only heading of the first level.  Cells that are for
        JupyterLab only are left out.

    Returns
    -------
    NotebookNode
        With `metadata.contents`: level, id and text of each heading in the text cells.
    """
    shown = (cell for notebook in notebooks for cell in notebook.cells if ONLY_LAB not in cell.metadata.get("tags", []))
    cells = [deepcopy(cell) for cell in shown]
    contents: list[dict[str, object]] = []
    taken: Counter[str] = Counter()
    for number, cell in enumerate(cells, start=1):
        cell.id = f"cell-{number}"
        if cell.cell_type == "markdown":
            cell.metadata["html"] = _shift_headings(_markdown(cell), contents, taken)
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = unwrapped(output.data["text/html"])
    merged: NotebookNode = new_notebook(cells=cells, metadata={"contents": contents})
    return merged


def content_policy(style: str, script: str) -> str:
    """The Content-Security-Policy of the page: nothing is loaded, and only this style and this script are used."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _markdown(cell: NotebookNode) -> str:
    """A text cell as HTML; HTML that is written in it is shown as text."""
    renderer = IPythonRenderer(
        escape=True,
        allow_harmful_protocols=False,
        exclude_anchor_links=True,
        attachments=cell.get("attachments", {}),
    )
    return str(MarkdownWithMath(renderer=renderer).render(cell.source))


def _shift_headings(html: str, contents: list[dict[str, object]], taken: Counter[str]) -> str:
    """The HTML with each heading one level down and with an id; adds the headings to `contents`."""

    def shifted(match: re.Match[str]) -> str:
        level, inner = int(match[1]) + 1, match[2]
        text = unescape(_TAGS.sub("", inner)).strip()
        name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
        taken[name] += 1
        place = name if taken[name] == 1 else f"{name}-{taken[name]}"
        contents.append({"level": level, "id": place, "text": text})
        return f'<h{level} id="{place}">{inner}</h{level}>'

    return _HEADING.sub(shifted, html)
