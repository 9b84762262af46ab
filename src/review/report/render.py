"""The report from a workbook's notebooks: run, merge, one page, written whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from review import __version__
from review.errors import NotebookFailed, WrongUse
from review.files import load, write_whole

if TYPE_CHECKING:
    from review.report.page import Imprint
    from review.workbook import Workbook

#: Where the report goes, relative to the workbook.
REPORT = Path("build") / "report.html"

#: Where a failed run says what failed, beside the report that it leaves as it was.
FAILED = Path("build") / "report-failed.html"

#: Where the notebooks stand, relative to the workbook; they are read and never written.
NOTEBOOKS = Path("notebooks")


def say_nothing(_step: str) -> None:
    """Progress that nobody watches."""


def render(folder: Path, *, jobs: int = 1, trust: bool = False, progress: Callable[[str], None] = say_nothing) -> Path:
    """Run the notebooks of a workbook and write its report.

    Parameters
    ----------
    folder : Path
        The workbook.
    jobs : int
        How many notebooks run side by side.
    trust : bool
        Whether notebooks run that are neither the package's own nor signed.
    progress : callable
        Is told each step.

    Returns
    -------
    Path
        build/report.html in the workbook; nothing else is written but the kernels' own files in a temporary folder.

    Raises
    ------
    NotebookFailed
        If a cell raises; the report that stood there before is left as it was, and the failure stands in
        build/report-failed.html with its cell.
    WrongUse
        If there are no notebooks, one cannot be read or trusted, or the report cannot be written.
    """
    from review.report.execution import run_notebooks
    from review.report.page import build_page, failure_notebook
    from review.report.trust import read_notebook, require_trust

    paths = sorted((folder / NOTEBOOKS).glob("*.ipynb"))
    if not paths:
        raise WrongUse(f"{folder / NOTEBOOKS} has no notebooks: a report is made of them")
    notebooks = [(path, read_notebook(path)) for path in paths]
    if not trust:
        for path, notebook in notebooks:
            require_trust(path, notebook)
    report = folder / REPORT
    book = load(folder)
    imprint = imprint_of(book)
    failed = folder / FAILED
    try:
        with tempfile.TemporaryDirectory(prefix="review-", ignore_cleanup_errors=True) as scratch:
            executed = run_notebooks(notebooks, Path(scratch), jobs=jobs, progress=progress)
    except NotebookFailed as fault:
        write_whole(failed, build_page([failure_notebook(fault)], imprint).encode())
        raise
    progress(f"Writing {REPORT}")
    write_whole(report, build_page(executed, imprint).encode())
    failed.unlink(missing_ok=True)
    return report


def imprint_of(book: Workbook) -> Imprint:
    """What a report says of itself."""
    from review.report.page import Imprint

    return Imprint(title=book.settings.title, as_of=book.settings.as_of, digest=book.digest, version=__version__)
