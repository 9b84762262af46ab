"""The claims as JSON, CSV and spreadsheet hold what the tables say, are the same every time, and run nothing."""

import csv
import dataclasses
import io
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from books import ROWS, good_files, with_cell, with_row

import review
from review.exchange import claim_rows, claims_csv, claims_json, claims_xlsx
from review.exchange.claims_table import CELL_LIMIT, COLUMNS, CUT, FORMULA_SIGNS, SCHEMA, ClaimRow, cell_text
from review.integrity import check_workbook
from review.report.judged import CAVEAT
from review.verdicts import GLOSSES
from review.wording import BANNER, propose_wording
from review.workbook import assemble

ROOT = Path(__file__).parents[1]

#: Columns that are empty while nothing is judged.
JUDGED = ("verdict", "gloss", "direction", "certainty", "wording_action", "proposed_sentence", "caveat")

#: What an enemy may put into a field that a spreadsheet opens.
FORMULAS = (
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "＝1+1",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "'=1+1",
    '"=1+1',
    "x;=1+1;y",
    'x"; "=1+1',
    "x\n=1+1",
    "{=1+1}",
    "#N/A",
)

#: Texts that formats must carry: controls that XML forbids, right to left, sign escapes, what stands outside the plane.
TEXTS = (
    "bell \x07 escape \x1b[31m end",
    "not a character \uffff here",
    "العربية \u202e gnihtemos",
    "literally _x0041_ and _x000D_",
    "<w:t>&amp;]]></w:t>",
    "𝒻𝓁𝓎 🩹",
)

TABLE_FIELDS = ("quote", "statement", "theme", "attribution", "population", "note")

OFFICE_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def book_of(files):
    """The checked workbook of some files."""
    book = assemble(files)
    return book.with_problems(check_workbook(book))


def good_book():
    """A small workbook without a problem."""
    return book_of(good_files())


def hostile(text):
    """A judged workbook with a text in many fields, put there past the reader of tables, which would refuse some."""
    book = good_book()
    frames = {name: book.table(name).copy() for name in ("claims", "documents", "judgements")}
    for name, columns in {"claims": TABLE_FIELDS, "documents": ("title",), "judgements": ("reason",)}.items():
        for column in columns:
            frames[name][column] = text
    return dataclasses.replace(book, settings=dataclasses.replace(book.settings, title=text), **frames)


def read_csv(text):
    """The rows of a CSV by column, as a reader that knows the byte order mark gives them."""
    return list(csv.DictReader(io.StringIO(text.encode().decode("utf-8-sig"), newline="")))


