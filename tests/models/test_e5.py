"""Reading a packed e5 file and splitting texts into its pieces."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.errors import ModelNotPulled, Unavailable
from lionrock.models.e5 import PackedModel, Tokenizer, read_shape
from tests.models.tiny_e5 import TinyE5, make_tiny_e5

START, PADDING, END, UNKNOWN = 0, 1, 2, 3


@pytest.fixture(scope="module")
def tiny_e5(tmp_path_factory: pytest.TempPathFactory) -> TinyE5:
    return make_tiny_e5(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def tokenizer(tiny_e5: TinyE5) -> Tokenizer:
    return Tokenizer(PackedModel(tiny_e5.path))


def spelled(tiny_e5: TinyE5, ids: list[int]) -> list[str]:
    return [tiny_e5.pieces[i] for i in ids[1:-1]]


def test_the_header_tells_the_sizes(tiny_e5: TinyE5) -> None:
    shape = read_shape(tiny_e5.path)
    assert (shape.hidden, shape.layers, shape.heads, shape.inner) == (32, 2, 2, 64)
    assert (shape.words, shape.positions) == (len(tiny_e5.pieces), 16)


def test_every_tensor_is_read_as_it_was_packed(tiny_e5: TinyE5) -> None:
    model = PackedModel(tiny_e5.path)
    for name, values in tiny_e5.tensors.items():
        np.testing.assert_array_equal(model.tensor(name), values.ravel(), err_msg=name)


def test_word_vectors_are_the_rows_of_the_word_embedding(tiny_e5: TinyE5) -> None:
    ids = np.array([[5, 0], [7, 5]])
    expected = tiny_e5.tensors["emb.word"][ids]
    np.testing.assert_array_equal(PackedModel(tiny_e5.path).word_vectors(ids), expected)


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelNotPulled, match="lionrock models pull"):
        read_shape(tmp_path / "absent.bin")


@pytest.mark.parametrize("content", [b"", b"E5S1", b"GGUF" + bytes(100), b"E5S1" + bytes(100)])
def test_another_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.bin").write_bytes(content)
    with pytest.raises(Unavailable, match=r"other\.bin.*lionrock models verify"):
        read_shape(tmp_path / "other.bin")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(kept=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_is_refused(tiny_e5: TinyE5, tmp_path: Path, kept: float) -> None:
    content = tiny_e5.path.read_bytes()
    cut = tmp_path / "cut.bin"
    cut.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(Unavailable, match=r"cut\.bin"):
        PackedModel(cut)


def segmentations(text: str, pieces: dict[str, float]) -> Iterator[list[str]]:
    if not text:
        yield []
    for end in range(1, len(text) + 1):
        if text[:end] in pieces:
            yield from ([text[:end], *rest] for rest in segmentations(text[end:], pieces))


@given(text=st.text(alphabet="abcz客戶", min_size=1, max_size=9))
def test_the_split_is_the_most_likely_of_all(
    tiny_e5: TinyE5, tokenizer: Tokenizer, text: str
) -> None:
    scores = dict(zip(tiny_e5.pieces, tiny_e5.scores, strict=True))
    split = spelled(tiny_e5, tokenizer.ids(text))
    assert "".join(split) == "▁" + text
    best = max(sum(map(scores.__getitem__, s)) for s in segmentations("▁" + text, scores))
    assert sum(map(scores.__getitem__, split)) == best


@given(text=st.text(max_size=40))
def test_any_text_has_marks_around_it_and_none_inside(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.ids(text)
    assert (ids[0], ids[-1]) == (START, END)
    assert not {START, PADDING, END} & set(ids[1:-1])
    assert not any(a == b == UNKNOWN for a, b in pairwise(ids))


def test_spaces_are_folded_and_characters_brought_to_their_normal_form(
    tiny_e5: TinyE5, tokenizer: Tokenizer
) -> None:
    assert spelled(tiny_e5, tokenizer.ids("　Ａb\n\n客\u200b戶  ")) == ["▁ab", "▁客戶"]


def test_neighbouring_unknown_characters_are_one_unknown_token(tokenizer: Tokenizer) -> None:
    assert tokenizer.ids("😀嫲嫲a嫲")[2:-1].count(UNKNOWN) == 2


def test_a_text_cannot_spell_a_control_token(tiny_e5: TinyE5, tokenizer: Tokenizer) -> None:
    assert spelled(tiny_e5, tokenizer.ids("</s>")) == ["▁", "<", "/", "s", ">"]
    assert "<mask>" not in spelled(tiny_e5, tokenizer.ids("<mask>"))


def test_an_empty_text_is_a_single_space(tiny_e5: TinyE5, tokenizer: Tokenizer) -> None:
    assert spelled(tiny_e5, tokenizer.ids(" \n ")) == ["▁"]


def test_a_long_text_is_cut_to_the_models_positions(tokenizer: Tokenizer) -> None:
    long = tokenizer.ids("z" * 100_000)
    assert len(long) == 16
    assert long[:-1] == tokenizer.ids("z" * 15)[:15]
