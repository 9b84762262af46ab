"""ROBINS-I (2016): a person's judgements on seven domains in, the overall judgement that follows from them out.

The tool guides a person through each domain and gives no algorithm for it; the version of 2024, with six domains and
algorithms of its own, is another form.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pandas as pd

from review.risk_of_bias.answers import Answers, Form, answers_by_study
from review.risk_of_bias.package_data import data_rows

LOW, MODERATE, SERIOUS, CRITICAL = "Low", "Moderate", "Serious", "Critical"
NO_INFORMATION = "No information"
#: The judgements with a rank, best first.
RANKED = (LOW, MODERATE, SERIOUS, CRITICAL)


def robins_i_overall(frame: pd.DataFrame, *, file: str = "domains") -> pd.DataFrame:
    """The proposed overall judgement of each study by ROBINS-I.

    Parameters
    ----------
    frame : DataFrame
        Rows of study, domain (``D1`` to ``D7``) and judgement (Low, Moderate, Serious, Critical, No information or NI,
        in any case; empty or missing: none).
    file : str
        Name of the rows' source for the problems.

    Returns
    -------
    DataFrame
        Columns study, D1 to D7 and overall, one row a study in the order in which the studies come; None where a
        judgement is missing.  Overall is Critical if any domain is, else None while one is missing, else the worst
        domain; No information where a domain has none and no other is Serious.  Several Serious domains are never
        raised to Critical, which only a person may do.

    Raises
    ------
    InvalidInput
        If a row breaks one of `ROB2_RULES`, or a column is missing; all faults at once.

    References
    ----------
    sterne2016 (docs/methods.bib), the table of domain and overall judgements.
    """
    studies = answers_by_study(frame, robins_i_form(), file=file)
    domains = list(robins_i_domains())
    columns = {domain: [given.get(domain) for given in studies.values()] for domain in domains}
    overall = [worst_domain(given) for given in studies.values()]
    return pd.DataFrame({"study": list(studies), **columns, "overall": overall}, dtype="object")


def worst_domain(judgements: Answers) -> str | None:
    """The overall judgement that follows from one study's domains, None where a missing one could change it."""
    found = [judgements.get(domain) for domain in robins_i_domains()]
    if CRITICAL in found:
        return CRITICAL
    if None in found:
        return None
    if SERIOUS in found or NO_INFORMATION not in found:
        return max((judgement for judgement in found if judgement in RANKED), key=RANKED.index)
    return NO_INFORMATION


@cache
def robins_i_domains() -> Mapping[str, str]:
    """What each domain is about, by its id in the order of the form."""
    return MappingProxyType({row["domain"]: row["topic"] for row in data_rows("robins_i_domains.csv")})


@cache
def robins_i_levels() -> Mapping[str, Mapping[str, str]]:
    """What each judgement means and when it is the overall one, by its word, the best first."""
    return MappingProxyType({row["level"]: MappingProxyType(row) for row in data_rows("robins_i_levels.csv")})


@cache
def robins_i_form() -> Form:
    """What may be judged of each domain."""
    return Form(
        tool="ROBINS-I (2016)",
        columns=("study", "domain", "judgement"),
        allowed=MappingProxyType(dict.fromkeys(robins_i_domains(), tuple(robins_i_levels()))),
        spellings={"ni": NO_INFORMATION},
    )
