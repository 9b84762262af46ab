"""Documents as people have them: what text is read from them, and how they are refused."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest

from review.errors import WrongUse
from review.intake import text_of
from review.intake.page_layout import Line, paragraphs, vocabulary

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Laser | Clinic</title>
<script>var a = "We sell";</script></head><body class="cookies-not-set">
<div id="onetrust-banner"><p>We use cookies.</p><button>Accept</button></div>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/t">Treatments</a></li></ul></nav></header>
<div class="mega"><ul><li><a href="1">Botox</a></li><li><a href="2">Fillers</a></li><li><a href="3">Laser</a></li></ul>
</div><main><h1>Laser hair removal</h1><p>Hair is <b>permanently</b>
<i>removed</i> after six sessions.<br>No pain.</p><section class="informed-consent"><p>It is safe in pregnancy.</p>
</section><div class="tab-pane" style="display: none"><p>Trusted by 10,000 women.</p></div>
<div style="display:none">Debug text</div><table><tr><th>Area</th><th>Price</th></tr><tr><td>Lip</td><td>£40</td></tr>
</table></main><div class="bar"><p>This site uses cookies.</p><a href="#">Settings</a><a href="#">Accept</a></div>
<footer><p>Results may vary.</p></footer></body></html>"""


@pytest.mark.parametrize(
    ("name", "data", "text", "noted"),
    [
        pytest.param("a.txt", "It’s safe.\n".encode(), "It’s safe.\n", "", id="UTF-8"),
        pytest.param("a.txt", b"\xef\xbb\xbfIt is safe.", "It is safe.", "", id="byte order mark"),
        pytest.param("a.txt", "It’s safe, £29.".encode("cp1252"), "It’s safe, £29.", "read as cp1252", id="Windows"),
        pytest.param("a.md", b"It **melts** [fat](x).\n\n- now\n", "It melts fat.\n\nnow", "", id="Markdown"),
        pytest.param("a.md", b"---\nx: 1\n---\nIt melts.\n", "It melts.", "front matter", id="front matter"),
        pytest.param("a.htm", "<p>für £9</p>".encode("cp1252"), "für £9", "read as cp1252", id="page without charset"),
        pytest.param(
            "a.html",
            '<meta charset="iso-8859-2"><p>ščitnica</p>'.encode("iso-8859-2"),
            "ščitnica",
            "read as iso-8859-2",
            id="page with charset",
        ),
    ],
)
def test_a_text_is_read_whatever_its_encoding(name, data, text, noted):
    """UTF-8 is read as it is; another encoding is read and said."""
    read = text_of(name, data)

    assert read.text == text
    assert noted in " ".join(read.notes)
    assert bool(read.notes) == bool(noted)


def test_only_the_main_text_of_a_page_is_read():
    """Menus, banners, scripts and hidden parts are left out and named; paragraphs, lines and rows are kept."""
    read = text_of("laser.html", PAGE.encode())

    assert read.text.split("\n\n") == [
        "Laser hair removal",
        "Hair is permanently removed after six sessions.\nNo pain.",
        "It is safe in pregnancy.",
        "Trusted by 10,000 women.",
        "Area\tPrice",
        "Lip\t£40",
        "Results may vary.",
    ]
    assert read.title == "Laser hair removal"
    assert [note.partition(":")[0] for note in read.notes] == [
        "left out as a cookie banner",
        "left out as a menu",
        "left out as a menu",
        "left out as hidden",
        "left out as a cookie banner",
    ]


def test_text_deep_in_a_page_is_kept():
    """A page builder's thousand wrappers hide no claim."""
    page = "<div>" * 1000 + "<p>It melts fat.</p>" + "</div>" * 1000

    assert text_of("deep.html", page.encode()).text == "It melts fat."


def test_a_page_about_biscuits_is_no_banner():
    """A text that speaks of cookies is kept: it offers nothing to click on."""
    page = "<p>Our cookies settle the stomach: accept no others.</p>"

    assert text_of("a.html", page.encode()).text == "Our cookies settle the stomach: accept no others."


