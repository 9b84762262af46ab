"""Whatever stands in the tables and the bibliography, the page neither runs it nor breaks."""

import pytest
from books import HOSTILE, hostile_book
from nbformat.v4 import new_code_cell, new_notebook, new_output

from review.report import sections
from review.report.page import build_page
from review.report.render import imprint_of

PHONE = {"width": 390, "height": 844}


def hostile_page(text):
    """Return the page of a workbook that has the text in every field."""
    book = hostile_book(text)
    shown = (getattr(sections, name) for name in sections.__all__ if name != "style")
    outputs = [new_output("display_data", {"text/html": str(section(book).html)}) for section in shown]
    cells = [new_code_cell("", outputs=[output], id=f"cell-{place}") for place, output in enumerate(outputs)]
    return build_page([new_notebook(cells=cells)], imprint_of(book))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_field_runs_asks_or_breaks_the_page(page_at, tmp_path, text):
    """No dialog opens, nothing is asked for, no policy is hit, and a phone does not scroll sideways."""
    file = tmp_path / "page.html"
    file.write_text(hostile_page(text))
    opened = page_at(file, **PHONE)
    dialogs = []
    opened.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    opened.page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    opened.page.locator("main a").first.hover()
    opened.page.wait_for_timeout(100)

    assert dialogs == []
    assert opened.leaks == []
    assert opened.errors == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert opened.page.locator("script").count() == 1
    assert opened.page.locator("main img").count() == 0
    assert opened.page.evaluate("[...document.links].filter((a) => !/^(https?|file):$/.test(a.protocol)).length") == 0
