import pytest


@pytest.fixture
def write_page(tmp_path):
    """Return a function that writes a page with the given body and, if wanted, a policy."""

    def write(body, *, policy=""):
        path = tmp_path / "a page.html"
        head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else ""
        path.write_text(f'<!doctype html><html lang="en"><head>{head}<title>t</title></head><body>{body}</body></html>')
        return path

    return write


def test_a_quiet_page_has_no_leaks_and_no_errors(page_at, write_page):
    """A page with inline style, script and image asks nobody for anything."""
    body = '<style>p{color:red}</style><p>Hello</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">'

    opened = page_at(write_page(body))

    assert opened.page.inner_text("p") == "Hello"
    assert (opened.leaks, opened.errors) == ([], [])


@pytest.mark.parametrize(
    ("body", "address"),
    [
        pytest.param('<img src="https://outside.invalid/x.png" alt="">', "https://outside.invalid/x.png", id="image"),
        pytest.param("<script>fetch('http://127.0.0.1:9/x')</script>", "http://127.0.0.1:9/x", id="fetch"),
        pytest.param("<script>new WebSocket('ws://127.0.0.1:9/')</script>", "ws://127.0.0.1:9/", id="socket"),
        pytest.param(
            "<style>@import 'https://outside.invalid/x.css';</style>", "https://outside.invalid/x.css", id="style"
        ),
    ],
)
def test_a_request_to_another_host_is_a_leak(page_at, write_page, body, address):
    """Whatever a page asks of another host is recorded."""
    opened = page_at(write_page(body))
    opened.page.wait_for_load_state("networkidle")

    assert opened.leaks == [address]


def test_a_refused_script_is_an_error(page_at, write_page):
    """What the page's own policy refuses is recorded."""
    opened = page_at(write_page("<script>document.title = 'ran'</script>", policy="default-src 'none'"))

    assert opened.page.title() == "t"
    assert ["Content Security Policy" in error for error in opened.errors] == [True]


def test_a_script_that_fails_is_an_error(page_at, write_page):
    """What a script throws is recorded."""
    opened = page_at(write_page("<script>throw new Error('broken')</script>"))

    assert opened.errors == ["broken"]


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_window_is_as_asked(page_at, write_page, color_scheme):
    """Width, height and colour scheme reach the page."""
    opened = page_at(write_page(""), width=390, height=844, color_scheme=color_scheme)

    assert opened.page.evaluate("[innerWidth, innerHeight]") == [390, 844]
    assert opened.page.evaluate(f"matchMedia('(prefers-color-scheme: {color_scheme})').matches")
