"""The search page, and the pages of saved searches."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.search.saved.watching import Watching
from lionrock.web.pages import add_pages
from lionrock.web.search_parts import SHOWN, found_words, segments
from tests.building import house_of, taught
from tests.web.client import Client
from tests.web.conftest import signed_in

TEXT = "# Records <b>\n\n客戶盡職審查紀錄須保存七年。"


@pytest.fixture
async def library(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as made:
        yield made


@pytest.fixture
async def searcher(library: House, actor: Actor) -> Client:
    app = create_app(library)
    add_pages(app)
    return await signed_in(Client(app), actor)


async def test_the_page_asks_before_anything_is_asked(searcher: Client) -> None:
    answer = await searcher.get("/search")
    assert (
        answer.status == 200 and "data-search" in answer.text and "data-result" not in answer.text
    )


async def test_a_simplified_question_marks_traditional_words_and_says_why(
    searcher: Client, library: House, actor: Actor
) -> None:
    document = await taught(library, actor, "紀錄.md", TEXT)
    text = (
        await searcher.get("/search?q=%E5%AE%A2%E6%88%B7%E5%B0%BD%E8%81%8C%E5%AE%A1%E6%9F%A5")
    ).text
    assert "<mark>客戶盡職審查</mark>" in text and "<q" in text and "&lt;b&gt;" in text
    address = re.findall(rf'data-result href="(/documents/{document.id}/pages/1[^"]*)"', text)[0]
    page = (await searcher.get(address.replace("&amp;", "&"))).text
    assert "<rect" in page


async def test_a_passage_that_is_not_the_pages_marks_nothing(
    searcher: Client, library: House, actor: Actor
) -> None:
    one, other = [
        await taught(library, actor, f"{n}.md", TEXT.replace("七", n)) for n in ("八", "九")
    ]
    found = await library.search.passages(actor, "客戶盡職審查", limit=5)
    strange = next(h.passage.id for h in found if h.passage.document_id == other.id)
    page = await searcher.get(f"/documents/{one.id}/pages/1?passage={strange}&w=x")
    assert page.status == 200 and "<rect" not in page.text


async def test_nothing_found_says_so_and_leads_on(searcher: Client) -> None:
    text = (await searcher.get("/search?q=zebra&language=en")).text
    assert "Nothing found" in text and "Search everything" in text


@pytest.mark.parametrize("wrong", ["as_at=soon", "language=klingon", "collection=x"])
async def test_an_address_that_is_none_is_an_error(searcher: Client, wrong: str) -> None:
    assert (await searcher.get(f"/search?q=a&{wrong}")).status in (400, 422)


async def test_results_are_taken_out_as_a_file(
    searcher: Client, library: House, actor: Actor
) -> None:
    await taught(library, actor, "紀錄.md", TEXT)
    answer = await searcher.get("/search/export?q=%E7%B4%80%E9%8C%84&format=csv")
    assert answer.status == 200 and "保存七年" in answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="search.csv"'


async def test_a_search_is_saved_told_of_seen_and_removed(
    searcher: Client, library: House, actor: Actor
) -> None:
    form = {"name": "Records", "q": "盡職審查紀錄"}
    assert (await searcher.post("/search/saved", form)).status == 303
    assert "nothing new" in (await searcher.get("/search/saved")).text
    assert "badge" not in (await searcher.get("/search/new")).text
    await taught(library, actor, "紀錄.md", TEXT)
    await Watching(library.database, library.saved, library.search).work(actor.tenant_id)
    assert "1 new passage" in (await searcher.get("/search/saved")).text
    assert "badge" in (await searcher.get("/search/new")).text
    (one,) = await library.saved.listing(actor)
    text = (await searcher.get(f"/search/saved/{one.id}")).text
    until = re.findall(r'name="until" value="([^"]+)"', text)[0]
    assert "<mark>盡職審查紀錄</mark>" in text
    await searcher.post(f"/search/saved/{one.id}/seen", {"until": until})
    assert "Nothing new" in (await searcher.get(f"/search/saved/{one.id}")).text
    await searcher.post(f"/search/saved/{one.id}/remove")
    assert "No search is saved yet" in (await searcher.get("/search/saved")).text


async def test_a_search_without_a_name_is_not_saved(searcher: Client) -> None:
    assert (await searcher.post("/search/saved", {"name": " ", "q": "a"})).status == 422


def test_a_long_passage_shows_what_speaks_for_it() -> None:
    text = "a " * 500 + "the word stands here" + " b" * 500
    at = text.index("word")
    shown = segments(text, [(at, at + 4)], None)
    assert [s.text for s in shown if s.marked] == ["word"]
    assert shown[0].text == "… " and shown[-1].text == " …"
    assert sum(len(s.text) for s in shown) <= SHOWN + 4
    near = segments(text, [], (at, at + 16))
    assert [s.text for s in near if s.near] == ["word stands here"]
    assert found_words("Word word WORD", [(0, 4), (5, 9), (10, 14)]) == ["Word"]


def test_a_stretch_ends_between_words() -> None:
    text = "records " * 100
    shown = "".join(s.text for s in segments(text, [], None)).removesuffix(" …")
    assert shown.endswith("records") and len(shown) <= SHOWN
