"""The sections are readable, complete and safe; the page is one file that loads nothing and is written whole or not."""

import base64
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import psutil
import pytest
from books import HOSTILE, ROWS, as_csv, good_files, hostile_book, with_cell, with_cells, with_row
from hypothesis import given
from hypothesis import strategies as st
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from review.errors import NotebookFailed, Problem, WrongUse
from review.report import labels, sections
from review.report.annotation import Mark, context, paragraphs
from review.report.page import Imprint, build_page
from review.report.quantities import quantity_sentences
from review.report.refresh import notebook_bytes, refresh, stored
from review.report.render import render
from review.report.section import anchor, host, web_address
from review.report.trust import SOURCES
from review.tables import TABLES
from review.workbook import assemble

SECTIONS = [getattr(sections, name) for name in sections.__all__]

#: The elements that sections are made of, and their attributes.
ELEMENTS = re.compile(
    "a|article|b|blockquote|br|caption|code|dd|details|div|dl|dt|h1|h3|h4|li|mark|ol|p|pre|q|span|summary|sup|"
    "table|tbody|td|tfoot|th|thead|tr|ul"
)
ATTRIBUTES = re.compile(
    "aria-hidden|aria-label|aria-labelledby|class|colspan|data-certainty|data-claim|data-filter|data-kind|data-query|"
    "data-rank|data-table|data-theme|data-verdict|href|id|open|rel|role|rowspan|scope|tabindex"
)


class Reader(HTMLParser):
    """Collects what a browser would make of a page: elements with their attributes, and the text."""

    def __init__(self, html):
        """Read the page."""
        super().__init__()
        self.elements = []
        self.text = ""
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        """Keep an element; what stands in boxes of their own is words apart."""
        self.elements.append((tag, dict(attrs)))
        self.text += "" if tag in {"a", "b", "mark", "span", "sup"} else " "

    def handle_data(self, data):
        """Keep text."""
        self.text += data

    def ids(self):
        """All ids, in order."""
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def links(self):
        """All addresses that links lead to."""
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]


def good_book(files=None):
    """The workbook of the given files, or of the good ones."""
    return assemble(files or good_files())


def whole_report(book):
    """All sections of the workbook on one page."""
    return "".join(str(section(book).html) for section in SECTIONS)


def words_of(html):
    """The text with single spaces."""
    return " ".join(Reader(html).text.split())


