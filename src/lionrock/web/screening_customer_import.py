"""Customers from a file: its columns are guessed and put right, then its rows are taken one by one.

The browser sends the file with each step, so nothing waits here between them.
"""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from lionrock.doors import Bounded
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.registry import columns
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator
from lionrock.web.screening_customers import PATH, customers_of
from lionrock.web.screening_facts import rows_of
from lionrock.web.screening_uploads import format_of
from lionrock.web.uploads import chosen_file, refuse_too_large

_COLUMN: Final = "column-"
_SHOWN: Final = 5
MOST_FAULTS: Final = 100
"""Refused rows that a page shows."""

routes = APIRouter(route_class=Bounded)


@routes.get(f"{PATH}/import")
async def form(request: Request, actor: Reader) -> Response:
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    return page(request, "screening/customer-import.html", home=PATH)


@routes.post(f"{PATH}/preview")
async def preview(request: Request, actor: Reader) -> Response:
    """What the file holds, as its columns are said to. Nothing of it is kept."""
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    refuse_too_large(request)
    async with request.form(max_files=1) as sent:
        file, name = chosen_file(request, sent)
        looked = await asyncio.to_thread(
            columns.look, file.file, format_of(request, name), _mapping(sent), _SHOWN
        )
    return page(
        request, "screening/customer-mapping.html", looked=looked, fields=columns.FIELDS,
        rows_of=rows_of, home=PATH,
    )  # fmt: skip


@routes.post(f"{PATH}/file")
async def take(request: Request, actor: Reader) -> Response:
    """Add and change customers; a faulty row is left out and shown."""
    require(actor, P.SCREENING_CUSTOMER_MANAGE)
    refuse_too_large(request)
    async with request.form(max_files=1) as sent:
        file, name = chosen_file(request, sent)
        kind, chosen = format_of(request, name), _mapping(sent)
        looked = await asyncio.to_thread(columns.look, file.file, kind, chosen, 0)
        columns.check(looked.mapping)
        taken = await customers_of(request).take(actor, file.file, kind, looked.mapping)
    return page(
        request, "screening/customers-taken.html", taken=taken, file=name[-100:], home=PATH,
        most=MOST_FAULTS, said=translator(request).detail,
    )  # fmt: skip


def _mapping(sent: FormData) -> dict[str, str]:
    return {k.removeprefix(_COLUMN): str(v) for k, v in sent.items() if k.startswith(_COLUMN)}
