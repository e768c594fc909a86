"""All of privacy work in one place, as `app.py` wires it; and its worker, which keeps time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from lionrock.errors import Conflict, LionrockError
from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.privacy.breaches import Breaches
from lionrock.kernel.privacy.corrections import Corrections
from lionrock.kernel.privacy.erasure import Erasures
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.kernel.privacy.findings import Findings
from lionrock.kernel.privacy.holds import Holds
from lionrock.kernel.privacy.package_files import PackageFiles
from lionrock.kernel.privacy.packages import Packages
from lionrock.kernel.privacy.people_data import EventData, MemberData, SubjectData
from lionrock.kernel.privacy.requests import Requests
from lionrock.kernel.privacy.retention import Ageing, Due, Retention
from lionrock.kernel.privacy.run_data import RunData
from lionrock.kernel.privacy.sources import Eraser, PersonalDataSource
from lionrock.kernel.privacy.subjects import Subjects
from lionrock.kernel.vault.service import Vault

log = logging.getLogger(__name__)
_SECONDS = 3600.0
_AT_ONCE = 100


@dataclass(slots=True)
class Privacy:
    subjects: Subjects
    requests: Requests
    findings: Findings
    packages: Packages
    corrections: Corrections
    holds: Holds
    retention: Retention
    erasures: Erasures
    breaches: Breaches
    erasers: Sequence[Eraser]
    database: Database
    forgetting: Sequence[Callable[[UUID], Awaitable[object]]] = ()
    """What other rooms do for a tenant as time passes, beside what erasures do."""

    @classmethod
    def open(
        cls, database: Database, vault: Vault, fields: MemberFields, folder: Path,
        rooms: Sequence[PersonalDataSource] = (), erasers: Sequence[Eraser] = (),
        ageing: Sequence[Ageing] = (), forgetting: Sequence[Callable[[UUID], Awaitable[object]]] = (),
        *, after: Callable[[str], None] | None = None,
    ) -> Privacy:  # fmt: skip
        """`rooms`, `erasers` and `ageing` are other rooms' own; the kernel's are added. `folder` is for
        packages."""
        subjects, requests = Subjects(database, vault, fields), Requests(database, vault)
        files, runs = PackageFiles(folder, vault), RunData(database, vault)
        record = SubjectData(database, subjects, files)
        sources: list[PersonalDataSource] = [
            record, MemberData(database, fields), *rooms, runs, EventData(database),
        ]  # fmt: skip
        findings = Findings(database, vault, subjects, sources)
        removing = [*erasers, runs, record]
        return cls(
            subjects, requests, findings,
            Packages(database, requests, findings, subjects, sources, files),
            Corrections(database, vault, fields), Holds(database, vault),
            Retention(database, ageing), Erasures(database, vault, removing, after=after),
            Breaches(database, vault), removing, database, forgetting,
        )  # fmt: skip

    async def run(self) -> None:
        """Reminders and automatic retention, once an hour, until cancelled."""
        while True:
            await self.keep_time()
            await asyncio.sleep(_SECONDS)

    async def keep_time(self) -> None:
        """One round over all tenants. What fails for one is logged and does not stop the others."""
        for tenant in await self.database.active_tenants():
            try:
                await self.requests.remind(worker(tenant))
                due = await self.retention.due_for_worker(worker(tenant))
                automatic = [d for d in due if d.automatic and d.hold is None]
                for at in range(0, len(automatic), _AT_ONCE):
                    await self._erase(tenant, automatic[at : at + _AT_ONCE])
                for forget in self.forgetting:
                    await forget(tenant)
            except LionrockError as error:
                log.warning("privacy work of tenant %s waits: %s", tenant, error.detail)

    async def _erase(self, tenant: UUID, due: Sequence[Due]) -> None:
        """In one erasure; where something is kept after all, one by one without it."""
        targets = [ErasureTarget(kind=d.kind, id=d.target_id) for d in due]
        try:
            await self.erasures.by_rule(tenant, targets)
        except Conflict:
            for target in targets if len(targets) > 1 else ():
                with suppress(Conflict):
                    await self.erasures.by_rule(tenant, [target])
