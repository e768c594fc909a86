"""The queue of alerts, and one alert opened: both sides aligned, evidence, clock, steps, what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, get_args
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from lionrock.doors import house
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.knowing import reviews
from lionrock.screening.alerts.models import Case, HitView, Summary
from lionrock.screening.alerts.queue import Filter, Order
from lionrock.screening.alerts.reasons import Disposition, Reason
from lionrock.screening.alerts.service import Alerts
from lionrock.screening.alerts.states import CAN_BE_GIVEN, ENDS, AlertState
from lionrock.web.administration import given_id
from lionrock.web.auth import Reader
from lionrock.web.i18n import Translator
from lionrock.web.rendering import page, translator
from lionrock.web.screening_facts import Row, aligned
from lionrock.web.screening_people import colleagues
from lionrock.web.screening_words import Said, scored, table
from lionrock.web.sections import SCREENING, may

PATH: Final = f"{SCREENING}/alerts"
ON_A_PAGE: Final = 50

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of an address."""

    state: str = ""
    who: str = ""
    list: str = ""
    order: Order = "due"
    overdue: bool = False
    escalated: bool = False

    def filter(self, actor: Actor) -> Filter:
        return Filter(
            states=[AlertState(self.state)] if self.state in set(AlertState) else [],
            assignee=actor.id if self.who == "mine" else None, unassigned=self.who == "nobody",
            overdue=self.overdue, escalated=self.escalated, list_id=given_id(self.list),
        )  # fmt: skip

    @property
    def narrowed(self) -> bool:
        return bool(self.state or self.who or self.list or self.overdue or self.escalated)

    def address(self, **other: str) -> str:
        values = {"state": self.state, "who": self.who, "list": self.list, "order": self.order}
        ticks = {k: "1" for k in ("overdue", "escalated") if getattr(self, k)}
        return f"{PATH}?{urlencode({k: v for k, v in (values | ticks | other).items() if v})}"


