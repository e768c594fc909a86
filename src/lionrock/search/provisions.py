"""Citations in a question, and the passages that they name.

"Cap. 486 s.26", "s 26(1) PDPO", "AML-1 para 4.2", "第486章第26條", "GL33 4.1": `named` reads what is
cited, `reach` looks it up under row-level security, in the version that held on the day asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.documents import provisions, standing, versions
from lionrock.documents.provisions import Provision
from lionrock.documents.records import Records
from lionrock.errors import Erased
from lionrock.kernel.actors import Actor
from lionrock.kernel.vault.service import Vault
from lionrock.search.citation_words import Mention, documents_in, provisions_in

MOST_PASSAGES: Final = 8
"""Of one provision: a whole Part is not an answer."""
_MOST_UNNAMED: Final = 20
"""A provision cited without its document is looked for where there are at most so many versions."""
_FAR: Final = 60

_CALLED: Final = """
WITH called AS MATERIALIZED (
    SELECT n.hash, v.tenant_id, v.id, v.work FROM version_names n
    JOIN versions v ON (v.tenant_id, v.id) = (n.tenant_id, n.version_id)
    WHERE n.tenant_id = $1 AND n.hash = ANY($2)
), either AS (
    SELECT hash, id FROM called
    UNION SELECT c.hash, o.id FROM called c
    JOIN versions o ON (o.tenant_id, o.work) = (c.tenant_id, c.work)
)
SELECT e.hash, v.id FROM either e JOIN versions v ON v.tenant_id = $1 AND v.id = e.id
WHERE v.collection_id = ANY($3) AND v.state IN ('indexed', 'ready')
AND v.effective_from <= $4 AND $4 < v.effective_to
"""
"""By name; a law is called by the names of its text in the other language too."""
_ALL: Final = """
SELECT v.id FROM version_provisions n
JOIN versions v ON (v.tenant_id, v.id) = (n.tenant_id, n.version_id)
WHERE n.tenant_id = $1 AND v.collection_id = ANY($2) AND v.state IN ('indexed', 'ready')
AND v.effective_from <= $3 AND $3 < v.effective_to LIMIT $4
"""
_ORDINALS: Final = """
SELECT p.version_id, p.ordinal, p.id FROM passages p
JOIN unnest($2::uuid[], $3::int[]) AS w (version, ordinal)
  ON (p.version_id, p.ordinal) = (w.version, w.ordinal)
