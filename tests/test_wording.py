"""The strongest sentences that the evidence allows: never stronger than their certainty, no number of their own."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from books import ROWS, as_csv, good_files, with_cell, with_cells

import review
from review.certainty import LADDER
from review.verdicts import GLOSSES
from review.vocabulary import Certainty, VerdictLabel
from review.wording import (
    BANNER,
    CERTAINTY_WORDS,
    Action,
    absolute,
    desk_of,
    finding_sentence,
    headline_sentence,
    observed,
    propose_wording,
)
from review.wording.finding import number
from review.wording.words import (
    HAPPENS,
    HOLDS,
    clause,
    in_100,
    names_in,
    population,
    product,
    signed_in_100,
    with_certainty,
)
from review.workbook import assemble

ROOT = Path(__file__).parents[1]
HEADLINES = ("C11", "C14", "C24", "C29", "C35")


@pytest.fixture(scope="module")
def desk():
    """Return the desk of the mesotherapy review."""
    return desk_of(review.load(ROOT))


@pytest.fixture(scope="module")
def proposals(desk):
    """Return its proposals by claim."""
    return {proposal.claim_id: proposal for proposal in propose_wording(desk.book, desk=desk)}


def proposal(files, claim_id="C02"):
    """Return the proposal for a claim of a small workbook."""
    return next(found for found in propose_wording(assemble(files)) if found.claim_id == claim_id)


def rated(bias="0", **synthesis):
    """Return the good files with a synthesis of C02's main part that a person rated for bias and indirectness."""
    first = ROWS["judgements"][0]
    names = (("risk of bias", bias), ("indirectness", "0"), ("imprecision", "0"), ("inconsistency", "0"))
    made = [
        {**first, "subject": "pain-rr", "domain": name, "value": value, "reason": "kim2010"} for name, value in names
    ]
    claims = [dict(row) for row in ROWS["claims"]]
    claims[3]["quantity"] = claims[1]["quantity"]
    return good_files() | {
        "claims/claims.csv": as_csv("claims", claims),
        "claims/judgements.csv": as_csv("judgements", [first, *made]),
        "claims/syntheses.csv": as_csv("syntheses", [{**ROWS["syntheses"][0], **synthesis}]),
    }


@pytest.mark.parametrize(
    ("level", "said"),
    [
        pytest.param(Certainty.HIGH, "this happens to", id="high"),
        pytest.param(Certainty.MODERATE, "this probably happens to", id="moderate"),
        pytest.param(Certainty.LOW, "this may happen to", id="low"),
        pytest.param(Certainty.VERY_LOW, "the evidence is very uncertain; seen in", id="very low"),
        pytest.param(None, "certainty not rated; seen in", id="not rated"),
    ],
)
def test_the_verb_is_as_strong_as_the_certainty(level, said):
    """Each level has GRADE's word, and what nobody rated has none of them."""
    assert with_certainty(HAPPENS, level) == said


@pytest.mark.parametrize(
    ("text", "short"),
    [
        pytest.param("ATX-101 2 mg/cm2, up to six sessions", "ATX-101 2 mg/cm2", id="to the first comma"),
        pytest.param(
            "DWJ211 0.5, 1 or 2 % every 4 weeks, to week 12", "DWJ211 0.5, 1 or 2 % every 4 weeks", id="numbers"
        ),
        pytest.param("Piroxicam (oral, daily), two weeks", "piroxicam (oral, daily)", id="brackets stay whole"),
        pytest.param("no further treatment; earlier course", "no further treatment, earlier course", id="nothing done"),
    ],
)
def test_a_product_is_named_as_short_as_the_table_allows(text, short):
    """Sessions and volumes after the name are left to the table."""
    assert product(text) == short


def test_people_are_people():
    """A disease standing for its people gets them, and brackets go."""
    assert population("Knee osteoarthritis, grade 2-3") == "people with knee osteoarthritis"
    assert (
        population("adults with mild (grade 1; BMI 25) or extreme fat; 93 randomised")
        == "adults with mild or extreme fat"
    )


