"""Attack 12: a share, link or narrow key that is, becomes or derives a wider credential."""

from __future__ import annotations

import json

import aiohttp
import pytest
from aiohttp import ClientSession

from lionrock.kernel import service_keys
from lionrock.kernel.actors import Role
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.service_keys import NewKey
from tests.attacks.doors import fetch
from tests.matrix.world import World


async def narrow_key(world: World, *scopes: P) -> str:
    wanted = NewKey(name="narrow", scopes=frozenset(scopes or {P.SEARCH_PASSAGE_READ}))
    return (await service_keys.create(world.house.database, world.ours.actor, wanted)).key


async def test_a_share_is_of_a_member_and_holds_no_token(
    world: World, client: ClientSession
) -> None:
    body = {
        "kind": "collection", "subject_id": str(await world.ours.fresh_collection()),
        "member_id": str(await world.ours.fresh_observer()), "reason": "A request.",
    }  # fmt: skip
    reply = await fetch(client, "POST", "/v1/shares", json=body)
    assert reply.status == 201 and set(json.loads(reply.text)) == {"id"}
    share = json.loads(reply.text)["id"]
    for token in (
        share,
        f"{world.ours.tenant.hex}.{share}",
        f"{world.ours.tenant.hex}.{share * 2}",
    ):
        headers = {"Authorization": f"Bearer {token}"}
        assert (await fetch(client, "GET", "/v1/documents", headers=headers)).status == 401


async def test_a_narrow_key_does_not_become_a_session(world: World, url: str) -> None:
    """A session does all that its member may; the key was made for searching."""
    headers = {"Authorization": f"Bearer {await narrow_key(world)}"}
    async with aiohttp.ClientSession(url, headers=headers) as session:
        assert (await fetch(session, "GET", "/v1/search?q=records")).status == 200
        reply = await fetch(session, "POST", "/v1/sign-in-links", json={})
        assert reply.status == 403 and "#" not in reply.text


async def test_a_machines_key_does_not_sign_in(world: World, url: str) -> None:
    machine = await world.ours.member(Role.SERVICE)
    wanted = NewKey(name="loader", scopes=frozenset({P.DOCUMENTS_DOCUMENT_ADD}), owner=machine.id)
    made = await service_keys.create(world.house.database, world.ours.actor, wanted)
    async with aiohttp.ClientSession(
        url, headers={"Authorization": f"Bearer {made.key}"}
    ) as session:
        assert (await fetch(session, "POST", "/v1/sign-in-links", json={})).status == 403


@pytest.mark.parametrize("scope", [P.DOCUMENTS_DOCUMENT_READ, P.MEMBERS_ROLES_CHANGE])
async def test_a_key_that_may_make_keys_makes_none_wider_than_itself(
    world: World, url: str, scope: P
) -> None:
    headers = {"Authorization": f"Bearer {await narrow_key(world, P.KEYS_KEY_CREATE)}"}
    async with aiohttp.ClientSession(url, headers=headers) as session:
        body = {"name": "wider", "scopes": [scope.value]}
        reply = await fetch(session, "POST", "/v1/keys", json=body)
        assert reply.status == 422 and 'key":' not in reply.text


async def test_tokens_are_of_chance_and_not_of_one_another(world: World) -> None:
    tokens = [await narrow_key(world) for _ in range(20)]
    tails = [t.partition(".")[2] for t in tokens]
    assert len(set(tails)) == 20 and all(len(t) == 43 for t in tails)
    assert len({t[:6] for t in tails}) == 20
