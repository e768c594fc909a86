from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.clock import hong_kong_date
from lionrock.kernel.privacy.findings import Review
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.request_models import RequestKind
from tests.web.client import Client
from tests.web.conftest import House
from tests.web.test_sections import become

TODAY = hong_kong_date(datetime.now(UTC))


@pytest.fixture
async def officer(database: Database, actor: Actor, reader: Client) -> Actor:
    return await become(database, actor, Role.PRIVACY_OFFICER)


async def enter(reader: Client, ago: int = 0, **other: str) -> UUID:
    """Enter a request that came some days ago."""
    form = {
        "kind": "access", "received_on": (TODAY - timedelta(days=ago)).isoformat(),
        "known-name": "Chan Siu Ling", "spoken": "en", **other,
    }  # fmt: skip
    answer = await reader.post("/admin/requests", form)
    assert answer.status == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])


async def test_the_soonest_due_stands_first_and_what_is_overdue_is_said(
    reader: Client, officer: Actor
) -> None:
    await enter(reader, 3, **{"known-name": "Ho Wing Sze"})
    await enter(reader, 46, **{"known-name": "李志強"})
    await enter(reader, 33, **{"known-name": "Chan Siu Ling"})
    text = (await reader.get("/admin/requests", accept_language="en")).text
    assert "3 clocks are running" in text and "1 is overdue" in text
    assert "1 ends within ten days" in text
    told = ("6 days over", "李志強", "7 days left", "Chan Siu Ling", "37 days left", "Ho Wing Sze")
    assert [text.index(t) for t in told] == sorted(text.index(t) for t in told)
    assert "逾期 6 日" in (await reader.get("/admin/requests", accept_language="zh-HK")).text


async def test_the_page_of_a_request_begins_with_its_next_step(
    reader: Client, officer: Actor
) -> None:
    asked = await enter(reader, wording="All you hold about me")
    page = f"/admin/requests/{asked}"

    async def step() -> str:
        found = re.search(r'<h2 id="next">([^<]*)', (await reader.get(page)).text)
        return found[1] if found else ""

    assert await step() == "Check who is asking"
    await reader.post(f"{page}/identity", {"method": "id-document"})
    assert await step() == "Search for the person"
    assert (await reader.post(f"{page}/search")).status == 303
    assert await step() == "Review the places found"
    text = (await reader.get(page)).text
    assert "Identity document" in text and "All you hold about me" in text


async def test_places_are_reviewed_packaged_and_handed_over(
    reader: Client, house: House, officer: Actor
) -> None:
    asked = await enter(reader)
    page = f"/admin/requests/{asked}"
    await reader.post(f"{page}/identity", {"method": "in-person"})
    await reader.post(f"{page}/search")
    places = await house.privacy.findings.listing(officer, asked)
    text = (await reader.get(f"{page}/places")).text
    assert f"0 of {len(places)} reviewed" in text and "disabled" in text
    answer = await reader.post(f"{page}/package", hx_request="true")
    assert answer.status == 409, "nothing is packaged unseen"
    for place in places[1:]:
        await reader.post(f"{page}/places/{place.id}", {"decision": "include"})
    left_out = {"decision": "exclude", "exemption": "duplicate", "others": "Wong Tai Man; 陳大文"}
    answer = await reader.post(f"{page}/places/{places[0].id}", left_out, hx_request="true")
    assert f"{len(places)} of {len(places)} reviewed" in answer.text
    reviews = {f.id: f.review for f in await house.privacy.findings.listing(officer, asked)}
    assert reviews[places[0].id] == Review(
        decision="exclude", exemption="duplicate", others=["Wong Tai Man", "陳大文"]
    )
    await reader.post(f"{page}/package")
    answer = await reader.get(f"{page}/package.zip")
    assert answer.headers["content-type"] == "application/zip" and answer.status == 200
    await reader.post(f"{page}/fee", {"dollars": "50"})
    answer = await reader.post(f"{page}/deliver", {"method": "by hand"})
    assert answer.status == 409 and "fee has not been paid" in answer.text
    await reader.post(f"{page}/fee", {"dollars": "50", "paid_on": TODAY.isoformat()})
    await reader.post(f"{page}/deliver", {"method": "by hand"})
    text = (await reader.get(page)).text
    assert "Delivered" in text and 'id="next"' not in text


