"""Training a classifier from labelled texts, in the child process: what loads scikit-learn is here alone.

Every choice is made by cross-validation on the examples themselves: strength of regularisation by macro-F1,
temperature by likelihood, the threshold by how often the held-out folds were right above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from lionrock.assist.sentiment.classifier import LABELS, Classifier, Head, softmax
from lionrock.assist.sentiment.features import Features, Floats, features

FOLDS: Final = 5
STRENGTHS: Final = (0.3, 1.0, 4.0)
"""C of scikit-learn: the inverse of regularisation."""
RIGHT: Final = 0.85
"""How often a text that is decided should be right, by the held-out folds."""
MOST_GRAMS: Final = 150_000
"""N-grams kept of a block: those in most texts."""
_LEAST_TEXTS: Final = 2
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Measured:
    """On held-out folds. `coverage`: share decided; `decided`: accuracy of those; `ece`: see below."""

    accuracy: float
    macro_f1: float
    ece: float
    coverage: float
    decided: float
    strength: float
    temperature: float
    threshold: float


def train(
    texts: Sequence[str], labels: Sequence[int], vectors: Floats | None, embedder: str = ""
) -> tuple[Classifier, dict[str, dict[str, float]]]:
    """The classifier, and what each head measured. `labels` are places in `LABELS`, each `FOLDS` times
    at least; `vectors` (texts x dimension) where there is an embedder."""
    y = np.array(labels)
    read = [features(text) for text in texts]
    frame = _frame(read, vectors, embedder)
    columns = _matrix(frame, read)
    heads, measured = {}, {}
    heads["quick"], found = _head(frame, columns, y, None)
    measured["quick"] = asdict(found)
    if vectors is not None:
        heads["meaning"], found = _head(frame, columns, y, frame.centred(vectors))
        measured["meaning"] = asdict(found)
    frame.heads.update(heads)
    return frame, measured


def _frame(read: Sequence[Features], vectors: Floats | None, embedder: str) -> Classifier:
    """A classifier that has no heads yet: the n-grams it knows and how it scales."""
    keys, idf = [], []
    for block in range(len(read[0].blocks)):
        known, counts = np.unique(
            np.concatenate([one.blocks[block][0] for one in read]), return_counts=True
        )
        kept = counts >= _LEAST_TEXTS
        if kept.sum() > MOST_GRAMS:
            kept &= counts > np.partition(counts, -MOST_GRAMS)[-MOST_GRAMS]
        keys.append(known[kept])
        weights = np.log((1 + len(read)) / (1 + counts[kept])) + 1
        idf.append(weights.astype(np.float32))
    dense = np.stack([one.dense for one in read])
    vectors = vectors if vectors is not None else np.zeros((1, 0), np.float32)
    centre = vectors.mean(axis=0)
    length = float(np.sqrt(((vectors - centre) ** 2).sum(axis=1).mean())) or 1.0
    return Classifier(
        tuple(keys), tuple(idf), dense.mean(axis=0), dense.std(axis=0) + np.float32(1e-6),
        centre, length, {}, embedder,
    )  # fmt: skip


def _matrix(frame: Classifier, read: Sequence[Features]) -> Any:
    """(texts x every n-gram, then what the opinion words say), sparse."""
    weighed = [frame.weighed(one) for one in read]
    parts = []
    for block, keys in enumerate(frame.keys):
        rows = [row[block] for row in weighed]
        ends = np.cumsum([0, *(len(at) for at, _ in rows)])
        at, values = (np.concatenate([row[n] for row in rows]) for n in (0, 1))
        parts.append(sparse.csr_matrix((values, at, ends), shape=(len(read), len(keys))))
    parts.append(sparse.csr_matrix(np.stack([frame.dense(one.dense) for one in read])))
    return sparse.hstack(parts).tocsr()


def _head(
    frame: Classifier, columns: Any, y: np.ndarray[Any, Any], meaning: Floats | None
) -> tuple[Head, Measured]:
    if meaning is not None:
        columns = sparse.hstack([columns, sparse.csr_matrix(meaning)]).tocsr()
    tried = {strength: _held_out(columns, y, strength) for strength in STRENGTHS}
    scores = {s: _macro_f1(y, logits.argmax(axis=1)) for s, logits in tried.items()}
    strength = max(STRENGTHS, key=lambda s: (scores[s], -s))
    logits = tried[strength]
    temperature = _temperature(logits, y)
    shares = softmax(logits / temperature)
    threshold = _threshold(shares, y)
    fitted = _fitted(columns, y, strength)
    sizes = [*(len(k) for k in frame.keys), len(frame.mean), len(frame.centre)]
    cuts = np.cumsum(sizes[: len(sizes) if meaning is not None else -1])[:-1]
    *blocks, dense = np.split(fitted.coef_.T.astype(np.float32), cuts)
    semantic = np.zeros((0, len(LABELS)), np.float32)
    if meaning is not None:
        semantic, dense = dense, blocks.pop()
    bias = fitted.intercept_.astype(np.float32)
    head = Head(tuple(blocks), dense, semantic, bias, temperature, threshold)
    return head, _measured(shares, y, strength, temperature, threshold)


def _fitted(columns: Any, y: np.ndarray[Any, Any], strength: float) -> Any:
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000, tol=1e-3)
    return model.fit(columns, y)


def _held_out(columns: Any, y: np.ndarray[Any, Any], strength: float) -> Floats:
    """Each text's logits by a model that did not see it."""
    logits = np.zeros((len(y), len(LABELS)), np.float32)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED)
    for seen, unseen in folds.split(np.zeros(len(y)), y):
        logits[unseen] = _fitted(columns[seen], y[seen], strength).decision_function(
            columns[unseen]
        )
    return logits


