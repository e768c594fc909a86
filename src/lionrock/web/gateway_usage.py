"""What was used through the gateway: by day as plots, by model, member and key as tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response

from lionrock.doors import house
from lionrock.gateway.ledger.report import By, Line, UsageService
from lionrock.kernel.permissions import Permission as P
from lionrock.web import gateway_forms as forms
from lionrock.web.auth import Reader
from lionrock.web.gateway_plots import by_day
from lionrock.web.gateway_subjects import Subjects, subjects
from lionrock.web.i18n import HONG_KONG
from lionrock.web.rendering import page, translator
from lionrock.web.sections import may

PATH = "/admin/usage"
DAYS: Final = (7, 30, 90)
"""Periods offered, up to today."""

routes = APIRouter()


@routes.get(PATH)
async def report(
    request: Request, actor: Reader, since: date | None = None, until: date | None = None
) -> Response:
    """Days in Hong Kong, both included; by default the last 30. One's own use for who may not see
    everyone's."""
    today = datetime.now(HONG_KONG).date()
    until = until or today
    since = since or until - timedelta(days=29)
    usage, speak = UsageService(house(request).database), translator(request)
    of = {by: await usage.report(actor, since, until, {by}) for by in By}
    called = await subjects(request, actor)
    return page(
        request, "admin/usage.html", since=since, until=until, lines=of[By.DAY],
        plots=by_day(of[By.DAY], since, until, speak), everyone=may(actor, P.GATEWAY_USAGE_READ),
        tables=[(by.value, _largest(of[by])) for by in (By.MODEL, By.MEMBER, By.KEY)],
        called=lambda by, line: _called(by, line, called),
        total=await usage.report(actor, since, until),
        money=lambda micro, currency: forms.money(micro, currency, speak),
        periods=[(days, today - timedelta(days=days - 1)) for days in DAYS], today=today,
    )  # fmt: skip


def _largest(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.tokens_in - line.tokens_out, -line.calls))


def _called(by: str, line: Line, called: Subjects) -> str:
    if by == By.MODEL:
        return line.model or ""
    if by == By.KEY:
        return called.key(line.key) if line.key else ""
    return called.names(line.member)
