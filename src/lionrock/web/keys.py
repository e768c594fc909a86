"""Service keys: which there are, making one (its secret is shown once), ending one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from math import ceil
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import ValidationError

from lionrock.doors import house
from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel import purposes, service_keys
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.credentials import GENERAL
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.grants import GRANTS, JUDGEMENTS
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.service_keys import LONGEST_DAYS, Key, NewKey
from lionrock.web.administration import ask, done, given_id, names, title
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.sections import may

PATH = "/admin/keys"
DAYS = 90
SOON = 14
"""Days before its end at which a key is shown as ending."""

routes = APIRouter()


@routes.get(PATH)
async def listing(request: Request, actor: Reader) -> Response:
    database = house(request).database
    kept = await service_keys.listing(database, actor)
    codes = {}
    if may(actor, P.PURPOSES_PURPOSE_READ):
        known = await purposes.purposes(database, actor)
        codes = {p.code: title(translator(request), p) for p in known}
    return page(
        request, "admin/keys.html", keys=kept, names=await names(request, actor), purposes=codes,
        days_left=_days_left, soon=SOON,
    )  # fmt: skip


@routes.get(f"{PATH}/new")
async def new(
    request: Request, actor: Reader, owner: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    require(actor, P.KEYS_KEY_CREATE)
    machines = await _machines(request, actor)
    chosen = given_id(owner)
    known = await purposes.purposes(house(request).database, actor)
    speak = translator(request)
    return page(
        request, "admin/key-new.html", machines=machines, owner=chosen,
        groups=grouped(_possible(actor, machine=chosen in {m for m, _ in machines})),
        purposes=[(p.code, title(speak, p)) for p in known if p.active], general=GENERAL,
        days=DAYS, longest=LONGEST_DAYS,
    )  # fmt: skip


@routes.post(PATH)
async def create(
    request: Request,
    actor: Reader,
    name: Annotated[str, Form(max_length=200)],
    scopes: Annotated[list[P], Form()] = [],  # noqa: B006
    purpose: Annotated[str, Form(max_length=40)] = GENERAL,
    days: Annotated[int, Form()] = DAYS,
    addresses: Annotated[str, Form(max_length=2000)] = "",
    zero_retention: Annotated[bool, Form()] = False,
    owner: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """The new key, in the answer to the form: in no address, and on no page that can be opened again."""
    speak = translator(request)
    if not scopes:
        raise InvalidInput(speak.gettext("Choose at least one permission for the key."))
    try:
        wanted = NewKey(
            name=name.strip(), scopes=frozenset(scopes), purpose=purpose, days=days,
            addresses=tuple(addresses.split()), zero_retention=zero_retention, owner=given_id(owner),
        )  # fmt: skip
    except ValidationError as error:
        field = speak.name("field", str(error.errors()[0]["loc"][0]))
        fault = speak.gettext("this is not valid")
        told = speak.gettext("%(field)s: %(fault)s", field=field, fault=fault)
        raise InvalidInput(told) from error
    made = await service_keys.create(house(request).database, actor, wanted)
    return page(request, "admin/key-made.html", status=201, made=made, name=wanted.name)


@routes.get(f"{PATH}/{{key_id}}/end")
async def ask_end(request: Request, actor: Reader, key_id: UUID) -> Response:
    require(actor, P.KEYS_KEY_END)
    key = await _key(request, actor, key_id)
    speak, called = translator(request), await names(request, actor)
    return ask(
        request, speak.gettext("End the key %(name)s?", name=key.name),
        action=f"{PATH}/{key_id}/end", button=speak.gettext("End key"), back=PATH,
        facts=[
            speak.gettext("It stops working now, and what runs under it is stopped."),
            speak.gettext("Its owner is %(name)s.", name=called(key.owner)),
            speak.gettext("It was last used on %(moment)s.", moment=speak.moment(key.seen_at)),
        ],
        note=speak.gettext("An ended key cannot be revived; a new one can be made."),
    )  # fmt: skip


@routes.post(f"{PATH}/{{key_id}}/end")
async def end(request: Request, actor: Reader, key_id: UUID) -> Response:
    found = house(request)
    await service_keys.end(found.database, actor, key_id)
    found.runs.watch.wake()
    return done(request, PATH)


def _days_left(key: Key) -> int:
    """Days until the key ends, the last one counted as a whole."""
    return ceil((key.expires_at - datetime.now(UTC)) / timedelta(days=1))


def grouped(permissions: Iterable[P]) -> list[tuple[str, list[P]]]:
    """By the first part of their names, in order."""
    ordered = sorted(permissions)
    return [(scope, list(of)) for scope, of in groupby(ordered, lambda p: p.partition(":")[0])]


def _possible(actor: Actor, *, machine: bool) -> frozenset[P]:
    """What the new key may hold: of its owner's permissions those that a key can have at all."""
    roles = {Role.SERVICE} if machine else actor.roles
    held = frozenset[P]().union(*(GRANTS[r] for r in roles)) - JUDGEMENTS
    return held if actor.scopes is None else held & actor.scopes


async def _machines(request: Request, actor: Actor) -> list[tuple[UUID, str]]:
    """Accounts of machines that can be given a key."""
    if not may(actor, P.MEMBERS_MEMBER_READ):
        return []
    everyone = await house(request).people.members.listing(actor)
    return [(m.id, m.name) for m in everyone if Role.SERVICE in m.roles and m.state == "active"]


async def _key(request: Request, actor: Actor, key_id: UUID) -> Key:
    for key in await service_keys.listing(house(request).database, actor):
        if key.id == key_id:
            return key
    raise NotFound(ABSENT)
