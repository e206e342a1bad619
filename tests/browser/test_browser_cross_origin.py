"""`<record-feedback>` in a page of another origin: with a key by `getToken`, where the operator lists that origin."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

CANARY = "Zephyrine"
TEXT = f"I saw {CANARY} on her own in the kitchen. I am concerned about {CANARY}. She told me, “I like it here.”"
PAGE = """<!doctype html><html lang="en"><title>Case system</title>
<script src="{service}/static/record-feedback.js" crossorigin defer></script>
<label for="note">Visit note</label><textarea id="note" rows="8"></textarea>
<record-feedback for="note" record-type="visit"></record-feedback>"""


@pytest.fixture
def case_system():
    """A page of another origin; what it holds is set once the service's address is known."""

    class Handler(BaseHTTPRequestHandler):
        held = ""

        def do_GET(self) -> None:
            body = self.held.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            # As strict as a case system's own policy may be: the service is all that is let in.
            service = self.held.partition('src="')[2].partition("/static")[0]
            self.send_header(
                "Content-Security-Policy", f"default-src 'self'; script-src {service}; connect-src {service}"
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield Handler, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def key(tmp_path):
    made = subprocess.run(
        [sys.executable, "-m", "nlp_quality", "keys", "create", "--name", "case system", "--scope", "score"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NLP_QUALITY_DATA_DIR": str(tmp_path / "data")},
    )
    return made.stdout.strip()


@pytest.fixture
def embedded(chromium, case_system, key, serve_with):
    """Open the case system's page, in which the component reaches a service that lists `origins`."""
    handler, origin = case_system
    contexts = []

    def make(*, origins=origin):
        service = serve_with(cors_origins=origins)
        handler.held = PAGE.format(service=service.url)
        contexts.append(chromium.new_context())
        contexts[-1].set_default_timeout(60_000)
        page = contexts[-1].new_page()
        page.goto(origin)
        return service, page

    yield make
    for context in contexts:
        context.close()


def give(page, key):
    page.evaluate("key => { document.querySelector('record-feedback').getToken = async () => key; }", key)


def test_a_page_of_a_listed_origin_gets_feedback_with_its_key(embedded, key):
    service, page = embedded()
    troubles, asked = [], []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    give(page, key)
    box = page.locator("record-feedback")
    page.get_by_role("textbox", name="Visit note").fill(TEXT)
    box.get_by_text("Up to date").wait_for()
    assert CANARY in box.locator(".children").inner_text()
    box.get_by_text("Why it matters").first.wait_for(state="attached")  # the scheme is read with the key too
    (request,) = asked
    assert request.url.startswith(f"{service.url}/v1/score?")
    headers = request.all_headers()
    assert headers["authorization"] == f"Bearer {key}"
    assert "cookie" not in headers
    assert key not in request.url
    assert CANARY not in request.url
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert troubles == []


def test_without_a_key_it_says_so_and_goes_on_once_there_is_one(embedded, key):
    _, page = embedded()
    box = page.locator("record-feedback")
    page.get_by_role("textbox", name="Visit note").fill(TEXT)
    box.get_by_text("The service does not know who is asking. Ask whoever runs the service.").wait_for()
    give(page, key)
    box.get_by_role("button", name="Try again now").click()
    box.get_by_text("Up to date").wait_for()
    assert page.get_by_role("textbox", name="Visit note").input_value() == TEXT


def test_a_page_of_an_origin_not_listed_gets_not_even_the_script(embedded, key):
    _, page = embedded(origins="https://elsewhere.example")
    assert page.evaluate("customElements.get('record-feedback') === undefined")
    refused = page.evaluate(
        "url => fetch(url, { headers: { Authorization: 'Bearer x' } }).then(() => 'let in', () => 'refused')",
        page.locator("script").get_attribute("src").replace("static/record-feedback.js", "v1/scheme"),
    )
    assert refused == "refused"
