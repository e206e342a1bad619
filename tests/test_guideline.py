"""The guideline's pages hold the scheme's own lists, and enough worked examples of all that it lists."""

import re
from pathlib import Path

import pytest

from nlp_quality import guideline
from nlp_quality.scheme import (
    CAPACITY,
    COMPANIONS,
    DIMENSIONS,
    FUNCTION,
    LEVEL_NAMES,
    PRESENCE,
    ROLES,
    STATUSES,
    VOICE,
)
from nlp_quality.words import packaged

FOLDER = Path(__file__).parents[1] / "annotation_guidelines"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
WORKED = (*DIMENSIONS, "function", "presence")  # the pages that teach by example
LABELS = {*FUNCTION, *VOICE, *CAPACITY, *PRESENCE, *STATUSES, *COMPANIONS}
ITEM = re.compile(r"^(?:\d+\. |- |\| (?!---|#))", re.M)


def examples(page: str) -> str:
    """What stands under the page's worked examples."""
    return re.split(r"^## (?!#)", PAGES[page].split("\n## Worked examples\n", 1)[1], maxsplit=1, flags=re.M)[0]


@pytest.mark.parametrize("page", PAGES)
def test_the_lists_of_a_page_are_those_of_the_scheme(page: str) -> None:
    assert guideline.refresh(PAGES[page]) == PAGES[page]
    assert PAGES[page].count("<!-- generated: ") == len(guideline.BLOCK.findall(PAGES[page]))


def test_every_list_is_on_its_page_and_in_the_summary() -> None:
    for name in guideline.names():
        assert sum(guideline.block(name) in text for text in PAGES.values()) >= 2, name
        assert guideline.block(name) in PAGES["README"], name


def test_every_code_is_on_the_page_of_words() -> None:
    for dimension in DIMENSIONS:
        assert guideline.block(f"codes.{dimension}") in PAGES["words"]
    assert all(f"`{code}`" in PAGES["words"] for code in packaged().by_code)


def test_a_stale_block_is_filled_anew_and_the_rest_is_left_alone() -> None:
    stale = "before\n<!-- generated: voice -->\n| old |\n<!-- end -->\nafter\n"
    fresh = guideline.refresh(stale)
    assert fresh.startswith("before\n<!-- generated: voice -->\n| voice | the sentence gives… |\n")
    assert fresh.endswith("|\n<!-- end -->\nafter\n")
    assert "old" not in fresh


@pytest.mark.parametrize(
    "name", ["", "levels", "levels.nothing", "DIMENSIONS", "seen_alone", "codes.", "codes.nothing"]
)
def test_a_list_that_the_scheme_does_not_have_is_an_error(name: str) -> None:
    with pytest.raises(KeyError):
        guideline.block(name)


def test_an_unknown_block_on_a_page_is_an_error() -> None:
    with pytest.raises(KeyError):
        guideline.refresh("<!-- generated: nothing -->\n<!-- end -->\n")


@pytest.mark.parametrize("page", WORKED)
def test_a_page_has_twenty_worked_examples_and_half_are_hard(page: str) -> None:
    _, plain, hard = re.split(r"^### (?:Plain|Hard)\n", examples(page), flags=re.M)
    assert len(ITEM.findall(plain + hard)) >= 20
    assert len(ITEM.findall(hard)) >= len(ITEM.findall(plain))


def test_every_label_has_a_worked_example() -> None:
    shown = set(re.findall(r"`(\w+)`", "".join(map(examples, WORKED))))
    assert shown >= LABELS
    assert shown <= LABELS | set(LEVEL_NAMES) | set(ROLES) | {"null"}


@pytest.mark.parametrize("page", DIMENSIONS)
def test_every_level_of_a_dimension_has_a_worked_example(page: str) -> None:
    assert all(f"`{name}`" in examples(page) for name in LEVEL_NAMES)


def test_relative_links_lead_somewhere() -> None:
    for text in PAGES.values():
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (FOLDER / target).exists(), target
