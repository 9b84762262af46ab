"""Join each claim of a medical text to its citations, the studies' numbers, a certainty and a verdict."""

from review.errors import InvalidInput, NotebookFailed, Problem, ReviewError, WrongUse
from review.files import load
from review.references import parse_references

__version__ = "0.1.0"

__all__ = [
    "InvalidInput",
    "NotebookFailed",
    "Problem",
    "ReviewError",
    "WrongUse",
    "__version__",
    "load",
    "parse_references",
]
