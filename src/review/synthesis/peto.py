"""Peto's estimate of a common odds ratio from counts: observed minus expected events, over many syntheses at once.

Nothing is added to zero cells here: a study with events in one arm only counts by its own O - E, and one without an
event, or with events only, in both arms carries no weight.  The conventions are those of metafor's `rma.peto`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from review.effects import COUNTS, Array, observed_minus_expected


def peto_effects(counts: Mapping[str, Array]) -> tuple[Array, Array]:
    """The studies' (O - E) / V and 1 / V, whose inverse-variance mean is Peto's estimate.

    The weights are then V, the estimate is the sum of O - E over the sum of V, and Q is the sum of (O - E)² / V less
    the square of the one over the other.

    Parameters
    ----------
    counts : mapping of str to ndarray, shape (n,)
        `events_1`, `n_1`, `events_2`, `n_2` of each study.

    Returns
    -------
    tuple of ndarray, shape (n,)
        Log odds ratios and their variances; 0 and infinite where V is 0, so that the study has no weight.

    References
    ----------
    yusuf1985 (docs/methods.bib); checked against metafor, tests/reference/metafor.json.
    """
    difference, variance = observed_minus_expected(*(counts[name] for name in COUNTS))
    some = variance > 0
    return (
        np.divide(difference, variance, out=np.zeros_like(variance), where=some),
        np.divide(1.0, variance, out=np.full_like(variance, np.inf), where=some),
    )
