"""The closed word lists of the tables: one word for one idea, and nothing else is read.

Only words belong here; what follows from a word stands with the rule that uses it.
"""

from __future__ import annotations

from enum import StrEnum


class Answer(StrEnum):
    """Yes or no."""

    YES = "yes"
    NO = "no"


class Match(StrEnum):
    """How well one part of a study's question fits the claim's."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNCLEAR = "unclear"


class Direct(StrEnum):
    """Whether intervention, population and outcome are those of the claim."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class Reading(StrEnum):
    """Whether the document says it or a consumer takes it from what is said."""

    EXPRESS = "express"
    IMPLIED = "implied"


class Kind(StrEnum):
    """What sort of claim it is; efficacy, safety, durability and mechanism are rated by GRADE, the rest documented."""

    EFFICACY = "efficacy"
    SAFETY = "safety"
    DURABILITY = "durability"
    MECHANISM = "mechanism"
    HISTORY = "history"
    POPULARITY = "popularity"
    COST = "cost"
    PROCEDURE = "procedure"
    DOSING = "dosing"


class Relation(StrEnum):
    """What a reference says to the claim as worded (not the direction of an effect)."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    INCONCLUSIVE = "inconclusive"
    QUALIFIES = "qualifies"
    BACKGROUND = "background"


class BibStatus(StrEnum):
    """Whether the bibliography of a reference can be relied on, save what its print note names."""

    CHECKED = "checked"
    FLAGGED = "flagged"


class Retraction(StrEnum):
    """What a search for retractions and corrections gave."""

    NONE_FOUND = "none found"
    NOTED = "noted"
    NOT_CHECKED = "not checked"


class Context(StrEnum):
    """What a reference is used as."""

    EVIDENCE = "evidence"
    REGULATORY = "regulatory"
    BACKGROUND = "background"


class Design(StrEnum):
    """How a study was made."""

    RCT = "rct"
    SPLIT_BODY_RCT = "split-body-rct"
    NONRANDOMISED_TRIAL = "nonrandomised-trial"
    COHORT = "cohort"
    BEFORE_AFTER = "before-after"
    CASE_SERIES = "case-series"
    CASE_REPORT = "case-report"
    CROSS_SECTIONAL = "cross-sectional"
    OUTBREAK_REPORT = "outbreak-report"
    POOLED_TRIALS = "pooled-trials"
    ANIMAL = "animal"
    IN_VITRO = "in-vitro"


class Basis(StrEnum):
    """What of a study was read when it was appraised."""

    ABSTRACT = "abstract"
    LABEL = "label"
    REGISTRY = "registry"
    FULL_TEXT = "full text"


class OutcomeKind(StrEnum):
    """What an outcome is measured in."""

    BINARY = "binary"
    CONTINUOUS = "continuous"
    TIME = "time"


class HigherIs(StrEnum):
    """Whether more of an outcome is good for the person."""

    BETTER = "better"
    WORSE = "worse"


class Per(StrEnum):
    """What is counted in n; results per different units are never pooled."""

    PERSON_COURSE = "person-course"
    PERSON_SESSION = "person-session"
    SESSION = "session"
    INJECTION = "injection"


class Group(StrEnum):
    """The part of an arm in its comparison."""

    INTERVENTION = "intervention"
    COMPARATOR = "comparator"
    SINGLE = "single"


class Origin(StrEnum):
    """Whether a number stands in the source or was made from what stands there."""

    PRINTED = "printed"
    DERIVED = "derived"


class Checked(StrEnum):
    """What a second reading of the number gave."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_FOUND_AGAIN = "not found again"
    NOT_CHECKED = "not checked"


class Measure(StrEnum):
    """Effect measures; PLO is the single-arm proportion on the logit scale, PFT by Freeman and Tukey."""

    RR = "RR"
    OR = "OR"
    RD = "RD"
    PETO = "PETO"
    MD = "MD"
    SMD = "SMD"
    ROM = "ROM"
    HR = "HR"
    PLO = "PLO"
    PFT = "PFT"
    GEN = "GEN"


class SourceDirection(StrEnum):
    """Which side a source says is better."""

    INTERVENTION_BETTER = "intervention better"
    COMPARATOR_BETTER = "comparator better"
    NO_DIFFERENCE_STATED = "no difference stated"
    UNCLEAR = "unclear"


