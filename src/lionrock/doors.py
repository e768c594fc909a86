"""What pages and API know alike of a request: the house, the session cookie, where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile
from starlette.types import Message

from lionrock.errors import Conflict, Forbidden, InvalidInput, TooLarge
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find
from lionrock.kernel.egress import residency
from lionrock.kernel.egress.residency import Residency

if TYPE_CHECKING:
    from lionrock.app import House

SESSION_COOKIE = "lionrock_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""They change nothing (RFC 9110, section 9.2.1; TRACE has no route)."""

API: Final = ("/v1/", "/yente/", "/mcp")
"""How paths begin that machines ask: no page, and nothing for a cache."""

FORM_BYTES: Final = 1 << 16
"""What a form may add to the bytes of its file."""


def house(request: Request) -> House:
    found: House = request.app.state.house
    return found


def client_address(request: Request) -> str | None:
    """The address that connected to this server: of a proxy, if one stands before it. None on the
    private socket. No header is believed."""
    return request.client.host if request.client else None


def same_origin(request: Request) -> None:
    """`Forbidden` for what another site sent and is not a safe method: a cookie alone may not change
    anything (the cookie is SameSite=Strict too)."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This request comes from another site.")
    if origin is None and request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden("This request comes from another site.")


async def content(file: UploadFile, most: int, too_large: str) -> bytes:
    """All of an uploaded file; `TooLarge` with those words where it has more bytes."""
    data = await file.read(most + 1)
    if len(data) > most:
        raise TooLarge(too_large)
    return data


SAVED_AS: Final = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "tmx": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media types of the files that results are saved as."""


async def saved_result(house: House, actor: Actor, run_id: UUID, format: str) -> Response:
    """The result of the actor's own run as a file to keep; `InvalidInput` for a format it has not."""
    kept = await house.runs.load(actor, run_id)
    declared = find(str(kept["capability"]))
    if format not in declared.result.formats:
        known = ", ".join(declared.result.formats) or "none"
        raise InvalidInput(
            f"A result of {declared.name} is not saved as {format}. There is: {known}."
        )
    if not kept.get("result"):
        raise Conflict(
            "This run has no result to save: it has not ended well, or nothing was kept."
        )
    result = declared.result.model_validate(kept["result"])
    data = await result.file(house.context(actor), format)
    await house.runs.note_export(actor, run_id, format)
    name = f'attachment; filename="{declared.name}-{str(run_id)[:8]}.{format}"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(data, media_type=SAVED_AS[format], headers=headers)


class Bounded(APIRoute):
    """A route whose body, a form's with all its files, is counted as it comes: `TooLarge` beyond what the
    server takes in one file, whether its length was said or not."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            most, size = house(request).settings.max_upload_bytes, 0

            async def receive() -> Message:
                nonlocal size
                message = await request.receive()
                size += len(message.get("body", b""))
                if size > most + FORM_BYTES:
                    raise _beyond(most)
                return message

            try:
                return await answer(Request(request.scope, receive))
            except Exception as error:
                if size > most + FORM_BYTES:  # which a reader of forms may have reworded
                    raise _beyond(most) from error
                raise

        return bounded


def _beyond(most: int) -> TooLarge:
    return TooLarge(f"What was sent is larger than {most} bytes, this server's limit.")


async def residency_of(house: House, actor: Actor) -> Residency:
    """Where this installation's data can go, for who may see it."""
    pids = {name: pid() for name, pid in house.children.items()}
    return await residency.report(
        actor, house.egress, house.settings, house.database, pids, house.tenant_id,
        house.gateway.places(house.egress),
    )  # fmt: skip
