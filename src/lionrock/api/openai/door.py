"""The ASGI handler of `/v1/chat/completions` and the others; what it does not know it passes on."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import asyncpg
from starlette.types import ASGIApp, Receive, Scope, Send

from lionrock.api.openai import errors
from lionrock.api.openai.callers import Callers
from lionrock.api.openai.exchange import Exchange, Gone, Headers
from lionrock.api.openai.room import Room
from lionrock.errors import (
    EngineUnavailable,
    InvalidInput,
    LedgerUnavailable,
    LionrockError,
    NotFound,
    ReadOnly,
    Unauthenticated,
)
from lionrock.gateway.calls import Call, Calls
from lionrock.gateway.calls.listing import listed, models
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.fields.reading import write
from lionrock.gateway.ledger.calls import Retention
from lionrock.kernel.actors import Actor
from lionrock.kernel.egress import acting_for

if TYPE_CHECKING:
    from lionrock.app import House

log = logging.getLogger(__name__)
_ENDPOINTS: Final = {endpoint.path: endpoint for endpoint in Endpoint}
_MODELS: Final = "/v1/models"
_RETENTION: Final = b"x-lionrock-retention"


class Door:
    """Before `app`. `hosts`: the names this server answers to, as for the rest of it."""

    def __init__(self, app: ASGIApp, house: House, hosts: list[str]) -> None:
        self._app, self._house = app, house
        self._hosts = frozenset(host.lower().encode() for host in hosts)
        self._callers, self._room = Callers(house.database), Room()
        house.runs.watch.on_wake.append(self._callers.forget)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] != "http" or not (
            path in _ENDPOINTS or path == _MODELS or path.startswith(f"{_MODELS}/")
        ):
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        with suppress(Gone):
            await self._answered(exchange, path)

    async def _answered(self, exchange: Exchange, path: str) -> None:
        try:
            await self._answer(exchange, path)
        except Gone:
            raise
        except LionrockError as error:
            await self._refuse(exchange, error)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("the database does not answer: %s", type(error).__name__)
            told = "The database does not answer, and without it no call is made. Try again."
            await self._refuse(exchange, LedgerUnavailable(told, retry_after=5.0))
        except Exception as error:
            # Only where: the words of an unexpected error could hold a prompt.
            log.error("%s failed: %s", path, type(error).__name__)
            unexpected = LionrockError("The server met an error it did not expect.")
            await self._refuse(exchange, unexpected)

    async def _answer(self, exchange: Exchange, path: str) -> None:
        scope = exchange.scope
        self._known_host(scope["headers"])
        endpoint = _ENDPOINTS.get(path)
        wanted = "POST" if endpoint else "GET"
        if scope["method"] != wanted:
            told = errors.body(InvalidInput(f"{path} takes {wanted}."))
            await exchange.whole(405, told, [(b"allow", wanted.encode())])
            return
        client = scope.get("client")
        actor = await self._callers.of(
            scope["headers"], scope["query_string"], client[0] if client else None
        )
        acting_for.set(actor.tenant_id)
        if endpoint is None:
            await self._list(exchange, actor, unquote(path[len(_MODELS) + 1 :]))
            return
        if self._house.audit.state.status == "broken":
            raise ReadOnly("No model can be called while the audit log does not verify.")
        retention = _retention(scope["headers"])
        with self._room.hold(actor.tenant_id, scope["headers"]):
            call = await self._calls().ask(actor, endpoint, await exchange.body(), retention)
            await self._relay(exchange, actor, call)

    async def _refuse(self, exchange: Exchange, error: LionrockError) -> None:
        self._house.telemetry.measures.refused(error)
        await _refuse(exchange, error)

    async def _relay(self, exchange: Exchange, actor: Actor, call: Call) -> None:
        """Pass the answer on, until it ends, the client goes away, or a stream's key ends."""
        me = asyncio.current_task()
        assert me is not None
        ended = False

        def left(watching: asyncio.Task[None]) -> None:
            if not exchange.over and not watching.cancelled():
                me.cancel()

        def shut() -> None:
            nonlocal ended
            if not exchange.over:
                ended = True
                me.cancel()

        watching = asyncio.create_task(exchange.gone())
        watching.add_done_callback(left)
        try:
            if call.stream:
                with self._house.runs.watch.over(actor, shut, door=True):
                    await _pass(exchange, call)
            else:
                await _pass(exchange, call)
        except asyncio.CancelledError:
            if ended:
                me.uncancel()
                raise Unauthenticated("Your access has ended.") from None
            if not watching.done():
                raise
            me.uncancel()
            raise Gone from None
        finally:
            exchange.over = True
            watching.cancel()

    async def _list(self, exchange: Exchange, actor: Actor, name: str) -> None:
        found = await models(self._house.database, self._calls().pool, actor)
        if not name:
            told = {"object": "list", "data": [listed(model) for model in found]}
        else:
            model = next((m for m in found if m.name == name), None)
            if model is None:
                raise NotFound("There is no such model, or it is not for you.")
            told = listed(model)
        await exchange.whole(200, write(told), [])

    def _calls(self) -> Calls:
        calls = self._house.gateway.calls
        if calls is None:
            raise EngineUnavailable(self._house.gateway.why_none or "No model is set up.")
        return calls

    def _known_host(self, headers: Headers) -> None:
        """A page elsewhere cannot point its own name at this server."""
        hosts = [value.lower() for name, value in headers if name == b"host"]
        if len(hosts) == 1:  # of two, the next party might believe the other (RFC 9112, 3.2)
            host = hosts[0]
            bare = host.rpartition(b":")[0] if host[-1:] != b"]" and b":" in host else host
            if bare in self._hosts:
                return
        raise InvalidInput("This server does not go by that name (Host).")


async def _pass(exchange: Exchange, call: Call) -> None:
    named = [(b"x-request-id", call.id.hex.encode())]
    async with aclosing(call.answer()) as answer:
        try:
            async for data in answer:
                if not call.stream:
                    await exchange.whole(200, data, named)
                    continue
                if not exchange.begun:
                    await exchange.start(200, stream=True, headers=named)
                await exchange.more(data)
        except LionrockError:
            if call.admitted:  # it has a row, and failed
                exchange.named = named
            raise
    if call.stream:
        await exchange.end()


async def _refuse(exchange: Exchange, error: LionrockError) -> None:
    told = errors.body(error)
    if exchange.begun:
        await exchange.end(b"data: " + told + b"\n\n")
    else:
        headers = [*errors.headers(error), *exchange.named]
        await exchange.whole(errors.status(error), told, headers)


def _retention(headers: Headers) -> Retention:
    """What the request asks for; `Calls.ask` has it only tighten."""
    for name, value in headers:
        if name == _RETENTION:
            try:
                return Retention(value.decode("latin-1").strip().lower())
            except ValueError:
                raise InvalidInput(f"{_RETENTION.decode()}: use {', '.join(Retention)}.") from None
    return Retention.STANDARD
