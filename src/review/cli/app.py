"""The command `review`: its commands by name, and how it leaves.

Exit codes: 0 fine, 1 problems in the inputs, 2 wrong use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from review.cli.analysis import pool, rob2
from review.cli.intake import claims, new, refs
from review.cli.terminal import PROBLEMS, WRONG_USE, complain
from review.cli.workbook import check, lab, render
from review.errors import CannotPool, InvalidInput, NotebookFailed, ReviewError

app = typer.Typer(
    name="review",
    help="Appraise the claims of a medical text: start a workbook, check it, render its report, open it in JupyterLab.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (check, render, lab, new, claims, pool, rob2):
    app.command()(command)
app.add_typer(refs, name="refs")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; every expected fault is one line, never a traceback."""
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="review")
    except InvalidInput as fault:
        for problem in fault.problems:
            complain(str(problem))
        sys.exit(PROBLEMS)
    except CannotPool as fault:
        complain(f"review: not pooled: {fault}")
        sys.exit(PROBLEMS)
    except NotebookFailed as fault:
        typer.echo(str(fault), err=True)
        typer.echo("The report is as it was; build/report-failed.html shows the cell that failed.", err=True)
        sys.exit(PROBLEMS)
    except ReviewError as fault:
        complain(f"review: {fault}")
        sys.exit(WRONG_USE)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(PROBLEMS)
