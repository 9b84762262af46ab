"""RoB 2: the branching against a second formulation of its rules, gaps, missing reporting, and a person's judgement."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import review
from review.cells import empty_table
from review.errors import InvalidInput, WrongUse
from review.risk_of_bias import ROB2_RULES, rob2, rob2_details, rob2_questions, study_judgements
from review.risk_of_bias.rob2 import judge_domains, worst
from review.tables import TABLES

LOW, SOME, HIGH = "Low", "Some concerns", "High"
RANK = {LOW: 0, SOME: 1, HIGH: 2}
DOMAINS = ["D1", "D2", "D3", "D4", "D5"]
COLUMNS = ("study", "question", "answer")

Y, N, NI, NA = frozenset({"Y", "PY"}), frozenset({"N", "PN"}), frozenset({"NI"}), frozenset({"NA"})
UNAWARE = [[("2.1", N)], [("2.2", N)]]
AWARE = [[("2.1", Y | NI), ("2.2", Y | NI)]]
SOUND = [[("4.1", N | NI)], [("4.2", N | NI)]]
BOTH_REPORTED = [[("5.2", N)], [("5.3", N)]]
NOT_PICKED = [[("5.2", N | NI)], [("5.3", N | NI)]]

#: The tool's rules as a table, each with the condition on which its questions are asked: all clauses of a rule hold, a
#: clause holds if one of its pairs does.  This is the second formulation: no branching, first match, sets.
RULES = {
    ("assignment", "D1"): [
        [
            ("D1-F", [[("1.2", N)]], HIGH),
            ("D1-E", [[("1.2", NI)], [("1.3", Y)]], HIGH),
            ("D1-D", [[("1.2", NI)], [("1.3", N | NI)]], SOME),
            ("D1-C", [[("1.2", Y)], [("1.1", N)]], SOME),
            ("D1-B", [[("1.2", Y)], [("1.1", Y | NI)], [("1.3", Y)]], SOME),
            ("D1-A", [[("1.2", Y)], [("1.1", Y | NI)], [("1.3", N | NI)]], LOW),
        ]
    ],
    ("assignment", "D2"): [
        [
            ("D2a-1A", UNAWARE, LOW),
            ("D2a-1B", [*AWARE, [("2.3", N)]], LOW),
            ("D2a-1C", [*AWARE, [("2.3", NI)]], SOME),
            ("D2a-1D", [*AWARE, [("2.3", Y)], [("2.4", N)]], SOME),
            ("D2a-1E", [*AWARE, [("2.3", Y)], [("2.4", Y | NI)], [("2.5", Y)]], SOME),
            ("D2a-1F", [*AWARE, [("2.3", Y)], [("2.4", Y | NI)], [("2.5", N | NI)]], HIGH),
        ],
        [
            ("D2a-2A", [[("2.6", Y)]], LOW),
            ("D2a-2B", [[("2.6", N | NI)], [("2.7", N)]], SOME),
            ("D2a-2C", [[("2.6", N | NI)], [("2.7", Y | NI)]], HIGH),
        ],
    ],
    ("adhering", "D2"): [
        [
            ("D2b-E", [*AWARE, [("2.3", N | NI)], [("2.6", N | NI)]], HIGH),
            ("D2b-D", [*AWARE, [("2.3", N | NI)], [("2.6", Y)]], SOME),
            *(
                (f"{rule} {how}", [*front, *clauses], judgement)
                for rule, clauses, judgement in [
                    ("D2b-A", [[("2.4", NA | N)], [("2.5", NA | N)]], LOW),
                    ("D2b-B", [[("2.4", Y | NI), ("2.5", Y | NI)], [("2.6", Y)]], SOME),
                    ("D2b-C", [[("2.4", Y | NI), ("2.5", Y | NI)], [("2.6", N | NI)]], HIGH),
                ]
                for how, front in [("unaware", UNAWARE), ("aware", [*AWARE, [("2.3", NA | Y)]])]
            ),
        ]
    ],
    ("assignment", "D3"): [
        [
            ("D3-A", [[("3.1", Y)]], LOW),
            ("D3-B", [[("3.1", N | NI)], [("3.2", Y)]], LOW),
            ("D3-C", [[("3.1", N | NI)], [("3.2", N)], [("3.3", N)]], LOW),
            ("D3-D", [[("3.1", N | NI)], [("3.2", N)], [("3.3", Y | NI)], [("3.4", N)]], SOME),
            ("D3-E", [[("3.1", N | NI)], [("3.2", N)], [("3.3", Y | NI)], [("3.4", Y | NI)]], HIGH),
        ]
    ],
    ("assignment", "D4"): [
        [
            ("D4-A", [[("4.1", Y)]], HIGH),
            ("D4-B", [[("4.2", Y)]], HIGH),
            ("D4-Cn", [*SOUND, [("4.2", N)], [("4.3", N)]], LOW),
            ("D4-Dn", [*SOUND, [("4.2", N)], [("4.3", Y | NI)], [("4.4", N)]], LOW),
            ("D4-Cu", [*SOUND, [("4.2", NI)], [("4.3", N)]], SOME),
            ("D4-Du", [*SOUND, [("4.2", NI)], [("4.3", Y | NI)], [("4.4", N)]], SOME),
            ("D4-E", [*SOUND, [("4.3", Y | NI)], [("4.4", Y | NI)], [("4.5", N)]], SOME),
            ("D4-F", [*SOUND, [("4.3", Y | NI)], [("4.4", Y | NI)], [("4.5", Y | NI)]], HIGH),
        ]
    ],
    ("assignment", "D5"): [
        [
            ("D5-A", [[("5.2", Y), ("5.3", Y)]], HIGH),
            ("D5-B", [*NOT_PICKED, [("5.2", NI), ("5.3", NI)]], SOME),
            ("D5-C", [*BOTH_REPORTED, [("5.1", Y)]], LOW),
            ("D5-D", [*BOTH_REPORTED, [("5.1", N | NI)]], SOME),
        ]
    ],
}

#: The two variants differ in D2 alone.
RULES |= {("adhering", domain): RULES["assignment", domain] for domain in ("D1", "D3", "D4", "D5")}

EACH_DOMAIN = pytest.mark.parametrize(("effect", "domain"), list(RULES), ids="-".join)
EACH_RULE = pytest.mark.parametrize(
    ("where", "part", "rule", "judgement"),
    [
        pytest.param(where, part, rule, judgement, id=f"{rule} {where[0]}")
        for where, parts in RULES.items()
        for part, rules in enumerate(parts)
        for rule, _, judgement in rules
    ],
)


def holds(clauses, answers):
    """True, False, or None where an answer that is missing decides."""
    values = []
    for clause in clauses:
        found = [None if not answers[question] else answers[question] in wanted for question, wanted in clause]
        values.append(True if True in found else None if None in found else False)
    return False if False in values else None if None in values else True


def first_match(rules, answers):
    """The first rule that holds, if no rule before it could hold and say otherwise."""
    possible = set()
    for rule, clauses, judgement in rules:
        value = holds(clauses, answers)
        if value and possible <= {judgement}:
            return rule, judgement
        if value is not False:
            possible.add(judgement)
    return "", None


def second_formulation(effect, domain, answers):
    """The judgement on a domain by its rules, the worse of its parts."""
    judgements = [first_match(rules, answers)[1] for rules in RULES[effect, domain]]
    return HIGH if HIGH in judgements else None if None in judgements else max(judgements, key=RANK.get)


def questions_of(effect, domain):
    """The ids of a domain's questions."""
    return [question.id for question in rob2_questions(effect).values() if question.domain == domain]


