"""The commands that bring something in: `review new`, `review claims`, `review refs check`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from review.cli.terminal import PROBLEMS, number, plain, print_json, short
from review.errors import Severity, WrongUse

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
Document = Annotated[Path, typer.Argument(help="A txt, md, html, pdf or docx file.")]

refs = typer.Typer(help="Work on bibliographies.", no_args_is_help=True, rich_markup_mode=None)


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workbook's folder: missing yet, or empty.")],
    *,
    document: Annotated[Path, typer.Option(help="The document under review: txt, md, html, pdf or docx.")],
    title: Annotated[str, typer.Option(help="Title of the review; the document's own without it.")] = "",
) -> None:
    """Start a review of any document: a complete workbook with its claim sentences, to be checked and searched."""
    from review.intake import new_workbook

    paths = new_workbook(folder, document, as_of=datetime.now(tz=UTC).astimezone().date(), title=title)
    typer.echo(f"{short(folder.resolve())} is a workbook of {number(len(paths), 'file')}.")
    typer.echo("Next: read claims/claims.csv, then `review check` and `review render` there.")


def claims(document: Document, *, as_json: Json = False) -> None:
    """Every sentence of a document with its score as a claim, the likely ones first."""
    from review.cues.candidates import OFFERED, candidate_claims
    from review.intake import text_of

    found = candidate_claims(text_of(document.name, _bytes(document)).text)
    if as_json:
        print_json(found)
        return
    for one in found:
        if one["score"] >= OFFERED:
            page = f"page {one['page']}, " if one["page"] else ""
            typer.echo(f"{one['score']:.2f} {page}{one['start']}: {plain(' '.join(one['sentence'].split()))}")
    rest = sum(one["score"] < OFFERED for one in found)
    typer.echo(f"{number(len(found) - rest, 'sentence')} offered as claims, {rest:,} below {OFFERED}: see --json")


@refs.command("check")
def check_refs(
    file: Annotated[Path, typer.Argument(help="BibTeX, RIS, nbib, CSL-JSON or EndNote XML.")], *, as_json: Json = False
) -> None:
    """What can be read of a bibliography, and what cannot, with file and line; exit 1 for problems."""
    from review.exchange.bibliographies import check_references, read_bibliography

    data = _bytes(file)
    references, problems = read_bibliography(file.name, data)
    if as_json:
        print_json(check_references(file.name, data))
    else:
        for problem in problems:
            typer.echo(plain(f"{problem.severity} {problem}"))
        found = number(len(problems), "problem") if problems else "no problems"
        typer.echo(f"{number(len(references), 'reference')}: {found}")
    if any(problem.severity == Severity.ERROR for problem in problems):
        raise typer.Exit(PROBLEMS)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise WrongUse(f"{path} cannot be read: {fault.strerror}") from fault
