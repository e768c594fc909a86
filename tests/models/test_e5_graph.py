"""The ONNX graph against the plain arithmetic of a BERT encoder."""

from __future__ import annotations

import math

import numpy as np
import onnx
import pytest

from lionrock.models.e5 import PackedModel
from lionrock.models.e5_graph import encoder
from lionrock.models.embedding_child import Encoder
from tests.models.tiny_e5 import TinyE5, make_tiny_e5

TEXTS = ["abc", "客戶盡職審查", "", "the quick brown fox"]


@pytest.fixture(scope="module")
def tiny_e5(tmp_path_factory: pytest.TempPathFactory) -> TinyE5:
    return make_tiny_e5(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def tiny(tiny_e5: TinyE5) -> Encoder:
    return Encoder(tiny_e5.path, threads=1)


def forward(tensors: dict[str, np.ndarray], ids: list[int]) -> np.ndarray:
    """Devlin et al. 2019, in float64, one text, then the mean and length 1."""
    hidden = tensors["emb.word"].shape[1]
    x = tensors["emb.word"][ids] + tensors["emb.pos"][: len(ids)] + tensors["emb.type"][:hidden]
    x = normalised(x.astype(np.float64), tensors, "emb.ln")
    for layer in ("l0", "l1"):
        x = normalised(x + attention(x, tensors, layer), tensors, f"{layer}.aln")
        inner = gelu(dense(x, tensors, f"{layer}.fi"))
        x = normalised(x + dense(inner, tensors, f"{layer}.fo"), tensors, f"{layer}.oln")
    mean = x.mean(axis=0)
    return mean / np.linalg.norm(mean)


def attention(x: np.ndarray, tensors: dict[str, np.ndarray], layer: str) -> np.ndarray:
    q, k, v = (
        np.stack(np.split(dense(x, tensors, f"{layer}.{part}"), 2, axis=1)) for part in "qkv"
    )
    weights = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1]))
    mixed = weights / weights.sum(axis=-1, keepdims=True) @ v
    return dense(np.concatenate(list(mixed), axis=1), tensors, f"{layer}.ao")


def dense(x: np.ndarray, tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    return x @ tensors[f"{name}.w"].T + tensors[f"{name}.b"]


def normalised(x: np.ndarray, tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    x = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-12)
    return x * tensors[f"{name}.w"] + tensors[f"{name}.b"]


def gelu(x: np.ndarray) -> np.ndarray:
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def test_vectors_are_those_of_a_plain_forward_pass(tiny_e5: TinyE5, tiny: Encoder) -> None:
    vectors = tiny.encode("passage", TEXTS)
    expected = [forward(tiny_e5.tensors, tiny.tokens("passage", text)) for text in TEXTS]
    cosines = np.sum(vectors * np.array(expected), axis=1)
    assert cosines.min() > 0.998
    unrelated = np.array(expected) @ np.array(expected).T - np.eye(len(TEXTS))
    assert unrelated.max() < 0.99


def test_a_vector_does_not_depend_on_its_batch(tiny: Encoder) -> None:
    together = tiny.encode("query", TEXTS)
    alone = np.concatenate([tiny.encode("query", [text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_queries_and_passages_are_told_apart(tiny: Encoder) -> None:
    assert not np.allclose(tiny.encode("query", ["abc"]), tiny.encode("passage", ["abc"]))


def test_weights_leave_room_for_sixteen_bit_sums(tiny_e5: TinyE5) -> None:
    constants = onnx.load_from_string(encoder(PackedModel(tiny_e5.path))).graph.initializer
    levels = [
        onnx.numpy_helper.to_array(c) for c in constants if c.data_type == onnx.TensorProto.INT8
    ]
    assert len(levels) == 12
    assert max(int(np.abs(matrix).max()) for matrix in levels) * 255 * 2 < 2**15
