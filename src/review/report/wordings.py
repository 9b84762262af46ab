"""What the evidence would let each claim say, as a change to the advert's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from review.report.judged import NOT_JUDGED, appraisable, shown_verdicts
from review.report.labels import counted
from review.report.section import Section, fill
from review.wording import BANNER, propose_wording

if TYPE_CHECKING:
    from review.workbook import Workbook


def wordings(book: Workbook) -> Section:
    """The proposal for every claim: keep, add, change or remove, with what the advert could say instead."""
    proposals = propose_wording(book) if appraisable(book) else ()
    judged = shown_verdicts(book)
    found = [(proposal, judged.get(proposal.claim_id, NOT_JUDGED)) for proposal in proposals]
    html = fill("wordings", rows=found, banner=BANNER)
    return Section(name="wording", size=counted(len(found), "claim"), html=html)
