"""Which studies a body of evidence has left when a reviewer keeps to some of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from review.appraisal.choices import Choices, EvidenceSet
from review.appraisal.desk import Desk, Subset
from review.certainty import StudyEvidence
from review.evidence import SynthesisEvidence
from review.vocabulary import Design, Direct

#: Designs that allot people, or halves of them, by chance.
RANDOMISED = frozenset({Design.RCT, Design.SPLIT_BODY_RCT, Design.POOLED_TRIALS})

#: Funding is free text.  A funder counts as industry if it is named as a company or maker, or named at all without a
#: word for public bodies, for nobody or for not knowing (our convention; the studies that this leaves out are named).
COMPANIES = re.compile(r"\b(inc|ltd|llc|gmbh|plc|corp|company|manufacturer|maker|\w*pharma\w*)\b", re.IGNORECASE)
OTHER_FUNDERS = re.compile(
    r"\b(universit\w*|college|school|hospital|government|ministry|council|public|national|foundation|societ\w*"
    r"|association|charit\w*|institut\w*|organi[sz]ation|none|no|not|own)\b",
    re.IGNORECASE,
)

#: The overall risk of bias that keeping to lower bias leaves out, with what was not assessed.
HIGH = "High"


def studies_kept(shown: SynthesisEvidence, desk: Desk, choices: Choices) -> frozenset[str]:
    """The ids of a synthesis's studies that the choices leave in."""
    return frozenset(
        study.study_id
        for study in shown.body.studies
        if study.study_id != choices.without and all(MEMBERS[part](study, desk) for part in choices.sets)
    )


def _randomised(study: StudyEvidence, _desk: Desk) -> bool:
    return study.design in RANDOMISED


def _direct(study: StudyEvidence, _desk: Desk) -> bool:
    return study.direct != Direct.NO


def _not_by_industry(study: StudyEvidence, desk: Desk) -> bool:
    row = desk.index.studies.get(study.study_id)
    return row is None or not by_industry(row.funding)


def _lower_bias(study: StudyEvidence, _desk: Desk) -> bool:
    return study.bias is not None and study.bias != HIGH


#: Whether a study belongs to each part of the evidence.
MEMBERS: Mapping[EvidenceSet, Callable[[StudyEvidence, Desk], bool]] = {
    EvidenceSet.RANDOMISED: _randomised,
    EvidenceSet.DIRECT: _direct,
    EvidenceSet.NO_INDUSTRY: _not_by_industry,
    EvidenceSet.LOWER_BIAS: _lower_bias,
}


def by_industry(funding: str) -> bool:
    """Whether a study's funding, in the words of its row, is industry's; not where none is recorded."""
    return bool(funding) and (COMPANIES.search(funding) is not None or OTHER_FUNDERS.search(funding) is None)


def comparisons_in(subset: Subset, desk: Desk) -> tuple[str, ...]:
    """The comparisons of some of a synthesis's studies, in its order."""
    name, studies = subset
    return tuple(comparison for comparison in desk.included[name] if desk.study_of[comparison] in studies)
