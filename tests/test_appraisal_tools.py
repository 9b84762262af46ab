"""ROBINS-I, AMSTAR 2 and JBI: overall judgements by the tools' rules, lists without a score, and a person's word."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from books import problems_of, rules_of, with_cells
from hypothesis import given
from hypothesis import strategies as st

from review.cells import empty_table
from review.errors import InvalidInput, WrongUse
from review.risk_of_bias import (
    ROB2_RULES,
    amstar2_overall,
    jbi_summary,
    overall_judgements,
    robins_i_overall,
    study_judgements,
)
from review.risk_of_bias.amstar2 import amstar2_form, confidence_in_review
from review.risk_of_bias.robins_i import robins_i_levels, worst_domain
from review.tables import TABLES

DOMAINS = ["D1", "D2", "D3", "D4", "D5", "D6", "D7"]
LEVELS = ["Low", "Moderate", "Serious", "Critical", "No information"]

#: Table 2 of doi 10.1155/2020/8736509: seven domains and overall, by the letters of the words.
NONRANDOMISED = {
    "Aggerholm-Pedersen 2016": ("S L L L M L L", "Serious"),
    "Liu 2016": ("M L L L S L L", "Serious"),
    "Morhij 2017": ("S L L L L L L", "Serious"),
    "Li YJ (1) 2017": ("L L L L L L M", "Moderate"),
    "Li YJ (2) 2017": ("L L L L L L M", "Moderate"),
    "Maretty-Kongstad 2017": ("S L L L M L L", "Serious"),
    "Liang 2017": ("L L L L L L M", "Moderate"),
    "Tsuda 2017": ("M L L L M L M", "Moderate"),
    "Jiang 2017": ("M L L L L L L", "Moderate"),
    "Sasaki 2018": ("S L L L L L S", "Serious"),
    "Aggerholm-Pedersen 2019": ("S L L L L L L", "Serious"),
    "Xu 2019": ("M L L L L L L", "Moderate"),
}
LETTERS = {"L": "Low", "M": "Moderate", "S": "Serious", "C": "Critical", "N": "No information", "-": ""}

#: Rows of table 2 of PMC9188066: the sixteen answers, what is printed, and the flaws that the tool's own rule counts.
REVIEWS = {
    "De Morton 2007": ("Y N N Y Y Y Y PY Y Y Y N N Y Y Y", "Low", ("2", "13"), "Critically low"),
    "Handoll 2011": ("Y Y N PY Y Y Y Y Y N NMA NMA Y Y N Y", "Moderate", ("15",), "Low"),
    "Peck 2020": (
        "Y N N N Y N N Y N N NMA NMA N N NMA Y",
        "Critically low",
        ("2", "4", "7", "9", "13"),
        "Critically low",
    ),
    "Scrivener 2015": ("Y Y N PY N Y N Y Y N Y Y Y Y N Y", "Low", ("7", "15"), "Critically low"),
    "Smith 2020b": ("Y Y N PY Y Y N Y Y N Y N Y Y Y Y", "Moderate", ("7",), "Low"),
}
CRITICAL = ["2", "4", "7", "9", "11", "13", "15"]
OTHER = [str(item) for item in range(1, 17) if str(item) not in CRITICAL]


def frame_of(studies, columns=("study", "item", "answer")):
    """Rows of study, item and answer from answers by study."""
    found = [(study, item, answer) for study, answers in studies.items() for item, answer in answers.items()]
    return pd.DataFrame(found, columns=list(columns))


def domains_of(studies):
    """Rows of study, domain and judgement from letters by study."""
    named = {
        study: dict(zip(DOMAINS, (LETTERS[letter] for letter in letters.split()), strict=True))
        for study, letters in studies.items()
    }
    return frame_of(named, ("study", "domain", "judgement"))


def review_of(answers):
    """Sixteen answers by item."""
    return {str(place): answer for place, answer in enumerate(answers.split(), start=1)}


ALL_YES = {str(item): "Yes" for item in range(1, 17)}


def test_a_published_table_of_robins_i_is_reproduced():
    """Twelve studies' overall judgements follow from their domains, in the order of the table."""
    found = robins_i_overall(domains_of({study: letters for study, (letters, _) in NONRANDOMISED.items()}))

    assert list(found.columns) == ["study", *DOMAINS, "overall"]
    assert dict(zip(found["study"], found["overall"], strict=True)) == {
        study: overall for study, (_, overall) in NONRANDOMISED.items()
    }


