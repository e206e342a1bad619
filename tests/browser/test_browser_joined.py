"""The page and the service it comes from, together: what readers dismiss is kept, and why a comment matters is told."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from drafts import paste, settled, until

from api.schemas import REASONS, FeedbackIn
from api.settings import Settings
from api.store import feedback
from api.store.database import Store
from nlp_quality.words import packaged

CANARY = "Zephyrine"
TEXT = (
    f"I visited the home on Tuesday. I saw {CANARY} on her own in the kitchen. {CANARY} appeared happy and was well "
    f"presented. I am concerned about {CANARY}. Mother engaged well. I will visit again on Friday."
)


@pytest.fixture
def kept(serve_with, tmp_path):
    """A service of the test's own, and what its store has of readers' opinions."""
    service = serve_with()

    def read():
        store = Store(Settings(data_dir=tmp_path / "data"))
        store.open()
        try:
            return list(feedback.read(store, tenant="local"))
        finally:
            store.close()

    return service, read


def dismiss(page, place, reason):
    place.get_by_role("button", name="Dismiss").click()
    page.get_by_label(reason).check()
    with page.expect_response("**/v1/feedback") as told:
        page.get_by_role("button", name="Dismiss", exact=True).click()
    return told.value


def test_a_dismissal_is_kept_and_nothing_of_the_text_with_it(open_page, kept, tmp_path):
    service, read = kept
    page = open_page(url=service.url)
    paste(page, TEXT)
    settled(page)
    told = dismiss(page, page.locator(".comment").first, "The text is misread")
    assert told.status == 201
    sent = json.loads(told.request.post_data)
    FeedbackIn.model_validate(sent)
    assert CANARY not in told.request.post_data
    assert "?" not in told.request.url
    with page.expect_response("**/v1/feedback") as undone:
        page.locator(".dismissed").get_by_role("button", name="Undo").click()
    assert undone.value.status == 201
    opinions = read()
    assert [(item["dimension"], item["code"]) for item in opinions] == [(sent["dimension"], sent["code"])] * 2
    assert [(item["agree"], item["reason_code"]) for item in opinions] == [(False, "wrong_evidence"), (True, None)]
    assert all(item["record_id"] is None and item["level"] is None for item in opinions)
    assert opinions[0]["text_digest"] not in (None, sent["text_digest"])  # keyed before it is kept
    assert CANARY not in json.dumps(opinions)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name.endswith(".db") or "sqlite" in path.name for path in files)
    assert not [path.name for path in files if CANARY.encode() in path.read_bytes()]
    assert CANARY not in service.stop()


def test_every_reason_the_page_offers_is_one_the_service_takes_for_a_question_too(open_page, kept):
    service, read = kept
    page = open_page(url=service.url)
    paste(page, TEXT)
    settled(page)
    question = page.locator(".questions li").first
    question.get_by_role("button", name="Dismiss").click()
    reasons = page.locator(".dismissing label").all_text_contents()
    page.get_by_role("button", name="Cancel").click()
    assert len(reasons) >= 4
    for reason in reasons:
        assert dismiss(page, page.locator(".questions li").first, reason).status == 201
        with page.expect_response("**/v1/feedback"):
            page.locator(".dismissed").get_by_role("button", name="Undo").click()
    given = [item["reason_code"] for item in read() if not item["agree"]]
    assert len(given) == len(set(given)) == len(reasons)
    assert set(given) <= set(REASONS)


def test_every_code_may_be_given_feedback_on():
    for code in packaged().by_code:
        feedback.parse({"dimension": "analysis", "agree": False, "code": code})


def test_why_it_matters_is_said_of_every_comment_and_question_as_the_scheme_has_it(open_page, service):
    codes = httpx.get(f"{service.url}/v1/scheme").json()["codes"]
    page = open_page()
    replies = []
    page.on("response", lambda reply: replies.append(reply) if "/v1/score" in reply.url else None)
    paste(page, TEXT)
    settled(page)
    card = replies[-1].json()
    found = {item["code"] for item in card["findings"]}
    found |= {prompt["code"] for dimension in card["dimensions"].values() for prompt in dimension["prompts"]}
    assert found
    until(page, "document.querySelector('.comment details') !== null")
    for summary in page.get_by_text("Why it matters").all():
        summary.click()
    shown = re.sub(r"\s+", " ", page.locator("#feedback").inner_text())
    for code in found:
        assert codes[code]["why"] in shown
        for source in codes[code]["source"]:
            assert source in shown
