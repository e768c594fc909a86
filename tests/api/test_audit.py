"""The audit log over HTTP: what an auditor sees, what an outsider can check, and what is refused."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pypdfium2
import pytest
from aiohttp import ClientSession

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.audit import notes, proofs
from lionrock.kernel.audit.archive import Tar
from lionrock.kernel.audit.sequencer import State
from lionrock.kernel.audit.verify import Trust, verify
from lionrock.kernel.database import Database
from tests.building import house_of
from tests.kernel.audit.conftest import admin, happen, member, own, template, urls  # noqa: F401
from tests.serving import served


@pytest.fixture
async def house(own: Database, member: Actor, tmp_path: Path) -> AsyncIterator[House]:  # noqa: F811
    async with house_of(own, member, tmp_path, working=False) as opened:
        await give_role(opened, member, Role.AUDITOR)
        await opened.audit.start()
        yield opened
        await opened.audit.close()


async def give_role(house: House, actor: Actor, role: Role) -> None:
    async with house.database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE members SET roles = array_append(roles, $1) WHERE id = $2", role.value, actor.id
        )


@pytest.fixture
async def url(house: House) -> AsyncIterator[str]:
    async with served(create_app(house)) as address:
        yield address


@pytest.fixture
async def client(house: House, url: str, member: Actor) -> AsyncIterator[ClientSession]:  # noqa: F811
    key = await identity.issue(house.database, member.tenant_id, member.id, "key")
    async with ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as session:
        yield session


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


async def json_of(client: ClientSession, path: str, **params: str) -> dict:  # type: ignore[type-arg]
    async with client.get(path, params=params) as response:
        assert response.status == 200, await response.text()
        return await response.json()  # type: ignore[no-any-return]


async def bytes_of(client: ClientSession, path: str) -> bytes:
    async with client.get(path) as response:
        assert response.status == 200, await response.text()
        return await response.read()


async def test_an_event_is_listed_opened_and_proven(
    client: ClientSession, house: House, member: Actor  # noqa: F811
) -> None:  # fmt: skip
    (id,) = await happen(house.database, member, sha256="cafe")
    listed = (await json_of(client, "/v1/audit/events", event="document:version:add"))["events"]
    assert [e["id"] for e in listed] == [str(id)]
    assert listed[0]["details"] == {"sha256": "cafe"}
    assert listed[0]["actor_id"] == str(member.id)
    (key,) = (await json_of(client, "/v1/audit/keys"))["keys"]
    proof = proofs.parse(await bytes_of(client, f"/v1/audit/events/{id}/proof"))
    proof.check([notes.parse_vkey(key)])
    assert str(id).encode() in proof.entry


async def test_filters_find_a_subject_an_actor_and_the_page_before(
    client: ClientSession, house: House, member: Actor  # noqa: F811
) -> None:  # fmt: skip
    ids = await happen(house.database, member, 5)
    one = await json_of(client, f"/v1/audit/events/{ids[2]}")
    found = await json_of(client, "/v1/audit/events", subject=one["subject_id"])
    assert {e["event"] for e in found["events"]} <= {"document:version:add", "audit:log:read"}
    assert str(ids[2]) in {e["id"] for e in found["events"]}
    assert (await json_of(client, "/v1/audit/events", by=str(uuid4())))["events"] == []
    page = await json_of(client, "/v1/audit/events", before=str(ids[3]), limit="2")
    assert [e["id"] for e in page["events"]] == [str(ids[2]), str(ids[1])]


async def test_reading_and_exporting_are_events_themselves(client: ClientSession) -> None:
    await json_of(client, "/v1/audit/events")
    await bytes_of(client, "/v1/audit/export")
    found = (await json_of(client, "/v1/audit/events"))["events"]
    assert {"audit:log:read", "audit:log:export"} <= {e["event"] for e in found}


async def test_an_outsider_verifies_the_export_alone(
    client: ClientSession, house: House, member: Actor  # noqa: F811
) -> None:  # fmt: skip
    await happen(house.database, member, 300)
    keys = (await json_of(client, "/v1/audit/keys"))["keys"]
    data = await bytes_of(client, "/v1/audit/export")
    report = verify(Tar(io.BytesIO(data)), Trust(2e9, tuple(map(notes.parse_vkey, keys))))
    assert report.trusted
    assert report.opened == report.size > 300
    assert report.platform is not None


async def test_an_export_since_a_time_has_less_and_verifies(
    client: ClientSession, house: House, member: Actor  # noqa: F811
) -> None:  # fmt: skip
    await happen(house.database, member, 300)
    event = (await json_of(client, "/v1/audit/events"))["events"][0]
    async with client.get("/v1/audit/export", params={"since": event["at"]}) as response:
        data = await response.read()
    report = verify(Tar(io.BytesIO(data)), Trust(2e9))
    assert (report.first, report.trusted) == (256, False)
    async with client.get("/v1/audit/export", params={"since": "2026-01-01T00:00:00"}) as response:
        assert response.status == 422
        assert "zone" in (await response.json())["detail"]


async def test_the_log_is_read_as_tlog_tiles(
    client: ClientSession, house: House, member: Actor  # noqa: F811
) -> None:  # fmt: skip
    await happen(house.database, member, 300)
    await house.audit.sequencer.round()
    head = (await bytes_of(client, "/v1/audit/log/checkpoint")).decode().splitlines()
    size = int(head[1])
    assert len(await bytes_of(client, "/v1/audit/log/tile/0/000")) == 8192
    width = size % 256
    assert len(await bytes_of(client, f"/v1/audit/log/tile/0/001.p/{width}")) == 32 * width
    bundle = await bytes_of(client, "/v1/audit/log/tile/entries/000")
    assert bundle.count(b'"event":') == 256


@pytest.mark.parametrize(
    "path",
    ["0/002", "0/000.p/0", "entries/001.p/200", "0/..%2f..%2f..%2fkeys%2faudit.key", "9/000"],
)
async def test_a_tile_the_log_does_not_have_is_not_found(client: ClientSession, path: str) -> None:
    async with client.get(f"/v1/audit/log/tile/{path}") as response:
        assert response.status == 404


async def test_a_subjects_history_comes_with_proofs(
    client: ClientSession, house: House, member: Actor  # noqa: F811
) -> None:  # fmt: skip
    (id,) = await happen(house.database, member, name="=HYPERLINK(1)")
    subject = (await json_of(client, f"/v1/audit/events/{id}"))["subject_id"]
    tar = Tar(io.BytesIO(await bytes_of(client, f"/v1/audit/subjects/{subject}/export")))
    assert "Who saw and decided what" in text_of(tar.read("subject.pdf"))
    table = tar.read("subject.csv").decode("utf-8-sig")
    assert str(id) in table and "audit:subject:export" in table
    key = notes.parse_vkey(tar.read("verifier-keys").decode().split()[0])
    proven = [n for n in tar.names() if n.endswith(".tlog-proof")]
    assert len(proven) == 2
    for name in proven:
        proofs.parse(tar.read(name)).check([key])


async def test_without_the_roles_the_log_stays_closed(
    house: House, url: str, own: Database, member: Actor  # noqa: F811
) -> None:  # fmt: skip
    (id,) = await happen(house.database, member)
    async with own.tenant_session(member) as db:
        await db.execute("UPDATE members SET roles = '{analyst}' WHERE id = $1", member.id)
    key = await identity.issue(own, member.tenant_id, member.id, "key")
    paths = ["state", "events", f"events/{id}", f"events/{id}/proof", "export", "keys", "log/checkpoint",
             "log/tile/0/000.p/1", "log/tile/entries/000.p/1", f"subjects/{id}/export", "witnesses"]  # fmt: skip
    async with ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as session:
        for path in paths:
            async with session.get(f"/v1/audit/{path}") as response:
                assert response.status == 403, path
        async with session.post("/v1/audit/witnesses", json={"vkey": "x"}) as response:
            assert response.status == 403


async def test_an_event_of_another_tenant_is_not_there(client: ClientSession) -> None:
    for path in (f"events/{uuid4()}", f"events/{UUID(int=0)}/proof"):
        async with client.get(f"/v1/audit/{path}") as response:
            assert response.status == 404


async def test_a_log_that_does_not_verify_makes_the_server_read_only(
    client: ClientSession,
    house: House,
    member: Actor,  # noqa: F811
) -> None:
    leaver = await house.people.members.invite(member, "leaver@example.org", {Role.ANALYST})
    await house.audit.sequencer.records.mark("Entry 3 was changed.")
    house.audit.sequencer.state = State(
        "broken", "The audit log does not verify. Entry 3 was changed."
    )
    async with client.post("/v1/ask", json={"question": "How long?"}) as response:
        problem = await response.json()
        assert (response.status, problem["type"]) == (503, "urn:lionrock:read-only")
        assert "Entry 3 was changed" in problem["detail"]
    async with client.delete(f"/v1/documents/{uuid4()}") as response:
        assert response.status == 503
    # Shutting a door goes on.
    async with client.post(f"/v1/members/{leaver.member_id}/suspend") as response:
        assert response.status == 204, await response.text()
    status = await json_of(client, "/v1/status")
    assert "Entry 3 was changed" in status["notices"][0]
    assert (await json_of(client, "/v1/audit/state"))["status"] == "broken"
    await json_of(client, "/v1/audit/events")
    async with client.get("/v1/audit/export") as response:
        assert response.status == 503