def read_xlsx(data):
    """The claims of a spreadsheet as cells, by row and column."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Claims"]
    heading, *lines = sheet.iter_rows()
    names = [cell.value.replace(" ", "_") for cell in heading]
    return [dict(zip(names, line, strict=True)) for line in lines]


@pytest.fixture(scope="module")
def real():
    """The review in this repository."""
    return review.load(ROOT)


@pytest.fixture
def soffice(tmp_path):
    """LibreOffice: takes a file, a target format and what to read it by; gives the file that it writes."""
    program = shutil.which("soffice")
    if program is None:
        reason = "no soffice found (Debian: apt-get install libreoffice-calc-nogui libreoffice-writer-nogui)"
        if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
            pytest.fail(reason, pytrace=False)
        pytest.skip(f"LibreOffice tests left out: {reason}")

    def convert(path, target, *options):
        command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", *options]
        command += ["--convert-to", target, "--outdir", str(tmp_path / "made"), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return tmp_path / "made" / f"{path.stem}.{target.partition(':')[0]}"

    return convert


def flat_cells(path):
    """The texts and the formulas of a flat spreadsheet of LibreOffice."""
    cells = list(ET.fromstring(path.read_text()).iter(f"{OFFICE_TABLE}table-cell"))  # noqa: S314 -- LibreOffice's own
    texts = ["".join("".join(part.itertext()) for part in cell.iter(f"{OFFICE_TEXT}p")) for cell in cells]
    return texts, [cell.get(f"{OFFICE_TABLE}formula") for cell in cells if cell.get(f"{OFFICE_TABLE}formula")]


def test_every_claim_and_part_has_one_row_in_the_order_of_the_table(real):
    """The rows are those of claims.csv, and a part names its whole."""
    rows = claim_rows(real)

    assert [row.claim_id for row in rows] == list(real.claims["claim_id"])
    assert {row.part_of for row in rows if row.claim_id == "C04.d"} == {"C04"}
    assert {row.part_of for row in rows if "." not in row.claim_id} == {""}


def test_a_row_says_what_the_appraisal_and_the_proposals_say(real):
    """The verdict with its reason, basis and flags is that of `appraise`, the wording that of the proposals."""
    rows = {row.claim_id: row for row in claim_rows(real)}
    proposals = {each.claim_id: each for each in propose_wording(real)}

    for verdict in review.appraise(real).itertuples():
        row = rows[verdict.claim_id]
        assert (row.verdict, row.direction, row.certainty) == (verdict.label, verdict.direction, verdict.certainty)
        assert (row.reason, row.rests_on, row.flags) == (verdict.reason, verdict.rests_on, verdict.flags)
        assert row.gloss == GLOSSES[verdict.label]
    for claim, row in rows.items():
        proposal = proposals.get(claim)
        assert row.wording_action == (proposal.action if proposal else "")
        assert row.proposed_sentence == (proposal.sentence if proposal else "")


def test_a_proposed_sentence_never_stands_without_its_banner(real):
    """Each row with a verdict carries the caveat, each with a sentence the banner."""
    for row in claim_rows(real):
        assert CAVEAT in row.caveat
        assert (BANNER in row.caveat) == bool(row.proposed_sentence)


def test_citations_are_counted_by_relation():
    """A claim counts its own citations; a part has none of its own, which is not the same as none found."""
    files = with_row("citations", {"claim_id": "C01", "reference_key": "kim2010", "relation": "supports"})
    rows = {row.claim_id: row for row in claim_rows(book_of(files))}

    assert (rows["C01"].citations_supports, rows["C01"].citations_inconclusive) == (1, 1)
    assert (rows["C01"].citations_contradicts, rows["C01"].references) == (0, ("kim2010", "park2008"))
    assert (rows["C02.a"].citations_contradicts, rows["C02.a"].references) == (None, ())


def test_the_columns_are_the_fields_of_a_row_and_are_documented():
    """Heading, row and docs/exports.md name the same columns."""
    page = (ROOT / "docs" / "exports.md").read_text()

    assert list(COLUMNS) == [field.name for field in dataclasses.fields(ClaimRow)]
    assert [name for name in COLUMNS if f"| {name} |" not in page] == []
    assert SCHEMA in page


def test_the_json_has_the_documented_shape(real):
    """One object with sorted keys: what the review is, its documents, and a list of claims."""
    text = claims_json(real)
    whole = json.loads(text)
    page = (ROOT / "docs" / "exports.md").read_text()

    assert list(whole) == sorted(whole)
    assert [name for name in whole if f"`{name}`" not in page] == []
    assert (whole["schema"], whole["as_of"], whole["digest"]) == (SCHEMA, "2026-11-22", real.digest)
    assert (whole["judged"], whole["not_judged_because"]) == (True, "")
    assert [list(claim) for claim in whole["claims"]] == [sorted(COLUMNS)] * len(real.claims)
    assert whole["documents"][0]["file"] == "documents/mesotherapy.txt"
    assert text.endswith("}\n")


def test_csv_and_spreadsheet_hold_what_the_json_holds(real):
    """The same claims in three formats, up to white space; the apostrophes of the CSV set apart."""
    claims = json.loads(claims_json(real))["claims"]
    from_csv, from_xlsx = read_csv(claims_csv(real)), read_xlsx(claims_xlsx(real))

    for claim, line, cells in zip(claims, from_csv, from_xlsx, strict=True):
        for name, value in claim.items():
            text = cell_text(tuple(value) if isinstance(value, list) else value)
            assert line[name] == text
            assert str("" if cells[name].value is None else cells[name].value) == text


def test_the_csv_opens_in_a_spreadsheet():
    """It begins with the byte order mark of UTF-8, rows end with CRLF, and no cell has a line end."""
    text = claims_csv(book_of(with_cell("claims", 0, "statement", "one\ntwo\r\nthree\tfour")))

    assert text.encode().startswith(b"\xef\xbb\xbfclaim_id,")
    assert text.count("\n") == text.count("\r\n") == len(ROWS["claims"]) + 1
    assert read_csv(text)[0]["statement"] == "one two three four"


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_the_csv_can_start_a_formula(formula):
    """Neither a cell nor what a program would cut from it at a semicolon begins with a sign of a formula."""
    lines = read_csv(claims_csv(hostile(formula)))
    starts = [piece.strip(' "') for line in lines for cell in line.values() for piece in cell.split(";")]

    assert [start for start in starts if start.startswith((*FORMULA_SIGNS, "\t", "\r", "\n"))] == []
    assert any("1+1" in start or "evil" in start or "calc" in start or "#N/A" in start for start in starts)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_the_spreadsheet_is_a_formula(formula):
    """Every cell is text or a number, and a sign at the start is kept as text also when the cell is edited."""
    data = claims_xlsx(hostile(formula))

    spreadsheet = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in spreadsheet for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert read_xlsx(data)[0]["statement"].value == " ".join(formula.split())
    assert [cell.value for cell in cells if str(cell.value)[0] in FORMULA_SIGNS and not cell.quotePrefix] == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [name for name in archive.namelist() if b"<f>" in archive.read(name)] == []


def hostile_claims(texts):
    """A workbook with one claim a text."""
    book = good_book()
    claims = pd.concat([book.claims.iloc[[0]]] * len(texts), ignore_index=True)
    claims["claim_id"] = [f"X{number}" for number in range(len(texts))]
    for column in ("quote", "statement", "theme"):
        claims[column] = list(texts)
    return dataclasses.replace(book, claims=claims)


def test_libreoffice_computes_nothing_from_the_spreadsheet(soffice, tmp_path):
    """Read by LibreOffice, hostile cells are the texts that they were; no formula came to be."""
    given = (*FORMULAS, *TEXTS)
    path = tmp_path / "claims.xlsx"
    path.write_bytes(claims_xlsx(hostile_claims(given)))

    texts, formulas = flat_cells(soffice(path, "fods"))
    assert formulas == []
    assert [text for text in map(cell_text, given) if text not in texts] == []


@pytest.mark.parametrize("separator", [44, 59], ids=["comma", "semicolon"])
def test_libreoffice_computes_nothing_from_the_csv(soffice, tmp_path, separator):
    """Read with either separator of cells, no cell is a formula; the same CSV without its apostrophes has some."""
    text = claims_csv(hostile_claims(FORMULAS))
    path, bare = tmp_path / "claims.csv", tmp_path / "bare.csv"
    path.write_bytes(text.encode())
    bare.write_bytes(text.replace("'", "").encode())
    reading = f"--infilter=CSV:{separator},34,76,1"

    assert flat_cells(soffice(path, "fods", reading))[1] == []
    assert flat_cells(soffice(bare, "fods", reading))[1] != []


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_texts_break_no_format(text):
    """Every format can be read and shows what it cannot hold as the replacement character; JSON holds all."""
    book = hostile(text)
    shown = cell_text(text)
    claim, line = json.loads(claims_json(book))["claims"][0], read_csv(claims_csv(book))[0]
    cells = read_xlsx(claims_xlsx(book))[0]

    for field in set(TABLE_FIELDS) & set(COLUMNS):
        assert claim[field] == text
        assert line[field] == shown
        # openpyxl leaves the escape of a sign as it stands in the file; other readers undo it.
        assert cells[field].value.replace("_x005F_", "_") == shown
    assert text in claim["reason"]
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", shown)


@pytest.mark.parametrize("letter", ["a", "𝒻", "_x0041_"], ids=["plain", "two units", "escape"])
def test_a_cell_takes_no_more_than_a_spreadsheet_can_hold(letter):
    """What is longer than the limit in UTF-16 is cut and says so; the JSON has the whole."""
    book = hostile(letter * 40_000)
    from_csv = read_csv(claims_csv(book))[0]["statement"]
    from_xlsx = read_xlsx(claims_xlsx(book))[0]["statement"].value

    for text in (from_csv, from_xlsx):
        assert len(text.encode("utf-16-le")) // 2 <= CELL_LIMIT
        assert text.endswith(CUT)
    assert json.loads(claims_json(book))["claims"][0]["statement"] == letter * 40_000


def test_the_spreadsheet_is_ready_to_work_with(real):
    """Heading and ids stay in sight, every column can be filtered, texts are wrapped, verdicts are words and tints."""
    data = claims_xlsx(real)
    spreadsheet = openpyxl.load_workbook(io.BytesIO(data))
    sheet = spreadsheet["Claims"]
    cells = read_xlsx(data)

    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", sheet.dimensions)
    assert sheet.column_dimensions["D"].width > sheet.column_dimensions["A"].width > 0
    assert all(cell.alignment.wrap_text for row in cells for cell in row.values())
    assert {type(row["wording_level"].value) for row in cells} == {int}
    assert len({row["verdict"].fill.fgColor.rgb for row in cells if row["verdict"].value == "Overstated"}) == 1
    about = {row[0].value: row[1].value for row in spreadsheet["About"].iter_rows()}
    assert about["Proposed sentences"] == BANNER
    assert about["Verdict “Contradicted”"] == GLOSSES["Contradicted"]
    assert about["Column “rests on”"] == COLUMNS["rests_on"]


def test_while_the_inputs_have_errors_nothing_is_judged():
    """Verdict columns are empty, the reason says why, and what is on file stays."""
    book = book_of(with_cell("citations", 0, "reference_key", "nobody2000"))

    why = "Not judged yet: the inputs have 1 error; run `review check` and mend them first."
    for row in claim_rows(book):
        assert {getattr(row, name) for name in JUDGED} == {""}
        assert (row.reason, row.rests_on, row.flags) == (why, (), ())
    whole = json.loads(claims_json(book))
    assert (whole["judged"], whole["not_judged_because"]) == (False, why)
    assert [line["verdict"] for line in read_csv(claims_csv(book))] == [""] * len(book.claims)
    spreadsheet = openpyxl.load_workbook(io.BytesIO(claims_xlsx(book)))
    assert why in [row[1].value for row in spreadsheet["About"].iter_rows()]
    assert read_xlsx(claims_xlsx(book))[0]["reason"].value == why


def test_a_workbook_without_a_claim_gives_every_format():
    """Heading and nothing else."""
    book = good_book()
    book = dataclasses.replace(book, claims=book.claims.iloc[:0])

    assert json.loads(claims_json(book))["claims"] == []
    assert len(read_csv(claims_csv(book))) == len(read_xlsx(claims_xlsx(book))) == 0


def test_the_same_workbook_gives_the_same_bytes():
    """Two workbooks of the same files give equal files, and the spreadsheet has no time but that of the review."""
    first, second = good_book(), good_book()
    data = claims_xlsx(first)

    assert claims_json(first) == claims_json(second)
    assert claims_csv(first) == claims_csv(second)
    assert data == claims_xlsx(second)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\d", core)) == {"2026-11-22"}


def test_the_libraries_of_the_formats_are_loaded_only_when_they_are_used():
    """Importing the package's exports loads neither openpyxl nor python-docx."""
    code = "import sys, review.exchange; print([name for name in ('openpyxl', 'docx', 'lxml') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"
