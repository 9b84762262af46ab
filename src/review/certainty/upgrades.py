"""Rating up: where a large effect, a dose response or opposing confounding may be given at all.

No upgrade is proposed: it is a person's, with a reason.  Here is only which of them are impossible.
"""

from __future__ import annotations

from collections.abc import Mapping

from review.certainty.body import COMPARED, START_SHARE, Body, start_level
from review.certainty.levels import UP_DOMAINS
from review.vocabulary import Certainty, Domain

#: Least risk ratio (or its inverse, where risk falls) for each level of a large effect [guyatt2011up, abstract].
LARGE_EFFECT: Mapping[int, float] = {1: 2.0, 2: 5.0}


def upgrade_fault(domain: str, levels: int, body: Body, down: Mapping[str, int] | None = None) -> str:
    """What makes an upgrade impossible for a body of evidence.

    Parameters
    ----------
    domain : str
        One of the three domains of rating up; any other has no fault.
    levels : int
        Levels up; none is no upgrade and has no fault.
    body : Body
        The evidence: designs, whether it is about single groups, and its risk ratio where there is one.
    down : mapping of str to int, optional
        Levels down by domain, as they stand.

    Returns
    -------
    str
        What is wrong and what to do, or nothing where the upgrade is possible.

    References
    ----------
    guyatt2011up; schunemann2019, table 1; that a change from before to after is none of the effects meant is our
    reading (docs/methods.bib).
    """
    if domain not in UP_DOMAINS or levels <= 0:
        return ""
    why = _why_not(domain, levels, body, down or {})
    return f"{domain} {levels:+d} is not possible: {why}; take the row out or set it to 0" if why else ""


def _why_not(domain: str, levels: int, body: Body, down: Mapping[str, int]) -> str:
    if body.absolute:
        return "risks, means and times in single groups start High and show no effect that could be large"
    if start_level(body)[0] == Certainty.HIGH:
        return "only non-randomised evidence is rated up, and half or more of these studies are randomised"
    studies = [study for study in body.studies if study.design]
    compared = [study for study in studies if study.design in COMPARED]
    if len(compared) < START_SHARE * len(studies) or not compared:
        return "most of the studies have no comparison group, and a change from before to after is no effect"
    if down.get(Domain.RISK_OF_BIAS, 0) < 0:
        return "the evidence is rated down for risk of bias, and only well conducted studies are rated up"
    if domain == Domain.LARGE_EFFECT and body.interval and body.interval.relative_risk:
        ratio = body.interval.relative_risk[0]
        size = max(ratio, 1 / ratio if ratio > 0 else float("inf"))
        least = LARGE_EFFECT[min(levels, max(LARGE_EFFECT))]
        if size < least:
            return f"the risk ratio {ratio:.2f} is under {least:g} and over {1 / least:g}"
    return ""