async def test_a_refusal_needs_its_reason_and_ends_the_clock(
    reader: Client, officer: Actor
) -> None:
    asked = await enter(reader)
    page = f"/admin/requests/{asked}"
    answer = await reader.post(f"{page}/refuse", {"ground": "not-located", "reason": " "})
    assert answer.status == 422 and "Say why" in answer.text
    await reader.post(f"{page}/refuse", {"ground": "not-located", "reason": "Asked twice."})
    text = (await reader.get(page)).text
    assert "Asked twice." in text and "Refused" in text
    text = (await reader.get("/admin/requests")).text
    assert "No clock is running" in text and "Ended" in text


async def test_a_notice_of_delay_is_offered_while_it_is_in_time(
    reader: Client, officer: Actor
) -> None:
    early, late = await enter(reader, 30), await enter(reader, 50)
    assert "/extend" in (await reader.get(f"/admin/requests/{early}")).text
    assert "/extend" not in (await reader.get(f"/admin/requests/{late}")).text
    await reader.post(f"/admin/requests/{early}/extend", {"reason": "Old paper files."})
    text = (await reader.get(f"/admin/requests/{early}")).text
    assert "Old paper files." in text and "10 days left" in text, "the due day stays"


async def test_who_has_the_same_identity_card_is_the_same_person(
    reader: Client, house: House, officer: Actor
) -> None:
    card = {"known-hkid": "A123456(3)"}
    first = await enter(reader, **card)
    second = await enter(reader, **{"known-name": "陳小玲", "known-hkid": "a 123456 3"})
    third = await enter(reader, **{"known-name": "Chan Siu Ling"})
    asked = [await house.privacy.requests.get(officer, r) for r in (first, second, third)]
    assert asked[0].subject_id == asked[1].subject_id != asked[2].subject_id
    known = await house.privacy.subjects.get(officer, asked[0].subject_id)
    assert {"Chan Siu Ling", "陳小玲"} <= {i.value for i in known.identifiers}


async def test_what_cannot_be_a_request_is_said_to_be_so(reader: Client, officer: Actor) -> None:
    form = {"kind": "access", "received_on": TODAY.isoformat(), "known-name": ""}
    answer = await reader.post("/admin/requests", form)
    assert answer.status == 422 and "at least one name or number" in answer.text
    answer = await reader.post("/admin/requests", form | {"known-hkid": "A123456(4)"})
    assert answer.status == 422 and "not a Hong Kong identity card number" in answer.text
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    answer = await reader.post(
        "/admin/requests", form | {"known-name": "x", "received_on": tomorrow}
    )
    assert answer.status == 422


async def test_a_correction_is_made_under_its_request(
    reader: Client, house: House, officer: Actor, actor: Actor
) -> None:
    asked = await enter(reader, kind="correction")
    page = f"/admin/requests/{asked}"
    await reader.post(f"{page}/identity", {"method": "account-login"})
    assert "Put the data right" in (await reader.get(page, accept_language="en")).text
    form = {"field": "name", "target": str(actor.id), "text": "Chan Siu-ling"}
    assert (await reader.post(f"{page}/correct", form)).status == 303
    names = {m.id: m.name for m in await house.people.members.listing(actor)}
    assert names[actor.id] == "Chan Siu-ling"
    assert (await reader.post(f"{page}/correct", form | {"target": "nobody"})).status == 422


async def test_another_tenants_request_is_not_there(
    reader: Client, officer: Actor, house: House, stranger: Actor, database: Database
) -> None:
    theirs = await become(database, stranger, Role.PRIVACY_OFFICER)
    known = [Identifier(kind=IdentifierKind.NAME, value="Not Ours")]
    subject = await house.privacy.subjects.add(theirs, known)
    asked = await house.privacy.requests.receive(
        theirs, subject, RequestKind.ACCESS, received_on=TODAY
    )
    for path in ("", "/places", "/package.zip"):
        assert (await reader.get(f"/admin/requests/{asked}{path}")).status == 404
    for path, form in (("identity", {"method": "in-person"}), ("search", {}), ("package", {})):
        assert (await reader.post(f"/admin/requests/{asked}/{path}", form)).status == 404
