"""A CSV file that a command names, to a frame with the file's own lines; every fault with file, line and column."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from review.cells import decode, parse_table
from review.cli.terminal import complain
from review.errors import InvalidInput, Problem, Severity, WrongUse
from review.tables import Column, Table

#: The argument that stands for standard input, and what problems call it.
STANDARD_INPUT, STANDARD_INPUT_NAME = "-", "standard input"


def read_rows(source: str, *shapes: Sequence[Column]) -> tuple[pd.DataFrame, str]:
    """The rows of a CSV file.

    Parameters
    ----------
    source : str
        A path, or ``-`` for standard input.
    *shapes : sequence of Column
        Columns that the file may have: the first shape that it has whole is read, all other columns are passed over.

    Returns
    -------
    frame : DataFrame
        The shape's columns; the index ``line`` is the line of the file on which a row starts.
    name : str
        What problems call the file.

    Raises
    ------
    InvalidInput
        If it is no readable CSV or has none of the shapes (its faults are then those against the first one); all
        faults at once.  A file that is cp1252 is read, with a warning on the error stream.
    WrongUse
        If it cannot be opened.
    """
    data, name = _contents(source)
    text, problems = decode(data, name)
    if any(problem.severity == Severity.ERROR for problem in problems):
        raise InvalidInput(problems)
    for problem in problems:
        complain(f"{problem.severity} {problem}")
    tables = (parse_table(text, Table(name="rows", meaning="", columns=tuple(shape))) for shape in shapes)
    first = None
    for frame, found in tables:
        first = first or (frame, found)
        if not any(problem.rule == "TAB03" for problem in found):
            break
    else:
        frame, found = first or (pd.DataFrame(), [])
    # TAB04 is a column that this command does not use, such as the names of the authors.
    if faults := [replace(problem, file=name) for problem in found if problem.rule != "TAB04"]:
        raise InvalidInput(faults)
    return frame, name


def in_file(problem: Problem, frame: pd.DataFrame, name: str) -> Problem:
    """A problem that counts rows from 1, with the file and its line instead."""
    if problem.line is None:
        return replace(problem, file=name, line=1)
    message = problem.message.removeprefix(f"row {problem.line}: ")
    return replace(problem, file=name, line=int(frame.index[problem.line - 1]), message=message)


def _contents(source: str) -> tuple[bytes, str]:
    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read(), STANDARD_INPUT_NAME
    try:
        return Path(source).read_bytes(), source
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else fault
        raise WrongUse(f"{source} cannot be read: {why}") from fault
