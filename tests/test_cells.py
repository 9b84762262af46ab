"""Reading CSV by the declarations."""

from __future__ import annotations

import pandas as pd
import pytest
from books import ROWS, as_csv
from hypothesis import given
from hypothesis import strategies as st

from review.cells import CELL_RULES, decode, parse_table
from review.tables import TABLES

RESULTS = TABLES["results"]
SEARCHES = TABLES["searches"]
GOOD = as_csv("searches", ROWS["searches"]).decode()


def rules(problems):
    """The ids of the problems' rules."""
    return {problem.rule for problem in problems}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("é;ü\n".encode(), id="utf-8"),
        pytest.param("é;ü\n".encode("utf-8-sig"), id="byte order mark"),
    ],
)
def test_utf8_is_read_with_or_without_byte_order_mark(data):
    """A byte order mark is no part of the text."""
    assert decode(data, "f.csv") == ("é;ü\n", [])


def test_cp1252_is_read_with_a_warning_that_names_the_first_such_line():
    """A spreadsheet's Western file is read, and the reader is told where to look."""
    text, problems = decode("a\nb\nMüller\n".encode("cp1252"), "f.csv")

    assert text == "a\nb\nMüller\n"
    assert [(problem.rule, problem.severity, problem.line) for problem in problems] == [("TAB11", "warning", 3)]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param("a,b\n".encode("utf-16"), 1, id="utf-16"),
        pytest.param("a,b\n".encode("utf-16-be"), 1, id="utf-16 without mark"),
        pytest.param(b"a,b\nc\0,d\n", 2, id="NUL"),
        pytest.param(b"a,b\n\x81\n", 2, id="neither UTF-8 nor cp1252"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(data, line):
    """UTF-16, NUL and unknown bytes are refused with what to do, never guessed."""
    text, problems = decode(data, "f.csv")

    assert text == ""
    assert [(problem.rule, problem.severity, problem.line) for problem in problems] == [("TAB01", "error", line)]
    assert "save it as" in problems[0].message


@pytest.mark.parametrize("sign", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_commas_semicolons_and_any_line_ends_are_read(sign, end):
    """A spreadsheet's CSV reads as the same table."""
    text = GOOD.replace(",", sign).replace("\n", end)
    frame, problems = parse_table(text, SEARCHES)

    assert problems == []
    assert frame.loc[2, "source"] == "PubMed"
    assert frame.loc[2, "claim_ids"] == ("C03",)


def test_lines_count_from_one_and_rows_over_several_lines_start_at_their_first():
    """The index is the line on which a row starts, also after a cell with line ends and after blank lines."""
    text = SEARCHES.header + '\nS1,C1,"two\nlines",,2026-01-01,,\n\n,,,,,,\nS2,C1,x,,2026-01-01,,\n'
    frame, problems = parse_table(text, SEARCHES)

    assert problems == []
    assert list(frame.index) == [2, 6]


def test_kinds_of_columns_are_as_declared():
    """Counts are Int64, numbers float64, lists tuples, empty text is empty."""
    frame, _ = parse_table(as_csv("results", ROWS["results"]).decode(), RESULTS)

    assert frame["n"].dtype == "Int64"
    assert frame["mean"].dtype == "float64"
    assert pd.isna(frame["mean"].iloc[0])
    assert frame["stratum"].iloc[0] == ""
    assert frame["seen_at"].iloc[0] == ("https://example.org/table",)


@pytest.mark.parametrize(
    ("rule", "text", "line", "column"),
    [
        pytest.param("TAB02", GOOD + 'S2,C1,"open,,2026-01-01,,\n', 3, "", id="open quote"),
        pytest.param("TAB02", GOOD + "S2,C1,a,b,2026-01-01,,,x\n", 3, "", id="too many cells"),
        pytest.param("TAB02", GOOD + "S2,C1\n", 3, "", id="too few cells"),
        pytest.param("TAB03", "", 1, "", id="empty file"),
        pytest.param("TAB03", GOOD.replace("query", "Query"), 1, "query", id="missing column"),
        pytest.param(
            "TAB03", GOOD.replace("\n", ",source\n", 1).replace("01,,", "01,,,"), 1, "source", id="doubled column"
        ),
        pytest.param("TAB04", GOOD.replace("note\n", "note,mood\n").replace(",\n", ",,\n"), 1, "mood", id="unknown"),
        pytest.param("TAB05", GOOD.replace("PubMed", ""), 2, "source", id="empty cell"),
        pytest.param("TAB08", GOOD.replace("2026-11-01", "01.11.2026"), 2, "date", id="German date"),
        pytest.param("TAB08", GOOD.replace("2026-11-01", "2026-02-30"), 2, "date", id="no such day"),
        pytest.param("TAB09", GOOD.replace("S1", "S 1"), 2, "search_id", id="id with a space"),
        pytest.param("TAB09", GOOD.replace("S1", "../S1"), 2, "search_id", id="id that climbs"),
        pytest.param("TAB10", GOOD + GOOD.split("\n")[1] + "\n", 3, "search_id", id="same key twice"),
    ],
)
def test_a_fault_of_one_table_names_its_place(rule, text, line, column):
    """Each rule of reading a table gives its id, line and column."""
    _, problems = parse_table(text, SEARCHES)

    assert [(problem.rule, problem.line, problem.column) for problem in problems] == [(rule, line, column)]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        pytest.param("group", "placebo", "TAB06", id="unknown word"),
        pytest.param("n", "12.5", "TAB07", id="half a person"),
        pytest.param("n", "-3", "TAB07", id="negative count"),
        pytest.param("mean", "3,5", "TAB07", id="decimal comma"),
        pytest.param("mean", "about 3", "TAB07", id="words"),
        pytest.param("mean", "nan", "TAB07", id="nan"),
        pytest.param("mean", "1e999", "TAB07", id="infinite"),
        pytest.param("percent", "140", "TAB07", id="out of range"),
    ],
)
def test_a_wrong_cell_is_a_problem_and_reads_as_empty(column, value, rule):
    """What cannot be read is told and does not enter the numbers."""
    rows = [{**ROWS["results"][0], column: value}]
    frame, problems = parse_table(as_csv("results", rows).decode(), RESULTS)

    assert [(problem.rule, problem.column, problem.line) for problem in problems] == [(rule, column, 2)]
    assert pd.isna(frame[column].iloc[0]) or frame[column].iloc[0] == ""


