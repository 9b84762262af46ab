"""How strongly a text is worded: cues by class, negation, hedges, scope, sentences, and the 45 claims."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from books import good_files
from hypothesis import given
from hypothesis import strategies as st

import review
from review.cues import LEVELS, SCALE_NOTE, Role, claim_wording, sentences, wording_strength
from review.workbook import assemble

LEXICON = Path(review.__file__).parent / "cues" / "lexicon.csv"

#: By class: text, level, and whether the class is among its cues as asserted (True), as denied (False) or not (None).
PHRASES = {
    "absolute effect": [
        ("It dissolves fat.", 4, True),
        ("The scar is removed.", 4, True),
        ("It completely removes wrinkles.", 5, True),
        ("Melts away 100% of the fat.", 5, True),
        ("Leaves skin wrinkle-free.", 5, True),
        ("It does not dissolve fat.", 0, False),
        ("It does not dissolve fat, remove scars or eliminate wrinkles.", 0, False),
        ("Dissolve in saline before use.", 0, None),
        ("The powder is dissolved in sterile water.", 0, None),
        ("Removes make-up.", 0, None),
        ("Wound healing takes time.", 0, None),
        ("Our oil is gluten-free.", 0, None),
    ],
    "effect": [
        ("It reduces fat.", 4, True),
        ("Provides visible results.", 4, True),
        ("It is a fat-reducing injection.", 0, True),
        ("It reduces nothing but never improves skin.", 4, False),
        ("Benefits of treatment", 0, None),
        ("The treated area is cleaned.", 0, None),
        ("At a reduced price.", 0, None),
    ],
    "permanence": [
        ("The results are permanent.", 5, True),
        ("The fat is gone for good.", 5, True),
        ("The fat won’t come back.", 5, True),
        ("It never returns.", 5, True),
        ("A long-lasting effect.", 0, True),
        ("The results are not permanent.", 0, False),
        ("There are no permanent results.", 0, False),
        ("Mark the area with a permanent marker.", 0, None),
        ("We offer permanent hair removal.", 0, None),
        ("A semi-permanent colour.", 0, None),
        ("Patients do not come back to the clinic.", 0, None),
        ("For good measure we add tea.", 0, None),
    ],
    "painless": [
        ("The treatment is painless.", 5, True),
        ("Pain-free!", 5, True),
        ("There is no pain.", 5, True),
        ("Without any pain.", 5, True),
        ("It doesn't hurt.", 5, True),
        ("It is not painful.", 5, True),
        ("A comfortable treatment.", 0, True),
        ("The treatment is not painless.", 0, False),
        ("It is not without pain.", 0, False),
        ("It does not use needles.", 0, None),
        ("It hurts.", 0, None),
        ("Lower back pain.", 0, None),
        ("No pain relief is given.", 0, None),
        ("There is no way to avoid pain.", 0, None),
        ("It is not as painful as surgery.", 0, None),
    ],
    "no recovery": [
        ("There is no recovery time.", 5, True),
        ("No downtime.", 5, True),
        ("You will not need bandages or gauzes.", 5, True),
        ("Back to work the same day.", 5, True),
        ("It is not without downtime.", 0, False),
        ("Recovery takes a week.", 0, None),
        ("There is no recovery room.", 0, None),
    ],
    "safety absolute": [
        ("Totally safe.", 5, True),
        ("There are no side effects.", 5, True),
        ("It does not cause bruising or scarring.", 5, True),
        ("A gentle, natural way.", 0, True),
        ("It is not safe.", 0, False),
        ("It is not free of side effects.", 0, False),
        ("Side effects are common.", 0, None),
        ("Store in a safe place.", 0, None),
        ("The safe dose of the drug is 10 mg.", 0, None),
        ("This is unsafe.", 0, None),
    ],
    "guarantee / certainty": [
        ("Results guaranteed.", 5, True),
        ("Clinically proven.", 5, True),
        ("It is certain to please.", 5, True),
        ("Clinical studies show an effect.", 0, True),
        ("It is not clinically proven.", 0, False),
        ("With a money-back guarantee.", 0, None),
        ("Certain areas take longer.", 0, None),
        ("An unproven method.", 0, None),
    ],
    "immediacy": [
        ("It starts at once.", 0, True),
        ("It works in just two weeks.", 4, True),
        ("It immediately disappears.", 4, True),
        ("You immediately save on expenses.", 4, None),
        ("Call your doctor immediately.", 0, None),
    ],
    "universality": [
        ("It works for everyone.", 5, True),
        ("It reduces fat in any area.", 5, True),
        ("It always works.", 5, True),
        ("All patients get a leaflet.", 0, True),
        ("It does not work for everyone.", 0, False),
        ("Anyone with an appointment is welcome.", 0, None),
        ("Always consult a nurse.", 0, None),
    ],
    "effortless": [
        ("Lose weight without dieting.", 5, True),
        ("It involves no preparation.", 5, True),
        ("A non-surgical procedure.", 0, True),
        ("It does not require general anesthesia.", 0, True),
        ("Diet and exercise are needed.", 0, None),
        ("Do not exercise today.", 0, None),
    ],
    "toxin / cleansing": [
        ("It flushes out fat.", 4, True),
        ("Toxins are named.", 0, True),
        ("It will not detoxify you.", 0, False),
        ("Botulinum toxin type A is injected.", 0, None),
        ("Facial flushing was seen.", 0, None),
    ],
    "mechanism as benefit": [
        ("Boosts your metabolism.", 4, True),
        ("Blood flow was measured.", 0, True),
        ("It does not stimulate growth.", 0, False),
    ],
    "anatomic spread": [("Love handles and chin.", 0, True), ("Both study arms were alike.", 0, None)],
    "social proof": [("The most popular method.", 0, True), ("Used in Europe since the 1950s.", 0, True)],
    "novelty": [("A breakthrough.", 0, True), ("Breakthrough bleeding.", 0, None), ("It is no miracle.", 0, False)],
    "comparative": [("Cheaper than surgery.", 0, True), ("Small areas are priced lower.", 0, True)],
    "quantity": [("Eight to ten treatments.", 0, True), ("From $250 to $400.", 0, True), ("See page 4.", 0, None)],
    "hedge": [
        ("It may reduce fat.", 2, True),
        ("It might possibly reduce fat.", 2, True),
        ("It is used for headaches.", 2, True),
        ("It can reduce fat.", 3, True),
        ("It helps in reducing fat.", 3, True),
        ("It usually reduces fat.", 3, True),
        ("It reduces some fat.", 3, True),
        ("It removes up to 90% of the fat.", 3, True),
        ("It is painless in most cases.", 3, True),
        ("It is virtually painless.", 3, True),
        ("Little to no downtime.", 3, True),
        ("It may help reduce fat.", 2, True),
        ("It is not able to reduce fat.", 0, False),
        ("It cannot reduce fat.", 0, None),
        ("The clinic opens in May 2027.", 0, None),
        ("May 5 is a holiday.", 0, None),
        ("A can of foam.", 0, None),
        ("May I help?", 0, None),
        ("You should consult a nurse.", 0, None),
        ("Be up to date.", 0, None),
    ],
    "association": [
        ("It is linked to loss of weight.", 1, True),
        ("It is associated with reduced fat.", 1, True),
        ("It is not associated with it.", 0, False),
    ],
    "attribution": [
        ("It is advertised as permanent.", 5, True),
        ("Many believe that it removes scars.", 4, True),
        ("The label gives it.", 0, None),
    ],
    "condition": [("It is permanent if you exercise.", 5, True), ("As if.", 0, None)],
    "disclaimer": [("Results may vary.", 0, True), ("Individual results may vary; it removes scars.", 4, True)],
}


@pytest.mark.parametrize(
    ("cue_class", "text", "level", "asserted"),
    [pytest.param(name, *case, id=f"{name}: {case[0]}") for name, cases in PHRASES.items() for case in cases],
)
def test_each_class_fires_is_denied_and_is_guarded(cue_class, text, level, asserted):
    """A phrase has the level that it should, and its class is asserted, denied or not there."""
    wording = wording_strength(text)
    found = [not cue.negated for cue in wording.cues if cue.cue_class == cue_class]

    assert (wording.level, wording.name) == (level, LEVELS[level])
    assert (asserted in found) if asserted is not None else (found == [])


def test_every_class_of_the_lexicon_has_its_cases():
    """A new class comes with phrases; a row's role is known, and its class has cues beside guards."""
    rows = list(csv.DictReader(LEXICON.read_text(encoding="utf-8").splitlines()))

    assert {row["cue_class"] for row in rows} - {"negation"} == set(PHRASES)
    assert {row["role"] for row in rows} == set(Role)
    assert all(row["phrase"] == row["phrase"].strip() != "" for row in rows)


