"""The shell's file work: finding a workbook, reading its files, writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from review.errors import WrongUse
from review.integrity import check_workbook
from review.tables import TABLES
from review.workbook import REFERENCES_FILE, SETTINGS_FILE, Workbook, assemble


def find_workbook(start: Path | str | None = None) -> Path:
    """The folder of the workbook.

    Parameters
    ----------
    start : path, optional
        The folder itself; without it the nearest folder from the current one upwards that has a review.toml.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    WrongUse
        If there is no review.toml.
    """
    if start is not None:
        folder = Path(start).resolve()
        if not (folder / SETTINGS_FILE).is_file():
            raise WrongUse(f"{start} is no workbook: it has no {SETTINGS_FILE}")
        return folder
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise WrongUse(f"no {SETTINGS_FILE} here or in a folder above: go to a workbook or name its folder")


def read_files(folder: Path) -> dict[str, bytes]:
    """Bytes of everything that a review reads, by name relative to the workbook.

    Parameters
    ----------
    folder : Path
        The workbook.

    Returns
    -------
    dict
        review.toml, references.bib, the declared tables and all files under documents/, as far as they are there.

    Raises
    ------
    WrongUse
        If a file is there but cannot be read, with its name and the system's reason.
    """
    names = [SETTINGS_FILE, REFERENCES_FILE, *(table.file for table in TABLES.values())]
    documents = folder / "documents"
    if documents.is_dir():
        names += sorted(path.relative_to(folder).as_posix() for path in documents.rglob("*") if path.is_file())
    files = {}
    for name in names:
        try:
            files[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as fault:
            raise WrongUse(f"{name} cannot be read: {fault.strerror}") from fault
    return files


def load(folder: Path | str | None = None) -> Workbook:
    """The workbook in a folder, checked.

    Parameters
    ----------
    folder : path, optional
        The workbook; without it the nearest folder upwards that has a review.toml.

    Returns
    -------
    Workbook
        Its `problems` are all that was found, by file and line; nothing is raised for them.

    Raises
    ------
    WrongUse
        If there is no workbook.
    """
    book = assemble(read_files(find_workbook(folder)))
    return book.with_problems(check_workbook(book))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: beside it first, then put in its place.

    Parameters
    ----------
    path : Path
        The file; its folder is made where it is missing.
    data : bytes
        All of it.

    Raises
    ------
    WrongUse
        If it cannot be written, with the system's reason; what stood there before stands there still.
    """
    beside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        beside = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes the file private; the finished one has the rights that any new file has.
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    except OSError as fault:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise WrongUse(f"{path} cannot be written: {fault.strerror}; the old file, if any, is unchanged") from fault


def _umask() -> int:
    """The process's mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
