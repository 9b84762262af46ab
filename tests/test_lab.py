"""The sections look in JupyterLab as they do in the page, and the report knows nothing of it."""

import json
import re
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from review.cli import workbook
from review.report import sections
from review.report.lab_style import ONLY_LAB, PAGE_STYLE, lab_style
from review.report.page import merge
from review.report.refresh import stored
from review.report.section import Section, fill
from review.report.trust import SOURCES

#: What the style of the sections is nested under.
SECTION = ".review-section.review-section.review-section{"


@pytest.fixture
def section():
    """Return a small section."""
    return Section(name="searches", size="0 searches", html=fill("searches", rows=[]))


@pytest.fixture
def started(monkeypatch):
    """Return the list that gets the program's arguments instead of a start of JupyterLab."""
    commands = []
    monkeypatch.setattr(workbook.os, "execv", lambda path, command: commands.append((path, command)))
    return commands


@pytest.fixture
def folder(tmp_path):
    """Return a workbook's folder with an empty folder for notebooks."""
    (tmp_path / "review.toml").write_text("")
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def lab_notebook(section):
    """A notebook as Lab saves it: the style, then a section."""
    cells = [
        new_code_cell(
            "sections.style()",
            metadata={"tags": [ONLY_LAB]},
            outputs=[
                new_output("execute_result", {"text/html": sections.style()._repr_html_()}, execution_count=1),
            ],
        ),
        new_code_cell(
            "sections.searches(book)",
            outputs=[new_output("execute_result", {"text/html": section._repr_html_()}, execution_count=2)],
        ),
    ]
    return new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("rule", "nested"),
    [
        pytest.param(".chip { color: red; }", ".chip{color: red;}", id="a class"),
        pytest.param("p,\nli { margin: 0 }", "p,li{margin: 0}", id="elements"),
        pytest.param(":root { --ink: black; }", "&{--ink: black;}", id="custom properties"),
        pytest.param("body { color: var(--ink); }", "&{color: var(--ink);}", id="text of the page"),
        pytest.param(
            "@media (prefers-color-scheme: dark) { :root { --ink: white; } }",
            'body[data-jp-theme-light="false"] &{--ink: white;}',
            id="dark",
        ),
        pytest.param(
            "@media (max-width: 40rem) { dt { margin: 0; } main { margin: 0; } }",
            "@container (max-width: 40rem){dt{margin: 0;}}",
            id="narrow",
        ),
        pytest.param(
            ".filters select, button { margin: 0; }", "button{margin: 0;}", id="a part of the page beside another"
        ),
        pytest.param('.fine::before { content: " <"; } /* } */', '.fine::before{content: " <";}', id="quotes, comment"),
    ],
)
def test_a_rule_of_the_page_holds_in_a_section(rule, nested):
    """Each rule is nested, and what asks for a dark browser or a narrow window asks Lab and the section instead."""
    found = lab_style(rule).removeprefix(lab_style("")[: len(SECTION)])

    assert nested.replace(";}", "}") in found


@pytest.mark.parametrize(
    "rule",
    [
        "main { margin: 0; }",
        "html { margin: 0; }",
        ".contents a[aria-current] { margin: 0; }",
        ".title-box + .text h2 { margin: 0; }",
        "@media print { :root { --ink: black; } @page { @bottom-right { content: counter(page); } } }",
        "@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }",
        "@media (min-width: 75rem) { body { display: grid; } :root { --bar: 0; } }",
    ],
)
def test_a_rule_of_the_frame_is_left_out(rule):
    """What is only for the page's frame, navigation or print does not touch Lab."""
    assert lab_style(rule) == lab_style("")


def test_the_style_touches_nothing_but_sections():
    """All rules stand within the one of the section's class, and none asks for the browser's colours or window."""
    css = lab_style(PAGE_STYLE.read_text(encoding="utf-8"))
    depths = [css[:place].count("{") - css[:place].count("}") for place in range(1, len(css))]

    assert css.startswith(SECTION)
    assert min(depths[len(SECTION) :]) == 1
    assert css.count("{") == css.count("}")
    assert re.findall(r"@(?!container\b)[a-z]+|:root|/\*", css) == []
    assert "</" not in css
    assert "http" not in css.replace('a[href^="http"]', "")


def test_the_style_is_quiet_and_the_same_each_time():
    """One style element for Jupyter, one word where there is no HTML."""
    shown = sections.style()._repr_html_()

    assert re.fullmatch(r"<style>[^<]*<?[^<]*</style>", shown.replace('" <"', '""'))
    assert shown == sections.style()._repr_html_()
    assert repr(sections.style()) == "Style"


def test_a_section_carries_its_class_in_jupyter_and_not_in_the_report(section):
    """Jupyter shows the section in an element of its own, whose dollars are no formulas; the page has its own frame."""
    merged = merge([lab_notebook(section)])

    assert section._repr_html_().startswith('<div class="review-section mathjax_ignore">')
    assert [cell.outputs[0].data["text/html"] for cell in merged.cells] == [str(section.html)]


def test_the_report_leaves_other_html_as_it_is():
    """HTML that no section made is not changed, even where it ends alike."""
    cell = new_code_cell("", outputs=[new_output("display_data", {"text/html": "<div>own\n</div>"})])

    assert merge([new_notebook(cells=[cell])]).cells[0].outputs[0].data["text/html"] == "<div>own\n</div>"


def test_the_style_is_not_stored(section):
    """A touch of the page's style changes no notebook."""
    cells = stored(lab_notebook(section)).cells

    assert [len(cell.outputs) for cell in cells] == [0, 1]


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.ipynb")), ids=lambda path: path.name)
def test_each_notebook_shows_the_style_after_the_load(path):
    """The cell is marked as Lab's own, and comparisons with stored outputs pass it over."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    styled = [number for number, cell in enumerate(cells) if cell.source == "sections.style()"]

    assert styled == [1]
    assert cells[1].metadata.tags == ["hide-input", ONLY_LAB, "nbval-ignore-output"]
    assert "<style" not in json.dumps(cells)


@pytest.mark.parametrize(
    ("names", "opened"),
    [
        pytest.param(["00_own.ipynb", "01_overview.ipynb"], "01_overview.ipynb", id="the overview"),
        pytest.param(["b.ipynb", "a work.ipynb"], "a%20work.ipynb", id="the first"),
    ],
)
def test_lab_opens_at_a_notebook(folder, started, names, opened):
    """The overview is opened where there is one, else the first notebook by name."""
    for name in names:
        (folder / "notebooks" / name).write_text("{}")
    workbook.lab(folder)
    [(path, command)] = started

    assert path == sys.executable
    assert command[-1] == f"--LabApp.default_url=/lab/tree/notebooks/{opened}"
    assert command[command.index("--notebook-dir") + 1] == str(folder)


def test_lab_opens_a_workbook_without_notebooks(folder, started):
    """Lab shows the folder where there is no notebook to open."""
    workbook.lab(folder)
    [(_, command)] = started

    assert command[-1] == str(folder)