@cache
def every_combination(effect, domain, *, blank):
    """All answers to a domain's questions with Y and N for the probable ones, as tuples."""
    answers = []
    for question in questions_of(effect, domain):
        allowed = [answer for answer in rob2_questions(effect)[question].answers if answer not in ("PY", "PN")]
        answers.append([*allowed, ""] if blank else allowed)
    return list(product(*answers))


def rows(studies):
    """Rows of study, question, answer from answers by study."""
    found = [(study, *pair) for study, answers in studies.items() for pair in answers.items()]
    return pd.DataFrame(found, columns=["study", "question", "answer"])


@cache
def judged_combinations(effect, domain, *, blank):
    """The package's judgement on each combination."""
    ids, combinations = questions_of(effect, domain), every_combination(effect, domain, blank=blank)
    frame = rows({number: dict(zip(ids, answers, strict=True)) for number, answers in enumerate(combinations)})
    return dict(zip(combinations, rob2(frame, effect)[domain], strict=True))


def judge(effect="assignment", **answers):
    """The judgements of one study; answers are given as q11="Y"."""
    named = {f"{name[1]}.{name[2]}": answer for name, answer in answers.items()}
    return rob2(rows({"a": named}), effect).iloc[0].to_dict()


@EACH_DOMAIN
def test_every_combination_of_answers_gives_what_the_rules_say(effect, domain):
    """Branching and table agree on all answers, those with gaps and with NA where it settles nothing included."""
    ids = questions_of(effect, domain)

    wrong = {
        answers: judgement
        for answers, judgement in judged_combinations(effect, domain, blank=True).items()
        if judgement != second_formulation(effect, domain, dict(zip(ids, answers, strict=True)))
    }

    assert wrong == {}


