"""A tenant's classifiers, trained in the real child process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lionrock.assist.sentiment.classifiers import Classifiers, Kept
from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from tests.assist.sentiment.material import labelled, sheet
from tests.fakes import WordEmbedder


@pytest.fixture
def classifiers(database: Database, tmp_path: Path) -> Classifiers:
    return Classifiers(database, Vault.open(tmp_path / "keys"), WordEmbedder())


async def events(database: Database, actor: Actor) -> list[str]:
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT event FROM events WHERE tenant_id = $1 AND event LIKE 'assist:%' ORDER BY position",
            actor.tenant_id,
        )
    return [row["event"] for row in rows]


async def test_one_is_trained_used_and_retired_each_on_record(
    classifiers: Classifiers, database: Database, actor: Actor
) -> None:
    first = await classifiers.train(actor, "  first  one ", labelled())
    assert first.in_use and first.name == "first one"
    assert first.texts == {"negative": 27, "neutral": 27, "positive": 27}
    assert set(first.measured) == {"quick", "meaning"}
    second = await classifiers.train(actor, "second", labelled())
    assert not second.in_use
    await classifiers.use(actor, second.id)
    assert (await classifiers.ready(actor) or ("",))[0] == "second"
    assert (await classifiers.ready(actor, "first one") or ("",))[0] == "first one"
    await classifiers.retire(actor, second.id)
    assert await classifiers.ready(actor) is None
    with pytest.raises(Conflict, match="its weights are gone"):
        await classifiers.use(actor, second.id)
    assert await events(database, actor) == [
        f"assist:classifier:{change}" for change in ("train", "train", "use", "retire")
    ]


@pytest.fixture
async def kept(classifiers: Classifiers, actor: Actor) -> Kept:
    return await classifiers.train(actor, "reviews", labelled())


async def test_weights_are_sealed_and_gone_once_retired(
    classifiers: Classifiers, database: Database, actor: Actor, kept: Kept
) -> None:
    async def row() -> dict[str, object]:
        async with database.tenant_session(actor) as db:
            found = await db.fetchrow(
                "SELECT body, weights FROM classifiers WHERE tenant_id = $1", actor.tenant_id
            )
        return dict(found)

    before = await row()
    assert b"reviews" not in bytes(before["body"])  # type: ignore[call-overload]
    assert b"PK" not in bytes(before["weights"])[:40]  # type: ignore[call-overload]
    await classifiers.retire(actor, kept.id)
    assert (await row())["weights"] is None
    [listed] = (await classifiers.every(actor)).classifiers
    assert listed.retired_at is not None and listed.measured == kept.measured


async def test_another_tenant_has_none_of_it(
    classifiers: Classifiers, stranger: Actor, kept: Kept
) -> None:
    assert (await classifiers.every(stranger)).classifiers == []
    for change in (classifiers.use, classifiers.retire):
        with pytest.raises(NotFound):
            await change(stranger, kept.id)


async def test_a_name_stands_for_one(classifiers: Classifiers, actor: Actor, kept: Kept) -> None:
    with pytest.raises(Conflict, match="There is a classifier reviews already"):
        await classifiers.train(actor, "reviews", labelled())
    with pytest.raises(NotFound, match=r"There is no classifier other\. There is: reviews"):
        await classifiers.ready(actor, "other")
    await classifiers.retire(actor, kept.id)
    assert (await classifiers.train(actor, "reviews", labelled())).in_use


async def test_what_may_not_be_trained_is_refused(classifiers: Classifiers, actor: Actor) -> None:
    with pytest.raises(InvalidInput):
        await classifiers.train(actor, "few", sheet(("only one", "positive")))
    with pytest.raises(Conflict, match="keeps nothing"):
        await classifiers.train(replace(actor, zero_retention=True), "none", labelled())
    with pytest.raises(Forbidden):
        await classifiers.train(replace(actor, roles=frozenset({Role.AUDITOR})), "no", labelled())
