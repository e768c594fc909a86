"""The provisions of a version: each path ("s26(1)(a)", "4.3.2", "annex:a") with where it stands.

Paths are the same in every language: 第26(1)條 and section 26(1) are both "s26(1)". A law gives them
itself; of other documents they are made of the labels that the parser found, items under the
numbered paragraph above them. Kept sealed, one row a version; looked up by path.
"""

from __future__ import annotations

import json
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.documents.numerals import figure
from lionrock.documents.parsed import Block, ParsedDocument
from lionrock.documents.passages import Passage

if TYPE_CHECKING:
    import asyncpg

    from lionrock.kernel.vault.sealing import DataKey

_LAW: Final = "application/hklm+xml"
_MOST: Final = 20_000
_PLAIN: Final = re.compile(r"(?:[A-Z]{1,3}-?)?\d{1,3}[A-Z]?(?:\.\d{1,3}){0,5}[A-Z]?")
_NAMED: Final = re.compile(
    r"(annex|appendix|schedule|chapter|part|section|article|rule|clause|division)\s?(.{1,12})", re.I
)
_HAN: Final = re.compile(
    r"(第)?(附件|附表|附錄|附录|附則|附则)?(.{1,8}?)([編编章節节條条款項项部卷篇])?(?:之(.{1,3}))?"
)
_KINDS: Final = {
    "annex": "annex:", "appendix": "annex:", "附件": "annex:", "附錄": "annex:", "附录": "annex:",
    "附則": "annex:", "附则": "annex:", "schedule": "sch", "附表": "sch", "chapter": "ch:", "章": "ch:",
    "part": "P", "部": "P", "編": "P", "编": "P", "篇": "P", "卷": "P", "division": "D",
    "節": "D", "节": "D", "section": "s", "條": "s", "条": "s", "article": "s", "rule": "s",
    "clause": "s", "款": "s", "項": "s", "项": "s",
}  # fmt: skip
"""What a kind of provision is called in paths. A section, an article and 條 are one kind: a document
counts its provisions in one of them."""

PROVISIONS: Final = """
SELECT v.document_id, r.version_id, r.body FROM version_provisions r
JOIN versions v ON (v.tenant_id, v.id) = (r.tenant_id, r.version_id)
JOIN documents d ON (d.tenant_id, d.id) = (v.tenant_id, v.document_id)
WHERE r.tenant_id = $1 AND r.version_id = ANY($2) AND d.collection_id = ANY($3)
"""
INSERT: Final = """
INSERT INTO version_provisions (tenant_id, version_id, body) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, version_id) DO UPDATE SET body = excluded.body
"""


@dataclass(frozen=True, slots=True)
class Provision:
    """`passages` are ordinals of the version's passages; the words start on `page` at `start`."""

    path: str
    passages: tuple[int, ...]
    page: int
    start: int
    end: int
    title: str = ""


def canonical(label: str) -> str:
    """A printed label as a path: "Annex A" → "annex:a", "第三條" → "s3", "4.1.6" → "4.1.6", "" for none."""
    label = label.strip().rstrip(".:、．")
    if _PLAIN.fullmatch(label):
        return label
    named = _NAMED.fullmatch(label)
    if named:
        return f"{_KINDS[named[1].lower()]}{_value(named[1], named[2])}"
    han = _HAN.fullmatch(label)
    if han and (han[1] or han[2]):
        kind = _KINDS.get(han[2] or han[4] or "", "s")
        value = figure(han[3])
        more = f"-{figure(han[5])}" if han[5] else ""
        return f"{kind}{value}{more}"
    return ""


def _value(kind: str, said: str) -> str:
    return said.strip().lower() if kind.lower() in ("annex", "appendix") else said.strip()


def item(label: str) -> str:
    """An item's label as a step: "(a)", "（一）" → "(1)", "1、" → "(1)"; "" for a bullet."""
    bare = label.strip("()（）.、． \u3000")
    return f"({figure(bare)})" if bare else ""


