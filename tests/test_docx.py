"""The Word report says what the page says, is one valid file for each page, and opens whatever the fields hold."""

import io
import os
import re
import shutil
import subprocess
import time
import zipfile
from datetime import date
from html import escape
from pathlib import Path

import docx
import nbformat
import pytest
from books import good_files, with_cells
from docx.oxml.ns import qn
from lxml import etree, html
from nbformat.v4 import new_code_cell, new_output
from openxml_audit import OpenXmlValidator

import review
from review.report import sections
from review.report.page import Imprint, build_page
from review.report.word import docx_of
from review.tables import TABLES
from review.workbook import assemble

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "src" / "review" / "report" / "notebooks"
TITLE, DAY = "A review of one advert", date(2026, 11, 22)

#: What the page shows on a screen alone, by the classes of its template.
ON_SCREEN = ("contents", "skip", "filter", "filters", "index", "back", "mail", "code")

SHAPE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
EMBED, LINK = qn("r:embed"), qn("r:id")

#: What an enemy, a spreadsheet or a careless paste may put into a field.
HOSTILE = {
    "markup": "</w:t></w:r></w:p><w:p> & < > \" ' ]]> <![CDATA[ <!-- <script>alert(1)</script>",
    "control": "bell \x07 null \x00 escape \x1b unit \x1f delete \x7f no character \ufffe \uffff",
    "direction": "\u202eevil \u2066isolated \u200fالعربية עברית\u202c end",
    "long": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 40,
    "fields": "{ INCLUDETEXT c:\\secret } { DDEAUTO cmd } =HYPERLINK(1) %00 %n",
    "emoji": "👩\u200d⚕️ 𝒳 e\u0301\u0301\u0301\u0301",
}

#: What XML cannot hold is shown as a sign that says so.
UNFIT = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\ufffd")


def report_of(book):
    """The report's page: the package's notebooks, their cells called here and not in a kernel."""
    notebooks = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = nbformat.read(path, 4)
        for cell in notebook.cells:
            call = re.fullmatch(r"sections\.(\w+)\(book\)", cell.source)
            made = str(getattr(sections, call[1])(book).html) if call else ""
            if call:
                cell.update(new_code_cell("", outputs=[new_output("display_data", {"text/html": made})]))
        notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "markdown" or cell.get("outputs")]
        notebooks.append(notebook)
    return build_page(notebooks, Imprint(title=TITLE, as_of=DAY, digest="0" * 64, version="1"))


def page_with(body):
    """A page of this body alone."""
    return f'<!DOCTYPE html><html lang="en"><body><main>{body}</main></body></html>'


def made(page, **changes):
    """The Word document of a page as python-docx reads it."""
    return docx.Document(io.BytesIO(docx_of(page, **({"title": TITLE, "as_of": DAY} | changes))))


def printed(page):
    """The page's content without what a screen alone shows."""
    main = html.document_fromstring(page).find(".//main")
    for node in list(main.iter()):
        if node is not main and (node.tag == "script" or set(ON_SCREEN) & set((node.get("class") or "").split())):
            node.drop_tree()
    return main


def words(document):
    """All letters of a document's body without white space."""
    return "".join("".join(part.text or "" for part in document.element.body.iter(qn("w:t"))).split())


def styled(document, style):
    """The texts of the paragraphs of a style, with single spaces."""
    return [" ".join(part.text.split()) for part in document.paragraphs if part.style.name == style]


def faults(data, tmp_path):
    """What a validator with the schemas of Open XML finds in a file."""
    path = tmp_path / "report.docx"
    path.write_bytes(data)
    return [str(error) for error in OpenXmlValidator(max_errors=20).validate(str(path)).errors]


@pytest.fixture(scope="module")
def page():
    """The page of a small workbook."""
    return report_of(assemble(good_files()))


@pytest.fixture(scope="module")
def data(page):
    """Its Word document's bytes."""
    return docx_of(page, title=TITLE, as_of=DAY)


@pytest.fixture(scope="module")
def document(data):
    """Its Word document."""
    return docx.Document(io.BytesIO(data))


