"""What a reviewer chooses on the way to a verdict, as values; the defaults are the primary analysis.

How a choice changes the evidence stands in `variants`, how it changes the certainty in `grading`; which choices are
reasonable for a claim, and what becomes of its verdict under them, in `firmness`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from review.vocabulary import RuleSet


class EvidenceSet(StrEnum):
    """Parts of a body of evidence that a reviewer may keep to."""

    RANDOMISED = "randomised"
    DIRECT = "direct"
    NO_INDUSTRY = "no industry"
    LOWER_BIAS = "lower bias"


class Bounds(StrEnum):
    """Where the line between standing and failing is drawn, against what the workbook says."""

    AS_SET = "as set"
    STRICTER = "stricter"
    LAXER = "laxer"
    NO_DIFFERENCE = "no difference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way of pooling in the words of `synthesis.pool`.

    Attributes
    ----------
    model : str
        ``common`` or ``random``.
    common : str
        Estimator of a common effect; nothing to random effects.
    tau2 : str
        Estimator of the between-study variance; nothing to a common effect.
    interval : str
        ``z`` or ``hk``.
    adhoc : bool
        Whether a Hartung-Knapp interval is never narrower than the Wald interval.
    """

    model: str
    common: str = "IV"
    tau2: str = "REML"
    interval: str = "z"
    adhoc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """One analysis; the defaults are the primary one.

    Attributes
    ----------
    sets : frozenset of EvidenceSet
        Parts of the evidence that are kept to, all of them at once.  Keeping to studies at lower risk of bias also
        leaves the rating of bias to the rules, for a person's was of all studies.
    without : str
        A study that is left out; on the documentation scale a source.
    synthesis : str
        A synthesis that decides in place of the claim's own.
    bounds : Bounds
        Where the important difference, or the two bounds of the claim's quantity, are put.
    method : Method or None
        How studies are pooled; None by their number.
    favourable : bool
        Whether what is not reported is read favourably in the risk of bias.
    proposals : bool
        Whether the rules' proposals count where a person departed from them.
    rules : RuleSet or None
        The rules that propose ratings; None for those that the workbook names.
    indirectness : int
        Levels added to the rating of indirectness, which stays within what GRADE allows.
    wording : int
        Levels added to how strongly the claim is worded, which stays within 0 to 5.
    """

    sets: frozenset[EvidenceSet] = frozenset()
    without: str = ""
    synthesis: str = ""
    bounds: Bounds = Bounds.AS_SET
    method: Method | None = None
    favourable: bool = False
    proposals: bool = False
    rules: RuleSet | None = None
    indirectness: int = 0
    wording: int = 0


#: The analysis that a verdict is reported by.
PRIMARY = Choices()
