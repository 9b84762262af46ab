"""The sentences that are offered as claims: which, where, why, and in what parts."""

import csv
import re
from pathlib import Path

import pytest

import review
from review.cues.candidate_lexicon import FORM, WEIGHTS, marks
from review.cues.candidates import OFFERED, candidate_claims
from review.cues.parts import parts
from review.cues.passages import passages
from review.documents import quote_spans

ROOT = Path(__file__).parents[1]
PHRASES = ROOT / "src" / "review" / "cues" / "candidates.csv"


def best(text):
    """The highest score in a text."""
    return max(one["score"] for one in candidate_claims(text))


def sentences(text):
    """The sentences of a text in its order."""
    return [text[start:end] for start, end in passages(text)]


def atoms(sentence):
    """The texts of the atomic claims of one sentence."""
    (one,) = candidate_claims(sentence)
    return [part["text"] for part in one["claims"]]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The gel relieves joint pain.", id="efficacy"),
        pytest.param("It is safe for all skin types.", id="safety"),
        pytest.param("There are no side effects.", id="absence of harm"),
        pytest.param("Starts working in 15 minutes", id="speed"),
        pytest.param("The hair never grows back.", id="permanence"),
        pytest.param("The current blocks pain signals.", id="mechanism"),
        pytest.param("It works twice as fast as aspirin.", id="comparison"),
        pytest.param("Recommended by 9 out of 10 dentists.", id="popularity"),
        pytest.param("Sessions cost half as much as surgery.", id="cost"),
        pytest.param("Each capsule contains 500 mg of magnesium.", id="composition"),
        pytest.param("REMOVES WRINKLES AND SCARS", id="capitals without a stop"),
        pytest.param("• Boosts energy", id="item of a list"),
        pytest.param("Gluten free", id="two words"),
        pytest.param("🔥 Burns fat!!! 🔥", id="emoji"),
    ],
)
def test_a_claim_is_offered(text):
    """A checkable health or product claim of any kind reaches the bound."""
    assert best(text) >= OFFERED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Home | About | Treatments | Contact", id="menu"),
        pytest.param("Call us today to book your free consultation.", id="call"),
        pytest.param("Visit us at 12 High Street, London.", id="address"),
        pytest.param("Monday to Friday, 9am - 6pm", id="hours"),
        pytest.param("Does it cure back pain?", id="question"),
        pytest.param("I absolutely love this clinic!", id="opinion"),
        pytest.param("This product is not intended to diagnose, treat, cure or prevent any disease.", id="disclaimer"),
        pytest.param("Individual results may vary.", id="small print"),
        pytest.param("Our Treatments", id="heading"),
        pytest.param("Free shipping on orders over $50.", id="shipping"),
        pytest.param("Keep out of reach of children.", id="warning"),
        pytest.param("We use cookies to improve your experience.", id="cookies"),
    ],
)
def test_what_makes_no_claim_is_not_offered_and_not_hidden(text):
    """Furniture of the page stays below the bound, and is still in the list."""
    assert [one["score"] < OFFERED for one in candidate_claims(text)] == [True]


def test_low_scores_come_last():
    """Scores only fall, whatever the order of the text."""
    scores = [
        one["score"] for one in candidate_claims("Home\n\nIt cures pain for ever.\n\nIs it safe?\n\nIt is cheap.")
    ]

    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 4


def test_a_candidate_has_the_promised_keys():
    """The keys are those of the documented shape, no more and no fewer."""
    (one,) = candidate_claims("The gel heals scars.")

    assert list(one) == ["sentence", "start", "end", "page", "score", "cues", "claims"]
    assert [list(part) for part in one["claims"]] == [["text", "start", "end"]]


def test_the_cues_name_what_fired():
    """A reader sees the words that made the score."""
    (one,) = candidate_claims("The gel does not heal scars, does it?")

    assert "absolute effect, denied: heal" in one["cues"]
    assert "question" in one["cues"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\f\r\n",
        "Heals scars.\r\nCures\r\nacne.\r\n• Painless\r\n",
        "\u00a0It\u00a0heals scars.  It\u00a0is painless, safe and permanent\u2028Done",
        "🔥 Burns fat! 👩🏽‍⚕️ Dr. Lee (M.D.) says: “It works.” www.example.com/heals?a=1.5",
        "Removes fat, " * 5000,
        "x" * 5000,
        "1.\n2.\n- \n• •\n",
    ],
    ids=["empty", "white space", "CRLF", "non-breaking", "emoji", "one huge line", "no space", "bare marks"],
)
def test_places_are_exact(text):
    """Each sentence and part is the text between its own places, and a part lies in its sentence."""
    found = candidate_claims(text)

    for one in found:
        assert text[one["start"] : one["end"]] == one["sentence"] == one["sentence"].strip() != ""
        for part in one["claims"]:
            assert text[part["start"] : part["end"]] == part["text"]
            assert one["start"] <= part["start"] < part["end"] <= one["end"]


