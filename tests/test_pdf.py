"""The PDF has cover, contents, running heads, bookmarks, tags and living links, and says the same as the page."""

import hashlib
import io
import logging
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pypdf
import pytest
from books import HOSTILE, good_files, hostile_book
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdf.generic import IndirectObject

from review.errors import WrongUse
from review.report import pdf, sections
from review.report.page import Imprint, build_page
from review.report.pdf import NOTICE, pdf_of
from review.workbook import assemble

IMPRINT = Imprint(
    title="A <review> of “fields”",
    as_of=date(2026, 11, 22),
    digest=hashlib.sha256(b"inputs").hexdigest(),
    version="9.9",
)

#: The notebooks' sections in the order of the page, under the headings that they have there.
PARTS = {
    "# Answer": ["title_box", "answer"],
    "## All claims": ["claims_table", "overclaim_map"],
    "## The document": ["annotated_document"],
    "# Claims": ["claim_cards"],
    "# Evidence": ["regulators"],
    "## Studies": ["studies", "results", "reported_effects", "searches"],
    "## References": ["references"],
    "# Risk of bias": ["bias_judgements"],
    "## Answers to the questions": ["risk_of_bias"],
    "# Syntheses": ["syntheses"],
    "# Summary of findings": ["findings", "wordings", "methods", "limits"],
}

#: Height of a line of text, in points.
ONE_LINE = 12

#: A picture of one pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

typesets = pytest.mark.usefixtures("pango")


def html_cell(html):
    """A cell that shows HTML."""
    return new_code_cell("shown", outputs=[new_output("display_data", {"text/html": str(html)})])


def page_of(*html):
    """The report's page with these pieces of HTML in it."""
    return build_page([new_notebook(cells=[new_markdown_cell("# A section"), *map(html_cell, html)])], IMPRINT)


def page_of_book(book):
    """The report's page of a workbook, with every section that the PDF sets in its own way."""
    cells = []
    for heading, names in PARTS.items():
        cells += [new_markdown_cell(heading), *(html_cell(getattr(sections, name)(book).html) for name in names)]
    return build_page([new_notebook(cells=cells)], IMPRINT)


def read(content):
    """A PDF as pypdf reads it."""
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(page):
    """The text of a page with single spaces."""
    return " ".join(page.extract_text().split())


def places_of(page):
    """Where each piece of text begins on a page, in points from the left and from below."""
    places = {}

    def note(text, current, matrix, *_):
        here = matrix[4] * current[0] + current[4], matrix[5] * current[3] + current[5]
        places.setdefault(text.strip(), here)

    page.extract_text(visitor_text=note)
    return places


def bookmarks(reader):
    """Each bookmark as its level, its title and the number of its page."""

    def walk(entries, level):
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry, level + 1)
            else:
                yield level, entry.title, reader.get_destination_page_number(entry) + 1

    return list(walk(reader.outline, 0))


def structure(reader):
    """Each element of the structure tree, with what it stands in, in reading order."""

    def walk(element, within):
        yield element, within
        children = element.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            given = child.get_object() if isinstance(child, IndirectObject) else child
            if isinstance(given, dict) and "/S" in given:
                yield from walk(given, element["/S"])

    return list(walk(reader.root_object["/StructTreeRoot"]["/K"][0].get_object(), ""))


def annotations(reader):
    """Every link of the file."""
    return [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]


@pytest.fixture(scope="module")
def content(pango):  # noqa: ARG001 - there is none without it
    """Return the bytes of a small workbook's PDF."""
    return pdf_of(page_of_book(assemble(good_files())), IMPRINT)


@pytest.fixture
def reader(content):
    """Return a small workbook's PDF."""
    return read(content)


