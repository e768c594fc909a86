"""Whose limits and budgets: the tenant, a member of it, or a service key."""

from __future__ import annotations

from enum import StrEnum
from typing import Self
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, model_validator

from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import ABSENT


class SubjectKind(StrEnum):
    TENANT = "tenant"
    MEMBER = "member"
    KEY = "key"


class Subject(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: SubjectKind
    id: UUID | None = None
    """Of the member or key; the tenant needs none."""

    @model_validator(mode="after")
    def named(self) -> Self:
        if (self.kind is SubjectKind.TENANT) != (self.id is None):
            raise ValueError("a member or a key is named by its id, the tenant is not")
        return self

    def in_tenant(self, tenant: UUID) -> UUID:
        """The id it goes by in the ledger."""
        return self.id or tenant


def subject(kind: str, id: UUID) -> Subject:
    """From a row."""
    found = SubjectKind(kind)
    return Subject(kind=found, id=None if found is SubjectKind.TENANT else id)


_THERE = {
    SubjectKind.MEMBER: "SELECT EXISTS (SELECT FROM members WHERE tenant_id = $1 AND id = $2)",
    SubjectKind.KEY: "SELECT EXISTS (SELECT FROM credentials"
    " WHERE tenant_id = $1 AND id = $2 AND kind = 'key' AND ended_at IS NULL)",
}


async def require_there(db: asyncpg.Connection, actor: Actor, whose: Subject) -> None:
    """`NotFound` for a member or key that is not of the actor's tenant, or ended."""
    if whose.kind is SubjectKind.TENANT:
        return
    if not await db.fetchval(_THERE[whose.kind], actor.tenant_id, whose.id):
        raise NotFound(ABSENT)
