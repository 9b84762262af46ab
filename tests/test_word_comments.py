"""The annotated copy is the document's own text with a comment on the very words of each claim."""

import dataclasses
import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from books import TEXT, good_files, with_cell, with_row
from docx.oxml.ns import qn

import review
from review.documents import sha256
from review.errors import WrongUse
from review.exchange import annotated_docx, claim_rows
from review.exchange.packing import AUTHOR
from review.exchange.word_comments import comment_lines, reason_in_short
from review.integrity import check_workbook
from review.report.judged import CAVEAT
from review.wording import BANNER
from review.workbook import assemble

ROOT = Path(__file__).parents[1]

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT_SPACE = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}s"

#: Claims whose words lie within, across, on and beside each other, and one over two paragraphs.
TANGLED = {
    "T1": "The cream dissolves fat. It is painless",
    "T2": "fat. It is painless and does not hurt",
    "T3": "dissolves fat",
    "T4": "fat",
    "T5": "does not hurt. It is painless, they say",
    "T6": "It may sting.",
    "T7": "The cream dissolves fat. It is painless and does not hurt.",
}


def book_of(files):
    """The checked workbook of some files."""
    book = assemble(files)
    return book.with_problems(check_workbook(book))


def with_text(text, quotes):
    """A workbook of one document with this text and claims that quote it."""
    files = good_files()
    data = text.encode()
    files["documents/advert.txt"] = data
    files["claims/documents.csv"] = files["claims/documents.csv"].replace(
        sha256(TEXT.encode()).encode(), sha256(data).encode()
    )
    book = assemble(files)
    claims = book.claims.iloc[[0] * len(quotes)].reset_index(drop=True)
    claims["claim_id"], claims["quote"] = list(quotes), list(quotes.values())
    return dataclasses.replace(book, claims=claims, problems=())


def opened(data):
    """The file as python-docx reads it."""
    return docx.Document(io.BytesIO(data))


def commented(data):
    """The text between each comment's marks by the claim that the comment begins with, white space made even."""
    document = opened(data)
    words, open_ones = {}, set()
    for element in document.element.body.iter():
        number = element.get(qn("w:id"))
        if element.tag == qn("w:commentRangeStart"):
            open_ones.add(number)
            words[number] = ""
        elif element.tag == qn("w:commentRangeEnd"):
            open_ones.remove(number)
        elif element.tag in {qn("w:t"), qn("w:p")}:
            for each in open_ones:
                words[each] += element.text or "" if element.tag == qn("w:t") else " "
    named = {str(comment.comment_id): comment.text.split(" · ")[0] for comment in document.comments}
    assert (open_ones, set(words)) == (set(), set(named))
    return {named[number]: even(text) for number, text in words.items()}


def even(text):
    """The text with single spaces."""
    return " ".join(text.split())


def quotes_of(book):
    """The words of each whole claim."""
    pairs = zip(book.claims["claim_id"], book.claims["quote"], strict=True)
    return {claim: even(quote) for claim, quote in pairs if "." not in claim}


@pytest.fixture(scope="module")
def real():
    """The review in this repository."""
    return review.load(ROOT)


@pytest.fixture(scope="module")
def copy(real):
    """Its annotated copy."""
    return annotated_docx(real)


