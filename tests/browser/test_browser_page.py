"""The page, used as a practitioner uses it: what is sent, and how the reply is shown."""

from __future__ import annotations

import json

from drafts import TEXT, check, fill, texts


def test_a_draft_is_sent_as_a_draft_and_never_in_the_url(checked):
    page, request, _ = checked
    sent = json.loads(request.post_data)
    assert sent["draft"] is True
    assert sent["text"] == TEXT
    assert sent["record_type"] == "visit"
    assert sent["people"] == [
        {"name": "Ottilie Marsh", "role": "child", "age": 6},
        {"name": "Bram Marsh", "role": "child", "age": 0.5},
        {"name": "Ms Marsh", "role": "parent"},
    ]
    assert request.url.endswith("/v1/score?offsets=utf-16")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_without_people_they_are_inferred(open_page):
    page = open_page()
    fill(page)
    page.get_by_role("button", name="Add a person").click()  # a row left empty is not meant
    request, _ = check(page)
    assert json.loads(request.post_data)["people"] is None


def test_results_come_in_order_and_take_the_focus(checked):
    page, _, card = checked
    assert page.evaluate("document.activeElement.id") == "results-heading"
    order = ["notice", "children-heading", "dimensions-heading", "marked-heading", "findings-heading"]
    tops = [
        page.locator(f"#{name}").evaluate("node => node.offsetTop")
        for name in order
        if card.get("notice") or name != "notice"
    ]
    assert tops == sorted(tops)
    assert page.get_by_role("status").inner_text() == "The draft has been checked."


def test_notice_is_shown_when_there_is_one(checked):
    page, _, card = checked
    assert page.locator("#notice").is_visible() == bool(card.get("notice"))
    assert page.locator("#notice").text_content() == card.get("notice", "")


def test_each_child_has_a_status_in_words(checked):
    page, _, card = checked
    children = card["dimensions"]["seen_alone"]["children"]
    assert texts(page, "#children h4") == [child["child"] for child in children] == ["Ottilie Marsh", "Bram Marsh"]
    words = {
        "seen_alone": "Seen alone",
        "seen_not_alone": "Seen, but not alone",
        "seen_unclear": "Seen; the record does not say whether alone",
        "not_seen": "Not seen",
        "not_stated": "The record does not say whether they were seen",
    }
    shown = [item.split("Heard")[0] for item in texts(page, "#children li")]
    for child, said in zip(children, shown, strict=True):
        assert words[child["status"]] in said
        for companion in child["companions"]:
            assert {"sibling": "a brother or sister"}.get(companion, companion) in said


def test_each_dimension_says_its_level_reason_and_questions(checked):
    page, _, card = checked
    names = ["Absent", "Limited", "Sound", "Strong"]
    assert texts(page, ".dimension h4") == [
        "Child's voice",
        "Seen alone: how clearly recorded",
        "Analysis versus description",
        "Evaluation of parental capacity",
    ]
    for name, dimension in card["dimensions"].items():
        box = page.locator(f"[data-dimension={name}].dimension")
        if dimension["level"] is None:
            assert "Not judged" in box.inner_text()
            assert dimension["not_applicable"]["message"] in box.inner_text()
            continue
        level = names[dimension["level"]]
        assert f"{level} (level {dimension['level']} of 3)" in box.inner_text()
        assert texts(page, f"[data-dimension={name}] .scale li") == names
        assert texts(page, f"[data-dimension={name}] [aria-current]") == [level]
        assert dimension["reason"] in box.inner_text()
        assert texts(page, f"[data-dimension={name}] .prompts li") == [p["message"] for p in dimension["prompts"]]


def test_quotes_jump_to_their_place_in_the_text(checked):
    page, _, card = checked
    assert page.locator("#marked").text_content() == TEXT
    links = page.locator(".quotes a, .findings a")
    assert links.count() > 0
    for index in range(links.count()):
        link = links.nth(index)
        if not link.is_visible():
            link.evaluate("node => { node.closest('details').open = true; }")
        link.click()
        start = page.evaluate("document.activeElement.textContent").strip()
        assert start
        assert link.text_content().strip("“”").startswith(start.strip("“”"))
    spans = [item for dimension in card["dimensions"].values() for item in dimension["evidence"]]
    assert spans
    places = page.evaluate(
        """() => [...document.querySelectorAll("mark.evidence[id]")].map((mark) => {
            const before = document.createRange();
            before.setStart(document.getElementById("marked"), 0);
            before.setEndBefore(mark);
            return before.toString().length;
        })"""
    )
    assert set(places) == {item["start"] for item in spans}


def test_marks_are_told_apart_without_colour(checked):
    page, _, _ = checked
    keys = texts(page, "#key mark")
    assert keys[:4] == ["Voice", "Seen", "Analysis", "Parenting"]
    styles = page.locator("#key mark.evidence").evaluate_all(
        "marks => marks.map((mark) => getComputedStyle(mark).textDecorationStyle)"
    )
    assert len(set(styles)) == 4
    labels = page.locator("#marked mark[id]").evaluate_all(
        "marks => marks.map((mark) => getComputedStyle(mark, '::before').content)"
    )
    assert all(label.strip('"') for label in labels)


def test_findings_are_listed_in_the_order_of_the_text(checked):
    page, _, card = checked
    found = sorted(card["findings"], key=lambda item: (item["start"], item["end"]))
    shown = texts(page, "#findings li")
    assert len(shown) == len(found)
    for item, said in zip(found, shown, strict=True):
        assert item["message"] in said
    assert page.locator("#no-findings").is_visible() == (not found)


def test_text_is_shown_as_text(open_page):
    page = open_page()
    text = TEXT + ' <img src="x" onerror="document.title=1"><script>document.title=2</script> &amp; </textarea>'
    fill(page, text, people=[("<b>Ottilie</b>", "child", "6")])
    check(page)
    assert page.locator("#marked").text_content() == text
    assert page.locator("#results img, #results script, #results b").count() == 0
    assert page.title() == "Check a draft record"


def test_levels_that_cannot_be_given_say_why(open_page):
    page = open_page()
    fill(page, "😀🎉👨‍👩‍👧")
    _, card = check(page)
    assert texts(page, ".dimension .level") == ["Not judged"] * 4
    why = card["dimensions"]["analysis"]["not_applicable"]["message"]
    assert page.get_by_text(why, exact=True).count() == 4


def test_a_changed_draft_is_said_to_be_changed(checked):
    page, _, _ = checked
    assert not page.locator("#stale").is_visible()
    page.get_by_label("Text of the record").press_sequentially(" More.")
    assert page.locator("#stale").is_visible()
    check(page)
    assert not page.locator("#stale").is_visible()
