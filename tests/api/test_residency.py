"""Where data can go and went, over HTTP: for those who may know, and of their own tenant only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lionrock.app import House
from lionrock.errors import EgressRefused, Forbidden
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress, acting_for, residency
from lionrock.kernel.egress.recorder import Recorder
from lionrock.kernel.egress.residency import Residency
from lionrock.settings import Settings
from tests.kernel.egress.conftest import Names


async def report(egress: Egress, database: Database, actor: Actor, **settings: Any) -> Residency:
    return await residency.report(
        actor,
        egress,
        Settings(home=Path("/srv/lionrock"), **settings),
        database,
        {},
        actor.tenant_id,
    )


async def test_the_list_says_where_each_name_leads_and_what_is_wrong_with_it(
    database: Database, actor: Actor
) -> None:
    names = Names(a_example=[["8.8.8.8"]], b_example=[["10.0.0.1"]])
    egress = Egress(["a.example", "b.example", "10.2.0.0/16:8000"], resolver=names)
    found = await report(egress, database, actor)
    listed = {entry.entry: entry for entry in found.listed}
    assert listed["a.example"].addresses == ["8.8.8.8"]
    assert "b.example=10.0.0.1" in listed["b.example"].problem
    assert listed["10.2.0.0/16:8000"].addresses == ["10.2.0.0/16"]


async def test_parts_elsewhere_are_told_without_their_passwords(
    database: Database, actor: Actor
) -> None:
    found = await report(
        Egress(["db.bank.example:5432"]), database, actor,
        database_url="postgresql://role:secret@db.bank.example/d", engine="http://engine.example:8000/v1",
    )  # fmt: skip
    parts = {part.part: part for part in found.parts}
    assert (parts["database"].where, parts["database"].listed) == (
        "db.bank.example port 5432",
        True,
    )
    assert (parts["language model"].where, parts["language model"].listed) == (
        "engine.example port 8000", False,
    )  # fmt: skip
    assert parts["embeddings"].where == "this machine"
    assert "secret" not in found.model_dump_json()


async def test_each_tenant_sees_what_it_made_happen(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    egress = Egress()
    token = acting_for.set(stranger.tenant_id)
    with pytest.raises(EgressRefused):
        egress.check("theirs.example", 443)
    acting_for.reset(token)
    with pytest.raises(EgressRefused):
        egress.check("nobodys.example", 443)
    await Recorder(egress.journal, database, actor.tenant_id).write()
    for went in (await report(egress, database, actor)).went:
        assert [t.host for t in went.refusals] == ["nobodys.example"]
    theirs = await residency.report(
        stranger, egress, Settings(), database, {}, first_tenant=actor.tenant_id
    )
    for went in theirs.went:
        assert [t.host for t in went.refusals] == ["theirs.example"]


async def test_who_holds_no_permission_for_it_is_told_nothing(
    database: Database, actor: Actor
) -> None:
    analyst = replace(actor, roles=frozenset({Role.ANALYST}))
    with pytest.raises(Forbidden):
        await report(Egress(), database, analyst)


async def test_a_run_is_for_its_tenant(actor: Actor) -> None:
    before = acting_for.get()
    House.context(_Parts(), actor)  # type: ignore[arg-type]
    assert acting_for.get() == actor.tenant_id
    acting_for.set(before)


class _Desk:
    parts = None


class _Parts:
    search = gateway = None
    desk = _Desk()
