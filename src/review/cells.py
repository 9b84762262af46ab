"""CSV text to frames by the declarations of `tables`, with every fault as a problem and its address.

Text in, frame and problems out; no file is opened here and nothing is guessed in silence: a cell that cannot be read
is a problem and reads as empty.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from review.errors import Problem, Severity
from review.tables import Column, Table, Type

#: Rules of reading one table by itself; the ids stand in every problem and in docs/rules.md.
CELL_RULES: Mapping[str, str] = {
    "TAB01": "The file is there and is text: UTF-8, not UTF-16, without NUL characters.",
    "TAB02": "The file is well-formed CSV: quotes are closed and each row has as many cells as the header.",
    "TAB03": "Every declared column is there, once.",
    "TAB04": "Every column is a declared one.",
    "TAB05": "A cell that must be filled is filled.",
    "TAB06": "A word is one of its column's closed list.",
    "TAB07": "A number is a number in its range, with a decimal point; a count is a whole number.",
    "TAB08": "A date is written YYYY-MM-DD and exists.",
    "TAB09": "An id has no white space and no sign that links or lists need.",
    "TAB10": "A row's key stands once in its table.",
    "TAB11": "The text is UTF-8; Windows' cp1252 is read, but where its letters stand is said.",
}

#: Ids become anchors, file names and parts of `;` lists, so they are letters and digits, then also `.`, `_`, `-`.
ID_PATTERN = re.compile(r"[^\W_][\w.\-]*")
#: BibTeX keys: what biber, Zotero and bibtexparser all keep, and no `;`, which separates keys here.
KEY_PATTERN = re.compile(r"[^\s;,\"#%{}()\\~=']+")
NUMBER_PATTERN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
COUNT_PATTERN = re.compile(r"\d{1,15}", re.ASCII)

#: Suggest a correction only where the words are this alike (difflib's ratio, 0 to 1; our convention).
ALIKE = 0.6

Cell = str | int | float | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    line: int
    cells: tuple[str, ...]


def decode(data: bytes, file: str) -> tuple[str, list[Problem]]:
    """Text of a file's bytes.

    Parameters
    ----------
    data : bytes
        The file as it is.
    file : str
        Its name for the problems.

    Returns
    -------
    text : str
        Without byte order mark; empty where it cannot be read.
    problems : list of Problem
        An error for UTF-16 and NUL characters; a warning that names the first line that is not UTF-8.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", [_unreadable(file, 1, "it is UTF-16: save it as CSV UTF-8")]
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        return "", [_unreadable(file, line, "it has a NUL character: it is no text, or UTF-16; save it as CSV UTF-8")]
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        return "", [_unreadable(file, line, "it is neither UTF-8 nor cp1252: save it as UTF-8")]
    message = "this line is not UTF-8; the file was read as Windows cp1252: check its accents and save it as UTF-8"
    return text, [Problem(severity=Severity.WARNING, file=file, line=line, rule="TAB11", message=message)]


def parse_table(text: str, table: Table) -> tuple[pd.DataFrame, list[Problem]]:
    """A table's rows by its declaration.

    Parameters
    ----------
    text : str
        CSV with ``,`` or ``;`` between cells and any line ends.
    table : Table
        The declaration.

    Returns
    -------
    frame : DataFrame
        Exactly the declared columns; index ``line`` is the line of the file on which the row starts.  Text is str
        (empty where empty), lists are tuples of str, counts Int64, numbers float64.
    problems : list of Problem
        All faults; a cell with a fault reads as empty.
    """
    rows, problems = _parse_rows(text, table)
    header, body = (rows[0], rows[1:]) if rows else (_Row(line=1, cells=()), [])
    places, header_problems = _place_columns(header, table, text)
    problems += header_problems
    if any(problem.severity == Severity.ERROR for problem in header_problems):
        return empty_table(table), problems
    whole, ragged = _split_ragged(body, len(header.cells), table)
    problems += ragged
    lines = [row.line for row in whole]
    values = {}
    for column in table.columns:
        raw = [row.cells[places[column.name]].strip() if column.name in places else "" for row in whole]
        values[column.name], faults = _read_column(raw, lines, column, table.file)
        problems += faults
    frame = _filled_frame(values, lines, table)
    problems += _repeated_keys(frame, table)
    return frame, problems


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table as named tuples whose `Index` is the line of the file.

    They are untyped because the type of a cell follows from its column's declaration, which no type checker reads.
    """
    # pandas makes a class for each call, which for the many small frames here costs more than the rows.
    made = _row_type(tuple(frame.columns))
    return map(made._make, zip(frame.index.tolist(), *(frame[name].tolist() for name in frame.columns), strict=True))


@cache
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", ("Index", *columns), rename=True)  # noqa: PYI024 -- columns are known only now


def empty_table(table: Table) -> pd.DataFrame:
    """A table without rows, its columns typed as declared."""
    return _filled_frame(dict.fromkeys(table.names, ()), (), table)


def suggestion(word: str, known: Sequence[str]) -> str:
    """``; did you mean '...'?`` where one of the known words is like the given one, else nothing."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=ALIKE)
    return f"; did you mean {close[0]!r}?" if close else ""


