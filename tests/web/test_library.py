from __future__ import annotations

import re
from uuid import UUID

import pytest

from lionrock.documents.parsing.detect import Format
from lionrock.documents.records import Records
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.web.kinds import KINDS
from tests.web.client import Client
from tests.web.conftest import House, signed_in


async def add(reader: Client, name: str, content: bytes = b"words") -> str:
    answer = await reader.upload("/documents", name, content, hx_request="true")
    assert answer.status == 201
    return re.findall(r'<li id="d-([0-9a-f-]+)"', answer.text)[0]


async def set_state(
    database: Database,
    actor: Actor,
    document: str,
    state: str,
    done: int,
    total: int,
    error: bytes | None = None,
) -> None:
    async with database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE versions SET state = $3, done = $4, total = $5, error = $6"
            " WHERE tenant_id = $1 AND document_id = $2",
            *(actor.tenant_id, UUID(document), state, done, total, error),
        )


async def test_an_empty_library_says_what_to_do(reader: Client) -> None:
    text = (await reader.get("/documents")).text
    assert "Drop documents here" in text and re.search(r'id="empty"[^>]*(?<!hidden)>', text)


async def test_an_upload_comes_back_as_a_row_that_is_followed(reader: Client, house: House) -> None:
    answer = await reader.upload("/documents", "<b>policy.md", b"words", hx_request="true")
    assert answer.status == 201 and house.ingest.woken == 1
    assert "&lt;b&gt;policy.md" in answer.text and "<b>policy" not in answer.text
    assert 'name="follow"' in answer.text and 'hx-trigger="every 1s"' in answer.text
    assert re.search(r'id="empty"[^>]*hidden', answer.text)


async def test_the_same_file_again_is_marked_as_known(reader: Client) -> None:
    await add(reader, "a.md")
    answer = await reader.upload("/documents", "b.md", b"words", hx_request="true")
    assert "data-duplicate" in answer.text and "a.md" in answer.text


async def test_without_a_script_an_upload_leads_back_to_the_list(reader: Client) -> None:
    answer = await reader.upload("/documents", "a.md", b"words")
    assert (answer.status, answer.headers["location"]) == (303, "/documents")


async def test_an_empty_file_is_refused_in_the_readers_language(reader: Client) -> None:
    answer = await reader.upload(
        "/documents", "a.md", b"", hx_request="true", accept_language="zh-HK"
    )
    assert answer.status == 422 and "檔案是空的，沒有內容可讀。" in answer.text


async def test_a_file_over_the_limit_is_refused_before_it_is_read(reader: Client) -> None:
    answer = await reader.upload("/documents", "a.md", b"x" * 70_000, hx_request="true")
    assert answer.status == 413 and "larger than 1 kB" in answer.text


async def test_a_form_without_a_file_is_refused(reader: Client) -> None:
    assert "Choose a file first." in (await reader.post("/documents")).text


async def test_the_row_shows_how_far_the_reading_is(
    reader: Client, database: Database, actor: Actor
) -> None:
    first, second = await add(reader, "a.md"), await add(reader, "b.md", b"more")
    await set_state(database, actor, first, "indexed", 3, 12)
    text = (await reader.get("/documents")).text
    assert '<progress aria-label="a.md" value="3" max="12">' in text and "25%" in text
    assert "2 documents being read" in text and text.count("<progress aria-label") == 1
    assert text.index(f"d-{second}") < text.index(f"d-{first}"), "newest first"


async def test_only_rows_that_changed_are_sent_again(
    reader: Client, database: Database, actor: Actor
) -> None:
    first, second = await add(reader, "a.md"), await add(reader, "b.md", b"more")
    shown = re.findall(r'name="follow" value="([^"]+)"', (await reader.get("/documents")).text)
    query = "&".join(f"follow={value}" for value in shown)
    assert "<li" not in (await reader.get(f"/documents/changes?{query}")).text
    await set_state(database, actor, first, "ready", 4, 4)
    changed = (await reader.get(f"/documents/changes?{query}")).text
    assert f'id="d-{first}"' in changed and 'hx-swap-oob="true"' in changed
    assert f'id="d-{second}"' in changed, "it is the one being read now"


async def test_polling_ends_when_nothing_is_unfinished(
    reader: Client, database: Database, actor: Actor
) -> None:
    await set_state(database, actor, await add(reader, "a.md"), "ready", 1, 1)
    for path in ("/documents", "/documents/changes"):
        assert "hx-trigger" not in (await reader.get(path)).text


async def test_a_row_removed_elsewhere_goes(reader: Client) -> None:
    gone = "00000000-0000-4000-8000-000000000000"
    answer = await reader.get(f"/documents/changes?follow={gone}/queued/0/1&follow=%3Cb%3E/x/0/1")
    assert f'<li id="d-{gone}" hx-swap-oob="delete">' in answer.text and "<b>" not in answer.text


async def test_a_failed_document_says_why(
    reader: Client, house: House, database: Database, actor: Actor
) -> None:
    document = await add(reader, "a.md")
    reason = "a.md cannot be read: it is empty: it holds no text"
    key = Records(house.vault, actor.tenant_id).key(UUID(document))
    version = (await house.documents.get(actor, UUID(document))).version_id
    sealed = key.seal_text("versions", version, "error", reason)
    await set_state(database, actor, document, "failed", 0, 0, sealed)
    assert "檔案沒有任何文字" in (await reader.get("/documents", accept_language="zh-HK")).text


async def test_removing_asks_first_and_forgets_the_passages(reader: Client, house: House) -> None:
    document = await add(reader, "a.md")
    assert "Remove a.md, with everything made from it?" in (await reader.get("/documents")).text
    answer = await reader.post(f"/documents/{document}/remove", hx_request="true")
    assert answer.status == 200 and len(house.search.indexer.forgotten) == 1
    assert "a.md" not in (await reader.get("/documents")).text
    assert (await reader.post(f"/documents/{document}/remove")).status == 404


async def test_a_long_list_is_shown_in_parts(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.web.library.ON_A_PAGE", 2)
    for name in ("a.md", "b.md", "c.md"):
        await add(reader, name, name.encode())
    first, second = await reader.get("/documents"), await reader.get("/documents?start=2")
    assert "1–2 of 3" in first.text and 'href="/documents?start=2"' in first.text
    assert "a.md" in second.text and "c.md" not in second.text


async def test_another_tenants_documents_are_not_there(
    reader: Client, visitor: Client, stranger: Actor
) -> None:
    document = await add(reader, "secret.md")
    other = await signed_in(visitor, stranger)
    assert "secret.md" not in (await other.get("/documents")).text
    assert (await other.post(f"/documents/{document}/remove")).status == 404


def test_every_format_that_is_read_has_a_name_on_pages() -> None:
    assert not {str(one) for one in Format} - KINDS.keys()


async def test_progress_is_asked_for_also_when_no_row_is_followed(reader: Client) -> None:
    await add(reader, "a.md")
    assert 'hx-include="#documents"' in (await reader.get("/documents?name=nothing")).text
