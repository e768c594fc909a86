"""Attack 9: fields a caller may not set (role, tenant, status, price, quota), sent along all the same."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from tests.attacks.doors import discard, fetch, upload
from tests.matrix.surface import application
from tests.matrix.world import QUESTION, World

GREEDY = {
    "role": "platform-operator", "roles": ["platform-operator"], "tenant_id": str(uuid4()),
    "id": str(uuid4()), "status": "approved", "state": "ready", "allowed_routes": ["*"],
    "price": 0, "quota": 10**9, "scopes": None, "person": str(uuid4()), "created_by": str(uuid4()),
    "suspended_at": None, "expires_at": "9999-01-01T00:00:00Z", "is_admin": True,
}  # fmt: skip


def bodies() -> list[tuple[str, dict[str, Any]]]:
    """Route and schema of every JSON body in the OpenAPI document; of a choice, each."""
    app = application(SimpleNamespace(settings=SimpleNamespace(host="127.0.0.1", url="")))
    document = app.openapi()
    found = []
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            if schema := content.get("application/json", {}).get("schema"):
                for one in schema.get("oneOf", [schema]):
                    name = one.get("$ref", "").rpartition("/")[2]
                    whole = document["components"]["schemas"][name] if name else one
                    found.append((f"{method.upper()} {path} {name}", whole))
    return found


OTHERS_OBJECTS = {
    "POST /v1/screening/names EntityQuery",
    "POST /yente/match/{dataset} MatchQuery",
    "PUT /v1/screening/customers/{reference} NewCustomerEntity",
}
"""FollowTheMoney entities as other programs write them: what is not known of them is left out."""


@pytest.mark.parametrize(
    ("route", "schema"), bodies(), ids=lambda b: b if isinstance(b, str) else ""
)
def test_a_body_with_a_field_it_does_not_name_is_refused(
    route: str, schema: dict[str, Any]
) -> None:
    if route not in OTHERS_OBJECTS:
        assert schema.get("additionalProperties") is False, f"{route}: say extra='forbid'"


def test_no_body_names_a_field_that_decides_whose_something_is() -> None:
    named = {(r, f) for r, s in bodies() for f in s.get("properties", {})}
    assert not {
        (r, f) for r, f in named if f in ("tenant_id", "created_by", "suspended_at", "state")
    }


async def test_greedy_fields_with_a_question_are_refused_and_named(client: ClientSession) -> None:
    reply = await fetch(client, "POST", "/v1/ask", json={"question": QUESTION, **GREEDY})
    assert reply.status == 422
    assert "tenant_id" in reply.text and "roles" in reply.text


async def test_greedy_fields_with_a_file_change_nothing_of_it(
    world: World, client: ClientSession
) -> None:
    greedy = {k: v if isinstance(v, str) else json.dumps(v) for k, v in GREEDY.items()}
    added = await upload(client, "greedy.md", b"greedy", **greedy)
    made = json.loads(added.text)
    assert made["state"] == "queued" and made["document_id"] != GREEDY["id"]
    row = await world.admin.fetchrow("SELECT * FROM documents WHERE name = 'greedy.md'")
    if row is None:  # names may be sealed
        row = await world.admin.fetchrow(
            "SELECT * FROM documents WHERE id::text = $1", made["document_id"]
        )
    assert row["tenant_id"] == world.ours.tenant
    await discard(client, added)


async def test_no_member_makes_themselves_more_than_they_are(world: World, url: str) -> None:
    """Not their own roles, not an operator of a tenant's, not through a key."""
    from tests.attacks.conftest import with_key

    me = world.ours.actor
    async with await with_key(world, url, me) as session:
        own = f"/v1/members/{me.id}/roles"
        assert (await fetch(session, "PUT", own, json={"roles": ["reviewer"]})).status == 403
        other = await world.ours.fresh_member()
        roles = {"roles": ["platform-operator"]}
        reply = await fetch(session, "PUT", f"/v1/members/{other}/roles", json=roles)
        assert reply.status == 422
        for scopes in (["platform:tenant:create"], ["approvals:proposal:decide"]):
            body = {"name": "more", "scopes": scopes}
            assert (await fetch(session, "POST", "/v1/keys", json=body)).status == 422
