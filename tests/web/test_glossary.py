from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.client import Client

PATH = "/admin/glossary"


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Glossary"), ("zh-HK", "詞彙表"), ("zh-CN", "词汇表")]
)
async def test_the_page_is_in_the_readers_language(
    reader: Client, language: str, title: str
) -> None:
    assert f"<h1>{title}</h1>" in (await reader.get(PATH, accept_language=language)).text


async def test_an_entry_is_typed_found_changed_and_removed(reader: Client) -> None:
    form = {"en": "beneficial owner | BO", "zh-Hant": "實益擁有人", "note": "<b>"}
    assert (await reader.post(PATH, form)).status == 303
    assert (await reader.post(PATH, form)).status == 409
    listed = (await reader.get(f"{PATH}?q={quote('实益')}")).text
    assert "beneficial owner" in listed and "&lt;b&gt;" in listed
    assert "No entry holds this" in (await reader.get(f"{PATH}?q=zebra")).text
    entry = listed.split(f"{PATH}/entry/")[1].split('"')[0]
    assert "beneficial owner | BO" in (await reader.get(f"{PATH}/entry/{entry}")).text
    await reader.post(f"{PATH}/entry/{entry}", {"en": "owner", "zh-Hant": "擁有人"})
    assert "實益" not in (await reader.get(PATH)).text
    await reader.post(f"{PATH}/entry/{entry}/remove", {})
    assert "No entry yet" in (await reader.get(PATH)).text


async def test_one_term_is_not_an_entry(reader: Client) -> None:
    answer = await reader.post(PATH, {"en": "alone"})
    assert answer.status == 422 and "An entry needs two terms" in answer.text


async def test_a_file_is_looked_at_and_keeps_nothing(reader: Client) -> None:
    data = "en,zh\nfee,費用\nalone,\n".encode()
    shown = (await reader.upload(f"{PATH}/import", "terms.csv", data)).text
    assert "1 good entry" in shown and "Row 3" in shown
    assert "No entry yet" in (await reader.get(PATH)).text


async def test_nothing_chosen_is_said(reader: Client) -> None:
    assert "Nothing waits for a decision" in (await reader.get(f"{PATH}/candidates")).text
    assert (await reader.post(f"{PATH}/candidates", {"step": "accept"})).status == 422
    assert (await reader.post(f"{PATH}/mine", {"first": "", "second": ""})).status == 422
