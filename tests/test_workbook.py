"""Settings, assembling and the digest."""

from __future__ import annotations

from datetime import date

import pytest
from books import TEXT, good_files

from review.tables import TABLES
from review.workbook import assemble, parse_settings


def test_settings_read_as_written():
    """Every setting of review.toml arrives with its type."""
    text = 'title = "T"\nas_of = 2026-11-22\nmarkets = ["UK"]\nfail_on = ["warning"]\nsearch_months = 6\n'
    settings, problems = parse_settings(text)

    assert problems == []
    assert (settings.title, settings.as_of, settings.markets) == ("T", date(2026, 11, 22), ("UK",))
    assert (settings.fail_on, settings.search_months) == (("warning",), 6)


@pytest.mark.parametrize(
    ("text", "rule", "column"),
    [
        pytest.param("title = ", "SET01", "", id="broken"),
        pytest.param('title = "T"', "SET01", "as_of", id="no day"),
        pytest.param('title = "T"\nas_of = "2026-11-22"', "SET02", "as_of", id="a day as text"),
        pytest.param('title = "T"\nas_of = 2026-11-22T10:00:00', "SET02", "as_of", id="a moment"),
        pytest.param('title = ""\nas_of = 2026-11-22', "SET02", "title", id="empty title"),
        pytest.param('title = "T"\nas_of = 2026-11-22\nsearch_months = true', "SET02", "search_months", id="true"),
        pytest.param('title = "T"\nas_of = 2026-11-22\nmarkets = "UK"', "SET02", "markets", id="no list"),
        pytest.param('title = "T"\nas_of = 2026-11-22\nfail_on = ["luck"]', "SET02", "fail_on", id="unknown word"),
        pytest.param('title = "T"\nas_of = 2026-11-22\nmarket = ["UK"]', "SET02", "market", id="misspelt"),
    ],
)
def test_a_wrong_setting_is_one_problem(text, rule, column):
    """A fault of review.toml names the setting and its form."""
    _, problems = parse_settings(text)

    assert [(problem.rule, problem.column) for problem in problems] == [(rule, column)]


def test_a_workbook_holds_texts_tables_and_references():
    """What the files say is there by name."""
    book = assemble(good_files())

    assert book.texts == {"advert": TEXT}
    assert set(book.references) == {"park2008", "kim2010"}
    assert all(tuple(book.table(name).columns) == table.names for name, table in TABLES.items())


def test_the_digest_changes_with_any_file():
    """One byte more in any file gives another digest, the order of the files does not."""
    files = good_files()
    backwards = dict(reversed(files.items()))
    changed = {name: assemble(files | {name: data + b"\n"}).digest for name, data in files.items()}

    assert assemble(backwards).digest == assemble(files).digest
    assert len({assemble(files).digest, *changed.values()}) == len(files) + 1
