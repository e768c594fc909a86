"""All of screening's personal data in one place, as `app.py` wires it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.kernel.database import Database
from lionrock.kernel.privacy.replay import Again
from lionrock.kernel.vault.service import Vault
from lionrock.screening.personal.ageing import ScreeningAgeing
from lionrock.screening.personal.cases import CaseData, erase_case
from lionrock.screening.personal.customers import CustomerData, erase_customer
from lionrock.screening.personal.files import FileData
from lionrock.screening.personal.screenings import ScreeningData, erase_screening
from lionrock.screening.registry.batch_rows import remove
from lionrock.screening.registry.coding import Hashes
from lionrock.screening.registry.indexes import Indexes

if TYPE_CHECKING:
    import asyncpg


@dataclass(frozen=True, slots=True)
class PersonalData:
    customers: CustomerData
    cases: CaseData
    screenings: ScreeningData
    files: FileData
    ageing: ScreeningAgeing

    @classmethod
    def open(
        cls, database: Database, vault: Vault, hashes: Hashes, indexes: Indexes
    ) -> PersonalData:
        cases = CaseData(database, vault)
        return cls(
            CustomerData(database, vault, hashes, indexes, cases), cases,
            ScreeningData(database, vault), FileData(database, vault), ScreeningAgeing(),
        )  # fmt: skip

    @property
    def all(self) -> tuple[CustomerData, CaseData, ScreeningData, FileData]:
        """Sources and erasers alike."""
        return self.customers, self.cases, self.screenings, self.files


def again(vault: Vault, home: Path) -> Mapping[str, Again]:
    """What `replay` does at a start, before there is a house."""
    hashes = Hashes.of(home)

    async def customer(db: asyncpg.Connection, tenant: UUID, id: UUID) -> object:
        return await erase_customer(db, vault, hashes, tenant, id)

    return {
        "customer": customer, "case": erase_case, "screening": erase_screening, "batch": remove,
    }  # fmt: skip
