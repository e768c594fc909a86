"""The registry with the real name engine, whose comparison is not the same both ways round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lionrock.kernel.actors import Role
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.registry.continuous import Continuous
from lionrock.screening.registry.registry import Registry
from tests.conftest import new_tenant
from tests.screening.registry.small import Listed, Told
from tests.screening.registry.test_continuous import hits

ENTRIES = [
    "CHAN Tai Man|陳大文", "Abd al-Rahman Saleh al-Zarqawi", "PETROV, Ivan Bartholomew Xenophon",
    "Harbour Paper Holdings plc", "Kim Chol Su", "WONG Mei Ling", "Vostok Drilling OOO",
]  # fmt: skip
CUSTOMERS = [
    "CHAN Tai|文小明", "陳大文", "Peter CHAN Tai Man", "Ivan Petrov", "Abdulrahman Zarqawi", "Harbour Paper Holding",
    "Kim Chol-su", "黃美玲", "Vostok Drilling", "LEE Siu Ming", "Mei Ling Wong", "IVAN SERGEI PETROF",
]  # fmt: skip


def entity(id: str, text: str, schema: Schema) -> Entity:
    return Entity(id, schema, tuple(map(Name, text.split("|"))))


def entry(at: int, text: str) -> Entity:
    body = text.endswith(("plc", "OOO"))
    return entity(f"e{at}", text, Schema.COMPANY if body else Schema.PERSON)


@pytest.mark.parametrize("customers_per_entry", [0, 10**6], ids=["entries", "customers"])
async def test_a_list_that_comes_later_finds_the_customers_that_a_full_screening_finds(
    database: Database, vault: Vault, tmp_path: Path, customers_per_entry: int
) -> None:
    actor = replace(await new_tenant(database), roles=frozenset({Role.REVIEWER}))
    told = Told()
    registry = Registry.open(database, vault, tmp_path, sink=told)
    registry.continuous = Continuous(
        database, vault, registry.customers, registry.screener, told,
        customers_per_entry=customers_per_entry,
    )  # fmt: skip
    for at, name in enumerate(CUSTOMERS):
        schema = Schema.LEGAL_ENTITY if at % 2 else Schema.PERSON
        await registry.customers.put(actor, entity(f"c{at}", name, schema))
    made = await registry.lists.create(actor, "UN", "un")
    await registry.continuous.settle(actor.tenant_id)
    await registry.imports.take(actor, made, Listed(entry(n, e) for n, e in enumerate(ENTRIES)))
    await registry.continuous.settle(actor.tenant_id)
    found = await hits(registry, database, actor)
    assert len(found) > 5
    await registry.continuous.rescreen_all(actor.tenant_id)
    assert await hits(registry, database, actor) == found
    await registry.close()
