"""The commands on a workbook: `review check`, `review render`, `review lab`."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import pandas as pd
import typer

from review.claims import is_part
from review.cli.terminal import FINE, PROBLEMS, number, plain, print_json, short
from review.errors import Severity
from review.files import find_workbook, read_files
from review.integrity import check_workbook
from review.vocabulary import VerdictLabel
from review.workbook import Workbook, assemble

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="The workbook; without it the nearest folder upwards with a review.toml."),
]

#: The notebook that `review lab` opens.
OVERVIEW = "01_overview.ipynb"


class Format(StrEnum):
    """How `review check` prints what it found."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def check(
    folder: Folder = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="For people, as JSON, or as GitHub annotations.")] = (
        Format.TEXT
    ),
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Check as of this day (YYYY-MM-DD), not review.toml's.")
    ] = None,
) -> None:
    """All problems of the workbook at once; exit 0 fine, 1 problems, 2 wrong use."""
    book = _checked(find_workbook(folder), as_of)
    _PRINTERS[form](book)
    raise typer.Exit(PROBLEMS if fails(book) else FINE)


def render(
    folder: Folder = None,
    *,
    to: Annotated[
        str,
        typer.Option(
            metavar="OUTPUTS", help="html, pdf, docx, annotated, json, csv, xlsx with commas between, or all."
        ),
    ] = "html",
    jobs: Annotated[int, typer.Option(min=1, help="Notebooks to run side by side.")] = 1,
    trust: Annotated[
        bool, typer.Option("--trust", help="Run notebooks that are neither the package's own nor signed.")
    ] = False,
) -> None:
    """Run the notebooks and write the report under build/; the notebooks themselves are never written."""
    from review.report.outputs import make_outputs, outputs_named

    wanted = outputs_named(to)
    place = find_workbook(folder)
    with _progress() as say:
        made = make_outputs(place, wanted, jobs=jobs, trust=trust, progress=say)
    for path in made.paths:
        typer.echo(f"Written: {short(path)}")
    for fault in made.faults:
        typer.echo(f"Not written: {fault}", err=True)
    book = _checked(place, None)
    errors = sum(problem.severity == Severity.ERROR for problem in book.problems)
    if errors:
        typer.echo(f"The inputs have {number(errors, 'error')}, which the report lists: run `review check`.", err=True)
    if errors or made.faults:
        raise typer.Exit(PROBLEMS)


def lab(folder: Folder = None) -> None:
    """Open JupyterLab on the workbook, at its overview."""
    place = find_workbook(folder)
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(place)]
    if notebook := first_notebook(place):
        command.append(f"--LabApp.default_url=/lab/tree/{quote(notebook)}")
    sys.stdout.flush()
    # JupyterLab takes the terminal over: its keys and its exit code are the command's own.
    os.execv(sys.executable, command)  # noqa: S606


def first_notebook(folder: Path) -> str:
    """The notebook that is read first, as its path in the workbook; empty if there is none."""
    paths = sorted(folder.glob("notebooks/*.ipynb"))
    overview = folder / "notebooks" / OVERVIEW
    first = overview if overview in paths else next(iter(paths), None)
    return first.relative_to(folder).as_posix() if first else ""


def fails(book: Workbook) -> bool:
    """Whether a check of the workbook exits with 1: for errors, and for what `fail_on` names, labels included."""
    failing = {Severity.ERROR, *book.settings.fail_on}
    if any(problem.severity in failing or problem.rule in failing for problem in book.problems):
        return True
    wanted = failing & set(VerdictLabel)
    return bool(wanted) and not wanted.isdisjoint(_labels(book))


def _checked(folder: Path, as_of: str | None) -> Workbook:
    book = assemble(read_files(folder))
    if as_of is not None:
        try:
            book = replace(book, settings=replace(book.settings, as_of=date.fromisoformat(as_of)))
        except ValueError:
            raise typer.BadParameter(f"{as_of!r} is not a date: write YYYY-MM-DD", param_hint="--as-of") from None
    return book.with_problems(check_workbook(book))


def _print_text(book: Workbook) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(soft_wrap=True, highlight=False)
    styles = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.FINDING: "cyan"}
    for problem in book.problems:
        line = Text.assemble((problem.severity, styles.get(Severity(problem.severity), "")), " ", plain(str(problem)))
        console.print(line)
    console.print(_summary(book))
    if labels := _labels(book):
        found = (f"{count} {label}" for label in VerdictLabel if (count := labels[label]))
        console.print(f"Verdicts: {', '.join(found)}")


def _print_json(book: Workbook) -> None:
    counts = Counter(problem.severity for problem in book.problems)
    answer = {
        "problems": [asdict(problem) for problem in book.problems],
        "errors": counts[Severity.ERROR],
        "warnings": counts[Severity.WARNING],
        "findings": counts[Severity.FINDING],
        "claims": _whole_claims(book),
        "citations": len(book.citations),
        "references": len(book.references),
        "verdicts": _appraised(book).to_dict("records"),
        "firmness": _firmness(book),
    }
    print_json(answer)


def _print_github(book: Workbook) -> None:
    """Workflow commands, which need `%`, line ends and, in properties, `:` and `,` escaped."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.FINDING: "notice"}
    for problem in book.problems:
        message = f"{problem.column} {problem.rule} {problem.message}".strip()
        place = f"file={_escaped(problem.file, ':,')},line={problem.line or 1}"
        typer.echo(f"::{words[Severity(problem.severity)]} {place}::{_escaped(message)}")


def _appraised(book: Workbook) -> pd.DataFrame:
    """The verdicts; none while the inputs have errors, which would make them verdicts on something else."""
    from review.appraisal import VERDICT_COLUMNS, appraise

    if any(problem.severity == Severity.ERROR for problem in book.problems):
        return pd.DataFrame(columns=list(VERDICT_COLUMNS))
    return appraise(book)


def _firmness(book: Workbook) -> list[dict[str, Any]]:
    """How firm each verdict is; nothing while the inputs have errors."""
    from review.firmness import firmness_records

    return [] if any(problem.severity == Severity.ERROR for problem in book.problems) else firmness_records(book)


def _labels(book: Workbook) -> Counter[str]:
    """How many whole claims have each label."""
    frame = _appraised(book)
    return Counter(label for claim, label in zip(frame["claim_id"], frame["label"], strict=True) if not is_part(claim))


_PRINTERS = {Format.TEXT: _print_text, Format.JSON: _print_json, Format.GITHUB: _print_github}


def _escaped(text: str, also: str = "") -> str:
    for sign in "%\r\n" + also:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _summary(book: Workbook) -> str:
    counts = Counter(problem.severity for problem in book.problems)
    found = ", ".join(number(counts[severity], severity) for severity in Severity if counts[severity])
    inputs = ", ".join(
        (
            number(_whole_claims(book), "claim"),
            number(len(book.citations), "citation"),
            number(len(book.references), "reference"),
        )
    )
    return f"{inputs}: {found or 'no problems'}"


def _whole_claims(book: Workbook) -> int:
    return int((~book.claims["claim_id"].str.contains(".", regex=False)).sum()) if len(book.claims) else 0


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """What says which step is under way: a spinner on a terminal, elsewhere one plain line for each step."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda step: typer.echo(step, err=True)
        return
    from rich.markup import escape

    with console.status("Starting") as status:
        yield lambda step: status.update(escape(step))
