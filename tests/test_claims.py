"""Quotes, quantities and parts."""

from __future__ import annotations

import pytest
from books import TEXT, good_files
from hypothesis import given
from hypothesis import strategies as st

from review.claims import Quantity, anchors, is_part, parent_id, parse_quantities
from review.documents import quote_spans
from review.workbook import assemble


@pytest.mark.parametrize(
    ("quote", "prefix", "suffix", "found"),
    [
        pytest.param("dissolves  fat", "", "", ["dissolves fat"], id="white space differs"),
        pytest.param("fat. It is", "", "", ["fat.\u00a0It is"], id="non-breaking space"),
        pytest.param("painless, they", "", "", ["painless,\nthey"], id="line end"),
        pytest.param("It is painless", "", "and", ["It is painless"], id="suffix"),
        pytest.param("It is painless", "hurt.", "", ["It  is painless"], id="prefix"),
        pytest.param("it is painless", "", "", [], id="case counts"),
        pytest.param("fat (really)", "", "", [], id="no pattern"),
        pytest.param("   ", "", "", [], id="blank"),
    ],
)
def test_a_quote_is_found_whatever_white_space_is_between_its_words(quote, prefix, suffix, found):
    """Spans are those of the document's own characters."""
    spans = quote_spans(TEXT, quote, prefix=prefix, suffix=suffix)

    assert [TEXT[start:end] for start, end in spans] == found


@given(st.text(max_size=60))
def test_any_quote_of_the_document_is_found(text):
    """A quote cut from a text with plain words around is found in it."""
    quote = " ".join(text.split())
    spans = quote_spans(f"start {text} end", quote)

    assert bool(spans) == bool(quote)


def test_a_quantity_reads_into_its_two_bounds():
    """Measure, outcome, signs and bounds are read as written."""
    risk, days = parse_quantities("risk(pain): stands < 0.01, fails >= 0.10; median_days(swelling):stands<=2,fails>2")

    assert risk == Quantity(measure="risk", outcome_id="pain", stands_if="<", stands=0.01, fails_if=">=", fails=0.10)
    assert (days.measure, days.outcome_id, days.stands, days.fails_if) == ("median_days", "swelling", 2, ">")


@pytest.mark.parametrize(
    "text",
    ["risk(pain)", "risk(pain): stands < a, fails > b", "chance(pain): stands < 1, fails > 2", "risk(): stands < 1"],
)
def test_a_quantity_that_cannot_be_read_says_why(text):
    """A fault names the part and shows how it is written."""
    with pytest.raises(ValueError, match=r"is not"):
        parse_quantities(text)


def test_parts_know_their_whole():
    """`C31.b` is a part of `C31`, which is no part."""
    assert (parent_id("C31.b"), is_part("C31.b")) == ("C31", True)
    assert (parent_id("C31"), is_part("C31")) == ("C31", False)


def test_anchors_come_in_the_order_of_the_document():
    """Each claim with its place, sorted by document and start."""
    book = assemble(good_files())
    frame = anchors(book.claims, book.texts)

    assert list(frame["claim_id"]) == ["C01", "C02", "C02.a", "C03"]
    assert TEXT[slice(*frame.loc[0, ["start", "end"]])] == "dissolves fat"