class TestSections:
    """What the sections say."""

    @pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
    def test_an_empty_workbook_has_every_section(self, section):
        """A workbook without a single row is shown, not refused."""
        shown = section(assemble({}))

        assert shown.html

    @pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
    def test_a_section_has_a_short_stable_text_form(self, section):
        """Stored outputs hold one short line beside the HTML."""
        once, again = repr(section(good_book())), repr(section(good_book()))

        assert once == again
        assert re.fullmatch(r"Section\([a-z' -]+, \d+ [a-z ]+\)", once)

    def test_every_link_within_the_page_leads_somewhere(self):
        """Claims, citations, references, studies, searches and records are places that links find."""
        page = Reader(whole_report(good_book()))
        inner = {link[1:] for link in page.links() if link.startswith("#")}

        assert inner
        assert inner - set(page.ids()) == set()

    def test_no_id_stands_twice(self):
        """Each place has an id of its own."""
        ids = Reader(whole_report(good_book())).ids()

        assert len(ids) == len(set(ids))

    def test_the_title_box_says_what_was_read(self):
        """A reader learns at once that abstracts, not papers, were read."""
        assert "2 studies (2 by the abstract)" in words_of(sections.title_box(good_book()).html)

    def test_the_answer_holds_the_headline_claims_only(self):
        """C01 is a headline claim, C02 is not."""
        html = sections.answer(good_book()).html

        assert "dissolves fat" in html
        assert "It is painless" not in html
        assert "Not substantiated" in html
        assert "no second reviewer has confirmed it" in html

    def test_problems_are_listed_with_their_address(self):
        """Every fault stands with file, line, column, rule and what to do."""
        problem = Problem(file="claims/claims.csv", line=7, column="quote", rule="CLM01", message="mend it")
        text = words_of(sections.problems(replace(good_book(), problems=(problem,))).html)

        assert "error claims/claims.csv:7 quote CLM01 mend it" in text

    def test_a_clean_workbook_says_so(self):
        """No fault is said, not left out."""
        assert "No problems found" in sections.problems(good_book()).html

    def test_the_table_of_claims_counts_citations_of_parts_with_their_claim(self):
        """C02.a has no line of its own; what cites it counts for C02."""
        files = with_row("citations", {"claim_id": "C02.a", "reference_key": "park2008", "relation": "supports"})
        text = words_of(sections.claims_table(good_book(files)).html)

        assert "C02.a" not in text
        assert "All citations 1 1 1 0 0" in text

    def test_a_claim_without_citation_shows_its_search(self):
        """C03 was searched and nothing was found: that is a state of its own."""
        card = card_of("C03", good_book())

        assert "No study found, and here is the search" in card
        assert "PubMed, 1 November 2026" in card

    def test_a_claim_that_was_not_searched_says_so(self):
        """Neither a citation nor a search is not the same as nothing found."""
        files = good_files() | {TABLES["searches"].file: as_csv("searches", [])}

        assert "No citation on file. Not searched yet." in card_of("C03", good_book(files))

    def test_a_search_for_many_claims_is_named_but_not_repeated(self):
        """The note of a general search stands once, with the searches."""
        many = "; ".join(f"C{number:02}" for number in range(1, 10))
        files = with_cells("searches", 0, {"claim_ids": many, "note": "Everything was looked for."})
        book = good_book(files)

        assert "for 9 claims at once" in card_of("C03", book)
        assert "Everything was looked for." not in sections.claim_cards(book).html
        assert "Everything was looked for." in sections.searches(book).html

    def test_a_part_stands_beneath_its_claim(self):
        """C02.a is in the card of C02, marked as the part that gives the label."""
        card = card_of("C02", good_book())

        assert "C02.a It does not hurt." in card
        assert "gives the claim its label" in card

    def test_contradictions_within_the_document_are_named(self):
        """The card names the claim that cannot be true together with this one."""
        assert "Cannot be true together with C03 The cream may sting." in card_of("C02", good_book())

    def test_citations_stand_by_relation_then_by_directness(self):
        """Supports come before contradicts, and direct ones before the others, whatever the order of the file."""
        rows = [
            dict(ROWS["citations"][0], reference_key=key, relation=relation, direct=direct, finding=f"<{key}>")
            for key, relation, direct in (
                ("d", "background", "yes"),
                ("c", "contradicts", "yes"),
                ("b", "supports", "no"),
                ("a", "supports", "yes"),
            )
        ]
        card = card_of("C01", good_book(good_files() | {TABLES["citations"].file: as_csv("citations", rows)}))

        assert re.findall(r"<([a-d])>", card) == ["a", "b", "c", "d"]

    def test_a_citation_says_how_it_fits_and_where_it_stands(self):
        """Directness with its reason, the fit that was judged, the locator and where it was read."""
        book = good_book()

        assert "Partly direct: another cream" in card_of("C02", book)
        assert "abstract, read at example.org Directly on the claim. Fit: people yes" in card_of("C01", book)
        assert 'href="https://doi.org/10.1000/cream.1"' in sections.claim_cards(book).html

    def test_a_number_stands_with_its_unit_its_place_and_its_second_reading(self):
        """Every number by arm has what is counted, a locator and whether it was read twice."""
        text = words_of(sections.results(good_book()).html)

        assert "12 of 20, 60 % printed" in text
        assert "person, whole course" in text
        assert "table 1 read twice, same; at example.org" in text

    def test_a_number_made_from_a_percentage_is_marked(self):
        """Derived numbers are told apart from printed ones."""
        files = with_cell("results", 0, "origin", "derived")

        assert sections.results(good_book(files)).html.count("derived") == 1

    def test_a_reference_leads_to_every_claim_that_uses_it(self):
        """The list of references links back to each citation."""
        assert 'href="#citation-C01-park2008"' in sections.references(good_book()).html

    def test_what_must_be_said_of_a_reference_is_printed_with_it(self):
        """The print note and the state of the search for retractions stand with the reference."""
        files = with_cells("references", 0, {"print_note": "authors not verified", "retraction": "not checked"})
        text = words_of(sections.references(good_book(files)).html)

        assert "authors not verified" in text
        assert "Retraction: not checked" in text

    def test_regulators_have_a_section_of_their_own(self):
        """A reference marked as regulatory stands there with its findings; the others do not."""
        text = words_of(sections.regulators(good_book(with_cell("references", 0, "context", "regulatory"))).html)

        assert "No difference among 20 women." in text
        assert "12 of 20 had pain." not in text

    def test_an_unrecorded_query_is_not_invented(self):
        """An empty query and an empty number of hits are said to be not recorded."""
        assert words_of(sections.searches(good_book()).html).count("not recorded") == 2

    def test_a_cited_key_that_is_no_reference_is_shown_as_it_is(self):
        """A faulty workbook is still shown: the key stands for the reference."""
        book = good_book(with_cell("citations", 0, "reference_key", "nobody1999"))

        assert "nobody1999" in sections.claim_cards(book).html


