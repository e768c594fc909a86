from __future__ import annotations

from dataclasses import replace

import pytest

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.web.sections import SECTIONS, landing, may, open_to
from tests.web.client import Client

ROLES = {
    Role.ADMINISTRATOR: {
        "members", "keys", "purposes", "glossary", "memory", "limits", "usage", "gateway", "engines",
        "residency",
    },
    Role.ANALYST: {"purposes", "glossary", "memory", "usage"},
    Role.AUDITOR: {
        "members", "keys", "purposes", "glossary", "limits", "usage", "gateway", "engines", "audit",
        "residency",
    },
    Role.MODEL_OWNER: {"purposes", "limits", "usage", "gateway", "engines"},
    Role.PLATFORM_OPERATOR: {"engines", "residency"},
    Role.PRIVACY_OFFICER: {
        "members", "purposes", "glossary", "gateway", "requests", "audit", "residency",
    },
    Role.REGULATOR_OBSERVER: set(),
    Role.REVIEWER: {"purposes", "glossary", "memory", "usage"},
}  # fmt: skip


async def become(database: Database, actor: Actor, *roles: Role) -> Actor:
    """The actor's member with other roles, from their next request on."""
    async with database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE members SET roles = $3 WHERE tenant_id = $1 AND id = $2",
            *(actor.tenant_id, actor.id, list(roles)),
        )
    return replace(actor, roles=frozenset(roles))


@pytest.mark.parametrize(("role", "names"), ROLES.items(), ids=list(ROLES))
async def test_the_menu_holds_what_the_role_may_open_and_the_rest_is_refused_by_name(
    reader: Client, database: Database, actor: Actor, role: Role, names: set[str]
) -> None:
    who = await become(database, actor, role)
    assert {s.name for s in open_to(who)} == names
    for section in SECTIONS:
        answer = await reader.get(section.address)
        assert answer.status == (200 if section.name in names else 403), section.name
        if section.name not in names:
            assert f"This needs the permission {section.permission}" in answer.text


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.PRIVACY_OFFICER, "/admin/requests"),
        (Role.AUDITOR, "/admin/audit"),
        (Role.PLATFORM_OPERATOR, "/admin/residency"),
        (Role.REGULATOR_OBSERVER, "/documents"),
        (Role.MODEL_OWNER, "/admin/purposes"),
    ],
)
async def test_who_may_not_ask_begins_where_their_work_is(
    actor: Actor, role: Role, address: str
) -> None:
    assert landing(replace(actor, roles=frozenset({role}))) == address


async def test_the_first_page_leads_an_auditor_to_the_log(
    reader: Client, database: Database, actor: Actor
) -> None:
    assert (await reader.get("/")).status == 200
    await become(database, actor, Role.AUDITOR)
    answer = await reader.get("/")
    assert (answer.status, answer.headers["location"]) == (303, "/admin/audit")


async def test_a_button_asks_for_a_permission_that_exists(actor: Actor) -> None:
    with pytest.raises(ValueError, match="not a valid Permission"):
        may(actor, "members:member:abolish")
    assert not may(None, "members:member:read")


async def test_another_site_can_change_nothing_of_the_administration(reader: Client) -> None:
    for path in ("members", "keys", "purposes/purpose", "requests"):
        answer = await reader.post(f"/admin/{path}", {}, origin="https://elsewhere.example")
        assert answer.status == 403, path
