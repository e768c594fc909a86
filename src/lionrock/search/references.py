"""References from one provision to another, and between the languages of one law.

"see 4.3.2", "section 26(2)", 第5(1)條, "Cap. 571": found in text by the same grammar as in questions, and
looked up in the version itself where no other document is named. Nothing is kept of them: they follow
from the text and the table of provisions, and are gone with those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.documents.provisions import Provision, steps
from lionrock.documents.schemas import Passage
from lionrock.documents.standing import fingerprint
from lionrock.kernel.actors import Actor
from lionrock.kernel.vault.service import Vault
from lionrock.search import provisions
from lionrock.search.citation_words import relative_in
from lionrock.search.provisions import Named, lookup, named

_MATES: Final = """
SELECT o.id, o.document_id, o.language, o.effective_from FROM versions v
JOIN versions o ON (o.tenant_id, o.work) = (v.tenant_id, v.work) AND o.id <> v.id
WHERE v.tenant_id = $1 AND v.id = $2 AND o.language <> v.language AND o.collection_id = ANY($3)
AND o.state IN ('indexed', 'ready') AND o.effective_from <= $4 AND $4 < o.effective_to
ORDER BY o.effective_from <> v.effective_from, o.effective_from DESC, o.id
"""
_CALLED: Final = """
SELECT n.hash, v.id, v.document_id FROM version_names n
JOIN versions v ON (v.tenant_id, v.id) = (n.tenant_id, n.version_id)
WHERE n.tenant_id = $1 AND n.hash = ANY($2) AND v.collection_id = ANY($3)
AND v.effective_from <= $4 AND $4 < v.effective_to AND v.state IN ('indexed', 'ready')
ORDER BY v.id
"""
MOST: Final = 3
"""Passages taken of one reference when a search asks what its hits refer to."""


@dataclass(frozen=True, slots=True)
class Link:
    """`text[start:end]` refers to a provision: where it stands. Of a whole document only page 1."""

    start: int
    end: int
    document_id: UUID
    version_id: UUID
    path: str
    page: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mate:
    """The same law in another language."""

    version_id: UUID
    document_id: UUID
    language: str


def references(text: str, here: str = "") -> list[Named]:
    """References in the text of the provision `here`: those written out, and those to another part of
    the same provision ("subsection (2)")."""
    found = named(text)
    for mention, depth in relative_in(text):
        base = steps(here)[: max(depth, 1)] if here else ()
        taken = any(n.start < mention.end and mention.start < n.end for n in found)
        if base and not taken and len(steps(here)) >= depth:
            said = text[mention.start : mention.end]
            found.append(Named((), base[-1] + mention.path, mention.start, mention.end, said))
    return sorted(found, key=lambda n: n.start)


async def links(
    db: asyncpg.Connection, actor: Actor, vault: Vault, version: UUID, document: UUID, page: int,
    text: str, collections: Sequence[UUID], day: date,
) -> list[Link]:  # fmt: skip
    """The references on a page that lead somewhere the actor may read, in the page's order."""
    tables = await provisions.of_versions(db, actor, vault, [version], collections)
    own = tables.get(version, {})
    found: list[Link] = []
    elsewhere: list[tuple[int, Named]] = []
    for start, end, here in _stretches(own, page, len(text)):
        for n in references(text[start:end], here):
            if n.documents and (not n.path or not _within(own, n)):
                elsewhere.append((start, n))
            elif n.path and (link := _link(n, start, document, version, own)):
                found.append(link)
    by_name = await _called(db, actor, vault, [n for _, n in elsewhere], collections, day)
    others = [of for of in by_name.values() if of[0] not in tables]
    tables |= await provisions.of_versions(db, actor, vault, [v for v, _ in others], collections)
    for start, n in elsewhere:
        at = next((by_name[d] for d in n.documents if d in by_name), None)
        link = None
        if at is None:
            # Letters in capitals name nothing here: then it is one of our own, if there is one.
            guessed = not any(d.startswith("cap") or len(d) > 8 for d in n.documents)
            if n.path and n.sure and guessed:
                link = _link(n, start, document, version, own)
        elif n.path or at[0] != version:
            link = _link(n, start, at[1], at[0], tables.get(at[0], {}))
        found += [link] if link else []
    return sorted(found, key=lambda k: k.start)


def _within(own: Mapping[str, Provision], n: Named) -> bool:
    """A document was only guessed at (letters in capitals), and the paragraph is one of our own."""
    guessed = all(len(d) < 7 and not any(map(str.isdigit, d)) for d in n.documents)
    return guessed and n.path[:1].isdigit() and bool(lookup(own, n.path))


def _stretches(
    table: Mapping[str, Provision], page: int, length: int
) -> list[tuple[int, int, str]]:
    """A page's text cut where a provision starts: (start, end, path)."""
    before = [p for p in table.values() if p.page < page]
    current = max(before, key=lambda p: (p.page, p.start)).path if before else ""
    starts = sorted((p.start, len(p.path), p.path) for p in table.values() if p.page == page)
    found, at = [], 0
    for start, _, path in starts:
        if start > at:
            found.append((at, start, current))
        at, current = max(at, start), path
    if at < length:
        found.append((at, length, current))
    return found