def _unreadable(file: str, line: int, why: str) -> Problem:
    return Problem(file=file, line=line, rule="TAB01", message=f"the file cannot be read: {why}")


def _delimiter(text: str, table: Table) -> str:
    """The sign between cells: the one that finds more of the declared columns in the header."""
    header = text.split("\n", 1)[0].replace('"', "")
    known = set(table.names)

    def found(sign: str) -> int:
        return len(known & {name.strip() for name in header.split(sign)})

    return ";" if found(";") > found(",") else ","


def _parse_rows(text: str, table: Table) -> tuple[list[_Row], list[Problem]]:
    """Rows with the lines on which they start; blank lines and rows of empty cells are passed over."""
    rows: list[_Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, table), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_Row(line=line, cells=tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as fault:
        message = f"the row that starts here is not well-formed CSV ({fault}): close or double its quotation marks"
        return rows, [Problem(file=table.file, line=line, rule="TAB02", message=message)]
    return rows, []


def _place_columns(header: _Row, table: Table, text: str) -> tuple[dict[str, int], list[Problem]]:
    """Where each declared column stands, and what is wrong with the header."""

    def problem(rule: str, column: str, message: str, severity: Severity = Severity.ERROR) -> Problem:
        return Problem(severity=severity, file=table.file, line=header.line, column=column, rule=rule, message=message)

    if not header.cells:
        what = "the file is empty" if not text.strip() else "the header cannot be read"
        return {}, [problem("TAB03", "", f"{what}: its first line must be {table.header}")]
    names = [name.strip() for name in header.cells]
    places = {name: names.index(name) for name in table.names if name in names}
    problems = []
    for column in table.columns:
        if names.count(column.name) > 1:
            problems.append(problem("TAB03", column.name, "the column stands twice in the header: remove one"))
        if column.name not in places and not column.optional:
            hint = suggestion(column.name, [name for name in names if name not in table.names])
            problems.append(problem("TAB03", column.name, f"the column is missing: add it to the header{hint}"))
    # With a column missing, an unknown one is probably its misspelling, which the hint has named.
    for name in names if not problems else ():
        if name and name not in table.names:
            message = f"{name!r} is not a column of this table and is not read: rename or remove it"
            problems.append(problem("TAB04", name, message, Severity.WARNING))
    return places, problems


def _split_ragged(body: Sequence[_Row], width: int, table: Table) -> tuple[list[_Row], list[Problem]]:
    """The rows that are as wide as the header, and a problem for each that is not."""
    whole: list[_Row] = []
    problems: list[Problem] = []
    for row in body:
        if len(row.cells) != width:
            message = (
                f"the row has {len(row.cells)} cells, the header {width}: put text with a separator in quotation marks"
            )
            problems.append(Problem(file=table.file, line=row.line, rule="TAB02", message=message))
        else:
            whole.append(row)
    return whole, problems


def _read_column(
    raw: Sequence[str], lines: Sequence[int], column: Column, file: str
) -> tuple[list[Cell], list[Problem]]:
    """The column's values, and a problem for each cell that cannot be read."""
    read = _READERS[column.type]
    values: list[Cell] = []
    problems: list[Problem] = []
    for text, line in zip(raw, lines, strict=True):
        value, fault = read(text, column) if text else (_EMPTY[column.type], _must_be_filled(column))
        values.append(value)
        if fault:
            rule, message = fault
            problems.append(Problem(file=file, line=line, column=column.name, rule=rule, message=message))
    return values, problems


Fault = tuple[str, str] | None


def _must_be_filled(column: Column) -> Fault:
    if column.empty:
        return None
    return "TAB05", "the cell is empty: fill it" + (f" with one of {', '.join(column.words)}" if column.words else "")


def _read_text(text: str, _column: Column) -> tuple[Cell, Fault]:
    return text, None


def _read_list(text: str, _column: Column) -> tuple[Cell, Fault]:
    return tuple(part for part in map(str.strip, text.split(";")) if part), None


def _read_id(text: str, column: Column) -> tuple[Cell, Fault]:
    pattern = KEY_PATTERN if column.type in (Type.KEY, Type.KEYS) else ID_PATTERN
    if pattern.fullmatch(text):
        return text, None
    allowed = (
        "no space, quote, bracket or any of ; , # % \\ ~ =" if pattern is KEY_PATTERN else "letters, digits, . _ - only"
    )
    return "", ("TAB09", f"{text!r} cannot be an id: {allowed}")


def _read_ids(text: str, column: Column) -> tuple[Cell, Fault]:
    parts, _ = _read_list(text, column)
    good = []
    for part in parts if isinstance(parts, tuple) else ():
        value, fault = _read_id(part, column)
        if fault:
            return (), fault
        good.append(str(value))
    return tuple(good), None


def _read_word(text: str, column: Column) -> tuple[Cell, Fault]:
    if text in column.words:
        return text, None
    hint = suggestion(text.lower(), column.words)
    return "", ("TAB06", f"{text!r} is not one of {', '.join(column.words)}{hint}")


def _read_number(text: str, column: Column) -> tuple[Cell, Fault]:
    if not NUMBER_PATTERN.fullmatch(text):
        comma = "; write the decimals after a point" if re.fullmatch(r"-?\d+,\d+", text) else ""
        return None, ("TAB07", f"{text!r} is not a number: write digits only, the unit is the column's{comma}")
    value = float(text)
    if not (column.low <= value <= column.high and math.isfinite(value)):
        return None, ("TAB07", f"{text} is out of range: {column.low:g} to {column.high:g}")
    return value, None


def _read_count(text: str, column: Column) -> tuple[Cell, Fault]:
    if not COUNT_PATTERN.fullmatch(text):
        return None, ("TAB07", f"{text!r} is not a whole number of at least {max(column.low, 0):g}: write digits only")
    return int(text), None


def _read_date(text: str, _column: Column) -> tuple[Cell, Fault]:
    try:
        good = date.fromisoformat(text).isoformat() == text
    except ValueError:
        good = False
    return (text, None) if good else ("", ("TAB08", f"{text!r} is not a date: write YYYY-MM-DD"))


_READERS = {
    Type.TEXT: _read_text,
    Type.ID: _read_id,
    Type.KEY: _read_id,
    Type.IDS: _read_ids,
    Type.KEYS: _read_ids,
    Type.LIST: _read_list,
    Type.WORD: _read_word,
    Type.COUNT: _read_count,
    Type.NUMBER: _read_number,
    Type.DATE: _read_date,
}

_EMPTY: Mapping[Type, Cell] = {
    Type.TEXT: "",
    Type.ID: "",
    Type.KEY: "",
    Type.IDS: (),
    Type.KEYS: (),
    Type.LIST: (),
    Type.WORD: "",
    Type.COUNT: None,
    Type.NUMBER: None,
    Type.DATE: "",
}


#: The kind of array that holds a column; text and lists are Python objects.
_DTYPES: Mapping[Type, str] = {Type.COUNT: "Int64", Type.NUMBER: "float64"}


def _filled_frame(values: Mapping[str, Sequence[Cell]], lines: Sequence[int], table: Table) -> pd.DataFrame:
    """The values as a frame with the declared kinds of columns and the lines as index."""
    index = pd.Index(list(lines), name="line", dtype="int64")
    columns: dict[str, Any] = {}
    for column in table.columns:
        cells: Any = list(values[column.name])
        kind: Any = _DTYPES.get(column.type, "object")
        columns[column.name] = pd.Series(cells, index=index, dtype=kind)
    return pd.DataFrame(columns, index=index)


def _repeated_keys(frame: pd.DataFrame, table: Table) -> Iterator[Problem]:
    """A problem for each row whose key stands in an earlier row; keys with an unread first cell are left alone."""
    first: dict[tuple[str, ...], int] = {}
    for line, *key in frame.loc[:, list(table.key)].itertuples(name=None):
        if not key or not key[0]:
            continue
        earlier = first.setdefault(tuple(key), line)
        if earlier != line:
            named = ", ".join(part for part in key if part)
            message = f"{named} already stands on line {earlier}: the key is {' + '.join(table.key)}; merge or rename"
            yield Problem(file=table.file, line=line, column=table.key[0], rule="TAB10", message=message)
