"""How many people a single trial would need to show an effect."""

from __future__ import annotations

#: Standard normal quantiles of a two-sided 5 % test with 80 % power.
Z_ALPHA, Z_BETA = 1.959963984540054, 0.8416212335729143


def optimal_information_size(control_risk: float, risk: float) -> float:
    """People that a trial of this effect would need, both groups together.

    Parameters
    ----------
    control_risk, risk : float
        Risks without and with the intervention, 0 to 1; a risk above 1 counts as 1.

    Returns
    -------
    float
        Two-sided 5 % test, 80 % power, equal groups; infinite where the risks are equal.

    References
    ----------
    guyatt2025core2, through pmatools (docs/methods.bib).
    """
    risk = min(risk, 1.0)
    if control_risk == risk:
        return float("inf")
    spread = control_risk * (1 - control_risk) + risk * (1 - risk)
    return 2 * (Z_ALPHA + Z_BETA) ** 2 * spread / (control_risk - risk) ** 2