def card_of(claim, book):
    """The words of one claim's card."""
    html = str(sections.claim_cards(book).html)
    return words_of(re.search(rf'<article[^>]*id="claim-{claim}".*?</article>', html, re.DOTALL)[0])


class TestSafety:
    """Whatever the inputs hold, a page is only what the templates say."""

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    @pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
    def test_fields_stay_text(self, section, text):
        """No field becomes an element, an attribute or an address that is none of the web."""
        page = Reader(section(hostile_book(text)).html)

        assert [tag for tag, _ in page.elements if not ELEMENTS.fullmatch(tag)] == []
        assert [name for _, given in page.elements for name in given if not ATTRIBUTES.fullmatch(name)] == []
        assert [link for link in page.links() if not re.match(r"#|https?://", link)] == []

    def test_hostile_fields_are_still_shown(self):
        """Escaped does not mean dropped: the reader sees what stands in the field."""
        text = words_of(sections.claim_cards(hostile_book(HOSTILE[0])).html)

        assert HOSTILE[0] in text

    @pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
    def test_no_section_has_style_of_its_own(self, section):
        """Inline styles would break the page's policy."""
        names = {name for _, attributes in Reader(section(good_book()).html).elements for name in attributes}

        assert "style" not in names

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("https://example.org/a?b=c&d#e", "https://example.org/a?b=c&d#e"),
            (" http://example.org ", "http://example.org"),
            ("javascript:alert(1)", ""),
            ("JaVaScRiPt://example.org/%0aalert(1)", ""),
            ("java\nscript:alert(1)", ""),
            ("data:text/html,x", ""),
            ("//example.org", ""),
            ("https://", ""),
            ("https://[::1", ""),
            ('https://example.org/"onclick', ""),
            ("https://example.org/a b", ""),
            ("file:///etc/passwd", ""),
            ("", ""),
        ],
    )
    def test_only_addresses_of_the_web_are_followed(self, text, address):
        """Any other scheme and anything malformed is no link."""
        assert web_address(text) == address

    def test_links_that_leave_the_page_tell_nothing_of_it(self):
        """Outside pages get neither the address nor a handle of ours: no referrer, and no window opened from here."""
        outside = [
            attributes
            for tag, attributes in Reader(whole_report(good_book())).elements
            if tag == "a" and attributes["href"].startswith("http")
        ]

        assert outside
        assert [attributes for attributes in outside if "target" in attributes] == []
        assert '<meta name="referrer" content="no-referrer">' in build_page([new_notebook()], IMPRINT)

    def test_a_place_has_a_plain_id(self):
        """Whatever the id of a row, the id of its place needs no escaping."""
        assert anchor("claim", 'C 1"><') == "claim-C-1-"
        assert anchor("claim", "C31.a") == "claim-C31.a"

    def test_a_server_is_named_as_readers_know_it(self):
        """The server stands for a long address; what is no address has none."""
        assert host("https://www.example.org/a/b") == "example.org"
        assert host("javascript:alert(1)") == ""