class TestTheFile:
    """One valid file for each page."""

    def test_the_same_page_gives_the_same_bytes(self, page, data, monkeypatch):
        """Neither the clock nor an earlier run leaves a trace."""
        monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)

        assert docx_of(page, title=TITLE, as_of=DAY) == data

    def test_each_part_is_of_a_fixed_day(self, data):
        """Times in the archive are the earliest that it can hold."""
        times = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(data)).infolist()}

        assert times == {(1980, 1, 1, 0, 0, 0)}

    def test_the_schemas_find_no_fault(self, data, tmp_path):
        """Every part follows the schemas of Open XML, so that Word has nothing to repair."""
        assert faults(data, tmp_path) == []

    def test_every_part_is_xml_and_every_relationship_leads_somewhere(self, data):
        """No relationship is without its part, and no element without its relationship."""
        package = zipfile.ZipFile(io.BytesIO(data))
        names = set(package.namelist())
        parsed = {name: etree.fromstring(package.read(name)) for name in names if name.endswith((".xml", ".rels"))}
        relations = {relation.get("Id"): relation for relation in parsed["word/_rels/document.xml.rels"]}
        inside = {
            f"word/{relation.get('Target')}"
            for relation in relations.values()
            if relation.get("TargetMode") != "External"
        }
        used = {
            part.get(name)
            for part in parsed["word/document.xml"].iter()
            for name in (EMBED, LINK)
            if part.get(name) is not None
        }

        assert inside <= names
        assert used <= set(relations)

    def test_the_properties_are_the_reviews(self, document):
        """Title and day are the review's, and nothing of a template is left."""
        about = document.core_properties

        assert (about.title, about.created.date(), about.modified.date()) == (TITLE, DAY, DAY)
        assert "python-docx" not in f"{about.author}{about.comments}"

    def test_a_review_without_a_day_says_none(self, page):
        """Neither properties nor footer hold a day that nobody gave."""
        package = zipfile.ZipFile(io.BytesIO(docx_of(page, title=TITLE, as_of=None)))

        assert b"created" not in package.read("docProps/core.xml")
        assert b"As of" not in package.read("word/footer1.xml")

    def test_the_language_is_set(self, document):
        """A reader's program knows in which language to spell and to speak."""
        language = document.styles.element.find(f"{qn('w:docDefaults')}//{qn('w:lang')}")

        assert language.get(qn("w:val")) == "en-GB"

    def test_pages_are_numbered_but_for_the_first(self, document):
        """The footer counts pages; the title page has none."""
        footer = document.sections[0].footer._element  # noqa: SLF001
        fields = [part.get(qn("w:instr")).strip() for part in footer.iter(qn("w:fldSimple"))]

        assert fields == ["PAGE", "NUMPAGES"]
        assert document.sections[0].different_first_page_header_footer


class TestTheText:
    """What the page says stands in the document, as what it is."""

    def test_every_word_of_the_page_is_there(self, page, document):
        """Nothing but what serves a screen is left out."""
        main = printed(page)
        for drawing in list(main.iter("svg")):
            drawing.drop_tree()
        said = words(document)
        texts = ["".join(text.split()) for text in main.itertext()]

        assert [text for text in texts if text not in said] == []

    def test_what_serves_a_screen_is_left_out(self, page, document):
        """No navigation, no way back to the text, no summary to copy."""
        main = html.document_fromstring(page).find(".//main")
        summary = main.find_class("mail")[0].find("summary").text_content()

        assert "".join(summary.split()) not in words(document)
        assert "Skiptothecontent" not in words(document)

    @pytest.mark.parametrize(("tag", "style"), [("h2", "Heading 1"), ("h3", "Heading 2")])
    def test_headings_are_headings(self, page, document, tag, style):
        """The page's headings are Word's, level by level, in the same order."""
        expected = [" ".join(heading.text_content().split()) for heading in printed(page).iter(tag)]

        assert styled(document, style) == expected

    def test_headings_of_cards_are_of_the_third_level(self, page, document):
        """The headings within a card stand below the card's."""
        expected = {" ".join(heading.text_content().split()) for heading in printed(page).iter("h4")}

        assert expected <= set(styled(document, "Heading 3"))

    def test_the_title_page_says_title_and_question(self, document):
        """The title is a title, and how far the appraisal has come is said before anything else."""
        first = [part.style.name for part in document.paragraphs[:8]]

        assert first[:2] == ["Title", "Subtitle"]
        assert "Notice" in first

    def test_lists_are_lists(self):
        """Signs and numbers are Word's own, and each list with numbers begins at one."""
        document = made(page_with("<ul><li>a<ul><li>b</li></ul></li></ul><ol><li>c</li></ol><ol><li>d</li></ol>"))
        numbers = {
            part.text: (part._p.pPr.numPr.numId.val, part._p.pPr.numPr.ilvl.val)  # noqa: SLF001
            for part in document.paragraphs
            if part._p.pPr is not None and part._p.pPr.numPr is not None  # noqa: SLF001
        }

        assert numbers == {"a": (1, 0), "b": (1, 1), "c": (2, 0), "d": (3, 0)}

    def test_a_definition_stands_beside_its_term(self):
        """Term and meaning are one paragraph with a tab between them."""
        document = made(page_with("<dl><div><dt>Said by</dt><dd>the <b>advert</b><p>twice</p></dd></div></dl>"))

        assert [part.text for part in document.paragraphs[-2:]] == ["Said by\tthe advert", "twice"]

    def test_a_verdict_is_a_word_on_its_tint(self):
        """A verdict is told by its word and sign, on the tint of the printed page."""
        chip = '<p><span class="chip verdict contradicted"><span aria-hidden="true">✗</span> Contradicted</span></p>'
        document = made(page_with(chip))
        runs = [part for part in document.element.body.iter(qn("w:r")) if part.find(f".//{qn('w:shd')}") is not None]

        assert "✗ Contradicted" in "".join(part.text for run in runs for part in run.iter(qn("w:t")))
        assert {run.find(f".//{qn('w:shd')}").get(qn("w:fill")) for run in runs} == {"FBE6DF"}

    def test_a_change_is_struck_out_and_underlined(self):
        """The words to leave and the words to take are told apart without colour."""
        document = made(page_with("<p><del>old</del> <ins>new</ins> <q>said <q>he</q></q></p>"))
        looks = {run.text: (bool(run.font.strike), bool(run.font.underline)) for run in document.paragraphs[-1].runs}

        assert looks["old"] == (True, False)
        assert looks["new"] == (False, True)
        assert document.paragraphs[-1].text == "old new “said ‘he’”"


