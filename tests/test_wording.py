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
from review.wording.headlines import LONG_HEADLINE
from review.wording.names import merged, population, product, times, who, without_brackets
from review.wording.sentences import LONG_SENTENCE, short_sentence
from review.wording.words import (
    HAPPENS,
    HAVE,
    IS,
    LASTS,
    bracketed,
    clause,
    hedged,
    in_100,
    names_in,
    printed,
    signed_in_100,
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
        pytest.param(Certainty.HIGH, ("", "have", "lasts"), id="high"),
        pytest.param(Certainty.MODERATE, ("", "probably have", "probably lasts"), id="moderate"),
        pytest.param(Certainty.LOW, ("", "may have", "may last"), id="low"),
        pytest.param(Certainty.VERY_LOW, ("the evidence is very uncertain", "had", "lasted"), id="very low"),
        pytest.param(None, ("certainty not rated", "had", "lasted"), id="not rated"),
    ],
)
def test_the_verb_is_as_strong_as_the_certainty(level, said):
    """Each level has GRADE's word, and what nobody rated has none of them."""
    lead, have = hedged(HAVE, level)
    _, lasts = hedged(LASTS, level)

    assert (lead, have, lasts) == said


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


@pytest.mark.parametrize(
    ("names", "said"),
    [
        pytest.param(
            ["adults with mild or extreme fat", "adults with moderate fat", "adults with moderate fat"],
            "adults with mild, extreme or moderate fat",
            id="alternatives",
        ),
        pytest.param(
            ["adults with mild to severe fat", "adults with a double chin and fat"],
            "adults with mild to severe or a double chin and fat",
            id="longer ones",
        ),
        pytest.param(
            ["women with scars", "women with scars after acne"],
            "women with scars or women with scars after acne",
            id="more",
        ),
        pytest.param(["women", "men"], "women or men", id="nothing shared"),
        pytest.param(["women with scars"], "women with scars", id="one"),
        pytest.param([], "", id="none"),
    ],
)
def test_people_of_several_studies_are_named_once(names, said):
    """What all names begin and end with is said once, and nothing of what differs is lost."""
    assert merged(names) == said


def test_units_are_printed_and_brackets_stay_single():
    """Square and cubic units have their sign; what stands in brackets joins those before it."""
    assert printed("2 mg/cm2 in 3 cm3, 5 m2, CM2") == "2 mg/cm² in 3 cm³, 5 m², CM2"
    assert bracketed("pain (a)", "Kim 2010") == "pain (a; Kim 2010)"
    assert bracketed("pain", "Kim 2010") == "pain (Kim 2010)"


def test_people_are_people():
    """A disease standing for its people gets them, and brackets go."""
    assert population("Knee osteoarthritis, grade 2-3") == "people with knee osteoarthritis"
    assert (
        population("adults with mild (grade 1; BMI 25) or extreme fat; 93 randomised")
        == "adults with mild or extreme fat"
    )
    assert population("100 consecutive patients, 152 sessions") == "consecutive patients"


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
    assert sentence.startswith("Pain: this probably happens to about 60 in 100 people with ")
    assert ", against 25 in 100 with " in sentence
    assert "(35 more, " in sentence
    assert sentence.endswith("2 trials of 80 people: Park 2008 and Kim 2010).")


def worded(**cells):
    """Return the finding of a small workbook whose tables also have the short names that a sentence takes."""
    studies = [dict(row) | cells.get("study", {}) for row in ROWS["studies"]]
    outcomes = [dict(row) for row in ROWS["outcomes"]]
    outcomes[0]["said"] = cells.get("said", "had pain where it was rubbed in")
    results = [dict(row) | cells.get("result", {}) for row in ROWS["results"]]
    files = good_files() | {
        "claims/studies.csv": as_csv("studies", studies),
        "claims/outcomes.csv": as_csv("outcomes", outcomes),
        "claims/results.csv": as_csv("results", results),
    }
    return desk_of(assemble(files)).findings["pain-rr"]


def test_product_and_people_come_first():
    """With the short names of the tables: with what how many have what, when, and against how many."""
    names = {
        "intervention_said": "the cream (2 mg/cm2)",
        "comparator_said": "a plain cream",
        "population_said": "adults with a cough",
    }
    finding = worded(study=names, result={"timepoint": "12 weeks after last session"})
    sentence = finding_sentence(finding, Certainty.LOW)

    assert sentence.startswith(
        "With the cream (2 mg/cm²), about 60 in 100 people may have pain where it was rubbed in 12 weeks after the "
        "last session, against 25 in 100 with a plain cream (35 more, "
    )
    assert sentence.endswith("; 2 trials of 80 adults with a cough: Park 2008 and Kim 2010).")


