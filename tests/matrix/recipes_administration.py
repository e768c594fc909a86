"""The administration's pages."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.recipes_access import address, code, titled
from tests.matrix.surface import Slot
from tests.matrix.world import Institution

_NOBODYS: Final = "00000000-0000-4000-8000-000000000000"


def member(form: dict[str, Any] | None = None) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"member_id": str(await of.fresh_member())}, form=form)

    return make


def key(form: dict[str, Any] | None = None) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"key_id": str(await of.fresh_key())}, form=form)

    return make


async def new_member(of: Institution) -> Sent:
    same = str(await of.fresh_member())
    return Sent(form={"email": address(), "roles": ["analyst"], "same_person_as": same})


async def new_key(of: Institution) -> Sent:
    owner = str(await of.fresh_machine())
    return Sent(form={"name": "nightly", "scopes": ["search:passage:read"], "owner": owner})


async def purpose(of: Institution) -> Sent:
    return Sent({"code": await of.fresh_purpose()})


async def stated_purpose(of: Institution) -> Sent:
    made = await of.fresh_purpose()
    return Sent({"code": made}, form=titled(made))


async def retention(of: Institution) -> Sent:
    return Sent({"code": await of.fresh_class()})


async def stated_retention(of: Institution) -> Sent:
    made = await of.fresh_class()
    return Sent({"code": made}, form={**titled(made), "starts": "added"})


async def new_purpose(of: Institution) -> Sent:
    return Sent(form=titled(code("trial")))


async def new_retention(of: Institution) -> Sent:
    return Sent(form={**titled(code("trial")), "starts": "added"})


async def collection(of: Institution) -> Sent:
    return Sent({"collection_id": str(await of.fresh_collection())})


def settings(of: Institution) -> dict[str, Any]:
    return {
        "purposes": ["general"], "retention_class": "standard", "restricted": "1",
        "access_members": [str(of.actor.id)],
    }  # fmt: skip


async def new_collection(of: Institution) -> Sent:
    return Sent(form={"name": uuid4().hex, **settings(of)})


async def changed_collection(of: Institution) -> Sent:
    return Sent({"collection_id": str(await of.fresh_collection())}, form=settings(of))


_IN_FORM: Final = ((Slot("body", ("access_members", "[]")), _NOBODYS),)
_SAME: Final = ((Slot("body", ("same_person_as",)), _NOBODYS),)
_OWNER: Final = ((Slot("body", ("owner",)), _NOBODYS),)

RECIPES: Final[dict[str, Recipe]] = {
    "GET /admin": Recipe(
        request(), by_role="it leads to the first page open to the reader, and refuses where none is"
    ),
    "GET /admin/keys": Recipe(request(), P.KEYS_KEY_READ),
    "GET /admin/keys/new": Recipe(request(), P.KEYS_KEY_CREATE),
    "GET /admin/keys/{key_id}/end": Recipe(key(), P.KEYS_KEY_END),
    "GET /admin/members": Recipe(request(), P.MEMBERS_MEMBER_READ),
    "GET /admin/members/invite": Recipe(request(), P.MEMBERS_MEMBER_INVITE),
    "GET /admin/members/{member_id}": Recipe(member(), P.MEMBERS_MEMBER_READ),
    "GET /admin/members/{member_id}/remove": Recipe(member(), P.MEMBERS_MEMBER_SUSPEND),
    "GET /admin/members/{member_id}/suspend": Recipe(member(), P.MEMBERS_MEMBER_SUSPEND),
    "GET /admin/purposes": Recipe(request(), P.PURPOSES_PURPOSE_READ),
    "GET /admin/purposes/class": Recipe(request(), P.PRIVACY_RETENTION_MANAGE),
    "GET /admin/purposes/class/{code}": Recipe(retention, P.PRIVACY_RETENTION_MANAGE),
    "GET /admin/purposes/collection": Recipe(request(), P.COLLECTIONS_COLLECTION_MANAGE),
    "GET /admin/purposes/collection/{collection_id}": Recipe(
        collection, P.COLLECTIONS_COLLECTION_MANAGE
    ),
    "GET /admin/purposes/purpose": Recipe(request(), P.PURPOSES_PURPOSE_MANAGE),
    "GET /admin/purposes/purpose/{code}": Recipe(purpose, P.PURPOSES_PURPOSE_MANAGE),
    "GET /admin/residency": Recipe(request(), P.PLATFORM_RESIDENCY_READ),
    "POST /admin/keys": Recipe(new_key, P.KEYS_KEY_CREATE, more=_OWNER),
    "POST /admin/keys/{key_id}/end": Recipe(key({}), P.KEYS_KEY_END),
    "POST /admin/members": Recipe(new_member, P.MEMBERS_MEMBER_INVITE, more=_SAME),
    "POST /admin/members/machine": Recipe(
        request(form={"name": "loader"}), P.MEMBERS_MEMBER_INVITE
    ),
    "POST /admin/members/{member_id}/invite": Recipe(member({}), P.MEMBERS_MEMBER_INVITE),
    "POST /admin/members/{member_id}/remove": Recipe(member({}), P.MEMBERS_MEMBER_SUSPEND),
    "POST /admin/members/{member_id}/restore": Recipe(member({}), P.MEMBERS_MEMBER_SUSPEND),
    "POST /admin/members/{member_id}/roles": Recipe(
        member({"roles": ["analyst"]}), P.MEMBERS_ROLES_CHANGE
    ),
    "POST /admin/members/{member_id}/suspend": Recipe(member({}), P.MEMBERS_MEMBER_SUSPEND),
    "POST /admin/purposes/class": Recipe(new_retention, P.PRIVACY_RETENTION_MANAGE),
    "POST /admin/purposes/class/{code}": Recipe(stated_retention, P.PRIVACY_RETENTION_MANAGE),
    "POST /admin/purposes/collection": Recipe(
        new_collection, P.COLLECTIONS_COLLECTION_MANAGE, more=_IN_FORM
    ),
    "POST /admin/purposes/collection/{collection_id}": Recipe(
        changed_collection, P.COLLECTIONS_COLLECTION_MANAGE, more=_IN_FORM
    ),
    "POST /admin/purposes/purpose": Recipe(new_purpose, P.PURPOSES_PURPOSE_MANAGE),
    "POST /admin/purposes/purpose/{code}": Recipe(stated_purpose, P.PURPOSES_PURPOSE_MANAGE),
}  # fmt: skip