class TestContents:
    """The contents hold their entries before Word makes them anew."""

    def entries(self, document):
        """The paragraphs of the contents that lead somewhere."""
        kept = document.element.body.find(f"{qn('w:sdt')}/{qn('w:sdtContent')}")
        return list(kept.iter(qn("w:hyperlink")))

    def test_each_heading_has_an_entry_that_leads_to_it(self, document):
        """Entries are the headings of two levels, and their bookmarks exist."""
        headings = [
            " ".join(part.text.split()) for part in document.paragraphs if part.style.name in {"Heading 1", "Heading 2"}
        ]
        entries = self.entries(document)
        places = {part.get(qn("w:name")) for part in document.element.body.iter(qn("w:bookmarkStart"))}

        assert ["".join(part.text for part in entry.iter(qn("w:t"))) for entry in entries] == headings
        assert {entry.get(qn("w:anchor")) for entry in entries} <= places

    def test_word_can_bring_it_up_to_date(self, document):
        """It is a field of Word, begun, told apart from its result, and ended."""
        kept = document.element.body.find(qn("w:sdt"))
        kinds = [part.get(qn("w:fldCharType")) for part in kept.iter(qn("w:fldChar"))]
        code = next(kept.iter(qn("w:instrText"))).text

        assert kinds == ["begin", "separate", "end"]
        assert code.split()[0] == "TOC"

    def test_a_page_without_headings_has_empty_contents(self):
        """A page of a single sentence still opens."""
        assert self.entries(made(page_with("<p>Nothing.</p>"))) == []