@pytest.fixture(scope="module")
def leaflet(pango):  # noqa: ARG001 - asked for so that the test is left out where nothing lays out a PDF
    """Return a PDF of two pages in two columns, hyphenated and justified."""
    from weasyprint import HTML

    said = "The proprietary formula permanently dissolves adipocytes and the body eliminates the remnants naturally. "
    told = "The non-surgical procedure is completely painless and requires neither anaesthesia nor hospitalisation. "
    source = f"""<html lang="en"><title>Leaflet</title><style>
        @page {{ size: A4; margin: 2cm; @bottom-center {{ content: counter(page) }} }}
        .columns {{ columns: 2; column-gap: 9mm; text-align: justify; hyphens: auto }}</style>
        <h1>A gentle way to a new you</h1><div class="columns"><p>{said * 3}<p>{told * 3}<ul><li>Safe for all</ul></div>
        <p>Results may vary between persons, and no trial has compared them with those of any other treatment.
        <div class="columns" style="break-before: page"><p>{(told + said) * 3}<p>{said * 2}</div></html>"""
    pdf = HTML(string=source).write_pdf()
    return pdf, said, told


@pytest.fixture(scope="module")
def pango():
    """Ask for what lays out the PDF; see conftest."""


def test_columns_of_a_pdf_are_read_one_after_the_other(leaflet):
    """Headings, columns, divided words and pages come out as a reader has them."""
    pdf, said, told = leaflet
    read = text_of("leaflet.pdf", pdf)
    first, second = read.text.split("\f")

    assert first.strip().split("\n\n") == [
        "A gentle way to a new you",
        (said * 3).strip(),
        (told * 3).strip(),
        "• Safe for all",
        "Results may vary between persons, and no trial has compared them with those of any other treatment.",
    ]
    assert second.split("\n\n") == [((told + said) * 3).strip(), (said * 2).strip()]
    assert "2 pages" in read.notes


def test_the_same_bytes_give_the_same_text(leaflet):
    """Nothing depends on order, time or an earlier reading."""
    assert text_of("leaflet.pdf", leaflet[0]) == text_of("leaflet.pdf", leaflet[0])


def column(texts, x0, x1, top):
    """Return lines of 10 points, 12 points apart."""
    return [
        Line(text=text, x0=x0, x1=x1, y1=top - 12 * place, y0=top - 12 * place - 10) for place, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        pytest.param(["it is treat-", "ment now"], "it is treatment now", id="divided word"),
        pytest.param(["it is non-", "surgical"], "it is non-surgical", id="a prefix keeps its hyphen"),
        pytest.param(
            ["a fat-dissolving gel is fat-", "dissolving"], "a fat-dissolving gel is fat-dissolving", id="known"
        ),
        pytest.param(["it is non‐", "toxic"], "it is nontoxic", id="the sign of hyphenation alone is none of the word"),
        pytest.param(["vitamins A-", "E help"], "vitamins A-E help", id="a range"),
    ],
)
def test_divided_words_are_joined_and_hyphenated_ones_kept(lines, text):
    """The document's other words and common first parts decide."""
    page = column(lines, 50, 300, 700)

    assert paragraphs(page, page_width=600, known=vocabulary([page]))[0] == [text]


def test_a_heading_over_the_gutter_parts_what_is_above_from_what_is_below():
    """Two columns, a heading across, two columns: four pieces in reading order."""
    lines = [
        *column([f"a{n}" for n in range(4)], 50, 280, 700),
        *column([f"b{n}" for n in range(4)], 310, 540, 700),
        *column(["HEADING"], 200, 400, 600),
        *column([f"c{n}" for n in range(4)], 50, 280, 560),
        *column([f"d{n}" for n in range(4)], 310, 540, 560),
    ]
    texts, _ = paragraphs(lines, page_width=600, known=frozenset())

    assert " ".join(texts).split() == [
        *(f"{letter}{n}" for letter in "ab" for n in range(4)),
        "HEADING",
        *(f"{letter}{n}" for letter in "cd" for n in range(4)),
    ]


