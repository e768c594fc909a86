"""What stands beside a page of a document: where its references lead, and the same provisions in the
law's other language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from lionrock.documents import versions
from lionrock.documents.provisions import Provision
from lionrock.documents.schemas import Page, Passage
from lionrock.documents.service import DocumentService
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.search import provisions, references
from lionrock.search.references import Link, Mate

MOST_PAIRS = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """One provision in both languages; `other_page` is where the other one stands."""

    path: str
    own: str
    other: str
    other_page: int


@dataclass(frozen=True, slots=True)
class Parallel:
    """The other language of a law: which document and version, and the provisions of one page."""

    mate: Mate
    pairs: list[Pair]


class LawService:
    def __init__(self, database: Database, documents: DocumentService, vault: Vault) -> None:
        self._database, self._documents, self._vault = database, documents, vault

    async def links(self, actor: Actor, page: Page) -> list[Link]:
        """Where the references on a page lead, as they hold on the day the page did."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            return await references.links(
                db, actor, self._vault, page.version_id, page.document_id, page.number, page.text,
                allowed, _day_of(page),
            )  # fmt: skip

    async def parallel(self, actor: Actor, page: Page) -> Parallel | None:
        """The provisions that start on a page, beside those of the other language, as it held when the
        page did; None where the library holds no other."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            mates = await references.mates(db, actor, page.version_id, allowed, _day_of(page))
            if not mates:
                return None
            both = [page.version_id, mates[0].version_id]
            tables = await provisions.of_versions(db, actor, self._vault, both, allowed)
            own, other = (tables.get(v, {}) for v in both)
            here = _first_on(own, page.number)
            pairs = [(p, q) for p, q in references.pairs_of(own, other) if p[0] in here][
                :MOST_PAIRS
            ]
            places = [
                (v, o) for p, q in pairs for v, side in zip(both, (p, q), strict=True) for o in side
            ]
            ids = await provisions.passages_at(db, actor, places)
        loaded = await self._documents.passages(actor, list(ids.values()))

        def words(version: UUID, ordinals: Sequence[int]) -> list[Passage]:
            return [loaded[ids[version, o]] for o in ordinals if ids.get((version, o)) in loaded]

        shown = [(here[p[0]], words(both[0], p), words(both[1], q)) for p, q in pairs]
        return Parallel(mates[0], [
            Pair(left[0].number or path, _text(left), _text(right), right[0].slices[0][0])
            for path, left, right in shown if left and right
        ])  # fmt: skip

    async def aligned(
        self, actor: Actor, version_a: UUID, version_b: UUID
    ) -> list[tuple[list[UUID], list[UUID]]]:
        """See `references.aligned`."""
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            return await references.aligned(db, actor, self._vault, version_a, version_b, allowed)


def _day_of(page: Page) -> date:
    """A day on which the page held: today, its first, or its last."""
    held = page.held
    if held.superseded and held.until:
        return max(held.since or date.min, held.until - timedelta(days=1))
    return held.since if held.coming and held.since else versions.today()


def _first_on(table: dict[str, Provision], number: int) -> dict[int, str]:
    """The first passage of each provision that starts on a page, with the shortest path for it."""
    found: dict[int, str] = {}
    for p in table.values():
        if p.page == number and p.passages:
            at = p.passages[0]
            if at not in found or found[at].count("(") < p.path.count("(") < 2:
                found[at] = p.path
    return found


def _text(passages: Sequence[Passage]) -> str:
    return "\n".join(p.text for p in passages)
