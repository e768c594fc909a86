"""What may be called and spent through the gateway, and what was, over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from lionrock.api.deps import ActorDep
from lionrock.doors import house
from lionrock.gateway.ledger.budgets import Account, Budget, BudgetService
from lionrock.gateway.ledger.limits import Held, Limits, LimitService
from lionrock.gateway.ledger.report import By, Line, UsageService
from lionrock.gateway.ledger.subjects import Subject
from lionrock.gateway.policies.service import Decided, PolicyService, Standing
from lionrock.kernel.privacy.clock import hong_kong_date


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SetLimits(_Body):
    subject: Subject
    limits: Limits


class SetBudget(_Body):
    subject: Subject
    budget: Budget


class ChangePolicy(_Body):
    version: int = Field(ge=0, description="Of the policy that the change was made from.")
    policy: Decided


class HeldLimits(BaseModel):
    limits: list[Held]


class Budgets(BaseModel):
    budgets: list[Account]


class CreatedBudget(BaseModel):
    id: UUID


class Usage(BaseModel):
    """Days in Hong Kong, both included."""

    since: date
    until: date
    lines: list[Line]


routes = APIRouter(prefix="/gateway", tags=["gateway"])


@routes.get("/usage")
async def usage(
    request: Request,
    actor: ActorDep,
    since: date | None = None,
    until: date | None = None,
    by: Annotated[list[By], Query(max_length=len(By))] = [],  # noqa: B006
) -> Usage:
    """What was used: by default the last 30 days, in one line for each currency. Who may not see
    everyone's use sees their own."""
    until = until or hong_kong_date(datetime.now(UTC))
    since = since or until - timedelta(days=29)
    lines = await UsageService(house(request).database).report(actor, since, until, set(by))
    return Usage(since=since, until=until, lines=lines)


@routes.get("/limits")
async def list_limits(request: Request, actor: ActorDep) -> HeldLimits:
    """The tenant's own, its members' and its keys'."""
    return HeldLimits(limits=await LimitService(house(request).database).listing(actor))


@routes.put("/limits", status_code=204)
async def set_limits(request: Request, actor: ActorDep, wanted: SetLimits) -> None:
    """All limits of a subject, from its next call on: what is left out is not limited."""
    service = LimitService(house(request).database)
    await service.set(actor, wanted.subject, wanted.limits)


@routes.delete("/limits", status_code=204)
async def remove_limits(
    request: Request, actor: ActorDep, whose: Annotated[Subject, Query()]
) -> None:
    await LimitService(house(request).database).remove(actor, whose)


@routes.get("/budgets")
async def list_budgets(request: Request, actor: ActorDep) -> Budgets:
    """With what is spent and reserved of them."""
    return Budgets(budgets=await BudgetService(house(request).database).listing(actor))


@routes.put("/budgets")
async def set_budget(request: Request, actor: ActorDep, wanted: SetBudget) -> CreatedBudget:
    """One for each subject and period. Setting it again changes its cap and keeps what was spent."""
    service = BudgetService(house(request).database)
    return CreatedBudget(id=await service.set(actor, wanted.subject, wanted.budget))


@routes.delete("/budgets/{budget_id}", status_code=204)
async def remove_budget(request: Request, actor: ActorDep, budget_id: UUID) -> None:
    """What was spent of it is forgotten; the usage stays."""
    await BudgetService(house(request).database).remove(actor, budget_id)


@routes.get("/policy")
async def policy(request: Request, actor: ActorDep) -> Standing:
    """What is masked before an engine outside, the most that is kept, and the share."""
    return await policies(request).get(actor)


@routes.put("/policy")
async def change_policy(request: Request, actor: ActorDep, wanted: ChangePolicy) -> Standing:
    """All of it, from the next call on: a kind that is left out is masked. 409 where `version` is
    no longer in force."""
    return await policies(request).change(actor, wanted.policy, wanted.version)


def policies(request: Request) -> PolicyService:
    found = house(request)
    return PolicyService(found.database, found.gateway.forget)