@EACH_RULE
def test_each_rule_is_followed(where, part, rule, judgement):
    """Where a rule is the first match, the domain is its judgement, or that of a worse part."""
    ids = questions_of(*where)
    found = {
        result
        for answers, result in judged_combinations(*where, blank=False).items()
        if first_match(RULES[where][part], dict(zip(ids, answers, strict=True)))[0] == rule
    }

    assert judgement in found
    assert all(result is None or RANK[result] >= RANK[judgement] for result in found)
    if len(RULES[where]) == 1:
        assert found == {judgement}


@EACH_DOMAIN
def test_no_further_answer_changes_a_judgement(effect, domain):
    """What is given with a question unanswered is what every answer to it would give."""
    judged = judged_combinations(effect, domain, blank=True)
    questions = [rob2_questions(effect)[question] for question in questions_of(effect, domain)]

    for answers, judgement in judged.items():
        for place, answer in enumerate(answers):
            if judgement and not answer:
                filled = {
                    judged[(*answers[:place], new, *answers[place + 1 :])]
                    for new in questions[place].answers
                    if new not in ("PY", "PN")
                }
                assert filled == {judgement}


@EACH_DOMAIN
def test_reading_no_information_favourably_never_makes_it_worse(effect, domain):
    """The favourable judgement is at most as bad; without "no information" it is the same."""
    ids = questions_of(effect, domain)
    combinations = every_combination(effect, domain, blank=False)
    frame = rows({number: dict(zip(ids, answers, strict=True)) for number, answers in enumerate(combinations)})
    details = rob2_details(frame, effect).query("domain == @domain")

    for answers, row in zip(combinations, details.itertuples(), strict=True):
        assert row.not_reported == (row.judgement != row.favourable)
        assert row.judgement is None or row.favourable is None or RANK[row.favourable] <= RANK[row.judgement]
        assert "NI" in answers or not row.not_reported


def test_both_variants_are_covered_whole():
    """Every domain of each variant has its rules here, and every question of a domain is in them."""
    assert sorted(RULES) == [(effect, domain) for effect in ("adhering", "assignment") for domain in DOMAINS]
    for (effect, domain), parts in RULES.items():
        asked = {question for rules in parts for _, clauses, _ in rules for clause in clauses for question, _ in clause}

        assert asked == set(questions_of(effect, domain))


