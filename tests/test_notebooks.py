"""The notebooks are pages, not programs: thin, with outputs that are the same wherever they are made."""

import ast
import json
import re
import sys
import tempfile

import nbformat
import pytest

import review
from review.report import sections
from review.report.trust import SOURCES

#: The first code cell of every notebook.
LOAD = "import review\nfrom review.report import sections\n\nbook = review.load()"

#: Lines of a code cell, blank ones counted.
LINES = 5

PROGRAMS = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.If,
    ast.IfExp,
    ast.Try,
    ast.With,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Match,
)

NAMES = sorted(path.name for path in SOURCES.glob("*.ipynb"))


@pytest.fixture(scope="module")
def notebooks(root):
    """Return the repository's notebooks by name."""
    return {path.name: nbformat.read(path, as_version=4) for path in (root / "notebooks").glob("*.ipynb")}


def code(notebook):
    """The code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_package_carries_the_same_notebooks(notebooks):
    """A new workbook starts with the repository's cells, without outputs.

    Run `python -m review.report.refresh notebooks --sources src/review/report/notebooks` after a change.
    """
    own = {name: nbformat.read(SOURCES / name, as_version=4) for name in NAMES}

    assert sorted(notebooks) == NAMES
    for name, notebook in notebooks.items():
        assert [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells] == [
            (cell.cell_type, cell.source, cell.metadata) for cell in own[name].cells
        ]
        assert [cell for cell in code(own[name]) if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_cell_loads_calls_or_shows(notebooks, name):
    """No cell defines, loops, branches, opens a file or names a path, and none is longer than five lines."""
    for cell in code(notebooks[name]):
        tree = ast.parse(cell.source)
        calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and hasattr(node.func, "id")}
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]

        assert [node for node in ast.walk(tree) if isinstance(node, PROGRAMS)] == []
        assert calls & {"open", "exec", "eval", "print"} == set()
        assert [text for text in texts if "/" in text or "\\" in text] == []
        assert len(cell.source.splitlines()) <= LINES


@pytest.mark.parametrize("name", NAMES)
def test_the_first_cell_is_the_load(notebooks, name):
    """Every notebook starts with the same load, and no code stands in the report."""
    cells = code(notebooks[name])

    assert cells[0].source == LOAD
    assert [cell for cell in cells if "hide-input" not in cell.metadata.get("tags", [])] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_asks_one_question_in_two_sentences(notebooks, name):
    """One title, then two sentences, the first of them a question."""
    texts = [cell.source for cell in notebooks[name].cells if cell.cell_type == "markdown"]
    titles = [line for text in texts for line in text.splitlines() if line.startswith("# ")]
    words = texts[0].partition("\n\n")[2]

    assert texts[0].startswith("# ")
    assert len(titles) == 1
    assert re.findall(r"[.?](?= |$)", words) == ["?", "."]


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_stored_and_without_faults(notebooks, name):
    """A reader on a code host sees every section without running anything."""
    for number, cell in enumerate(code(notebooks[name]), start=1):
        assert cell.execution_count == number
        assert [output for output in cell.outputs if output.output_type in {"error", "stream"}] == []
        if cell.source not in {LOAD, "sections.style()"}:
            assert "text/html" in cell.outputs[0].data


@pytest.mark.parametrize("name", NAMES)
def test_stored_outputs_hold_nothing_of_the_run(root, notebooks, name):
    """No digest, version or path of a machine, no timing and no version of the language."""
    book = review.load(root)
    stored = "".join(json.dumps(output) for cell in code(notebooks[name]) for output in cell.outputs)

    assert book.digest[:12] not in stored
    assert f"review {review.__version__}" not in stored
    assert [place for place in (str(root), sys.prefix, tempfile.gettempdir() + "/") if place in stored] == []
    assert notebooks[name].metadata.language_info == {"name": "python"}
    assert {key for cell in notebooks[name].cells for key in cell.metadata} <= {"tags"}


def test_every_section_is_shown_somewhere(notebooks):
    """No section of the report is forgotten, none is shown twice."""
    shown = [
        match
        for notebook in notebooks.values()
        for cell in code(notebook)
        for match in re.findall(r"sections\.(\w+)\(book\)", cell.source)
    ]

    assert sorted(shown) == sorted(sections.__all__)