def word_file(*paragraphs_xml):
    """Return a Word document of these paragraphs."""
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    for source in paragraphs_xml:
        document.element.body.insert(-1, parse_xml(f"<w:p {W}>{source}</w:p>"))
    document.sections[0].footer.paragraphs[0].text = "Not evaluated."
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def run(text, tag="t"):
    """Return a run."""
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def test_tracked_changes_are_read_as_accepted():
    """Insertions are kept, deletions left out, and a note says so; a deleted paragraph mark joins two paragraphs."""
    read = text_of(
        "draft.docx",
        word_file(
            f'<w:pPr><w:pStyle w:val="Title"/></w:pPr>{run("Infusions")}',
            f'{run("They ")}<w:del w:id="1">{run("cure", "delText")}</w:del>'
            f'<w:ins w:id="2">{run("ease")}</w:ins>{run(" pain.")}',
            f'<w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr>{run("No side")}',
            run(" effects."),
            f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>internal</w:t></w:r>{run('Safe.')}",
        ),
    )

    assert read.text.split("\n\n") == ["Infusions", "They ease pain.", "No side effects.", "Safe.", "Not evaluated."]
    assert read.title == "Infusions"
    assert "1 inserted and kept, 1 deleted and left out" in read.notes[0]
    assert "hidden text" in read.notes[1]


def empty_pdf(*, locked=False):
    """Return a PDF of one page without text, as a scan is."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if locked:
        writer.encrypt("open sesame", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def a_zip():
    """Return an archive that is no Word document."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        pytest.param("a.txt", "safe".encode("utf-16"), "save it as UTF-8", id="UTF-16"),
        pytest.param("a.txt", b"sa\0fe", "save it as UTF-8", id="NUL"),
        pytest.param("a.txt", b"ok\n\x81\x8d", "line 2 is neither UTF-8 nor cp1252", id="no encoding"),
        pytest.param("a.txt", b" \n", "holds no text", id="empty"),
        pytest.param("a.txt", b"%PDF-1.7", "give it the ending .pdf", id="a PDF by another name"),
        pytest.param("a.odt", b"x", "save it as one of .txt", id="unknown kind"),
        pytest.param("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .docx", id="old Word"),
        pytest.param("a.html", b"<script>x()</script><div></div>", "often a script loads it", id="page without text"),
        pytest.param("a.html", b"<nav><a>Home</a></nav>", "holds no text", id="page of menus"),
        pytest.param("a.md", b"---\nx: 1\n---\n", "holds no text", id="front matter alone"),
        pytest.param("a.pdf", b"x", "cannot be read as a PDF", id="no PDF"),
        pytest.param("a.pdf", b"%PDF-1.7\ncut off", "fetch it again", id="PDF cut off"),
        pytest.param("a.pdf", empty_pdf(), "recognise its text first (OCR", id="scan"),
        pytest.param("a.pdf", empty_pdf(locked=True), "it has a password", id="PDF with password"),
        pytest.param("a.docx", b"x", "no Word document", id="no zip"),
        pytest.param("a.docx", a_zip(), "no Word document", id="another zip"),
        pytest.param("a.docx", word_file()[:-500], "no Word document", id="Word cut off"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(name, data, says):
    """One message: file, what is wrong, what to do."""
    with pytest.raises(WrongUse) as refusal:
        text_of(name, data)

    assert str(refusal.value).startswith(f"{name}: ")
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "library"), [("a.pdf", "pdfminer"), ("a.docx", "docx"), ("a.html", "lxml"), ("a.md", "mistune")]
)
def test_a_missing_library_is_named_with_how_to_install_it(monkeypatch, name, library):
    """Without the extra `documents` plain text alone is read."""
    for module in [module for module in sys.modules if module.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, library, None)

    with pytest.raises(WrongUse, match=r"evidence-review-workbook\[documents\]"):
        text_of(name, b"<p>x</p>")
