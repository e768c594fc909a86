"""Examples written for these tests: three ways to speak of a bank, in several wordings."""

from __future__ import annotations

import csv
import io

from lionrock.assist.sentiment.classifier import LABELS

THINGS = ("branch", "app", "hotline", "card", "counter", "staff", "職員", "分行", "熱線")
SAID = {
    "positive": ("The {} was excellent, thank you.", "I love the {}.", "{}服務好好，好滿意。"),
    "neutral": ("The {} is open on Monday.", "Send the form to the {}.", "{}星期一開放。"),
    "negative": ("The {} was terrible.", "I waited an hour at the {}.", "{}態度好差，好失望。"),
}


def examples() -> tuple[list[str], list[int]]:
    """Texts and the places of their labels: 27 of each."""
    rows = [
        (form.format(thing), LABELS.index(label))
        for label, forms in SAID.items()
        for form in forms
        for thing in THINGS
    ]
    return [text for text, _ in rows], [label for _, label in rows]


def sheet(*rows: tuple[str, str], heads: tuple[str, str] = ("text", "label")) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([heads, *rows])
    return file.getvalue().encode()


def labelled() -> bytes:
    """The examples as a file to train on."""
    texts, labels = examples()
    return sheet(*((text, LABELS[label]) for text, label in zip(texts, labels, strict=True)))
