"""Faults of the inputs as values, and the few exceptions that the package raises.

A fault that a reviewer can mend is a `Problem`, an exception carries one or more of them.  Nothing here prints.

    ReviewError
    ├── InvalidInput     the inputs have faults (its `problems`)
    ├── WrongUse         the command or function was called with something that it cannot take
    ├── CannotPool       studies give no pooled estimate by the method that was asked for
    └── NotebookFailed   a cell of a notebook raised
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters: only errors say that the inputs are at fault."""

    ERROR = "error"
    WARNING = "warning"
    FINDING = "finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of the inputs with its address and what to do about it.

    Attributes
    ----------
    severity : str
        ``"error"``, ``"warning"`` or ``"finding"``.
    file : str
        The file as the reviewer knows it, relative to the workbook, such as ``claims/citations.csv``.
    line : int or None
        Line of the file, from 1, on which the record starts; None where the whole file is meant.
    column : str
        Column or field; empty where the whole line is meant.
    rule : str
        Id of the rule that was broken, such as ``CIT02``.
    message : str
        What is wrong, the value, and what to do.
    """

    severity: str = Severity.ERROR
    file: str
    line: int | None = None
    column: str = ""
    rule: str
    message: str

    def __str__(self) -> str:
        """One line as compilers print it: ``file:line column rule message``."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return " ".join(part for part in (place, self.column, self.rule, self.message) if part)


class ReviewError(Exception):
    """Base of every exception that the package raises on purpose."""


class InvalidInput(ReviewError):
    """The inputs have faults.

    Parameters
    ----------
    problems : sequence of Problem
        All faults that were found, at least one.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class WrongUse(ReviewError):
    """A command or function was called with something that it cannot take."""


class CannotPool(ReviewError):
    """The studies give no pooled estimate by the method that was asked for.

    The inputs are possible and the call was right; the message says why there is no estimate and what to do instead.
    """


class NotebookFailed(ReviewError):
    """A cell of a notebook raised.

    Parameters
    ----------
    path : str
        The notebook.
    cell : int
        Number of the cell in the notebook, from 1.
    traceback : str
        What the kernel said, in plain text.
    """

    def __init__(self, path: str, cell: int, traceback: str) -> None:
        self.path = path
        self.cell = cell
        self.traceback = traceback
        super().__init__(f"{path}, cell {cell}: {traceback}")