@typesets
class TestPages:
    """What stands where."""

    def test_a_small_review_is_a_short_document(self, reader):
        """Cover, contents and each section on a page of its own, and little more."""
        assert 9 <= len(reader.pages) <= 16

    def test_the_cover_says_what_the_report_is(self, reader):
        """Title, question, document, day, inputs, version, and that one reviewer made it."""
        cover = text_of(reader.pages[0])

        assert cover.startswith("A review Does the public evidence carry each claim as it is worded?")
        assert "Under review: An advert" in cover
        assert "As of 22 November 2026" in cover
        assert f"SHA-256 {IMPRINT.digest}" in cover
        assert "review 9.9" in cover
        assert NOTICE in cover

    def test_a_page_without_title_box_has_a_cover_too(self):
        """Notebooks that show no title box give a cover with the review's title."""
        cover = text_of(read(pdf_of(page_of("<p>Text</p>"), IMPRINT)).pages[0])

        assert cover.startswith(IMPRINT.title)

    def test_the_contents_give_the_page_of_each_heading(self, reader):
        """The number before each entry is the page to which the bookmark of the same heading leads."""
        contents = text_of(reader.pages[1])
        wanted = [f"{page} {title}" for _, title, page in bookmarks(reader) if title != "Contents"]

        assert len(wanted) > 12
        assert [entry for entry in wanted if entry not in contents] == []

    def test_every_page_but_the_cover_has_its_number(self, reader):
        """Each page says which it is, and of how many."""
        pages = [text_of(page) for page in reader.pages]

        assert [i for i, text in enumerate(pages, start=1) if i > 1 and f"{i} of {len(pages)}" not in text] == []
        assert f"1 of {len(pages)}" not in pages[0]

    def test_running_heads_name_the_section_and_the_claim(self):
        """A page that only goes on says in which section and within what; a new section begins a page of its own."""
        lines = "<p>Line</p>" * 200
        card = f'<article class="card"><h3><span class="id">C07</span> It works.</h3>{lines}</article>'
        cells = [
            new_markdown_cell("# First"),
            html_cell(card),
            new_markdown_cell("# Second\n\n## Part"),
            html_cell(lines),
        ]
        reader = read(pdf_of(build_page([new_notebook(cells=cells)], IMPRINT), IMPRINT))
        number = {title: page for _, title, page in bookmarks(reader)}
        going_on = [text_of(reader.pages[number[title]]) for title in ("First", "Second")]

        assert re.search(rf"First C07 {re.escape(IMPRINT.title)} \d+ of", going_on[0])
        assert re.search(rf"Second Part {re.escape(IMPRINT.title)} \d+ of", going_on[1])
        assert number["Second"] > number["C07 It works."] + 1

    def test_what_serves_the_screen_alone_is_left_out(self, reader):
        """No navigation, no filter, no index of links, no text to be copied; the script is not printed."""
        text = " ".join(map(text_of, reader.pages))

        assert "Skip to the content" not in text
        assert "A summary to paste into a mail" not in text
        assert "In the document" not in text
        assert "use strict" not in text

    def test_what_is_folded_on_the_screen_is_open(self):
        """Closed parts are printed whole."""
        page = page_of("<details><summary>More</summary><p>Within it</p></details>")

        assert "More Within it" in text_of(read(pdf_of(page, IMPRINT)).pages[2])

    def test_the_head_of_a_table_stands_on_each_of_its_pages(self):
        """A table over several pages repeats its head, and no row is cut in two."""
        rows = "".join(f"<tr><th scope='row'>S{i}</th><td>{'word ' * 90}end{i}</td></tr>" for i in range(60))
        page = page_of(f"<table><thead><tr><th>Study</th><th>Finding</th></tr></thead><tbody>{rows}</tbody></table>")
        pages = [text_of(each) for each in read(pdf_of(page, IMPRINT)).pages[2:]]

        assert len(pages) > 2
        assert [text for text in pages if "Study Finding" not in text] == []
        assert [i for i in range(60) if not any(f"S{i} word" in text and f"end{i} " in text for text in pages)] == []

    def test_a_table_without_rows_is_left_out(self):
        """A head alone says nothing, and in the tags it would be a table without cells."""
        page = page_of("<table><thead><tr><th>Nothing</th></tr></thead><tbody>\n</tbody></table><p>After</p>")
        reader = read(pdf_of(page, IMPRINT))

        assert "Nothing" not in text_of(reader.pages[2])
        assert "/Table" not in {each["/S"] for each, _ in structure(reader)}

    def test_what_a_synthesis_is_for_stands_beside_its_figure(self):
        """The words come first for whoever hears them, and share the height of the figure for whoever sees them."""
        drawing = '<svg viewBox="0 0 518 300" aria-label="A plot"><text x="9" y="20">ratio</text></svg>'
        words = "<ul><li>deciding</li></ul>"
        page = page_of(
            f'<section class="synthesis"><h3>S</h3>{words}<figure class="drawing">{drawing}</figure></section>'
        )
        reader = read(pdf_of(page, IMPRINT))
        order = [each["/S"] for each, _ in structure(reader) if each["/S"] in {"/LI", "/Figure"}]
        places = places_of(reader.pages[2])

        assert order[-2:] == ["/LI", "/Figure"]
        assert places["deciding"][1] == pytest.approx(places["ratio"][1], abs=ONE_LINE)
        assert places["ratio"][0] - places["deciding"][0] > ONE_LINE

    def test_references_show_their_address(self, reader):
        """On paper a link says nothing, so the reference list prints the address."""
        page = next(page for _, title, page in bookmarks(reader) if title == "References")

        assert "doi.org/10.1000/cream.1" in text_of(reader.pages[page - 1])


