"""The report in Chromium: on a phone, on a desk, on paper, and without the network."""

from __future__ import annotations

from pathlib import Path

import council
import pytest

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed.")


@pytest.fixture
def report(audit):
    playwright = pytest.importorskip("playwright.sync_api")
    done = audit(council.council(120, graded=40), "--title", "Audit " + "x" * 80, draw=True)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((done.folder / "report.html").as_uri())
        yield page, asked
        browser.close()


def test_it_fits_every_screen_and_asks_for_nothing(report):
    page, asked = report
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert len(asked) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_on_bars_can_be_read_in_both_schemes(report, scheme):
    page, _ = report
    page.emulate_media(color_scheme=scheme)
    worst = page.evaluate(
        """() => {
          const style = getComputedStyle(document.querySelector('.seen'));
          const root = getComputedStyle(document.documentElement);
          const probe = document.body.appendChild(document.createElement('i'));
          const light = (colour) => {
            probe.style.color = colour;
            const parts = getComputedStyle(probe).color.match(/[0-9.]+/g).slice(0, 3).map((v) => v / 255);
            const [r, g, b] = parts.map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          let worst = 21;
          for (const [place, count] of [[style, 5], [root, 5]])
            for (let i = 0; i < count; i++)
              worst = Math.min(worst, ratio(light(place.getPropertyValue(`--s${i}`)), light(place.getPropertyValue(`--s${i}-ink`))));
          return worst;
        }"""
    )
    assert worst >= 4.5


def test_on_paper_it_has_pages_and_no_navigation(report):
    page, _ = report
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("h1").is_visible()
