"""How the page bears long drafts: time from the last key to feedback, long tasks, and how soon a key is on screen.

`python -m tests.benchmarks.page [MODEL]` starts the service (model `stub` answers at once, so that what is left is the page's
own cost and its pause) and prints a row for each length of draft.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from conftest import CHROMIUM, start_service
from drafts import TEXT, editor, paste, until
from playwright.sync_api import CDPSession, Page, sync_playwright
from stub import Stub

LENGTHS = (500, 2_000, 10_000)
PAUSES = 5
WAIT = 300

OBSERVE = """() => {
    window.tasks = [];
    window.keys = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration)))
        .observe({ type: "longtask" });
    new PerformanceObserver((list) => window.keys.push(...list.getEntries()
        .filter((entry) => entry.name === "keydown").map((entry) => entry.duration)))
        .observe({ type: "event", durationThreshold: 16 });
    const status = document.getElementById("status");
    new MutationObserver(() => {
        if (status.classList.contains("current")) window.shownAt = performance.now();
    }).observe(status, { attributes: true });
    addEventListener("keydown", () => { window.keyAt = performance.now(); window.shownAt = null; }, { capture: true });
}"""


def draft(words: int) -> str:
    """A draft of about so many words, in paragraphs that differ."""
    paragraphs: list[str] = []
    while sum(len(paragraph.split()) for paragraph in paragraphs) < words:
        number = len(paragraphs)
        paragraphs.append(f"Visit {number}. I am concerned about week {number}. {TEXT}")
    return "\n\n".join(paragraphs)


def cpu_seconds(session: CDPSession) -> float:
    """What the page's main thread has spent so far."""
    metrics = {item["name"]: item["value"] for item in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"])


def measure(page: Page, words: int) -> dict[str, Any]:
    """Paste a draft, then write a sentence with pauses at the end and in the middle of it."""
    page.evaluate(OBSERVE)
    paste(page, draft(words))
    until(page, "document.getElementById('status').classList.contains('current')", patience=WAIT)
    first = page.evaluate("window.tasks.splice(0)")
    editor(page).click()
    # CPU time of the page's own thread, which a busy machine does not stretch as it does the clock.
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    waits, spent, keys_pressed = [], 0.0, 0
    for pause in range(PAUSES):
        page.keyboard.press("Control+End")
        if pause % 2:
            for _ in range(6):
                page.keyboard.press("PageUp")
        before = cpu_seconds(session)
        sentence = f"She said so on day {pause}. "
        page.keyboard.type(sentence, delay=60)
        spent += cpu_seconds(session) - before
        keys_pressed += len(sentence)
        until(page, "window.shownAt !== null", patience=WAIT)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        waits.append(page.evaluate("window.shownAt - window.keyAt"))
    tasks, keys = page.evaluate("[window.tasks, window.keys]")
    return {
        "pause to feedback, median ms": round(statistics.median(waits)),
        "long tasks on paste": f"{len(first)}, longest {max(first, default=0):.0f} ms",
        "long tasks while writing": f"{len(tasks)}, longest {max(tasks, default=0):.0f} ms",
        "CPU a key, ms": round(1000 * spent / keys_pressed, 1),
        "slowest key to screen, ms": round(max(keys, default=0)) or "under 16",
    }


def main() -> None:
    """Print a row for each length."""
    model = sys.argv[1] if len(sys.argv) > 1 else "stub"
    service = start_service(model="rules" if model == "stub" else model)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
            for words in LENGTHS:
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                if model == "stub":
                    Stub().install(page)
                page.goto(service.url)
                figures = measure(page, words)
                print(f"{model}, {words:,} words: " + "; ".join(f"{name} {value}" for name, value in figures.items()))
                page.close()
            browser.close()
    finally:
        service.stop()


if __name__ == "__main__":
    main()
