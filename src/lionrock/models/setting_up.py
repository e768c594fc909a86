"""Weights and encoder of an installation, out of its settings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack

from lionrock.errors import LionrockError, Unavailable
from lionrock.kernel.egress import Egress
from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import Embedder, LocalEmbedder
from lionrock.models.llamacpp import LocalEngine
from lionrock.models.pull import Store
from lionrock.models.remote_embeddings import RemoteEmbedder
from lionrock.settings import Settings


def store(settings: Settings) -> Store:
    return Store(settings.cache / "models", settings.mirror)


async def open_embedder(
    stack: AsyncExitStack, settings: Settings, egress: Egress, dimension: int, notices: list[str]
) -> Embedder | None:
    try:
        if "://" in settings.embeddings:
            remote = await RemoteEmbedder.connect(settings.embeddings, egress=egress)
            stack.push_async_callback(remote.close)
            if remote.dimension != dimension:
                raise Unavailable(
                    f"{settings.embeddings} makes vectors of {remote.dimension} numbers; "
                    f"this release keeps {dimension}."
                )
            return remote
        model = Catalogue.load().get(settings.embeddings)
        local = LocalEmbedder(store(settings).path(model))
        stack.push_async_callback(local.close)
        return local
    except LionrockError as error:
        notices.append(f"Search by meaning is off: {error.detail}")
        return None


def children(
    engine: LocalEngine | None, embedder: Embedder | None
) -> dict[str, Callable[[], int | None]]:
    found: dict[str, Callable[[], int | None]] = {}
    if engine is not None:
        found["language model"] = lambda: engine.pid
    if isinstance(embedder, LocalEmbedder):
        found["embeddings"] = lambda: embedder.pid
    return found
