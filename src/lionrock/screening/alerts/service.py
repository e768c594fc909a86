"""All of alerts in one place, as `app.py` wires it; and its worker, which keeps time."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from uuid import UUID

from lionrock.errors import LionrockError
from lionrock.kernel.database import Database
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.assignment import Assignment
from lionrock.screening.alerts.cases import Cases
from lionrock.screening.alerts.clearances import Clearances
from lionrock.screening.alerts.dispositions import Dispositions
from lionrock.screening.alerts.escalation import Escalation
from lionrock.screening.alerts.intake import CustomerOf, Intake
from lionrock.screening.alerts.policy import Policies
from lionrock.screening.alerts.queue import Queue
from lionrock.screening.alerts.reports import Reports
from lionrock.screening.alerts.sharing import Sharing
from lionrock.screening.alerts.statistics import Statistics
from lionrock.screening.alerts.timekeeping import Timekeeping

log = logging.getLogger(__name__)
_SECONDS = 300.0


@dataclass(slots=True)
class Alerts:
    database: Database
    intake: Intake
    queue: Queue
    cases: Cases
    assignment: Assignment
    dispositions: Dispositions
    escalation: Escalation
    clearances: Clearances
    reports: Reports
    policies: Policies
    statistics: Statistics
    timekeeping: Timekeeping
    sharing: Sharing

    @classmethod
    def open(
        cls, database: Database, vault: Vault, fields: MemberFields, customer_of: CustomerOf
    ) -> Alerts:
        """`customer_of` reads a customer within an open transaction: the registry's."""
        intake = Intake(vault, fields, customer_of)
        cases = Cases(database, vault, fields)
        return cls(
            database, intake, Queue(database, vault), cases, Assignment(database, vault),
            Dispositions(database, vault, fields), Escalation(database, vault),
            Clearances(database, vault, intake), Reports(database, vault, fields, cases),
            Policies(database), Statistics(database), Timekeeping(database, intake),
            Sharing(database, vault),
        )  # fmt: skip

    async def run(self) -> None:
        """Clocks and clearances, every five minutes, until cancelled."""
        while True:
            for tenant in await self.database.active_tenants():
                await self.keep_time(tenant)
            await asyncio.sleep(_SECONDS)

    async def keep_time(self, tenant: UUID) -> None:
        """One round for a tenant. A step that fails is logged and does not stop the others."""
        keeping = self.timekeeping
        for step in (
            keeping.lapse_expired, keeping.withdraw_gone, keeping.end_clearances,
            keeping.note_overdue,
        ):  # fmt: skip
            try:
                await step(tenant)
            except LionrockError as error:
                log.warning("alerts of tenant %s wait: %s", tenant, error.detail)
            except Exception:
                log.exception("keeping time for tenant %s failed in %s", tenant, step.__name__)
