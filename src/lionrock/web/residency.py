"""Where data can go and where it went: the list, the parts, the children, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request, Response

from lionrock.doors import house, residency_of
from lionrock.kernel.egress import residency
from lionrock.kernel.egress.days import DAYS, by_host
from lionrock.kernel.events import Event
from lionrock.web.auth import Reader
from lionrock.web.i18n import HONG_KONG
from lionrock.web.rendering import page

PATH = "/admin/residency"

routes = APIRouter()


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar: its place from the left and its height, in hundredths of the drawing's."""

    day: date
    count: int
    x: float
    height: float


def bars(days: Mapping[date, int], today: date, most: int) -> list[Bar]:
    """A bar for each of the last `DAYS` days; `most` is the count as high as the drawing."""
    drawn = []
    for place in range(DAYS):
        day = today - timedelta(days=DAYS - 1 - place)
        count = days.get(day, 0)
        drawn.append(Bar(day, count, place * 100 / DAYS, 100 * count / most if count else 0))
    return drawn


@routes.get(PATH)
async def report(request: Request, actor: Reader) -> Response:
    found = house(request)
    told = await residency_of(found, actor)
    refused = await by_host(found.database, actor, Event.EGRESS_CONNECTION_REFUSE)
    opened = await by_host(found.database, actor, Event.EGRESS_CONNECTION_OPEN)
    today = datetime.now(HONG_KONG).date()
    return page(
        request, "admin/residency.html", report=told, refused=refused, opened=opened, days=DAYS,
        bars=lambda of, all: bars(of.days, today, _most(all)), own=residency.HERE,
    )  # fmt: skip


def _most(hosts: Sequence[object]) -> int:
    """The highest day of all, so that drawings in one table can be compared."""
    counts = [n for host in hosts for n in getattr(host, "days", {}).values()]
    return max(counts, default=1)
