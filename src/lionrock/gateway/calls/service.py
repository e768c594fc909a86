"""`Calls`: nothing reaches an engine but through here, admitted before and settled once after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from typing import Protocol
from uuid import UUID

from lionrock.errors import LionrockError
from lionrock.gateway.calls.asked import Asked
from lionrock.gateway.calls.faults import Elsewhere
from lionrock.gateway.calls.meter import Meter
from lionrock.gateway.calls.relaying import attempt
from lionrock.gateway.calls.salts import Salts
from lionrock.gateway.calls.seen import Seen
from lionrock.gateway.exchanges.keeper import Keeper
from lionrock.gateway.exchanges.taking import Taking
from lionrock.gateway.fields.kinds import Caps, Endpoint, Json
from lionrock.gateway.fields.prepare import model_in
from lionrock.gateway.fields.reading import read
from lionrock.gateway.ledger.calls import Call as Admitted
from lionrock.gateway.ledger.calls import Outcome, Price, Retention, new_id
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.policies.rules import Rules, strictest
from lionrock.gateway.pool import Engine, Pool, Worst
from lionrock.kernel.actors import Actor, ActorKind
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission
from lionrock.kernel.telemetry import Telemetry

PATIENCE_SECONDS = 60.0
"""That a call waits for a place, by default."""
_ATTEMPTS = 3

_READING = Caps()


class Policies(Protocol):
    """What each tenant has decided, as `gateway.policies.cache.Policies` knows it."""

    async def of(self, tenant: UUID) -> Rules:
        """PolicyUnavailable where it cannot be told: the call is then refused."""

    def forget(self, tenant: UUID) -> None: ...


class Calls:
    """One for each process. `troubled` is told the name of an engine that failed; `keeper` keeps what
    is asked at the door and answered, where that is to be kept."""

    def __init__(
        self,
        pool: Pool,
        ledger: Ledger,
        salts: Salts,
        policies: Policies,
        *,
        patience: float = PATIENCE_SECONDS,
        troubled: Callable[[str], None] | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        self.pool, self.ledger, self.keeper = pool, ledger, keeper
        self._salts, self._policies, self._patience = salts, policies, patience
        self.troubled = troubled or (lambda engine: None)
        self.telemetry = Telemetry()
        self._served = {w.name: _Served(w, pool.engines(w.name)) for w in pool.models()}

    async def ask(
        self,
        actor: Actor,
        endpoint: Endpoint,
        body: bytes | Json,
        retention: Retention = Retention.STANDARD,
    ) -> Call:
        """Check a call; nothing is reserved or sent before `Call.answer`. `retention` is what the
        request asks for: the tenant's and the key's can only be tightened by it.

        Forbidden, NotFound (the model), InvalidInput, TooLarge, PersonalDataRefused, PolicyUnavailable.
        """
        require(actor, Permission.GATEWAY_MODEL_CALL)
        asked = read(body, _READING) if isinstance(body, bytes) else body
        served = self._served.get(model_in(asked))
        if served is None:
            self.pool.model(model_in(asked))  # says which there are
            raise AssertionError
        rules = await self._policies.of(actor.tenant_id)
        of_key = Retention.NONE if actor.zero_retention else Retention.STANDARD
        id = new_id()
        made = Asked(
            asked,
            endpoint,
            served.worst,
            served.likely,
            id=id,
            salt=self._salts.of(actor.tenant_id, served.worst.name),
            caps=served.caps,
            policy=rules.guards,
        )
        admitted = Admitted(
            actor.tenant_id,
            actor.id,
            actor.credential if actor.kind is ActorKind.SERVICE else None,
            served.engines,
            served.worst.name,
            served.sha256,
            made.most_in,
            made.first.max_output,
            served.price,
            strictest(rules.retention, of_key, retention),
        )
        # The product's own calls come as objects: what is kept of them is their run.
        sent = body if isinstance(body, bytes) else None
        return Call(self, made, admitted, endpoint, sent, id, rules.share)

    def forget(self, tenant: UUID) -> None:
        """What the tenant has decided was changed: it counts from the next call on."""
        self._policies.forget(tenant)

    def lease_deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._patience


class Call:
    """A call that was checked. `stream`: the client wants events, not one JSON object."""

    __slots__ = (
        "_admitted", "_asked", "_calls", "_endpoint", "_sent", "_share", "admitted", "id", "stream",
    )  # fmt: skip

    def __init__(
        self, calls: Calls, asked: Asked, admitted: Admitted, endpoint: Endpoint, sent: bytes | None,
        id: UUID, share: float = 1.0,
    ) -> None:  # fmt: skip
        """`sent`: the body, of a client at the door."""
        self._calls, self._asked, self._admitted, self._share = calls, asked, admitted, share
        self._endpoint, self._sent = endpoint, sent
        self.id = id
        """Of its usage row, and in hex of the answer."""
        self.stream = asked.first.stream
        self.admitted = False
        """It has a usage row."""

    @property
    def retention(self) -> Retention:
        """The most that may be kept of it: the strictest of the tenant's, the key's, the request's."""
        return self._admitted.retention

    def likely_in(self) -> int:
        """Tokens of the prompt where the engine does not tell."""
        return self._asked.likely_in()

    async def answer(self) -> AsyncGenerator[bytes, None]:
        """What goes to the client. `aclose` it in any case: that ends the work upstream, and settles.

        The errors of `Keeper.begin`, `Ledger.admit` and `Pool.lease`, EngineUnavailable, EngineRefused;
        none after the first bytes.
        """
        ledger = self._calls.ledger
        seen = Seen(self._calls.telemetry, self._asked)
        taken = None
        try:
            taken = await self._taking()
            admission = await ledger.admit(self._admitted, self.id)
            self.admitted = True
        except BaseException as error:
            seen.refused(error)
            if taken is not None:
                taken.drop()
            raise
        meter = Meter(self._asked)
        try:
            async with aclosing(self._attempts(meter, seen)) as answer:
                async for data in answer:
                    if taken is not None:
                        taken.said.feed(data)
                    yield data
        except LionrockError as error:
            meter.outcome = Outcome.FAILED
            seen.failed(error)
            raise
        finally:
            use = meter.use()
            settle = partial(ledger.settle_soon, admission, use, seen.ended(use))
            if taken is None or self._calls.keeper is None:
                settle()
            else:
                self._calls.keeper.keep(taken, use.outcome, settle)

    async def _taking(self) -> Taking | None:
        """The exchange, where it is to be kept."""
        keeper, sent, self._sent = self._calls.keeper, self._sent, None
        if keeper is None or sent is None or self.retention is not Retention.STANDARD:
            return None
        return await keeper.begin(
            self.id, self._admitted, self._endpoint, sent, streamed=self.stream
        )

    async def _attempts(self, meter: Meter, seen: Seen) -> AsyncGenerator[bytes, None]:
        """Another engine is asked for as long as nothing was passed on."""
        failed: tuple[str, ...] = ()
        deadline = self._calls.lease_deadline()
        why: LionrockError | None = None
        while len(failed) < _ATTEMPTS:
            name = ""
            seen.step("queue")
            try:
                async with self._calls.pool.lease(
                    self._asked.worst.name,
                    self._admitted.tenant,
                    share=self._share,
                    deadline=deadline,
                    tokens=self._asked.tokens,
                    not_engine=failed,
                ) as upstream:
                    name = upstream.engine.name
                    meter.queued += upstream.waited
                    seen.asks(upstream.engine)
                    try:
                        ready = self._asked.ready(upstream.engine)
                        async with aclosing(attempt(upstream, ready, meter)) as answer:
                            async for data in answer:
                                yield data
                    finally:
                        upstream.spent(meter.tokens)
                    return
            except Elsewhere as fault:
                seen.failed(fault.why)
                self._calls.troubled(name)
                failed, why = (*failed, name), fault.why
            except LionrockError:
                if name or why is None:
                    raise
                break  # no other engine: the reason is the first one's
        assert why is not None
        raise why


class _Served:
    """A model, and what every call of it needs."""

    __slots__ = ("caps", "engines", "likely", "price", "sha256", "worst")

    def __init__(self, worst: Worst, engines: tuple[Engine, ...]) -> None:
        self.worst, self.likely = worst, engines[0]
        self.caps = Caps(output=worst.output)
        self.price = Price(worst.price_in, worst.price_out, worst.currency)
        # The row is begun before the call has its place: until it is settled, it names all of them.
        self.engines = "|".join(engine.name for engine in engines)[:200]
        told = {offer.sha256 for e in engines if (offer := e.offer(worst.name)) is not None}
        same = told.pop() if len(told) == 1 else None
        self.sha256 = bytes.fromhex(same) if same else None
