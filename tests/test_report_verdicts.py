"""The report's sections on the real review: verdicts, figures, findings, wording, limits."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import review
from review.claims import is_part
from review.firmness import firmness
from review.report import sections
from review.report.document_findings import pairs
from review.report.syntheses import claim_pictures, harvest_pictures, pictures
from review.wording import BANNER

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def book():
    """The review of the mesotherapy article."""
    return review.load(ROOT)


@pytest.fixture(scope="module")
def drawn(book):
    """Every figure of its syntheses."""
    return pictures(book)


def words_of(section):
    """A section's words without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", str(section.html))).split())


def test_the_first_screen_has_verdict_certainty_and_a_sentence_with_numbers(book):
    """Each headline claim says what was counted, of how many, with which product."""
    text = words_of(sections.answer(book))

    assert "Contradicted ⊕⊕◯◯ Low certainty" in text
    assert "69 in 100 people had pain recorded" in text
    assert "against 32 in 100 with placebo injections" in text
    assert "no second reviewer has confirmed it" in text


def test_the_map_holds_every_whole_claim_once(book):
    """No claim is lost between wording and evidence."""
    html = str(sections.overclaim_map(book).html)
    claims = re.findall(r'class="id" href="#claim-(C\d\d)"', html)

    assert sorted(claims) == [claim for claim in book.claims["claim_id"] if not is_part(claim)]


def test_every_synthesis_has_its_place_and_figure(book, drawn):
    """Each row of the syntheses table stands with exactly one figure."""
    shown = [line.synthesis_id for picture in drawn for line in picture.lines]

    assert sorted(shown) == sorted(book.syntheses["synthesis_id"])


def test_every_figure_is_a_drawing_with_its_numbers_in_words(drawn):
    """A figure is one `svg` element with letters as text, without style, script or address, and says its numbers."""
    for picture in drawn:
        svg = ET.fromstring(str(picture.drawing))  # noqa: S314 -- our own drawing
        names = {name for element in svg.iter() for name in element.attrib}

        assert svg.get("role") == "img"
        assert re.search(r"\d", svg.get("aria-label"))
        assert float(svg.get("width")) > 100
        assert any(element.tag == "text" and element.text for element in svg.iter())
        assert names & {"style", "src", "onload"} == set()
        assert {element.get("href", "#")[0] for element in svg.iter()} == {"#"}


def test_no_two_figures_share_a_name_within(drawn, book):
    """The ids within the figures of the page are its only ones, those of the cards included."""
    everywhere = [*drawn, *harvest_pictures(book), *claim_pictures(book).values()]
    ids = [name for picture in everywhere for name in re.findall(r' id="([^"]+)"', str(picture.drawing))]

    assert len(ids) == len(set(ids))


def test_what_a_figure_refers_to_is_in_it(drawn):
    """Clips and signs are found by their name in the same drawing."""
    for picture in drawn:
        text = str(picture.drawing)
        ids = set(re.findall(r' id="([^"]+)"', text))

        assert set(re.findall(r'(?:url\(|href=")#([\w.-]+)', text)) <= ids


def test_a_card_shows_what_decides_its_claim(book):
    """Each claim with a deciding synthesis has the figure of one in its card."""
    found = claim_pictures(book)
    deciding = book.syntheses[book.syntheses["role"] == "deciding"]
    by_claim = deciding.groupby(deciding["claim_id"].str.partition(".")[0])["synthesis_id"].agg(set)

    assert len(by_claim) > 3
    for claim, names in by_claim.items():
        assert names & {line.synthesis_id for line in found[claim].lines}


def test_a_time_stands_against_the_bound_of_its_own_claim(drawn):
    """The same durations are drawn for C31 and C40 apart, because their bounds differ."""
    claims = [
        {line.claim_id.partition(".")[0] for line in picture.lines}
        for picture in drawn
        if picture.title.startswith("Duration of oedema")
    ]

    assert {"C31"} in claims
    assert {"C40"} in claims


def test_bruising_with_the_drug_never_stands_without_placebo(drawn):
    """Every figure on bruising under a drug names the placebo arm."""
    bruising = [picture for picture in drawn if "ruising" in picture.title and "C29" in str(picture.lines)]

    assert bruising
    assert all("lacebo" in str(picture.drawing) for picture in bruising)


def test_what_cannot_be_pooled_is_shown_without_counting(book):
    """Directions stand study by study; no alternative text counts them."""
    found = harvest_pictures(book)

    assert len(found) >= 5
    assert not any(re.search(r"\b\d+ (of \d+ )?studies", str(picture.drawing)) for picture in found)


def test_each_wording_stands_under_its_banner(book):
    """Every whole claim has its proposal, and the section says what it is not."""
    text = words_of(sections.wordings(book))

    assert BANNER in text
    assert all(claim in text for claim in book.claims["claim_id"] if not is_part(claim))


def test_a_card_says_how_firm_its_verdict_is(book):
    """The strip has a mark for each choice that was tried, and what flips the label is said in words."""
    html = str(sections.claim_cards(book).html)
    card = html[html.index('id="claim-C11"') : html.index('id="claim-C12"')]
    firm = firmness(book)["C11"]
    tried = [row for row in firm.rows if row.label]

    assert card.count('<span class="stands">') + card.count('<span class="flips">') == len(tried)
    assert card.count('<span class="flips">') == sum(row.flips for row in tried) > 0
    assert firm.caption in words_of(sections.claim_cards(book))


def test_printed_numbers_stand_with_their_stamp(book):
    """What does not reproduce stands first, and every stamped number has its place in the tables."""
    text = words_of(sections.reproduction(book))

    assert text.index("Does not reproduce") < text.index("Arms not given")
    assert "reported_effects.csv, line" in text


def test_the_summary_of_bias_says_its_shares_in_words(book):
    """Both ways to count stand there, and their alternative texts say what they are shares of."""
    html = str(sections.bias_summary(book).html)

    assert "each counted the same" in html
    assert "weighted by the people enrolled" in html


def test_disagreements_stand_once_contradictions_first(book):
    """C14 against C36 cannot both be true; tensions come after."""
    found = [(one.first.claim_id, one.second.claim_id, one.contradicts) for one in pairs(book)]

    assert found[0] == ("C14", "C36", True)
    assert len({pair[:2] for pair in found}) == len(found)


def test_omissions_name_their_references(book):
    """What the article leaves out stands with the references that show it."""
    text = words_of(sections.omissions(book))

    assert "The heading promises" in text
    assert text.count("Shown by") >= 15


def test_the_limits_are_counted_not_claimed(book):
    """How much was read, searched and checked comes from the tables."""
    text = words_of(sections.limits(book))

    assert f"Of {len(book.studies)} studies" in text
    assert "For 95 of 212 references nobody has looked for a retraction" in text


def test_bias_that_hangs_on_reporting_is_told_apart(book):
    """`Not reported` stands with the judgement and what it would be."""
    text = words_of(sections.bias_judgements(book))

    assert "? not reported High → " in text


def test_with_an_error_in_the_inputs_nothing_is_judged():
    """A report on faulty inputs shows no verdict, figure or wording of something else."""
    files = review.files.read_files(ROOT)
    files["claims/results.csv"] = files["claims/results.csv"].replace(b",513,356,", b",513,3560,")
    book = review.workbook.assemble(files)
    faulty = book.with_problems(review.integrity.check_workbook(book))

    assert "Not judged yet" in words_of(sections.answer(faulty))
    assert pictures(faulty) == ()
    assert "No wording is proposed" in words_of(sections.wordings(faulty))
