"""The report of this repository in a browser: quiet, walkable, and at home on a phone."""

import shutil
import subprocess
import sys
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
#: Too narrow for a card beside the article.
NARROWER = {"width": 1280, "height": 900}

#: Least contrast of text by WCAG 2.2 AA, success criterion 1.4.3.
CONTRAST = 4.5

#: Contrast of every element that holds text against the nearest background below it, with the worst first.
CONTRASTS = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const seen = new Map();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const key = style.color + style.opacity + ground(element);
    if (seen.has(key)) continue;
    const back = ground(element), front = rgba(style.color), opacity = Number(style.opacity);
    const mixed = front.map((v, i) => v * opacity + back[i] * (1 - opacity));
    const [a, b] = [light(mixed), light(back)].sort((x, y) => y - x);
    seen.set(key, [(a + 0.05) / (b + 0.05), `${element.tagName}.${element.className}`]);
  }
  return [...seen.values()].sort((x, y) => x[0] - y[0]);
}
"""


@pytest.fixture(scope="module")
def report(root, tmp_path_factory):
    """Return the repository's report, rendered in a copy and in another process than the browser's."""
    folder = tmp_path_factory.mktemp("workbook")
    for name in ("review.toml", "references.bib"):
        shutil.copy(root / name, folder)
    for name in ("claims", "documents", "notebooks"):
        shutil.copytree(root / name, folder / name)
    subprocess.run([sys.executable, "-m", "review", "render", str(folder), "--jobs", "3"], check=True)
    return folder / "build" / "report.html"


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_asks_for_nothing_and_complains_of_nothing(page_at, report, size, color_scheme):
    """No request leaves the page, and neither script nor policy reports an error."""
    opened = page_at(report, **size, color_scheme=color_scheme)
    opened.page.wait_for_load_state("networkidle")

    assert opened.leaks == []
    assert opened.errors == []


@pytest.mark.parametrize("open_all", [False, True], ids=["as it comes", "everything open"])
def test_a_phone_never_scrolls_sideways(page_at, report, open_all):
    """Wide tables scroll within their box; the page is as wide as the screen."""
    page = page_at(report, **PHONE).page
    if open_all:
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_each_mark_leads_to_its_card_and_back(page_at, report):
    """Every label in the document opens its claim's card, and the card's link returns to the label."""
    page = page_at(report, **NARROWER).page
    labels = page.evaluate(
        "[...document.querySelectorAll('.article sup a:not(.joined)')].map((a) => [a.parentNode.id, a.hash])"
    )

    assert len(labels) == page.locator(".card").count()
    for place, card in labels:
        page.evaluate("([place]) => document.getElementById(place).querySelector('a').click()", [place])
        back = page.evaluate("document.querySelector(':target .back a').hash")

        assert page.evaluate("location.hash") == card
        assert back == f"#{place}"


def test_the_words_of_a_claim_lead_to_its_card(page_at, report):
    """A click on marked text does what its label does."""
    page = page_at(report, **NARROWER).page
    mark = page.locator("mark[data-claim='C11']").first
    mark.click()

    assert page.evaluate("document.querySelector(':target').id") == "claim-C11"


def test_the_whole_page_is_reached_by_keyboard(page_at, report):
    """The first key offers to skip the navigation, and every label is a link that can hold the focus."""
    page = page_at(report, **DESKTOP).page
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")

    assert first == "skip"
    assert page.evaluate("document.activeElement.id") == "content"
    labels = page.locator(".article sup a[href]:not(.joined):not([tabindex='-1'])")
    assert labels.count() == page.locator(".article sup").count()


def test_a_link_into_a_closed_part_opens_it(page_at, report):
    """A place inside closed details is shown when a link leads to it."""
    page = page_at(report, **DESKTOP).page
    place = page.evaluate("document.querySelector('details:not([open]) [id]').id")
    page.evaluate("(place) => { location.hash = place; }", place)

    page.wait_for_function("(place) => document.getElementById(place).checkVisibility()", arg=place)


def test_references_can_be_filtered(page_at, report):
    """The box above the list leaves what holds every word."""
    page = page_at(report, **DESKTOP).page
    page.locator(".filter input").fill("rzany dermatol")
    shown = page.locator(".references > li:not([hidden])")

    assert 0 < shown.count() < page.locator(".references > li").count()
    assert all("rzany" in text.lower() for text in shown.all_text_contents())


def shown_claims(page):
    """Return the claims that the table shows, in its order."""
    return page.locator("table.claims tbody tr:not([hidden]) th").all_inner_texts()


def test_the_table_is_filtered_searched_and_sorted_and_its_address_can_be_sent(page_at, report):
    """Choices narrow the table, stand in the address, and a page opened at that address shows the same."""
    page = page_at(report, **DESKTOP).page
    page.locator(".filters select[name=verdict]").select_option("Contradicted")
    contradicted = shown_claims(page)
    page.locator(".filters input").fill("SWELLING one")
    searched = shown_claims(page)
    page.locator(".filters input").fill("")
    page.locator("table.claims th button").first.click()
    page.locator("table.claims th button").first.click()
    backwards = shown_claims(page)
    again = page_at(report, **DESKTOP, fragment=page.evaluate("location.hash").lstrip("#")).page

    assert contradicted == ["C24", "C29", "C31"]
    assert searched == ["C31"]
    assert backwards == ["C31", "C29", "C24"]
    assert page.locator("table.claims th").first.get_attribute("aria-sort") == "descending"
    assert shown_claims(again) == backwards
    page.get_by_role("button", name="Show all").click()
    assert len(shown_claims(page)) == page.locator(".card").count()


def test_a_claim_opened_from_the_filtered_table_keeps_the_filter_in_its_address(page_at, report):
    """The way back leads to the same lines, and the address of the card carries them."""
    page = page_at(report, **DESKTOP).page
    page.locator(".tally a").filter(has_text="Contradicted").click()
    page.locator("table.claims tbody tr:not([hidden]) th a").first.click()

    page.wait_for_function("location.hash === '#claim-C24?verdict=Contradicted'")
    assert page.locator("#claim-C24.here").is_visible()
    page.go_back()
    page.wait_for_function("location.hash.startsWith('#claims-table')")
    assert shown_claims(page) == ["C24", "C29", "C31"]


def test_on_a_wide_screen_the_card_stands_beside_the_article(page_at, report):
    """A click on marked words opens the card in place; a key closes it; no name is there twice."""
    page = page_at(report, width=1700, height=1000).page
    page.locator("mark[data-claim='C24']").first.dispatch_event("click")
    pane = page.locator(".pane")

    pane.wait_for(state="visible")
    assert page.evaluate("location.hash") == "#quote-C24"
    assert "painless" in pane.locator("h3").inner_text()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    page.keyboard.press("Escape")
    pane.wait_for(state="hidden")


def test_the_way_from_claim_to_card_to_reference_and_back(page_at, report):
    """A mark leads to its card, the card to a reference, the reference to the claims that use it."""
    page = page_at(report, **NARROWER).page
    page.locator("mark[data-claim='C24']").first.click()
    page.locator("#claim-C24 .evidence tbody th a").first.click()
    key = page.evaluate("location.hash.slice(1)")
    back = page.locator(f"[id='{key}'] a[href^='#citation-C24']").first
    back.click()

    assert key.startswith("reference-")
    page.wait_for_function("location.hash.startsWith('#citation-C24')")
    assert page.evaluate("document.querySelector(':target').closest('.card').id") == "claim-C24"


@pytest.mark.parametrize(
    ("size", "color_scheme", "rules"),
    [
        pytest.param(DESKTOP, "light", [], id="all rules"),
        # The contrast of all text in the dark is measured below too; axe-core takes most of a minute for it.
        pytest.param(DESKTOP, "dark", ["color-contrast"], id="contrast in the dark", marks=pytest.mark.slow),
        pytest.param(PHONE, "light", ["target-size"], id="targets on a phone"),
    ],
)
def test_no_rule_of_wcag_is_broken(page_at, report, size, color_scheme, rules):  # noqa: PLR0917 -- fixtures and cases
    """axe-core finds no violation of WCAG 2.2 at levels A and AA, nor of its best practices, with all parts open."""
    page = page_at(report, **size, color_scheme=color_scheme).page
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = Axe().run(page, options={"resultTypes": ["violations"], **only})
    broken = [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]]

    assert broken == []


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_all_text_is_legible(page_at, report, color_scheme):
    """Every text has the contrast that WCAG 2.2 asks for at level AA, in both colour schemes."""
    ratio, element = page_at(report, **DESKTOP, color_scheme=color_scheme).page.evaluate(CONTRASTS)[0]

    assert ratio >= CONTRAST, element


def test_headings_are_in_order(page_at, report):
    """One title, and no level is left out on the way down."""
    levels = page_at(report, **DESKTOP).page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((h) => Number(h.tagName[1]))"
    )

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_links_lead_somewhere(page_at, report):
    """Every link within the page has its place, and each place is there once."""
    page = page_at(report, **DESKTOP).page
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    inner = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map((a) => decodeURIComponent(a.hash.slice(1).split('?')[0]))"
    )

    assert len(ids) == len(set(ids))
    assert set(inner) - set(ids) == set()


def test_everything_is_open_on_paper(page_at, report):
    """Closed parts open for printing and close again after it."""
    page = page_at(report, **DESKTOP).page
    closed = "document.querySelectorAll('details:not([open], .mail)').length"
    before = page.evaluate(closed)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    during = page.evaluate(closed)
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    assert before > 0
    assert during == 0
    assert page.evaluate(closed) == before


def test_the_page_works_without_script(page_at, report):
    """Without script, the claims, the marks and their links are all there."""
    page = page_at(report, **PHONE, java_script_enabled=False).page

    assert page.locator(".article sup a:not(.joined)").count() == page.locator(".card").count()
    assert page.locator("h1").inner_text()
