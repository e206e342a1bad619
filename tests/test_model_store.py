import json
import shutil
from pathlib import Path

import pytest

from nlp_quality import ModelAltered, ModelNotFound, Record, Scorer, model_store


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_store.models_folder(), tmp_path / "models"))


def home(models: Path) -> Path:
    return next((models / "rules").iterdir())


def test_the_default_is_the_trained_model(scorer: Scorer) -> None:
    assert scorer.model.name == "minilm"
    assert len(scorer.model.sha256) == 64
    assert scorer.describe()["notice"] is None
    assert scorer.describe()["evaluation"]["split"] == "test"


def test_rules_score_only_by_name_and_every_scorecard_says_so(rules_scorer: Scorer) -> None:
    card = rules_scorer.score(Record(text="Seen alone: Yes. Ines told me about the rabbit."))
    assert card.model.name == "rules"
    assert "rules alone" in (card.notice or "")


@pytest.mark.parametrize("name", ["nonesuch", "../rules", "", "rules/0.1.0", "."])
def test_an_unknown_model_is_an_error_that_names_no_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound) as caught:
        Scorer.load(name)
    assert str(tmp_path) not in caught.value.message


def test_a_changed_byte_is_refused(models: Path) -> None:
    table = home(models) / "levels.json"
    table.write_bytes(table.read_bytes().replace(b"0", b"1", 1))
    with pytest.raises(ModelAltered, match=r"levels\.json"):
        Scorer.load("rules", models=models)


def test_a_changed_byte_of_the_weights_is_refused(models: Path) -> None:
    weights = next((models / "minilm").glob("*/model.onnx"))
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelAltered, match=r"model\.onnx"):
        Scorer.load(models=models)


def test_a_missing_file_is_refused(models: Path) -> None:
    (home(models) / "levels.json").unlink()
    with pytest.raises(ModelAltered):
        Scorer.load("rules", models=models)


def test_a_lexicon_other_than_the_recorded_one_is_refused(models: Path) -> None:
    meta = home(models) / "meta.json"
    content = json.loads(meta.read_text())
    content["files"]["lexicons/presence.toml"] = "0" * 64
    meta.write_text(json.dumps(content))
    with pytest.raises(ModelAltered, match="presence"):
        Scorer.load("rules", models=models)


def test_every_lexicon_is_under_the_models_digest() -> None:
    lexicons = {f"lexicons/{p.name}" for p in (Path(model_store.__file__).parent / "lexicons").glob("*.toml")}
    meta = json.loads((home(model_store.models_folder()) / "meta.json").read_text())
    assert lexicons <= set(meta["files"])