@dataclass(frozen=True, slots=True)
class Side:
    """A hit to read: its facts aligned, its evidence worded."""

    hit: HitView
    rows: list[Row]
    said: list[Said]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the reader may do with the alert as it is now; the services decide again."""

    mine: bool
    propose: bool
    take_back: bool
    decide: bool
    give: bool
    give_back: bool
    escalate: bool
    report: bool


@routes.get(PATH)
async def queue(
    request: Request,
    actor: Reader,
    state: Annotated[str, Query(max_length=20)] = "",
    who: Annotated[str, Query(max_length=20)] = "",
    list: Annotated[str, Query(max_length=40)] = "",
    order: Annotated[Order, Query()] = "due",
    overdue: Annotated[bool, Query()] = False,
    escalated: Annotated[bool, Query()] = False,
    after: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """For an observer the cases that are shared with them, and nothing of the queue."""
    asked = Asked(state, who, list, order, overdue, escalated)
    alerts, speak = alerts_of(request), translator(request)
    if observes(actor):
        return page(request, "screening/shared.html", found=await alerts.sharing.with_me(actor))
    found = await alerts.queue.page(
        actor, asked.filter(actor), order=order, after=after or None, limit=ON_A_PAGE
    )
    return page(
        request, "screening/alerts.html", found=found, asked=asked, after=after, scored=scored,
        counts=await alerts.queue.counts(actor), states=tuple(AlertState), orders=get_args(Order),
        lists=await lists_by_id(request, actor), names=await colleagues(request, actor),
        clock=lambda alert: clock(alert, speak),
        takes=may(actor, P.SCREENING_ALERT_PROPOSE)
        and (await alerts.policies.get(actor)).self_assignment,
    )  # fmt: skip


@routes.get(f"{PATH}/{{alert_id}}")
async def case(request: Request, actor: Reader, alert_id: UUID) -> Response:
    """An alert, for its assignee, reviewers and observers whom it is shared with; for everyone else it
    is not there."""
    alerts, speak = alerts_of(request), translator(request)
    found = await alerts.cases.view(actor, alert_id)
    cleared = [] if observes(actor) else await alerts.clearances.of_alert(actor, alert_id)
    may_share = may(actor, P.COLLECTIONS_SHARE_MANAGE)
    shares = await alerts.sharing.of_case(actor, alert_id) if may_share else []
    may_report = found.escalated_at is not None and may(actor, P.SCREENING_REPORT_PREPARE)
    reports = await alerts.reports.of_alert(actor, alert_id) if may_report else []
    return page(
        request, "screening/case.html", case=found, sides=[_side(h, speak) for h in found.hits],
        cleared=cleared, reports=reports, may_share=may_share, shares=shares,
        allowed=allowed(actor, found), scored=scored, clock=clock(found.alert, speak),
        names=await colleagues(request, actor), lists=await lists_by_id(request, actor), reasons=_reasons(), ends=ENDS,
    )  # fmt: skip


def observes(actor: Actor) -> bool:
    return Role.REGULATOR_OBSERVER in actor.roles


def allowed(actor: Actor, case: Case) -> Allowed:
    alert = case.alert
    state, mine = alert.state, case.mine
    unfinished, proposes = state not in ENDS, may(actor, P.SCREENING_ALERT_PROPOSE)
    own = bool(actor.people & {case.proposed_by})
    proposed = state is AlertState.PROPOSED
    cleared = alert.disposition is Disposition.FALSE_POSITIVE
    return Allowed(
        mine=mine, propose=mine and proposes and state in (AlertState.ASSIGNED, AlertState.ESCALATED),
        take_back=proposed and own, decide=proposed and not own and reviews(actor),
        give=state in CAN_BE_GIVEN and may(actor, P.SCREENING_ALERT_ASSIGN),
        give_back=state in CAN_BE_GIVEN and alert.assignee is not None
        and (mine or may(actor, P.SCREENING_ALERT_ASSIGN)),
        escalate=proposes and case.escalated_at is None and state is not AlertState.WITHDRAWN
        and not cleared and (unfinished or state is AlertState.DECIDED),
        report=case.escalated_at is not None and may(actor, P.SCREENING_REPORT_PREPARE),
    )  # fmt: skip


def clock(alert: Summary, speak: Translator) -> tuple[str, str]:
    """Tone and words: how long is left, or how long it is over."""
    if alert.state in ENDS:
        return "ended", ""
    hours = int((alert.due_at - datetime.now(UTC)).total_seconds() // 3600)
    if alert.overdue or hours < 0:
        days = -hours // 24
        if days:
            return "over", speak.ngettext("%(count)s day over", "%(count)s days over", days)
        return "over", speak.ngettext("%(count)s hour over", "%(count)s hours over", max(1, -hours))
    if hours < 48:
        return "near", speak.ngettext("%(count)s hour left", "%(count)s hours left", hours)
    return "", speak.ngettext("%(count)s day left", "%(count)s days left", hours // 24)


def alerts_of(request: Request) -> Alerts:
    return house(request).screening.alerts


async def lists_by_id(request: Request, actor: Actor) -> Mapping[UUID, str]:
    """Names of lists, for whom lists are to read."""
    if not may(actor, P.SCREENING_LIST_READ):
        return {}
    listed = await house(request).screening.registry.lists.listing(actor)
    return {one.id: one.name for one in listed}


def _side(hit: HitView, speak: Translator) -> Side:
    if hit.evidence is None:
        return Side(hit, [], [])
    match = hit.evidence.match
    rows = aligned(hit.evidence.subject, hit.evidence.listed, match.evidence, speak)
    return Side(hit, rows, table(match.evidence, speak))


def _reasons() -> list[tuple[Disposition, list[Any]]]:
    return [(d, [r for r in Reason if r.disposition is d]) for d in Disposition]