@pytest.mark.slow
@EACH_DOMAIN
def test_every_combination_of_the_forms_own_words(effect, domain):
    """All answers that the form has, PY, PN and gaps included, one by one against the rules."""
    ids = questions_of(effect, domain)
    allowed = [[*rob2_questions(effect)[question].answers, ""] for question in ids]
    expected = {}
    wrong = 0
    for answers in product(*allowed):
        plain = tuple(answer.replace("P", "") for answer in answers)
        if plain not in expected:
            expected[plain] = second_formulation(effect, domain, dict(zip(ids, plain, strict=True)))
        wrong += judge_domains(dict(zip(ids, answers, strict=True)), effect)[domain] != expected[plain]

    assert wrong == 0


def test_overall_follows_from_every_combination_of_domains():
    """High if any domain is, else none while one is missing, else the worst: several Some concerns are never High."""
    for domains in product([LOW, SOME, HIGH, None], repeat=5):
        missing = None in domains
        ranks = [RANK[domain] for domain in domains if domain]

        expected = HIGH if HIGH in domains else None if missing else [LOW, SOME, HIGH][max(ranks)]

        assert worst(domains) == expected


@pytest.mark.parametrize("effect", ["assignment", "adhering"])
@given(data=st.data())
def test_probably_counts_as_yes_and_no(effect, data):
    """PY is read as Y and PN as N, in every question and with any gaps."""
    questions = rob2_questions(effect).values()
    answers = {question.id: data.draw(st.sampled_from([*question.answers, ""])) for question in questions}
    plain = {question: answer.replace("P", "") for question, answer in answers.items()}

    assert rob2(rows({"a": answers}), effect).equals(rob2(rows({"a": plain}), effect))


@pytest.mark.parametrize(
    ("answers", "domain", "judgement"),
    [
        pytest.param({"q11": "N", "q12": "Y", "q13": "N"}, "D1", SOME, id="no row in table 4"),
        pytest.param({"q11": "PN", "q12": "PY"}, "D1", SOME, id="1.3 is not asked then"),
        pytest.param({"q12": "N"}, "D1", HIGH, id="1.2 N decides alone"),
        pytest.param({"q12": "Y", "q13": "Y"}, "D1", None, id="1.1 is asked before 1.3"),
        pytest.param({"q21": "N", "q22": "N", "q26": "Y"}, "D2", LOW, id="2.3 is not asked of the unaware"),
        pytest.param({"q21": "N", "q26": "Y"}, "D2", None, id="2.2 is needed"),
        pytest.param({"q22": "Y", "q23": "N", "q26": "Y"}, "D2", LOW, id="2.1 changes nothing after 2.2 Y"),
        pytest.param({"q21": "N", "q23": "N", "q26": "Y"}, "D2", None, id="2.3 has no standing without 2.2"),
        pytest.param({"q21": "Y", "q23": "Y", "q24": "N", "q26": "Y"}, "D2", SOME, id="2.3 Y and 2.4 N"),
        pytest.param({"q21": "N", "q22": "N", "q26": "N", "q27": "N"}, "D2", SOME, id="2.6 N and 2.7 N"),
        pytest.param({"q21": "N", "q22": "N", "q26": "NI", "q27": "NI"}, "D2", HIGH, id="2.7 NI"),
        pytest.param({"q26": "N", "q27": "Y"}, "D2", HIGH, id="one part High decides"),
        pytest.param({"q26": "Y"}, "D2", None, id="one part Low does not"),
        pytest.param({"q21": "Y", "q23": "NA", "q26": "Y"}, "D2", None, id="NA where it applies settles nothing"),
        pytest.param({"q31": "N", "q32": "N", "q33": "NI", "q34": "NI"}, "D3", HIGH, id="3.4 NI"),
        pytest.param({"q31": "NI"}, "D3", None, id="3.2 is needed"),
        pytest.param({"q32": "Y"}, "D3", None, id="never Low without 3.1"),
        pytest.param({"q41": "N", "q42": "N", "q43": "Y", "q44": "Y", "q45": "NI"}, "D4", HIGH, id="4.5 NI"),
        pytest.param({"q41": "NI", "q42": "N", "q43": "N"}, "D4", LOW, id="4.1 NI does not lower"),
        pytest.param({"q41": "N", "q42": "NI", "q43": "N"}, "D4", SOME, id="4.2 NI does"),
        pytest.param({"q42": "Y"}, "D4", HIGH, id="4.2 Y decides alone"),
        pytest.param({"q42": "N", "q43": "N"}, "D4", None, id="never Low without 4.1"),
        pytest.param({"q53": "Y"}, "D5", HIGH, id="5.3 Y decides alone"),
        pytest.param({"q52": "NI", "q53": "N"}, "D5", SOME, id="5.1 is not asked after NI"),
        pytest.param({"q52": "NI"}, "D5", None, id="5.3 could still be Y"),
        pytest.param({"q52": "", "q53": ""}, "D5", None, id="nothing answered"),
    ],
)
def test_traps(answers, domain, judgement):
    """Places where other transcriptions of the tool went wrong, and gaps."""
    assert judge(**answers)[domain] == judgement


