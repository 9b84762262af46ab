"""Finding, reading and writing."""

from __future__ import annotations

import os

import pytest
from books import good_files

from review.errors import WrongUse
from review.files import find_workbook, load, write_whole


@pytest.fixture
def workbook(tmp_path):
    """The small good workbook in a folder."""
    for name, data in good_files().items():
        path = tmp_path / "book" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "book"


def test_the_nearest_workbook_upwards_is_found(workbook, monkeypatch):
    """From a folder inside, the workbook is the nearest one above."""
    monkeypatch.chdir(workbook / "claims")

    assert find_workbook() == workbook


def test_no_workbook_is_wrong_use(tmp_path, monkeypatch):
    """Without a review.toml the message says what is missing."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(WrongUse, match=r"review\.toml"):
        find_workbook()
    with pytest.raises(WrongUse, match=r"review\.toml"):
        load(tmp_path)


def test_loading_checks_and_never_raises_for_faults(workbook):
    """A faulty workbook loads with its problems."""
    (workbook / "claims" / "claims.csv").write_text("nonsense")

    assert load(workbook).problems


def test_a_file_that_cannot_be_read_is_named(workbook):
    """A folder in place of a file gives one line with the name."""
    (workbook / "claims" / "claims.csv").unlink()
    (workbook / "claims" / "claims.csv").mkdir()

    with pytest.raises(WrongUse, match=r"claims/claims\.csv cannot be read"):
        load(workbook)


def test_a_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path):
    """The new bytes stand in place, with the rights of any new file."""
    path = tmp_path / "build" / "report.html"
    write_whole(path, b"new")
    plain = tmp_path / "plain"
    plain.write_bytes(b"")

    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode == plain.stat().st_mode


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    """On a full disk the old file stands, nothing is left beside it, and the reason is said."""
    path = tmp_path / "report.html"
    path.write_bytes(b"old")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WrongUse, match="No space left"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
