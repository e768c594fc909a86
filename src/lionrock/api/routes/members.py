"""Members of a tenant over HTTP, and one's own sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.api.routes.tenants import invitation_path
from lionrock.doors import house
from lionrock.kernel import sessions
from lionrock.kernel.actors import Role
from lionrock.kernel.members import Invited, Member
from lionrock.kernel.sessions import Session


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewMember(_Body):
    email: str = Field(max_length=254)
    roles: list[Role] = Field(min_length=1, max_length=10)
    same_person_as: UUID | None = Field(
        default=None, description="Another member who is the same person: neither judges the other."
    )


class NewServiceAccount(_Body):
    name: str = Field(min_length=1, max_length=100)


class Roles(_Body):
    roles: list[Role] = Field(min_length=1, max_length=10)


class SamePerson(_Body):
    same_person_as: UUID


class Stated(_Body):
    purpose: str = Field(max_length=40)
    zero_retention: bool = False


class Invitation(BaseModel):
    member_id: UUID
    invitation: str = Field(description="A path of this server; shown once.")
    expires_at: datetime


class ServiceAccount(BaseModel):
    member_id: UUID


class Members(BaseModel):
    members: list[Member]


class Sessions(BaseModel):
    sessions: list[Session]


routes = APIRouter(tags=["members"])


@routes.get("/members")
async def list_members(request: Request, actor: ActorDep) -> Members:
    return Members(members=await house(request).people.members.listing(actor))


@routes.post("/members", status_code=201)
async def invite(request: Request, actor: ActorDep, wanted: NewMember) -> Invitation:
    """Invite someone. Hand them the invitation: it works once, for seven days."""
    invited = await house(request).people.members.invite(
        actor, wanted.email, wanted.roles, same_person_as=wanted.same_person_as
    )
    return _invitation(invited)


@routes.post("/members/services", status_code=201)
async def add_service(
    request: Request, actor: ActorDep, wanted: NewServiceAccount
) -> ServiceAccount:
    """An account of a machine: it has keys, and nobody signs in to it."""
    member_id = await house(request).people.members.add_service(actor, wanted.name)
    return ServiceAccount(member_id=member_id)


@routes.post("/members/{member_id}/invitations", status_code=201)
async def invite_again(request: Request, actor: ActorDep, member_id: UUID) -> Invitation:
    """For who lost their invitation or password. Accepting it voids what they had."""
    return _invitation(await house(request).people.members.invite_again(actor, member_id))


@routes.put("/members/{member_id}/roles", status_code=204)
async def roles(request: Request, actor: ActorDep, member_id: UUID, wanted: Roles) -> None:
    await house(request).people.members.change_roles(actor, member_id, wanted.roles)


@routes.put("/members/{member_id}/person", status_code=204)
async def person(request: Request, actor: ActorDep, member_id: UUID, wanted: SamePerson) -> None:
    """State that two memberships are of one person. It cannot be unsaid."""
    await house(request).people.members.same_person(actor, member_id, wanted.same_person_as)


@routes.post("/members/{member_id}/suspend", status_code=204)
async def suspend(request: Request, actor: ActorDep, member_id: UUID) -> None:
    """End every session and key of the member, now; what runs for them stops."""
    await house(request).people.members.suspend(actor, member_id)
    house(request).runs.watch.wake()


@routes.post("/members/{member_id}/restore", status_code=204)
async def restore(request: Request, actor: ActorDep, member_id: UUID) -> None:
    await house(request).people.members.restore(actor, member_id)


@routes.delete("/members/{member_id}", status_code=204)
async def remove(request: Request, actor: ActorDep, member_id: UUID) -> None:
    """Suspend for good. What they did stays on record as theirs."""
    await house(request).people.members.remove(actor, member_id)
    house(request).runs.watch.wake()


@routes.get("/sessions")
async def list_sessions(request: Request, actor: ActorDep) -> Sessions:
    """Your own live sessions."""
    return Sessions(sessions=await sessions.mine(house(request).database, actor))


@routes.delete("/sessions/{session_id}", status_code=204)
async def end(request: Request, actor: ActorDep, session_id: UUID) -> None:
    """End one of your own sessions; what runs under it stops."""
    await sessions.end_one(house(request).database, actor, session_id)
    house(request).runs.watch.wake()


@routes.put("/sessions/current", status_code=204)
async def state(request: Request, actor: ActorDep, stated: Stated) -> None:
    """State the purpose of this session from now on, and whether anything is kept."""
    await sessions.state(
        house(request).database, actor,
        purpose=stated.purpose, zero_retention=stated.zero_retention,
    )  # fmt: skip


def _invitation(invited: Invited) -> Invitation:
    return Invitation(
        member_id=invited.member_id, invitation=invitation_path(invited.made.token),
        expires_at=invited.made.expires_at,
    )  # fmt: skip
