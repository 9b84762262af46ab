"""One sentence with numbers for a claim on the first screen: what was counted, of whom, with which product."""

from __future__ import annotations

from review.appraisal import Verdict
from review.vocabulary import VerdictLabel
from review.wording.finding import Desk, Finding, desk_of
from review.wording.numbers import observed, stands_apart
from review.wording.proposals import best_finding, studies_not_in
from review.wording.words import NONE_FOUND, lowered
from review.workbook import Workbook


def headline_sentence(verdict: Verdict, book: Workbook, *, desk: Desk | None = None) -> str:
    """What was counted or measured for a claim, as one sentence.

    Parameters
    ----------
    verdict : Verdict
        On the claim or part.
    book : Workbook
        Its workbook.
    desk : Desk or None
        The workbook's, where it was made before.

    Returns
    -------
    str
        The numbers of what decides the claim (else of what its sentence is made from), study by study or, of a
        comparison, the largest study; where one group decides, also the claim's first comparison of groups, so that a
        number under treatment never stands without the comparators' where there is one.  Without numbers, the state
        of the search.
    """
    desk = desk or desk_of(book)
    main = best_finding(verdict.claim_id, desk)
    parts = [(main, observed(main))] if main is not None else []
    if main is not None and not main.compared:
        second = next((one for one in desk.of_claim(verdict.claim_id) if one.compared and one.shown.primary), None)
        parts += [(second, observed(second))] if second is not None else []
    said = [(finding, text) for finding, text in parts if text]
    if not said:
        return _without_numbers(verdict)
    left = studies_not_in(verdict.claim_id, [finding for finding, _ in said], desk)
    count = f"{len(left)} {'study' if len(left) == 1 else 'studies'}"
    return f"{_joined(said)}" + (f"; {count} of the product advertised not in these numbers." if left else ".")


def _joined(said: list[tuple[Finding, str]]) -> str:
    """The parts as one sentence, with how their products stand to the one advertised."""
    (_, first), *others = said
    words = [first, *(lowered(text) for _, text in others)]
    notes = list(dict.fromkeys(stands_apart(finding) for finding, _ in said))
    return "; ".join(words) + (notes[0] if len(notes) == 1 else "")


def _without_numbers(verdict: Verdict) -> str:
    if verdict.label == VerdictLabel.NO_EVIDENCE:
        return f"{NONE_FOUND}; this is unknown."
    if verdict.label == VerdictLabel.NOT_SEARCHED:
        return "Nobody has looked for evidence yet."
    return "What was found gives no number that could be set beside the claim."
