"""The one façade: load a model, score a record, score many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlp_quality import dimensions, model_store
from nlp_quality.errors import NlpQualityError
from nlp_quality.reader import Reader
from nlp_quality.reconciliation import MEANINGS
from nlp_quality.record import Record
from nlp_quality.scheme import SCHEME_VERSION
from nlp_quality.types import ModelInfo, Scorecard


class Scorer:
    """Scores records with one verified model. Make one with `load()`; it may be shared between threads.

    Attributes:
        model: name, version and digest of the model in use.
    """

    def __init__(self, *, reader: Reader, model: model_store.Model, flag_means: str = "without_anyone") -> None:
        self._reader = reader
        self._model = model
        self._flag_means = flag_means

    @classmethod
    def load(
        cls,
        model: str | None = None,
        *,
        models: Path | None = None,
        flag_means: str = "without_anyone",
        threads: int = 0,
    ) -> Scorer:
        """Load and verify a model and the reader.

        Args:
            model: a model's name, as in `rules`; the packaged default when None.
            models: a folder of models; the packaged one when None.
            flag_means: what the council's flag `seen_alone` means, one of `reconciliation.MEANINGS`.
            threads: of the trained model for one record; onnxruntime's choice when 0. No score depends on it.

        Raises:
            ModelNotFound: no such model is installed.
            ModelAltered: a file of it is missing or changed.
            NlpQualityError: `unknown_meaning`.
        """
        if flag_means not in MEANINGS:
            raise NlpQualityError("unknown_meaning", f"flag_means must be one of: {', '.join(MEANINGS)}.")
        found = model_store.load(model, folder=models, threads=threads)
        return cls(reader=Reader.load(), model=found, flag_means=flag_means)

    @property
    def model(self) -> ModelInfo:
        """Name, version and sha256 of the model in use."""
        return self._model.info

    def describe(self) -> dict[str, Any]:
        """The model in use as plain data: name, version, sha256, scheme, notice, evaluation, limits."""
        meta = self._model.meta
        return {
            "name": self.model.name,
            "version": self.model.version,
            "sha256": self.model.sha256,
            "scheme": SCHEME_VERSION,
            "notice": self._model.notice,
            "evaluation": meta.get("evaluation"),
            "limits": meta.get("limits", []),
        }

    def measured(self) -> dict[str, Any]:
        """The figures that stand beside the model, measured on labelled records; empty where it has none."""
        return self._model.measured()

    def score(self, record: Record) -> Scorecard:
        """The scorecard of one record.

        Raises:
            InvalidRecord: the text is blank or too long once extracted from its markup.
        """
        return next(self.score_many([record]))

    def score_many(self, records: Iterable[Record]) -> Iterator[Scorecard]:
        """Scorecards lazily, one a record, in order."""
        for record in records:
            parsed = replace(self._model.label(self._reader.read(record)), flag_means=self._flag_means)
            scores = {
                item.ID: dimensions.score(item, parsed, self._model.heads[item.ID])
                for item in dimensions.all_dimensions()
            }
            yield Scorecard(
                id=record.id,
                scheme=SCHEME_VERSION,
                model=self.model,
                dimensions=scores,
                sentences=parsed.sentences,
                findings=dimensions.findings(parsed),
                text=parsed.text if record.format == "html" else None,
                source_text=parsed.text,
                notice=self._model.notice,
                context=record.context,
            )
