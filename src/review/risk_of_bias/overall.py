"""The overall judgement of every tool beside a person's: ROBINS-I, AMSTAR 2 and JBI's lists with RoB 2.

Certainty ratings read `judgements`, which has RoB 2 alone; what another tool's words mean for them is a person's call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from review.cells import rows
from review.errors import InvalidInput, Problem
from review.risk_of_bias.amstar2 import amstar2_confidences, amstar2_form, confidence_in_review
from review.risk_of_bias.answers import Answers, Form, answer_faults
from review.risk_of_bias.jbi import CONCLUSIONS, answer_counts, jbi_form
from review.risk_of_bias.judgements import study_judgements
from review.risk_of_bias.questions import DOMAINS
from review.risk_of_bias.reviewers import Settled, bases, problem_of, settle
from review.risk_of_bias.rob2 import OVERALL
from review.risk_of_bias.robins_i import NO_INFORMATION, RANKED, robins_i_form, robins_i_levels, worst_domain
from review.vocabulary import BiasTool, BiasVariant, JbiChecklist

#: What a tool proposes, and why.
Proposal = tuple[str | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """How the rows of a tool are checked and judged.

    Attributes
    ----------
    variants : tuple of str
        What its rows may say in `variant`.
    form : callable
        From the variant to what may be answered.
    propose : callable
        From one study's answers and their form to the proposal.
    finals : callable
        The words of a person's overall judgement.
    refuse : callable
        From a person's overall judgement and the answers to why it cannot stand, or nothing.
    """

    variants: tuple[str, ...]
    form: Callable[[str], Form]
    propose: Callable[[Answers, Form], Proposal]
    finals: Callable[[], tuple[str, ...]]
    refuse: Callable[[str, Answers], str] = lambda _final, _answers: ""


def _propose_robins_i(answers: Answers, form: Form) -> Proposal:
    given = ", ".join(f"{domain} {answers.get(domain) or 'no judgement'}" for domain in form.allowed)
    return worst_domain(answers), given


def _propose_amstar2(answers: Answers, _form: Form) -> Proposal:
    found = confidence_in_review(answers)
    parts = {
        "critical flaws": found.critical_flaws,
        "other weaknesses": found.other_weaknesses,
        "not answered": found.not_answered,
    }
    listed = (f"{words}: {', '.join(items) or 'none'}" for words, items in parts.items())
    return found.confidence, "; ".join(listed) + "; partial yes counts as met"


def _propose_jbi(answers: Answers, form: Form) -> Proposal:
    counts = answer_counts(answers, form)
    listed = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())
    return None, f"{listed}; listed, not scored"


def _refuse_robins_i(final: str, answers: Answers) -> str:
    """Why an overall judgement cannot stand beside the domains: it is never better than one of them."""
    level = RANKED.index(final) if final in RANKED else RANKED.index("Moderate")
    worse = [domain for domain, given in answers.items() if given in RANKED and RANKED.index(given) > level]
    if worse:
        return f"overall {final!r} is better than {', '.join(worse)}: judge the domain, with a reason"
    if final == NO_INFORMATION and NO_INFORMATION not in answers.values():
        return f"overall {final!r} stands with no domain that has no information: judge overall by the domains"
    return ""


#: Every tool but RoB 2; to add one is its form and a line here.
TOOLS: Mapping[str, Tool] = {
    BiasTool.ROBINS_I: Tool(
        variants=("", *BiasVariant),
        form=lambda _variant: robins_i_form(),
        propose=_propose_robins_i,
        finals=lambda: tuple(robins_i_levels()),
        refuse=_refuse_robins_i,
    ),
    # A person may call other items critical, as the tool allows, so that any confidence can stand with its reason.
    BiasTool.AMSTAR2: Tool(
        variants=("",), form=lambda _variant: amstar2_form(), propose=_propose_amstar2, finals=amstar2_confidences
    ),
    BiasTool.JBI: Tool(variants=tuple(JbiChecklist), form=jbi_form, propose=_propose_jbi, finals=lambda: CONCLUSIONS),
}

_COLUMNS = [
    *("study_id", "outcome_id", "tool", "variant"),
    *("proposed", "why", "final", "judged", "reason", "disputed", "basis"),
]


def overall_judgements(risk_of_bias: pd.DataFrame) -> pd.DataFrame:
    """What each tool proposes overall for each study and outcome, and what a person made of it.

    Of several reviewers' answers the one of ``consensus`` counts, else the one on which all agree; an item on which
    they differ has no answer and is disputed.

    Parameters
    ----------
    risk_of_bias : DataFrame
        The workbook's table.

    Returns
    -------
    DataFrame
        One row for each study_id, outcome_id (empty: all of the study's), tool and variant, in the order of the table:

        - proposed: the overall judgement that follows from the answers, in the tool's own words; None where an answer
          that could change it is missing, and always for JBI, whose lists are not scored;
        - why: what it follows from;
        - final: a person's overall judgement where there is one, else the proposed one (for RoB 2 with a person's
          domains put in);
        - judged: whether a person judged anything; reason: that person's reasons;
        - disputed: items without one answer; basis: what was read, the least first, ``; `` between.

    Raises
    ------
    InvalidInput
        If a row breaks one of `ROB2_RULES`; all faults at once.
    """
    groups: dict[tuple[str, ...], list[Any]] = {}
    for row in rows(risk_of_bias):
        groups.setdefault((row.study_id, row.outcome_id, row.tool, row.variant), []).append(row)
    others = {key: answered for key, answered in groups.items() if key[2] in TOOLS}
    problems = [problem for key, answered in others.items() for problem in _problems(key, answered)]
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    try:
        found = dict(_rob2(risk_of_bias))
    except InvalidInput as fault:
        problems += fault.problems
    if problems:
        raise InvalidInput(sorted(problems, key=lambda problem: problem.line or 0))
    found |= {key: _judged(key, answered) for key, answered in others.items()}
    kept = [dict(zip(_COLUMNS, key, strict=False)) | found[key] for key in groups if key in found]
    return pd.DataFrame(kept, columns=_COLUMNS, dtype="object")


def _rob2(risk_of_bias: pd.DataFrame) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """RoB 2's judgements, whose domains are made from answers and can be judged one by one."""
    for row in rows(study_judgements(risk_of_bias)):
        yield (
            (row.study_id, row.outcome_id, BiasTool.ROB2, row.variant),
            {
                "proposed": row.overall,
                "why": ", ".join(f"{domain} {getattr(row, domain) or 'no judgement'}" for domain in DOMAINS),
                "final": row.final_overall,
                "judged": bool(row.judged),
                "reason": row.reason,
                "disputed": row.disputed,
                "basis": row.basis,
            },
        )


