from __future__ import annotations

import itertools

import pytest
from fastapi import Request

from lionrock.api import deps
from lionrock.errors import Forbidden
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.web import auth
from tests.web.client import HOST, Client


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
    assert cookie.startswith(f"{auth.SESSION_COOKIE}=")
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie


async def test_signing_out_ends_the_session_everywhere(reader: Client) -> None:
    stolen = dict(reader.cookies)
    assert (await reader.post("/sign-out")).headers["location"] == "/sign-in"
    assert auth.SESSION_COOKIE not in reader.cookies
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


def test_pages_and_api_agree_on_what_another_site_is() -> None:
    def refuses(check: object, method: str, headers: dict[str, str]) -> bool:
        raw = [(k.encode(), v.encode()) for k, v in {"host": HOST, **headers}.items()]
        request = Request({"type": "http", "method": method, "headers": raw})
        try:
            check(request)  # type: ignore[operator]
        except Forbidden:
            return True
        return False

    origins = [None, f"http://{HOST}", "http://127.0.0.1:1", "https://elsewhere.example", "null"]
    sites = [None, "same-origin", "same-site", "cross-site", "none"]
    for origin, site in itertools.product(origins, sites):
        headers = {"origin": origin, "sec-fetch-site": site}
        sent = {k: v for k, v in headers.items() if v is not None}
        assert refuses(auth.same_origin, "POST", sent) == refuses(deps.same_origin, "POST", sent)


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