def test_a_decimal_comma_is_told_what_to_write():
    """The message of a decimal comma says that a point is wanted."""
    rows = [{**ROWS["results"][0], "mean": "3,5"}]
    _, problems = parse_table(as_csv("results", rows).decode(), RESULTS)

    assert "point" in problems[0].message


def test_an_optional_column_may_be_absent():
    """A claims table without `main` reads, and the column is empty."""
    text = as_csv("claims", ROWS["claims"][:1]).decode().replace(",main\n", "\n").replace(",\n", "\n")
    frame, problems = parse_table(text, TABLES["claims"])

    assert problems == []
    assert list(frame["main"]) == [""]


def test_every_rule_of_cells_is_tested_here_or_in_the_workbook():
    """The rules that this file breaks, with TAB01 and TAB11 of decode, are all that are declared."""
    assert set(CELL_RULES) == {f"TAB{number:02d}" for number in range(1, 12)}


@given(st.text(max_size=300))
def test_any_text_reads_without_an_exception(text):
    """Whatever the text, the answer is a frame with the declared columns and a list of problems."""
    frame, problems = parse_table(text, SEARCHES)

    assert tuple(frame.columns) == SEARCHES.names
    assert problems or len(frame) == 0


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=40), max_size=8))
def test_every_text_cell_comes_back_as_written(notes):
    """What a reviewer writes in a text cell is read back, save the white space around it."""
    rows = [{**ROWS["searches"][0], "search_id": f"S{place}", "note": note} for place, note in enumerate(notes)]
    frame, problems = parse_table(as_csv("searches", rows).decode(), SEARCHES)

    assert problems == []
    assert [note.strip() for note in notes] == list(frame["note"])
