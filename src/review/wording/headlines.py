"""One sentence with numbers for a claim on the first screen: what was counted, of whom, with which product."""

from __future__ import annotations

from collections.abc import Sequence

from review.appraisal import Verdict
from review.vocabulary import Match, VerdictLabel
from review.wording.finding import Desk, Finding, desk_of
from review.wording.proposals import best_finding, studies_not_in
from review.wording.sentences import observed, product_of, stands_apart
from review.wording.words import NONE_FOUND, raised
from review.workbook import Workbook

#: Beyond so many words the studies without such numbers are left to the claim's card (our convention).
LONG_HEADLINE = 55


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
        number under treatment never stands without the comparators' where there is one.  Risks per 100, each with its
        source; then how the product stands to the one advertised.  Without numbers, the state of the search.
    """
    desk = desk or desk_of(book)
    main = best_finding(verdict.claim_id, desk)
    said = [(main, text)] if main is not None and (text := observed(main)) else []
    if main is not None and not main.compared:
        second = next((one for one in desk.of_claim(verdict.claim_id) if one.compared and one.shown.primary), None)
        if second is not None and (text := observed(second, after=product_of(main) if said else "")):
            said.append((second, text))
    if not said:
        return _without_numbers(verdict)
    sentence = raised("; ".join(text for _, text in said))
    shown = [finding for finding, _ in said]
    left = _left_out(verdict.claim_id, shown, desk)
    if left and len(f"{sentence}{left}".split()) <= LONG_HEADLINE:
        return f"{sentence}{left}."
    notes = list(dict.fromkeys(stands_apart(finding) for finding in shown))
    return f"{sentence}{notes[0] if len(notes) == 1 else ''}."


def _left_out(claim_id: str, shown: Sequence[Finding], desk: Desk) -> str:
    """How many studies of the product advertised have no number for the outcomes that are shown; empty without any."""
    left = studies_not_in(claim_id, shown, desk)
    results = desk.book.results
    outcomes = {finding.row.outcome_id for finding in shown}
    numbered = set(results.loc[results["outcome_id"].isin(outcomes), "study_id"])
    if not left:
        return ""
    itself = " itself" if all(finding.advertised != Match.YES for finding in shown) else ""
    one = len(left) == 1
    count = f"{len(left)} {'study' if one else 'studies'} of the product advertised{itself}"
    if numbered & set(left):
        return f"; {count} {'is' if one else 'are'} not in these numbers"
    return f"; {count} {'has' if one else 'have'} no such numbers here"


def _without_numbers(verdict: Verdict) -> str:
    if verdict.label == VerdictLabel.NO_EVIDENCE:
        return f"{NONE_FOUND}; this is unknown."
    if verdict.label == VerdictLabel.NOT_SEARCHED:
        return "Nobody has looked for evidence yet."
    return "What was found gives no number that could be set beside the claim."
