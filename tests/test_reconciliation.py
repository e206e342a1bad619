"""Status by flag, cell by cell."""

from pathlib import Path

import pytest

from nlp_quality import NlpQualityError, Scorer
from nlp_quality.formats import BadRecord, Source, read_records
from nlp_quality.reconciliation import lines, reconcile
from nlp_quality.scheme import STATUSES

CELLS = {
    ("seen_alone", "Y"): "corroborated contradicted undetermined contradicted flag_only",
    ("seen_alone", "N"): "contradicted corroborated undetermined corroborated flag_only",
    ("seen", "Y"): "narrative_only narrative_only corroborated contradicted flag_only",
    ("seen", "N"): "contradicted contradicted contradicted corroborated flag_only",
}


@pytest.mark.parametrize(
    ("flag", "value", "status", "result"),
    [
        (*key, status, result)
        for key, row in CELLS.items()
        for status, result in zip(STATUSES, row.split(), strict=True)
    ],
)
def test_each_cell(flag: str, value: str, status: str, result: str) -> None:
    found = reconcile(status, {flag: value}, reason_given=True)
    assert found is not None
    assert found.result == result
    assert found.reason_given


def test_of_two_flags_the_graver_result_stands() -> None:
    found = reconcile("seen_not_alone", {"seen": "Y", "seen_alone": "Y"}, reason_given=False)
    assert found is not None
    assert found.result == "contradicted"


def test_without_flags_there_is_nothing_to_hold_against() -> None:
    assert reconcile("seen_alone", None, reason_given=False) is None
    assert reconcile("seen_alone", {}, reason_given=False) is None


def test_a_narrative_that_says_more_than_the_flag() -> None:
    found = reconcile("seen_alone", {"seen": "Y"}, reason_given=False)
    assert found is not None
    assert found.result == "narrative_only"


GUIDELINE = Path(__file__).parents[1] / "annotation_guidelines" / "who_decides.md"


def test_the_guideline_prints_the_table_cell_by_cell() -> None:
    printed = GUIDELINE.read_text(encoding="utf-8")
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in printed.splitlines() if "` |" in line]
    table = {row[0]: row[1:] for row in rows if row[0] in STATUSES}
    keys = [("seen_alone", "Y"), ("seen_alone", "N"), ("seen", "Y"), ("seen", "N")]
    for index, status in enumerate(STATUSES):
        for column, key in enumerate(keys):
            # A lone flag `seen` is told more by a narrative that says whether alone; the table gives the flag's own cell.
            expected = CELLS[key].split()[index].replace("narrative_only", "corroborated")
            assert table[status][column] == expected
    assert next(lines()) in printed


@pytest.mark.parametrize(
    ("companions", "flag", "result"),
    [
        (("sibling",), "Y", "corroborated"),
        (("sibling",), "N", "contradicted"),
        (("professional", "other"), "Y", "corroborated"),
        (("parent",), "Y", "contradicted"),
        (("carer", "sibling"), "N", "corroborated"),
        ((), "Y", "undetermined"),
    ],
)
def test_where_alone_means_without_parent_or_carer(companions: tuple[str, ...], flag: str, result: str) -> None:
    found = reconcile(
        "seen_not_alone",
        {"seen_alone": flag},
        reason_given=False,
        companions=companions,
        meaning="without_parent_or_carer",
    )
    assert found is not None
    assert found.result == result


def test_a_meaning_that_there_is_not_is_refused() -> None:
    with pytest.raises(NlpQualityError, match="without_parent_or_carer"):
        Scorer.load("rules", flag_means="sometimes")


BOTH = '"[{""name"": ""Ottoline"", ""role"": ""child""%s}, {""name"": ""Basil"", ""role"": ""child""}]"'
TABLE = f"""id,child_id,seen,seen_alone,people,text
1,c7,Y,Y,,"I sat with Ottoline on her own in the hall; she told me about the geese."
2,c7,y,no,{BOTH % ', ""id"": ""c7""'},"I saw Basil and Ottoline with their mother."
3,c9,Y,Y,{BOTH % ""},"I saw Basil and Ottoline with their mother."
4,c7,,,,"I sat with Ottoline on her own in the hall."
5,c7,perhaps,,,"I sat with Ottoline on her own in the hall."
"""


def test_flags_in_a_table_are_of_the_child_of_the_row_or_of_the_only_child(
    tmp_path: Path, rules_scorer: Scorer
) -> None:
    path = tmp_path / "visits.csv"
    path.write_text(TABLE, encoding="utf-8")
    *good, bad = read_records(str(path))
    records = [item.record for item in good if isinstance(item, Source)]
    results = [
        {c.child: c.reconciliation and c.reconciliation.result for c in card.dimensions["seen_alone"].children or ()}
        for card in rules_scorer.score_many(records)
    ]
    assert results[0] == {"Ottoline": "corroborated"}
    assert results[1] == {"Ottoline": "corroborated", "Basil": None}
    assert results[2] == {"Ottoline": None, "Basil": None}
    assert results[3] == {"Ottoline": None}
    assert isinstance(bad, BadRecord)
    assert "seen must be Y or N" in str(bad.to_dict())


def test_flags_change_no_status_and_no_level(tmp_path: Path, rules_scorer: Scorer) -> None:
    path = tmp_path / "visits.csv"
    path.write_text(TABLE, encoding="utf-8")
    one, _, _, four, _ = read_records(str(path))
    assert isinstance(one, Source)
    assert isinstance(four, Source)
    with_flags, without = (rules_scorer.score(item.record).dimensions["seen_alone"] for item in (one, four))
    assert with_flags.level == without.level
