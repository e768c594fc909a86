"""Which member a verified subject is, and with which roles.

A subject is kept as a keyed hash with its tenant and issuer, so its identifier stands in no table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from lionrock.errors import InvalidInput
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role, visitor
from lionrock.kernel.events import Event, record
from lionrock.kernel.member_fields import MemberFields, person_name
from lionrock.kernel.oidc.providers import Provider, compatible
from lionrock.kernel.oidc.refusals import Reason, Refusal


def subject_hash(fields: MemberFields, tenant_id: UUID, issuer: str, subject: str) -> bytes:
    """32 bytes, keyed: a reader of the table cannot try out subjects."""
    return fields.keyed("oidc subject", tenant_id.bytes, issuer.encode(), subject.encode())


async def link(
    db: asyncpg.Connection,
    fields: MemberFields,
    actor: Actor,
    issuer: str,
    subject: str,
    member_id: UUID,
) -> None:
    """Let `subject` of `issuer` sign in as a member, in place of any it was before.

    Within an open tenant transaction; who may do this is decided by the caller.
    """
    await db.execute(
        "INSERT INTO oidc_subjects (tenant_id, issuer, subject_hash, member_id)"
        " VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (tenant_id, issuer, subject_hash) DO UPDATE SET member_id = $4",
        *(actor.tenant_id, issuer, subject_hash(fields, actor.tenant_id, issuer, subject)),
        member_id,
    )
    await record(db, actor, Event.MEMBER_SUBJECT_LINK, member_id)


async def admit(
    db: asyncpg.Connection, fields: MemberFields, provider: Provider, claims: Mapping[str, Any]
) -> UUID:
    """The member behind verified claims, roles brought up to date; `Refusal` if they may not enter."""
    _strong_enough(provider, claims)
    roles = _roles(provider, claims)
    key = subject_hash(fields, provider.tenant_id, provider.issuer, claims["sub"])
    # One sign-in of a subject at a time, so that two at once do not make two members.
    await db.execute("SELECT pg_advisory_xact_lock($1)", int.from_bytes(key[:8], signed=True))
    member = await db.fetchrow(
        "SELECT m.id, m.roles FROM oidc_subjects s"
        " JOIN members m ON (m.tenant_id, m.id) = (s.tenant_id, s.member_id)"
        " WHERE s.tenant_id = $1 AND s.issuer = $2 AND s.subject_hash = $3 FOR UPDATE OF m",
        *(provider.tenant_id, provider.issuer, key),
    )
    if member is None:
        return await _provision(db, fields, provider, claims, roles)
    allowed = await identity.may_enter(db, provider.tenant_id, member["id"])
    if not allowed or Role.SERVICE in member["roles"]:
        raise Refusal(Reason.ACCOUNT_NOT_ACTIVE)
    if roles is not None and set(roles) != set(member["roles"]):
        await _set_roles(db, provider, member, roles)
    return UUID(str(member["id"]))


def _strong_enough(provider: Provider, claims: Mapping[str, Any]) -> None:
    """The authentication context and methods (Core, section 2) that the tenant asks for."""
    if provider.acr_values and claims.get("acr") not in provider.acr_values:
        raise Refusal(Reason.ACCOUNT_WEAK_SIGN_IN)
    methods = claims.get("amr")
    if not set(provider.amr_values) <= set(_words(methods) if isinstance(methods, list) else []):
        raise Refusal(Reason.ACCOUNT_WEAK_SIGN_IN)


def _roles(provider: Provider, claims: Mapping[str, Any]) -> frozenset[Role] | None:
    """The roles that the mapped claim gives; None where no claim decides them."""
    if not provider.role_claim:
        return None
    values = _words(claims.get(provider.role_claim))
    roles = frozenset(provider.role_map[v] for v in values if v in provider.role_map)
    if not roles:
        raise Refusal(Reason.ACCOUNT_NO_ROLE)
    if not compatible(roles):
        raise Refusal(Reason.ACCOUNT_ROLES_CLASH)
    return roles


def _words(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [word for word in values if isinstance(word, str)]


async def _provision(
    db: asyncpg.Connection,
    fields: MemberFields,
    provider: Provider,
    claims: Mapping[str, Any],
    roles: frozenset[Role] | None,
) -> UUID:
    if not provider.provision:
        raise Refusal(Reason.ACCOUNT_UNKNOWN)
    tenant_id, member_id = provider.tenant_id, uuid4()
    given = provider.provision_roles if roles is None else roles
    name = await _sealed_name(fields, tenant_id, member_id, claims.get("name"))
    await db.execute(
        "INSERT INTO members (tenant_id, id, name, roles) VALUES ($1, $2, $3, $4)",
        *(tenant_id, member_id, name, sorted(given)),
    )
    if not await identity.may_enter(db, tenant_id, member_id):  # the tenant is suspended
        raise Refusal(Reason.ACCOUNT_NOT_ACTIVE)
    details = {"provider": str(provider.id), "roles": ",".join(sorted(given))}
    await record(db, visitor(tenant_id), Event.MEMBER_MEMBER_PROVISION, member_id, details)
    await link(db, fields, visitor(tenant_id), provider.issuer, claims["sub"], member_id)
    return member_id


async def _sealed_name(
    fields: MemberFields, tenant: UUID, member: UUID, given: Any
) -> bytes | None:
    """The name the provider gives, or none: it is for lists and decides nothing."""
    try:
        name = person_name(given if isinstance(given, str) else "")
    except InvalidInput:
        return None
    return await fields.seal(tenant, member, "name", name)


async def _set_roles(
    db: asyncpg.Connection, provider: Provider, member: asyncpg.Record, roles: frozenset[Role]
) -> None:
    """The provider's roles in place of the member's; as in `members`, an administrator must remain."""
    tenant_id = provider.tenant_id
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('members' || $1::text, 0))", str(tenant_id)
    )
    await db.execute(
        "UPDATE members SET roles = $3 WHERE tenant_id = $1 AND id = $2",
        *(tenant_id, member["id"], sorted(roles)),
    )
    remains = await db.fetchval(
        "SELECT EXISTS (SELECT FROM members WHERE tenant_id = $1 AND $2 = ANY (roles)"
        " AND state = 'active' AND suspended_at IS NULL)",
        *(tenant_id, Role.ADMINISTRATOR.value),
    )
    if Role.ADMINISTRATOR in member["roles"] and not remains:
        raise Refusal(Reason.ACCOUNT_LAST_ADMINISTRATOR)
    details = {
        "from": ",".join(sorted(member["roles"])), "to": ",".join(sorted(roles)),
        "provider": str(provider.id),
    }  # fmt: skip
    await record(db, visitor(tenant_id), Event.MEMBER_ROLES_CHANGE, member["id"], details)
