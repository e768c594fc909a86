from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.app import House
from lionrock.documents.citations import occurs
from lionrock.documents.files import FileId, Files
from lionrock.documents.service import place
from lionrock.errors import Erased, InvalidInput, NotFound, TooLarge
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault import scopes
from tests.building import chunks, house_of, put, taught

TEXT = "# Fees\n\nAn outward transfer costs HK$115.\n\n# 收費\n\n匯出匯款每筆收費港幣115元。\n"


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as opened:
        yield opened


async def test_a_document_becomes_pages_passages_and_citations(house: House, actor: Actor) -> None:
    document = await taught(house, actor, "fees.md", TEXT)
    assert (document.state, document.pages) == ("ready", 1)
    hits = await house.search.passages(actor, "outward transfer")
    passage = hits[0].passage
    start = passage.text.index("HK$115")
    citation = await house.documents.cite(actor, passage, start, start + 6)
    assert citation is not None
    assert citation.quote == "HK$115"
    page = await house.documents.page(actor, document.id, citation.page)
    assert occurs(citation.quote, page.text)
    assert len(citation.boxes) == 1


async def test_a_cited_row_of_a_table_tells_its_cells(house: House, actor: Actor) -> None:
    table = "| Card | Annual fee |\n| --- | --- |\n| Gold | 480 |\n| Platinum | 1,800 |\n"
    document = await taught(house, actor, "cards.md", f"# Cards\n\n{table}")
    passage = (await house.search.passages(actor, "Platinum"))[0].passage
    start = passage.text.index("Platinum")
    citation = await house.documents.cite(actor, passage, start, len(passage.text))
    assert citation is not None and citation.quote.split() == ["Platinum", "1,800"]
    assert [(c.heading, c.text) for c in citation.cells] == [
        ("Card", "Platinum"), ("Annual fee", "1,800"),
    ]  # fmt: skip
    page = await house.documents.page(actor, document.id, citation.page)
    assert all(page.text[c.start : c.end] == c.text for c in citation.cells)
    fee, (row,) = citation.cells[1].box, (await house.documents.tables(actor, document.id, [1]))
    assert row.box.x0 <= fee.x0 < fee.x1 <= row.box.x1 and citation.cells[0].box.x1 < fee.x0


async def test_tables_are_those_of_the_pages_named_and_of_nobody_else(
    house: House, actor: Actor, stranger: Actor
) -> None:
    table = "| Card | Annual fee |\n| --- | --- |\n| Gold | 480 |\n"
    document = await taught(house, actor, "cards.md", f"{table}\nThat is all.\n")
    (found,) = await house.documents.tables(actor, document.id, range(1, 9))
    assert (found.page, found.grid()) == (1, [["Card", "Annual fee"], ["Gold", "480"]])
    assert await house.documents.tables(actor, document.id, [2]) == []
    with pytest.raises(NotFound):
        await house.documents.tables(stranger, document.id, [1])


async def test_many_adding_the_same_file_at_once_make_one_version(
    house: House, actor: Actor
) -> None:
    added = await asyncio.gather(*(put(house, actor, f"{i}.md", TEXT) for i in range(8)))
    assert len({a.version_id for a in added}) == 1
    assert sum(not a.duplicate for a in added) == 1
    assert len(await house.documents.list(actor)) == 1


async def test_the_file_goes_with_the_document_and_so_does_its_key(
    house: House, actor: Actor, tmp_path: Path
) -> None:
    document = await taught(house, actor, "fees.md", TEXT)
    file = FileId(actor.tenant_id, document.id, document.version_id)
    files = Files(tmp_path / "files", 1000, house.vault)
    assert b"".join(files.segments(file)) == TEXT.encode()
    await house.documents.remove(actor, document.id)
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
    with pytest.raises(Erased):
        house.vault.key(actor.tenant_id, scopes.document(document.id))


async def test_removing_twice_says_there_is_no_such_document(house: House, actor: Actor) -> None:
    document = await taught(house, actor, "fees.md", TEXT)
    await house.documents.remove(actor, document.id)
    with pytest.raises(NotFound):
        await house.documents.remove(actor, document.id)


async def test_an_unreadable_file_fails_with_its_reason_and_the_rest_goes_on(
    house: House, actor: Actor
) -> None:
    bad = await house.documents.add(actor, "broken.pdf", chunks(b"%PDF-1.7 cut off"))
    good = await taught(house, actor, "fees.md", TEXT)
    assert good.state == "ready"
    failed = await house.documents.get(actor, bad.document_id)
    assert failed.state == "failed"
    assert "broken.pdf" in failed.error
    assert "damaged" in failed.error


async def test_a_failed_file_added_again_is_tried_again(house: House, actor: Actor) -> None:
    failed = await taught(house, actor, "broken.pdf", "%PDF-1.7 cut off")
    again = await put(house, actor, "broken.pdf", "%PDF-1.7 cut off")
    assert again.duplicate
    assert again.version_id == failed.version_id
    assert again.state == "queued"


async def test_too_large_a_file_is_refused_and_leaves_nothing(
    house: House, actor: Actor, tmp_path: Path
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1_000_000

    with pytest.raises(TooLarge, match="LIONROCK_MAX_UPLOAD_BYTES"):
        await house.documents.add(actor, "big.txt", endless())
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []


async def test_an_unknown_collection_is_named(house: House, actor: Actor) -> None:
    with pytest.raises(InvalidInput, match="nowhere"):
        await house.documents.add(actor, "a.txt", chunks(b"text"), collection="nowhere")


async def test_another_tenant_cites_nothing(house: House, actor: Actor, stranger: Actor) -> None:
    await taught(house, actor, "fees.md", TEXT)
    passage = (await house.search.passages(actor, "outward transfer"))[0].passage
    assert await house.documents.cite(stranger, passage, 0, 5) is None
    assert await house.documents.passages(stranger, [passage.id]) == {}


async def test_a_range_across_two_slices_has_no_place(house: House, actor: Actor) -> None:
    await taught(house, actor, "fees.md", TEXT)
    passage = (await house.search.passages(actor, "outward transfer"))[0].passage
    whole = passage.model_copy(update={"slices": [(1, 0, 4), (1, 5, 9)], "text": "abcd\nefgh"})
    assert place(whole, 0, 4) == (1, 0, 4)
    assert place(whole, 5, 9) == (1, 5, 9)
    assert place(whole, 2, 7) is None
