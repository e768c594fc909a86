"""One exchange while its call is under way: the request as it was sent, the answer as it goes by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from lionrock.gateway.exchanges.room import Room
from lionrock.gateway.exchanges.said import Said
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.ledger.calls import Call, Outcome
from lionrock.kernel.vault.sealing import DataKey

REQUEST_BYTES: Final = 2**20
"""What is kept of a request; the rest is cut off."""
_OWN_BYTES: Final = 1_000


class Taking:
    """It holds its bytes of the room until `drop`."""

    __slots__ = (
        "_held", "_room", "began", "call", "ended", "endpoint", "id", "key", "outcome", "period",
        "request", "request_bytes", "said", "streamed",
    )  # fmt: skip

    def __init__(
        self, id: UUID, call: Call, endpoint: Endpoint, body: bytes, *, streamed: bool,
        room: Room, key: DataKey, period: str,
    ) -> None:  # fmt: skip
        """`key` seals it, of the month `period`. The caller has seen that the room is there."""
        self.id, self.call, self.endpoint, self.streamed = id, call, endpoint, streamed
        self.key, self.period, self._room = key, period, room
        self.request, self.request_bytes = body[:REQUEST_BYTES], len(body)
        self._held = need_of(body)
        self.said = Said(endpoint, streamed=streamed, room=self._more)
        self.began = datetime.now(UTC)
        self.ended, self.outcome = self.began, Outcome.CANCELLED

    @property
    def held(self) -> int:
        return self._held

    def end(self, outcome: Outcome) -> None:
        self.ended, self.outcome = datetime.now(UTC), outcome

    def drop(self) -> None:
        """Give the room back. Once."""
        self._room.give(self.call.tenant, self._held)
        self._held = 0

    def _more(self, count: int) -> bool:
        if not self._room.take(self.call.tenant, count):
            return False
        self._held += count
        return True


def need_of(body: bytes) -> int:
    """Bytes of the room that a call takes before it has an answer."""
    return min(len(body), REQUEST_BYTES) + _OWN_BYTES
