"""Alerts read customers as the registry keeps them, in the transaction that changed them."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import NotFound
from lionrock.kernel.actors import worker
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Name
from lionrock.screening.registry.coding import Hashes
from lionrock.screening.registry.customers import Customers
from tests.screening.alerts.making import CHAN, Desk, hit


async def test_a_customer_is_read_from_the_registry(desk: Desk, vault: Vault) -> None:
    customers = Customers(desk.database, vault, Hashes(bytes(32)))
    read = customers.entity_of
    customer = await customers.put(desk.analyst, CHAN)
    await customers.put(desk.analyst, replace(CHAN, names=(Name("陳大明"),)))
    house = worker(desk.tenant)
    async with desk.database.tenant_session(house) as db:
        assert (await read(db, desk.tenant, customer)).caption == "陳大明"
        with pytest.raises(NotFound):
            await read(db, desk.tenant, uuid4())
        desk.alerts.intake._customer_of = read
        await desk.alerts.intake.hits_changed(db, house, customer, [hit()], [])
    assert (await desk.case(await desk.alert_of(customer))).alert.name == "陳大明"