def test_every_combination_of_domains_gives_what_the_criteria_say():
    """The tool's five criteria, as they are worded there, on all judgements of seven domains, gaps included."""
    for judgements in product([*LEVELS, None], repeat=7):
        found = set(judgements)
        if "Critical" in found:
            expected = "Critical"
        elif None in found:
            expected = None
        elif "Serious" in found:
            expected = "Serious"
        elif "No information" in found:
            expected = "No information"
        elif found == {"Low"}:
            expected = "Low"
        else:
            expected = "Moderate"

        if worst_domain(dict(zip(DOMAINS, judgements, strict=True))) != expected:
            pytest.fail(f"{judgements} gives {worst_domain(dict(zip(DOMAINS, judgements, strict=True)))}")


def test_several_serious_domains_are_never_raised_to_critical():
    """Only a person may do that."""
    assert robins_i_overall(domains_of({"a": "S S S S S S S"}))["overall"].tolist() == ["Serious"]


def test_a_domain_without_a_judgement_leaves_overall_open():
    """None unless a domain is Critical, and the domain itself is None."""
    found = robins_i_overall(domains_of({"open": "L L L - L L L", "worse": "L L S - L L L", "worst": "C L L - L L L"}))

    assert found["overall"].tolist() == [None, None, "Critical"]
    assert found["D4"].tolist() == [None, None, None]


def test_judgements_are_read_in_any_case():
    """Words and NI, with any spaces."""
    frame = frame_of({"a": dict.fromkeys(DOMAINS, " low ") | {"D7": "ni"}}, ("study", "domain", "judgement"))

    assert robins_i_overall(frame).loc[0, ["D1", "D7", "overall"]].tolist() == [
        "Low",
        "No information",
        "No information",
    ]