class Role(StrEnum):
    """Whether a synthesis decides its claim or stands beside the decision."""

    DECIDING = "deciding"
    SUPPORTING = "supporting"


class SynthesisGroup(StrEnum):
    """Which arms a synthesis takes."""

    BOTH = "both"
    INTERVENTION = "intervention"
    COMPARATOR = "comparator"


class Target(StrEnum):
    """What a certainty rating is about; `claim bounds` are those of the claim's own quantity."""

    IMPORTANT_EFFECT = "important effect"
    NON_NULL_EFFECT = "non-null effect"
    LITTLE_OR_NO_EFFECT = "little or no effect"
    CLAIM_BOUNDS = "claim bounds"


class RuleSet(StrEnum):
    """The named rules that propose a certainty: Core GRADE of 2025, or the GRADE guidelines of 2011 and after."""

    CORE = "core-grade-2025"
    CLASSIC = "classic-grade"


class BiasTool(StrEnum):
    """Tools for the risk of bias of one study or the conduct of one review."""

    ROB2 = "RoB 2"
    ROBINS_I = "ROBINS-I"
    AMSTAR2 = "AMSTAR 2"
    JBI = "JBI"


class BiasVariant(StrEnum):
    """The effect of interest of RoB 2."""

    ASSIGNMENT = "assignment"
    ADHERING = "adhering"


class JbiChecklist(StrEnum):
    """The checklists of JBI that are known here."""

    CASE_SERIES = "case-series"
    CASE_REPORT = "case-report"


class RecordState(StrEnum):
    """Why a record that was seen is not among the references."""

    AWAITING = "awaiting assessment"
    LEFT_OUT = "left out"


class QuantityMeasure(StrEnum):
    """What a testable reading of a claim is a statement about."""

    RISK = "risk"
    MEAN = "mean"
    MEDIAN_DAYS = "median_days"


class Direction(StrEnum):
    """Which way the evidence points, against the claim as worded."""

    SUPPORTS = "supports"
    PARTLY_SUPPORTS = "partly supports"
    CONTRADICTS = "contradicts"
    INCONCLUSIVE = "inconclusive"
    NONE_FOUND = "none found"
    NOT_SEARCHED = "not searched"
    NOT_TESTABLE = "not testable"
    NOT_JUDGED = "not judged yet"


class VerdictLabel(StrEnum):
    """Our verdict on a claim as worded."""

    SUPPORTED = "Supported"
    SUPPORTED_WITH_LIMITS = "Supported with limits"
    OVERSTATED = "Overstated"
    NOT_SUBSTANTIATED = "Not substantiated"
    CONTRADICTED = "Contradicted"
    NO_EVIDENCE = "No evidence found"
    NOT_SEARCHED = "Not searched"
    NOT_TESTABLE = "Not testable"
    NOT_JUDGED = "Not judged yet"


class Certainty(StrEnum):
    """The four levels of GRADE, lowest first."""

    VERY_LOW = "Very low"
    LOW = "Low"
    MODERATE = "Moderate"
    HIGH = "High"


class Documentation(StrEnum):
    """How well a fact of history, popularity, cost, procedure or dosing is documented, worst first."""

    CONFLICTING = "Conflicting"
    THIN = "Thinly documented"
    DOCUMENTED = "Documented"
    WELL = "Well documented"


class Domain(StrEnum):
    """What a person can judge beside the computed proposal."""

    RISK_OF_BIAS = "risk of bias"
    INCONSISTENCY = "inconsistency"
    INDIRECTNESS = "indirectness"
    IMPRECISION = "imprecision"
    PUBLICATION_BIAS = "publication bias"
    LARGE_EFFECT = "large effect"
    DOSE_RESPONSE = "dose response"
    OPPOSING_CONFOUNDING = "opposing confounding"
    DIRECTION = "direction"
    CERTAINTY = "certainty"
    VERDICT = "verdict"


#: The reviewer whose judgement is final beside others'.
CONSENSUS = "consensus"

#: Kinds of claims that get a place on the documentation scale and no GRADE level.
DOCUMENTED_KINDS = frozenset({Kind.HISTORY, Kind.POPULARITY, Kind.COST, Kind.PROCEDURE, Kind.DOSING})
