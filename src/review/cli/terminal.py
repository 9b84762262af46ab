"""What the commands share: exit codes, and text that is safe to print."""

from __future__ import annotations

import json
from pathlib import Path

import typer

#: Exit codes: fine, problems in the inputs, wrong use.
FINE, PROBLEMS, WRONG_USE = 0, 1, 2


def plain(text: str) -> str:
    """The text without control characters, which could move the cursor or recolour the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def complain(text: str) -> None:
    """One line on the error stream."""
    typer.echo(plain(text), err=True)


def print_json(answer: object) -> None:
    """A value as JSON; a number that JSON cannot hold is a fault of ours and raises."""
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))


def number(count: int, word: str) -> str:
    """A count with its noun."""
    return f"{count:,} {word}" + ("" if count == 1 else "s")


def short(path: Path) -> str:
    """The path from here where it lies below, else whole."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