def test_no_word_is_lost():
    """The sentences of the article under review hold all its words in order."""
    text = (ROOT / "documents" / "mesotherapy.txt").read_text(encoding="utf-8")

    assert re.findall(r"\w+", " ".join(sentences(text))) == re.findall(r"\w+", text)


def test_pages_are_counted_where_form_feeds_separate_them():
    """Pages count from 1; plain text has none."""
    paged = candidate_claims("It heals scars.\fIt cures acne.")

    assert [(one["sentence"], one["page"]) for one in sorted(paged, key=lambda one: one["start"])] == [
        ("It heals scars.", 1),
        ("It cures acne.", 2),
    ]
    assert candidate_claims("It heals scars.")[0]["page"] is None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param(
            "The laser removes wrinkles, scars and cellulite.",
            ["The laser removes wrinkles", "scars", "cellulite"],
            id="objects",
        ),
        pytest.param(
            "It boosts energy, supports immunity, and helps you sleep better.",
            ["It boosts energy", "supports immunity", "helps you sleep better"],
            id="predicates",
        ),
        pytest.param("It is painless, safe and permanent.", ["It is painless", "safe", "permanent"], id="qualities"),
        pytest.param(
            "The gel reduces pain and swelling and is safe.",
            ["The gel reduces pain", "swelling", "is safe"],
            id="both",
        ),
        pytest.param("It removes 1,000 hairs.", ["It removes 1,000 hairs."], id="a number's comma"),
        pytest.param(
            "It was approved by the Food and Drug Administration.",
            ["It was approved by the Food and Drug Administration."],
            id="a name",
        ),
        pytest.param(
            "It relieves pain without drugs or surgery.", ["It relieves pain without drugs or surgery."], id="no"
        ),
    ],
)
def test_compound_sentences_are_offered_as_atomic_claims(sentence, expected):
    """Coordinated predicates, objects and qualities each have their own words."""
    assert atoms(sentence) == expected


def test_a_sentence_without_verbs_of_effect_is_one_part():
    """Nothing is cut where nothing is known to be joined."""
    assert parts("Pain and swelling", []) == ((0, 17),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Our Promise\nIt heals scars", ["Our Promise", "It heals scars"], id="heading"),
        pytest.param("It heals scars and\nrelieves pain.", ["It heals scars and\nrelieves pain."], id="wrapped"),
        pytest.param("* Heals scars\n* Cures acne", ["Heals scars", "Cures acne"], id="list"),
        pytest.param("Dr. Lee uses 2.5 mg. It works.", ["Dr. Lee uses 2.5 mg.", "It works."], id="abbreviation"),
        pytest.param("It heals\n\nscars", ["It heals", "scars"], id="empty line"),
    ],
)
def test_lines_and_stops_part_sentences(text, expected):
    """Headings, lists, pages and full stops end a sentence; wrapped lines and abbreviations do not."""
    assert sentences(text) == expected


def test_nearly_every_quote_of_the_review_is_offered():
    """At most one of the quotes that reviewers chose in the article lies outside the offered sentences."""
    book = review.load(ROOT)
    text = book.texts["mesotherapy"]
    offered = [(one["start"], one["end"]) for one in candidate_claims(text) if one["score"] >= OFFERED]
    quotes = book.claims.loc[~book.claims["claim_id"].str.contains(".", regex=False), "quote"]
    missed = [
        quote
        for quote in quotes
        if not any(start < last and first < end for start, end in quote_spans(text, quote) for first, last in offered)
    ]

    assert len(quotes) == 45
    assert len(missed) <= 1


def test_each_phrase_has_a_weight_and_can_fire():
    """Every class of the phrases is weighted, every weight has phrases, and no row is doubled."""
    with PHRASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert {row["cue"] for row in rows} == set(WEIGHTS)
    assert {row["where"] for row in rows} == {"anywhere", "start"}
    assert len({(row["cue"], row["phrase"]) for row in rows}) == len(rows)
    assert set(WEIGHTS) & set(FORM) == set()


def test_a_phrase_for_the_start_fires_nowhere_else():
    """A call is one at the start of a sentence only."""
    assert [one.name for one in marks("Book a room")] == ["call"]
    assert [one.name for one in marks("A good book")] == []
