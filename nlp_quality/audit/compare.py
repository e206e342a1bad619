"""Two sets of scored records side by side: two periods, two teams, before and after a change of how records are written.

Each figure is a share. Its difference has an interval and a p-value by Agresti and Caffo (2000, The American Statistician 54), at
the effective sample size of a weighted, clustered sample (Korn and Graubard 1998, Survey Methodology 24): records of one worker, or of
one child, are alike, so many of them tell less than as many of different ones. All differences are one family: p-values are
corrected by Holm's method, and the wide intervals hold for all of them at once (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

from nlp_quality.audit.score_files import CLUSTERS, NO_LEVEL, NOBODY, Scores
from nlp_quality.errors import NlpQualityError
from nlp_quality.scheme import DIMENSIONS, LEVEL_NAMES, STATUSES

ALPHA: Final = 0.05
SMALL: Final = 10  # records, or children: fewer on either side are not compared.
MIN_CLUSTERS: Final = 10  # fewer workers cannot tell how far workers differ.
KNOWN: Final = 0.9  # of the records have to name a worker before workers are clusters.
SOUND: Final = 2


@dataclass(frozen=True, slots=True)
class Share:
    """A share on one side: of `n` records or children; `effective` is what they tell, as a number of independent ones."""

    value: float
    n: int
    effective: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure on both sides, and B less A.

    Attributes:
        kind: `sound_or_strong`, `level`, `refer` or `status`.
        dimension: one of `scheme.DIMENSIONS`; `seen_alone` for statuses.
        name: of the level or status; None for the other kinds.
        low, high: 95 % interval of this difference alone.
        low_all, high_all: interval that holds together with those of all other differences.
        p, p_corrected: two-sided, as it is and after Holm's correction.
        stands_out: the corrected p is under 0.05.
        words: a sentence.
    """

    kind: str
    dimension: str
    name: str | None
    a: Share
    b: Share
    value: float
    low: float
    high: float
    low_all: float
    high_all: float
    p: float
    p_corrected: float
    stands_out: bool
    words: str


@dataclass(frozen=True, slots=True)
class Side:
    """What was compared."""

    name: str
    records: int
    children: int
    first: str | None
    last: str | None
    bad: int
    models: tuple[str, ...]
    mix: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole of it; `headline` and `cautions` are sentences."""

    a: Side
    b: Side
    clusters: str
    headline: tuple[str, ...]
    cautions: tuple[str, ...]
    differences: tuple[Difference, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain data, figures with 4 decimals."""
        return {"scheme": "1.0", **_rounded(asdict(self))}


def compare(a: Scores, b: Scores) -> Comparison:
    """B against A.

    Raises:
        NlpQualityError: `too_few` records on a side; `different_models`, whose difference would be the models'.
    """
    if min(a.records, b.records) < SMALL:
        raise NlpQualityError(
            "too_few", f"a comparison needs {SMALL} scored records on each side; A has {a.records}, B has {b.records}."
        )
    if a.models and b.models and a.models != b.models:
        raise NlpQualityError(
            "different_models", "A and B were scored by different models: score both with the same one, then compare."
        )
    cluster = _cluster(a, b)
    pairs = [(kind, dimension, name, x, y) for kind, dimension, name, x, y in _shares(a, b, cluster)]
    tested = [_tested(x, y, len(pairs)) for *_, x, y in pairs]
    corrected = multipletests([p for *_, p in tested], alpha=ALPHA, method="holm")[1] if tested else []
    differences = tuple(
        _difference(kind, dimension, name, x, y, one, float(p))
        for (kind, dimension, name, x, y), one, p in zip(pairs, tested, corrected, strict=True)
    )
    return Comparison(
        a=_side(a),
        b=_side(b),
        clusters=cluster or "record",
        headline=tuple(_headline(differences)),
        cautions=tuple(_cautions(a, b, cluster)),
        differences=differences,
    )


