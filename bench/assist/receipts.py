"""Fields of receipts (SROIE, task 3) through the product's own OCR and extraction, with one schema.

As published (Huang et al., ICDAR 2019 SROIE, section 2.3), a field is right when it equals the ground truth,
and F1 is over all fields. Case and runs of white space are folded, and of a total its currency sign, with
which the ground truth is written at random. `_letters` compares letters and figures alone. What OCR misread
counts as wrong; leading entries of the published table (0.96 to 0.98, trained on 626 receipts) leave it out.

The first half of the receipts, by a hash of their names, was developed on; the other half was not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from common import bench_house, data, figure, load
from lionrock.app import House
from lionrock.assist.extraction.schemas import Extracted, ExtractRequest, Read
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find

FIELDS = ["company: name", "date: date", "address: address", "total: amount"]
DEVELOPED = 20
"""Receipts that were looked at."""


def halves() -> tuple[list[Path], list[Path]]:
    """The receipts developed on, and the others: without those that are the same picture as one of them."""
    pictures = sorted(
        (data("ocr") / "sroie40").glob("*.jpg"),
        key=lambda p: hashlib.sha256(p.stem.encode()).hexdigest(),
    )
    developed = pictures[:DEVELOPED]
    seen = {picture.read_bytes() for picture in developed}
    return developed, [p for p in pictures[DEVELOPED:] if p.read_bytes() not in seen]


async def measure(arguments: argparse.Namespace) -> None:
    developed, unseen = halves()
    async with bench_house("receipts", arguments.model) as (house, actor):
        await load(house, actor, [*developed, *unseen])
        for label, half in (("developed on", developed), ("unseen", unseen)):
            ids = [await known(house, actor, picture) for picture in half]
            by_id = {r.document_id: r for r in await extracted(house, actor, ids, FIELDS)}
            told = [json.loads(p.with_suffix(".json").read_text("utf-8")) for p in half]
            read = [(by_id[id], truth) for id, truth in zip(ids, told, strict=True)]
            strict, letters = _f1(read, exact), _f1(read, same_letters)
            print(f"\n{label}: {len(half)} receipts")
            for field in ("company", "date", "address", "total", "all"):
                print(
                    f"  {field:8} F1 {strict[field]:.3f}, letters and figures alone {letters[field]:.3f}"
                )
    figure("receipt_field_f1", strict["all"])
    figure("receipt_field_f1_letters", letters["all"])


async def known(house: House, actor: Actor, path: Path) -> UUID:
    """The document that holds these bytes; the same picture under two names is one."""

    async def content() -> AsyncIterator[bytes]:
        yield path.read_bytes()

    return (await house.documents.add(actor, path.name, content())).document_id


async def extracted(
    house: House, actor: Actor, documents: Sequence[UUID], fields: Sequence[str]
) -> Sequence[Read]:
    request = ExtractRequest(documents=list(documents), fields=list(fields), unrelated=True)
    run = await house.runs.begin(house.context(actor), find("extract"), request)
    async for update in run.follow():
        if isinstance(update, Extracted):
            return update.documents
    raise RuntimeError("the run ended without a result")


def exact(field: str, said: str, normal: str, truth: str) -> bool:
    if field == "total":
        return _money(normal) == _money(truth) is not None
    return " ".join(said.split()).casefold() == " ".join(truth.split()).casefold()


def same_letters(field: str, said: str, normal: str, truth: str) -> bool:
    if field == "total":
        return exact(field, said, normal, truth)
    return re.sub(r"[\W_]+", "", said).casefold() == re.sub(r"[\W_]+", "", truth).casefold()


def _money(text: str) -> Decimal | None:
    match = re.search(r"-?\d[\d,]*(?:\.\d+)?", text)
    return Decimal(match[0].replace(",", "")) if match else None


def _f1(
    read: Sequence[tuple[Read, dict[str, str]]], same: Callable[[str, str, str, str], bool]
) -> dict[str, float]:
    """F1 by field and over all: 2 × right / (given + in the ground truth)."""
    right, given, known = Counter[str](), Counter[str](), Counter[str]()
    for document, truth in read:
        for filled in document.filled:
            best = filled.best
            known.update([filled.field] if truth.get(filled.field) else [])
            given.update([filled.field] if best else [])
            normal = best.normal.text if best and best.normal else ""
            if best and same(filled.field, best.written, normal, truth.get(filled.field, "")):
                right[filled.field] += 1
    scores = {f: 2 * right[f] / max(1, given[f] + known[f]) for f in known}
    return scores | {"all": 2 * right.total() / max(1, given.total() + known.total())}