def test_every_level_says_when_it_is_the_overall_one():
    """The rules are data that a page can print."""
    assert list(robins_i_levels()) == LEVELS
    assert all(level["overall_when"] and level["meaning"] for level in robins_i_levels().values())


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        pytest.param(("", "D1", "Low"), "study", "ROB03", id="no study"),
        pytest.param(("a", "D8", "Low"), "domain", "ROB04", id="no such domain"),
        pytest.param(("a", "D1", "High"), "judgement", "ROB05", id="another tool's word"),
        pytest.param(("a", "D2", "Low"), "domain", "ROB06", id="judged twice"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_place(row, column, rule):
    """The problem names the line, counted with the header, the column and the rule."""
    frame = pd.DataFrame([("a", "D2", "Low"), row], columns=["study", "domain", "judgement"])

    with pytest.raises(InvalidInput) as raised:
        robins_i_overall(frame)

    assert [(each.file, each.line, each.column, each.rule) for each in raised.value.problems] == [
        ("domains", 3, column, rule)
    ]
    assert rule in ROB2_RULES


@pytest.mark.parametrize("name", list(REVIEWS))
def test_confidence_is_recomputed_and_never_taken_over(name):
    """Answers as printed give the tool's own level, whatever level is printed beside them."""
    answers, _, flaws, confidence = REVIEWS[name]

    row = amstar2_overall(frame_of({name: review_of(answers)})).iloc[0]

    assert (row["critical_flaws"], row["overall"]) == (flaws, confidence)


def test_most_of_the_printed_levels_differ_from_the_rule():
    """Why no label is ever imported."""
    assert [name for name, (_, printed, _, confidence) in REVIEWS.items() if printed == confidence] == ["Peck 2020"]


def test_confidence_follows_from_the_number_of_flaws():
    """Box 2 of the tool, on every set of critical items with each number of other ones."""
    for flawed in product([False, True], repeat=len(CRITICAL)):
        for other in range(len(OTHER) + 1):
            answers = ALL_YES | {item: "No" for item, bad in zip(CRITICAL, flawed, strict=True) if bad}
            answers |= dict.fromkeys(OTHER[:other], "No")
            expected = (
                ["High" if other <= 1 else "Moderate", "Low"][sum(flawed)] if sum(flawed) < 2 else "Critically low"
            )

            assert confidence_in_review(answers).confidence == expected


def test_partial_yes_and_no_meta_analysis_are_no_flaws():
    """The first is our convention, the second the tool's."""
    answers = {item: "Partial yes" if "Partial yes" in allowed else "Yes" for item, allowed in _whole_items().items()}
    without = ALL_YES | dict.fromkeys(("11", "12", "15"), "No meta-analysis")

    assert confidence_in_review(answers).confidence == "High"
    assert confidence_in_review(without).confidence == "High"


def _whole_items():
    return {item: allowed for item, allowed in amstar2_form().allowed.items() if "." not in item}


@pytest.mark.parametrize(
    ("parts", "flaws", "missing"),
    [
        pytest.param({"9.RCT": "Yes", "9.NRSI": "No"}, ("9",), (), id="the worse part counts"),
        pytest.param({"9.RCT": "No"}, ("9",), (), id="a flaw needs no other part"),
        pytest.param({"9.RCT": "Yes"}, (), ("9",), id="half an answer is none"),
        pytest.param({"9.RCT": "Partial yes", "9.NRSI": "Includes only RCTs"}, (), (), id="no such studies"),
        pytest.param(
            {"9.RCT": "Includes only NRSI", "9.NRSI": "Includes only RCTs"}, (), ("9",), id="no studies at all"
        ),
        pytest.param({"9": "Yes"}, (), (), id="answered as one"),
    ],
)
def test_items_with_two_parts(parts, flaws, missing):
    """Items 9 and 11 are asked for trials and for non-randomised studies."""
    found = confidence_in_review({item: answer for item, answer in ALL_YES.items() if item != "9"} | parts)

    assert (found.critical_flaws, found.not_answered) == (flaws, missing)
    assert found.confidence == ("Low" if flaws else None if missing else "High")


@given(
    answers=st.lists(st.sampled_from(["Yes", "No", ""]), min_size=16, max_size=16),
    filling=st.lists(st.sampled_from(["Yes", "No"]), min_size=16, max_size=16),
)
def test_no_further_answer_changes_a_confidence(answers, filling):
    """What is given with items unanswered is what every answer to them would give."""
    given_ = {str(place): answer for place, answer in enumerate(answers, start=1)}
    filled = {str(place): given_[str(place)] or answer for place, answer in enumerate(filling, start=1)}
    found = confidence_in_review(given_)

    assert found.confidence in (None, confidence_in_review(filled).confidence)
    assert found.not_answered == tuple(item for item, answer in given_.items() if not answer)


def test_what_is_not_answered_is_never_met():
    """No answer, no confidence; two critical flaws settle it whatever is missing."""
    found = amstar2_overall(frame_of({"none": {"1": ""}, "flawed": {"2": "N", "4": "n", "5": np.nan}}))

    assert found["overall"].tolist() == [None, "Critically low"]
    assert len(found.loc[0, "not_answered"]) == 16


def test_items_read_as_numbers_are_items():
    """Readers of CSV make 2 a number, and beside an empty cell 2.0."""
    frame = frame_of({"a": {2.0: "N", 4.0: "N"}})

    assert amstar2_overall(frame)["critical_flaws"].tolist() == [("2", "4")]


def test_an_answer_that_an_item_does_not_have_is_refused():
    """Item 1 is yes or no."""
    with pytest.raises(InvalidInput, match="'py' is no answer for 1: one of Yes, No"):
        amstar2_overall(frame_of({"a": {"1": "py"}}))


def test_jbi_answers_are_counted_and_not_scored():
    """Counts of each answer, what is not answered among them; no level, no percentage."""
    answers = {"1": "yes", "2": "Y", "3": "No", "4": "unclear", "5": "NA", "6": ""}
    found = jbi_summary(frame_of({"a": answers, "b": {}, "c": {"1": "u"}}), "case-series")

    assert list(found.columns) == ["study", "yes", "no", "unclear", "not_applicable", "not_answered"]
    assert found.to_numpy().tolist() == [["a", 2, 1, 1, 1, 5], ["c", 0, 0, 1, 0, 9]]


@pytest.mark.parametrize(("checklist", "items"), [("case-series", 10), ("case-report", 8)])
def test_each_checklist_has_its_own_items(checklist, items):
    """Ten for case series, eight for case reports."""
    found = jbi_summary(frame_of({"a": {str(place): "Yes" for place in range(1, items + 1)}}), checklist)

    assert (found.loc[0, "yes"], found.loc[0, "not_answered"]) == (items, 0)
    with pytest.raises(InvalidInput, match=f"they run from 1 to {items}"):
        jbi_summary(frame_of({"a": {str(items + 1): "Yes"}}), checklist)


def test_an_unknown_checklist_is_wrong_use():
    """JBI has more; these two are known here."""
    with pytest.raises(WrongUse, match="case-series or case-report"):
        jbi_summary(frame_of({}), "cohort")


@pytest.mark.parametrize(
    ("function", "columns"),
    [
        (robins_i_overall, ("study", "domain", "judgement")),
        (amstar2_overall, ("study", "item", "answer")),
        (lambda frame: jbi_summary(frame, "case-report"), ("study", "item", "answer")),
    ],
    ids=["ROBINS-I", "AMSTAR 2", "JBI"],
)
def test_no_rows_give_no_studies_and_missing_columns_are_named(function, columns):
    """An empty table is fine; one without its columns is not."""
    assert function(pd.DataFrame(columns=list(columns))).empty
    with pytest.raises(InvalidInput) as raised:
        function(pd.DataFrame({"study": ["a"]}))

    assert [(each.column, each.rule) for each in raised.value.problems] == [(name, "ROB02") for name in columns[1:]]


def appraisal(tool, *given_, study="a", variant=""):
    """A risk_of_bias table of one study: item, answer and, if need be, reviewer and reason."""
    found = [
        {
            "study_id": study,
            "outcome_id": "",
            "tool": tool,
            "variant": variant,
            "item": item,
            "answer": answer,
            "reviewer": rest[0] if rest else "one",
            "reason": rest[1] if len(rest) > 1 else "why",
            "basis": "abstract",
        }
        for item, answer, *rest in given_
    ]
    return pd.concat([empty_table(TABLES["risk_of_bias"]), pd.DataFrame(found)]).rename_axis("line")


ROBINS_ROWS = [(domain, "Low") for domain in DOMAINS[:6]] + [("D7", "Serious")]
AMSTAR_ROWS = list(ALL_YES.items())


def test_proposed_and_final_are_both_kept_each_with_its_reason():
    """The proposal says what it follows from; a person's judgement stands beside it with the person's reason."""
    alone = overall_judgements(appraisal("ROBINS-I", *ROBINS_ROWS)).iloc[0]
    judged = overall_judgements(
        appraisal("ROBINS-I", *ROBINS_ROWS, ("overall", "Critical", "one", "selection by outcome"))
    ).iloc[0]

    assert (alone["proposed"], alone["final"], alone["judged"], alone["reason"]) == ("Serious", "Serious", False, "")
    assert alone["why"].startswith("D1 Low, D2 Low")
    assert alone["why"].endswith("D7 Serious")
    assert (judged["proposed"], judged["final"], judged["judged"]) == ("Serious", "Critical", True)
    assert judged["reason"] == "selection by outcome"
    assert judged["basis"] == "abstract"


def test_amstar_2_names_its_flaws_and_a_person_may_weigh_them():
    """The tool lets appraisers change the critical items, so that another confidence can stand with its reason."""
    flawed = appraisal("AMSTAR 2", *AMSTAR_ROWS[:6], ("7", "No"), *AMSTAR_ROWS[7:], ("overall", "Moderate"))
    row = overall_judgements(flawed).iloc[0]

    assert (row["proposed"], row["final"]) == ("Low", "Moderate")
    assert "critical flaws: 7; other weaknesses: none; not answered: none" in row["why"]


def test_jbi_proposes_nothing():
    """The list is counted; only a person concludes."""
    rows = [("1", "Yes"), ("2", "Unclear")]
    listed = overall_judgements(appraisal("JBI", *rows, variant="case-report")).iloc[0]
    judged = overall_judgements(appraisal("JBI", *rows, ("overall", "Include"), variant="case-report")).iloc[0]

    assert (listed["proposed"], listed["final"]) == (None, None)
    assert listed["why"] == "yes 1, no 0, unclear 1, not applicable 0, not answered 6; listed, not scored"
    assert (judged["proposed"], judged["final"]) == (None, "Include")


def test_rob_2_stands_with_the_others():
    """Overall of every tool in one table, in the order of the rows; RoB 2's own table is as it was."""
    mixed = pd.concat(
        [
            appraisal("JBI", ("1", "Yes"), study="c", variant="case-series"),
            appraisal("RoB 2", ("1.2", "N"), ("D3", "Low", "one", "all were seen"), study="b", variant="assignment"),
            appraisal("ROBINS-I", ("D1", "Critical")),
        ]
    )
    found = overall_judgements(mixed)

    assert list(zip(found["study_id"], found["tool"], found["proposed"], strict=True)) == [
        ("c", "JBI", None),
        ("b", "RoB 2", "High"),
        ("a", "ROBINS-I", "Critical"),
    ]
    assert found.loc[1, "why"] == "D1 High, D2 no judgement, D3 no judgement, D4 no judgement, D5 no judgement"
    assert (found.loc[1, "judged"], found.loc[1, "reason"]) == (True, "D3: all were seen")
    assert study_judgements(mixed)["study_id"].tolist() == ["b"]


def test_reviewers_who_differ_leave_an_item_open():
    """Without a consensus the domain has no judgement, is named, and overall is open."""
    differ = [*ROBINS_ROWS[:6], ("D7", "Low", "one"), ("D7", "Moderate", "two")]

    undecided = overall_judgements(appraisal("ROBINS-I", *differ)).iloc[0]
    decided = overall_judgements(appraisal("ROBINS-I", *differ, ("D7", "Moderate", "consensus"))).iloc[0]

    assert (undecided["proposed"], undecided["disputed"]) == (None, ("D7",))
    assert (decided["proposed"], decided["disputed"]) == ("Moderate", ())


@pytest.mark.parametrize(
    ("tool", "variant", "given_", "rule", "words"),
    [
        pytest.param("ROBINS-I", "", [("D1", "High")], "ROB05", "no judgement for D1", id="another tool's word"),
        pytest.param("ROBINS-I", "", [("1.1", "Y")], "ROB04", "no domain of ROBINS-I", id="a question"),
        pytest.param(
            "ROBINS-I", "case-series", [("D1", "Low")], "ROB04", "leave the cell empty otherwise", id="a variant"
        ),
        pytest.param("ROBINS-I", "", [("overall", "Low", "one", "")], "ROB07", "no reason", id="no reason"),
        pytest.param("ROBINS-I", "", [("overall", "High")], "ROB05", "no overall judgement", id="no such level"),
        pytest.param(
            "ROBINS-I", "", [("D2", "Serious"), ("overall", "Moderate")], "ROB07", "better than D2", id="better"
        ),
        pytest.param(
            "ROBINS-I", "", [("D2", "Serious"), ("overall", "No information")], "ROB07", "better than D2", id="hidden"
        ),
        pytest.param(
            "ROBINS-I", "", [("D2", "Low"), ("overall", "No information")], "ROB07", "with no domain", id="unfounded"
        ),
        pytest.param("AMSTAR 2", "", [("17", "Yes")], "ROB04", "no item of AMSTAR 2", id="no such item"),
        pytest.param("AMSTAR 2", "", [("1", "Maybe")], "ROB05", "one of Yes, No", id="no such answer"),
        pytest.param("JBI", "", [("1", "Yes")], "ROB04", "case-series or case-report", id="no checklist"),
        pytest.param("JBI", "case-series", [("overall", "Good")], "ROB05", "Include, Exclude", id="no such conclusion"),
    ],
)
def test_rows_that_cannot_be_right_are_refused(*, tool, variant, given_, rule, words):
    """With the table's own file, line and what to do."""
    with pytest.raises(InvalidInput, match=words) as raised:
        overall_judgements(appraisal(tool, *given_, variant=variant))

    assert [(each.file, each.rule) for each in raised.value.problems] == [("claims/risk_of_bias.csv", rule)]


def test_faults_of_all_tools_come_at_once():
    """RoB 2's with those of the others, by line."""
    mixed = pd.concat([appraisal("AMSTAR 2", ("17", "Yes")), appraisal("RoB 2", ("1.9", "Y"), variant="assignment")])

    with pytest.raises(InvalidInput) as raised:
        overall_judgements(mixed.reset_index(drop=True).rename_axis("line"))

    assert [each.line for each in raised.value.problems] == [0, 1]


def test_a_check_knows_the_rules_of_every_tool():
    """The workbook's rows are held against their own tool."""
    good = {"tool": "ROBINS-I", "variant": "", "item": "D1", "answer": "Serious"}

    assert "ROB05" not in rules_of(with_cells("risk_of_bias", 0, good))
    assert "ROB05" in rules_of(with_cells("risk_of_bias", 0, good | {"answer": "High"}))


def test_amstar_2_appraises_a_reference_and_the_other_tools_a_study():
    """A review is no study of its own."""
    cells = {"study_id": "smith2020", "tool": "AMSTAR 2", "variant": "", "item": "1", "answer": "Yes"}
    entry = b"@article{smith2020,\n  author = {Smith, A.},\n  title = {A review},\n  year = {2020},\n}\n"
    files = with_cells("risk_of_bias", 0, cells)
    files["references.bib"] += entry
    other = with_cells("risk_of_bias", 0, cells | {"tool": "ROBINS-I", "item": "D1", "answer": "Low"})
    other["references.bib"] += entry

    assert "ROB01" not in rules_of(files)
    assert "ROB01" in rules_of(other)
    found = problems_of(with_cells("risk_of_bias", 0, cells))
    assert [each.line for each in found if each.rule == "ROB01"] == [2]
