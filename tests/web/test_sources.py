from __future__ import annotations

from uuid import UUID, uuid4

from lionrock.kernel.actors import Actor
from lionrock.web import sources
from tests.web.client import Client
from tests.web.conftest import House, quoted
from tests.web.test_work import begin


async def test_a_runs_citation_is_found_while_it_is_in_memory_and_after(
    reader: Client, house: House, actor: Actor, trial: str
) -> None:
    run, wanted = UUID(await begin(reader)), sources.key(quoted("words"))
    house_: object = house
    live = await sources.find(house_, actor, run, wanted)  # type: ignore[arg-type]
    house.runs._live.clear()
    kept = await sources.find(house_, actor, run, wanted)  # type: ignore[arg-type]
    assert live == kept == quoted("words")


async def test_a_citation_of_someone_elses_run_is_not_found(
    reader: Client, house: House, stranger: Actor, trial: str
) -> None:
    run, wanted = UUID(await begin(reader)), sources.key(quoted("words"))
    house_: object = house
    assert await sources.find(house_, stranger, run, wanted) is None  # type: ignore[arg-type]
    house.runs._live.clear()
    assert await sources.find(house_, stranger, run, wanted) is None  # type: ignore[arg-type]
    assert await sources.find(house_, stranger, uuid4(), wanted) is None  # type: ignore[arg-type]


def test_citations_are_found_wherever_an_update_holds_them() -> None:
    shown = [{"not": "looked at"}, (quoted("one"),), [quoted("two"), "text"]]
    assert [c.quote for c in sources.citations(shown)] == ["one", "two"]
