"""The files that a render leaves under build/: the report in three formats, and the review for other programs.

Each is written whole or not at all, and one that cannot be made keeps no other from being written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from review.errors import WrongUse
from review.files import load, write_whole
from review.report.render import REPORT, render, say_nothing

if TYPE_CHECKING:
    from review.workbook import Workbook


class Output(StrEnum):
    """What can be made of a workbook."""

    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    ANNOTATED = "annotated"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


#: What is made from the page, and so needs the notebooks to run.
FROM_PAGE = frozenset({Output.HTML, Output.PDF, Output.DOCX})


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a render left behind.

    Attributes
    ----------
    paths : tuple of Path
        The files that were written.
    faults : tuple of str
        Why another was not, one sentence each, with what to do.
    """

    paths: tuple[Path, ...]
    faults: tuple[str, ...]


def outputs_named(text: str) -> tuple[Output, ...]:
    """The outputs of a list such as ``html,pdf``; ``all`` is every one.

    Raises
    ------
    WrongUse
        If one is not known, or none is named.
    """
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if words == ["all"]:
        return tuple(Output)
    unknown = [word for word in words if word not in set(Output)]
    if unknown or not words:
        listed = ", ".join(Output)
        raise WrongUse(f"--to {text!r} is not known: name some of {listed}, with commas between, or all")
    return tuple(dict.fromkeys(Output(word) for word in words))


def make_outputs(
    folder: Path,
    wanted: Collection[Output],
    *,
    jobs: int = 1,
    trust: bool = False,
    progress: Callable[[str], None] = say_nothing,
) -> Made:
    """Render a workbook into the outputs that are wanted.

    Parameters
    ----------
    folder : Path
        The workbook.
    wanted : collection of Output
        Which; whatever is made from the page leaves build/report.html too.
    jobs, trust, progress
        As for `render`.

    Returns
    -------
    Made
        The files, in the order of `Output`, and why one is missing.

    Raises
    ------
    NotebookFailed, WrongUse
        As `render` does; an output that lacks a library is a fault of `Made` instead.
    """
    paths: list[Path] = []
    faults: list[str] = []
    if FROM_PAGE & set(wanted):
        paths.append(render(folder, jobs=jobs, trust=trust, progress=progress))
    book = load(folder)
    for output in Output:
        if output not in wanted or output is Output.HTML:
            continue
        try:
            for name, content in MAKERS[output](folder, book, progress):
                write_whole(folder / "build" / name, content)
                paths.append(folder / "build" / name)
        except WrongUse as fault:
            faults.append(str(fault))
        except ModuleNotFoundError as fault:
            faults.append(f"{output} needs {fault.name}: pip install 'evidence-review-workbook[office]'")
    return Made(paths=tuple(paths), faults=tuple(faults))


_Files = Iterator[tuple[str, bytes]]


def _pdf(folder: Path, book: Workbook, progress: Callable[[str], None]) -> _Files:
    from review.report.pdf import pdf_of
    from review.report.render import imprint_of

    progress("Setting build/report.pdf")
    yield "report.pdf", pdf_of((folder / REPORT).read_text(encoding="utf-8"), imprint_of(book))


def _docx(folder: Path, book: Workbook, progress: Callable[[str], None]) -> _Files:
    from review.report.word import docx_of

    progress("Writing build/report.docx")
    page = (folder / REPORT).read_text(encoding="utf-8")
    yield "report.docx", docx_of(page, title=book.settings.title, as_of=book.settings.as_of)


def _annotated(_folder: Path, book: Workbook, progress: Callable[[str], None]) -> _Files:
    from review.exchange import annotated_docx

    progress("Writing build/annotated.docx")
    yield "annotated.docx", annotated_docx(book)


def _json(_folder: Path, book: Workbook, _progress: Callable[[str], None]) -> _Files:
    from review.exchange import claims_json

    yield "claims.json", claims_json(book).encode()


def _csv(_folder: Path, book: Workbook, _progress: Callable[[str], None]) -> _Files:
    from review.exchange import claims_csv, findings_csv

    yield "claims.csv", claims_csv(book).encode()
    yield "summary_of_findings.csv", findings_csv(book).encode()


def _xlsx(_folder: Path, book: Workbook, progress: Callable[[str], None]) -> _Files:
    from review.exchange import claims_xlsx

    progress("Writing build/claims.xlsx")
    yield "claims.xlsx", claims_xlsx(book)


#: What makes each output; to add one is a word of `Output`, a function and a line here.
MAKERS: Mapping[Output, Callable[[Path, Workbook, Callable[[str], None]], _Files]] = {
    Output.PDF: _pdf,
    Output.DOCX: _docx,
    Output.ANNOTATED: _annotated,
    Output.JSON: _json,
    Output.CSV: _csv,
    Output.XLSX: _xlsx,
}
