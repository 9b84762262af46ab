"""What becomes of a synthesis without each study in turn: the pooled effect, and the influence of the study."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import chdtr

from review.effects import Array, measure_named, study_effects
from review.errors import CannotPool, WrongUse
from review.synthesis.options import Interval, Tau2
from review.synthesis.pooling import pool, pool_many
from review.vocabulary import Measure

#: Where a study's influence is marked [viechtbauer2010, metafor's `influence`]: the change of its fitted value beyond
#: three times sqrt(1 / (k - 1)), Cook's distance beyond the middle of its chi-squared distribution, a hat value beyond
#: three times the mean, a change of the pooled effect by more than one standard error.  The cut-offs are conventions.
DFFITS_CUT, COOK_CUT, HAT_CUT, DFBS_CUT = 3.0, 0.5, 3.0, 1.0

#: Below this, a study's distance from the others is rounding, as in metafor (a hundred times the machine epsilon).
ROUNDING = 100 * float(np.finfo(np.float64).eps)

#: The column that says which study a stacked synthesis lacks.
LEFT_OUT = "left_out"


def leave_one_out(
    frame: pd.DataFrame,
    *,
    measure: str = "RR",
    model: str = "random",
    common: str = "IV",
    tau2: str = "REML",
    interval: str = "z",
    level: float = 95,
    adhoc: bool = False,
) -> pd.DataFrame:
    """The pooled effect without each study in turn.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`; two or more.
    measure, model, common, tau2, interval, level, adhoc
        As in `pool`.

    Returns
    -------
    DataFrame
        A row for each study, with the index of `frame` and the columns of `pool_many`: the numbers of the synthesis
        that lacks this study, or in `reason` why it has none.

    Raises
    ------
    CannotPool
        If there are fewer than two studies.
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If an option is not known or not available, or the options do not go together.

    References
    ----------
    viechtbauer2010 (docs/methods.bib); checked against metafor's `leave1out`, tests/reference/robustness.json.
    """
    k = _several(frame)
    # The stacked frame below would name a wrong cell once for each synthesis, and by another row.
    study_effects(frame, measure=measure_named(measure))
    rows = np.tile(np.arange(k), (k, 1))[~np.eye(k, dtype=np.bool_)]
    stacked = frame.iloc[rows].assign(**{LEFT_OUT: np.repeat(np.arange(k), k - 1)})
    table = pool_many(
        stacked,
        by=LEFT_OUT,
        measure=measure,
        model=model,
        common=common,
        tau2=tau2,
        interval=interval,
        level=level,
        adhoc=adhoc,
    )
    return table.set_axis(frame.index, axis="index")


def influence(
    frame: pd.DataFrame,
    *,
    measure: str = "RR",
    model: str = "random",
    tau2: str = "REML",
    interval: str = "z",
    adhoc: bool = False,
) -> pd.DataFrame:
    """How much each study moves the synthesis, by inverse-variance pooling.

    Parameters
    ----------
    frame : DataFrame
        A row for each study, as for `pool`; two or more.
    measure, model, tau2, interval, adhoc
        As in `pool`; `tau2` is not ``"MH"``, which does not pool by inverse variance alone.

    Returns
    -------
    DataFrame
        A row for each study, with the index of `frame`.  ``rstudent``: the study's distance from the pooled effect of
        the others in standard errors; ``dffits`` and ``dfbs``: the change of its fitted value and of the pooled effect
        in standard errors; ``cook_d``: Cook's distance; ``cov_r``: the variance of the pooled effect without the study
        over that with it; ``tau2_del``, ``q_del``: tau² and Q without it; ``hat``: its share of the weight, 0 to 1;
        ``influential``: whether any of these is beyond its cut-off; ``reason``: why the others have no estimate, else
        empty.  NaN where a number is not defined, as where the standard error is 0.

    Raises
    ------
    CannotPool
        If there are fewer than two studies, or all together have no estimate.
    InvalidInput
        If a column is missing or a number impossible; every such place is named, rows are counted from 1.
    WrongUse
        If an option is not known or not available.

    References
    ----------
    viechtbauer2010outlier (docs/methods.bib); checked against metafor's `influence`, tests/reference/robustness.json.
    """
    if tau2.upper() == Tau2.MH:
        raise WrongUse("influence is that of inverse-variance pooling: use another estimator than tau2 MH, such as DL")
    _several(frame)
    effects = study_effects(frame, measure=measure_named(measure))
    generic = str(Measure.GEN)
    whole = pool(effects, measure=generic, model=model, tau2=tau2, interval=interval, adhoc=adhoc)
    without = leave_one_out(effects, measure=generic, model=model, tau2=tau2, interval=interval, adhoc=adhoc)
    wald = without["se"]
    if interval.lower() != Interval.Z:
        wald = leave_one_out(effects, measure=generic, model=model, tau2=tau2)["se"]
    numbers = _influence(
        effects,
        without.assign(factor=(without["se"] / wald) ** 2),
        mu=whole.mu,
        se=whole.se,
        hat=np.array([study.weight for study in whole.studies]) / 100,
    )
    return numbers.assign(influential=_influential(numbers), reason=without["reason"])


def _several(frame: pd.DataFrame) -> int:
    k = len(frame)
    if k < 2:  # noqa: PLR2004 - one to leave out and one to keep
        raise CannotPool(f"leaving one study out needs two or more, and there {'is one' if k else 'is none'}")
    return k


def _influence(effects: pd.DataFrame, without: pd.DataFrame, *, mu: float, se: float, hat: Array) -> pd.DataFrame:
    """The measures of influence; `without` has the fits that lack a study and the factor of Hartung and Knapp."""
    yi, vi = (effects[name].to_numpy(dtype=np.float64) for name in ("yi", "vi"))
    mu_del, se_del, tau2_del, factor = (
        without[name].to_numpy(dtype=np.float64) for name in ("mu", "se", "tau2", "factor")
    )
    # Weights of all studies at each tau² that one study's absence gives: a row for each absence.
    total = (1 / (vi + tau2_del[:, None])).sum(axis=1)
    distance, change = yi - mu_del, mu - mu_del
    distance = np.where(np.abs(distance) < ROUNDING, 0.0, distance)
    # Standard errors of 0, where studies are identical, and numbers beyond all measure leave a number undefined.
    with np.errstate(all="ignore"):
        numbers = {
            "rstudent": distance / np.sqrt(factor * (vi + tau2_del) + se_del**2),
            "dffits": change / np.sqrt(factor * hat * (vi + tau2_del)),
            "cook_d": change**2 / np.float64(se) ** 2,
            "cov_r": se_del**2 / np.float64(se) ** 2,
            "tau2_del": tau2_del,
            "q_del": without["q"].to_numpy(dtype=np.float64),
            "hat": hat,
            "dfbs": change * np.sqrt(total / factor),
        }
    defined = {name: np.where(np.isfinite(values), values, np.nan) for name, values in numbers.items()}
    return pd.DataFrame(defined, index=effects.index)


def _influential(numbers: pd.DataFrame) -> pd.Series[bool]:
    """Whether any measure is beyond its cut-off."""
    k = len(numbers)
    beyond: pd.Series[bool] = (
        (numbers["dffits"].abs() > DFFITS_CUT * np.sqrt(1 / (k - 1)))
        | (chdtr(1, numbers["cook_d"]) > COOK_CUT)
        | (numbers["hat"] > HAT_CUT / k)
        | (numbers["dfbs"].abs() > DFBS_CUT)
    )
    return beyond
