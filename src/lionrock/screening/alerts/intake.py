"""Where hits arrive: alerts are raised, joined, changed, reopened and withdrawn; cleared pairs rest.

Called within the transaction that keeps the hits, by the house or whoever screened; what they may do
is decided there. Growth: with a subject's own alerts, hits and clearances, nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from itertools import count
from uuid import UUID

import asyncpg

from lionrock.kernel.actors import Actor
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.book import Book, LiveHit, open_book
from lionrock.screening.alerts.digests import (
    Compared,
    Keyed,
    adhoc_id,
    is_bare,
    subject_digest,
)
from lionrock.screening.alerts.models import HitEvidence
from lionrock.screening.alerts.policy import policy_of
from lionrock.screening.alerts.reasons import Disposition
from lionrock.screening.alerts.steps import KEY_KIND, seals_of
from lionrock.screening.entities import Entity
from lionrock.screening.registry.hits import Hit, Pair

CustomerOf = Callable[[asyncpg.Connection, UUID, UUID], Awaitable[Entity]]
"""A tenant's customer by id, as they stand in the open transaction."""
_SCORES_ALIKE = 0.00005


class Intake:
    """Conforms to `screening.registry.hits.HitSink`."""

    def __init__(self, vault: Vault, keyed: Keyed, customer_of: CustomerOf) -> None:
        self._vault, self._keyed, self._customer_of = vault, keyed, customer_of

    async def hits_changed(
        self, db: asyncpg.Connection, actor: Actor, customer_id: UUID, hits: Sequence[Hit],
        gone: Collection[Pair],
    ) -> None:  # fmt: skip
        """`hits` of a customer are new, or changed: score, entry or customer. Those on `gone` are no
        more; what was decided on them stays decided."""
        book = await self.book_of(db, actor, "customer", customer_id)
        for hit in [book.hits[pair] for pair in gone if pair in book.hits]:
            await book.drop(hit, "vanished")
            book.changed(hit.alert_id).gone += 1
        if hits:
            subject = await self._customer_of(db, actor.tenant_id, customer_id)
            digest = subject_digest(self._keyed, actor.tenant_id, subject)
            await _take_in(book, subject, digest, hits)
        await book.close()

    async def screened(
        self, db: asyncpg.Connection, actor: Actor, subject: Entity, hits: Sequence[Hit]
    ) -> UUID | None:
        """Hits on someone who is no customer (a name, a party to a payment).

        The alert that now stands for them; None where every pair is cleared, or was decided on
        before and is the same.
        """
        if not hits:
            return None
        digest = subject_digest(self._keyed, actor.tenant_id, subject)
        id = await self._adhoc(db, actor.tenant_id, digest)
        book = await self.book_of(db, actor, "adhoc", id)
        await _take_in(book, subject, digest, hits)
        await book.close()
        return book.unfinished.id if book.unfinished else None

    async def cleared_no_more(
        self, db: asyncpg.Connection, actor: Actor, kind: str, subject: UUID
    ) -> int:
        """Bring back the pairs whose clearance is past its time; how many."""
        book = await self.book_of(db, actor, kind, subject)
        past = [c for c in book.cleared.values() if c.expires_at <= book.now]
        for cleared in past:
            await book.uncover(cleared, "expired")
            await self.bring_back(book, cleared.pair)
        await book.close()
        return len(past)

    async def proposal_expired(
        self, db: asyncpg.Connection, actor: Actor, kind: str, subject: UUID
    ) -> bool:
        """Lapse the subject's proposal if its time is over: whoever may work on the alert goes on."""
        book = await self.book_of(db, actor, kind, subject)
        row = book.unfinished
        if row is None or not await book.expired(row):
            return False
        book.changed(row.id).expired = True
        await book.close()
        return True

    async def bring_back(self, book: Book, pair: Pair) -> None:
        """The pair is not cleared any more: if its hit stands, an alert is open on it."""
        hit = book.hits.get(pair)
        if hit is None or book.alerts[hit.alert_id].unfinished:
            return
        kept = await book.kept(hit)
        if kept is None:
            return
        version, evidence = kept
        due = book.policy.due(book.now, pair[0], evidence.match.listed_name.kind)
        home = await book.alert_for(hit.alert_id, evidence.subject.caption, due)
        book.changed(home.id).changed += 1
        if home.id != hit.alert_id:
            book.changed(hit.alert_id).gone += 1
            await book.drop(hit, "moved")
            await book.add(home.id, hit.compared, version, evidence)

    async def book_of(self, db: asyncpg.Connection, actor: Actor, kind: str, subject: UUID) -> Book:
        seals = await seals_of(self._vault, actor.tenant_id, subject).ready()
        policy = await policy_of(db, actor.tenant_id)
        return await open_book(db, actor, self._keyed, seals, policy, kind, subject)

    async def _adhoc(self, db: asyncpg.Connection, tenant: UUID, digest: bytes) -> UUID:
        for erased in count():
            id = adhoc_id(self._keyed, tenant, digest, erased)
            if not await db.fetchval(
                "SELECT true FROM vault_tombstones WHERE tenant_id = $1 AND kind = $2 AND name = $3",
                *(tenant, KEY_KIND, id.hex),
            ):
                return id
        raise AssertionError("counting ended")