class TestTables:
    """Tables are tables, with a caption above and a header on each page."""

    def test_each_table_of_the_page_is_one(self, page, document):
        """As many tables, each with as many rows that have cells."""
        expected = [
            sum(1 for row in table.iter("tr") if len(row))
            for table in printed(page).iter("table")
            if table.find(".//td") is not None
        ]

        assert [len(table._tbl.tr_lst) for table in document.tables] == expected  # noqa: SLF001

    def test_captions_stand_above_and_count(self, document):
        """Before each table stands its caption, and the numbers run from one."""
        captions = [table._tbl.getprevious() for table in document.tables]  # noqa: SLF001
        texts = ["".join(part.text for part in caption.iter(qn("w:t"))) for caption in captions]

        assert [text.split(".")[0] for text in texts] == [f"Table {number}" for number in range(1, len(texts) + 1)]
        assert all(text.split(". ", 1)[1].strip() for text in texts)

    def test_headers_repeat(self, document):
        """The first row of each table with a head stands on each page."""
        headers = [table._tbl.tr_lst[0].find(f".//{qn('w:tblHeader')}") for table in document.tables]  # noqa: SLF001

        assert all(header is not None for header in headers)

    def test_cells_that_reach_over_others_do(self):
        """Row and column spans keep their place, and a short row is filled."""
        rows = "<tr><th rowspan=2>a</th><td colspan=2>b</td></tr><tr><td>c</td><td>d</td></tr><tr><td>e</td></tr>"
        table = made(page_with(f"<table>{rows}</table>")).tables[0]

        assert [[cell.text for cell in row.cells] for row in table.rows] == [
            ["a", "b", "b"],
            ["a", "c", "d"],
            ["e", "", ""],
        ]

    def test_columns_fill_the_page_and_hold_their_words(self):
        """A column of short words leaves the space to one of sentences."""
        head = "<tr><th>Answer</th><th>Why</th></tr>"
        rows = f"{head}<tr><td>Yes</td><td>{'for this reason ' * 30}</td></tr>"
        table = made(page_with(f"<table><thead>{head}</thead>{rows}</table>")).tables[0]
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]  # noqa: SLF001

        assert sum(widths) == 11906 - 2 * 1134
        assert widths[1] > 6 * widths[0]

    def test_a_wide_table_lies_across(self):
        """A table whose words do not fit an upright page has pages that lie across, and the text after it does not."""
        cells = "".join(f"<td>documentation{number}</td>" for number in range(12))
        body = f"<h2>One</h2><p>x</p><h2>Wide</h2><table><tr>{cells}</tr></table><h2>Two</h2><p>y</p>"
        wide = [section.page_width > section.page_height for section in made(page_with(body)).sections]

        assert wide == [False, True, False]

    def test_a_summary_names_the_table_beneath_it(self):
        """What opens a table on the page is its caption in the document."""
        table = "<table><tr><th>a</th></tr><tr><td>b</td></tr></table>"
        document = made(page_with(f"<details><summary>Supports <b>2</b></summary><div>{table}</div></details>"))

        assert styled(document, "Caption") == ["Table . Supports 2"]


class TestLinks:
    """Links lead where they led on the page, and nowhere else."""

    def test_addresses_are_those_of_the_page(self, page, document):
        """Every address of the page's links is one of the document, and no other."""
        expected = {link.get("href") for link in printed(page).iter("a") if link.get("href").startswith("http")}
        given = {relation.target_ref for relation in document.part.rels.values() if relation.is_external}

        assert given == expected
        assert given

    def test_places_exist(self, document):
        """Each link within the document leads to a bookmark, and each bookmark's name stands once."""
        names = [part.get(qn("w:name")) for part in document.element.body.iter(qn("w:bookmarkStart"))]
        wanted = {part.get(qn("w:anchor")) for part in document.element.body.iter(qn("w:hyperlink"))} - {None}

        assert wanted <= set(names)
        assert len(names) == len(set(names))
        assert max(map(len, names)) <= 40

    def test_a_claim_leads_to_its_card(self, document):
        """The link of the first claim leads to the heading of its card."""
        link = next(
            part
            for part in document.element.body.iter(qn("w:hyperlink"))
            if "claim_C01" in part.get(qn("w:anchor"), "")
            and "C01" in "".join(text.text for text in part.iter(qn("w:t")))
        )
        place = next(
            part
            for part in document.element.body.iter(qn("w:bookmarkStart"))
            if part.get(qn("w:name")) == link.get(qn("w:anchor"))
        )

        assert "C01" in "".join(text.text for text in place.getparent().iter(qn("w:t")))

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "http://[bad",
            "http://",
            "#nowhere",
            "https://example.org/" + "a" * 3000,
        ],
    )
    def test_what_is_no_sound_address_is_no_link(self, address):
        """Its words stand, and lead nowhere."""
        document = made(page_with(f'<p><a href="{address}">words</a></p>'))

        assert "words" in words(document)
        assert list(document.element.body.iter(qn("w:hyperlink"))) == []

    def test_an_address_is_written_as_word_takes_it(self):
        """Letters that no address can have become their codes."""
        document = made(page_with('<p><a href="https://example.org/ä|100%/%20?q=[1]#a^b">x</a></p>'))
        given = [relation.target_ref for relation in document.part.rels.values() if relation.is_external]

        assert given == ["https://example.org/%C3%A4%7C100%25/%20?q=%5B1%5D#a%5Eb"]


