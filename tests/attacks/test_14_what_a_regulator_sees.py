"""Attack 14: an observer from outside who looks beyond what was shared with them."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from lionrock.errors import NotFound
from lionrock.kernel import collections, shares
from lionrock.kernel.actors import Role
from lionrock.kernel.collections import NewCollection
from lionrock.kernel.shares import NewShare
from tests.attacks.conftest import with_key
from tests.attacks.doors import fetch
from tests.matrix.recipes_alerts import assigned
from tests.matrix.recipes_screening import reviewer
from tests.matrix.world import QUESTION, World


async def test_an_observer_sees_what_is_shared_for_as_long_as_it_is(world: World, url: str) -> None:
    observer = await world.ours.member(Role.REGULATOR_OBSERVER)
    document = f"/v1/documents/{world.ours.document}"
    async with await with_key(world, url, observer) as session:
        assert json.loads((await fetch(session, "GET", "/v1/documents")).text)["documents"] == []
        assert (await fetch(session, "GET", document)).status == 404
        assert (await fetch(session, "GET", "/v1/search?q=records")).text.count('"passage"') == 0
        async with world.house.database.tenant_session(world.ours.actor) as db:
            library = await db.fetchval("SELECT collection_id FROM documents WHERE id = $1",
                                        world.ours.document)  # fmt: skip
        share = await shares.make(
            world.house.database, world.ours.actor,
            NewShare(kind="collection", subject_id=library, member_id=observer.id, reason="Exam."),
        )  # fmt: skip
        assert (await fetch(session, "GET", document)).status == 200
        await shares.end(world.house.database, world.ours.actor, share)
        assert (await fetch(session, "GET", document)).status == 404
        assert (await fetch(session, "GET", f"{document}/pages/1/image")).status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/ask"), ("GET", "/v1/members"), ("GET", "/v1/keys"), ("GET", "/v1/audit/events"),
     ("GET", "/v1/audit/export"), ("GET", "/v1/collections"), ("GET", "/v1/residency")],
)  # fmt: skip
async def test_an_observer_has_no_other_door(
    world: World, url: str, method: str, path: str
) -> None:
    observer = await world.ours.member(Role.REGULATOR_OBSERVER)
    async with await with_key(world, url, observer) as session:
        body = {"json": {"question": QUESTION}} if method == "POST" else {}
        assert (await fetch(session, method, path, **body)).status == 403


async def test_a_share_with_one_observer_is_not_one_with_another(world: World, url: str) -> None:
    share = await world.ours.fresh_share()
    other = await world.ours.member(Role.REGULATOR_OBSERVER)
    async with await with_key(world, url, other) as session:
        listed = await fetch(session, "GET", "/v1/documents")
        assert json.loads(listed.text)["documents"] == [] and str(share) not in listed.text


async def test_who_may_not_read_a_collection_cannot_share_it(world: World) -> None:
    wanted = NewCollection(name=uuid4().hex, restricted=True)
    closed = await collections.create(world.house.database, world.ours.actor, wanted)
    observer = await world.ours.fresh_observer()
    share = NewShare(kind="collection", subject_id=closed, member_id=observer, reason="Exam.")
    with pytest.raises(NotFound):
        await shares.make(world.house.database, world.ours.actor, share)


async def test_a_case_is_seen_by_the_observer_it_was_shared_with_alone(
    world: World, url: str
) -> None:
    ours, sharing = world.ours, world.house.screening.alerts.sharing
    observer, other = [await ours.member(Role.REGULATOR_OBSERVER) for _ in range(2)]
    theirs = await world.theirs.member(Role.REGULATOR_OBSERVER)
    case, unshared = await assigned(ours), await assigned(ours)
    path, officer = f"/v1/screening/alerts/{case}", await reviewer(ours)
    absent = f"/v1/screening/alerts/{uuid4()}"
    share = await sharing.share(officer, case, observer.id, "Exam.")
    async with (
        await with_key(world, url, observer) as session,
        await with_key(world, url, other) as second,
        await with_key(world, url, theirs) as outside,
    ):
        assert (await fetch(session, "GET", path)).status == 200
        listed = await fetch(session, "GET", "/v1/screening/shared-cases")
        assert [c["id"] for c in json.loads(listed.text)["cases"]] == [str(case)]
        nothing = await fetch(session, "GET", absent)
        for who, hidden in (
            (session, f"/v1/screening/alerts/{unshared}"), (second, path), (outside, path),
        ):  # fmt: skip
            reply = await fetch(who, "GET", hidden)
            assert (reply.status, reply.text) == (404, nothing.text)
        for door in ("", "/counts", "/statistics", "/policy"):
            assert (await fetch(session, "GET", f"/v1/screening/alerts{door}")).status == 403
        for door in ("clearances", "reports", "shares"):
            assert (await fetch(session, "GET", f"{path}/{door}")).status == 403
        for verb, door, body in (
            ("POST", "take", {}), ("POST", "escalate", {"note": "Now."}),
            ("DELETE", "assignee", None), ("DELETE", "proposal", None),
            ("POST", "proposal", {"disposition": "false-positive", "reason": "common-name"}),
            ("POST", "shares", {"member_id": str(other.id), "reason": "Exam."}),
        ):  # fmt: skip
            more = {"json": body} if body is not None else {}
            assert (await fetch(session, verb, f"{path}/{door}", **more)).status == 403, door
        await sharing.end(officer, case, share)
        assert (await fetch(session, "GET", path)).status == 404
        listed = await fetch(session, "GET", "/v1/screening/shared-cases")
        assert json.loads(listed.text)["cases"] == []