def test_overall_is_the_worst_and_is_never_raised():
    """High wins over a gap, a gap over the rest; five times Some concerns stay Some concerns."""
    low = {"q11": "Y", "q12": "Y", "q13": "N", "q21": "N", "q22": "N", "q26": "Y", "q31": "Y"}
    low |= {"q41": "N", "q42": "N", "q43": "N", "q51": "Y", "q52": "N", "q53": "N"}
    some = {"q13": "Y", "q26": "N", "q27": "N", "q31": "N", "q32": "N", "q33": "Y", "q34": "N", "q42": "NI", "q51": "N"}

    assert judge(**low)["overall"] == LOW
    assert judge(**low, q33="NA")["overall"] == LOW
    assert judge(**low | {"q51": "NI"})["overall"] == SOME
    assert [judge(**low | some)[name] for name in (*DOMAINS, "overall")] == [SOME] * 6
    assert judge(**low | {"q31": ""})["overall"] is None
    assert judge(**low | {"q31": "", "q53": "Y"})["overall"] == HIGH


def test_the_variants_ask_different_things():
    """2.3 N is good news for assignment, bad news for adhering."""
    answers = {"q21": "Y", "q22": "Y", "q23": "N", "q24": "NA", "q25": "NA", "q26": "Y"}

    assert judge(**answers)["D2"] == LOW
    assert judge("adhering", **answers)["D2"] == SOME


def test_studies_come_back_in_their_order_with_plain_words():
    """Order of first appearance, white space trimmed, plain strings or None, whatever the order of the rows."""
    frame = rows({" zeta ": {"1.2": " N "}, "alpha": {"1.2": "Y", "1.1": None}, "zeta": {"1.1": np.nan}})

    found = rob2(frame)

    assert list(found.columns) == ["study", *DOMAINS, "overall"]
    assert found.to_numpy().tolist()[0] == ["zeta", HIGH, None, None, None, None, HIGH]
    assert found.to_numpy().tolist()[1] == ["alpha", None, None, None, None, None, None]
    assert rob2(frame.iloc[[2, 1, 0, 3]])["study"].tolist() == ["alpha", "zeta"]


def test_no_rows_give_no_studies():
    """An empty table is fine and has no study."""
    assert rob2(rows({})).empty
    assert rob2_details(rows({})).empty


