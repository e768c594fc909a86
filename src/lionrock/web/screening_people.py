"""Who works on alerts, by name: those who share a case may know each other's names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from lionrock.doors import house
from lionrock.kernel.actors import NOBODY, Actor, Role
from lionrock.kernel.decisions import Resource, require
from lionrock.kernel.grants import GRANTS
from lionrock.kernel.permissions import Permission as P
from lionrock.web.administration import names
from lionrock.web.i18n import Translator
from lionrock.web.rendering import translator
from lionrock.web.sections import may


@dataclass(frozen=True, slots=True)
class Colleague:
    id: UUID
    name: str
    works: bool
    """Alerts may be given to them now."""
    observes: bool = False
    """Cases may be shared with them now."""


class Colleagues:
    """Names by id; the reader is "you", and an unnamed member the beginning of their id."""

    def __init__(self, actor: Actor, everyone: list[Colleague], speak: Translator) -> None:
        self._actor, self._speak = actor, speak
        self._names = {c.id: c.name for c in everyone}
        self.workers = sorted((c for c in everyone if c.works), key=lambda c: c.name.casefold())
        self.observers = [c for c in everyone if c.observes]

    def __call__(self, id: UUID | None) -> str:
        if id is None or id == NOBODY:
            return self._speak.gettext("Lionrock itself")
        if id in self._actor.people:
            return self._speak.gettext("you")
        return self._names.get(id) or str(id)[:8]


async def colleagues(request: Request, actor: Actor) -> Colleagues:
    """The tenant's members, for whoever may look at alerts, or at one that is shared with them."""
    shown = Resource(actor.tenant_id, shared_with=frozenset({actor.id}))
    require(actor, P.SCREENING_ALERT_READ, shown)
    found, tenant = house(request), actor.tenant_id
    async with found.database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT id, name, roles, state = 'active' AND suspended_at IS NULL AS here FROM members"
            " WHERE tenant_id = $1",
            tenant,
        )
    opened = found.people.fields.open
    everyone = [
        Colleague(
            r["id"],
            opened(tenant, r["id"], "name", r["name"]),
            r["here"] and _may_work(r["roles"]),
            r["here"] and Role.REGULATOR_OBSERVER in r["roles"],
        )
        for r in rows
    ]
    return Colleagues(actor, everyone, translator(request))


async def known_names(request: Request, actor: Actor) -> Callable[[UUID | None], str]:
    """Names for pages that do not show alerts: of colleagues, or as the administration has them."""
    if may(actor, P.SCREENING_ALERT_READ):
        return await colleagues(request, actor)
    return await names(request, actor)


def _may_work(roles: list[str]) -> bool:
    """As `alerts.assignment` has it; a machine is given nothing."""
    return any(P.SCREENING_ALERT_PROPOSE in GRANTS[Role(r)] for r in roles)