def _link(
    n: Named, at: int, document: UUID, version: UUID, table: Mapping[str, Provision]
) -> Link | None:
    start, end = at + n.start, at + n.end
    if not n.path:
        return Link(start, end, document, version, "", 1, 0, 0)
    target = place(table, n.path)
    if target is None:
        return None
    return Link(start, end, document, version, target.path, target.page, target.start, target.end)


def place(table: Mapping[str, Provision], path: str) -> Provision | None:
    """The provision of that path, or the one in brackets around it."""
    for outer in reversed(
        [p for p in steps(path) if p == path or "(" in path[len(p) : len(p) + 1]]
    ):
        found = table.get(outer) or next(
            (p for k, p in table.items() if k.lower() == outer.lower()), None
        )
        if found is not None:
            return found
    return None


async def _called(
    db: asyncpg.Connection, actor: Actor, vault: Vault, cited: Sequence[Named],
    collections: Sequence[UUID], day: date,
) -> dict[str, tuple[UUID, UUID]]:  # fmt: skip
    names = list(dict.fromkeys(d for n in cited for d in n.documents))
    hashes = {fingerprint(vault, actor.tenant_id, "name", d): d for d in names}
    rows = await db.fetch(_CALLED, actor.tenant_id, list(hashes), list(collections), day)
    return {hashes[bytes(row["hash"])]: (row["id"], row["document_id"]) for row in reversed(rows)}


async def refers_to(
    db: asyncpg.Connection, actor: Actor, vault: Vault, passages: Sequence[Passage],
    collections: Sequence[UUID], as_at: date | None = None,
) -> dict[UUID, list[UUID]]:  # fmt: skip
    """For each passage the passages that it refers to, for a search that takes them in too: of its own
    version where it names no document, else of the document named."""
    ids = list(dict.fromkeys(p.version_id for p in passages))
    tables = await provisions.of_versions(db, actor, vault, ids, collections)
    wanted: dict[UUID, list[tuple[UUID, int]]] = {}
    named_elsewhere: list[tuple[UUID, Named]] = []
    for passage in passages:
        table = tables.get(passage.version_id, {})
        here = passage.number if passage.number in table else ""
        for n in references(passage.text, here):
            if n.path and not n.documents:
                ordinals = [o for o, _ in lookup(table, n.path)[:MOST] if o != passage.ordinal]
                places = wanted.setdefault(passage.id, [])
                places += [(passage.version_id, o) for o in ordinals]
            elif n.path:
                named_elsewhere.append((passage.id, n))
    there = await provisions.passages_at(
        db, actor, [at for places in wanted.values() for at in places]
    )
    found = {id: [there[at] for at in places if at in there] for id, places in wanted.items()}
    cited = [n for _, n in named_elsewhere]
    reached = await provisions.reach(db, actor, vault, cited, collections, as_at)
    for id, n in named_elsewhere:
        found.setdefault(id, []).extend([r.passage_id for r in reached if r.named is n][:MOST])
    return {id: list(dict.fromkeys(to)) for id, to in found.items() if to}


async def mates(
    db: asyncpg.Connection, actor: Actor, version: UUID, collections: Sequence[UUID], day: date
) -> list[Mate]:
    """Texts of the same law in other languages that held on `day`, those of the version's own first
    day first."""
    rows = await db.fetch(_MATES, actor.tenant_id, version, list(collections), day)
    return [Mate(row["id"], row["document_id"], row["language"]) for row in rows]


async def aligned(
    db: asyncpg.Connection, actor: Actor, vault: Vault, version_a: UUID, version_b: UUID,
    collections: Sequence[UUID],
) -> list[tuple[list[UUID], list[UUID]]]:  # fmt: skip
    """Passages of two texts of one law that say the same, provision by provision, the innermost that
    both have: passage ids of one, of the other. Each passage of `version_a` stands in one pair."""
    both = await provisions.of_versions(db, actor, vault, [version_a, version_b], collections)
    a, b = both.get(version_a, {}), both.get(version_b, {})
    pairs = pairs_of(a, b)
    ids = await provisions.passages_at(
        db, actor,
        [(version_a, o) for left, _ in pairs for o in left]
        + [(version_b, o) for _, right in pairs for o in right],
    )  # fmt: skip
    return [
        ([ids[version_a, o] for o in left if (version_a, o) in ids],
         [ids[version_b, o] for o in right if (version_b, o) in ids])
        for left, right in pairs
    ]  # fmt: skip


def pairs_of(
    a: Mapping[str, Provision], b: Mapping[str, Provision]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Ordinals that go together, the smallest provisions first taken, in the order of `a`."""
    common = [path for path in a if path in b]
    common.sort(key=lambda path: len(a[path].passages) + len(b[path].passages))
    found: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    used_a, used_b = set[int](), set[int]()
    for path in common:
        left = tuple(o for o in a[path].passages if o not in used_a)
        right = tuple(o for o in b[path].passages if o not in used_b)
        if left and right and len(left) <= 3 and len(right) <= 3:
            found.append((left, right))
            used_a.update(left)
            used_b.update(right)
    return sorted(found)