@typesets
class TestNavigation:
    """Bookmarks and links."""

    def test_bookmarks_are_sections_and_within_them_parts_and_cards(self, reader):
        """The outline has the sections first, and in them their headings and every claim."""
        found = bookmarks(reader)

        assert [title for level, title, _ in found if level == 0][:3] == ["Contents", "Answer", "Claims"]
        assert (1, "C01 The cream dissolves fat.") in {(level, title) for level, title, _ in found}
        assert (1, "References") in {(level, title) for level, title, _ in found}

    def test_every_link_leads_somewhere(self, reader):
        """Links are to a place of this file that exists, or to an address of the web."""
        links = annotations(reader)
        inner = {str(link["/Dest"]) for link in links if "/Dest" in link}
        outer = {link["/A"]["/URI"] for link in links if "/A" in link}

        assert {"claim-C01", "reference-park2008", "quote-C02"} <= inner
        assert inner - set(reader.named_destinations) == set()
        assert "https://example.org/park" in outer
        assert [address for address in outer if not address.startswith(("https://", "http://"))] == []

    def test_a_link_to_nowhere_is_text(self, caplog):
        """A place that does not exist, and a scheme that is none of the web, leave the words alone."""
        page = page_of(
            '<p><a href="#nowhere">one</a> <a href="javascript:alert(1)">two</a> <a href="file:///x">3</a></p>'
        )
        with caplog.at_level(logging.WARNING, logger="weasyprint"):
            reader = read(pdf_of(page, IMPRINT))

        assert "one two 3" in text_of(reader.pages[2])
        assert {str(link.get("/Dest")) for link in annotations(reader)} == {"a-section"}
        assert caplog.messages == []

    def test_a_place_keeps_its_link_whatever_follows_a_question_mark(self):
        """The page's links may carry the state of a table, which paper does not have."""
        page = page_of('<p id="here"><a href="#here?verdict=Supported">There</a></p>')

        assert "here" in {str(link.get("/Dest")) for link in annotations(read(pdf_of(page, IMPRINT)))}


@typesets
class TestTags:
    """What a screen reader is told."""

    def test_the_file_says_its_language_title_and_standard(self, reader):
        """PDF/UA-1: marked, with language, a title to be shown, and the mark of the standard."""
        root = reader.root_object

        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "en"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert reader.metadata.title == IMPRINT.title
        assert reader.metadata.subject == NOTICE
        assert re.search(rb'pdfuaid:part="1"|<pdfuaid:part>1<', root["/Metadata"].get_data())

    def test_headings_descend_one_level_at_a_time(self, reader):
        """One title, and no level left out below it."""
        levels = [int(each["/S"][2:]) for each, _ in structure(reader) if re.fullmatch(r"/H\d", each["/S"])]

        assert levels.count(1) == 1
        assert levels[0] == 1
        assert max(after - before for before, after in pairwise(levels)) == 1

    def test_lists_and_tables_hold_what_they_may_hold(self, reader):
        """A list has items, an item a mark and a body, a table rows, a row cells."""
        allowed = {
            "/L": {"/L", "/LI", "/Caption"},
            "/LI": {"/Lbl", "/LBody"},
            "/Table": {"/Caption", "/THead", "/TBody", "/TFoot"},
            "/THead": {"/TR"},
            "/TBody": {"/TR"},
            "/TR": {"/TH", "/TD"},
        }
        found = Counter((within, each["/S"]) for each, within in structure(reader))

        assert {within for within, _ in found} >= set(allowed)
        assert {pair: n for pair, n in found.items() if pair[1] not in allowed.get(pair[0], {pair[1]})} == {}

    def test_every_figure_has_alternative_text(self, reader):
        """The sentences that describe a figure on the page describe it here."""
        texts = [each.get("/Alt", "") for each, _ in structure(reader) if each["/S"] == "/Figure"]

        assert any(text.startswith("Forest plot.") for text in texts)
        assert "" not in texts

    def test_links_are_tagged_and_described(self, reader):
        """Each link stands in the structure and has text of its own."""
        links = annotations(reader)

        assert links
        assert [link for link in links if "/StructParent" not in link or not link.get("/Contents")] == []

    def test_nothing_is_wrong_in_the_eyes_of_the_typesetter(self, caplog):
        """WeasyPrint finds no link without target, no property it does not know, no picture without description."""
        with caplog.at_level(logging.WARNING, logger="weasyprint"):
            pdf_of(page_of_book(assemble(good_files())), IMPRINT)

        assert caplog.messages == []