def _shares(a: Scores, b: Scores, cluster: str | None) -> Iterator[tuple[str, str, str | None, Share, Share]]:
    """Each figure that has enough records on both sides."""

    def both(kind: str, dimension: str, name: str | None, top: Any, inside: Any, of: Any) -> Iterator[Any]:
        x, y = (_share(s, top(s), inside(s), of(s), cluster) for s in (a, b))
        if x is not None and y is not None:
            yield kind, dimension, name, x, y

    def every(scores: Scores) -> Any:
        return np.arange(scores.records)

    for dimension in DIMENSIONS:

        def levels(scores: Scores, name: str = dimension) -> Any:
            return np.asarray(scores.levels[name])

        def judged(scores: Scores, name: str = dimension) -> Any:
            return np.asarray(scores.levels[name]) != NO_LEVEL

        def refer(scores: Scores, name: str = dimension) -> Any:
            return np.asarray(scores.refer[name]).astype(bool)

        def whole(scores: Scores) -> Any:
            return np.ones(scores.records, dtype=bool)

        yield from both("sound_or_strong", dimension, None, lambda s, of=levels: of(s) >= SOUND, judged, every)
        for level, level_name in enumerate(LEVEL_NAMES):
            yield from both("level", dimension, level_name, lambda s, of=levels, at=level: of(s) == at, judged, every)
        yield from both("refer", dimension, None, refer, whole, every)
    for code, status in enumerate(STATUSES):
        yield from both(
            "status",
            "seen_alone",
            status,
            lambda s, at=code: np.asarray(s.status) == at,
            lambda s: np.ones(len(s.status), dtype=bool),
            lambda s: np.asarray(s.status_record, dtype=int),
        )


def _share(scores: Scores, top: Any, inside: Any, record: Any, cluster: str | None) -> Share | None:
    """The weighted share of `inside` that is `top`; None for too few.

    Args:
        top, inside: (units,) bool; a unit is a record or a child.
        record: (units,) index of the unit's record.
    """
    n = int(np.sum(inside))
    if n < SMALL:
        return None
    own, record = top[inside].astype(float), record[inside]
    weights = np.asarray(scores.weights)[record]
    total = float(np.sum(weights))
    value = float(np.sum(weights * own) / total)
    groups = record if cluster is None else _filled(np.asarray(scores.clusters[cluster])[record], record)
    groups = np.unique(groups, return_inverse=True)[1]
    most = min(len(np.unique(record)), total**2 / float(np.sum(weights**2)))
    residual = np.bincount(groups, weights=weights * (own - value) / total)
    m = len(residual)
    variance = float(np.sum(residual**2)) * m / (m - 1) if m > 1 else 0.0
    effective = min(most, value * (1 - value) / variance) if variance > 0 else most
    # A spread that few clusters tell is itself uncertain: Student's t, as a smaller sample.
    quantile = 1 - ALPHA / 2
    effective *= float(stats.norm.ppf(quantile) / stats.t.ppf(quantile, max(1, m - 1))) ** 2
    return Share(value, n, effective)


def _filled(codes: Any, record: Any) -> Any:
    """Records that name nobody are each a cluster of their own."""
    return np.where(codes == NOBODY, -2 - record, codes)


def _cluster(a: Scores, b: Scores) -> str | None:
    """What makes records alike, where both sides have enough of it to tell."""
    for name in CLUSTERS:
        codes = [np.asarray(s.clusters[name]) for s in (a, b)]
        if all(np.mean(c != NOBODY) >= KNOWN and len(np.unique(c)) >= MIN_CLUSTERS for c in codes):
            return name
    return None


def _tested(x: Share, y: Share, family: int) -> tuple[float, float, float, float, float]:
    """low, high, low_all, high_all, p of y less x."""
    counts = (y.value * y.effective, y.effective, x.value * x.effective, x.effective)
    alone = confint_proportions_2indep(*counts, compare="diff", method="agresti-caffo", alpha=ALPHA)
    together = confint_proportions_2indep(*counts, compare="diff", method="agresti-caffo", alpha=ALPHA / family)
    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # it divides the shares on the way, which is not asked for here.
        p = test_proportions_2indep(*counts, compare="diff", method="agresti-caffo").pvalue
    low, high, low_all, high_all = (min(1.0, max(-1.0, float(end))) for end in (*alone, *together))
    return low, high, low_all, high_all, float(p)


