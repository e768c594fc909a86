"""One's own account: accepting an invitation, purpose, sessions, password, one-time codes."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.documents.language import to_simplified
from lionrock.doors import house, same_origin
from lionrock.errors import InvalidInput, LionrockError
from lionrock.kernel import purposes, sessions, totp
from lionrock.kernel.accounts import Accounts
from lionrock.kernel.actors import Actor
from lionrock.kernel.passwords import SHORTEST
from lionrock.kernel.purposes import Purpose
from lionrock.web.auth import Reader, enter
from lionrock.web.i18n import Translator
from lionrock.web.rendering import page, translator

PATH = "/account"
_TWICE = "The two passwords are not the same."
Secret = Annotated[str, Form(max_length=200)]

routes = APIRouter()


def _accounts(request: Request) -> Accounts:
    return house(request).people.accounts


@routes.get("/invitation")
async def invitation(request: Request) -> Response:
    """The token stands behind the # of the link: `app.js` puts it into the form."""
    return _invitation(request)


def _invitation(
    request: Request, error: LionrockError | None = None, token: str = "", name: str = ""
) -> Response:
    return page(
        request, "account/invitation.html", status=error.status if error else 200,
        error=error, token=token, name=name, shortest=SHORTEST,
    )  # fmt: skip


@routes.post("/invitation")
async def accept(
    request: Request, token: Secret, name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)], again: Annotated[str, Form(max_length=1000)],
) -> Response:  # fmt: skip
    same_origin(request)
    try:
        if password != again:
            raise InvalidInput(_TWICE)
        entered = await _accounts(request).accept(token, name=name, password=password)
    except LionrockError as error:
        return _invitation(request, error, token, name)
    return enter(request, entered, PATH)


@routes.get(PATH)
async def account(request: Request, actor: Reader, done: str = "") -> Response:
    speak = translator(request)
    said = {
        "purpose": speak.gettext("The purpose of this session is stated."),
        "password": speak.gettext("The password is changed."),
        "session": speak.gettext("The session has ended."),
        "removed": speak.gettext("The authenticator app is removed."),
    }.get(done, "")
    return await _account(request, actor, said=said)


async def _account(
    request: Request, actor: Actor, *, said: str = "", error: LionrockError | None = None
) -> Response:
    found, speak = house(request), translator(request)
    known = await purposes.in_use(found.database, actor)
    return page(
        request, "account/account.html", status=error.status if error else 200, error=error,
        said=said, name=await found.people.members.name_of(actor),
        roles=[speak.name("role", role) for role in sorted(actor.roles)],
        purposes=[(p.code, _title(p, speak)) for p in known],
        sessions=await sessions.mine(found.database, actor),
        enrolled=await _accounts(request).second_factor.enrolled(actor), shortest=SHORTEST,
    )  # fmt: skip


def _title(purpose: Purpose, speak: Translator) -> str:
    if speak.language == "en":
        return purpose.title_en
    return to_simplified(purpose.title_zh) if speak.language == "zh-Hans" else purpose.title_zh


def _done(what: str) -> Response:
    return RedirectResponse(f"{PATH}?done={what}", 303)


@routes.post(f"{PATH}/purpose")
async def purpose(
    request: Request, actor: Reader, purpose: Annotated[str, Form(max_length=40)],
    zero_retention: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    database = house(request).database
    await sessions.state(database, actor, purpose=purpose, zero_retention=zero_retention)
    return _done("purpose")


@routes.post(f"{PATH}/sessions/{{session_id}}/end")
async def end_session(request: Request, actor: Reader, session_id: UUID) -> Response:
    await sessions.end_one(house(request).database, actor, session_id)
    house(request).runs.watch.wake()
    return _done("session")


@routes.post(f"{PATH}/password")
async def change_password(
    request: Request, actor: Reader, old: Annotated[str, Form(max_length=1000)],
    password: Annotated[str, Form(max_length=1000)], again: Annotated[str, Form(max_length=1000)],
) -> Response:  # fmt: skip
    try:
        if password != again:
            raise InvalidInput(_TWICE)
        await _accounts(request).change_password(actor, old, password)
    except LionrockError as error:
        return await _account(request, actor, error=error)
    house(request).runs.watch.wake()
    return _done("password")


@routes.post(f"{PATH}/codes")
async def codes(
    request: Request, actor: Reader, present: Annotated[str, Form(max_length=1000)],
    step: Annotated[Literal["begin", "renew", "remove"], Form()],
) -> Response:  # fmt: skip
    """Set up an app, renew recovery codes, or remove the app: each asks for the password again."""
    second = _accounts(request).second_factor
    try:
        await _accounts(request).prove(actor, present)
        if step == "remove":
            await second.remove(actor)
            return _done("removed")
        if step == "renew":
            return _codes(request, codes=await second.renew_codes(actor))
    except LionrockError as error:
        return await _account(request, actor, error=error)
    return await _key(request, actor, await second.begin(actor))


@routes.post(f"{PATH}/codes/confirm")
async def confirm(
    request: Request, actor: Reader, code: Annotated[str, Form(max_length=20)]
) -> Response:
    second = _accounts(request).second_factor
    try:
        return _codes(request, codes=await second.confirm(actor, code))
    except InvalidInput as error:
        # The same key again: it is in the app already. Without one, there is nothing to confirm.
        pending = await second.pending(actor)
        if not pending:
            return await _account(request, actor, error=error)
        return await _key(request, actor, pending, error)


async def _key(
    request: Request, actor: Actor, secret: str, error: LionrockError | None = None
) -> Response:
    name = await house(request).people.members.name_of(actor)
    return _codes(
        request, secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        address=totp.address(secret, name), error=error,
    )  # fmt: skip


def _codes(
    request: Request, *, secret: str = "", address: str = "", codes: list[str] | None = None,
    error: LionrockError | None = None,
) -> Response:  # fmt: skip
    return page(
        request, "account/codes.html", status=error.status if error else 200,
        secret=secret, address=address, codes=codes, error=error,
    )  # fmt: skip