def test_a_very_uncertain_sentence_says_so_first():
    """No verb states an effect; what was seen is in the past."""
    sentence = finding_sentence(worded(), Certainty.VERY_LOW)

    assert sentence.startswith("The evidence is very uncertain: with ")
    assert "60 in 100 people had pain where it was rubbed in" in sentence


def test_a_time_that_cannot_follow_stands_in_brackets():
    """An outcome with a time of its own, and a time that is no "after", leave it to the brackets."""
    plain = finding_sentence(worded(), Certainty.LOW)
    own = worded(said="had pain within two days", result={"timepoint": "2 days after the first session"})
    twice = finding_sentence(own, Certainty.LOW)

    assert "more; 12 weeks; 2 trials" in plain
    assert "have pain within two days, against" in twice
    assert "more; 2 days after the first session; 2 trials" in twice


def test_what_does_not_begin_with_had_is_not_made_a_sentence():
    """Where `said` cannot follow *may have*, the outcome's name stands as it is."""
    assert finding_sentence(worded(said="pain"), Certainty.LOW).startswith("Pain: this may happen to about 60 in 100")


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
    assert f"Pain: this {hedged(HAPPENS, level)[1]}" in found.sentence


def test_a_product_that_was_not_studied_is_removed_with_a_context_line():
    """Where no study's product is the one advertised, the sentence goes and the other's numbers stand beside."""
    files = rated(group="intervention", measure="PLO")
    rows = [dict(row) for row in ROWS["citations"]]
    rows[1] |= {"intervention_match": "no"}
    found = proposal(files | {"claims/citations.csv": as_csv("citations", rows)})

    assert (found.action, found.sentence) == (Action.REMOVE, "")
    assert found.context.startswith("What was studied is another product than the one advertised. Pain: ")
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
            assert re.search(rf"\bmay (have|be|last|hold)\b|{lead}", each.sentence, re.IGNORECASE), name
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

    named = [text for text in texts if re.search(r"had bruis|have bruis|bruising.* last", text, re.IGNORECASE)]
    assert named
    assert [text for text in named if "placebo" not in text] == []


def known_numbers(finding, per=100):
    """Return every number that a sentence on a finding may hold, recomputed here from the results table."""
    found = {str(per), str(len(finding.studies))}
    arms = finding.arms + (finding.beside.arms if finding.beside else ())
    for arm in arms:
        values = {name: number(arm, name) for name in ("n", "events", "percent", "mean", "median")}
        if values["n"] > 0 and not math.isnan(values["events"]):
            found |= texts(
                per * share for share in (values["events"] / values["n"], *wilson(values["events"], values["n"]))
            )
        found |= texts(value for value in values.values() if not math.isnan(value))
    for study in finding.studies.values():
        own = [arm for arm in arms if arm.study_id == study.study_id]
        groups = [[arm for arm in own if arm.group == group] for group in ("intervention", "comparator", "single")]
        pairs = [[arm for arm in own if arm.comparison_id == name] for name in {arm.comparison_id for arm in own}]
        sizes = [sum(number(arm, "n") for arm in some) for some in (own, *groups, *pairs)]
        found |= texts([study.n_enrolled, *(size for size in sizes if not math.isnan(size))])
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
    """Return the numbers of a text that no name, time, product, source or population of the tables explains."""
    of = [one for one in (finding, finding.beside) if one is not None]
    said = {name for one in of for name in (one.outcome.name, one.outcome.said.removeprefix("had "))}
    for one in of:
        said |= set(one.sources.values()) | set(times(one.arms)) | {product(arm.arm) for arm in one.arms}
        said |= {merged([who(study) for study in one.studies.values()])}
        for study in one.studies.values():
            said |= {study.intervention_said, study.comparator_said, product(study.intervention), who(study)}
            said |= {product(without_brackets(study.comparator))}
    said |= {printed(name) for name in said} | {without_brackets(name) for name in said}
    scale = re.search(r"0 to (\d+)", finding.outcome.unit)
    said |= {f"of {scale[1]} points"} if scale else set()
    for known in sorted(filter(None, said | {name.removesuffix(")") for name in said}), key=len, reverse=True):
        text = text.replace(known, " ")
    return re.findall(r"\d[\d,]*(?:\.\d+)?", text)


def test_no_sentence_has_a_number_of_its_own(desk):
    """Every number of every sentence can be recomputed from the results table and the pooled effect."""
    for finding in desk.findings.values():
        for text in (finding_sentence(finding, Certainty.LOW), observed(finding), *short_sentence(finding, None)):
            allowed = known_numbers(finding)
            left = [number for number in numbers_left(text, finding) if number.rstrip(",") not in allowed]
            assert left == [], finding.name


