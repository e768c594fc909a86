"""`Calls`: nothing reaches an engine but through here, admitted before and settled once after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from uuid import UUID

from lionrock.errors import LionrockError
from lionrock.gateway.calls.asked import Asked
from lionrock.gateway.calls.faults import Elsewhere
from lionrock.gateway.calls.meter import Meter
from lionrock.gateway.calls.relaying import attempt
from lionrock.gateway.calls.salts import Salts
from lionrock.gateway.fields.kinds import Caps, Endpoint, Json
from lionrock.gateway.fields.prepare import model_in
from lionrock.gateway.fields.reading import read
from lionrock.gateway.guards.policy import Policy
from lionrock.gateway.ledger.calls import Call as Admitted
from lionrock.gateway.ledger.calls import Outcome, Price, Retention, new_id
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.pool import Engine, Pool, Worst
from lionrock.kernel.actors import Actor, ActorKind
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission

PATIENCE_SECONDS = 60.0
"""That a call waits for a place, by default."""
_ATTEMPTS = 3

Policies = Callable[[UUID], Policy]
_READING = Caps()


class Calls:
    """One for each process. `policies` gives a tenant's guards; without it every kind is masked before
    an engine outside. `troubled` is told the name of an engine that failed."""

    def __init__(
        self,
        pool: Pool,
        ledger: Ledger,
        salts: Salts,
        *,
        policies: Policies | None = None,
        patience: float = PATIENCE_SECONDS,
        troubled: Callable[[str], None] | None = None,
    ) -> None:
        self.pool, self.ledger = pool, ledger
        self._salts, self._patience = salts, patience
        self._policies = policies or (lambda tenant: _MASK_ALL)
        self.troubled = troubled or (lambda engine: None)
        self._served = {w.name: _Served(w, pool.engines(w.name)) for w in pool.models()}

    def ask(
        self,
        actor: Actor,
        endpoint: Endpoint,
        body: bytes | Json,
        retention: Retention = Retention.STANDARD,
    ) -> Call:
        """Check a call; nothing is reserved or sent before `Call.answer`.

        Forbidden, NotFound (the model), InvalidInput, TooLarge, PersonalDataRefused.
        """
        require(actor, Permission.GATEWAY_MODEL_CALL)
        asked = read(body, _READING) if isinstance(body, bytes) else body
        served = self._served.get(model_in(asked))
        if served is None:
            self.pool.model(model_in(asked))  # says which there are
            raise AssertionError
        id = new_id()
        made = Asked(
            asked,
            endpoint,
            served.worst,
            served.likely,
            id=id,
            salt=self._salts.of(actor.tenant_id, served.worst.name),
            caps=served.caps,
            policy=self._policies(actor.tenant_id) if served.worst.outside else _MASK_ALL,
        )
        if actor.zero_retention:
            retention = Retention.NONE
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
            retention,
        )
        return Call(self, made, admitted, id)

    def lease_deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._patience


class Call:
    """A call that was checked. `stream`: the client wants events, not one JSON object."""

    __slots__ = ("_admitted", "_asked", "_calls", "id", "stream")

    def __init__(self, calls: Calls, asked: Asked, admitted: Admitted, id: UUID) -> None:
        self._calls, self._asked, self._admitted = calls, asked, admitted
        self.id = id
        """Of its usage row, and in hex of the answer."""
        self.stream = asked.first.stream

    def likely_in(self) -> int:
        """Tokens of the prompt where the engine does not tell."""
        return self._asked.likely_in()

    async def answer(self) -> AsyncGenerator[bytes, None]:
        """What goes to the client. `aclose` it in any case: that ends the work upstream, and settles.

        The errors of `Ledger.admit` and `Pool.lease`, EngineUnavailable, EngineRefused; none after the
        first bytes.
        """
        ledger = self._calls.ledger
        admission = await ledger.admit(self._admitted, self.id)
        meter = Meter(self._asked)
        try:
            async with aclosing(self._attempts(meter)) as answer:
                async for data in answer:
                    yield data
        except LionrockError:
            meter.outcome = Outcome.FAILED
            raise
        finally:
            ledger.settle_soon(admission, meter.use())

    async def _attempts(self, meter: Meter) -> AsyncGenerator[bytes, None]:
        """Another engine is asked for as long as nothing was passed on."""
        failed: tuple[str, ...] = ()
        deadline = self._calls.lease_deadline()
        why: LionrockError | None = None
        while len(failed) < _ATTEMPTS:
            name = ""
            try:
                async with self._calls.pool.lease(
                    self._asked.worst.name,
                    self._admitted.tenant,
                    deadline=deadline,
                    tokens=self._asked.tokens,
                    not_engine=failed,
                ) as upstream:
                    name = upstream.engine.name
                    meter.queued += upstream.waited
                    try:
                        ready = self._asked.ready(upstream.engine)
                        async with aclosing(attempt(upstream, ready, meter)) as answer:
                            async for data in answer:
                                yield data
                    finally:
                        upstream.spent(meter.tokens)
                    return
            except Elsewhere as fault:
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
        # The row is written before the call has its place: where several serve a model, it names all.
        self.engines = "|".join(engine.name for engine in engines)[:200]
        told = {offer.sha256 for e in engines if (offer := e.offer(worst.name)) is not None}
        same = told.pop() if len(told) == 1 else None
        self.sha256 = bytes.fromhex(same) if same else None


_MASK_ALL = Policy()
