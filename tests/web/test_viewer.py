from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from lionrock.documents import queries
from lionrock.documents.citations import Box, Citation
from lionrock.documents.parsed import ParsedPage
from lionrock.documents.records import Records, row_name, sealed_page
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.web import sources, viewer
from tests.web.client import Client
from tests.web.conftest import House, quoted
from tests.web.test_library import add


@pytest.fixture
async def document(reader: Client, house: House, database: Database, actor: Actor) -> Citation:
    """A document of two pages, as a citation on its second."""
    id = UUID(await add(reader, "<i>policy</i>.md"))
    key = Records(house.vault, actor.tenant_id).key(id)
    async with database.tenant_session(actor) as db:
        version = await db.fetchval("SELECT id FROM versions WHERE document_id = $1", id)
        for number in (1, 2):
            page = ParsedPage(number, 595, 842, f"<b>text of page {number}</b>", ())
            await db.execute(
                queries.INSERT_PAGE, actor.tenant_id, version, *sealed_page(key, version, page)
            )
    return quoted("words", id, 2).model_copy(update={"version_id": version})


@pytest.fixture
def cited(document: Citation, monkeypatch: pytest.MonkeyPatch) -> str:
    """The query of an address at which the citation is found."""

    async def find(*_: object) -> Citation:
        return document

    monkeypatch.setattr(sources, "find", find)
    return f"?run={uuid4()}&cite={sources.key(document)}"


async def test_the_quoted_words_are_marked_inside_the_page(
    reader: Client, document: Citation, cited: str
) -> None:
    text = (await reader.get(f"/documents/{document.document_id}/pages/2{cited}")).text
    assert '<rect x="0.1000" y="0.2000" width="0.5000" height="0.0500"/>' in text
    assert f'src="/v1/documents/{document.document_id}/pages/2/image?version=' in text
    assert "words</blockquote>" in text and "Back to the answer" in text


async def test_on_another_page_the_quote_is_a_way_back(
    reader: Client, document: Citation, cited: str
) -> None:
    text = (await reader.get(f"/documents/{document.document_id}/pages/1{cited}")).text
    assert "<rect" not in text and "The quote is on page 2." in text


async def test_beside_an_answer_the_page_is_a_fragment(
    reader: Client, document: Citation, cited: str
) -> None:
    path = f"/documents/{document.document_id}/pages/2{cited}"
    text = (await reader.get(path, hx_request="true", hx_target=viewer.PANEL)).text
    assert "<html" not in text and "data-close-panel" in text and "data-prev" in text
    assert "data-next" not in text, "page 2 is the last"


async def test_without_a_citation_it_is_just_the_page(reader: Client, document: Citation) -> None:
    text = (await reader.get(f"/documents/{document.document_id}/pages/1")).text
    assert "&lt;b&gt;text of page 1&lt;/b&gt;" in text and "<i>policy" not in text
    assert "<rect" not in text and "data-next" in text and "data-prev" not in text
    opened = await reader.get(f"/documents/{document.document_id}")
    assert opened.headers["location"].endswith("/pages/1")


async def test_a_quote_that_is_not_kept_any_more_is_said_so(
    reader: Client, document: Citation
) -> None:
    query = f"?run={uuid4()}&cite={'0' * 12}"
    text = (await reader.get(f"/documents/{document.document_id}/pages/1{query}")).text
    assert "not kept any more" in text


@pytest.mark.parametrize("query", ["?cite=nonsense", "?run=nonsense", "?cite=%22%3E"])
async def test_a_wrong_address_is_refused(reader: Client, document: Citation, query: str) -> None:
    answer = await reader.get(f"/documents/{document.document_id}/pages/1{query}")
    assert (
        answer.status == 422
        and '">' not in answer.text.partition("<main")[2].partition("nonsense")[2]
    )


async def test_a_page_that_is_not_there_is_not_found(reader: Client, document: Citation) -> None:
    assert (await reader.get(f"/documents/{document.document_id}/pages/3")).status == 404


async def test_what_came_in_a_file_is_listed_and_leads_back_to_it(
    reader: Client, document: Citation, database: Database, actor: Actor, house: House
) -> None:
    outer, inner = document.document_id, UUID(await add(reader, "inner.txt"))
    key = Records(house.vault, actor.tenant_id).key(outer)
    rows = [("<i>a</i>/inner.txt", inner, ""), ("b.txt", None, "it is empty (0 bytes)")]
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE documents SET parent_id = $1 WHERE id = $2", outer, inner)
        for number, (path, held, reason) in enumerate(rows):
            where = row_name(document.version_id, number)
            await db.execute(
                "INSERT INTO document_members VALUES ($1, $2, $3, $4, 5, $5, $6)",
                *(actor.tenant_id, document.version_id, number),
                key.seal_text("document_members", where, "path", path),
                *(
                    held,
                    key.seal_text("document_members", where, "reason", reason) if reason else None,
                ),
            )
    text = (await reader.get(f"/documents/{outer}/pages/1")).text
    assert "2 files in it" in text and "&lt;i&gt;a&lt;/i&gt;/inner.txt" in text
    assert "not taken in" in text and "it is empty (0 bytes)" in text
    text = (await house.documents.get(actor, inner)).path
    assert text == "<i>a</i>/inner.txt"


def test_keys_tell_citations_apart_and_stay() -> None:
    one, other = quoted("one"), quoted("other")
    assert sources.key(one) == sources.key(quoted("one")) != sources.key(other)
    moved = one.model_copy(update={"boxes": [Box(x0=0, y0=0, x1=1, y1=1)]})
    assert sources.key(moved) == sources.key(one)
