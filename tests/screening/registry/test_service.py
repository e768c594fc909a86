"""Screening a name: thresholds, and the record that stays of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.audit.canonical import canonical
from lionrock.screening.entity_json import told
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import Listed, person


async def listed(desk: Desk, name: str, *entries: str, **settings: object) -> object:
    made = await desk.registry.lists.create(desk.manager, name, "internal", **settings)  # type: ignore[arg-type]
    people = [person(str(n), e) for n, e in enumerate(entries)]
    await desk.registry.imports.take(desk.manager, made, Listed(people))
    return made


async def test_hits_come_best_first_with_the_entry_as_its_list_has_it(desk: Desk) -> None:
    await listed(desk, "UN", "chan tai man", "chan tai", "lee")
    hits = await desk.registry.screening.screen(desk.manager, person("q", "chan tai man"))
    assert [(h.entry.id, round(h.score, 2), h.list.name) for h in hits] == [
        ("0", 0.99, "UN"), ("1", 0.66, "UN"),
    ]  # fmt: skip
    assert hits[0].match.evidence[0].words == "chan tai man shares 3 words with chan tai man"


async def test_the_threshold_is_the_lists_or_of_the_type_or_the_callers(desk: Desk) -> None:
    types = {"pep": 0.3}
    strict = await listed(desk, "Strict", "chan tai man", threshold=0.9, type_thresholds=types)
    await listed(desk, "Plain", "chan tai man")
    screen = desk.registry.screening.screen

    async def found(name: str, **how: object) -> list[str]:
        hits = await screen(desk.manager, person("q", name), **how)  # type: ignore[arg-type]
        return sorted(h.list.name for h in hits)

    assert await found("chan tai wong") == ["Plain"]
    assert await found("chan tai wong", type="pep") == ["Plain", "Strict"]
    assert await found("chan lee wong", type="pep") == ["Strict"]
    assert await found("chan lee wong", threshold=0.2) == ["Plain", "Strict"]
    assert await found("chan tai wong", lists=[strict], threshold=0.2) == ["Strict"]
    with pytest.raises(NotFound):
        await found("chan", lists=[uuid4()])
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        await found("chan", threshold=1.0)
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        await desk.registry.lists.create(desk.manager, "x", "un", threshold=1.5)


async def test_half_a_character_is_refused_and_leaves_nothing(desk: Desk) -> None:
    await listed(desk, "UN", "chan")
    for query in (person("q", "chan \ud800"), person("\udfff", "chan")):
        with pytest.raises(InvalidInput, match="half a character"):
            await desk.registry.screening.screen(desk.manager, query)
    assert await desk.count("screenings") == 0


async def test_against_no_list_there_is_no_answer(desk: Desk) -> None:
    """Where nobody was looked for, "no hit" would say nothing."""
    screen = desk.registry.screening.screen
    with pytest.raises(Conflict, match="no list to screen against"):
        await screen(desk.manager, person("q", "chan"))
    await listed(desk, "UN", "chan")
    with pytest.raises(Conflict, match="no list to screen against"):
        await screen(desk.manager, person("q", "chan"), lists=[])
    assert await desk.count("screenings") == 0


async def test_a_list_out_of_use_is_not_screened_against(desk: Desk) -> None:
    made = await listed(desk, "UN", "chan tai man")
    await listed(desk, "EU", "lee")
    await desk.registry.lists.change(desk.manager, made, name="UN", active=False)  # type: ignore[arg-type]
    assert await desk.registry.screening.screen(desk.manager, person("q", "chan tai man")) == []


async def test_who_asked_what_against_which_versions_is_kept_sealed_and_committed_to(
    desk: Desk,
) -> None:
    made = await listed(desk, "UN", "chan tai man")
    query = person("q", "Chan Tai Man")
    done = await desk.registry.screening.run(desk.manager, query)
    kept = await desk.registry.screening.kept(desk.manager, done.id)
    assert kept.screened_by == desk.manager.id and kept.engine == "small 1"
    assert kept.state.versions() == {made: 1}
    assert kept.query == query and kept.found[0].match == done.hits[0].match
    assert (kept.found[0].list_id, kept.found[0].entry_id) == (made, done.hits[0].entry_id)
    opened = hashlib.sha256(bytes.fromhex(kept.salt) + canonical(told(query))).hexdigest()
    assert kept.commitment == opened
    assert await desk.events("screening:name:screen") == 1
    async with desk.database.tenant_session(desk.manager) as db:
        row = await db.fetchrow("SELECT * FROM screenings")
        payload = await db.fetchval("SELECT string_agg(payload::text, ' ') FROM event_payloads")
    assert "Chan" not in str(dict(row)) and "Chan" not in payload and opened in payload
    other = replace(desk.manager, id=uuid4())
    with pytest.raises(NotFound):
        await desk.registry.screening.kept(other, done.id)


async def test_who_has_nothing_kept_screens_nobody_since_a_hit_is_the_institutions_record(
    desk: Desk,
) -> None:
    await listed(desk, "UN", "chan tai man")
    quiet = replace(desk.manager, zero_retention=True)
    with pytest.raises(Conflict, match="kept"):
        await desk.registry.screening.run(quiet, person("q", "chan tai man"))
    assert await desk.count("screenings") == 0


async def test_screening_needs_the_permission_and_sees_one_tenants_lists(
    desk: Desk, stranger: Actor
) -> None:
    await listed(desk, "UN", "chan tai man")
    query = person("q", "chan tai man")
    with pytest.raises(Forbidden, match="screening:name:screen"):
        auditor = replace(desk.manager, roles=frozenset({Role.AUDITOR}))
        await desk.registry.screening.screen(auditor, query)
    theirs = replace(stranger, roles=frozenset({Role.ANALYST}))
    with pytest.raises(Conflict, match="no list"):
        await desk.registry.screening.screen(theirs, query)
    with pytest.raises(InvalidInput, match="Say a name"):
        await desk.registry.screening.screen(desk.manager, replace(query, names=()))
