"""The editor of a translation and the page of the memory, beside the API's routes to the same."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.assist.translate.memory import tmx
from lionrock.assist.translate.memory.schemas import Pair
from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.web.pages import add_pages
from tests.assist.translate.desk import BREACH, RIGHT, desk, in_turn, translated
from tests.web.client import Answer, Client

WRONG = RIGHT.replace("14", "40")
HTMX = {"hx_request": "true"}


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with desk(database, actor, tmp_path, in_turn(WRONG)) as opened:
        yield opened


@pytest.fixture
async def reader(house: House, actor: Actor) -> Client:
    app = create_app(house)
    add_pages(app)
    token = await identity.issue(house.database, actor.tenant_id, actor.id, "session")
    return Client(app, {SESSION_COOKIE: token})


async def begun(house: House, actor: Actor) -> str:
    made = await translated(house, actor, f"{BREACH}\n\nStaff <b>must</b> report within 40 days.")
    return f"/translations/{made.translation}"


async def test_the_editor_shows_both_sides_with_what_failed(
    house: House, reader: Client, actor: Actor
) -> None:
    path = await begun(house, actor)
    text = (await reader.get(path)).text
    assert BREACH in text and WRONG in text and "14 days, 40日" in text
    assert "&lt;b&gt;must" in text and "<b>must" not in text
    assert "0 of 2 accepted" in text and "Why the difference is meant" in text
    chinese = (await reader.get(path, accept_language="zh-HK")).text
    assert "已接納 0 段，共 2 段" in chinese and "為何有意不同" in chinese


async def test_a_segment_that_differs_is_refused_in_its_place_and_says_why(
    house: House, reader: Client, actor: Actor
) -> None:
    path = await begun(house, actor)
    answer = await reader.post(f"{path}/segments/1", {"target": WRONG, "step": "accept"}, **HTMX)
    assert answer.status == 200 and "Not accepted: the translation differs" in answer.text
    right = await reader.post(f"{path}/segments/1", {"target": RIGHT, "step": "accept"}, **HTMX)
    assert 'class="segment accepted"' in right.text and "1 of 2 accepted" in right.text
    meant = {"target": WRONG, "step": "accept", "meant": "A misprint."}
    again = await reader.post(f"{path}/segments/1", meant, **HTMX)
    assert "The difference is meant: A misprint." in again.text


async def test_without_scripts_a_change_leads_back_to_the_editor(
    house: House, reader: Client, actor: Actor
) -> None:
    path = await begun(house, actor)
    answer = await reader.post(f"{path}/segments/2", {"target": "職員須報告。", "step": "save"})
    assert answer.status == 303 and answer.headers["location"] == f"{path}?start=0"
    assert "職員須報告。" in (await reader.get(path)).text


async def test_the_api_lists_edits_and_accepts_segments(
    house: House, reader: Client, actor: Actor
) -> None:
    path = f"/v1{await begun(house, actor)}/segments"
    listed = json.loads((await reader.get(f"{path}?limit=1")).text)
    assert listed["total"] == 2 and len(listed["segments"]) == 1
    refused = await sent(reader, "POST", f"{path}/1/accept", {"target": WRONG})
    assert refused.status == 409 and "14 days" in json.loads(refused.text)["detail"]
    edited = json.loads((await sent(reader, "PUT", f"{path}/1", {"target": RIGHT})).text)
    assert edited["target"] == RIGHT and not edited["accepted"]
    accepted = json.loads((await sent(reader, "POST", f"{path}/1/accept", {})).text)
    assert accepted["accepted"] and accepted["origin"] == "person"
    assert (await sent(reader, "PUT", f"{path}/9", {"target": RIGHT})).status == 404


async def sent(reader: Client, method: str, path: str, body: dict[str, str]) -> Answer:
    return await reader.send(
        method, path, json.dumps(body).encode(), {"content-type": "application/json"}
    )


async def test_the_memory_is_imported_looked_through_and_emptied_on_its_page(
    reader: Client,
) -> None:
    pair = Pair(
        source_language="en", into="zh-Hant", source="Banks <must> report.", target="銀行須報告。"
    )
    data = b"".join(tmx.write([pair])).replace(b"</body>", b"<tu/></body>")
    taken = (await reader.upload("/admin/memory", "m.tmx", data)).text
    assert "1 unit added." in taken and "1 unit left out" in taken
    assert "Banks &lt;must&gt; report." in taken
    assert "Nothing holds this" in (await reader.get("/admin/memory?q=zebra")).text
    assert tmx.read((await reader.get("/admin/memory/file")).text.encode())[0] == [pair]
    unit = taken.split("/admin/memory/")[-1].split("/remove")[0]
    assert (await reader.post(f"/admin/memory/{unit}/remove")).status == 303
    assert "Nothing in the memory yet" in (await reader.get("/admin/memory")).text
    assert (await reader.upload("/admin/memory", "m.tmx", b"no")).status == 422