@pytest.fixture
def as_odt(tmp_path):
    """LibreOffice's reading of a docx file: its content as XML."""
    program = shutil.which("soffice")
    if program is None:
        reason = "no soffice found (Debian: apt-get install libreoffice-writer-nogui)"
        if os.environ.get("CI", "").lower() not in {"", "0", "false"}:
            pytest.fail(reason, pytrace=False)
        pytest.skip(f"LibreOffice tests left out: {reason}")

    def read(data):
        path = tmp_path / "annotated.docx"
        path.write_bytes(data)
        command = [program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", "odt", "--outdir", str(tmp_path), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        with zipfile.ZipFile(tmp_path / "annotated.odt") as made:
            return docx.oxml.parse_xml(made.read("content.xml"))

    return read


def annotated_in_odt(content):
    """The text under each of LibreOffice's comments by the claim that it begins with, white space made even."""
    words, claims, open_ones = {}, {}, set()

    def walk(element):
        name = element.get(f"{OFFICE}name")
        if element.tag == f"{OFFICE}annotation":
            claims[name] = "".join(element.itertext("{*}p", "{*}span")).split(" · ")[0]
            words[name] = ""
            open_ones.add(name)
        elif element.tag == f"{OFFICE}annotation-end":
            open_ones.remove(name)
        else:
            said = " " if element.tag == TEXT_SPACE or element.tag.endswith("}p") else ""
            add(said + (element.text or ""))
            for child in element:
                walk(child)
        add(element.tail or "")

    def add(text):
        for each in open_ones:
            words[each] += text

    walk(content.find(f"{OFFICE}body"))
    return {claims[name]: even(text) for name, text in words.items()}


def test_each_comment_lies_on_the_words_of_its_claim(real, copy):
    """For all claims of the review in this repository the marks stand around the quote."""
    assert commented(copy) == quotes_of(real)


def test_ranges_may_cross_and_lie_within_each_other():
    """Quotes that overlap, nest, start together, end together or run over paragraphs keep their own words."""
    book = with_text(TEXT, TANGLED)

    assert commented(annotated_docx(book)) == {claim: even(quote) for claim, quote in TANGLED.items()}


def test_libreoffice_finds_the_comments_on_the_same_words(as_odt, real, copy):
    """Opened in LibreOffice, every comment is there and covers the words of its claim."""
    assert annotated_in_odt(as_odt(copy)) == quotes_of(real)


def test_libreoffice_keeps_ranges_that_cross(as_odt):
    """Also overlapping and nested comments cover their own words there."""
    book = with_text(TEXT, TANGLED)

    assert annotated_in_odt(as_odt(annotated_docx(book))) == {claim: even(quote) for claim, quote in TANGLED.items()}


def test_the_text_is_the_documents_own(real, copy):
    """Paragraph by paragraph the words are those of the file, and short lines without an end sign are headings."""
    paragraphs = opened(copy).paragraphs
    blocks = [even(block) for block in re.split(r"\n\s*\n", real.texts["mesotherapy"]) if block.strip()]

    assert [even(paragraph.text) for paragraph in paragraphs] == blocks
    headings = [paragraph.text for paragraph in paragraphs if paragraph.style.name == "Heading 1"]
    assert "Benefits of Mesotherapy" in headings
    assert all(len(heading.split()) <= 8 for heading in headings)


def test_non_breaking_spaces_stay():
    """The document's own white space within a line is kept where it means something."""
    assert "fat.\u00a0It" in opened(annotated_docx(book_of(good_files()))).paragraphs[0].text


def test_a_comment_says_verdict_reason_and_suggestion(real, copy):
    """In this order: id and verdict, what was read, why, parts, suggested wording, and what both are not."""
    comment = next(each for each in opened(copy).comments if each.text.startswith("C04 "))
    lines = comment.text.split("\n")
    row = next(row for row in claim_rows(real) if row.claim_id == "C04")

    assert lines[0] == "C04 · Not substantiated (evidence: partly supports, certainty Very low)"
    assert lines[1] == f"Read as: {row.statement}"
    assert lines[2].startswith("Why: Of the five areas only the chin has placebo-controlled evidence in favour")
    assert "C04.d “chin” Supported with limits" in lines[3]
    assert lines[4] == f"Suggested wording: {row.proposed_sentence}"
    assert lines[5].startswith(f"Not substantiated: {row.gloss}. {BANNER}")


def test_the_suggestion_is_the_action_in_words(real, copy):
    """What is supported is kept, what another product's evidence cannot carry is removed."""
    said = {each.text.split(" · ")[0]: each.text for each in opened(copy).comments}

    for row in claim_rows(real):
        if row.wording_action in {"keep", "remove"} and not row.part_of:
            word = {"keep": "keep it as it is.", "remove": "remove."}[row.wording_action]
            assert f"\nSuggested wording: {word}\n" in said[row.claim_id]
    assert "\nSuggested wording: keep it, with its limits beside it. With intradermal minoxidil" in said["C07"]


def test_an_implied_reading_is_said_to_be_one():
    """The words are the document's, and what they imply is the reviewer's reading."""
    rows = claim_rows(book_of(with_cell("claims", 0, "reading", "implied")))

    assert comment_lines(rows[0])[1].lead == "Read as (implied): "


def test_the_reason_in_short_is_whole_sentences():
    """The first sentence, with the next where it is very short; never half of one."""
    first = "In favour, 21 women had a lower grade after the injections, but nobody compared them with others."
    short = "The evidence on C05 answers this."

    assert reason_in_short(f"{first} More follows.") == first
    assert reason_in_short(f"{short} {first} More follows.") == f"{short} {first}"
    assert reason_in_short("No search is recorded.") == "No search is recorded."
    assert reason_in_short("") == ""


def test_comments_have_author_and_the_day_of_the_review(copy):
    """Every comment is the review's, of its as_of date, in the order of the text."""
    comments = list(opened(copy).comments)

    assert {(each.author, each.initials) for each in comments} == {(AUTHOR, "ER")}
    assert {each.timestamp.date().isoformat() for each in comments} == {"2026-11-22"}
    assert [each.comment_id for each in comments] == list(range(len(comments)))
    assert [each.text[:3] for each in comments][:3] == ["C01", "C02", "C03"]


def test_without_a_day_no_time_is_said():
    """No as_of, no date: neither the clock's nor the template's."""
    book = book_of(good_files())
    data = annotated_docx(dataclasses.replace(book, settings=dataclasses.replace(book.settings, as_of=None)))

    assert {each.timestamp for each in opened(data).comments} == {None}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert re.findall(r"\d{4}-\d\d-\d\d", archive.read("docProps/core.xml").decode()) == []


def test_header_and_footer_say_what_the_copy_is(copy):
    """Which document of which day, how many comments, and how far the appraisal has come."""
    section = opened(copy).sections[0]

    assert section.header.paragraphs[0].text == (
        "Review copy: Article on mesotherapy (no title given) · as of 22 November 2026 · 45 comments"
    )
    assert section.footer.paragraphs[0].text.startswith(CAVEAT)


def test_the_same_workbook_gives_the_same_bytes():
    """Two workbooks of the same files give equal copies, and no time is in them but that of the review."""
    data = annotated_docx(book_of(good_files()))

    assert data == annotated_docx(book_of(good_files()))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
        times = {time for name in archive.namelist() for time in re.findall(rb"20\d\d-\d\d-\d\dT", archive.read(name))}
    assert times == {b"2026-11-22T"}


def test_while_the_inputs_have_errors_no_verdict_is_given():
    """Every comment says that nothing is judged and why; no wording is suggested."""
    book = book_of(with_cell("citations", 0, "reference_key", "nobody2000"))
    said = [each.text for each in opened(annotated_docx(book)).comments]

    assert len(said) == 3
    for text in said:
        assert re.match(r"C0\d · Not judged yet\n", text)
        assert "the inputs have 1 error" in text
        assert "Suggested" not in text


def test_a_claim_whose_words_are_gone_is_named():
    """It has no comment, and a note after the text says so."""
    document = opened(annotated_docx(book_of(with_cell("claims", 2, "quote", "It will sting"))))

    assert {each.text.split(" · ")[0] for each in document.comments} == {"C01", "C02"}
    assert "were not found, so they have no comment: C03." in document.paragraphs[-1].text


def second_document(files, text="It may sting, but it is no cream.\n"):
    """The files with a second document, without claims."""
    data = text.encode()
    row = {"document_id": "leaflet", "file": "documents/leaflet.txt", "title": "A leaflet"}
    row |= {"sha256": sha256(data), "text_file": "documents/leaflet.txt", "text_sha256": sha256(data)}
    return files | with_row("documents", row) | {"documents/leaflet.txt": data}


def test_one_document_or_all():
    """Of several documents each starts on a new page under its own header; one can be asked for."""
    book = book_of(second_document(good_files()))
    both, leaflet = opened(annotated_docx(book)), opened(annotated_docx(book, "leaflet"))

    assert [section.header.paragraphs[0].text.split(" · ")[0] for section in both.sections] == [
        "Review copy: An advert",
        "Review copy: A leaflet",
    ]
    assert both.sections[1].start_type == docx.enum.section.WD_SECTION.NEW_PAGE
    assert [paragraph.text for paragraph in leaflet.paragraphs] == ["It may sting, but it is no cream."]
    assert len(list(leaflet.comments)) == 0


def test_a_document_that_is_not_there_is_refused():
    """The message names those that are."""
    with pytest.raises(WrongUse, match="'flyer' is no document of this workbook: it has advert"):
        annotated_docx(book_of(good_files()), "flyer")


def test_a_text_that_could_not_be_read_is_said_to_be_missing():
    """The copy still comes, with a note instead of the text."""
    files = good_files()
    del files["documents/advert.txt"]
    text = opened(annotated_docx(book_of(files))).paragraphs[0].text

    assert "The text of this document could not be read." in text


@pytest.mark.parametrize(
    "words",
    [
        "<w:p>&amp;]]></w:p>",
        "bell \x07 and escape \x1b[31m",
        "not a character \uffff",
        "form\x0cfeed and\x1funit",
        "العربية ثم \u202e gnihtemos",
        "𝒻𝓁𝓎 🩹 é",
        "=HYPERLINK(1)",
        "{{ 7 * 7 }}",
        "a" * 5000,
    ],
)
def test_hostile_texts_neither_break_the_file_nor_move_a_comment(words):
    """In the document, the claim and the title; what XML cannot hold is shown as the replacement character."""
    book = with_text(f"Before {words} after.\n\nNext.\n", {"H1": words, "H2": "after."})
    claims = book.claims.assign(statement=words, theme=words)
    documents = book.documents.assign(title=words)
    data = annotated_docx(dataclasses.replace(book, claims=claims, documents=documents))

    found = commented(data)
    assert found["H2"] == "after."
    assert found["H1"] == even(re.sub("[\x00-\x08\x0e-\x1b\uffff]", "\ufffd", words))
    assert opened(data).core_properties.title.startswith("Review copy: ")


def test_right_to_left_paragraphs_are_set_so():
    """A paragraph that begins in a right-to-left script runs from the right; others do not."""
    book = with_text("العربية لغة.\n\nEnglish words, then.\n", {"H1": "العربية"})
    first, second = opened(annotated_docx(book)).paragraphs

    assert first._p.pPr.find(qn("w:bidi")) is not None  # noqa: SLF001 -- the library has no such property
    assert first.runs[0].font.rtl
    assert second._p.pPr is None or second._p.pPr.find(qn("w:bidi")) is None  # noqa: SLF001