def _temperature(logits: Floats, y: np.ndarray[Any, Any]) -> float:
    """Makes the held-out labels likeliest."""

    def loss(log: float) -> float:
        shares = softmax(logits / np.float32(np.exp(log)))
        return float(-np.log(shares[np.arange(len(y)), y] + 1e-9).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))


def _threshold(shares: Floats, y: np.ndarray[Any, Any]) -> float:
    """The least confidence above which the held-out texts were right `RIGHT` of the time; where they
    never were, above all of them."""
    top = shares.max(axis=1)
    order = np.argsort(-top)
    right = (shares.argmax(axis=1) == y)[order]
    accuracy = np.cumsum(right) / np.arange(1, len(y) + 1)
    good = np.flatnonzero(accuracy >= RIGHT)
    return float(top[order][good[-1]]) if len(good) else 1.0


def _measured(
    shares: Floats, y: np.ndarray[Any, Any], strength: float, temperature: float, threshold: float
) -> Measured:
    chosen, top = shares.argmax(axis=1), shares.max(axis=1)
    right, sure = chosen == y, top >= threshold
    return Measured(
        accuracy=float(right.mean()), macro_f1=_macro_f1(y, chosen), ece=ece(top, right),
        coverage=float(sure.mean()), decided=float(right[sure].mean()) if sure.any() else 0.0,
        strength=strength, temperature=temperature, threshold=threshold,
    )  # fmt: skip


def ece(confidence: Floats, right: np.ndarray[Any, Any], bins: int = 10) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart, over ten equal bins (Naeini
    et al., AAAI 2015)."""
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(confidence[places == n].mean()) - float(right[places == n].mean()))
        * float((places == n).mean())
        for n in range(bins) if (places == n).any()
    ]  # fmt: skip
    return sum(gaps)


def _macro_f1(y: np.ndarray[Any, Any], chosen: np.ndarray[Any, Any]) -> float:
    return float(f1_score(y, chosen, average="macro", labels=range(len(LABELS)), zero_division=0))
