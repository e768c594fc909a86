"""`/v1/screening/alerts`: the queue, a case, figures, and the tenant's own numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.screening.alerts.models import Case, Clearance
from lionrock.screening.alerts.policy import Policy
from lionrock.screening.alerts.queue import Counts, Filter, Order, Page
from lionrock.screening.alerts.statistics import Figures

_MONTH = timedelta(days=30)


class Wanted(Filter):
    """Which alerts, in which order, from where."""

    order: Order = "due"
    after: str | None = None
    limit: int = 50

    def narrowing(self) -> Filter:
        return Filter(**{k: getattr(self, k) for k in Filter.model_fields})


class Clearances(BaseModel):
    clearances: list[Clearance]


def add(routes: APIRouter) -> None:
    @routes.get("/screening/alerts")
    async def queue(request: Request, actor: ActorDep, wanted: Annotated[Wanted, Query()]) -> Page:
        """Alerts that wait. Names are shown to those alone who may open the alert."""
        return await house(request).screening.alerts.queue.page(
            actor, wanted.narrowing(), order=wanted.order, after=wanted.after, limit=wanted.limit
        )

    @routes.get("/screening/alerts/counts")
    async def counts(request: Request, actor: ActorDep) -> Counts:
        return await house(request).screening.alerts.queue.counts(actor)

    @routes.get("/screening/alerts/statistics")
    async def statistics(
        request: Request, actor: ActorDep, since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
    ) -> Figures:  # fmt: skip
        """Of a period; of the last thirty days if none is said."""
        end = until or datetime.now(UTC)
        start = since or end - _MONTH
        return await house(request).screening.alerts.statistics.figures(actor, start, end)

    @routes.get("/screening/alerts/policy")
    async def policy(request: Request, actor: ActorDep) -> Policy:
        """The clock, how long a pair stays cleared, whether analysts take alerts."""
        return await house(request).screening.alerts.policies.get(actor)

    @routes.put("/screening/alerts/policy", status_code=204)
    async def change_policy(request: Request, actor: ActorDep, wanted: Policy) -> None:
        """Put these in their place; alerts and clearances that there are keep their times."""
        await house(request).screening.alerts.policies.change(actor, wanted)

    @routes.get("/screening/alerts/{alert_id}")
    async def case(request: Request, actor: ActorDep, alert_id: UUID) -> Case:
        """All of it, for its assignee, for who decides, and for an observer while it is shared with
        them. Each opening is an event."""
        return await house(request).screening.alerts.cases.view(actor, alert_id)

    @routes.get("/screening/alerts/{alert_id}/clearances")
    async def clearances(request: Request, actor: ActorDep, alert_id: UUID) -> Clearances:
        """Of all pairs of the alert's subject, the newest first, those that ended too."""
        found = await house(request).screening.alerts.clearances.of_alert(actor, alert_id)
        return Clearances(clearances=found)
