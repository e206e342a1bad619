"""The one façade: load a model, score a record, score many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlp_quality import dimensions, model_store, organisation
from nlp_quality.errors import NlpQualityError
from nlp_quality.reader import Reader
from nlp_quality.reconciliation import MEANINGS
from nlp_quality.record import Record
from nlp_quality.scheme import SCHEME_VERSION
from nlp_quality.steps import Steps, straight
from nlp_quality.types import ModelInfo, Scorecard
from nlp_quality.words import Words, packaged


class Scorer:
    """Scores records with one verified model. Make one with `load()`; it may be shared between threads.

    Attributes:
        model: name, version and digest of the model in use.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        model: model_store.Model,
        flag_means: str = "without_anyone",
        own: organisation.Own | None = None,
    ) -> None:
        self._reader = reader
        self._model = model
        self._flag_means = flag_means
        self._own = own or organisation.Own(packaged())

    @classmethod
    def load(
        cls,
        model: str | None = None,
        *,
        models: Path | None = None,
        flag_means: str = "without_anyone",
        threads: int = 0,
        wording: Path | None = None,
    ) -> Scorer:
        """Load and verify a model and the reader.

        Args:
            model: a model's name, as in `rules`; the packaged default when None.
            models: a folder of models; the packaged one when None.
            flag_means: what the council's flag `seen_alone` means, one of `reconciliation.MEANINGS`.
            threads: of one run of the encoder; onnxruntime's choice when 0. No score depends on it.
            wording: an organisation's wording file; the packaged words when None.

        Raises:
            ModelNotFound: no such model is installed.
            ModelAltered: a file of it is missing or changed.
            InvalidWording: the wording file breaks a rule; it names the line.
            NlpQualityError: `unknown_meaning`.
        """
        if flag_means not in MEANINGS:
            raise NlpQualityError("unknown_meaning", f"flag_means must be one of: {', '.join(MEANINGS)}.")
        own = None if wording is None else organisation.load(wording)
        verified = model_store.load(model, folder=models, threads=threads)
        return cls(reader=Reader.load(), model=verified, flag_means=flag_means, own=own)

    @property
    def model(self) -> ModelInfo:
        """Name, version and sha256 of the model in use."""
        return self._model.info

    @property
    def words(self) -> Words:
        """What prompts and findings say, by code: the packaged words as the organisation's file changes them."""
        return self._own.words

    def describe(self) -> dict[str, Any]:
        """The model in use as plain data: name, version, sha256, scheme, notice, wording, evaluation, limits."""
        meta = self._model.meta
        return {
            "name": self.model.name,
            "version": self.model.version,
            "sha256": self.model.sha256,
            "scheme": SCHEME_VERSION,
            "notice": self._model.notice,
            "wording": self._own.sha256,
            "evaluation": meta.get("evaluation"),
            "limits": meta.get("limits", []),
        }

    def measured(self) -> dict[str, Any]:
        """The figures that stand beside the model, measured on labelled records; empty where it has none."""
        return self._model.measured()

    def score(self, record: Record, *, steps: Steps = straight) -> Scorecard:
        """The scorecard of one record.

        Args:
            steps: does the costly steps, or recalls them.

        Raises:
            InvalidRecord: the text is blank or too long once extracted from its markup.
        """
        return next(self.score_many([record], steps=steps))

    def score_many(self, records: Iterable[Record], *, steps: Steps = straight) -> Iterator[Scorecard]:
        """Scorecards lazily, one a record, in order."""
        for record in records:
            labelled = self._model.label(self._reader.read(record, steps), steps)
            parsed = replace(labelled, flag_means=self._flag_means, words=self._own.words)
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
                findings=dimensions.findings(parsed, own=organisation.findings(parsed, self._own.cues)),
                text=parsed.text if record.format == "html" else None,
                source_text=parsed.text,
                notice=self._model.notice,
                context=record.context,
            )
