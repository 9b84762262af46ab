"""Opens pages in the machine's Chromium, and records what they ask for and what they complain about."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that asks for another host is recorded, and gets no answer.
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

#: What a self-contained page may ask for.
OWN_SCHEMES = ("file:", "data:", "about:", "blob:")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """A page, with what it asked of other hosts and what the console and its Content-Security-Policy said."""

    page: Page
    leaks: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def note_address(opened, address):
    """Record an address that is not the page's own."""
    if not address.startswith(OWN_SCHEMES):
        opened.leaks.append(address)


def note_console(opened, message):
    """Record an error; Chromium reports violations of a Content-Security-Policy as errors too."""
    if message.type == "error":
        opened.errors.append(message.text)


# Not for the whole session: while playwright runs, no other test of this process could run an event loop of its own.
@pytest.fixture(scope="package")
def browser(chromium):
    """Return a running headless Chromium."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def page_at(browser):
    """Return a function that opens a file in a window of its own and says what the page did.

    `page_at(path, width=1280, height=800, color_scheme="light", fragment="")` returns an `OpenPage`: its `page` is
    playwright's, `leaks` the addresses outside the file that it asked for, `errors` what the console and the
    Content-Security-Policy complained about.  Further keywords are those of playwright's `Browser.new_context`.
    """
    contexts = []

    def open_page(path, *, width=1280, height=800, color_scheme="light", fragment="", **options):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=color_scheme, **options)
        contexts.append(context)
        opened = OpenPage(page=context.new_page())
        opened.page.on("request", lambda request: note_address(opened, request.url))
        opened.page.on("websocket", lambda socket: note_address(opened, socket.url))
        opened.page.on("console", lambda message: note_console(opened, message))
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.goto(path.resolve().as_uri() + (f"#{fragment}" if fragment else ""))
        return opened

    yield open_page
    for context in contexts:
        context.close()
