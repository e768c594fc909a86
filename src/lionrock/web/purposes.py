"""What personal data is used for, how long it is kept, and the collections that both hold of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, get_args
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from lionrock.doors import house
from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel import collections
from lionrock.kernel import purposes as kept
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.collections import Collection, CollectionSettings, NewCollection
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.grants import ASSIGNABLE
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.purposes import Purpose, RetentionClass
from lionrock.web.administration import done, names, title
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.sections import may

PATH = "/admin/purposes"
STARTS: tuple[str, ...] = get_args(RetentionClass.model_fields["starts"].annotation)
T = TypeVar("T", bound=BaseModel)

routes = APIRouter()


@routes.get(PATH)
async def listing(request: Request, actor: Reader) -> Response:
    database = house(request).database
    stated = await kept.purposes(database, actor)
    classes = await kept.retention_classes(database, actor)
    held = []
    if may(actor, P.COLLECTIONS_COLLECTION_READ):
        held = await collections.listing(database, actor)
    speak = translator(request)
    return page(
        request, "admin/purposes.html", purposes=stated, classes=classes, collections=held,
        titles={one.code: title(speak, one) for one in stated},
        kept_as={one.code: title(speak, one) for one in classes},
        names=await names(request, actor), title=lambda one: title(speak, one),
    )  # fmt: skip


@routes.get(f"{PATH}/purpose")
async def new_purpose(request: Request, actor: Reader) -> Response:
    require(actor, P.PURPOSES_PURPOSE_MANAGE)
    return page(request, "admin/purpose.html", one=None)


@routes.get(f"{PATH}/purpose/{{code}}")
async def purpose(request: Request, actor: Reader, code: str) -> Response:
    require(actor, P.PURPOSES_PURPOSE_MANAGE)
    known = {p.code: p for p in await kept.purposes(house(request).database, actor)}
    return page(request, "admin/purpose.html", one=_there(known, code))


@routes.post(f"{PATH}/purpose")
async def add_purpose(request: Request, actor: Reader) -> Response:
    async with request.form() as form:
        wanted = _model(request, Purpose, {**_texts(form), "active": True})
    await kept.add_purpose(house(request).database, actor, wanted)
    return done(request, PATH)


@routes.post(f"{PATH}/purpose/{{code}}")
async def change_purpose(request: Request, actor: Reader, code: str) -> Response:
    async with request.form() as form:
        sent = {**_texts(form), "code": code, "active": "active" in form}
    wanted = _model(request, Purpose, sent)
    await kept.change_purpose(house(request).database, actor, wanted)
    return done(request, PATH)


@routes.get(f"{PATH}/class")
async def new_class(request: Request, actor: Reader) -> Response:
    require(actor, P.PRIVACY_RETENTION_MANAGE)
    return page(request, "admin/retention.html", one=None, starts=STARTS)


@routes.get(f"{PATH}/class/{{code}}")
async def retention_class(request: Request, actor: Reader, code: str) -> Response:
    require(actor, P.PRIVACY_RETENTION_MANAGE)
    known = {c.code: c for c in await kept.retention_classes(house(request).database, actor)}
    return page(request, "admin/retention.html", one=_there(known, code), starts=STARTS)


@routes.post(f"{PATH}/class")
async def add_class(request: Request, actor: Reader) -> Response:
    async with request.form() as form:
        wanted = _model(request, RetentionClass, {**_periods(form), "active": True})
    await kept.add_retention_class(house(request).database, actor, wanted)
    return done(request, PATH)


@routes.post(f"{PATH}/class/{{code}}")
async def change_class(request: Request, actor: Reader, code: str) -> Response:
    async with request.form() as form:
        sent = {**_periods(form), "code": code, "active": "active" in form}
    wanted = _model(request, RetentionClass, sent)
    await kept.change_retention_class(house(request).database, actor, wanted)
    return done(request, PATH)


@routes.get(f"{PATH}/collection")
async def new_collection(request: Request, actor: Reader) -> Response:
    return await _collection(request, actor, None)


@routes.get(f"{PATH}/collection/{{collection_id}}")
async def collection(request: Request, actor: Reader, collection_id: UUID) -> Response:
    require(actor, P.COLLECTIONS_COLLECTION_MANAGE)
    found = {c.id: c for c in await collections.listing(house(request).database, actor)}
    return await _collection(request, actor, _there(found, collection_id))


@routes.post(f"{PATH}/collection")
async def add_collection(request: Request, actor: Reader) -> Response:
    async with request.form() as form:
        sent = {**_settings(form), "name": str(form.get("name", "")).strip()}
    wanted = _model(request, NewCollection, sent)
    await collections.create(house(request).database, actor, wanted)
    return done(request, PATH)


@routes.post(f"{PATH}/collection/{{collection_id}}")
async def change_collection(request: Request, actor: Reader, collection_id: UUID) -> Response:
    async with request.form() as form:
        wanted = _model(request, CollectionSettings, _settings(form))
    await collections.change(house(request).database, actor, collection_id, wanted)
    return done(request, PATH)


async def _collection(request: Request, actor: Actor, one: Collection | None) -> Response:
    require(actor, P.COLLECTIONS_COLLECTION_MANAGE)
    database, speak = house(request).database, translator(request)
    called = await names(request, actor)
    people = [m for m in await house(request).people.members.listing(actor) if m.state != "removed"]
    stated = await kept.purposes(database, actor)
    classes = await kept.retention_classes(database, actor)
    return page(
        request, "admin/collection.html", one=one, names=called, people=people,
        purposes=[(p.code, title(speak, p), p.active) for p in stated],
        classes=[(c.code, title(speak, c)) for c in classes if c.active],
        roles=sorted(ASSIGNABLE),
    )  # fmt: skip


def _there(found: Mapping[str, T] | Mapping[UUID, T], wanted: str | UUID) -> T:
    for key, one in found.items():
        if key == wanted:
            return one
    raise NotFound(ABSENT)


def _texts(form: FormData) -> dict[str, str]:
    return {
        name: str(form.get(name, "")).strip()
        for name in ("code", "title_en", "title_zh", "basis")
        if name in form
    }


def _periods(form: FormData) -> dict[str, object]:
    sent: dict[str, object] = {
        name: str(form.get(name, "")).strip()
        for name in ("code", "title_en", "title_zh", "source", "starts")
        if name in form
    }
    sent["automatic"] = "automatic" in form
    sent["minimum_months"] = str(form.get("minimum_months") or "0")
    sent["maximum_months"] = str(form.get("maximum_months") or "") or None
    return sent


def _settings(form: FormData) -> dict[str, object]:
    known = {role.value for role in Role}
    return {
        "purposes": [str(v) for v in form.getlist("purposes")],
        "retention_class": str(form.get("retention_class", "standard")),
        "restricted": "restricted" in form,
        "access_members": [str(v) for v in form.getlist("access_members")],
        "access_roles": [str(v) for v in form.getlist("access_roles") if str(v) in known],
        "zero_retention": "zero_retention" in form,
    }


def _model(request: Request, model: type[T], sent: Mapping[str, object]) -> T:
    """What a form sent as `model`; `InvalidInput` names the first field that does not fit."""
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        speak, fault = translator(request), error.errors()[0]
        empty = fault["type"] in ("missing", "string_too_short", "too_short")
        told = speak.gettext("fill this in") if empty else speak.gettext("this is not valid")
        field = speak.name("field", str(fault["loc"][0]))
        raise InvalidInput(
            speak.gettext("%(field)s: %(fault)s", field=field, fault=told)
        ) from error
