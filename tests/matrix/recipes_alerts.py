"""Alerts: the queue, a case, the work on it, clearances, drafts of reports."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.models import NewProposal
from lionrock.screening.alerts.reasons import Disposition, Reason
from lionrock.screening.entities import Entity, Identifier, IdentifierKind, Name, Schema
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe, request
from tests.matrix.recipes_screening import LISTED, listed, reviewer
from tests.matrix.world import Institution

_OTHER: Final = NewProposal(disposition=Disposition.FALSE_POSITIVE, reason=Reason.DIFFERENT_BIRTH)
_NOTE: Final = {"note": "It may be him."}


async def fresh_alert(of: Institution) -> UUID:
    """On someone screened who is nobody before; nobody has it."""
    await listed(of)
    own = Identifier(IdentifierKind.OTHER, uuid4().hex)
    query = Entity(uuid4().hex, Schema.PERSON, (Name(LISTED),), identifiers=(own,))
    house = of.house.screening
    assert await house.registry.screening.screen(of.actor, query)
    async with of.house.database.tenant_session(of.actor) as db:
        newest: UUID = await db.fetchval(
            "SELECT id FROM screening_alerts ORDER BY raised_at DESC LIMIT 1"
        )
    return newest


async def assigned(of: Institution) -> UUID:
    """The administrator's, who is an analyst too."""
    made = await fresh_alert(of)
    await of.house.screening.alerts.assignment.take(of.actor, made)
    return made


async def proposed(of: Institution) -> tuple[UUID, str]:
    made = await assigned(of)
    return made, await of.house.screening.alerts.dispositions.propose(of.actor, made, _OTHER)


async def clearance_of(of: Institution) -> UUID:
    (made, content), who = await proposed(of), await reviewer(of)
    alerts = of.house.screening.alerts
    await alerts.dispositions.approve(who, made, content)
    return (await alerts.clearances.of_alert(who, made))[0].id


async def escalated(of: Institution) -> UUID:
    made = await assigned(of)
    await of.house.screening.alerts.escalation.escalate(of.actor, made, "It may be him.")
    return made


async def report(of: Institution) -> tuple[Actor, UUID]:
    made, officer = await escalated(of), await reviewer(of)
    return officer, await of.house.screening.alerts.reports.prepare(officer, made)


async def queue(of: Institution) -> Sent:
    return Sent(query={"assignee": str(of.actor.id), "list_id": str(await listed(of))})


async def free(of: Institution) -> Sent:
    return Sent({"alert_id": str(await fresh_alert(of))})


async def ones_own(of: Institution) -> Sent:
    return Sent({"alert_id": str(await assigned(of))})


async def given(of: Institution) -> Sent:
    member = (await of.member(Role.ANALYST)).id
    return Sent({"alert_id": str(await fresh_alert(of))}, json={"member_id": str(member)})


async def proposal(of: Institution) -> Sent:
    made = await assigned(of)
    case = await of.house.screening.alerts.cases.view(of.actor, made)
    body: dict[str, Any] = _OTHER.model_dump(mode="json")
    body["references"] = [{"kind": "hit", "id": str(case.hits[0].id)}]
    return Sent({"alert_id": str(made)}, json=body)


async def own_proposal(of: Institution) -> Sent:
    return Sent({"alert_id": str((await proposed(of))[0])})


async def decision(of: Institution) -> Sent:
    made, content = await proposed(of)
    return Sent({"alert_id": str(made)}, json={"approve": True, "content_hash": content})


async def escalation(of: Institution) -> Sent:
    return Sent({"alert_id": str(await assigned(of))}, json=_NOTE)


async def revoked(of: Institution) -> Sent:
    return Sent({"clearance_id": str(await clearance_of(of))}, json=_NOTE)


async def of_officer(of: Institution) -> Sent:
    return Sent({"alert_id": str(await escalated(of))})


