"""`python -m review.report.refresh notebooks`: run the notebooks and store their outputs in them.

What would differ from run to run or machine to machine is left out: times, versions, the state of the editor.  So is
the sections' style for JupyterLab, which would stand in every notebook and change with every touch of the page's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from review.errors import NotebookFailed, ReviewError
from review.files import write_whole
from review.report.execution import KERNEL, run_notebooks
from review.report.lab_style import ONLY_LAB
from review.report.trust import read_notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
    "language_info": {"name": "python"},
}


def refresh(folder: Path, *, sources: Path | None = None) -> list[Path]:
    """Run the notebooks in a folder and store their outputs.

    Parameters
    ----------
    folder : Path
        The notebooks; they are run whoever wrote them.
    sources : Path, optional
        A folder that gets copies without outputs, which is where the package keeps its own.

    Returns
    -------
    list of Path
        The notebooks, all written after all have run.
    """
    paths = sorted(folder.resolve().glob("*.ipynb"))
    notebooks = [(path, read_notebook(path)) for path in paths]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        executed = run_notebooks(notebooks, Path(scratch), jobs=1, progress=print)
    for path, notebook in zip(paths, executed, strict=True):
        write_whole(path, notebook_bytes(stored(notebook)))
        if sources is not None:
            write_whole(sources / path.name, notebook_bytes(without_outputs(notebook)))
    return paths


def stored(notebook: NotebookNode) -> NotebookNode:
    """A copy that holds nothing that differs from run to run."""
    copy = deepcopy(notebook)
    copy.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(copy.cells, start=1):
        cell.id = f"cell-{number}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if ONLY_LAB in tags:
            cell.outputs = []
    return copy


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """A stored copy as if it had never run."""
    copy = stored(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return copy


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """The file of a notebook; the same notebook gives the same bytes."""
    return f"{nbformat.writes(notebook).rstrip()}\n".encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 fine, 1 a cell failed, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m review.report.refresh", description=refresh.__doc__)
    parser.add_argument("folder", type=Path, help="the notebooks")
    parser.add_argument("--sources", type=Path, help="also write copies without outputs into this folder")
    given = parser.parse_args(arguments)
    try:
        refresh(given.folder, sources=given.sources)
    except NotebookFailed as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    except ReviewError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