def test_painless_is_answered_with_numbers_unit_and_product(desk):
    """The first screen's sentence on C24 has the score, the risks under drug and placebo, and what was injected."""
    sentence = headline_sentence(desk.verdicts["C24"], desk.book)

    assert sentence == (
        "Pain during the injections was 8.0 and 7.4 of 10 points on average with scalp mesotherapy without a vibrating "
        "device (30 people, Carvalho 2021); 69 in 100 people had pain recorded at the injection site with deoxycholic "
        "acid, against 32 in 100 with placebo injections (1,019 people, product label 2015); only partly the product "
        "advertised."
    )


@pytest.mark.parametrize("claim_id", HEADLINES)
def test_every_headline_has_a_number_and_a_source(desk, claim_id):
    """Each first-screen sentence is one short sentence with risks or scores and the study that they stand in."""
    sentence = headline_sentence(desk.verdicts[claim_id], desk.book, desk=desk)

    assert re.search(r"\d+ of \d+ points|in 100 people", sentence)
    assert any(name in sentence for name in desk.sources.values())
    assert len(sentence.split()) <= LONG_HEADLINE
    assert sentence.endswith(".")


def test_studies_of_the_product_advertised_are_counted_in_a_headline(desk):
    """C11: the numbers are of a drug, and ten studies of what is advertised have none for that outcome."""
    sentence = headline_sentence(desk.verdicts["C11"], desk.book, desk=desk)

    assert sentence.startswith("67 in 100 people had at least one grade less chin fat ")
    assert "(516 people, Humphrey 2016, largest of 3 trials)" in sentence
    assert sentence.endswith("; 10 studies of the product advertised itself have no such numbers here.")


def test_sentences_are_short_and_the_rest_stands_beside(proposals):
    """What a long sentence leaves out, limits, people and names of pooled studies, is in the context."""
    lengths = {name: len(each.sentence.split()) for name, each in proposals.items()}
    shortened = proposals["C07"]

    assert {name for name, words in lengths.items() if words > LONG_SENTENCE + 10} == set()
    assert "(50 to 83)" not in shortened.sentence
    assert "50 women with androgenetic alopecia" in shortened.sentence
    assert "69 in 100 people (50 to 83) with intradermal minoxidil 0.5%" in shortened.context
    assert "The 3 trials: Jones 2016, Humphrey 2016 and Glogau 2019." in proposals["C11"].context


def test_no_sentence_names_a_study_by_its_key(desk, proposals):
    """Sources are cited by author and year; keys stand in what a proposal rests on."""
    keys = re.compile(rf"\b(?:{'|'.join(desk.index.studies)})\b")
    texts = [f"{each.sentence} {each.context}" for name, each in proposals.items() if not name.startswith("C06")]
    texts += [finding_sentence(one, one.grade.level) for one in desk.findings.values()]

    assert [text for text in texts if keys.search(text)] == []


def test_what_the_sources_limit_stands_beside_the_words(proposals):
    """Claims without numbers: words that hold keep standing with what goes with them, others hold in part."""
    sentences = {name: proposals[name].sentence for name in ("C22", "C25", "C36", "C43", "C44")}

    assert sentences["C36"].startswith("The advert's words hold as far as this goes: because cells refill, ")
    assert sentences["C43"].startswith("The advert's words hold only with this beside them: a professional society ")
    assert sentences["C44"].endswith("(4.9 against 4.2 on average; Glogau 2019).")
    assert sentences["C22"].startswith("That mesotherapy needs no preparation holds only in part: a published ")
    assert sentences["C25"].startswith("That the medication melts fat beneath the skin and shrinks fat cells may hold ")


def test_every_outcome_of_a_synthesis_can_be_said(desk):
    """`said` follows *had* for counts, and is no sentence for what is measured."""
    outcomes = {one.outcome.outcome_id: one.outcome for one in desk.findings.values()}

    assert [name for name, row in outcomes.items() if not row.said] == []
    assert [name for name, row in outcomes.items() if (row.kind == "binary") != row.said.startswith("had ")] == []


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
    assert "may have at least one grade less chin fat by both " in found.sentence
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
    assert hedged(IS, Certainty.HIGH) == ("", "is")


def test_no_sentence_of_ours_speaks_of_significance():
    """The word stands only where the advert's own claim has it."""
    book = review.load()
    statements = dict(zip(book.claims["claim_id"], book.claims["statement"], strict=True))
    found = {one.claim_id for one in propose_wording(book) if "significan" in f"{one.sentence} {one.context}".lower()}

    assert all("significan" in statements[claim].lower() for claim in found)