def test_a_name_keeps_its_capital_after_whether():
    """A first word that another statement capitalises in its middle is a name."""
    names = names_in(["Mesotherapy works.", "It comes from France."])

    assert clause("Mesotherapy removes scars.", names) == "mesotherapy removes scars"
    assert clause("France invented it.", names) == "France invented it"
    assert clause("ATX works.") == "ATX works"


def test_risks_are_whole_unless_that_hides_somebody():
    """Neither nobody nor everybody is made by rounding."""
    assert [in_100(risk) for risk in (0.0, 0.002, 0.694, 0.998, 1.0)] == ["0", "0.2", "69", "99.8", "100"]


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        pytest.param((0.49, 0.28, 0.80), "49 more in 100 (28 to 80 more)", id="more"),
        pytest.param((-0.10, -0.20, -0.05), "10 fewer in 100 (5 to 20 fewer)", id="fewer"),
        pytest.param((0.02, -0.09, 0.15), "2 more in 100 (9 fewer to 15 more)", id="either"),
    ],
)
def test_a_difference_says_its_side(difference, words):
    """More or fewer, for both limits."""
    assert signed_in_100(difference) == words


def test_a_pooled_effect_becomes_people_per_100():
    """Two trials of 12 against 5 of 20: a risk ratio of 2.4 at 25 in 100 is 60 in 100."""
    finding = desk_of(assemble(good_files())).findings["pain-rr"]
    sentence = finding_sentence(finding, Certainty.MODERATE)
    risks = absolute(finding)

    assert risks.intervention == pytest.approx(0.60)
    assert risks.comparator == pytest.approx(0.25)
    assert sentence.startswith("Pain: this probably happens to 60 in 100 people")
    assert "25 in 100" in sentence
    assert "35 more in 100 (" in sentence


def test_risks_never_leave_their_range():
    """A risk ratio whose limit would give more than everybody stops at everybody."""
    risks = absolute(desk_of(assemble(with_cell("results", 1, "events", "15"))).findings["pain-rr"])

    assert 0 <= risks.low <= risks.intervention <= risks.high <= 1


def test_a_sentence_is_no_stronger_than_the_claim():
    """A synthesis rated High speaks with the claim's lower certainty, and the other way round."""
    files = rated(group="intervention", measure="PLO")
    found = proposal(files)
    desk = desk_of(assemble(files))
    level = min(desk.verdicts["C02.a"].certainty, desk.findings["pain-rr"].grade.level, key=LADDER.index)

    assert found.action == Action.CHANGE
    assert f"Pain: {with_certainty(HAPPENS, level)}" in found.sentence


def test_a_product_that_was_not_studied_is_removed_with_a_context_line():
    """Where no study's product is the one advertised, the sentence goes and the other's numbers stand beside."""
    files = rated(group="intervention", measure="PLO")
    rows = [dict(row) for row in ROWS["citations"]]
    rows[1] |= {"intervention_match": "no"}
    found = proposal(files | {"claims/citations.csv": as_csv("citations", rows)})

    assert (found.action, found.sentence) == (Action.REMOVE, "")
    assert found.context.startswith("About what is another product than the one advertised: Pain: ")
    assert "60 in 100 people" in found.context


def test_nothing_found_is_said_and_is_no_effect():
    """A claim that was searched for in vain says so, with its search."""
    found = proposal(with_cells("searches", 0, {"note": "A trial: none found."}), "C03")

    assert found.label == VerdictLabel.NO_EVIDENCE
    assert found.sentence == "No eligible study was found that shows whether the cream may sting: this is unknown."
    assert found.context == "Search S1 of 2026-11-01: a trial: none found."


def test_what_nobody_searched_is_not_said_at_all():
    """Without a search there is neither evidence nor the lack of it."""
    found = proposal(with_cell("searches", 0, "claim_ids", "C01"), "C03")

    assert (found.action, found.sentence) == (Action.REMOVE, "")
    assert found.context == "Nobody has looked for evidence yet."


