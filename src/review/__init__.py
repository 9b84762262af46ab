"""Join each claim of a medical text to its citations, the studies' numbers, a certainty and a verdict."""

from typing import TYPE_CHECKING

from review.errors import CannotPool, InvalidInput, NotebookFailed, Problem, ReviewError, WrongUse
from review.files import load
from review.references import parse_references

if TYPE_CHECKING:
    from review.appraisal import appraise
    from review.cues.candidates import candidate_claims
    from review.risk_of_bias import rob2
    from review.synthesis import pool

__version__ = "0.1.0"

__all__ = [
    "CannotPool",
    "InvalidInput",
    "NotebookFailed",
    "Problem",
    "ReviewError",
    "WrongUse",
    "__version__",
    "appraise",
    "candidate_claims",
    "load",
    "parse_references",
    "pool",
    "rob2",
]


def __getattr__(name: str) -> object:
    """The functions that need NumPy, SciPy or a language's sentences, imported when they are first asked for."""
    if name == "appraise":
        from review.appraisal import appraise

        return appraise
    if name == "candidate_claims":
        from review.cues.candidates import candidate_claims

        return candidate_claims
    if name == "pool":
        from review.synthesis import pool

        return pool
    if name == "rob2":
        from review.risk_of_bias import rob2

        return rob2
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