class TestAnnotation:
    """The document in pieces."""

    def test_nested_and_overlapping_quotes_share_pieces(self):
        """Each piece knows all claims that cover it, and each claim starts once."""
        marks = [
            Mark(claim_id="A", start=0, end=20),
            Mark(claim_id="B", start=5, end=10),
            Mark(claim_id="C", start=8, end=25),
        ]
        (paragraph,) = paragraphs("abcdefghijklmnopqrstuvwxyz", marks)

        assert [(piece.text, "".join(piece.claims), "".join(piece.starting)) for piece in paragraph.pieces] == [
            ("abcde", "A", "A"),
            ("fgh", "BA", "B"),
            ("ij", "BCA", "C"),
            ("klmnopqrst", "CA", ""),
            ("uvwxy", "C", ""),
            ("z", "", ""),
        ]

    def test_of_claims_with_the_same_words_each_gets_its_label(self):
        """Two claims on the same words start in the same piece."""
        marks = [Mark(claim_id=claim, start=0, end=3) for claim in ("A", "B")]
        (paragraph,) = paragraphs("abc", marks)

        assert sorted(paragraph.pieces[0].starting) == ["A", "B"]

    @given(
        text=st.text(alphabet="ab .\n\r\u00a0", max_size=60),
        spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=6),
    )
    def test_no_character_is_lost_or_doubled(self, text, spans):
        """The pieces hold the document's characters in their order, up to blank lines."""
        marks = [
            Mark(claim_id=f"C{number}", start=start, end=min(start + length, len(text)))
            for number, (start, length) in enumerate(spans)
            if start < len(text)
        ]
        pieces = [piece for paragraph in paragraphs(text, marks) for piece in paragraph.pieces]

        assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
        starts = [claim for piece in pieces for claim in piece.starting]
        assert len(starts) == len(set(starts))

    def test_a_mark_leads_to_its_card_and_the_card_back(self):
        """Label and card link to each other."""
        html = whole_report(good_book())

        assert '<sup id="quote-C01"><a href="#claim-C01"' in html
        assert '<article class="card headline" id="claim-C01"' in html
        assert 'href="#quote-C01"' in html

    def test_every_claim_is_marked_in_its_own_words(self):
        """The marked text, without labels, is the quote."""
        html = str(sections.annotated_document(good_book()).html)
        marks = re.findall(r"<mark[^>]*data-claim[^>]*>(.*?)</mark>", html, re.DOTALL)

        assert [re.sub(r"<sup.*?</sup>", "", mark) for mark in marks] == [
            "dissolves fat",
            "It is painless",
            "It may sting",
        ]

    def test_a_quote_that_is_gone_is_named(self):
        """A claim whose words are no longer in the document is said to be missing from it."""
        book = good_book(with_cell("claims", 0, "quote", "melts fat"))

        assert "Not found in the document: C01" in words_of(sections.annotated_document(book).html)
        assert "The quote was not found in the document." in card_of("C01", book)

    def test_context_stays_in_its_paragraph_and_breaks_between_words(self):
        """A quote is shown with the words around it, long ones cut at a space, other paragraphs left out."""
        text = "First.\n\n" + "word " * 60 + "QUOTE " + "tail " * 60 + "\n\nLast."
        start = text.index("QUOTE")
        shown = context(text, start, start + 5)

        assert shown.quote == "QUOTE"
        assert shown.before.startswith("… word")
        assert shown.after.endswith("tail …")
        assert "First" not in shown.before
        assert "Last" not in shown.after


