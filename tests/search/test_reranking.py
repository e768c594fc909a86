"""The reranker's slot: what it is sent, what its order changes, and what its failures do not."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lionrock.app import House
from lionrock.errors import EgressRefused, EngineUnavailable, LionrockError
from lionrock.gateway.reranking import RemoteReranker
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress
from lionrock.search import reranking
from lionrock.search.filters import Filters
from lionrock.search.service import Hit
from tests.building import house_of, taught

FEES = {
    "a.md": "# Fees\n\nThe fee fee fee is paid at the counter.",
    "b.md": "# Fees\n\nThe fee of a wire is due in May, the oldest of them.",
    "c.txt": "收費 fee 須於五月繳付。",
}


class Asked:
    """Prefers what says "May"; notes what it is sent."""

    def __init__(self, answer: Callable[[Sequence[str]], Sequence[float]] | None = None) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self.answer = answer or (lambda texts: [float("May" in t) for t in texts])
        self.error: LionrockError | None = None

    async def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        self.sent.append((question, list(texts)))
        if self.error:
            raise self.error
        return self.answer(texts)


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as made:
        for name, text in FEES.items():
            await taught(made, actor, name, text)
        yield made


def order(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.document for hit in hits]


async def test_without_one_nothing_is_said_of_it(house: House, actor: Actor) -> None:
    hits = await house.search.passages(actor, "fee")
    assert order(hits)[0] == "a.md"
    assert all(hit.reranked is None and not hit.not_reranked for hit in hits)


async def test_its_order_is_that_of_the_results_and_each_shows_its_score(
    house: House, actor: Actor
) -> None:
    before = await house.search.passages(actor, "fee")
    house.search.reranker = asked = Asked()
    hits = await house.search.passages(actor, "fee")
    assert order(hits) == ["b.md", *(name for name in order(before) if name != "b.md")]
    assert [hit.reranked for hit in hits] == [1.0, 0.0, 0.0]
    assert {h.passage.id: h.score for h in hits} == {h.passage.id: h.score for h in before}
    ((question, texts),) = asked.sent
    assert (
        question == "fee" and "Fees\nThe fee of a wire is due in May, the oldest of them." in texts
    )
    told = {t.name: list(t.told()) for t in house.telemetry.measures.tallies}
    assert told["lionrock_search_reranked"] == [((), 1)]


async def test_what_only_the_reranker_puts_first_is_among_few_results(
    house: House, actor: Actor
) -> None:
    house.search.reranker = Asked()
    assert order(await house.search.passages(actor, "fee", limit=1)) == ["b.md"]


async def test_only_the_first_are_read_and_the_others_follow(
    house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = order(await house.search.passages(actor, "fee"))
    monkeypatch.setattr(reranking, "FIRST", 2)
    house.search.reranker = Asked(lambda texts: [float(n) for n in range(len(texts))])
    hits = await house.search.passages(actor, "fee")
    assert order(hits) == [before[1], before[0], before[2]]
    assert [hit.reranked for hit in hits] == [1.0, 0.0, None]


@pytest.mark.parametrize(
    "scores", [[], [1.0], [1.0] * 4, [1.0, float("nan"), 0.0], [float("inf")] * 3]
)
async def test_nonsense_leaves_the_order_and_the_results_say_so(
    house: House, actor: Actor, scores: list[float]
) -> None:
    before = order(await house.search.passages(actor, "fee"))
    house.search.reranker = Asked(lambda texts: scores)
    hits = await house.search.passages(actor, "fee")
    assert order(hits) == before
    assert all(hit.not_reranked and hit.reranked is None for hit in hits)


@pytest.mark.parametrize("error", [EngineUnavailable("It is down."), EgressRefused("Not listed.")])
async def test_a_failure_is_no_error_of_the_reader_and_its_log_has_no_content(
    house: House, actor: Actor, caplog: pytest.LogCaptureFixture, error: LionrockError
) -> None:
    before = order(await house.search.passages(actor, "fee wire"))
    house.search.reranker = asked = Asked()
    asked.error = error
    with caplog.at_level(logging.DEBUG, "lionrock"):
        hits = await house.search.passages(actor, "fee wire")
    assert order(hits) == before and all(hit.not_reranked for hit in hits)
    assert "not reranked" in caplog.text
    assert "wire" not in caplog.text and "counter" not in caplog.text
    told = {t.name: list(t.told()) for t in house.telemetry.measures.tallies}
    assert told["lionrock_search_not_reranked"] == [((), 1)]


async def test_what_the_reader_may_not_read_and_what_is_filtered_out_is_never_sent(
    house: House, actor: Actor, stranger: Actor
) -> None:
    house.search.reranker = asked = Asked()
    await house.search.passages(actor, "fee", filters=Filters(languages=("en",)))
    assert len(asked.sent[-1][1]) == 2 and not any("收費" in t for t in asked.sent[-1][1])
    asked.sent.clear()
    assert await house.search.passages(stranger, "fee") == []
    found = await house.search.find(actor, "fee")
    async with house.database.tenant_session(actor) as db:
        await db.execute("UPDATE collections SET restricted = true, access_roles = '{auditor}'")
    # Closed between the search and the reading: what was found is not sent either.
    assert await house.search.hits(actor, found, 10) == []
    assert await house.search.passages(actor, "fee") == []
    assert asked.sent == []


async def test_a_provision_that_is_named_stays_first(house: House, actor: Actor) -> None:
    found = await house.search.find(actor, "fee")
    last = found.ranked[-1].passage_id
    found = type(found)(
        found.question, found.language, found.english, found.chinese,
        [found.ranked[-1], *found.ranked[:-1]], found.near, cited={last: "Cap. 1 s.1"},
    )  # fmt: skip
    house.search.reranker = asked = Asked()
    hits = await house.search.hits(actor, found, 10)
    assert hits[0].passage.id == last and hits[0].reranked is None
    assert len(asked.sent[-1][1]) == len(found.ranked) - 1


async def test_a_saved_search_and_facets_do_not_ask_it_more_than_once(
    house: House, actor: Actor
) -> None:
    house.search.reranker = asked = Asked()
    await house.results.look(actor, "fee", Filters(languages=("en",)))
    assert len(asked.sent) == 1
    found = await house.search.find(actor, "fee")
    await house.search.hits(actor, found, 50, rerank=False)
    assert len(asked.sent) == 1


async def test_a_server_over_http_fills_the_slot(house: House, actor: Actor) -> None:
    async def rerank(request: web.Request) -> web.Response:
        texts = (await request.json())["documents"]
        rows = [{"index": n, "relevance_score": float("May" in t)} for n, t in enumerate(texts)]
        return web.json_response({"results": rows[::-1]})

    app = web.Application()
    app.router.add_post("/v1/rerank", rerank)
    async with TestServer(app, host="127.0.0.1") as server:
        remote = RemoteReranker(str(server.make_url("/v1")), egress=Egress())
        house.search.reranker = remote
        assert order(await house.search.passages(actor, "fee"))[0] == "b.md"
        await server.close()
        hits = await house.search.passages(actor, "fee")
        assert order(hits)[0] == "a.md" and hits[0].not_reranked
        await remote.close()


async def test_a_result_says_which_figures_it_tells(house: House, actor: Actor) -> None:
    await taught(house, actor, "d.txt", "由2024年1月1日起，收費為港幣120萬元。")
    hits = await house.search.passages(actor, "What costs HK$1.2 million from 1 January 2024?")
    assert hits[0].passage.document == "d.txt"
    assert hits[0].figures == ["2024-01-01", "1200000"]
    assert all(not hit.figures for hit in hits[1:])
