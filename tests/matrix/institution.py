"""An institution in the matrix: its administrator, what is theirs, and fresh things to use up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from lionrock.app import House
from lionrock.assist.schemas import Answer, AskRequest
from lionrock.kernel import collections, identity, purposes, service_keys, shares
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.capabilities import Capability, Progress, Risk, RunContext, find
from lionrock.kernel.collections import NewCollection
from lionrock.kernel.oidc.administration import NewProvider
from lionrock.kernel.permissions import Permission
from lionrock.kernel.purposes import Purpose, RetentionClass
from lionrock.kernel.service_keys import NewKey
from lionrock.kernel.shares import NewShare
from lionrock.web import sources
from tests.building import put

QUESTION = "How long are due diligence records kept?"
PASSWORD = "correct horse battery staple"


@dataclass
class Institution:
    """A tenant, its administrator, and what is theirs. `canary` stands in all of its documents."""

    house: House
    actor: Actor
    canary: str
    document: UUID = field(default_factory=uuid4)
    run: UUID = field(default_factory=uuid4)
    citation: str = ""
    holders: dict[Permission, Actor] = field(default_factory=dict)
    """Who is to use a permission, where what they made with it is theirs alone."""

    @property
    def tenant(self) -> UUID:
        return self.actor.tenant_id

    def secrets(self) -> list[bytes]:
        """What no one of another institution may ever be sent."""
        ids = (self.tenant, self.actor.id, self.document, self.run)
        return [self.canary.encode(), *(str(i).encode() for i in ids)]

    async def fresh_document(self) -> UUID:
        """A document that a request may remove. No worker is there to read it."""
        return (await put(self.house, self.actor, f"{self.canary}.md", uuid4().hex)).document_id

    async def endless_run(self) -> UUID:
        """A run at work until someone stops it."""
        context = self.house.context(self.actor)
        live = await self.house.runs.begin(context, _ENDLESS, AskRequest(question=QUESTION))
        return live.id

    async def ended_run(self) -> tuple[UUID, str]:
        """A kept run that answered, and the key of its first citation."""
        live = await self.house.runs.begin(
            self.house.context(self.actor), find("ask"), AskRequest(question=QUESTION)
        )
        updates = [u async for u in live.follow()]
        return live.id, sources.key(next(sources.citations(updates)))

    async def told(self, answer: Answer) -> UUID:
        """A kept run that ended with this answer, whatever it says."""

        async def tell(run: RunContext, request: AskRequest) -> AsyncIterator[Answer]:
            yield answer

        ask = Capability(
            "assist.ask", Risk.LIMITED, Permission.ASSIST_ASK_RUN, AskRequest, Answer, tell
        )
        request = AskRequest(question=answer.question)
        live = await self.house.runs.begin(self.house.context(self.actor), ask, request)
        async for _ in live.follow():
            pass
        return live.id

    async def link(self) -> str:
        return await identity.issue(self.house.database, self.tenant, self.actor.id, "link")

    async def invitation(self) -> str:
        members = self.house.people.members
        invited = await members.invite(self.actor, f"{uuid4().hex}@bank.example", [Role.ANALYST])
        return invited.made.token

    async def member(self, *roles: Role) -> Actor:
        """Another member, as if they had accepted an invitation."""
        made = uuid4()
        async with self.house.database.tenant_session(self.actor) as db:
            await db.execute(
                "INSERT INTO members (tenant_id, id, roles) VALUES ($1, $2, $3)",
                *(self.tenant, made, sorted(r.value for r in roles)),
            )
        return Actor(self.tenant, made, ActorKind.MEMBER, frozenset(roles), "general")

    async def fresh_member(self) -> UUID:
        return (await self.member(Role.REVIEWER)).id

    async def fresh_observer(self) -> UUID:
        return (await self.member(Role.REGULATOR_OBSERVER)).id

    async def fresh_machine(self) -> UUID:
        return (await self.member(Role.SERVICE)).id

    async def fresh_key(self) -> UUID:
        wanted = NewKey(name="trial", scopes=frozenset({Permission.SEARCH_PASSAGE_READ}))
        return (await service_keys.create(self.house.database, self.actor, wanted)).id

    async def fresh_session(self) -> UUID:
        token = await identity.issue(self.house.database, self.tenant, self.actor.id, "session")
        actor = await identity.resolve(self.house.database, token, ("session",))
        assert actor.credential is not None
        return actor.credential

    async def fresh_purpose(self) -> str:
        wanted = Purpose(code=f"trial-{uuid4().hex[:8]}", title_en="Trial", title_zh="試用")
        await purposes.add_purpose(self.house.database, self.actor, wanted)
        return wanted.code

    async def fresh_class(self) -> str:
        wanted = RetentionClass(code=f"trial-{uuid4().hex[:8]}", title_en="Trial", title_zh="試用")
        await purposes.add_retention_class(self.house.database, self.actor, wanted)
        return wanted.code

    async def fresh_collection(self) -> UUID:
        wanted = NewCollection(name=uuid4().hex)
        return await collections.create(self.house.database, self.actor, wanted)

    async def fresh_share(self) -> UUID:
        wanted = NewShare(
            kind="collection", subject_id=await self.fresh_collection(), reason="A request.",
            member_id=await self.fresh_observer(),
        )  # fmt: skip
        return await shares.make(self.house.database, self.actor, wanted)

    async def fresh_provider(self, wanted: dict[str, Any]) -> UUID:
        return await self.house.oidc.administration.add(self.actor, NewProvider(**wanted))

    async def fresh_tenant(self, *, suspended: bool = False) -> UUID:
        """One in the directory, for the operator's requests."""
        made = uuid4()
        await self.house.database.register_tenant(made)
        if suspended:
            async with self.house.database.directory_session() as db:
                await db.execute(
                    "UPDATE tenant_directory SET suspended_at = now() WHERE tenant_id = $1", made
                )
        return made

    async def set_password(self) -> None:
        """The administrator's, as if given with an invitation."""
        accounts: Any = self.house.people.accounts
        hashed = await accounts._passwords.hash(PASSWORD)
        async with self.house.database.tenant_session(self.actor) as db:
            await accounts._keep(db, self.tenant, self.actor.id, hashed)

    async def event(self) -> tuple[UUID, int]:
        """An event of theirs that is in the log, and its position."""
        await self.house.audit.sequencer.round()
        async with self.house.database.tenant_session(self.actor) as db:
            row = await db.fetchrow(
                "SELECT id, position FROM events WHERE tenant_id = $1 AND position IS NOT NULL"
                " ORDER BY position LIMIT 1",
                self.tenant,
            )
        assert row is not None, "nothing of theirs is in the log"
        return row["id"], row["position"]


async def _endless(run: RunContext, request: AskRequest) -> AsyncIterator[Progress | Answer]:
    """Work until stopped."""
    yield Progress(stage="wording")
    await asyncio.Event().wait()


_ENDLESS = Capability(
    "assist.ask", Risk.LIMITED, Permission.ASSIST_ASK_RUN, AskRequest, Answer, _endless
)
