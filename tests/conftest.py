"""What every test relies on: no network, no clock in property tests, nothing left out in silence."""

import os
import shutil
import sys
from ctypes.util import find_library
from pathlib import Path

import pytest
from hypothesis import settings

#: The repository.
ROOT = Path(__file__).parents[1]

#: What lays out the PDF.
PANGO_LIBRARIES = ("pango-1.0", "pangoft2-1.0")

#: Chromium's names, Debian's first.
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

LOOPBACK = ("127.", "::1", "localhost")

settings.register_profile("same-every-time", derandomize=True, deadline=None, database=None)
settings.load_profile("same-every-time")


def refuse_network(event, arguments):
    """Let no test reach beyond this machine; Jupyter's kernels talk over the loopback."""
    address = {"socket.connect": 1, "socket.getaddrinfo": 0}.get(event)
    if address is None:
        return
    host = arguments[address]
    host = host[0] if isinstance(host, tuple) else host
    if isinstance(host, str) and not host.startswith((*LOOPBACK, "/")):
        message = f"a test asked the network for {host}"
        raise ConnectionRefusedError(message)


sys.addaudithook(refuse_network)


def find_chromium():
    """Return the path of the machine's Chromium, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def nothing_may_be_missing():
    """Return whether this run stands for the whole, so that a missing program is a failure and no reason to skip."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def pytest_collection_modifyitems(items):
    """Mark every test that opens a page."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_runtest_setup(item):
    """Leave a browser test out, and say so, where there is no browser; and a PDF test where nothing lays it out."""
    if item.get_closest_marker("browser") and find_chromium() is None:
        leave_out("browser tests", "no chromium found (Debian: apt-get install chromium)")
    if "pango" in getattr(item, "fixturenames", ()) and not all(map(find_library, PANGO_LIBRARIES)):
        leave_out("PDF tests", "no pango found (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0)")


def leave_out(tests, reason):
    """Skip one of these tests; pytest's summary folds all skips of one reason into one line."""
    if nothing_may_be_missing():
        pytest.fail(f"{reason}, and CI={os.environ['CI']} leaves nothing out", pytrace=False)
    pytest.skip(f"{tests} left out: {reason}")


@pytest.fixture(scope="session")
def root():
    """Return the repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def chromium():
    """Return the path of the machine's Chromium."""
    return find_chromium()


@pytest.fixture(scope="session")
def pango():
    """Say that a test needs what lays out the PDF; it is left out where that is missing."""