async def draft(of: Institution) -> Sent:
    return Sent({"report_id": str((await report(of))[1])})


async def edited(of: Institution) -> Sent:
    return Sent(
        {"report_id": str((await report(of))[1])}, json={"version": 1, "draft": {"urgent": True}}
    )


async def concluded(of: Institution) -> Sent:
    body = {"outcome": "not-reported", "words": "There was no ground."}
    return Sent({"report_id": str((await report(of))[1])}, json=body)


async def fresh_share(of: Institution) -> tuple[UUID, UUID]:
    """A case, and its share with an observer."""
    made, who = await assigned(of), await reviewer(of)
    sharing, observer = of.house.screening.alerts.sharing, await of.fresh_observer()
    return made, await sharing.share(who, made, observer, "A request.")


async def new_share(of: Institution) -> Sent:
    body = {"member_id": str(await of.fresh_observer()), "reason": "A request."}
    return Sent({"alert_id": str(await assigned(of))}, json=body)


async def shared(of: Institution) -> Sent:
    case, share = await fresh_share(of)
    return Sent({"alert_id": str(case), "share_id": str(share)})


_ALERT: Final = "/v1/screening/alerts/{alert_id}"
_REPORT: Final = "/v1/screening/reports/{report_id}"
_READ, _ASSIGN, _PREPARE = (
    P.SCREENING_ALERT_READ,
    P.SCREENING_ALERT_ASSIGN,
    P.SCREENING_REPORT_PREPARE,
)

_SHARE: Final = P.COLLECTIONS_SHARE_MANAGE

RECIPES: Final[dict[str, Recipe]] = {
    "GET /v1/screening/shared-cases": Recipe(request(), _READ),
    f"GET {_ALERT}/shares": Recipe(ones_own, _SHARE),
    f"POST {_ALERT}/shares": Recipe(new_share, _SHARE),
    f"DELETE {_ALERT}/shares/{{share_id}}": Recipe(shared, _SHARE),
    f"DELETE {_ALERT}/assignee": Recipe(ones_own, _READ),
    f"DELETE {_ALERT}/proposal": Recipe(own_proposal, _READ),
    "GET /v1/screening/alerts": Recipe(queue, _READ),
    "GET /v1/screening/alerts/counts": Recipe(request(), _READ),
    "GET /v1/screening/alerts/policy": Recipe(request(), _READ),
    "GET /v1/screening/alerts/statistics": Recipe(request(), _READ),
    f"GET {_ALERT}": Recipe(ones_own, _READ),
    f"GET {_ALERT}/clearances": Recipe(ones_own, _READ),
    f"GET {_ALERT}/reports": Recipe(of_officer, _PREPARE, session=True),
    f"GET {_REPORT}": Recipe(draft, _PREPARE, session=True),
    f"GET {_REPORT}/export": Recipe(draft, _PREPARE, session=True),
    f"POST {_ALERT}/decision": Recipe(decision, P.SCREENING_ALERT_DECIDE, session=True),
    f"POST {_ALERT}/escalate": Recipe(escalation, P.SCREENING_ALERT_PROPOSE),
    f"POST {_ALERT}/proposal": Recipe(proposal, P.SCREENING_ALERT_PROPOSE),
    f"POST {_ALERT}/reports": Recipe(of_officer, _PREPARE, session=True),
    f"POST {_ALERT}/take": Recipe(free, P.SCREENING_ALERT_PROPOSE),
    "POST /v1/screening/clearances/{clearance_id}/revoke": Recipe(revoked, _ASSIGN),
    f"POST {_REPORT}/conclude": Recipe(concluded, _PREPARE, session=True),
    "PUT /v1/screening/alerts/policy": Recipe(request(json={}), _ASSIGN),
    f"PUT {_ALERT}/assignee": Recipe(given, _ASSIGN, session=True),
    f"PUT {_REPORT}": Recipe(edited, _PREPARE, session=True),
}
