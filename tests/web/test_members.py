from __future__ import annotations

import re
from urllib.parse import quote
from uuid import UUID, uuid4

from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.web.client import Client
from tests.web.conftest import House, signed_in
from tests.web.office import name


async def colleague(house: House, actor: Actor, called: str, *roles: Role) -> UUID:
    address = f"{uuid4().hex[:8]}@bank.example"
    invited = await house.people.members.invite(actor, address, roles or {Role.ANALYST})
    await name(house, actor, invited.member_id, called)
    return invited.member_id


async def test_a_member_is_found_by_part_of_the_name_or_by_role(
    reader: Client, house: House, actor: Actor
) -> None:
    await colleague(house, actor, "Daniel Leung")
    await colleague(house, actor, "陳敏儀", Role.REVIEWER)
    for words, found, other in (
        ("leung", "Daniel Leung", "陳敏儀"),
        ("敏儀", "陳敏儀", "Daniel Leung"),
        ("reviewer", "陳敏儀", "Daniel Leung"),
    ):
        text = (await reader.get(f"/admin/members?q={quote(words)}", accept_language="en")).text
        assert found in text and other not in text
    assert "No member matches" in (await reader.get("/admin/members?q=nobody")).text


async def test_the_question_before_suspending_names_what_dies(
    reader: Client, house: House, actor: Actor, database: Database
) -> None:
    leaver = await colleague(house, actor, "Daniel Leung")
    for kind in ("session", "session", "key"):
        await identity.issue(database, actor.tenant_id, leaver, kind)
    text = (await reader.get(f"/admin/members/{leaver}/suspend")).text
    assert "Suspend Daniel Leung?" in text
    assert "2 sessions end now" in text and "1 key stops working" in text
    assert "0 runs are stopped" in text


async def test_suspending_ends_the_members_sessions_at_once_and_restoring_gives_none_back(
    visitor: Client, house: House, actor: Actor, database: Database
) -> None:
    leaver = await colleague(house, actor, "Daniel Leung")
    chief = await signed_in(visitor, actor)
    session = await identity.issue(database, actor.tenant_id, leaver, "session")
    theirs = Client(visitor.app, {"lionrock_session": session})
    assert (await theirs.get("/documents")).status == 200
    answer = await chief.post(f"/admin/members/{leaver}/suspend", hx_request="true")
    assert (answer.status, answer.headers["hx-redirect"]) == (204, f"/admin/members/{leaver}")
    assert (await theirs.get("/documents")).headers["location"] == "/sign-in?ended=1"
    page = (await chief.get(f"/admin/members/{leaver}")).text
    assert "Suspended" in page and "Restore" in page and "0 sessions" in page
    answer = await chief.post(f"/admin/members/{leaver}/restore")
    assert (answer.status, answer.headers["location"]) == (303, f"/admin/members/{leaver}")
    assert (await theirs.get("/documents")).status == 303


async def test_nobody_is_offered_to_suspend_or_promote_themselves(
    reader: Client, actor: Actor
) -> None:
    page = (await reader.get(f"/admin/members/{actor.id}")).text
    assert "This is you" in page and "/suspend" not in page and 'name="roles"' not in page
    answer = await reader.post(f"/admin/members/{actor.id}/suspend")
    assert answer.status == 403 and "another administrator does it" in answer.text


async def test_an_invitation_is_shown_once_and_in_no_address(reader: Client, house: House) -> None:
    form = {"email": "New.Person@Bank.example", "roles": "analyst"}
    answer = await reader.post("/admin/members", form)
    assert answer.status == 201 and "location" not in answer.headers
    link = re.search(r"http://[^<]*/invitation#(\S+?)<", answer.text)
    assert link, "the link is on the page that the form answers with"
    for page in ("/admin/members", "/admin/members/invite"):
        assert link[1] not in (await reader.get(page)).text
    again = await reader.post("/admin/members", form)
    assert again.status == 409 and "already" in again.text


async def test_roles_are_changed_with_the_form(reader: Client, house: House, actor: Actor) -> None:
    member = await colleague(house, actor, "Lam Chi Fai")
    await reader.post(f"/admin/members/{member}/roles", {"roles": "auditor"})
    listed = {m.id: m for m in await house.people.members.listing(actor)}
    assert listed[member].roles == [Role.AUDITOR]
    answer = await reader.post(f"/admin/members/{member}/roles", {})
    assert answer.status == 422 and "Name at least one role" in answer.text


async def test_who_may_only_look_is_offered_no_change(
    visitor: Client, house: House, actor: Actor
) -> None:
    auditor = await colleague(house, actor, "何國輝", Role.AUDITOR)
    other = await colleague(house, actor, "Lam Chi Fai")
    session = await identity.issue(house.database, actor.tenant_id, auditor, "session")
    client = Client(visitor.app, {"lionrock_session": session})
    for page in ("/admin/members", f"/admin/members/{other}"):
        text = (await client.get(page)).text
        assert "Lam Chi Fai" in text
        assert "/suspend" not in text and "/invite" not in text and "Save roles" not in text
    assert (await client.post(f"/admin/members/{other}/suspend")).status == 403


async def test_a_member_of_another_tenant_is_not_there(
    reader: Client, house: House, stranger: Actor
) -> None:
    theirs = await colleague(house, stranger, "Not Ours")
    for path in ("", "/suspend", "/remove"):
        assert (await reader.get(f"/admin/members/{theirs}{path}")).status == 404
    assert (await reader.post(f"/admin/members/{theirs}/suspend")).status == 404
    assert "Not Ours" not in (await reader.get("/admin/members")).text