def _judged(key: tuple[str, ...], answered: Sequence[Any]) -> dict[str, Any]:
    *_, tool, variant = key
    settled = settle(answered)
    form = TOOLS[tool].form(variant)
    proposed, why = TOOLS[tool].propose(_answers(settled), form)
    person = settled.rows.get(OVERALL)
    return {
        "proposed": proposed,
        "why": why,
        "final": proposed if person is None else person.answer,
        "judged": person is not None,
        "reason": "" if person is None else person.reason,
        "disputed": settled.disputed,
        "basis": bases(answered),
    }


def _answers(settled: Settled) -> Answers:
    return {item: row.answer for item, row in settled.rows.items() if item != OVERALL}


def _problems(key: tuple[str, ...], answered: Sequence[Any]) -> Iterator[Problem]:
    """What is wrong with the rows of one appraisal: each by itself, then a final judgement that cannot stand."""
    *_, name, variant = key
    tool = TOOLS[name]
    if variant not in tool.variants:
        named = " or ".join(filter(None, tool.variants))
        empty = f"; leave the cell empty{' otherwise' if named else ''}" if "" in tool.variants else ""
        message = f"{variant!r} is no variant of {name}{f': write {named}' if named else ''}{empty}"
        yield problem_of(answered[0], "variant", "ROB04", message)
        return
    form, found = tool.form(variant), False
    for row in answered:
        for column, rule, why in _row_faults(row, form, tool.finals()):
            found = True
            yield problem_of(row, column, rule, why)
    settled = settle(answered)
    person = settled.rows.get(OVERALL)
    if not found and person is not None and (why := tool.refuse(person.answer, _answers(settled))):
        yield problem_of(person, "answer", "ROB07", why)


def _row_faults(row: Any, form: Form, finals: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    if row.item != OVERALL:
        for column, rule, why in answer_faults(row.item, row.answer, form):
            yield "item" if column == form.columns[1] else "answer", rule, why
    elif row.answer not in finals:
        yield "answer", "ROB05", f"{row.answer!r} is no overall judgement of {form.tool}: one of {', '.join(finals)}"
    elif not row.reason:
        yield "reason", "ROB07", "the overall judgement has no reason: write why it stands beside the proposed one"
