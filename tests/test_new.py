"""A new workbook: complete, sound at once, and there whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from review.cells import rows
from review.claims import is_part
from review.documents import quote_spans, sha256
from review.errors import Severity, WrongUse
from review.files import load
from review.intake import new_workbook, starting, workbook_files
from review.tables import TABLES

DAY = date(2026, 11, 22)

ADVERT = """Laser for every skin

The laser permanently removes hair and it is completely painless. It dissolves fat, scars and wrinkles.
The laser permanently removes hair and it is completely painless.

Book now: 020 000000
"""


@pytest.fixture
def advert(tmp_path):
    """Return a plain text to review."""
    path = tmp_path / "advert.txt"
    path.write_bytes(ADVERT.encode())
    return path


def test_a_new_workbook_is_complete(tmp_path, advert):
    """Every table with its header, the dictionary, the notebooks, settings, bibliography and README are there."""
    made = new_workbook(tmp_path / "book", advert, as_of=DAY, title='The "laser" \\ review')
    names = {path.relative_to(tmp_path / "book").as_posix() for path in made}

    assert {table.file for table in TABLES.values()} <= names
    assert {"review.toml", "references.bib", "README.md", ".gitattributes", "claims/README.md"} <= names
    assert "notebooks/01_overview.ipynb" in names
    assert all(path.is_file() for path in made)
    assert (tmp_path / "book/claims/studies.csv").read_text() == TABLES["studies"].header + "\n"
    settings = tomllib.loads((tmp_path / "book/review.toml").read_text())
    assert (settings["title"], settings["as_of"]) == ('The "laser" \\ review', DAY)


def test_a_new_workbook_has_no_error_and_says_what_is_not_searched(tmp_path, advert):
    """`review check` finds no error at once; each offered claim is a finding, because nothing was searched."""
    new_workbook(tmp_path / "book", advert, as_of=DAY)
    book = load(tmp_path / "book")
    wholes = [claim for claim in book.claims["claim_id"] if not is_part(claim)]

    assert [problem for problem in book.problems if problem.severity == Severity.ERROR] == []
    assert len(wholes) >= 2
    assert sum(problem.rule == "CIT01" for problem in book.problems) == len(wholes)


def test_every_offered_quote_stands_at_one_place(tmp_path, advert):
    """A sentence that stands twice is offered once, at its first place, with the words beside it and a note."""
    new_workbook(tmp_path / "book", advert, as_of=DAY)
    book = load(tmp_path / "book")
    claims = list(rows(book.claims))
    places = [
        quote_spans(book.texts["advert"], row.quote, prefix=row.prefix, suffix=row.suffix)
        for row in claims
        if not is_part(row.claim_id)
    ]

    assert {len(found) for found in places} == {1}
    assert len({row.quote for row in claims}) == len(claims)
    assert "It stands 2 times" in claims[0].note


def test_the_document_is_kept_untouched_and_its_text_beside_it(tmp_path):
    """Both files are under documents/ with their SHA-256; a plain text is its own text."""
    page = "<h1>Laser</h1><p>It is\u00a0safe.</p>\r\n".encode()
    (tmp_path / "My page?.html").write_bytes(page)
    new_workbook(tmp_path / "book", tmp_path / "My page?.html", as_of=DAY)
    row = next(rows(load(tmp_path / "book").documents))

    assert (row.document_id, row.file, row.text_file) == (
        "my-page",
        "documents/My page-.html",
        "documents/My page-.txt",
    )
    assert (tmp_path / "book" / row.file).read_bytes() == page
    assert row.sha256 == sha256(page)
    assert row.text_sha256 == sha256((tmp_path / "book" / row.text_file).read_bytes())
    assert row.title == "Laser"


def test_a_text_in_another_encoding_gets_a_copy_in_utf_8():
    """The copy has another name than the document."""
    made = workbook_files("advert.txt", "Für die Haut.".encode("cp1252"), as_of=DAY)

    assert made["documents/advert.txt"] == "Für die Haut.".encode("cp1252")
    assert made["documents/advert.utf-8.txt"] == "Für die Haut.\n".encode()


def test_the_same_document_and_day_give_the_same_files():
    """No clock, no chance."""
    assert workbook_files("a.txt", ADVERT.encode(), as_of=DAY) == workbook_files("a.txt", ADVERT.encode(), as_of=DAY)


@pytest.mark.parametrize("name", ["..txt", ";.txt", "é\u0301 {x}.txt", "日本語.txt", f"{'x' * 250}.txt", " a .TXT"])
def test_any_file_name_gives_a_sound_workbook(name):
    """Names that tables, lists or Windows cannot hold are mended; `workbook_files` refuses what has an error."""
    made = workbook_files(name, ADVERT.encode(), as_of=DAY)

    assert sum(file.startswith("documents/") for file in made) == 1


def test_an_empty_folder_is_filled(tmp_path, advert):
    """A folder that somebody made for it is used."""
    (tmp_path / "book").mkdir()
    new_workbook(tmp_path / "book", advert, as_of=DAY)

    assert (tmp_path / "book/review.toml").is_file()


@pytest.mark.parametrize("what", ["a folder with a file", "a file", "a link"])
def test_what_is_there_is_not_touched(tmp_path, advert, what):
    """A folder that is not empty, a file or a link is refused and stays as it was."""
    place = tmp_path / "book"
    if what == "a file":
        place.write_text("mine")
    elif what == "a link":
        (tmp_path / "other").mkdir()
        place.symlink_to(tmp_path / "other")
    else:
        place.mkdir()
        (place / "mine").write_text("mine")
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(WrongUse, match="name a new one"):
        new_workbook(place, advert, as_of=DAY)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_folder_that_one_stands_in_is_refused(tmp_path, advert, monkeypatch):
    """It would be replaced under the feet of the shell."""
    (tmp_path / "book").mkdir()
    monkeypatch.chdir(tmp_path / "book")

    with pytest.raises(WrongUse, match="go one up"):
        new_workbook(Path(), advert, as_of=DAY)


def test_a_document_that_cannot_be_read_leaves_nothing(tmp_path):
    """Missing or unreadable: one message, no folder."""
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7")

    for name in ("missing.txt", "scan.pdf"):
        with pytest.raises(WrongUse, match=name):
            new_workbook(tmp_path / "book", tmp_path / name, as_of=DAY)
    assert [path.name for path in tmp_path.iterdir()] == ["scan.pdf"]


@pytest.mark.parametrize(
    "fault", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "stopped"]
)
def test_a_failure_half_way_is_undone(tmp_path, advert, monkeypatch, fault):
    """Whatever stops the writing, neither a part of the workbook nor a folder that was made for it stays."""
    written = []
    write = starting.write_whole

    def fails_at_the_tenth(path, data):
        written.append(path)
        if len(written) == 10:
            raise fault
        write(path, data)

    monkeypatch.setattr(starting, "write_whole", fails_at_the_tenth)

    with pytest.raises(KeyboardInterrupt if isinstance(fault, KeyboardInterrupt) else WrongUse):
        new_workbook(tmp_path / "deep" / "er" / "book", advert, as_of=DAY)
    assert len(written) == 10
    assert [path.name for path in tmp_path.iterdir()] == ["advert.txt"]


def test_a_kill_leaves_no_half_workbook(tmp_path, advert):
    """Killed while it writes, the wanted folder is not there."""
    program = (
        "import os, sys\nfrom datetime import date\nfrom pathlib import Path\nfrom review.intake import starting\n"
        "write, left = starting.write_whole, iter(range(5))\n"
        "def killed(path, data):\n    write(path, data) if next(left, None) is not None else os.kill(os.getpid(), 9)\n"
        "starting.write_whole = killed\n"
        "starting.new_workbook(Path(sys.argv[1]), Path(sys.argv[2]), as_of=date(2026, 11, 22))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "book", advert], check=False)

    assert done.returncode == -9
    assert not (tmp_path / "book").exists()