def test_the_scale_says_what_it_is():
    """Six steps, and a note that it is ours and unvalidated."""
    assert list(LEVELS) == [0, 1, 2, 3, 4, 5]
    assert "not validated" in SCALE_NOTE


@pytest.mark.parametrize(
    ("text", "level"),
    [
        pytest.param("It may sting, but it is painless.", 5, id="a hedge ends with its clause"),
        pytest.param("It may sting and removes scars.", 4, id="a verb of its own after and"),
        pytest.param("It may sting or bruise, remove scars and reduce fat.", 2, id="a list under one hedge"),
        pytest.param("Normally, these marks fade.", 3, id="a word that leads in"),
        pytest.param("In most cases, it removes scars.", 3, id="a phrase that leads in"),
        pytest.param("Although swelling may occur, it disappears.", 4, id="a clause that leads in"),
        pytest.param("It is painless. It may sting.", 5, id="of several sentences the strongest"),
        pytest.param("It not only reduces fat but smooths skin.", 4, id="not only is no negation"),
        pytest.param("No pain, no exercise, no recovery time.", 5, id="denials in a row"),
        pytest.param("Without surgery the cream removes scars.", 4, id="a denied noun denies no verb"),
        pytest.param("Results may not be permanent.", 2, id="a hedge before a negation"),
        pytest.param("No\u00a0recovery\u2003time.", 5, id="other white space"),
        pytest.param("PAINLESS", 5, id="capitals"),
        pytest.param("", 0, id="nothing"),
        pytest.param("   ", 0, id="white space"),
    ],
)
def test_scope(text, level):
    """Negation and hedges reach as far as their clause."""
    assert wording_strength(text).level == level


