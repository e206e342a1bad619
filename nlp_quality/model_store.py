"""Models on disk: find one, hold every file against its recorded sha256, load it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nlp_quality import levels, rules, rules_presence, seen_status
from nlp_quality.encoder import Encoder
from nlp_quality.errors import ModelAltered, ModelNotFound
from nlp_quality.reader import presence
from nlp_quality.types import ModelInfo, ParsedRecord

DEFAULT_MODEL: Final = "minilm"
_PACKAGE: Final = Path(__file__).parent
PACKAGE_FILES: Final = ("lexicons/", "reader/")  # where what every model reads with lies in the package
_PACKAGED: Final = _PACKAGE / "models"
_CHECKOUT: Final = _PACKAGE.parent / "models"


@dataclass(frozen=True, slots=True)
class Model:
    """A verified model.

    Attributes:
        info: name, version and the digest over all its files.
        meta: what its `meta.json` says: limits, evaluation, seeds.
        label: labels the sentences of a parsed record and adds its presence events.
        heads: what makes levels of each dimension's features.
        notice: what every reader of its scorecards must be told, or None.
        home: the folder it was read from.
    """

    info: ModelInfo
    meta: Mapping[str, Any]
    label: Callable[[ParsedRecord], ParsedRecord]
    heads: Mapping[str, levels.Head]
    notice: str | None
    home: Path | None = None

    def measured(self) -> dict[str, Any]:
        """What `metrics.json` beside the model says; empty where there is none that can be read."""
        try:
            return dict(json.loads((self.home / "metrics.json").read_text(encoding="utf-8"))) if self.home else {}
        except (OSError, ValueError):
            return {}


def models_folder() -> Path:
    """Where the packaged models lie: inside the installed package, or beside it in a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def load(name: str | None = None, *, folder: Path | None = None, threads: int = 0) -> Model:
    """The newest version of a model, verified.

    Args:
        name: a model's name; the default model when None.
        folder: where models lie, `<name>/<version>/meta.json`.
        threads: see `Encoder.load`.

    Raises:
        ModelNotFound: there is none of that name.
        ModelAltered: a file is missing, changed or unreadable.
    """
    name = DEFAULT_MODEL if name is None else name
    root = (folder or models_folder()) / name
    versions = sorted(root.glob("*/meta.json"), key=lambda p: _version_key(p.parent.name)) if _is_word(name) else []
    if not versions:
        raise ModelNotFound("model_not_found", "No model of that name is installed.")
    home = versions[-1].parent
    try:
        meta = json.loads((home / "meta.json").read_text(encoding="utf-8"))
        files: Mapping[str, str] = meta["files"]
        heads = levels.heads(json.loads((home / "levels.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelAltered(
            "model_altered", f"The model {name} is missing a file or holds one that cannot be read."
        ) from error
    for file in sorted(files):
        if digest(home, file) != files[file]:
            raise ModelAltered("model_altered", f"The model {name} is not as recorded: {file} is missing or changed.")
    whole = hashlib.sha256(json.dumps(meta, sort_keys=True).encode()).hexdigest()
    return Model(
        info=ModelInfo(name=meta["name"], version=meta["version"], sha256=whole),
        meta=meta,
        label=_encoder(home, meta, threads) if meta["kind"] == "encoder" else _rules,
        heads=heads,
        notice=meta.get("notice"),
        home=home,
    )


def _rules(parsed: ParsedRecord) -> ParsedRecord:
    return presence.events(rules.label(parsed))


def _encoder(home: Path, meta: Mapping[str, Any], threads: int) -> Callable[[ParsedRecord], ParsedRecord]:
    """The trained model's labels over what the rules have read: cues, meetings and who was there stay theirs."""
    head = json.loads((home / "seen.json").read_text(encoding="utf-8"))
    model = Encoder.load(home, temperatures=meta["temperatures"], biases=meta["biases"], threads=threads)
    return reading(model, head)


def reading(model: Encoder, head: Mapping[str, Any] | None) -> Callable[[ParsedRecord], ParsedRecord]:
    """How a trained model and the rules label a record together.

    Args:
        head: what weighs the model's statuses against the rules'; None before it is fitted.
    """

    def label(parsed: ParsedRecord) -> ParsedRecord:
        ruled = rules.label(parsed)
        done = presence.events(rules_presence.settle(ruled, model.label(ruled)))
        return done if head is None else seen_status.weighed(done, head)

    return label


def package_files() -> tuple[str, ...]:
    """The lexicons and the reader's own model, by their place in the package: part of every model."""
    found = [*_PACKAGE.glob("lexicons/*.toml"), *_PACKAGE.glob("reader/*.json")]
    return tuple(sorted(path.relative_to(_PACKAGE).as_posix() for path in found))


def digest(home: Path, file: str) -> str | None:
    """The sha256 of a model's file, or of one of the package's that every model names. None where it is missing."""
    try:
        data = ((_PACKAGE if file.startswith(PACKAGE_FILES) else home) / file).read_bytes()
    except OSError:
        return None
    return hashlib.sha256(data).hexdigest()


def _is_word(name: str) -> bool:
    return name.replace("-", "").replace("_", "").isalnum()


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else -1 for part in version.split("."))
