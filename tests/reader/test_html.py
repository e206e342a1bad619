import pytest

from nlp_quality.reader.html import extract, source_offset


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Seen today.</p><p>Alone.</p>", "Seen today.\n\nAlone."),
        ("<div>One<br>two<br/>three</div>", "One\ntwo\nthree"),
        ("<ul><li>first</li><li>second</li></ul>", "first\nsecond"),
        (
            "<table><tr><td>Seen:</td><td>Yes</td></tr><tr><td>Alone:</td><td>No</td></tr></table>",
            "Seen:  Yes\nAlone:  No",
        ),
        ("<p>Fish &amp; chips &#163;4 &nbsp;each</p>", "Fish & chips £4 each"),
        ("<p>a</p><script>alert('x')</script><style>p{}</style><p>b</p>", "a\n\nb"),
        ("<b>bold</b> and <i>not</i>", "bold and not"),
        ("no markup at all, 3 < 4", "no markup at all, 3 < 4"),
        ("<p>never closed <b>either", "never closed either"),
        ("", ""),
    ],
)
def test_text_is_what_a_reader_would_see(markup: str, text: str) -> None:
    assert extract(markup).text == text


def test_every_character_knows_its_place_in_the_markup() -> None:
    markup = "<p>Tea &amp; toast</p>\n<p>with Nan</p>"
    found = extract(markup)
    assert len(found.source) == len(found.text)
    for word in ("Tea", "toast", "with", "Nan"):
        assert markup[found.source[found.text.index(word)] :].startswith(word)
    assert markup[source_offset(found, found.text.index("&"))] == "&"
    assert source_offset(found, len(found.text)) == found.source[-1] + 1
