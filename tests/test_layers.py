"""Imports point one way, and only the shell touches the world."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "review"

#: From left to right: a module imports only from its own place or from the left.
ORDER = (
    ("errors",),
    ("vocabulary",),
    ("tables",),
    ("cells",),
    ("documents", "references"),
    ("claims",),
    ("effects", "cues"),
    ("conversions",),
    ("synthesis",),
    ("risk_of_bias",),
    ("certainty",),
    ("verdicts",),
    ("workbook",),
    ("reproduction",),
    ("integrity",),
    ("evidence",),
    ("appraisal",),
    ("firmness",),
    ("wording",),
    ("summary_of_findings", "figures"),
    ("files",),
    ("report", "exchange"),
    ("dictionary",),
    ("intake",),
    ("cli",),
    ("__main__",),
)
RANK = {name: place for place, names in enumerate(ORDER) for name in names}

#: The only modules that open files, read the environment, run programs or print.
SHELL = {"files", "dictionary", "intake", "cli", "report", "__main__"}
WORLD = {"os", "pathlib", "subprocess", "tempfile", "shutil", "socket", "urllib.request", "http", "time", "random"}

MODULES = sorted(SOURCE.rglob("*.py"))


def unit(path):
    """The name under which a file stands in the order: its module, or its package."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path):
    """Every module that a file imports, by full name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if node.module == "review":
                yield from (f"review.{alias.name}" for alias in node.names)
            else:
                yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_from_the_shell_to_the_core(path):
    """No module imports one to its right."""
    if unit(path) == "__init__":
        return
    ours = [name.split(".")[1] for name in imports(path) if name.startswith("review.")]

    assert unit(path) in RANK, "give the module its place in ORDER"
    assert [name for name in ours if name in RANK and RANK[name] > RANK[unit(path)]] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_the_shell_touches_the_world(path):
    """The core takes values and returns values: no files, no clock, no environment, no network, no printing."""
    if unit(path) in SHELL:
        return
    tree = ast.parse(path.read_text())
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}

    assert calls & {"open", "print", "input"} == set()
    assert {name for name in imports(path) for world in WORLD if f"{name}.".startswith(f"{world}.")} == set()


HOMES = [("bibtexparser", "references"), ("nbconvert", "report"), ("sentencex", "cues")]


@pytest.mark.parametrize(("library", "home"), HOMES)
def test_a_library_has_one_home(library, home):
    """Only one module knows bibtexparser, only the report knows nbconvert."""
    users = {unit(path) for path in MODULES if any(name.split(".")[0] == library for name in imports(path))}

    assert users == {home}
