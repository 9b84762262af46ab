"""Which notebooks are run without asking: the package's own code, and what Jupyter's notary has signed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat.sign import NotebookNotary

from review.errors import WrongUse

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: The package's notebooks, without outputs; new workbooks get copies of them.
SOURCES = Path(__file__).parent / "notebooks"

NOTEBOOK_VERSION = 4


def require_trust(path: Path, notebook: NotebookNode) -> None:
    """Refuse a notebook whose code is neither the package's own nor signed.

    Parameters
    ----------
    path : Path
        Its file, for the message.
    notebook : NotebookNode
        As read; outputs and text do not matter, they are not run.

    Raises
    ------
    WrongUse
        With what to do.
    """
    if code_cells(notebook) <= _own_code() or NotebookNotary().check_signature(notebook):
        return
    raise WrongUse(
        f"{path.name} holds code that is not the package's own and that nobody on this machine has signed, so it was "
        f"not run: read it, then open and save it in JupyterLab, or run `jupyter trust {path}`, or say --trust"
    )


def code_cells(notebook: NotebookNode) -> frozenset[str]:
    """The code of a notebook by cell, without the white space around it."""
    return frozenset(cell.source.strip() for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip())


def read_notebook(path: Path) -> NotebookNode:
    """The notebook in a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    NotebookNode
        In the current format.

    Raises
    ------
    WrongUse
        If it is no notebook.
    """
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=NOTEBOOK_VERSION)
    except Exception as fault:  # nbformat raises many kinds for what is no notebook
        raise WrongUse(f"{path.name} is not a notebook that can be read: {fault}") from fault
    return notebook


@cache
def _own_code() -> frozenset[str]:
    return frozenset().union(*(code_cells(read_notebook(path)) for path in sorted(SOURCES.glob("*.ipynb"))))
