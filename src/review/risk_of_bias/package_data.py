"""The tools' forms and rules as they lie beside this module."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def data_rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of one of the package's CSV files, by its header."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
