"""Signing in with a real browser: what the page and its scripts can reach, and that a draft outlives a sign-in."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from issuers import Quick
from sqlalchemy import delete

from api.main import create_app
from api.settings import Settings
from api.store.database import Store
from api.store.tables import SignedIn

CHROMIUM = Path("/usr/bin/chromium")
SECONDS = 120
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAFT = "I saw Ottilie on her own in the kitchen."


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def running(issuer, tmp_path):
    """A service on a port of this machine whose people sign in with the made-up provider, and its store."""
    server = uvicorn.Server(uvicorn.Config("", host="127.0.0.1", port=0, log_level="critical", ws="none"))
    sock = server.config.bind_socket()
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    settings = Settings(
        data_dir=tmp_path / "data", batch_workers=0, oidc_issuer=issuer.url, oidc_client_id="quality", public_url=url
    )
    store = Store(settings)
    server.config.app = create_app(settings, scorer=Quick(), store=store)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    limit = time.monotonic() + SECONDS
    while not server.started:
        assert time.monotonic() < limit
        time.sleep(0.02)
    yield url, store
    server.should_exit = True
    thread.join(SECONDS)
    sock.close()


def write(page, text):
    page.get_by_role("textbox", name="Text of the record").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def written(page):
    return "".join(page.get_by_role("textbox", name="Text of the record").locator(".cm-line").all_text_contents())


def up_to_date(page):
    page.locator("#status.current").wait_for()


def test_a_person_signs_in_checks_a_draft_keeps_it_when_the_sign_in_ends_and_signs_out(chromium, running, issuer):
    url, store = running
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(url)
    assert page.url == f"{url}/"
    write(page, DRAFT)
    up_to_date(page)
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0

    with store.session() as session:
        session.execute(delete(SignedIn))
    write(page, " She was well.")
    page.get_by_text("Your sign-in has ended. Your draft is still here.").first.wait_for()
    assert written(page) == f"{DRAFT} She was well."
    assert page.get_by_role("button", name="Try again now").is_visible()
    assert [rule["id"] for rule in Axe().run(page, options={"runOnly": STANDARDS}).response["violations"]] == []
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new window").click()
    opened.value.wait_for_url(f"{url}/signed-in")
    assert "You are signed in" in opened.value.inner_text("h1")
    opened.value.close()
    page.evaluate("dispatchEvent(new Event('focus'))")  # windows without a screen have the focus all the time
    up_to_date(page)
    assert written(page) == f"{DRAFT} She was well."

    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.click("#sign-out")
    page.wait_for_url(f"{issuer.url}/end?**")
    assert asked == ["beforeunload"]  # an unsaved draft is not lost by signing out without a word
    page.goto(f"{url}/signed-out")
    assert "You are signed out" in page.inner_text("h1")
    assert context.cookies(url) == []
    assert troubles == []
    context.close()


def test_the_demonstration_works_for_who_is_signed_in(chromium, running):
    url, _ = running
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{url}/demo")
    page.get_by_role("textbox", name="Visit note").fill(DRAFT)
    page.locator("record-feedback").first.get_by_text("Up to date").wait_for()
    context.close()