def provisions_of(document: ParsedDocument, made: Sequence[Passage]) -> list[Provision]:
    """The provisions of a document and the passages each stands in, in reading order. A provision
    takes in what stands under it: the passages of "s26" are those of all its subsections."""
    places = _Passages(made)
    found: dict[str, Provision] = {}
    paths = _law(document.blocks) if document.media_type == _LAW else _labelled(document.blocks)
    for block, chain in paths:
        for path in chain:
            if path not in found and len(found) < _MOST:
                first = block.slices[0]
                heading = block.kind == "heading" and path == chain[-1]
                text = document.text_of(block)[:200] if heading else ""
                found[path] = Provision(path, (), first.page, first.start, first.end, text)
        ordinals = places.of(block)
        for path in chain:
            if path in found and ordinals:
                found[path] = _with(found[path], ordinals)
    return [p for p in found.values() if p.passages]


def _with(provision: Provision, ordinals: Sequence[int]) -> Provision:
    if not set(ordinals) - set(provision.passages):
        return provision
    joined = tuple(dict.fromkeys((*provision.passages, *ordinals)))
    p = provision
    return Provision(p.path, joined, p.page, p.start, p.end, p.title)


def steps(path: str) -> tuple[str, ...]:
    """The paths that a path stands under, outermost first, and itself: s26, s26(1), s26(1)(a)."""
    cut = [m.start() for m in re.finditer(r"[(\[/]|(?<=\d)\.(?=\d)", path) if m.start()]
    return (*(path[:at] for at in cut), path)


def _law(blocks: Sequence[Block]) -> Iterator[tuple[Block, tuple[str, ...]]]:
    here: tuple[str, ...] = ()
    for block in blocks:
        if block.number:
            here = steps(block.number)
        elif block.kind == "heading":
            here = ()
        yield block, here


def _labelled(blocks: Sequence[Block]) -> Iterator[tuple[Block, tuple[str, ...]]]:
    """Paths by labels: a numbered heading or paragraph opens one, items go under it, and what has no
    number of its own belongs to the one above it."""
    heading: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    items: list[tuple[int, str]] = []
    for block in blocks:
        if block.kind in ("toc", "footnote"):
            yield block, ()
            continue
        path = canonical(block.number) if block.number else ""
        if block.kind == "heading":
            heading = base = steps(path) if path else ()
            items = []
        elif block.kind == "item" and (not path or base) and item(block.number):
            items = [(level, step) for level, step in items if level < block.level]
            items.append((block.level, item(block.number)))
            under = "".join(step for _, step in items)
            root = (base or heading)[-1:]
            yield block, (*(base or heading), *(f"{r}{under}" for r in root))
            continue
        elif path:
            base, items = steps(path), []
        elif block.kind == "paragraph" and not base:
            base = heading
        yield block, base


class _Passages:
    """Which passages hold a block's words."""

    def __init__(self, made: Sequence[Passage]) -> None:
        spans = sorted((s.page, s.start, s.end, p.ordinal) for p in made for s in p.slices)
        self._starts = [(page, start) for page, start, _, _ in spans]
        self._spans = spans

    def of(self, block: Block) -> list[int]:
        found: list[int] = []
        for part in block.slices:
            at = max(bisect_right(self._starts, (part.page, part.start)) - 1, 0)
            while at < len(self._spans) and self._spans[at][:2] < (part.page, part.end):
                page, start, end, ordinal = self._spans[at]
                if page == part.page and start < part.end and part.start < end:
                    found.append(ordinal)
                at += 1
        return found


def packed(provisions: Sequence[Provision]) -> bytes:
    rows = [[p.path, list(p.passages), p.page, p.start, p.end, p.title] for p in provisions]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())


def unpacked(data: bytes) -> dict[str, Provision]:
    rows = json.loads(zlib.decompress(data))
    return {row[0]: Provision(row[0], tuple(row[1]), *row[2:]) for row in rows}


async def keep(
    db: asyncpg.Connection, tenant: UUID, version: UUID, key: DataKey,
    provisions: Sequence[Provision],
) -> None:  # fmt: skip
    if provisions:
        sealed = key.seal("version_provisions", version, "body", packed(provisions))
        await db.execute(INSERT, tenant, version, sealed)


def nearest(found: Mapping[str, Provision], path: str) -> Provision | None:
    """The provision of that path, or the innermost one it stands under that is there."""
    return next((found[p] for p in reversed(steps(path)) if p in found), None)
