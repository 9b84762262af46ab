"""The workbook's RoB 2 rows to one appraisal a study and outcome: proposed, as a person judged, and final."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from review.cells import rows
from review.errors import InvalidInput, Problem
from review.risk_of_bias.answers import answer_faults
from review.risk_of_bias.questions import DOMAINS, rob2_form
from review.risk_of_bias.reviewers import Settled, bases, problem_of, settle
from review.risk_of_bias.rob2 import JUDGEMENTS, OVERALL, explain, worst
from review.vocabulary import BiasTool, BiasVariant

SUBJECTS = (*DOMAINS, OVERALL)


def study_judgements(risk_of_bias: pd.DataFrame) -> pd.DataFrame:
    """What RoB 2 proposes for each study and outcome, and what a person made of it.

    Of several reviewers' answers the one of ``consensus`` counts, else the one on which all agree; an item on which
    they differ has no answer and is disputed.  Rows of other tools are passed over: `overall_judgements` has them.

    Parameters
    ----------
    risk_of_bias : DataFrame
        The workbook's table.

    Returns
    -------
    DataFrame
        One row for each study_id, outcome_id (empty: all of the study's) and variant, in the order of the table:

        - D1 to D5, overall: the proposed judgements, None where an answer is missing;
        - final_D1 to final_overall: a person's judgement where there is one, else the proposed one; overall follows
          from the final domains unless a person judged it;
        - favourable_D1 to favourable_overall: the same with "no information" read as favourable;
        - not_reported: those of D1 to D5 and overall where missing reporting alone makes final and favourable differ;
        - judged: those that a person judged; reason: that person's reasons; disputed: items without one answer;
        - basis: what was read, the least first, ``; `` between.

    Raises
    ------
    InvalidInput
        If a row of RoB 2 breaks one of `ROB2_RULES`; all faults at once.
    """
    appraisals: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows(risk_of_bias):
        if row.tool == BiasTool.ROB2:
            appraisals.setdefault((row.study_id, row.outcome_id, row.variant), []).append(row)
    problems = [
        problem for (*_, variant), answered in appraisals.items() for problem in _row_problems(answered, variant)
    ]
    if problems:
        raise InvalidInput(problems)
    settled = {key: settle(answered) for key, answered in appraisals.items()}
    found = [_appraisal(key, settled[key], answered) for key, answered in appraisals.items()]
    problems = [
        problem
        for appraisal, each in zip(found, settled.values(), strict=True)
        for problem in _overall_problems(appraisal, each)
    ]
    if problems:
        raise InvalidInput(problems)
    return pd.DataFrame(found, columns=_COLUMNS, dtype="object")


_COLUMNS = [
    *("study_id", "outcome_id", "variant"),
    *SUBJECTS,
    *(f"final_{subject}" for subject in SUBJECTS),
    *(f"favourable_{subject}" for subject in SUBJECTS),
    *("not_reported", "judged", "reason", "disputed", "basis"),
]


def _appraisal(key: tuple[str, str, str], settled: Settled, answered: Sequence[Any]) -> dict[str, Any]:
    study_id, outcome_id, variant = key
    answers = {item: row.answer for item, row in settled.rows.items() if item not in SUBJECTS}
    judged = {item: row for item, row in settled.rows.items() if item in SUBJECTS}
    proposed = explain(answers, variant)
    final = _final({subject: proposed[subject].judgement for subject in DOMAINS}, judged)
    favourable = _final({subject: proposed[subject].favourable for subject in DOMAINS}, judged)
    return {
        "study_id": study_id,
        "outcome_id": outcome_id,
        "variant": variant,
        **{subject: proposed[subject].judgement for subject in SUBJECTS},
        **{f"final_{subject}": final[subject] for subject in SUBJECTS},
        **{f"favourable_{subject}": favourable[subject] for subject in SUBJECTS},
        "not_reported": tuple(subject for subject in SUBJECTS if final[subject] != favourable[subject]),
        "judged": tuple(subject for subject in SUBJECTS if subject in judged),
        "reason": "; ".join(f"{subject}: {judged[subject].reason}" for subject in SUBJECTS if subject in judged),
        "disputed": settled.disputed,
        "basis": bases(answered),
    }


def _final(proposed: Mapping[str, str | None], judged: Mapping[str, Any]) -> dict[str, str | None]:
    """The domains and overall with a person's judgements put in."""
    domains = {domain: judged[domain].answer if domain in judged else proposed[domain] for domain in DOMAINS}
    overall = judged[OVERALL].answer if OVERALL in judged else worst(domains.values())
    return {**domains, OVERALL: overall}


def _row_problems(answered: Sequence[Any], variant: str) -> Iterator[Problem]:
    """What is wrong with rows of one appraisal, each by itself."""
    for row in answered:
        if variant not in list(BiasVariant):
            yield problem_of(row, "variant", "ROB04", f"name the effect of interest: {' or '.join(BiasVariant)}")
        elif row.item not in SUBJECTS:
            for column, rule, why in answer_faults(row.item, row.answer, rob2_form(variant)):
                yield problem_of(row, "item" if column == "question" else column, rule, why)
        elif row.answer not in JUDGEMENTS:
            message = f"{row.answer!r} is no judgement: one of {', '.join(JUDGEMENTS)}"
            yield problem_of(row, "answer", "ROB05", message)
        elif not row.reason:
            message = f"the judgement on {row.item} has no reason: write why it stands beside the proposed one"
            yield problem_of(row, "reason", "ROB07", message)


def _overall_problems(appraisal: Mapping[str, Any], settled: Settled) -> Iterator[Problem]:
    """A person may raise overall above the worst domain, not lower it: the domain is what to judge then."""
    if row := settled.rows.get(OVERALL):
        worse = [domain for domain in DOMAINS if _rank(appraisal[f"final_{domain}"]) > _rank(row.answer)]
        if worse:
            message = f"overall {row.answer!r} is better than {', '.join(worse)}: judge the domain, with a reason"
            yield problem_of(row, "answer", "ROB07", message)


def _rank(judgement: str | None) -> int:
    return JUDGEMENTS.index(judgement) if judgement else -1
