"""Training on a few examples of the tests' own, and what is kept of them."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest

from lionrock.assist.sentiment.classifier import LABELS, Classifier, softmax
from lionrock.assist.sentiment.features import Floats, features
from lionrock.assist.sentiment.training import ece, train
from lionrock.errors import Conflict
from tests.assist.sentiment.material import examples


def vectors() -> Floats:
    """As if an embedder told the labels apart."""
    _, labels = examples()
    noise = np.random.default_rng(3).normal(0, 0.1, (len(labels), 4))
    return (np.eye(3, 4)[labels] + noise).astype(np.float32)


@cache
def trained() -> tuple[Classifier, dict[str, dict[str, float]]]:
    return train(*examples(), vectors(), "words")


def test_it_learns_what_it_was_shown() -> None:
    classifier, measured = trained()
    made = [features("The new lounge was excellent."), features("The lounge was terrible.")]
    shares, threshold = classifier.probabilities(made)
    assert [LABELS[n] for n in shares.argmax(axis=1)] == ["positive", "negative"]
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5) and 0 < threshold <= 1
    assert measured["quick"]["accuracy"] > 0.8 and measured["meaning"]["accuracy"] > 0.95


def test_it_is_the_same_after_it_was_packed() -> None:
    classifier, _ = trained()
    again = Classifier.unpacked(classifier.packed())
    texts, some = [features(t) for t in examples()[0][:9]], vectors()[:9]
    for given in (None, some):
        before, after = (one.probabilities(texts, given) for one in (classifier, again))
        assert np.allclose(before[0], after[0], atol=1e-6)
        assert before[1] == pytest.approx(after[1])


def test_with_vectors_the_head_that_reads_meaning_decides() -> None:
    classifier, _ = trained()
    texts, labels = examples()
    silent = [features("") for _ in texts]
    shares, _ = classifier.probabilities(silent, vectors())
    assert (shares.argmax(axis=1) == labels).all()


def test_the_weights_hold_no_words() -> None:
    with np.load(io.BytesIO(trained()[0].packed()), allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file.files} <= {"f", "i", "u", "U"}
        words = [str(file[name]) for name in file.files if file[name].dtype.kind == "U"]
    assert words == ["words"]  # the embedder's name


def test_weights_that_are_none_or_of_another_release_are_refused() -> None:
    packed = trained()[0].packed()
    with pytest.raises(Conflict, match="cannot be read"):
        Classifier.unpacked(packed[: len(packed) // 2])
    with np.load(io.BytesIO(packed)) as file:
        arrays = dict(file)
    other = io.BytesIO()
    np.savez(other, **arrays | {"version": np.int64(0)})
    with pytest.raises(Conflict, match="another release"):
        Classifier.unpacked(other.getvalue())


def test_an_object_in_the_arrays_is_never_loaded() -> None:
    file = io.BytesIO()
    np.savez(file, version=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(Conflict):
        Classifier.unpacked(file.getvalue())


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    sure = np.full(10, 0.95, np.float32)
    assert ece(sure, np.ones(10, bool)) == pytest.approx(0.05, abs=1e-6)
    assert ece(sure, np.arange(10) < 5) == pytest.approx(0.45, abs=1e-6)


def test_softmax_bears_large_numbers() -> None:
    shares = softmax(np.array([[1000.0, 0.0, -1000.0]], np.float32))
    assert shares[0, 0] == 1 and np.isfinite(shares).all()
