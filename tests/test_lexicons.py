"""One test runs every cue on its own examples."""

import pytest

from nlp_quality.reader import cues, frames

PATTERNS = [pattern for lexicon in cues.LEXICONS for pattern in cues.patterns(lexicon)]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_cue_matches_its_examples_and_not_its_counter_examples(pattern: cues.CuePattern) -> None:
    assert pattern.examples, "a cue shows what it is for"
    for example in pattern.examples:
        assert cues.matches(pattern, example), example
    for example in pattern.counter_examples:
        assert not cues.matches(pattern, example), example


def test_ids_are_unique_and_say_their_lexicon() -> None:
    ids = [pattern.id for pattern in PATTERNS]
    assert len(ids) == len(set(ids))
    for lexicon in cues.LEXICONS:
        assert all(pattern.id.startswith(f"{lexicon}.") for pattern in cues.patterns(lexicon))


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_no_cue_takes_forever_on_a_long_line(pattern: cues.CuePattern) -> None:
    # Catastrophic backtracking would hang here; a healthy pattern is done in milliseconds.
    cues.matches(pattern, "CHILD saw WRITER and then with the not to be " * 60)


FRAMES = [frame for label in ("meeting", "there", "away", "alone") for frame in frames.frames(label)]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.id)
def test_frame_matches_its_examples_and_not_its_counter_examples(frame: frames.Frame) -> None:
    assert frame.examples, "a frame shows what it is for"
    for example in frame.examples:
        assert frame.regex.search(example), example
    for example in frame.counter_examples:
        assert not frame.regex.search(example), example


def test_frame_ids_are_unique() -> None:
    ids = [frame.id for frame in FRAMES]
    assert len(ids) == len(set(ids))