def test_context_hedges_and_adds_no_strength():
    """Words before the text govern it; what they claim themselves is not the text's."""
    hedged = wording_strength("removing scars", context="Many believe that it helps in reducing fat,")
    plain = wording_strength("the face and the neck", context="It permanently removes fat from")

    assert (hedged.level, [cue.cue_class for cue in hedged.cues]) == (3, ["attribution", "hedge", "absolute effect"])
    assert plain.level == 0


def test_context_of_another_sentence_does_not_govern():
    """A hedge ends with its sentence."""
    assert wording_strength("It removes scars.", context="It may sting.").level == 4


def test_a_cue_knows_its_place_its_negation_and_its_hedge():
    """Places count from the text, below zero before it."""
    attribution, hedge, cue = wording_strength("removing scars", context="They say that it helps in").cues

    assert (cue.text, cue.start, cue.end, cue.negated, cue.hedge) == ("removing", 0, 8, False, "helps in")
    assert (hedge.text, hedge.start, hedge.end) == ("helps in", -9, -1)
    assert attribution.text == "say that"


def test_conditions_and_attributions_are_recorded_and_lower_nothing():
    """What is permanent under a condition is permanent, with its condition beside it."""
    wording = wording_strength("The results will be permanent if you exercise.")

    assert [(cue.cue_class, cue.text) for cue in wording.cues] == [("permanence", "permanent"), ("condition", "if")]
    assert wording.level == 5


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text):
    """Any text has a level, and its cues stand where they say."""
    wording = wording_strength(text)

    assert wording.level in LEVELS
    assert all(text[cue.start : cue.end] == cue.text != "" for cue in wording.cues)


WORDS = st.sampled_from(
    [
        "may",
        "not",
        "no",
        "painless",
        "pain",
        "removes",
        "permanent",
        "and",
        ",",
        ".",
        "it",
        "if",
        "up to",
        "but",
        "\n\n",
    ]
)


@given(st.lists(WORDS, max_size=25), st.lists(WORDS, max_size=6))
def test_no_mixture_of_cues_is_too_strange(words, context):
    """Cues in any order, with any context before them, give a level and no fault."""
    wording = wording_strength(" ".join(words), context=" ".join(context))

    assert wording.level in LEVELS
    assert list(wording.cues) == sorted(wording.cues, key=lambda cue: cue.start)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Use 0.5 ml, e.g. in the U.S. market. Done.", ["Use 0.5 ml, e.g. in the U.S. market.", "Done."]),
        ("Dr. A. B. Lee saw Fig. 2 and No. 5. No. Yes.", ["Dr. A. B. Lee saw Fig. 2 and No. 5.", "No.", "Yes."]),
        ("It has vitamin C. It helps.", ["It has vitamin C.", "It helps."]),
        ("He said “It works.” Then left.", ["He said “It works.”", "Then left."]),
        ("Benefits\n\nIt works.\u00a0It lasts", ["Benefits", "It works.", "It lasts"]),
        ("a line\nthat goes on", ["a line\nthat goes on"]),
        ("Offers:\n1. First\n2. Second\n- third", ["Offers:", "1. First", "2. Second", "- third"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, found):
    """Decimals, abbreviations, initials and wrapped lines end none; empty lines and items of a list do."""
    assert [text[start:end] for start, end in sentences(text)] == found


@given(st.text(max_size=200))
def test_sentences_hold_every_word(text):
    """Sentences come in order, overlap nowhere, and leave out white space only."""
    spans = sentences(text)

    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())


def test_text_without_an_end_is_cut():
    """A table without periods does not make one endless sentence."""
    spans = sentences("may " * 2000)

    assert len(spans) > 1
    assert max(end - start for start, end in spans) <= 1000


