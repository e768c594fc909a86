from __future__ import annotations

import pytest

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.web.client import Client


async def link(database: Database, actor: Actor) -> str:
    return await identity.issue(database, actor.tenant_id, actor.id, "link")


async def test_a_one_time_link_signs_in_once(
    visitor: Client, database: Database, actor: Actor
) -> None:
    token = await link(database, actor)
    answer = await visitor.post("/sign-in", {"token": token})
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert (await visitor.get("/")).status == 200
    again = await Client(visitor.app).post("/sign-in", {"token": token})
    assert again.status == 401 and "has been used or has expired" in again.text


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    visitor: Client, database: Database, actor: Actor
) -> None:
    cookie = (await visitor.post("/sign-in", {"token": await link(database, actor)})).cookies[0]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie


async def test_signing_out_ends_the_session_everywhere(reader: Client) -> None:
    stolen = dict(reader.cookies)
    assert (await reader.post("/sign-out")).headers["location"] == "/sign-in"
    assert SESSION_COOKIE not in reader.cookies
    refused = await Client(reader.app, stolen).get("/")
    assert refused.headers["location"] == "/sign-in?ended=1"
    assert "Your session has ended." in (await reader.get("/sign-in?ended=1")).text


@pytest.mark.parametrize("path", ["/", "/documents", "/runs", "/documents/changes"])
async def test_nothing_is_shown_to_someone_who_is_not_signed_in(visitor: Client, path: str) -> None:
    answer = await visitor.get(path)
    assert (answer.status, answer.headers["location"], answer.text) == (303, "/sign-in", "")
    fragment = await visitor.get(path, hx_request="true")
    assert (fragment.status, fragment.headers["hx-redirect"]) == (401, "/sign-in")


async def test_the_sign_in_page_tells_a_visitor_nothing_of_the_house(visitor: Client) -> None:
    text = (await visitor.get("/sign-in")).text
    assert "lionrock link" in text and "No model" not in text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/language", "/c/ask", "/documents"])
async def test_another_site_cannot_change_anything(reader: Client, path: str) -> None:
    form = {"token": "x", "language": "en", "question": "x"}
    for headers in ({"origin": "https://elsewhere.example"}, {"sec_fetch_site": "cross-site"}):
        assert (await reader.post(path, form, **headers)).status == 403


async def test_the_chosen_language_stays_and_leads_back(reader: Client) -> None:
    answer = await reader.post("/language", {"language": "zh-Hant", "back": "/documents?start=50"})
    assert answer.headers["location"] == "/documents?start=50"
    page = await reader.get("/documents", accept_language="en")
    assert '<html lang="zh-Hant">' in page.text and "文件庫" in page.text


@pytest.mark.parametrize(
    "back",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "runs", ""],
)
async def test_the_language_switch_leads_nowhere_else(reader: Client, back: str) -> None:
    answer = await reader.post("/language", {"language": "klingon", "back": back})
    assert (answer.headers["location"], answer.cookies) == ("/", [])
