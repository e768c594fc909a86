"""All of the registry in one place, as `app.py` wires it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.screening.registry.batches import Batches
from lionrock.screening.registry.coding import Hashes
from lionrock.screening.registry.continuous import Continuous
from lionrock.screening.registry.customers import Customers
from lionrock.screening.registry.differences import Differences
from lionrock.screening.registry.engine import Engine
from lionrock.screening.registry.engine import engine as the_engine
from lionrock.screening.registry.entries import Entries
from lionrock.screening.registry.hits import HitSink, ScreenedSink
from lionrock.screening.registry.imports import Imports
from lionrock.screening.registry.indexes import Indexes
from lionrock.screening.registry.lists import Lists
from lionrock.screening.registry.screener import Screener
from lionrock.screening.registry.screens import Screens
from lionrock.screening.registry.service import ScreeningService


@dataclass(slots=True)
class Registry:
    """`continuous.run()` and `batches.run()` are its workers: one task each, in any process."""

    lists: Lists
    imports: Imports
    differences: Differences
    entries: Entries
    customers: Customers
    screening: ScreeningService
    continuous: Continuous
    batches: Batches
    screener: Screener
    indexes: Indexes
    hashes: Hashes

    @classmethod
    def open(
        cls, database: Database, vault: Vault, home: Path, *, engine: Engine | None = None,
        sink: HitSink | None = None, screened: ScreenedSink | None = None,
        screens: Screens | None = None,
    ) -> Registry:  # fmt: skip
        """`home`: its `keys` holds the secret of keyed hashes, its `indexes/screening` the indexes.
        `sink` is told of customers' hits, `screened` of those on names that are screened.
        `screens` is where files and customers are searched for, if not here."""
        hashes, engine = Hashes.of(home), engine or the_engine()
        entries = Entries(database, vault, hashes)
        indexes = Indexes(home / "indexes" / "screening", engine)
        screener = Screener(engine, entries, indexes, hashes, screens)
        customers = Customers(database, vault, hashes, lambda: continuous.wake())
        continuous = Continuous(database, vault, customers, screener, sink)
        return cls(
            Lists(database, continuous.wake), Imports(database, entries, continuous.wake),
            Differences(database, entries), entries, customers,
            ScreeningService(database, vault, screener, screened), continuous,
            Batches(database, vault, screener), screener, indexes, hashes,
        )  # fmt: skip

    async def close(self) -> None:
        """Once its workers have stopped."""
        await self.screener.screens.close()
        await self.indexes.close()
