"""Templates as personal data: versions of a tenant's own that name a person.

Fields of a draft are kept with its run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.assist.drafting import queries
from lionrock.assist.drafting.service import TemplateService
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.row_data import RowData

if TYPE_CHECKING:
    import asyncpg

KIND: Final = "template"


class TemplateData(RowData):
    kind = KIND
    every, one = queries.EVERY, f"{queries.EVERY} AND id = $2"
    made = ("added", "added_at")

    def __init__(self, database: Database, templates: TemplateService) -> None:
        super().__init__(database)
        self._templates = templates

    async def text(self, actor: Actor, row: asyncpg.Record) -> str:
        return self._templates.opened(actor.tenant_id, row)

    async def remove(self, db: asyncpg.Connection, tenant: UUID, target: UUID) -> None:
        await erase_template(db, tenant, target)


async def erase_template(db: asyncpg.Connection, tenant: UUID, version: UUID) -> None:
    """Remove a version of a template."""
    await db.execute(queries.ERASE, tenant, version)