def _difference(
    kind: str, dimension: str, name: str | None, x: Share, y: Share, tested: tuple[float, ...], corrected: float
) -> Difference:
    low, high, low_all, high_all, p = tested
    what = {
        "sound_or_strong": f"{_title(dimension)}: sound or strong",
        "level": f"{_title(dimension)}: {name}",
        "refer": f"{_title(dimension)}: for a person to judge",
        "status": f"Children {(name or '').replace('_', ' ')}",
    }[kind]
    value = y.value - x.value
    points = f"{abs(100 * value):.0f} points {'more' if value >= 0 else 'less'}"
    words = (
        f"{what}: {100 * x.value:.0f} % in A, {100 * y.value:.0f} % in B, {points} "
        f"(95 % interval {100 * low:+.0f} to {100 * high:+.0f}; with all others {100 * low_all:+.0f} to {100 * high_all:+.0f})."
    )
    out = corrected < ALPHA
    return Difference(kind, dimension, name, x, y, value, low, high, low_all, high_all, p, corrected, out, words)


def _headline(differences: Sequence[Difference]) -> Iterator[str]:
    found = [one for one in differences if one.stands_out]
    if not found:
        yield (
            f"Of {len(differences)} differences none stands out once the number of comparisons is allowed for. "
            "That is no proof that nothing changed: the intervals show what the records cannot rule out."
        )
        return
    yield f"Of {len(differences)} differences {len(found)} stand out once the number of comparisons is allowed for."
    gravest = sorted(found, key=lambda one: (one.kind != "sound_or_strong", one.kind == "level", -abs(one.value)))
    yield from (one.words for one in gravest[:8])


def _cautions(a: Scores, b: Scores, cluster: str | None) -> Iterator[str]:
    yield "A difference says that the records differ, not why, and nothing of any one worker."
    if not (a.models and b.models):
        yield "Which model scored is not known of both sides: a difference may be the models'."
    if shared := len(a.ids & b.ids):
        yield f"{shared} identifiers are on both sides: if they are the same records, the intervals are not right."
    if cluster is None:
        yield (
            "Workers are not known of nearly all records, or are fewer than ten on a side, so records count as independent: "
            "the intervals are narrower than they should be where one worker wrote many of them."
        )
    for name in a.mixes:
        p = _mix_differs(a.mixes[name], b.mixes[name])
        if p is not None and p < ALPHA:
            yield f"The two sides differ in their mix of {name.replace('_', ' ')}, which may be all there is to a difference."
    if a.first and b.first and a.last and b.last and a.first <= b.last and b.first <= a.last:
        yield "The two sides overlap in time."


def _mix_differs(a: Mapping[str, int], b: Mapping[str, int]) -> float | None:
    """p of the chi-squared test that both sides have one mix; None where that cannot be told."""
    words = sorted(set(a) | set(b))
    if len(words) < 2 or not a or not b:
        return None
    table = np.array([[side.get(word, 0) for word in words] for side in (a, b)])
    return float(stats.chi2_contingency(table).pvalue)


def _side(scores: Scores) -> Side:
    mix = {
        name: {word: n / sum(counts.values()) for word, n in sorted(counts.items()) if n >= SMALL}
        for name, counts in scores.mixes.items()
    }
    return Side(
        name=scores.name,
        records=scores.records,
        children=len(scores.status),
        first=scores.first,
        last=scores.last,
        bad=scores.bad,
        models=tuple(sorted(scores.models)),
        mix={name: words for name, words in mix.items() if words},
    )


def _title(dimension: str) -> str:
    return str(DIMENSIONS[dimension]["title"])


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(entry) for entry in value]
    return round(value, 4) if isinstance(value, float) else value
