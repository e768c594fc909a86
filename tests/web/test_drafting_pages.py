"""The pages of templates: their list, one to fill in, what is said of a wrong file and a wrong field."""

from __future__ import annotations

import pytest

from tests.assist.drafting.samples import note
from tests.web.client import Client

PATH = "/desk/templates"


@pytest.mark.parametrize(
    ("language", "title", "genre"),
    [("en", "Templates", "Memos"), ("zh-HK", "範本", "便箋"), ("zh-CN", "模板", "便笺")],
)
async def test_the_list_is_in_the_readers_language(
    reader: Client, language: str, title: str, genre: str
) -> None:
    page = (await reader.get(PATH, accept_language=language)).text
    assert f"<h1>{title}</h1>" in page and genre in page
    assert f'href="{PATH}/memo-en"' in page and f'href="{PATH}/memo-zh"' in page


async def test_a_template_is_shown_as_a_form_of_its_fields(reader: Client) -> None:
    page = (await reader.get(f"{PATH}/reply-to-citizen-zh")).text
    assert 'name="f-date" type="date"' in page
    assert '<textarea id="f-enquiry"' in page
    assert "政府公文寫作手冊" in page
    assert (await reader.get(f"{PATH}/nothing")).status == 404


async def test_a_file_becomes_a_template_then_its_next_version_and_is_retired(
    reader: Client,
) -> None:
    assert (await reader.upload(PATH, "note.txt", note())).status == 303
    assert "Version 1" in (await reader.get(PATH)).text
    await reader.upload(PATH, "note.txt", note(matter="case <b>"))
    page = (await reader.get(f"{PATH}/note-en")).text
    assert "Version 2" in page and "case &lt;b&gt;" in page
    await reader.post(f"{PATH}/note-en/retire", {})
    assert "Retired" in (await reader.get(PATH)).text
    assert "makes no new ones" in (await reader.get(f"{PATH}/note-en")).text


async def test_a_file_that_is_no_template_is_refused_with_the_reason(reader: Client) -> None:
    answer = await reader.upload(PATH, "note.txt", b"just text", accept_language="zh-HK")
    assert answer.status == 422 and "兩行 +++ 之間" in answer.text
    too_long = await reader.upload(PATH, "note.txt", b"x" * 70_000)
    assert too_long.status == 413


async def test_a_wrong_field_is_said_before_a_run_begins(reader: Client) -> None:
    answer = await reader.post(f"{PATH}/memo-en", {"f-date": "soon"})
    assert answer.status == 422 and "Date (date): this takes a date" in answer.text
    assert "/runs/" not in (await reader.get("/runs")).text.split("<main")[1]


async def test_what_was_filled_in_becomes_a_draft_that_is_saved(reader: Client) -> None:
    form = {"f-date": "2026-11-23", "f-subject": "Fees <b>", "f-purpose": "One\r\ntwo"}
    begun = await reader.post(f"{PATH}/memo-en", form)
    assert begun.status == 303
    address = begun.headers["location"]
    page = await ended(reader, address)
    assert "23 November 2026" in page and "Fees &lt;b&gt;" in page and "[From]" in page
    saved = await reader.get(f"{address}/export?format=docx")
    assert saved.status == 200


async def ended(reader: Client, address: str) -> str:
    """The run's page once it has ended."""
    await reader.get(f"{address}/stream")
    return (await reader.get(address)).text


async def test_the_page_of_the_task_leads_to_the_templates(reader: Client) -> None:
    assert f'href="{PATH}"' in (await reader.get("/c/draft")).text
