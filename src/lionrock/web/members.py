"""Members: who they are, what they may do, and the way in and out."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from lionrock.doors import house
from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.grants import ALONE, ASSIGNABLE
from lionrock.kernel.member_activity import Activity, activity
from lionrock.kernel.members import Invited, Member, Members
from lionrock.kernel.permissions import Permission as P
from lionrock.web.administration import Slice, ask, done, given_id
from lionrock.web.auth import Reader
from lionrock.web.i18n import Translator
from lionrock.web.rendering import page, translator

PATH = "/admin/members"
STATES = ("active", "invited", "suspended", "removed")

routes = APIRouter()


@routes.get(PATH)
async def listing(
    request: Request,
    actor: Reader,
    q: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    everyone = await _members(request).listing(actor)
    speak = translator(request)
    shown = Slice.of([m for m in everyone if _matches(m, q, state, speak)], start)
    live = await activity(house(request).database, actor, [m.id for m in shown.items])
    return page(
        request, "admin/members.html", shown=shown, live=live, q=q, state=state, states=STATES,
        everyone=len(everyone), none=Activity(),
    )  # fmt: skip


def _matches(member: Member, q: str, state: str, speak: Translator) -> bool:
    if state and member.state != state:
        return False
    if not state and member.state == "removed" and not q:
        return False
    roles = " ".join(f"{role} {speak.name('role', role)}" for role in member.roles)
    told = f"{member.name} {member.email} {roles} {member.id}".casefold()
    return all(word in told for word in q.casefold().split())


@routes.get(f"{PATH}/invite")
async def invite_page(request: Request, actor: Reader) -> Response:
    require(actor, P.MEMBERS_MEMBER_INVITE)
    everyone = [m for m in await _readable(request, actor) if Role.SERVICE not in m.roles]
    return page(
        request, "admin/member-invite.html", roles=sorted(ASSIGNABLE - {Role.SERVICE}), alone=ALONE,
        everyone=everyone,
    )  # fmt: skip


@routes.post(PATH)
async def invite(
    request: Request,
    actor: Reader,
    email: Annotated[str, Form(max_length=300)],
    roles: Annotated[list[Role], Form()] = [],  # noqa: B006
    same_person_as: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    same = given_id(same_person_as)
    invited = await _members(request).invite(actor, email, roles, same_person_as=same)
    return _invitation(request, invited, email)


@routes.post(f"{PATH}/machine")
async def add_machine(
    request: Request, actor: Reader, name: Annotated[str, Form(max_length=200)]
) -> Response:
    made = await _members(request).add_service(actor, name)
    return done(request, f"{PATH}/{made}")


@routes.get(f"{PATH}/{{member_id}}")
async def member(request: Request, actor: Reader, member_id: UUID) -> Response:
    found = await _member(request, actor, member_id)
    live = await activity(house(request).database, actor, [member_id])
    return page(
        request, "admin/member.html", member=found, live=live.get(member_id, Activity()),
        roles=sorted(ASSIGNABLE - {Role.SERVICE}), alone=ALONE,
        you=bool(actor.people & {found.id, found.person}),
        machine=Role.SERVICE in found.roles,
    )  # fmt: skip


@routes.post(f"{PATH}/{{member_id}}/roles")
async def change_roles(
    request: Request,
    actor: Reader,
    member_id: UUID,
    roles: Annotated[list[Role], Form()] = [],  # noqa: B006
) -> Response:
    await _members(request).change_roles(actor, member_id, roles)
    return done(request, f"{PATH}/{member_id}")


@routes.post(f"{PATH}/{{member_id}}/invite")
async def invite_again(request: Request, actor: Reader, member_id: UUID) -> Response:
    invited = await _members(request).invite_again(actor, member_id)
    found = await _member(request, actor, member_id)
    return _invitation(request, invited, found.email)


@routes.get(f"{PATH}/{{member_id}}/suspend")
async def ask_suspend(request: Request, actor: Reader, member_id: UUID) -> Response:
    return await _ask_end(request, actor, member_id, "suspend")


@routes.get(f"{PATH}/{{member_id}}/remove")
async def ask_remove(request: Request, actor: Reader, member_id: UUID) -> Response:
    return await _ask_end(request, actor, member_id, "remove")


@routes.post(f"{PATH}/{{member_id}}/suspend")
async def suspend(request: Request, actor: Reader, member_id: UUID) -> Response:
    await _members(request).suspend(actor, member_id)
    return _ended(request, member_id)


@routes.post(f"{PATH}/{{member_id}}/remove")
async def remove(request: Request, actor: Reader, member_id: UUID) -> Response:
    await _members(request).remove(actor, member_id)
    return _ended(request, member_id)


@routes.post(f"{PATH}/{{member_id}}/restore")
async def restore(request: Request, actor: Reader, member_id: UUID) -> Response:
    await _members(request).restore(actor, member_id)
    return done(request, f"{PATH}/{member_id}")


def _ended(request: Request, member_id: UUID) -> Response:
    house(request).runs.watch.wake()
    return done(request, f"{PATH}/{member_id}")


async def _ask_end(request: Request, actor: Actor, member_id: UUID, what: str) -> Response:
    require(actor, P.MEMBERS_MEMBER_SUSPEND)
    found = await _member(request, actor, member_id)
    live = (await activity(house(request).database, actor, [member_id])).get(member_id, Activity())
    speak, who = translator(request), found.name or found.email
    if what == "suspend":
        question = speak.gettext("Suspend %(name)s?", name=who)
        note = speak.gettext("The membership can be restored. What ended stays ended.")
        button = speak.gettext("Suspend")
    else:
        question = speak.gettext("Remove %(name)s for good?", name=who)
        note = speak.gettext(
            "This cannot be undone. What they did stays on record under their name."
        )
        button = speak.gettext("Remove")
    return ask(
        request, question, action=f"{PATH}/{member_id}/{what}", button=button,
        back=f"{PATH}/{member_id}", facts=_ends(live, speak), note=note,
    )  # fmt: skip


def _ends(live: Activity, speak: Translator) -> list[str]:
    """What dies with the membership, in words; also what there is none of, so that it is known."""
    n_ = speak.ngettext
    return [
        n_("%(count)s session ends now", "%(count)s sessions end now", live.sessions),
        n_("%(count)s key stops working", "%(count)s keys stop working", live.keys),
        n_("%(count)s run is stopped", "%(count)s runs are stopped", live.runs),
    ]


def _invitation(request: Request, invited: Invited, email: str) -> Response:
    """The invitation's link, in the answer to the form and in no address of this server's pages."""
    link = f"{request.base_url}invitation#{invited.made.token}"
    return page(
        request, "admin/member-invited.html", status=201, link=link, email=email,
        member_id=invited.member_id, expires_at=invited.made.expires_at,
    )  # fmt: skip


def _members(request: Request) -> Members:
    return house(request).people.members


async def _readable(request: Request, actor: Actor) -> list[Member]:
    return [m for m in await _members(request).listing(actor) if m.state != "removed"]


async def _member(request: Request, actor: Actor, member_id: UUID) -> Member:
    for found in await _members(request).listing(actor):
        if found.id == member_id:
            return found
    raise NotFound(ABSENT)
