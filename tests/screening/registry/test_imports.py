"""Importing lists: whole or not at all, compared with what there is, and asking before it shrinks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.screening.entities import Entity, Name
from lionrock.screening.registry import imports as module
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import Listed, person

TWENTY = [person(str(n), f"Chan Tai Man {n}") for n in range(20)]


async def captions(desk: Desk, list_id: object, number: int) -> set[str]:
    """Everyone a version names, read again."""
    async with desk.database.tenant_session(desk.manager) as db:
        found = await desk.registry.entries.page(db, desk.manager.tenant_id, list_id, number)  # type: ignore[arg-type]
    return {s.entity.caption for s in found}


async def test_a_first_import_is_applied_and_says_what_it_brought(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    done = await desk.registry.imports.take(desk.manager, made, Listed(TWENTY, skipped=2))
    version = done.version
    assert (version.state, version.number, version.total) == ("applied", 1, 20)
    assert (version.added, version.changed, version.removed, version.skipped) == (20, 0, 0, 2)
    assert version.published == "2026-11-01" and version.sha256 == Listed(TWENTY).sha256
    assert (await desk.registry.lists.get(desk.manager, made)).entries == 20
    assert await desk.events("screening:version:apply") == 1
    assert await desk.count("screening_staged") == 0


async def test_every_version_can_be_read_again_and_compared(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    second = [replace(TWENTY[0], gender="male"), *TWENTY[1:19], person("20", "Wong Siu Ming")]
    done = await desk.registry.imports.take(desk.manager, made, Listed(second))
    assert (done.version.added, done.version.changed, done.version.removed) == (1, 1, 1)
    assert await captions(desk, made, 1) == {e.caption for e in TWENTY}
    assert await captions(desk, made, 2) == {e.caption for e in second}
    found = {d.kind: d for d in await desk.registry.differences.page(desk.manager, made, 2)}
    assert set(found) == {"added", "changed", "removed"}
    assert found["changed"].fields() == {"gender": (None, "male")}
    assert found["removed"].before == TWENTY[19] and found["removed"].after is None
    assert found["added"].after == second[-1]
    # What came back after it had gone is added anew.
    await desk.registry.imports.take(desk.manager, made, Listed([*second, TWENTY[19]]))
    (back,) = await desk.registry.differences.page(desk.manager, made, 3)
    assert (back.kind, back.after) == ("added", TWENTY[19])


async def test_a_version_that_takes_the_names_away_waits_as_one_that_takes_the_entries(
    desk: Desk,
) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    garbled = [replace(e, names=(Name(f"Q{n}"),)) for n, e in enumerate(TWENTY)]
    take = desk.registry.imports.take
    held = (await take(desk.manager, made, Listed(garbled))).version
    assert (held.state, held.changed, held.removed) == ("pending", 20, 0)
    assert "20 would lose a name (100% together)" in (held.reason or "")
    await desk.registry.imports.refuse(desk.manager, made, held.number)
    # Two of twenty, of which one goes and one is renamed, are a tenth; three are more.
    tenth = [*TWENTY[:18], garbled[18]]
    assert (await take(desk.manager, made, Listed(tenth))).version.state == "applied"
    more = [garbled[0], garbled[1], *TWENTY[2:18], garbled[18]]
    assert (await take(desk.manager, made, Listed(more))).version.state == "pending"


async def test_names_that_are_added_and_other_facts_hold_nothing_up(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    richer = [replace(e, gender="male", names=(*e.names, Name("Also"))) for e in TWENTY]
    done = await desk.registry.imports.take(desk.manager, made, Listed(richer))
    assert (done.version.state, done.version.changed) == ("applied", 20)


async def test_a_number_that_no_version_can_have_is_not_found(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    for number in (0, -1, 2**31, 99_999_999_999):
        with pytest.raises(NotFound):
            await desk.registry.differences.page(desk.manager, made, number)
        with pytest.raises(NotFound):
            await desk.registry.imports.confirm(desk.manager, made, number)
        with pytest.raises(NotFound):
            await desk.registry.lists.version(desk.manager, made, number)


async def test_versions_are_read_page_by_page(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    for n in range(3):
        await desk.registry.imports.take(desk.manager, made, Listed(TWENTY[: 20 - n]))
    versions = desk.registry.lists.versions
    assert [v.number for v in await versions(desk.manager, made, limit=2)] == [3, 2]
    assert [v.number for v in await versions(desk.manager, made, before=2)] == [1]
    assert (await desk.registry.lists.version(desk.manager, made, 2)).total == 19


async def test_changes_made_at_once_to_one_list_all_stand(desk: Desk) -> None:
    lists = desk.registry.lists
    made = await lists.create(desk.manager, "UN", "un", threshold=0.7, type_thresholds={"pep": 0.5})
    await asyncio.gather(
        lists.change(desk.manager, made, name="UNSC"),
        lists.change(desk.manager, made, threshold=None),
        lists.change(desk.manager, made, type_thresholds={"pep": 0.4}),
        lists.change(desk.manager, made, active=False),
    )
    now = await lists.get(desk.manager, made)
    assert (now.name, now.threshold, now.type_thresholds) == ("UNSC", None, {"pep": 0.4})
    assert not now.active


async def test_differences_are_read_page_by_page(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    seen, page = [], await desk.registry.differences.page(desk.manager, made, 1, limit=7)
    while page:
        seen += page
        last = page[-1].entry_id
        page = await desk.registry.differences.page(desk.manager, made, 1, after=last, limit=7)
    assert sorted(d.after.id for d in seen if d.after) == sorted(e.id for e in TWENTY)


async def test_the_same_bytes_again_change_nothing_and_that_is_said(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    done = await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    assert done.repeated and done.version.number == 1
    assert len(await desk.registry.lists.versions(desk.manager, made)) == 1
    assert await desk.events("screening:version:repeat") == 1
    again = await desk.registry.imports.take(desk.manager, made, Listed(TWENTY), again=True)
    assert (again.version.number, again.version.added, again.version.removed) == (2, 0, 0)


async def test_a_list_that_shrinks_by_more_than_a_tenth_waits_for_a_person(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    a_tenth = await desk.registry.imports.take(desk.manager, made, Listed(TWENTY[:18]))
    assert a_tenth.version.state == "applied"
    done = await desk.registry.imports.take(desk.manager, made, Listed(TWENTY[:15]))
    assert done.version.state == "pending" and done.version.removed == 3
    assert "3 of 18 entries (17%)" in (done.version.reason or "")
    assert (await desk.registry.lists.get(desk.manager, made)).current_version == 2
    found = await desk.registry.differences.page(desk.manager, made, 3)
    assert [d.kind for d in found] == ["removed"] * 3
    with pytest.raises(Conflict, match="Version 3 waits"):
        await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    key = replace(desk.manager, kind=ActorKind.SERVICE)
    with pytest.raises(Forbidden, match="member signs in"):
        await desk.registry.imports.confirm(key, made, 3)
    applied = await desk.registry.imports.confirm(desk.manager, made, 3)
    assert applied.state == "applied" and applied.decided_by == desk.manager.id
    assert await captions(desk, made, 3) == {e.caption for e in TWENTY[:15]}
    with pytest.raises(Conflict, match="applied"):
        await desk.registry.imports.confirm(desk.manager, made, 3)


async def test_as_many_others_in_the_place_of_those_there_were_wait_too(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    others = [person(f"x{n}", f"Lee {n}") for n in range(20)]
    done = await desk.registry.imports.take(desk.manager, made, Listed(others))
    assert done.version.state == "pending"
    await desk.registry.imports.refuse(desk.manager, made, done.version.number)
    assert await desk.count("screening_staged") == 0
    assert await captions(desk, made, 1) == {e.caption for e in TWENTY}
    newest = (await desk.registry.lists.versions(desk.manager, made))[0]
    assert (newest.state, newest.number) == ("refused", 2)
    both = await desk.registry.imports.take(desk.manager, made, Listed([*TWENTY, *others]))
    assert (both.version.number, both.version.state) == (3, "applied")


class Breaks(Listed):
    def __init__(self, entities: list[Entity], error: BaseException) -> None:
        super().__init__(entities)
        self._error = error

    def __iter__(self) -> Iterator[Entity]:
        yield from self._entities
        raise self._error


@pytest.mark.parametrize("error", [InvalidInput("cut off"), RuntimeError("a fault")])
async def test_a_source_that_breaks_leaves_nothing_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(module, "CHUNK", 6)
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    with pytest.raises(type(error)):
        await desk.registry.imports.take(desk.manager, made, Breaks(TWENTY[:13], error))
    assert await desk.count("screening_staged") == 0
    assert [v.number for v in await desk.registry.lists.versions(desk.manager, made)] == [1]
    assert await captions(desk, made, 1) == {e.caption for e in TWENTY}


async def test_two_entries_of_one_id_and_an_empty_file_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 6)
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    twice = [*TWENTY[:10], person("3", "Somebody Else")]
    with pytest.raises(InvalidInput, match="among numbers 7 to 11"):
        await desk.registry.imports.take(desk.manager, made, Listed(twice))
    with pytest.raises(InvalidInput, match="names nobody"):
        await desk.registry.imports.take(desk.manager, made, Listed([]))
    assert await desk.count("screening_entries") == 0


async def test_an_import_that_was_killed_gives_way_to_the_next(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    number = await desk.registry.imports._begin(desk.manager, made, None)
    with pytest.raises(Conflict, match="being read in now"):
        await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    async with desk.database.tenant_session(desk.manager) as db:
        await db.execute("UPDATE screening_versions SET touched_at = now() - interval '1 hour'")
    assert (
        await desk.registry.imports.take(desk.manager, made, Listed(TWENTY))
    ).version.number == 2
    with pytest.raises(Conflict, match="another took its place"):
        await desk.registry.imports._stage(desk.manager, made, number, Listed(TWENTY))  # type: ignore[arg-type]


async def test_analysts_see_lists_and_do_not_manage_them(desk: Desk, stranger: Actor) -> None:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    analyst = replace(desk.manager, roles=frozenset({Role.ANALYST}))
    assert [x.name for x in await desk.registry.lists.listing(analyst)] == ["UN"]
    for act in (
        desk.registry.imports.take(analyst, made, Listed(TWENTY)),
        desk.registry.imports.confirm(analyst, made, 1),
        desk.registry.lists.create(analyst, "Mine", "internal"),
        desk.registry.lists.change(analyst, made, name="UN", active=False),
    ):
        with pytest.raises(Forbidden, match="screening:list:manage"):
            await act
    with pytest.raises(NotFound):
        await desk.registry.imports.take(stranger, made, Listed(TWENTY))
    with pytest.raises(Conflict, match="of that name"):
        await desk.registry.lists.create(desk.manager, "UN", "un")