class TestWords:
    """How numbers and words are said."""

    @pytest.mark.parametrize(
        ("quantity", "sentence"),
        [
            (
                "risk(pain): stands < 0.01, fails >= 0.10",
                (
                    "Stands if the risk of “Pain” is below 1 in 100 people (its upper 95 % limit), fails if it is at "
                    "least 10 in 100 people (its lower limit), otherwise inconclusive."
                ),
            ),
            (
                "median_days(swelling): stands <= 2, fails > 2",
                (
                    "Stands if the median duration of “swelling” is at most 2 days (its upper 95 % limit), fails if it "
                    "is above 2 days (its lower limit), otherwise inconclusive."
                ),
            ),
            (
                "risk(pain): stands > 0.5, fails <= 0.001",
                (
                    "Stands if the risk of “Pain” is above 50 in 100 people (its lower 95 % limit), fails if it is at "
                    "most 1 in 1,000 people (its upper limit), otherwise inconclusive."
                ),
            ),
            ("no quantity at all", "no quantity at all"),
        ],
    )
    def test_a_quantity_is_a_sentence(self, quantity, sentence):
        """A testable reading can be checked by a reader; what cannot be read stands as it is."""
        assert quantity_sentences(quantity, {"pain": "Pain"}) == (sentence,)

    @pytest.mark.parametrize(
        ("value", "said"),
        [(date(2026, 11, 2), "2 November 2026"), ("2026-11-02", "2 November 2026"), ("soon", "soon"), (None, "")],
    )
    def test_a_day_is_said_in_full(self, value, said):
        """Dates are not numbers to decode; what is no date stays."""
        assert labels.day(value) == said

    def test_one_is_not_many(self):
        """Counts agree with their nouns."""
        assert labels.counted(1, "study", "studies") == "1 study"
        assert labels.counted(1234, "claim") == "1,234 claims"


IMPRINT = Imprint(title="A <review>", as_of=date(2026, 11, 22), digest="0123456789abcdef", version="9.9")