@typesets
class TestText:
    """Fonts and what can be copied."""

    def test_every_font_is_embedded(self, reader):
        """The file looks the same on a machine without these fonts."""
        fonts = {}
        for page in reader.pages:
            for font in page["/Resources"]["/Font"].values():
                within = font.get_object()["/DescendantFonts"][0].get_object()
                fonts[within["/BaseFont"]] = within["/FontDescriptor"].get_object()

        assert fonts
        assert [
            name for name, given in fonts.items() if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(given)
        ] == []

    def test_words_are_copied_as_they_were_written(self):
        """Ligatures come out as letters, and words broken over two lines without a sign that was not there."""
        words = "significant difficult office fjord ± ≥ ⊕⊕◯◯ ✓ ✗ ↓ → ∅ ≠ ² μ é ß"
        page = page_of(f"<p>{words}</p><table><tr><td>{'neoangiogenesis ' * 60}</td></tr></table>")
        reader = read(pdf_of(page, IMPRINT))
        text = text_of(reader.pages[2])

        assert words in text
        assert text.count("neoangiogenesis") == 60
        assert set(text) & set("\u200b\u00ad\u2010\ufb01\ufb00\ufffd") == set()

    def test_long_words_break_and_stay_whole_in_the_text(self):
        """An address in a narrow column goes over several lines within its cell, and no character is added to it."""
        address = "https://example.org/" + "".join(f"part{i}/" for i in range(40))
        page = page_of(f"<table><tr><td>{address}</td><td>next</td><td>last</td></tr></table>")
        places = places_of(read(pdf_of(page, IMPRINT)).pages[2])
        left = [place[0] for text, place in places.items() if "part" in text]

        assert address in "".join(places)
        assert len(left) > 5
        assert max(left) == min(left)

    def test_figures_are_drawn_as_lines_and_letters(self):
        """A figure of the page is no picture of dots, and its words can be found."""
        line = '<path d="M0 9L90 9" stroke="#000"/><text y="8">ratio</text>'
        drawing = f'<svg viewBox="0 0 90 20" role="img" aria-label="A line">{line}</svg>'
        page = read(pdf_of(page_of(f'<figure class="drawing">{drawing}</figure>'), IMPRINT)).pages[2]

        assert len(page.images) == 0
        assert "ratio" in "".join(page.extract_text().split())

    def test_pictures_within_the_page_are_kept(self):
        """A picture that a notebook made of dots stands in the PDF with its description."""
        page = page_of(f'<img alt="A dot" src="data:image/png;base64,{PIXEL}">')
        reader = read(pdf_of(page, IMPRINT))

        assert len(reader.pages[2].images) == 1
        assert [each["/Alt"] for each, _ in structure(reader) if each["/S"] == "/Figure"] == ["A dot"]