def test_every_whole_claim_has_its_proposal(desk, proposals):
    """All 45, with the action that the label calls for and the same banner."""
    actions = {VerdictLabel.SUPPORTED: {Action.KEEP}, VerdictLabel.SUPPORTED_WITH_LIMITS: {Action.ADD}}

    assert set(proposals) == {name for name in desk.book.claims["claim_id"] if "." not in name}
    for each in proposals.values():
        assert each.action in actions.get(each.label, {Action.CHANGE, Action.REMOVE})
        assert each.banner == BANNER
        assert GLOSSES[each.label] in each.reason
        assert bool(each.sentence) == (each.action not in {Action.KEEP, Action.REMOVE})


def test_no_proposal_is_stronger_than_its_certainty(desk, proposals):
    """Each sentence on an effect has the words of the lower of claim and finding, and no other level's."""
    lead = CERTAINTY_WORDS[Certainty.VERY_LOW].lead
    for name, each in proposals.items():
        level = desk.verdicts[name].certainty
        if each.action == Action.CHANGE and level == Certainty.LOW:
            assert re.search(rf": this may |This may hold|{lead}", each.sentence), name
            assert "probably" not in each.sentence
        if each.action == Action.CHANGE and level == Certainty.VERY_LOW and name != "C04":
            assert each.sentence.startswith("The evidence is very uncertain about whether "), name


def test_one_adverb_a_sentence(proposals):
    """No sentence hedges twice."""
    adverbs = [words.adverb or words.lead for words in CERTAINTY_WORDS.values() if words.adverb or words.lead]
    for each in proposals.values():
        said = each.sentence.split(" about whether ")[0]
        assert sum(len(re.findall(rf"\b{adverb}\b", said)) for adverb in adverbs) <= 1, each.claim_id


def test_words_of_guilt_stand_nowhere(proposals):
    """What an advert's wording is called is the verdict's business."""
    text = " ".join(f"{each.sentence} {each.context} {each.reason}" for each in proposals.values())

    assert re.findall(r"\b(?:false|misleading|illegal|banned|no effect)\b", text, re.IGNORECASE) == []


def test_bruises_of_the_drug_stand_beside_those_of_the_needle(desk, proposals):
    """No text names bruises with a drug and not with placebo injections."""
    texts = [each.sentence for each in proposals.values()] + [each.context for each in proposals.values()]
    texts += [finding_sentence(one, Certainty.LOW) for one in desk.findings.values()]
    texts += [observed(one) for one in desk.findings.values()]
    texts += [headline_sentence(desk.verdicts[name], desk.book, desk=desk) for name in HEADLINES]

    named = [text for text in texts if re.search(r"bruising[^:]*: ", text, re.IGNORECASE)]
    assert named
    assert [text for text in named if "placebo" not in text] == []


def known_numbers(finding, per=100):
    """Return every number that a sentence on a finding may hold, recomputed here from the results table."""
    found = {str(per), str(len(finding.studies))}
    for arm in finding.arms + (finding.beside.arms if finding.beside else ()):
        values = {name: number(arm, name) for name in ("n", "events", "percent", "mean", "median")}
        if values["n"] > 0 and not math.isnan(values["events"]):
            found |= texts(
                per * share for share in (values["events"] / values["n"], *wilson(values["events"], values["n"]))
            )
        found |= texts(value for value in values.values() if not math.isnan(value))
    for study in finding.studies.values():
        found |= texts([study.n_enrolled])
    both = [
        sum(number(arm, "n") for arm in finding.arms if arm.group == group) for group in ("intervention", "comparator")
    ]
    pooled = finding.shown.primary.pooled if finding.shown.primary else None
    if pooled:
        risk = sum(arm.events for arm in finding.arms if arm.group == "comparator") / both[1]
        ratios = (pooled.estimate, pooled.estimate_ci_low, pooled.estimate_ci_high)
        risks = [min(risk * ratio, 1) for ratio in ratios]
        found |= texts(per * value for value in (risk, *risks, *(abs(each - risk) for each in risks)))
    return found | texts([sum(both)] if not any(map(math.isnan, both)) else [])


def texts(values):
    """Return numbers as they may be printed."""
    return {f"{value:{form}}" for value in values for form in (",.0f", ".0f", ".1f", ".3g")}


