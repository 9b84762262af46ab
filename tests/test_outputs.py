"""The files that `review render --to` leaves under build/."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pytest
from books import good_files, with_cell

import review
from review.errors import WrongUse
from review.exchange import findings_csv
from review.integrity import check_workbook
from review.report import outputs
from review.report.outputs import Output, make_outputs, outputs_named
from review.workbook import assemble


@pytest.fixture
def folder(tmp_path):
    """Return a small workbook on disk."""
    for name, content in good_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_outputs_are_named_in_any_case_and_once():
    """A list with commas, blanks and repetitions is read; `all` is every one."""
    assert outputs_named("PDF, html,pdf") == (Output.PDF, Output.HTML)
    assert outputs_named("all") == tuple(Output)


@pytest.mark.parametrize("text", ["", "html,odt", "all,html"])
def test_an_unknown_output_is_named_with_those_that_there_are(text):
    """One line says what can be asked for."""
    with pytest.raises(WrongUse, match="html, pdf, docx, annotated, json, csv, xlsx"):
        outputs_named(text)


def test_every_output_has_a_maker():
    """No word of the command line leads nowhere; the page itself is the render's."""
    assert set(outputs.MAKERS) == set(Output) - {Output.HTML}


def test_exports_need_no_notebook_to_run(folder):
    """Tables come from the workbook alone: without notebooks they are made, and nothing else is written."""
    made = make_outputs(folder, [Output.JSON, Output.CSV, Output.XLSX, Output.ANNOTATED])

    assert made.faults == ()
    assert {path.name for path in made.paths} == {
        "annotated.docx",
        "claims.json",
        "claims.csv",
        "claims.xlsx",
        "summary_of_findings.csv",
    }
    assert {path.name for path in (folder / "build").iterdir()} == {path.name for path in made.paths}
    assert json.loads((folder / "build" / "claims.json").read_text())["claims"]


def test_the_same_workbook_gives_the_same_bytes(folder):
    """Neither the clock nor the run stands in any file."""
    wanted = [Output.JSON, Output.CSV, Output.XLSX, Output.ANNOTATED]
    first = {path: path.read_bytes() for path in make_outputs(folder, wanted).paths}
    shutil.rmtree(folder / "build")
    again = make_outputs(folder, wanted)

    assert {path: path.read_bytes() for path in again.paths} == first


def test_one_that_lacks_a_library_keeps_no_other_from_being_made(folder, monkeypatch):
    """The fault says what to install, and the rest is written."""

    def lacking(*_given):
        message = "no module"
        raise ModuleNotFoundError(message, name="openpyxl")
        yield

    monkeypatch.setitem(outputs.MAKERS, Output.XLSX, lacking)
    made = make_outputs(folder, [Output.JSON, Output.XLSX])

    assert [path.name for path in made.paths] == ["claims.json"]
    assert made.faults == ("xlsx needs openpyxl: pip install 'evidence-review-workbook[office]'",)


def test_the_findings_table_has_a_row_for_each_synthesis():
    """Sentences and raw numbers of the review's own summaries stand in one table."""
    book = review.load()
    found = list(csv.DictReader(io.StringIO(findings_csv(book).lstrip("\ufeff"))))
    shown = {row["synthesis_id"] for row in found} - {""}

    assert shown <= set(book.syntheses["synthesis_id"])
    assert len(shown) > 50
    assert all(row["statement"] for row in found)


def test_with_an_error_in_the_inputs_there_are_no_findings():
    """A table of something else would be worse than none."""
    book = assemble(with_cell("results", 0, "events", "99"))
    book = book.with_problems(check_workbook(book))

    assert len(findings_csv(book).splitlines()) == 1
