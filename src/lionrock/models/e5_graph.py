"""The encoder of multilingual-e5-small as an ONNX graph with 8-bit integer matrix products.

BERT encoder (Devlin et al. 2019) with post-layer normalisation, mean pooling and L2 norm. Weights
are rounded to 7 bits and a sign per output column, activations to 8 bits per token. A scale per
token, and not one per batch as in onnxruntime's dynamic quantisation, makes a text's vector
independent of the texts it is batched with. Design: `design/2026-11-22-embeddings.md`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from lionrock.models.e5 import PackedModel

_ONNX_OPSET = 20
_IR_VERSION = 10
_MICROSOFT = "com.microsoft"
# Where a CPU has no VNNI, onnxruntime adds pairs of u8·s8 products in 16 bits: 255·63·2 still fits,
# 255·127·2 saturates. With ±63 every x86 and ARM machine gives the same integers.
_WEIGHT_LEVELS = 63.0
_ZERO_POINT = 128
_ACTIVATION_LEVELS = 127.0


def encoder(model: PackedModel) -> bytes:
    """The serialised graph.

    Inputs: `words` float32 (batch, length, hidden), the word embeddings; `mask` float32
    (batch, length), 1 for a token and 0 for padding. Output: `vectors` float32 (batch, hidden).
    """
    graph = _Graph(model)
    mask_bias = graph.add("Sub", "mask", graph.constant(np.float32(1)))
    mask_bias = graph.add("Mul", mask_bias, graph.constant(np.float32(1e9)))
    mask_bias = graph.add("Unsqueeze", mask_bias, graph.integers(1, 2))
    hidden = _embedding(graph)
    for layer in range(model.shape.layers):
        hidden = _layer(graph, f"l{layer}", hidden, mask_bias)
    return _serialised(graph, _pooled(graph, hidden))


def _embedding(graph: _Graph) -> str:
    shape = graph.model.shape
    positions = graph.model.matrix("emb.pos", shape.positions)
    positions = positions + graph.model.tensor("emb.type")[: shape.hidden]
    length = graph.add("Shape", "mask", start=1, end=2)
    used = graph.add(
        "Slice", graph.constant(positions), graph.integers(0), length, graph.integers(0)
    )
    return graph.normalised("emb.ln", graph.add("Add", "words", used))


def _layer(graph: _Graph, name: str, hidden: str, mask_bias: str) -> str:
    attended = _attention(graph, name, graph.rounded(hidden), mask_bias)
    attended = graph.dense(f"{name}.ao", graph.rounded(attended))
    hidden = graph.normalised(f"{name}.aln", graph.add("Add", hidden, attended))
    inner = graph.add("Gelu", graph.dense(f"{name}.fi", graph.rounded(hidden)))
    inner = graph.dense(f"{name}.fo", graph.rounded(inner))
    return graph.normalised(f"{name}.oln", graph.add("Add", hidden, inner))


def _attention(graph: _Graph, name: str, tokens: _Rounded, mask_bias: str) -> str:
    shape = graph.model.shape
    size = shape.hidden // shape.heads

    def heads(part: str, order: list[int]) -> str:
        split = graph.integers(0, 0, shape.heads, size)
        columns = graph.add("Reshape", graph.dense(f"{name}.{part}", tokens), split)
        return graph.add("Transpose", columns, perm=order)

    scores = graph.add("MatMul", heads("q", [0, 2, 1, 3]), heads("k", [0, 2, 3, 1]))
    scores = graph.add("Mul", scores, graph.constant(np.float32(size**-0.5)))
    weights = graph.add("Softmax", graph.add("Add", scores, mask_bias), axis=-1)
    mixed = graph.add("MatMul", weights, heads("v", [0, 2, 1, 3]))
    mixed = graph.add("Transpose", mixed, perm=[0, 2, 1, 3])
    return graph.add("Reshape", mixed, graph.integers(0, 0, shape.hidden))


def _pooled(graph: _Graph, hidden: str) -> str:
    weights = graph.add("Unsqueeze", "mask", graph.integers(2))
    masked = graph.add("Mul", hidden, weights)
    # The mean's divisor would only scale the vector, which is then brought to length 1.
    total = graph.add("ReduceSum", masked, graph.integers(1), keepdims=0)
    return graph.add("LpNormalization", total, axis=-1, p=2)


class _Rounded(NamedTuple):
    """Activations as unsigned 8-bit levels and one scale per token."""

    levels: str
    scale: str


class _Graph:
    """Nodes and constants in the making; each method returns the name of its result."""

    def __init__(self, model: PackedModel) -> None:
        self.model = model
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, op: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], domain=domain, **attributes))
        return name

    def constant(self, value: np.generic | np.ndarray[Any, Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def integers(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def normalised(self, name: str, values: str) -> str:
        weight, bias = (self.constant(self.model.tensor(f"{name}.{part}")) for part in "wb")
        epsilon = self.model.shape.epsilon
        return self.add("LayerNormalization", values, weight, bias, axis=-1, epsilon=epsilon)

    def rounded(self, values: str) -> _Rounded:
        largest = self.add("ReduceMax", self.add("Abs", values), self.integers(-1), keepdims=1)
        largest = self.add("Max", largest, self.constant(np.float32(1e-9)))
        scale = self.add("Mul", largest, self.constant(np.float32(1 / _ACTIVATION_LEVELS)))
        levels = self.add("Div", values, scale)
        one, zero = self.constant(np.float32(1)), self.constant(np.uint8(_ZERO_POINT))
        return _Rounded(self.add("QuantizeLinear", levels, one, zero), scale)

    def dense(self, name: str, rows: _Rounded) -> str:
        """rows · W + b, W rounded per output column."""
        bias = self.model.tensor(f"{name}.b")
        matrix = self.model.matrix(f"{name}.w", len(bias))
        scales = np.maximum(np.abs(matrix).max(axis=1), 1e-9) / np.float32(_WEIGHT_LEVELS)
        levels = np.rint(matrix / scales[:, None]).astype(np.int8).T
        one, zero = self.constant(np.float32(1)), self.constant(np.uint8(_ZERO_POINT))
        inputs = rows.levels, self.constant(levels), one, self.constant(scales), zero
        product = self.add("MatMulIntegerToFloat", *inputs, domain=_MICROSOFT)
        return self.add("Add", self.add("Mul", product, rows.scale), self.constant(bias))


def _serialised(graph: _Graph, output: str) -> bytes:
    hidden = graph.model.shape.hidden
    words = helper.make_tensor_value_info("words", TensorProto.FLOAT, ["batch", "length", hidden])
    mask = helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["batch", "length"])
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", hidden])
    graph.nodes.append(helper.make_node("Identity", [output], ["vectors"]))
    body = helper.make_graph(graph.nodes, "e5", [words, mask], [vectors], graph.constants)
    opsets = [helper.make_opsetid("", _ONNX_OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=_IR_VERSION)
    return bytes(model.SerializeToString())