class TestPage:
    """What notebooks become."""

    def test_the_policy_names_the_style_and_the_script_of_the_page(self):
        """Their hashes are those of what stands between the tags, so that the browser runs ours and nothing else."""
        page = build_page([new_notebook(cells=[new_markdown_cell("# A")])], IMPRINT)
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#x27;", "'")
        hashes = {
            kind: base64.b64encode(
                hashlib.sha256(re.search(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)[1].encode()).digest()
            ).decode()
            for kind in ("style", "script")
        }

        assert policy == (
            f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
        assert (page.count("<style"), page.count("<script")) == (1, 1)

    def test_the_page_says_what_it_was_made_from(self):
        """Title, day, digest and version stand on it, escaped."""
        page = build_page([new_notebook()], IMPRINT)

        assert "<title>A &lt;review&gt;</title>" in page
        assert "As of 22 November 2026 · inputs <code>0123456789ab</code> · review 9.9" in page

    def test_headings_go_one_level_down_and_make_the_contents(self):
        """The page's title is the only heading of the first level; headings with the same words keep ids apart."""
        notebook = new_notebook(cells=[new_markdown_cell("# Same *words*\n\n## Same words")])
        page = build_page([notebook], IMPRINT)

        assert '<h2 id="same-words">Same <em>words</em></h2>' in page
        assert '<h3 id="same-words-2">Same words</h3>' in page
        assert '<li class="level-2"><a href="#same-words">Same words</a></li>' in page

    def test_html_in_text_cells_is_shown_as_text(self):
        """A notebook's text cannot bring elements or dangerous links in."""
        source = "<script>alert(1)</script> <img src=x onerror=a> [x](javascript:alert(1)) & <b>bold</b>"
        page = Reader(build_page([new_notebook(cells=[new_markdown_cell(source)])], IMPRINT))

        assert [tag for tag, _ in page.elements if tag in {"img", "b"}] == []
        assert [tag for tag, _ in page.elements].count("script") == 1
        assert [link for link in page.links() if "javascript" in link] == []

    def test_code_is_shown_unless_it_is_tagged(self):
        """`hide-input` hides a cell's code, not its output."""
        output = new_output("stream", text="<said>\n")
        shown = new_code_cell("1 < 2", outputs=[output])
        hidden = new_code_cell("3 < 4", metadata={"tags": ["hide-input"]})
        page = build_page([new_notebook(cells=[shown, hidden])], IMPRINT)

        assert "1 &lt; 2" in page
        assert "3 &lt; 4" not in page
        assert '<pre class="output">&lt;said&gt;' in page

    def test_figures_are_part_of_the_page(self):
        """Pictures are data, vector ones as images so that nothing in them can run."""
        svg = new_output("display_data", {"image/svg+xml": "<svg onload='a()'/>", "text/plain": "A figure"})
        png = new_output("display_data", {"image/png": "iVBO\nRw0=", "text/plain": "Another"})
        page = Reader(build_page([new_notebook(cells=[new_code_cell("f", outputs=[svg, png])])], IMPRINT))
        images = [attributes for tag, attributes in page.elements if tag == "img"]

        assert [image["alt"] for image in images] == ["A figure", "Another"]
        assert all(image["src"].startswith("data:image/") for image in images)
        assert "svg" not in {tag for tag, _ in page.elements}

    def test_the_template_serves_nbconvert_by_itself(self, tmp_path):
        """`jupyter nbconvert --template review` makes a page of one notebook."""
        notebook = tmp_path / "one.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell("# Alone")]), notebook)
        templates = SOURCES.parent / "templates"
        command = [sys.executable, "-m", "nbconvert", "--to", "html", "--template", "review", str(notebook)]
        option = f"--TemplateExporter.extra_template_basedirs={templates}"
        subprocess.run([*command, option], check=True, capture_output=True, cwd=tmp_path)

        assert "Alone" in (tmp_path / "one.html").read_text()


def write_workbook(folder, files=None):
    """Write a workbook with the package's notebooks into a folder, and return it."""
    for name, data in (files or good_files()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    shutil.copytree(SOURCES, folder / "notebooks", dirs_exist_ok=True)
    return folder


def write_cells(path, *sources):
    """Write a notebook of these code cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)


def tree(folder):
    """Every file below a folder with its bytes."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Return a small workbook after a render, its files before, and the steps that were told."""
    folder = write_workbook(tmp_path_factory.mktemp("rendered"))
    before = tree(folder)
    steps = []
    render(folder, jobs=2, progress=steps.append)
    return folder, before, steps


class TestRender:
    """From notebooks to build/report.html."""

    def test_the_report_is_one_page_that_loads_nothing(self, rendered):
        """No element asks for anything from elsewhere."""
        folder, _, _ = rendered
        page = Reader((folder / "build" / "report.html").read_text())

        assert {tag for tag, _ in page.elements} & {"link", "iframe", "object", "embed", "base", "form"} == set()
        assert [attributes for _, attributes in page.elements if "style" in attributes] == []
        sources = [attributes["src"] for _, attributes in page.elements if "src" in attributes]
        assert [source[:30] for source in sources if not source.startswith("data:image/svg+xml;base64,")] == []
        assert "no second reviewer has confirmed it" in page.text

    def test_only_the_report_is_written(self, rendered):
        """The notebooks and everything else stay byte for byte, and no scratch file is left."""
        folder, before, _ = rendered
        after = tree(folder)

        assert set(after) - set(before) == {Path("build/report.html")}
        assert {name: after[name] for name in before} == before

    def test_each_step_is_told(self, rendered):
        """Progress names every notebook and the writing."""
        _, _, steps = rendered

        assert sorted(steps[:-1]) == [f"Running {path.name}" for path in sorted(SOURCES.glob("*.ipynb"))]
        assert steps[-1:] == [f"Writing {Path('build/report.html')}"]

    def test_the_same_workbook_gives_the_same_bytes(self, rendered, tmp_path):
        """Neither the folder, the clock, the number of jobs nor an earlier run shows."""
        folder, _, _ = rendered
        again = write_workbook(tmp_path / "elsewhere with a space")

        assert render(again).read_bytes() == (folder / "build" / "report.html").read_bytes()

    def test_a_changed_input_changes_the_digest(self, rendered, tmp_path):
        """The page tells two states of the inputs apart."""
        folder, _, _ = rendered
        write_workbook(tmp_path, with_cell("citations", 0, "finding", "Another finding."))
        pattern = re.compile(r"inputs <code>(\w{12})</code>")
        old, new = (
            pattern.search(path.read_text())[1] for path in (folder / "build" / "report.html", render(tmp_path))
        )

        assert old != new

    def test_a_failing_cell_leaves_the_old_report(self, tmp_path):
        """The error names notebook, cell and what the kernel said; no kernel is left."""
        folder = write_workbook(tmp_path)
        write_cells(folder / "notebooks" / "02_claims.ipynb", "1 + 1", "raise ValueError('no such number')")
        old = folder / "build" / "report.html"
        old.parent.mkdir()
        old.write_text("the old report")

        with pytest.raises(NotebookFailed, match=r"02_claims.ipynb, cell 2: [^\x1b]*no such number") as failure:
            render(folder, jobs=3, trust=True)

        assert failure.value.cell == 2
        assert old.read_text() == "the old report"
        assert sorted(path.name for path in old.parent.iterdir()) == ["report-failed.html", "report.html"]
        assert kernels(psutil.Process()) == []

    def test_a_failing_cell_stands_in_a_page_of_its_own_until_it_is_mended(self, tmp_path):
        """The page names notebook and cell and escapes what the kernel said; a good run removes it."""
        folder = write_workbook(tmp_path)
        notebook = folder / "notebooks" / "02_claims.ipynb"
        good = notebook.read_bytes()
        write_cells(notebook, "raise ValueError('<script>alert(1)</script>')")
        failed = folder / "build" / "report-failed.html"
        with pytest.raises(NotebookFailed):
            render(folder, jobs=3, trust=True)
        page = failed.read_text()
        notebook.write_bytes(good)
        render(folder, jobs=3)

        assert "02_claims.ipynb, cell 1" in page
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page
        assert not failed.exists()

    def test_a_dead_kernel_is_a_failed_notebook(self, tmp_path):
        """A kernel that dies is told as a failure of the cell that it ran."""
        folder = write_workbook(tmp_path)
        write_cells(folder / "notebooks" / "02_claims.ipynb", "import os\nos._exit(3)")

        with pytest.raises(NotebookFailed, match="cell 1: the kernel died"):
            render(folder, trust=True)

        assert kernels(psutil.Process()) == []

    @pytest.mark.usefixtures("own_jupyter")
    def test_code_that_nobody_signed_is_not_run(self, tmp_path):
        """A foreign notebook is refused before anything runs, and the message says what to do."""
        folder = write_workbook(tmp_path)
        write_cells(folder / "notebooks" / "09_mine.ipynb", f"open({str(tmp_path / 'ran')!r}, 'w')")

        with pytest.raises(WrongUse, match=r"09_mine.ipynb .* not run: .* JupyterLab, .* --trust"):
            render(folder)

        assert not (tmp_path / "ran").exists()
        assert not (folder / "build").exists()

    @pytest.mark.usefixtures("own_jupyter")
    def test_a_signed_notebook_runs(self, tmp_path):
        """What Jupyter's notary has signed on this machine needs no asking."""
        folder = write_workbook(tmp_path)
        path = folder / "notebooks" / "09_mine.ipynb"
        write_cells(path, "print('signed and run')")
        with NotebookNotary() as notary:
            notary.sign(nbformat.read(path, as_version=4))

        assert "signed and run" in render(folder).read_text()

    def test_a_file_beside_the_notebooks_does_not_run(self, tmp_path):
        """A module named like a library in the notebooks' folder is not imported in its place."""
        folder = write_workbook(tmp_path)
        for name in ("pandas.py", "review.py", "ipykernel_launcher.py", "jinja2.py"):
            (folder / "notebooks" / name).write_text("raise SystemExit('a foreign file ran')\n")

        assert render(folder).is_file()

    @pytest.mark.parametrize(
        ("name", "text", "message"),
        [
            (None, "", "has no notebooks"),
            ("a.ipynb", "no JSON", "a.ipynb is not a notebook"),
            ("a.ipynb", '{"x": 1}', "a.ipynb is not a notebook"),
        ],
        ids=["none", "no JSON", "no notebook"],
    )
    def test_what_is_no_notebook_is_refused_with_its_name(self, tmp_path, name, text, message):
        """Wrong files give one clear line."""
        folder = write_workbook(tmp_path)
        shutil.rmtree(folder / "notebooks")
        (folder / "notebooks").mkdir()
        if name:
            (folder / "notebooks" / name).write_text(text)

        with pytest.raises(WrongUse, match=message):
            render(folder)

    @pytest.mark.skipif(os.name != "posix", reason="signals of this kind are Unix's")
    @pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda stop: stop.name)
    def test_no_kernel_outlives_the_command(self, tmp_path, stop):
        """However the command is stopped, its kernels end with it."""
        folder = write_workbook(tmp_path)
        write_cells(folder / "notebooks" / "01_overview.ipynb", "import time\ntime.sleep(600)")
        command = [sys.executable, "-m", "review", "render", str(folder), "--trust"]
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        # A shell starts what runs in its background with Ctrl-C ignored, and a child inherits that.
        heed = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
        with subprocess.Popen(command, env=os.environ | {"TMPDIR": str(scratch)}, **quiet, **heed) as running:
            started = wait_for_kernels(psutil.Process(running.pid))
            running.send_signal(stop)
            try:
                running.wait(timeout=60)
            finally:
                running.kill()
        _, alive = psutil.wait_procs(started, timeout=30)

        assert started
        assert alive == []
        assert stop == signal.SIGKILL or list(scratch.iterdir()) == []
        assert not (folder / "build" / "report.html").exists()


def kernels(process):
    """The kernels that a process has started and that still run."""
    return [child for child in process.children(recursive=True) if is_kernel(child)]


def is_kernel(process):
    """Tell whether a process is a kernel; one that has just gone is none."""
    try:
        return "ipykernel_launcher" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_kernels(process):
    """The kernels of a process, as soon as it has one."""
    deadline = 60
    while deadline and process.is_running() and not kernels(process):
        psutil.wait_procs([process], timeout=1)
        deadline -= 1
    return kernels(process) if process.is_running() else []


@pytest.fixture
def own_jupyter(tmp_path, monkeypatch):
    """Give Jupyter a folder of its own for keys and signatures."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


class TestRefresh:
    """Stored outputs."""

    def test_stored_notebooks_hold_nothing_that_differs_from_run_to_run(self, tmp_path):
        """Two runs give the same bytes, and the copies for new workbooks have no output."""
        folder = write_workbook(tmp_path) / "notebooks"
        refresh(folder, sources=tmp_path / "sources")
        first = tree(folder)
        refresh(folder)

        assert tree(folder) == first
        assert tree(tmp_path / "sources") == tree(SOURCES)
        assert b"Section(claim cards, 3 claims)" in first[Path("02_claims.ipynb")]

    def test_the_editors_state_is_dropped(self):
        """Timings, versions and editor metadata are not stored; tags are."""
        cell = new_code_cell(
            "1", metadata={"tags": ["hide-input"], "execution": {"iopub.status.busy": "2026"}, "trusted": True}
        )
        copy = stored(new_notebook(cells=[cell], metadata={"language_info": {"name": "python", "version": "3.99"}}))

        assert copy.cells[0].metadata == {"tags": ["hide-input"]}
        assert b"3.99" not in notebook_bytes(copy)
