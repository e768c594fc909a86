"""Calls that are under way, for clients that cancel one by the id of its request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import anyio

from lionrock.kernel.actors import Actor


class UnderWay:
    """Until protocol version 2025-11-25 cancelling is a request of its own (`notifications/cancelled`);
    later ones do it by leaving."""

    def __init__(self) -> None:
        self._scopes: dict[tuple[UUID, UUID | None, int | str], list[anyio.CancelScope]] = {}

    @contextmanager
    def held(self, actor: Actor, request: int | str) -> Iterator[anyio.CancelScope]:
        key = (actor.tenant_id, actor.credential, request)
        scope = anyio.CancelScope()
        self._scopes.setdefault(key, []).append(scope)
        try:
            with scope:
                yield scope
        finally:
            self._scopes[key].remove(scope)
            if not self._scopes[key]:
                del self._scopes[key]

    def cancel(self, actor: Actor, request: int | str) -> None:
        """Of two clients with one key, both with a request of that id, neither's is stopped: whose is
        meant is not known."""
        meant = self._scopes.get((actor.tenant_id, actor.credential, request), [])
        if len(meant) == 1:
            meant[0].cancel()
