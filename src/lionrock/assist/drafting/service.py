"""A tenant's templates: those that come with the product, and its own in versions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from lionrock.assist.drafting import queries
from lionrock.assist.drafting.kept import Detail, Kept, Summary, Templates, built_in
from lionrock.assist.drafting.template import Template, read
from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

MOST_TEMPLATES: Final = 500
MOST_VERSIONS: Final = 200
_TABLE: Final = "draft_template_versions"


class TemplateService:
    """Texts are sealed with the tenant's key. A version is never changed."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def every(self, actor: Actor) -> Templates:
        """By name, the newest version of each, retired ones too."""
        require(actor, P.ASSIST_DRAFT_RUN)
        async with self._database.tenant_session(actor) as db:
            own = await self._newest(db, actor)
        every = sorted((*built_in(), *own), key=lambda kept: kept.name)
        return Templates(templates=[Summary.of(kept) for kept in every])

    async def get(self, actor: Actor, name: str) -> Kept:
        """The newest version. `NotFound` names what there is."""
        require(actor, P.ASSIST_DRAFT_RUN)
        async with self._database.tenant_session(actor) as db:
            every = (*built_in(), *await self._newest(db, actor))
        return _called(every, name)

    async def detail(self, actor: Actor, name: str, version: int | None = None) -> Detail:
        """A template whole: the newest version, or that one."""
        require(actor, P.ASSIST_DRAFT_RUN)
        async with self._database.tenant_session(actor) as db:
            newest = _called((*built_in(), *await self._newest(db, actor)), name)
            versions = [newest]
            if newest.id is not None:
                rows = await db.fetch(queries.VERSIONS, actor.tenant_id, newest.id)
                versions = [self._kept(actor, row) for row in rows]
        for kept in versions:
            if version in (None, kept.version):
                return Detail.whole(kept, versions)
        raise NotFound(f"The template {name} has no version {version}.")

    async def add(self, actor: Actor, data: bytes) -> Detail:
        """A new template, or a new version of the one with its name; a retired one is in use again.

        `InvalidInput` for a file that is no template, `Conflict` for a name that comes with the product
        and for a text that is the newest version already.
        """
        require(actor, P.ASSIST_TEMPLATE_MANAGE)
        template = await asyncio.to_thread(read, data)
        if any(kept.name == template.name for kept in built_in()):
            raise Conflict(f"{template.name} comes with the product. Give yours another name.")
        async with self._database.tenant_session(actor) as db:
            await db.execute(queries.LOCK, str(actor.tenant_id))
            own = await self._newest(db, actor)
            before = next((kept for kept in own if kept.name == template.name), None)
            added = await self._insert(db, actor, template, before, len(own))
            details = {
                "version": added.version, "fields": len(template.front.field),
                "sections": len(template.body.sections()),
            }  # fmt: skip
            await record(db, actor, Event.DRAFT_TEMPLATE_ADD, _id(added), details)
        return await self.detail(actor, template.name)

    async def retire(self, actor: Actor, name: str) -> None:
        """It is offered no more; drafts made with it stay as they are."""
        require(actor, P.ASSIST_TEMPLATE_MANAGE)
        async with self._database.tenant_session(actor) as db:
            kept = _called((*built_in(), *await self._newest(db, actor)), name)
            if kept.id is None:
                raise Conflict(f"{name} comes with the product and cannot be retired.")
            if kept.retired:
                raise Conflict(f"{name} is retired already.")
            await db.execute(queries.RETIRE, actor.tenant_id, kept.id)
            details = {"version": kept.version}
            await record(db, actor, Event.DRAFT_TEMPLATE_RETIRE, kept.id, details)

    async def _insert(
        self,
        db: asyncpg.Connection,
        actor: Actor,
        template: Template,
        before: Kept | None,
        count: int,
    ) -> Kept:
        if before is None:
            if count >= MOST_TEMPLATES:
                raise InvalidInput(
                    f"There are at most {MOST_TEMPLATES} templates. Use the old ones' names."
                )
            template_id, version = uuid4(), 1
            await db.execute(queries.ADD, actor.tenant_id, template_id)
        else:
            template_id, version = _id(before), before.version + 1
            if before.template.text == template.text and not before.retired:
                raise Conflict(f"Version {before.version} of {template.name} is the same text.")
            if version > MOST_VERSIONS:
                raise InvalidInput(
                    f"A template has at most {MOST_VERSIONS} versions. Give it a new name."
                )
            await db.execute(queries.REVIVE, actor.tenant_id, template_id)
        row = uuid4()
        sealed = self._vault.make(actor.tenant_id).seal_text(_TABLE, row, "body", template.text)
        added_at = await db.fetchval(
            queries.ADD_VERSION, *(actor.tenant_id, row, template_id, version, sealed, actor.id)
        )
        return Kept(id=template_id, version=version, template=template, added_at=added_at)

    async def _newest(self, db: asyncpg.Connection, actor: Actor) -> list[Kept]:
        return [self._kept(actor, r) for r in await db.fetch(queries.NEWEST, actor.tenant_id)]

    def opened(self, tenant: UUID, row: asyncpg.Record) -> str:
        """The file of a version; the row has its `id` and `body`."""
        return self._vault.make(tenant).open_text(_TABLE, row["id"], "body", row["body"])

    def _kept(self, actor: Actor, row: asyncpg.Record) -> Kept:
        text = self.opened(actor.tenant_id, row)
        return Kept(
            id=row["template_id"], version=row["version"], template=read(text.encode()),
            added_at=row["added_at"], retired=row["retired_at"] is not None,
        )  # fmt: skip


def _id(kept: Kept) -> UUID:
    assert kept.id is not None, "a tenant's own"
    return kept.id


def _called(every: tuple[Kept, ...], name: str) -> Kept:
    for kept in every:
        if kept.name == name:
            return kept
    known = ", ".join(sorted(kept.name for kept in every if not kept.retired))
    raise NotFound(f"There is no template {name}. There are: {known}.")