@typesets
class TestHostile:
    """What somebody may put into fields or outputs."""

    @pytest.mark.parametrize(
        "html",
        [
            pytest.param('<link rel="stylesheet" href="https://evil.example/a.css">', id="style sheet"),
            pytest.param("<style>@import 'https://evil.example/a.css'; p { display: none }</style>", id="style"),
            pytest.param('<p style="background: url(https://evil.example/a.png); display: none">x</p>', id="attribute"),
            pytest.param('<img alt="x" src="https://evil.example/a.png">', id="picture from the web"),
            pytest.param('<img alt="x" src="file:///etc/hostname">', id="picture from the machine"),
            pytest.param('<link rel="attachment" href="file:///etc/hostname">', id="attachment"),
            pytest.param('<a rel="attachment" href="file:///etc/hostname">x</a>', id="attachment by link"),
            pytest.param('<object data="file:///etc/hostname"></object><iframe src="/etc"></iframe>', id="frame"),
            pytest.param('<svg><image href="file:///etc/hostname" width="9" height="9"/></svg>', id="within a figure"),
            pytest.param("<script>alert(1)</script><form><input value='x'></form>", id="script and form"),
            pytest.param("</main></body></html><p>after", id="closing tags"),
            pytest.param("<p>\u202eright to left \u2066 שלום مرحبا</p>", id="direction"),
            pytest.param("<p>a\x00b\x08c\x1bd\ufffee</p>", id="controls"),
            pytest.param("<ul>text<li>item</li><p>neither</p></ul><dl>text<dd>alone</dd></dl>", id="broken lists"),
            pytest.param("<table><tr><td>1<td rowspan=9 colspan=99>2<tr><th>", id="broken table"),
        ],
    )
    def test_nothing_is_fetched_run_or_hidden(self, html):
        """The page is printed, with what follows, and holds no file, form or action."""
        reader = read(pdf_of(page_of(html, "<p>The last words</p>"), IMPRINT))

        assert any("The last words" in text_of(page) for page in reader.pages)
        assert not reader.attachments
        assert not {"/AcroForm", "/OpenAction", "/AA"} & set(reader.root_object)
        assert "/JavaScript" not in reader.root_object["/Names"]

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_hostile_fields_are_text(self, text):
        """With the text in every field of every table the report is printed, and all its links are to the web."""
        reader = read(pdf_of(page_of_book(hostile_book(text)), IMPRINT))
        outer = {link["/A"]["/URI"] for link in annotations(reader) if "/A" in link}

        assert "S1" in " ".join(map(text_of, reader.pages))
        assert "C01 " + re.sub(r"[\x07\x1b]", "", text) in {title for _, title, _ in bookmarks(reader)}
        assert [address for address in outer if not address.startswith(("https://", "http://"))] == []
        assert not reader.attachments
        assert not {"/AcroForm", "/OpenAction", "/AA"} & set(reader.root_object)

    @pytest.mark.parametrize(
        "title",
        [
            pytest.param("</title><script>alert(1)</script>", id="tags"),
            pytest.param("Verylong" * 60, id="long"),
            pytest.param("a\x00\x0b\ud7ffb \u202e c", id="controls"),
            pytest.param("", id="none"),
        ],
    )
    def test_any_title_is_a_title(self, title):
        """The title is text in the document and in what the file says of itself."""
        imprint = replace(IMPRINT, title=title)
        reader = read(pdf_of(build_page([new_notebook()], imprint), imprint))
        wanted = re.sub(r"[\x00\x0b]", "", title)

        assert (reader.metadata.title or "") == wanted
        assert "".join(wanted.split())[:40] in "".join(text_of(reader.pages[0]).split()) or "\u202e" in title
        assert reader.xmp_metadata is not None


@typesets
class TestSameBytes:
    """The same input gives the same file."""

    def test_the_day_of_the_file_is_that_of_the_review(self, reader):
        """No clock: the dates are `as_of`, and without it there are none."""
        undated = replace(IMPRINT, as_of=None)
        other = read(pdf_of(build_page([new_notebook()], undated), undated))

        assert reader.metadata["/CreationDate"] == reader.metadata["/ModDate"] == "D:20261122"
        assert "/CreationDate" not in other.metadata
        assert "As of" not in text_of(other.pages[0])

    def test_another_process_makes_the_same_file(self, content, tmp_path):
        """Neither the order of sets nor anything of the process is in the bytes."""
        page = tmp_path / "page.html"
        page.write_text(page_of_book(assemble(good_files())), encoding="utf-8")
        code = (
            "import hashlib, pathlib, sys; from datetime import date; from review.report.page import Imprint; "
            "from review.report.pdf import pdf_of; "
            f"page = pathlib.Path(sys.argv[1]).read_text(encoding='utf-8'); imprint = Imprint(title={IMPRINT.title!r}, "
            f"as_of=date(2026, 11, 22), digest={IMPRINT.digest!r}, version='9.9'); "
            "print(hashlib.sha256(pdf_of(page, imprint)).hexdigest())"
        )
        command = [sys.executable, "-c", code, str(page)]
        run = subprocess.run(command, check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": "7"})

        assert run.stdout.strip() == hashlib.sha256(content).hexdigest()
        assert run.stderr == ""


@pytest.fixture
def broken_weasyprint(monkeypatch, tmp_path, fault):
    """Put a library that cannot be loaded in the place of WeasyPrint."""
    (tmp_path / "weasyprint.py").write_text(f"print('much advice')\nraise {fault}\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)


class TestMissing:
    """Machines without what lays out the PDF."""

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            pytest.param("OSError('cannot load library')", pdf.DEBIAN_PACKAGES, id="library"),
            pytest.param("ImportError('nothing')", ("evidence-review-workbook[pdf]",), id="package"),
        ],
    )
    @pytest.mark.usefixtures("broken_weasyprint")
    def test_one_message_says_what_to_install(self, capsys, said):
        """The message names the package; what the library prints about it is not shown."""
        with pytest.raises(WrongUse) as raised:
            pdf_of(page_of("<p>Text</p>"), IMPRINT)

        assert [part for part in said if part not in str(raised.value)] == []
        assert "\n" not in str(raised.value)
        assert capsys.readouterr().out == ""

    def test_the_package_is_loaded_without_it(self):
        """Only a call loads the library, so the other outputs need none of it."""
        code = "import sys; import review.report.pdf; sys.exit('weasyprint' in sys.modules)"

        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