async def _take_in(book: Book, subject: Entity, digest: bytes, hits: Sequence[Hit]) -> None:
    best: dict[Pair, Hit] = {}
    for hit in hits:
        pair = (hit.list.id, hit.entry_id)
        if pair not in best or hit.score > best[pair].score:
            best[pair] = hit
    for hit in best.values():
        await _one(book, subject, digest, hit)


async def _one(book: Book, subject: Entity, digest: bytes, hit: Hit) -> None:
    compared = Compared(hit.list.id, hit.entry_id, hit.entry_digest, digest, hit.score)
    evidence = HitEvidence(
        subject=subject, listed=hit.entry, match=hit.match, list_name=hit.list.name,
        list_kind=hit.list.kind,
    )  # fmt: skip
    known, cleared = book.hits.get(compared.pair), book.cleared.get(compared.pair)
    former = cleared.alert_id if cleared else None
    if cleared is not None:
        why = cleared.ended_by(compared, book.now)
        if why is None:
            return await _rest(book, known, compared, hit, evidence, cleared.alert_id)
        await book.uncover(cleared, why)
    if known is not None:
        asked_anew = book.kind == "adhoc" and is_bare(subject)
        if cleared is None and _settled(book, known, compared, asked_anew=asked_anew):
            return await book.seen_in(known, hit.list.version)
        former = known.alert_id
    due = book.policy.due(book.now, hit.list.id, hit.match.listed_name.kind)
    home = await book.alert_for(former, subject.caption, due)
    await _replace(book, known, compared, home.id)
    await book.add(home.id, compared, hit.list.version, evidence)
    return None


async def _rest(
    book: Book, known: LiveHit | None, compared: Compared, hit: Hit, evidence: HitEvidence,
    alert: UUID,
) -> None:  # fmt: skip
    """The pair is cleared: a hit that had gone is kept again, by the alert that cleared it."""
    if known is None:
        await book.add(alert, compared, hit.list.version, evidence)
        book.changed(alert).added += 1
    else:
        await book.seen_in(known, hit.list.version)


def _settled(book: Book, known: LiveHit, compared: Compared, *, asked_anew: bool) -> bool:
    """Is there nothing new in it: the same pair, and decided, or being decided, at the same score?
    `asked_anew`: what was decided on it was decided on one of those who bear the name."""
    if not compared.same_as(known.compared.entry_digest, known.compared.subject_digest):
        return False
    home = book.alerts[known.alert_id]
    if home.unfinished:
        return abs(known.compared.score - compared.score) < _SCORES_ALIKE
    return not asked_anew and home.disposition in (Disposition.TRUE_MATCH, Disposition.INCONCLUSIVE)


async def _replace(book: Book, known: LiveHit | None, compared: Compared, home: UUID) -> None:
    changes = book.changed(home)
    if known is None:
        changes.added += 1
        return
    same = compared.same_as(known.compared.entry_digest, known.compared.subject_digest)
    moved = known.alert_id != home
    await book.drop(known, "moved" if moved and same else "changed")
    if moved:
        book.changed(known.alert_id).gone += 1
    changes.changed += 1
