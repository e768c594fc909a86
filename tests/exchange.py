"""One exchange with an ASGI application in this process: a request sent, and all of its answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1:8470"


@dataclass(frozen=True)
class Received:
    status: int
    headers: list[tuple[str, str]]
    """Names in lower case, in the order sent."""
    body: bytes


async def exchange(
    app: Any, scope: dict[str, Any], body: bytes, *, leaves: bool = False, as_served: bool = False
) -> Received:
    """`leaves`: the client goes away in the middle of what it sends. `as_served`: a handler that
    fails is what its server would have sent, a 500; otherwise its error is raised."""
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": leaves}]
    if leaves:
        messages.insert(0, {"type": "http.disconnect"})
    got: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.Event().wait()  # the client stays until all has come
        return messages.pop()

    async def send(message: Any) -> None:
        got.append(message)

    try:
        await asyncio.wait_for(app(scope, receive, send), 60)
    except TimeoutError:
        raise
    except Exception:
        if not (as_served and got):
            raise
    start = next(m for m in got if m["type"] == "http.response.start")
    headers = [(k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in start["headers"]]
    return Received(start["status"], headers, b"".join(m.get("body", b"") for m in got))
