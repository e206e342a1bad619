"""How large a sample has to be, in lines to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from nlp_quality.audit.sampling import Allocation, Stratum, allocate, margin_of, size_for

MARGINS: Final = (0.03, 0.05, 0.08, 0.10, 0.15)


def lines(
    records: int | None, margin: float, share: float, strata: Mapping[Stratum, int] | None = None
) -> Iterator[str]:
    """The sample for a 95 % interval of `share` plus or minus `margin`, beside other margins, and group by group.

    Args:
        records: how many there are; None where it is not known, or they are very many.
        strata: how many records each group holds.
    """
    size = size_for(margin, records=records, share=share)
    of = "any number of records" if records is None else f"{records:,} records"
    yield f"For a share near {share:.0%} to within {margin * 100:g} points, 95 times in 100, of {of}: draw {size:,}."
    yield ""
    yield "  within   draw"
    for other in sorted({*MARGINS, margin}):
        yield f"  {other * 100:>4g} pts  {size_for(other, records=records, share=share):>6,}"
    if strata:
        yield ""
        yield f"  A sample of {size:,} by group, and how far off each group's own share may be:"
        yield "  records  in proportion            equal            group"
        even, fair = (_shares(strata, size, how) for how in (Allocation.equal, Allocation.proportional))
        for stratum, n in sorted(strata.items()):
            one, other_one = (_cell(found.get(stratum, 0), n, share) for found in (fair, even))
            yield f"  {n:>7,}  {one:<22} {other_one:<16} {' / '.join(stratum)}"
        each = sum(size_for(margin, records=n, share=share) for n in strata.values())
        yield f"  For {margin * 100:g} points in every group on its own: {each:,} records."
    yield ""
    yield (
        "This is the error of drawing a sample alone. The tool errs as well; auditors' own grades of some of the records, "
        "drawn at random, correct for that."
    )


def _shares(strata: Mapping[Stratum, int], size: int, how: Allocation) -> dict[Stratum, int]:
    return allocate(strata, max(size, len(strata)), how)


def _cell(size: int, records: int, share: float) -> str:
    return "0" if not size else f"{size:,} (within {margin_of(size, records=records, share=share) * 100:.0f})"