def test_claims_are_read_in_their_document():
    """One row for each claim in the table's order, a part in its own words; an unknown document leaves the quote."""
    book = assemble(good_files())
    found = claim_wording(book.claims, book.texts)
    without = claim_wording(book.claims, {})

    assert found["claim_id"].tolist() == book.claims["claim_id"].tolist()
    assert dict(zip(found["claim_id"], found["level"], strict=True)) == {"C01": 4, "C02": 5, "C02.a": 5, "C03": 2}
    assert without["level"].tolist() == found["level"].tolist()
    assert claim_wording(book.claims.iloc[:0], book.texts).columns.tolist() == ["claim_id", "level", "name", "cues"]


#: Each claim's level with the words that give it.
ARTICLE = {
    "C01": (0, "a date and a place"),
    "C02": (0, "popularity; 'fat-reducing' stands in the name and is not asserted"),
    "C03": (4, "'reduces'"),
    "C04": (3, "'being able to reduce', under 'is advertised as'"),
    "C05": (3, "'helps in reducing', under 'believe that'"),
    "C06": (3, "'removing' under 'helps in'"),
    "C07": (3, "'stimulating' under 'helps in'"),
    "C08": (3, "'eliminating' under 'helps in'"),
    "C09": (4, "'benefits patients'"),
    "C10": (4, "'improves'"),
    "C11": (4, "'dissolves'"),
    "C12": (4, "'removes'"),
    "C13": (4, "'improves'"),
    "C14": (5, "'do not come back'"),
    "C15": (0, "facts of the procedure: non-surgical, no general anaesthesia"),
    "C16": (4, "'save'; 'immediately' is of the price"),
    "C17": (2, "'is also used for'"),
    "C18": (2, "'is also used for'"),
    "C19": (2, "'is also used for'"),
    "C20": (2, "'is also used for'"),
    "C21": (2, "'is also used for'"),
    "C22": (5, "'no preparation'"),
    "C23": (0, "a duration, 'usually'"),
    "C24": (5, "'painlessly'"),
    "C25": (4, "'melts', 'shrinks'"),
    "C26": (4, "'carried into', 'excreted'"),
    "C27": (4, "'destroy'"),
    "C28": (5, "'dimple-free'"),
    "C29": (5, "'no recovery time'"),
    "C30": (5, "'not need garments, bandages or gauzes'"),
    "C31": (4, "'immediately disappears' is not under 'may occurs'"),
    "C32": (4, "'eliminated'"),
    "C33": (3, "'to allow'"),
    "C34": (2, "'may require'"),
    "C35": (5, "'permanent', with its condition"),
    "C36": (2, "'may be required'"),
    "C37": (0, "a place, 'usually'"),
    "C38": (2, "'may range'"),
    "C39": (2, "'may include'"),
    "C40": (3, "'fade' under 'Normally'"),
    "C41": (4, "'heals', 'producing'"),
    "C42": (0, "how it is injected"),
    "C43": (0, "who believes"),
    "C44": (2, "'may be required', 'may require'"),
    "C45": (0, "a comparison of prices"),
}
#: Parts whose words are not as strong as the whole's.
PARTS = {
    "C24.a": (0, "the needle's size"),
    "C31.a": (2, "'mild swelling' is the subject of 'may occurs'"),
}


@pytest.fixture(scope="module")
def article(root):
    """Return the wording of the review's own claims by id."""
    book = review.load(root)
    return claim_wording(book.claims, book.texts).set_index("claim_id")


@pytest.mark.parametrize(("claim_id", "level"), [(claim_id, level) for claim_id, (level, _) in ARTICLE.items()])
def test_the_claims_of_the_article_are_read_as_worded(article, claim_id, level):
    """Each claim's level is the one that a reader gave it."""
    assert article.loc[claim_id, "level"] == level


def test_the_parts_are_read_in_their_own_words(article):
    """A part has its whole's level unless its own words say less."""
    for claim_id, row in article.iterrows():
        whole = ARTICLE[claim_id.partition(".")[0]]
        assert (claim_id, row["level"]) == (claim_id, PARTS.get(claim_id, whole)[0])


def test_what_stands_beside_a_claim_is_recorded(article):
    """The condition of C35, the believers of C08, and the burning that is no burning of fat."""

    def classes(claim_id):
        return {cue.cue_class for cue in article.loc[claim_id, "cues"]}

    assert "condition" in classes("C35")
    assert {"attribution", "hedge"} <= classes("C08")
    assert classes("C39") == {"hedge"}


def test_the_wording_of_many_claims_is_a_plain_table(article):
    """Levels are numbers, cues are tuples."""
    assert pd.api.types.is_integer_dtype(article["level"])
    assert all(isinstance(cues, tuple) for cues in article["cues"])
