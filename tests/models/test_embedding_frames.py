from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lionrock.models.embedding_frames import Kind, pack_texts, unpack_texts


@given(kind=st.sampled_from(["query", "passage"]), texts=st.lists(st.text(max_size=20)))
def test_texts_come_out_as_they_went_in(kind: Kind, texts: list[str]) -> None:
    packed = pack_texts(kind, [text.encode() for text in texts])
    assert unpack_texts(packed) == (kind, texts)
