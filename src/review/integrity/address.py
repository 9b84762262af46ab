"""What the rules share: problems with the address of a row, and the check that a name is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from review.cells import suggestion
from review.errors import Problem, Severity
from review.tables import TABLES


def row_problem(
    table: str, line: int | None, column: str, message: str, *, severity: Severity = Severity.ERROR
) -> Problem:
    """A problem of a row without a rule's id, which `check_workbook` puts in."""
    return Problem(severity=severity, file=TABLES[table].file, line=line, column=column, rule="", message=message)


def unknown_names(table: str, cells: pd.Series, known: Collection[str], what: str) -> Iterator[Problem]:
    """A problem for each filled cell (or each part of a list) that is not among the known names."""
    for line, cell in cells.items():
        for name in cell if isinstance(cell, tuple) else (cell,):
            if name and name not in known:
                hint = suggestion(name, list(known))
                message = f"{name!r} is not in {what}: add it there or correct it here{hint}"
                yield row_problem(table, int(str(line)), str(cells.name), message)


def filled(frame: pd.DataFrame, column: str) -> frozenset[str]:
    """The distinct filled cells of a column."""
    return frozenset(frame[column]) - {""}
