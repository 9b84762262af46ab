"""The five domains of GRADE: from a body of evidence to levels down by either named rule set, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from review.certainty import classic_grade, core_grade
from review.certainty.body import Body
from review.certainty.fit import rate_indirectness
from review.certainty.levels import Rating
from review.certainty.publication_bias import rate_publication_bias
from review.vocabulary import Domain, RuleSet

#: The rule for each domain in GRADE's order; both sets share two of them.
RATERS: Mapping[RuleSet, Mapping[Domain, Callable[[Body], Rating]]] = {
    RuleSet.CORE: {
        Domain.RISK_OF_BIAS: core_grade.rate_risk_of_bias,
        Domain.INCONSISTENCY: core_grade.rate_inconsistency,
        Domain.INDIRECTNESS: rate_indirectness,
        Domain.IMPRECISION: core_grade.rate_imprecision,
        Domain.PUBLICATION_BIAS: rate_publication_bias,
    },
    RuleSet.CLASSIC: {
        Domain.RISK_OF_BIAS: classic_grade.rate_risk_of_bias,
        Domain.INCONSISTENCY: classic_grade.rate_inconsistency,
        Domain.INDIRECTNESS: rate_indirectness,
        Domain.IMPRECISION: classic_grade.rate_imprecision,
        Domain.PUBLICATION_BIAS: rate_publication_bias,
    },
}


def propose_ratings(body: Body, rules: RuleSet = RuleSet.CORE) -> tuple[Rating, ...]:
    """The rules' rating of every domain.

    Parameters
    ----------
    body : Body
        The evidence.
    rules : RuleSet
        Core GRADE of 2025, or the GRADE guidelines of 2011.

    Returns
    -------
    tuple of Rating
        The five domains in GRADE's order; `levels` is None where a person is needed.
    """
    return tuple(rate(body) for rate in RATERS[rules].values())
