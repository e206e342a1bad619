import nlp_quality


def test_all_is_what_is_exported() -> None:
    public = {name for name in vars(nlp_quality) if not name.startswith("_")}
    modules = {name for name in public if type(getattr(nlp_quality, name)).__name__ == "module"}
    assert public - modules == set(nlp_quality.__all__)
    assert nlp_quality.__all__ == sorted(nlp_quality.__all__)


def test_public_names_say_what_they_are() -> None:
    for name in nlp_quality.__all__:
        assert getattr(nlp_quality, name).__doc__
