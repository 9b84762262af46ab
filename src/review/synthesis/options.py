"""How a synthesis may be pooled: the words for it, and the check of a call.

The words are those of the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """How the between-study variance is estimated; MH is DL with Q around the Mantel-Haenszel estimate.

    DL DerSimonian and Laird, PM Paule and Mandel, REML restricted and ML plain maximum likelihood, HS Hunter and
    Schmidt, HE Hedges, SJ Sidik and Jonkman, EB empirical Bayes (the same as PM).
    """

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


#: The measures that Mantel-Haenszel pools: those of two arms with counts.
MANTEL_HAENSZEL_MEASURES = (Measure.RR, Measure.OR, Measure.RD)

#: The measures that Peto's method pools; the odds ratio is then his.
PETO_MEASURES = (Measure.PETO, Measure.OR)

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

    @property
    def peto(self) -> bool:
        """Whether the common effect is Peto's."""
        return self.model is Model.COMMON and self.common is Common.PETO

    @property
    def from_counts(self) -> bool:
        """Whether the counts themselves are pooled, so that estimates and variances will not do."""
        return self.mantel_haenszel or self.peto


def checked_options(
    *, measure: str, model: str, common: str, tau2: str, interval: str, level: float, adhoc: bool
) -> Options:
    """The options of a call.

    Raises
    ------
    WrongUse
        If a word is not known, if the methods do not go together, or if the level is no percentage.
    """
    options = Options(
        measure=measure_named(measure),
        model=_word(Model, "model", model.lower()),
        common=_word(Common, "common", common.upper()),
        tau2=_word(Tau2, "tau2", tau2.upper()),
        interval=_word(Interval, "interval", interval.lower()),
        level=float(check_level(level)),
        adhoc=adhoc,
    )
    if options.mantel_haenszel and options.measure not in MANTEL_HAENSZEL_MEASURES:
        others = ", ".join(measure for measure in EFFECT_MEASURES if measure not in MANTEL_HAENSZEL_MEASURES)
        raise WrongUse(f"Mantel-Haenszel pools counts of two arms (RR, OR, RD): use IV or DL for {others}")
    if options.peto and options.measure not in PETO_MEASURES:
        raise WrongUse(f"Peto's method pools odds ratios: use measure PETO, or common IV for {options.measure}")
    if options.from_counts and options.model is Model.COMMON and options.interval is Interval.HK:
        name = "Mantel-Haenszel" if options.mantel_haenszel else "Peto"
        raise WrongUse(f"a {name} common effect has no Hartung-Knapp interval: use interval z or model random")
    return replace(options, measure=Measure.PETO) if options.peto else options


def _word(words: type[Word], option: str, text: str) -> Word:
    if text not in set(words):
        raise WrongUse(f"{option} {text!r} is not known: choose one of {', '.join(words)}")
    return words(text)