def wilson(x, n, z=1.959963984540054):
    """Return Wilson's limits (Wilson 1927), or the exact one-sided 95 % limit of no event."""
    if x == 0 and n >= 30:
        return 0.0, 1 - 0.05 ** (1 / n)
    middle, half = (x + z * z / 2) / (n + z * z), z / (n + z * z) * math.sqrt(x * (n - x) / n + z * z / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def numbers_left(text, finding):
    """Return the numbers of a text that no name, time, product or population of the tables explains."""
    of = [one for one in (finding, finding.beside) if one is not None]
    said = {one.outcome.name for one in of}
    for one in of:
        for study in one.studies.values():
            said |= {
                study.study_id,
                product(study.intervention),
                product(study.comparator),
                population(study.population),
            }
            said |= {population(study.comparator)}
        said |= {arm.timepoint for arm in one.arms} | {product(arm.arm) for arm in one.arms}
    scale = re.search(r"0 to (\d+)", finding.outcome.unit)
    said |= {f"of {scale[1]} points"} if scale else set()
    for known in sorted(filter(None, said), key=len, reverse=True):
        text = text.replace(known, " ")
    return re.findall(r"\d[\d,]*(?:\.\d+)?", text)


def test_no_sentence_has_a_number_of_its_own(desk):
    """Every number of every sentence can be recomputed from the results table and the pooled effect."""
    for finding in desk.findings.values():
        for text in (finding_sentence(finding, Certainty.LOW), observed(finding)):
            allowed = known_numbers(finding)
            left = [number for number in numbers_left(text, finding) if number.rstrip(",") not in allowed]
            assert left == [], finding.name


def test_painless_is_answered_with_numbers_unit_and_product(desk):
    """The first screen's sentence on C24 has the score, the counts under drug and placebo, and what was injected."""
    sentence = headline_sentence(desk.verdicts["C24"], desk.book)

    assert "8.0 and 7.4 of 10 points on average" in sentence
    assert "scalp mesotherapy" in sentence
    assert "30 people" in sentence
    assert "356 of 513 people with deoxycholic acid" in sentence
    assert "160 of 506 people with placebo injections" in sentence


@pytest.mark.parametrize("claim_id", HEADLINES)
def test_every_headline_has_a_number_and_a_locator(desk, claim_id):
    """Each first-screen sentence is one sentence with counts or scores and the study that they stand in."""
    sentence = headline_sentence(desk.verdicts[claim_id], desk.book, desk=desk)

    assert re.search(r"\d+ of \d+ (people|points)|in 100 people", sentence)
    assert any(name in sentence for name in desk.index.studies)
    assert sentence.endswith(".")


def test_a_claim_without_numbers_says_so():
    """Nothing found and nothing that can be set beside the claim are different sentences."""
    desk = desk_of(assemble(good_files()))

    assert headline_sentence(desk.verdicts["C03"], desk.book) == "No eligible study was found; this is unknown."
    assert "no number" in headline_sentence(desk.verdicts["C01"], desk.book)


def test_no_recovery_time_goes_and_another_product_stands_beside(proposals):
    """C29: missed plans under the chin, with the bruises of drug and needle."""
    found = proposals["C29"]

    assert found.action == Action.REMOVE
    assert "34 in 100 people (27 to 41)" in found.context
    assert "placebo injections" in found.context


def test_only_the_part_that_the_evidence_bears_is_offered(proposals):
    """C04: of five places the chin."""
    found = proposals["C04"]

    assert found.action == Action.CHANGE
    assert "chin fat: this may happen to" in found.sentence
    assert "bears only “chin”" in found.context


def test_the_page_on_wording_has_the_words_of_the_table():
    """docs/wording.md gives each level its word, and the banner."""
    page = (ROOT / "docs" / "wording.md").read_text()

    assert [
        level
        for level, words in CERTAINTY_WORDS.items()
        if f"| {level} | {words.adverb or words.lead or '(none)'} |" not in page
    ] == []
    assert " ".join(BANNER.split()) in " ".join(page.replace("\n> ", " ").split())
    assert with_certainty(HOLDS, Certainty.HIGH) == "this holds"
