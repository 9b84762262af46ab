"""How a synthesis may be pooled: the words for it, and the check of a call.

The words are those of the command line.  A word that is listed and not in the mapping of its formulas is a method that
exists and is not available here yet.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from review.effects import EFFECT_MEASURES, check_level, measure_named
from review.errors import WrongUse
from review.vocabulary import Measure


class Model(StrEnum):
    """Whether the studies are taken to share one effect."""

    COMMON = "common"
    RANDOM = "random"


class Common(StrEnum):
    """How a common effect is estimated."""

    IV = "IV"
    MH = "MH"
    PETO = "PETO"


class Tau2(StrEnum):
    """How the between-study variance is estimated; MH is DL with Q around the Mantel-Haenszel estimate."""

    DL = "DL"
    PM = "PM"
    REML = "REML"
    ML = "ML"
    HS = "HS"
    HE = "HE"
    SJ = "SJ"
    EB = "EB"
    MH = "MH"


class Interval(StrEnum):
    """The interval of the pooled effect: by the normal distribution (Wald), or Hartung and Knapp's."""

    Z = "z"
    HK = "hk"


#: What is available of each word list.
AVAILABLE_COMMON = (Common.IV, Common.MH)
AVAILABLE_TAU2 = (Tau2.DL, Tau2.REML, Tau2.MH)

#: The measures that Mantel-Haenszel pools: those of two arms with counts.
MANTEL_HAENSZEL_MEASURES = (Measure.RR, Measure.OR, Measure.RD)

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A checked choice of methods.

    Attributes
    ----------
    measure : Measure
        The effect measure.
    model : Model
        Common effect or random effects.
    common : Common
        Estimator of a common effect; nothing to a random-effects model.
    tau2 : Tau2
        Estimator of the between-study variance; nothing to a common effect.
    interval : Interval
        Interval of the pooled effect.
    level : float
        Level of the intervals in percent.
    adhoc : bool
        Whether a Hartung-Knapp interval is never narrower than the Wald interval.
    """

    measure: Measure
    model: Model
    common: Common
    tau2: Tau2
    interval: Interval
    level: float
    adhoc: bool

    @property
    def mantel_haenszel(self) -> bool:
        """Whether the Mantel-Haenszel estimate is needed, and so the counts."""
        return self.common is Common.MH if self.model is Model.COMMON else self.tau2 is Tau2.MH


def checked_options(
    *, measure: str, model: str, common: str, tau2: str, interval: str, level: float, adhoc: bool
) -> Options:
    """The options of a call.

    Raises
    ------
    WrongUse
        If a word is not known or not available, if the methods do not go together, or if the level is no percentage.
    """
    options = Options(
        measure=measure_named(measure),
        model=_word(Model, "model", model.lower()),
        common=_word(Common, "common", common.upper(), AVAILABLE_COMMON),
        tau2=_word(Tau2, "tau2", tau2.upper(), AVAILABLE_TAU2),
        interval=_word(Interval, "interval", interval.lower()),
        level=float(check_level(level)),
        adhoc=adhoc,
    )
    if options.mantel_haenszel and options.measure not in MANTEL_HAENSZEL_MEASURES:
        others = ", ".join(measure for measure in EFFECT_MEASURES if measure not in MANTEL_HAENSZEL_MEASURES)
        raise WrongUse(f"Mantel-Haenszel pools counts of two arms (RR, OR, RD): use IV or DL for {others}")
    if options.mantel_haenszel and options.model is Model.COMMON and options.interval is Interval.HK:
        raise WrongUse("a Mantel-Haenszel common effect has no Hartung-Knapp interval: use interval z or model random")
    return options


def _word(words: type[Word], option: str, text: str, available: Collection[Word] | None = None) -> Word:
    choices = tuple(words) if available is None else available
    listed = ", ".join(choices)
    if text not in set(words):
        raise WrongUse(f"{option} {text!r} is not known: choose one of {listed}")
    if words(text) not in choices:
        raise WrongUse(f"{option} {text} is not available in this version: choose one of {listed}")
    return words(text)
