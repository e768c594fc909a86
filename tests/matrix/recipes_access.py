"""Members, keys, sessions, purposes, collections, shares, tenants: the API."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from lionrock.kernel.oidc.providers import CALLBACK
from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.world import Institution

_OWN: Final = "it is about the caller's own sessions alone"
_NONE: Final = ("00000000-0000-4000-8000-000000000000",)


def member(json: Any = None) -> Make:
    """A fresh member in the path; `json` as the body."""

    async def make(of: Institution) -> Sent:
        return Sent({"member_id": str(await of.fresh_member())}, json=json)

    return make


async def invitee(of: Institution) -> Sent:
    body = {
        "email": address(),
        "roles": ["analyst"],
        "same_person_as": str(await of.fresh_member()),
    }
    return Sent(json=body)


def address() -> str:
    return f"{uuid4().hex}@bank.example"


async def same_person(of: Institution) -> Sent:
    path = {"member_id": str(await of.fresh_member())}
    return Sent(path, json={"same_person_as": str(await of.fresh_member())})


async def new_key(of: Institution) -> Sent:
    body = {
        "name": "nightly",
        "scopes": ["search:passage:read"],
        "owner": str(await of.fresh_machine()),
    }
    return Sent(json=body)


async def key(of: Institution) -> Sent:
    return Sent({"key_id": str(await of.fresh_key())})


async def session(of: Institution) -> Sent:
    return Sent({"session_id": str(await of.fresh_session())})


def code(of: str) -> str:
    return f"{of}-{uuid4().hex[:8]}"


def titled(made: str) -> dict[str, Any]:
    return {"code": made, "title_en": "Trial", "title_zh": "試用"}


async def new_code(of: Institution) -> Sent:
    return Sent(json=titled(code("trial")))


async def purpose(of: Institution) -> Sent:
    made = await of.fresh_purpose()
    return Sent({"code": made}, json=titled(made))


async def retention_class(of: Institution) -> Sent:
    made = await of.fresh_class()
    return Sent({"code": made}, json=titled(made))


async def new_collection(of: Institution) -> Sent:
    body = {"name": uuid4().hex, "restricted": True, "access_members": [str(of.actor.id)]}
    return Sent(json=body)


async def collection(of: Institution) -> Sent:
    body = {"access_members": [str(of.actor.id)]}
    return Sent({"collection_id": str(await of.fresh_collection())}, json=body)


async def new_share(of: Institution) -> Sent:
    body = {
        "kind": "collection", "subject_id": str(await of.fresh_collection()), "reason": "A request.",
        "member_id": str(await of.fresh_observer()),
    }  # fmt: skip
    return Sent(json=body)


async def share(of: Institution) -> Sent:
    return Sent({"share_id": str(await of.fresh_share())})


async def new_tenant(of: Institution) -> Sent:
    return Sent(json={"name": "Trial", "handle": code("trial"), "email": address()})


async def tenant(of: Institution) -> Sent:
    return Sent({"tenant_id": str(await of.fresh_tenant())})


async def closed_tenant(of: Institution) -> Sent:
    return Sent({"tenant_id": str(await of.fresh_tenant(suspended=True))})


async def shared_tenant(of: Institution) -> Sent:
    return Sent({"tenant_id": str(await of.fresh_tenant())}, json={"share": 2})


def of_provider() -> dict[str, Any]:
    return {
        "name": "Staff", "issuer": f"https://id.bank.example/{uuid4()}", "client_id": "lionrock",
        "client_secret": "a-secret", "redirect_uri": "https://lionrock.bank.example" + CALLBACK,
    }  # fmt: skip


async def new_provider(of: Institution) -> Sent:
    return Sent(json=of_provider())


async def provider(of: Institution) -> Sent:
    told = of_provider()
    return Sent({"provider_id": str(await of.fresh_provider(told))}, json=told)


async def subject_of_provider(of: Institution) -> Sent:
    path = {"provider_id": str(await of.fresh_provider(of_provider()))}
    return Sent(path, json={"subject": "staff-17", "member_id": str(await of.fresh_member())})


RECIPES: Final[dict[str, Recipe]] = {
    "DELETE /v1/providers/{provider_id}": Recipe(provider, P.IDENTITY_PROVIDER_MANAGE),
    "GET /v1/providers": Recipe(request(), P.IDENTITY_PROVIDER_MANAGE),
    "POST /v1/providers": Recipe(new_provider, P.IDENTITY_PROVIDER_MANAGE),
    "POST /v1/providers/{provider_id}/subjects": Recipe(
        subject_of_provider, P.IDENTITY_PROVIDER_MANAGE
    ),
    "PUT /v1/providers/{provider_id}": Recipe(provider, P.IDENTITY_PROVIDER_MANAGE),
    "DELETE /v1/keys/{key_id}": Recipe(key, P.KEYS_KEY_END),
    "DELETE /v1/members/{member_id}": Recipe(member(), P.MEMBERS_MEMBER_SUSPEND),
    "DELETE /v1/sessions/{session_id}": Recipe(session, everyone=_OWN, own=True, session=True),
    "DELETE /v1/shares/{share_id}": Recipe(share, P.COLLECTIONS_SHARE_MANAGE),
    "GET /v1/collections": Recipe(request(), P.COLLECTIONS_COLLECTION_READ),
    "GET /v1/keys": Recipe(request(), P.KEYS_KEY_READ),
    "GET /v1/members": Recipe(request(), P.MEMBERS_MEMBER_READ),
    "GET /v1/purposes": Recipe(request(), P.PURPOSES_PURPOSE_READ),
    "GET /v1/residency": Recipe(request(), P.PLATFORM_RESIDENCY_READ),
    "GET /v1/retention-classes": Recipe(request(), P.PURPOSES_PURPOSE_READ),
    "GET /v1/sessions": Recipe(request(), everyone=_OWN, session=True),
    "GET /v1/tenants": Recipe(request(), P.PLATFORM_TENANT_READ),
    "POST /v1/collections": Recipe(new_collection, P.COLLECTIONS_COLLECTION_MANAGE, missing=422),
    "POST /v1/keys": Recipe(new_key, P.KEYS_KEY_CREATE),
    "POST /v1/members": Recipe(invitee, P.MEMBERS_MEMBER_INVITE),
    "POST /v1/members/services": Recipe(request(json={"name": "loader"}), P.MEMBERS_MEMBER_INVITE),
    "POST /v1/members/{member_id}/invitations": Recipe(member(), P.MEMBERS_MEMBER_INVITE),
    "POST /v1/members/{member_id}/restore": Recipe(member(), P.MEMBERS_MEMBER_SUSPEND),
    "POST /v1/members/{member_id}/suspend": Recipe(member(), P.MEMBERS_MEMBER_SUSPEND),
    "POST /v1/purposes": Recipe(new_code, P.PURPOSES_PURPOSE_MANAGE),
    "POST /v1/retention-classes": Recipe(new_code, P.PRIVACY_RETENTION_MANAGE),
    "POST /v1/shares": Recipe(new_share, P.COLLECTIONS_SHARE_MANAGE),
    "POST /v1/tenants": Recipe(new_tenant, P.PLATFORM_TENANT_CREATE),
    "POST /v1/tenants/{tenant_id}/restore": Recipe(closed_tenant, P.PLATFORM_TENANT_SUSPEND),
    "PUT /v1/tenants/{tenant_id}/share": Recipe(shared_tenant, P.PLATFORM_SHARE_MANAGE),
    "POST /v1/tenants/{tenant_id}/suspend": Recipe(tenant, P.PLATFORM_TENANT_SUSPEND),
    "PUT /v1/collections/{collection_id}": Recipe(collection, P.COLLECTIONS_COLLECTION_MANAGE),
    "PUT /v1/members/{member_id}/person": Recipe(same_person, P.MEMBERS_ROLES_CHANGE),
    "PUT /v1/members/{member_id}/roles": Recipe(
        member({"roles": ["analyst"]}), P.MEMBERS_ROLES_CHANGE
    ),
    "PUT /v1/purposes/{code}": Recipe(purpose, P.PURPOSES_PURPOSE_MANAGE),
    "PUT /v1/retention-classes/{code}": Recipe(retention_class, P.PRIVACY_RETENTION_MANAGE),
    "PUT /v1/sessions/current": Recipe(
        request(json={"purpose": "general"}), everyone=_OWN, session=True
    ),
}  # fmt: skip
