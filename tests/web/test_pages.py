from __future__ import annotations

import json
import re

import pytest

from lionrock.web.rendering import static
from tests.web.client import Client
from tests.web.conftest import House


async def test_an_unknown_page_is_said_so_on_a_page(reader: Client) -> None:
    answer = await reader.get("/nowhere")
    assert answer.status == 404 and "There is no such page here." in answer.text
    assert 'href="/documents"' in answer.text, "who is signed in keeps the navigation"


async def test_the_api_keeps_its_problem_details(reader: Client) -> None:
    for path in ("/v1/nowhere", "/v1/documents/nonsense"):
        answer = await reader.get(path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert json.loads(answer.text)["status"] == answer.status >= 400


async def test_an_error_comes_to_the_open_page_as_a_notice(reader: Client) -> None:
    answer = await reader.post("/c/ask", {"question": " "}, hx_request="true")
    assert (answer.status, answer.headers["hx-retarget"]) == (422, "#notice")
    assert "Question: fill this in" in answer.text and "<html" not in answer.text


async def test_an_error_page_is_in_the_readers_language(reader: Client) -> None:
    answer = await reader.get("/c/nothing", accept_language="zh-HK")
    assert answer.status == 404 and "沒有「nothing」這項功能" in answer.text


async def test_an_unexpected_error_shows_nothing_of_itself(
    reader: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(house.documents, "listing", broken)
    answer = await reader.get("/documents")
    assert answer.status == 500 and "its log has it" in answer.text
    assert "secret of the house" not in answer.text


async def test_pages_carry_the_strict_policy_and_are_not_stored(reader: Client) -> None:
    answer = await reader.get("/")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy and "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_static_files_may_be_kept_for_as_long_as_their_content_lasts(reader: Client) -> None:
    kept = await reader.get(static("app.css"))
    assert kept.status == 200 and "immutable" in kept.headers["cache-control"]
    assert "immutable" not in (await reader.get("/static/app.css")).headers.get("cache-control", "")
    assert (await reader.get("/static/../rendering.py")).status == 404


async def test_a_page_asks_for_nothing_of_another_host(reader: Client) -> None:
    for path in ("/", "/documents", "/runs"):
        for address in re.findall(r'(?:src|href|action)="([^"]*)"', (await reader.get(path)).text):
            assert address.startswith(("/", "#")) and not address.startswith("//")


async def test_the_footer_tells_what_answers_and_what_is_missing(
    reader: Client, house: House
) -> None:
    text = (await reader.get("/", accept_language="zh-CN")).text
    assert "没有模型：仅以引文作答" in text and "未设置模型。" in text and "仅按词语检索" in text
    house.gateway.model = "some-model"
    assert "Model: some-model" in (await reader.get("/")).text


async def test_a_client_that_leaves_in_the_middle_of_an_upload_is_no_fault_of_the_server(
    reader: Client, caplog: pytest.LogCaptureFixture
) -> None:
    reader.leaves = True
    for path in ("/documents", "/v1/documents"):
        answer = await reader.upload(path, "a.md", b"x")
        assert answer.status == 400
    assert not caplog.records