def test_a_study_without_any_answer_has_no_judgement():
    """Its rows are there, so it is."""
    found = rob2(rows({"a": {"1.1": ""}}))

    assert found.to_numpy().tolist() == [["a", None, None, None, None, None, None]]


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        pytest.param(("", "1.1", "Y"), "study", "ROB03", id="no study"),
        pytest.param(("a", "1.4", "Y"), "question", "ROB04", id="no such question"),
        pytest.param(("a", "", "Y"), "question", "ROB04", id="no question"),
        pytest.param(("a", "1.1", "Perhaps"), "answer", "ROB05", id="word"),
        pytest.param(("a", "1.1", "Not applicable"), "answer", "ROB05", id="NA in words"),
        pytest.param(("a", "1.1", "NA"), "answer", "ROB05", id="NA to a question that is always asked"),
        pytest.param(("a", "2.6", "NA"), "answer", "ROB05", id="NA to 2.6 of assignment"),
        pytest.param(("a", "3.2", "NI"), "answer", "ROB05", id="NI to 3.2"),
        pytest.param(("a", "1.2", "N"), "question", "ROB06", id="answered twice"),
        pytest.param(("a", " 1.2 ", "Y"), "question", "ROB06", id="the same answer twice"),
        pytest.param(("a", "1.2", ""), "question", "ROB06", id="a row without an answer beside one with"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_place(row, column, rule):
    """The problem names the line, counted with the header, the column and the rule."""
    frame = pd.DataFrame([("a", "1.2", "Y"), row, ("b", "9.9", "Y")], columns=["study", "question", "answer"])

    with pytest.raises(InvalidInput) as raised:
        rob2(frame)

    first, second = raised.value.problems
    assert (first.file, first.line, first.column, first.rule) == ("answers", 3, column, rule)
    assert (second.line, second.column, second.rule) == (4, "question", "ROB04")
    assert rule in ROB2_RULES


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        *((word, word) for word in ("Y", "PY", "PN", "N", "NI", "NA")),
        *((word.lower(), word) for word in ("Y", "PY", "PN", "N", "NI", "NA")),
        ("Yes", "Y"),
        ("Probably yes", "PY"),
        ("PROBABLY  NO", "PN"),
        (" no ", "N"),
        ("no information", "NI"),
        ("Not applicable", "NA"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_forms_words_and_letters_are_read_in_any_case(answer, meant):
    """Every way to write an answer leads where its letters do."""
    asked = {"2.1": "Y", "2.3": answer, "2.4": "N", "2.5": "N", "2.6": "Y"}
    plain = asked | {"2.3": meant}

    for effect in ("assignment", "adhering"):
        assert rob2_details(rows({"a": asked}), effect).equals(rob2_details(rows({"a": plain}), effect))


def test_a_repeated_question_names_both_lines():
    """What to do needs the line on which it stands already."""
    with pytest.raises(InvalidInput, match=r"answers:4 question ROB06 1\.2 of a already stands on line 2: keep one"):
        rob2(pd.DataFrame([("a", "1.2", "Y"), ("b", "1.2", "Y"), ("a", "1.2", "Y")], columns=list(COLUMNS)))


def test_the_effect_of_interest_is_read_in_any_case():
    """As on the command line."""
    frame = rows({"a": {"2.1": "Y", "2.3": "N", "2.6": "Y"}})

    assert rob2(frame, "Adhering").equals(rob2(frame, "adhering"))
    assert rob2_details(frame, "ASSIGNMENT").equals(rob2_details(frame))


def test_a_question_of_the_other_variant_does_not_apply():
    """2.7 is not asked for adhering: NA says so, any other answer was given to another form."""
    assert rob2(rows({"a": {"2.7": "NA"}}), "adhering")["D2"].tolist() == [None]
    with pytest.raises(InvalidInput, match=r"2\.7"):
        rob2(rows({"a": {"2.7": "N"}}), "adhering")


def test_a_table_without_the_columns_is_refused():
    """Each missing column is a problem."""
    with pytest.raises(InvalidInput) as raised:
        rob2(pd.DataFrame({"study": ["a"], "item": ["1.1"]}), file="answers.csv")

    assert [(problem.column, problem.rule) for problem in raised.value.problems] == [
        ("question", "ROB02"),
        ("answer", "ROB02"),
    ]


def test_an_unknown_effect_is_wrong_use():
    """Only the tool's two variants exist."""
    with pytest.raises(WrongUse, match="assignment or adhering"):
        rob2(rows({}), "both")


def test_questions_read_as_numbers_are_questions():
    """Readers of CSV make 1.2 a number."""
    frame = rows({"a": {"1.2": "N"}}).astype({"question": float})

    assert rob2(frame)["D1"].tolist() == [HIGH]


def test_lines_are_those_of_the_file_where_they_are_known():
    """A frame whose index is the line of the file says so in its problems."""
    frame = rows({"a": {"1.1": "maybe"}}).set_axis(pd.Index([17], name="line"))

    with pytest.raises(InvalidInput) as raised:
        rob2(frame)

    assert raised.value.problems[0].line == 17


def details(**answers):
    """The details of one study by domain."""
    named = {f"{name[1]}.{name[2]}": answer for name, answer in answers.items()}
    return rob2_details(rows({"a": named})).set_index("domain")


def test_the_path_names_the_questions_that_were_asked():
    """In the order of the walk, with answers and gaps; the two parts of D2 are divided."""
    found = details(q11="N", q12="NI", q13="PN", q21="Y", q22="N", q23="NI", q26="NI", q31="PN")

    assert found.loc["D1", "path"] == "1.2 NI, 1.3 PN"
    assert found.loc["D2", "path"] == "2.1 Y, 2.2 N, 2.3 NI; 2.6 NI, 2.7 not answered"
    assert found.loc["D3", "path"] == "3.1 PN, 3.2 not answered"
    assert found.loc["overall", "path"] == (
        "D1 Some concerns, D2 no judgement, D3 no judgement, D4 no judgement, D5 no judgement"
    )


@pytest.mark.parametrize(
    ("answers", "domain", "expected"),
    [
        pytest.param({"q12": "NI", "q13": "PN", "q11": "NI"}, "D1", (SOME, True, LOW), id="missing reporting alone"),
        pytest.param({"q12": "N", "q11": "NI"}, "D1", (HIGH, False, HIGH), id="bad conduct"),
        pytest.param({"q12": "NI", "q13": "Y", "q11": "Y"}, "D1", (HIGH, True, SOME), id="both"),
        pytest.param({"q12": "NI", "q13": "N"}, "D1", (SOME, True, None), id="read favourably, 1.1 is needed"),
        pytest.param({"q31": "NI"}, "D3", (None, True, LOW), id="a gap behind missing reporting"),
        pytest.param({"q31": "N"}, "D3", (None, False, None), id="a gap alone"),
        pytest.param({"q31": "Y"}, "D3", (LOW, False, LOW), id="reported and good"),
    ],
)
def test_a_judgement_by_missing_reporting_alone_is_told_apart(answers, domain, expected):
    """Judgement, whether it is not reported, and what a favourable reading gives."""
    row = details(**answers).loc[domain]

    assert (row["judgement"], row["not_reported"], row["favourable"]) == expected


def appraisal(*given, tool="RoB 2", variant="assignment"):
    """A risk_of_bias table of one study: item, answer and, if need be, reviewer and reason."""
    found = [
        {
            "study_id": "a",
            "outcome_id": "",
            "tool": tool,
            "variant": variant,
            "item": item,
            "answer": answer,
            "reviewer": rest[0] if rest else "one",
            "reason": rest[1] if len(rest) > 1 else "why",
            "basis": "abstract",
        }
        for item, answer, *rest in given
    ]
    return pd.concat([empty_table(TABLES["risk_of_bias"]), pd.DataFrame(found)]).rename_axis("line")


LOW_ANSWERS = [
    *(("1.1", "Y"), ("1.2", "Y"), ("1.3", "N"), ("2.1", "N"), ("2.2", "N"), ("2.6", "Y"), ("3.1", "Y")),
    *(("4.1", "N"), ("4.2", "N"), ("4.3", "N"), ("5.1", "NI"), ("5.2", "N"), ("5.3", "N")),
]


def test_proposed_and_final_are_both_kept():
    """A person's domain moves the final overall; the proposed one stays, and the reason is there."""
    row = study_judgements(appraisal(*LOW_ANSWERS, ("D3", "High", "one", "half were lost"))).iloc[0]

    assert (row["D3"], row["overall"], row["final_D3"], row["final_overall"]) == (LOW, SOME, HIGH, HIGH)
    assert (row["judged"], row["reason"]) == (("D3",), "D3: half were lost")
    assert row["not_reported"] == ("D5",)
    assert (row["favourable_D5"], row["favourable_overall"]) == (LOW, HIGH)
    assert row["basis"] == "abstract"


def test_without_a_person_the_proposed_judgement_is_final():
    """Every final column is the proposed one."""
    row = study_judgements(appraisal(*LOW_ANSWERS)).iloc[0]

    assert [row[f"final_{name}"] for name in DOMAINS] == [row[name] for name in DOMAINS]
    assert (row["final_overall"], row["favourable_overall"], row["not_reported"]) == (SOME, LOW, ("D5", "overall"))


def test_a_person_may_raise_several_concerns_and_lower_no_domain_by_the_back_door():
    """Overall may be worse than the worst domain, not better."""
    raised = study_judgements(appraisal(*LOW_ANSWERS, ("overall", "High"))).iloc[0]

    assert (raised["overall"], raised["final_overall"]) == (SOME, HIGH)
    with pytest.raises(InvalidInput, match="ROB07 overall 'Low' is better than D5"):
        study_judgements(appraisal(*LOW_ANSWERS, ("overall", "Low")))


@pytest.mark.parametrize(
    ("given", "variant", "rule"),
    [
        pytest.param(("D1", "Low", "one", ""), "assignment", "ROB07", id="no reason"),
        pytest.param(("D1", "low"), "assignment", "ROB05", id="no judgement"),
        pytest.param(("1.1", "NA"), "assignment", "ROB05", id="NA where it is not allowed"),
        pytest.param(("2.7", "N"), "adhering", "ROB04", id="other variant"),
        pytest.param(("1.1", "Y"), "", "ROB04", id="no variant"),
    ],
)
def test_rows_that_cannot_be_right_are_refused(given, variant, rule):
    """With the table's own file and line."""
    with pytest.raises(InvalidInput) as raised:
        study_judgements(appraisal(given, variant=variant))

    assert [(problem.file, problem.rule) for problem in raised.value.problems] == [("claims/risk_of_bias.csv", rule)]


def test_of_several_reviewers_consensus_counts():
    """Where they differ without it, the item has no answer and is named."""
    differ = [("1.2", "N", "one"), ("1.2", "Y", "two"), ("3.1", "Y", "one"), ("3.1", "Y", "two")]

    undecided = study_judgements(appraisal(*differ)).iloc[0]
    decided = study_judgements(appraisal(*differ, ("1.2", "N", "consensus"))).iloc[0]

    assert (undecided["D1"], undecided["D3"], undecided["disputed"]) == (None, LOW, ("1.2",))
    assert (decided["D1"], decided["disputed"]) == (HIGH, ())


def test_other_tools_are_passed_over():
    """JBI's list is not judged by RoB 2's rules."""
    assert study_judgements(appraisal(("1", "Yes"), tool="JBI", variant="")).empty


def test_every_appraisal_of_the_review_can_be_judged(root):
    """No appraisal of the review breaks a rule, and a domain without an answer that is needed has no judgement."""
    table = review.load(root).risk_of_bias
    answered = table[table["tool"] == "RoB 2"]

    found = study_judgements(table)

    assert len(found) == len(answered.groupby(["study_id", "outcome_id", "variant"]))
    assert set(found[[*DOMAINS, "overall"]].to_numpy().ravel()) <= {LOW, SOME, HIGH, None}
    without = answered.groupby(["study_id", "outcome_id"])["item"].agg(lambda items: "3.2" not in set(items))
    for row in found.itertuples():
        assert not without[row.study_id, row.outcome_id] or row.D3 is None