WHERE p.tenant_id = $1 AND (cardinality($4::text[]) = 0 OR p.language = ANY($4))
"""


@dataclass(frozen=True, slots=True)
class Named:
    """A citation: the names its document may have, nearest first (none: it named none), and the path
    of the provision ("": the document itself). `text[start:end]` are its words."""

    documents: tuple[str, ...]
    path: str
    start: int
    end: int
    said: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Reached:
    """A passage that a citation names. `exact`: that very provision, not one around it."""

    passage_id: UUID
    version_id: UUID
    named: Named
    exact: bool


def named(question: str) -> list[Named]:
    """The citations in a question, in its order; the surest reading of each."""
    called, cited = list(documents_in(question)), list(provisions_in(question))
    called = [d for d in called if not any(_overlap(d, p) for p in cited)]
    found, used = list[Named](), set[Mention]()
    for mention in cited:
        near = _nearest(question, mention, called)
        if not mention.sure and not any(d.sure for d in near):
            continue
        used |= {d for d in near[:1] if d.sure}
        start, end = mention.start, mention.end
        for d in (d for d in near[:1] if d.sure):
            start, end = min(start, d.start), max(end, d.end)
        names = tuple(dict.fromkeys(d.name for d in near if d.name))
        found.append(Named(names, mention.path, start, end, question[start:end], mention.sure))
    found += [
        Named((d.name,), "", d.start, d.end, question[d.start : d.end], d.sure)
        for d in called if d not in used and d.sure and d.name
    ]  # fmt: skip
    return sorted(found, key=lambda n: (n.start, n.end))


def _nearest(text: str, cited: Mention, called: Sequence[Mention]) -> list[Mention]:
    """Documents that a provision may be of: those that stand close by, nearest first."""

    def gap(d: Mention) -> int:
        return cited.start - d.end if d.end <= cited.start else d.start - cited.end + 1

    close = [d for d in called if gap(d) <= _FAR and not _parted(text, d, cited)]
    return sorted(close, key=lambda d: (gap(d) // 12 if d.sure else 99, gap(d)))


def _parted(text: str, a: Mention, b: Mention) -> bool:
    """A sentence ends between them."""
    between = text[min(a.end, b.end) : max(a.start, b.start)]
    return (
        any(stop in between for stop in ("?", "？", "。", "; ", "；", ". "))
        and between.strip() != "."
    )


def _overlap(a: Mention, b: Mention) -> bool:
    return a.start < b.end and b.start < a.end


async def find(
    db: asyncpg.Connection, actor: Actor, vault: Vault, cited: Sequence[Named],
    collections: Sequence[UUID], as_at: date | None = None,
) -> list[UUID]:  # fmt: skip
    """The passages that the citations name, in their order; see `reach`."""
    reached = await reach(db, actor, vault, cited, collections, as_at)
    return list(dict.fromkeys(r.passage_id for r in reached))


async def reach(
    db: asyncpg.Connection, actor: Actor, vault: Vault, cited: Sequence[Named],
    collections: Sequence[UUID], as_at: date | None = None, languages: Sequence[str] = (),
) -> list[Reached]:  # fmt: skip
    """Look citations up in `collections` (those the actor may read), in the versions that held on the
    day (none: today): passages in `languages` (none: in any). One that names no document is looked for
    where the library is small."""
    wanted = [n for n in cited if n.path]
    if not wanted or not collections:
        return []
    day = as_at or versions.today()
    by_name = await _called(db, actor, vault, wanted, collections, day)
    everywhere: list[UUID] = []
    if any(not n.documents or not any(d in by_name for d in n.documents) for n in wanted):
        rows = await db.fetch(_ALL, actor.tenant_id, list(collections), day, _MOST_UNNAMED + 1)
        everywhere = [r["id"] for r in rows] if len(rows) <= _MOST_UNNAMED else []
    of: list[tuple[Named, list[UUID]]] = []
    for n in wanted:
        known = next((by_name[d] for d in n.documents if d in by_name), None)
        of.append((n, known if known is not None else everywhere if _alone(n) else []))
    ids = list(dict.fromkeys(v for _, vs in of for v in vs))
    tables = await of_versions(db, actor, vault, ids, collections)
    places = [
        (n, v, ordinal, exact)
        for n, vs in of for v in vs if v in tables
        for ordinal, exact in lookup(tables[v], n.path)
    ]  # fmt: skip
    named_at = [(v, ordinal) for _, v, ordinal, _ in places]
    passages = await passages_at(db, actor, named_at, languages)
    return [
        Reached(passages[v, ordinal], v, n, exact)
        for n, v, ordinal, exact in places if (v, ordinal) in passages
    ]  # fmt: skip


def _alone(cited: Named) -> bool:
    """Whether it may be looked for without knowing its document: no document was surely named."""
    return cited.sure and not any(
        d.startswith("cap") or any(map(str.isdigit, d)) for d in cited.documents
    )


async def _called(
    db: asyncpg.Connection, actor: Actor, vault: Vault, cited: Sequence[Named],
    collections: Sequence[UUID], day: date,
) -> dict[str, list[UUID]]:  # fmt: skip
    names = list(dict.fromkeys(d for n in cited for d in n.documents))
    hashes = {standing.fingerprint(vault, actor.tenant_id, "name", d): d for d in names}
    rows = await db.fetch(_CALLED, actor.tenant_id, list(hashes), list(collections), day)
    found: dict[str, list[UUID]] = {}
    for row in rows:
        found.setdefault(hashes[bytes(row["hash"])], []).append(row["id"])
    return found


async def of_versions(
    db: asyncpg.Connection, actor: Actor, vault: Vault, ids: Sequence[UUID],
    collections: Sequence[UUID],
) -> dict[UUID, dict[str, Provision]]:  # fmt: skip
    """The provisions of versions, by path."""
    if not ids:
        return {}
    records = Records(vault, actor.tenant_id)
    rows = await db.fetch(provisions.PROVISIONS, actor.tenant_id, list(ids), list(collections))
    found = {}
    for row in rows:
        try:
            key = records.key(row["document_id"])
        except Erased:
            continue
        body = key.open("version_provisions", row["version_id"], "body", row["body"])
        found[row["version_id"]] = provisions.unpacked(body)
    return found


def lookup(table: Mapping[str, Provision], path: str) -> list[tuple[int, bool]]:
    """Ordinals of passages for a path, and whether they are that provision's: itself, else what stands
    under it, else, for a step in brackets, the provision around it."""
    folded = path.lower()
    same = table.get(path) or next((p for k, p in table.items() if k.lower() == folded), None)
    if same is not None:
        return [(o, True) for o in same.passages[:MOST_PASSAGES]]
    under = [
        o for k, p in table.items()
        if k.lower().startswith(folded) and k[len(path)] in ".([/" for o in p.passages
    ]  # fmt: skip
    if under:
        return [(o, True) for o in list(dict.fromkeys(under))[:MOST_PASSAGES]]
    around = [
        p for p in provisions.steps(path)[:-1] if "(" in path and not path.startswith(f"{p}.")
    ]
    for outer in reversed(around):
        found = table.get(outer) or next(
            (p for k, p in table.items() if k.lower() == outer.lower()), None
        )
        if found is not None:
            return [(o, False) for o in found.passages[:MOST_PASSAGES]]
    return []


async def passages_at(
    db: asyncpg.Connection, actor: Actor, places: Sequence[tuple[UUID, int]],
    languages: Sequence[str] = (),
) -> dict[tuple[UUID, int], UUID]:  # fmt: skip
    """Passage ids by version and ordinal, of passages in `languages` (none: in any)."""
    at = ([v for v, _ in places], [o for _, o in places])
    rows = await db.fetch(_ORDINALS, actor.tenant_id, *at, list(languages))
    return {(row["version_id"], row["ordinal"]): row["id"] for row in rows}