class TestPictures:
    """Figures are pictures that say what they show."""

    def test_each_figure_is_a_picture_with_its_words(self, page, document):
        """The alternative text is the page's, and the file is a PNG."""
        expected = [drawing.get("aria-label") for drawing in printed(page).iter("svg")]
        shown = list(document.element.body.iter(SHAPE))
        files = [document.part.related_parts[blip.get(EMBED)].blob for blip in document.element.body.iter(BLIP)]

        assert [shape.get("descr") for shape in shown] == expected
        assert expected
        assert {file[:8] for file in files} == {b"\x89PNG\r\n\x1a\n"}
        assert len({shape.get("id") for shape in shown}) == len(shown)

    def test_captions_stand_beneath_and_count(self, document):
        """After each picture stands its caption, and the numbers run from one."""
        captions = [
            "".join(part.text for part in shape.iterancestors(qn("w:p")).__next__().getnext().iter(qn("w:t")))
            for shape in document.element.body.iter(SHAPE)
        ]

        assert [text.split(".")[0] for text in captions] == [
            f"Figure {number}" for number in range(1, len(captions) + 1)
        ]

    def test_a_picture_keeps_its_shape(self):
        """Width and height shrink together, to no more than the text's width."""
        drawing = (
            '<svg viewBox="0 0 800 400" width="800" height="400" aria-label="A square."><path d="M0 0h9v9z"/></svg>'
        )
        shape = made(page_with(f"<figure>{drawing}</figure>")).inline_shapes[0]

        assert shape.width / shape.height == pytest.approx(2, rel=1e-4)  # whole units of 1/914,400 inch
        assert shape.width.inches < 6.7

    def test_a_picture_that_cannot_be_drawn_is_told(self):
        """Its words stand where it would have been."""
        document = made(page_with('<figure><svg width="wide" aria-label="A line that rises."></svg></figure>'))

        assert "Alinethatrises." in words(document)
        assert len(document.inline_shapes) == 0


class TestHostileContent:
    """No field breaks the file."""

    @pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
    def test_a_field_with_anything_gives_a_sound_file(self, text, tmp_path):
        """Claims, findings and titles may hold any text; the file keeps to its schemas and shows it."""
        fields = {
            "claims": ("statement", "population"),
            "citations": ("finding", "locator"),
            "studies": ("population", "funding"),
        }
        files = good_files()
        for table, columns in fields.items():
            files |= {TABLES[table].file: with_cells(table, 0, dict.fromkeys(columns, text))[TABLES[table].file]}
        page = report_of(assemble(files)).replace("</main>", f"<p>{escape(text)}</p></main>")
        data = docx_of(page, title=text, as_of=DAY)
        said = words(docx.Document(io.BytesIO(data)))

        assert faults(data, tmp_path) == []
        assert "".join(text.translate(UNFIT).split()) in said

    def test_a_page_that_is_no_html_gives_a_sound_file(self, tmp_path):
        """Whatever a notebook puts out, the document opens."""
        broken = (
            "<table><tr><td><table><tr><td>x</table><p><ul><li><h2>y</p></td><details><summary></main>" + "<div>" * 50
        )
        data = docx_of(broken, title="", as_of=None)

        assert faults(data, tmp_path) == []
        assert "x" in words(docx.Document(io.BytesIO(data)))

    def test_an_empty_page_gives_a_sound_file(self, tmp_path):
        """A report of nothing opens."""
        assert faults(docx_of("", title="", as_of=None), tmp_path) == []


def soffice():
    """The path of LibreOffice; a test that needs it fails in CI where it is missing, and is left out elsewhere."""
    program = shutil.which("soffice")
    if program is None:
        reason = "no soffice found (Debian: apt-get install libreoffice-writer-nogui)"
        if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
            pytest.fail(reason, pytrace=False)
        pytest.skip(f"LibreOffice tests left out: {reason}")
    return program


def read_by_libreoffice(data, tmp_path):
    """The text of a document as LibreOffice reads it."""
    path = tmp_path / "report.docx"
    path.write_bytes(data)
    command = [soffice(), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(tmp_path / "made"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (tmp_path / "made" / "report.txt").read_text(encoding="utf-8")


def test_libreoffice_opens_it(data, tmp_path):
    """LibreOffice reads the document to its end, contents and numbers of captions included."""
    text = read_by_libreoffice(data, tmp_path)

    assert text.count("Summary of findings") >= 2
    assert "Table 1. " in text
    assert "Limits" in text


@pytest.mark.slow
def test_the_whole_review_becomes_a_document(tmp_path):
    """The review in this repository is converted in less than half a minute, to a file without a fault."""
    page = report_of(review.load(ROOT))
    began = time.perf_counter()
    data = docx_of(page, title=TITLE, as_of=DAY)
    took = time.perf_counter() - began

    assert faults(data, tmp_path) == []
    assert took < 30
