"""The engines of an installation, out of its settings: declared in a file, named, or started here."""

from __future__ import annotations

from pathlib import Path

from lionrock.errors import Conflict
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool import Engine, Offer, Trust, embedded, read_engines
from lionrock.kernel.egress import Gate
from lionrock.models.engines import Engine as Client
from lionrock.models.engines import OpenAIEngine
from lionrock.models.llamacpp import LocalEngine

_NAMED, _EMBEDDED = "engine", "embedded"
_SOCKET = "unix:"
_PLACES = 8
"""At an engine that was only named: what it does at once is not known."""


class Engines:
    """`all` for the pool; `own` is the client that counts tokens for the product's own calls, and names
    their model. None: the product asks none. `close` at the end."""

    def __init__(self, egress: Gate) -> None:
        self._egress = egress
        self.all: list[Engine] = []
        self.own: Client | None = None
        self.local: LocalEngine | None = None

    def declare(self, file: Path, keys: Path) -> None:
        """InvalidInput for what is wrong with the file: a server does not start with half of it."""
        self.all.extend(read_engines(file, keys))

    def choose(self, model: str) -> bool:
        """Have the product ask `model`, if an engine that was declared serves it."""
        for engine in self.all:
            offer = engine.offer(model)
            if offer is not None:
                self.own = _counter(engine, offer, self._egress)
                return True
        return False

    async def named(self, url: str, *, key: str | None, model: str | None, context: int) -> None:
        """The one engine of the settings. It is taken for one inside. EngineUnavailable: it has to tell
        which model it serves, and does not."""
        self._free(_NAMED)
        client = OpenAIEngine(url, key=key, model=model, context=context, egress=self._egress)
        try:
            name = await client.discover()
        except BaseException:
            await client.close()
            raise
        self.own = client
        offer = Offer(name, name, client.context, max(1, client.context // 2))
        kind, trust, key = EngineKind.OPENAI, Trust.INSIDE, key.strip() if key else None
        self.all.append(Engine(_NAMED, kind, url, trust, (offer,), key, at_once=_PLACES))

    async def start(self, local: LocalEngine, *, sha256: str | None) -> None:
        """The embedded engine."""
        self._free(_EMBEDDED)
        await local.start()
        self.own = self.local = local
        self.all.append(
            embedded(
                local.socket,
                model=local.model_name,
                key=local.key,
                context=local.context,
                output=max(1, local.context // 2),
                at_once=local.parallel,
                sha256=sha256,
            )
        )

    def troubled(self, engine: str) -> None:
        """A request failed there: the embedded engine may be stuck."""
        if self.local is not None and engine == _EMBEDDED:
            self.local.look()

    async def close(self) -> None:
        own, self.own = self.own, None
        if own is not None:
            await own.close()

    def _free(self, name: str) -> None:
        if any(engine.name == name for engine in self.all):
            raise Conflict(
                f"The engines' file has one named {name}, as the server calls its own. "
                "Give it another name."
            )


def _counter(engine: Engine, offer: Offer, egress: Gate) -> Client:
    """Who counts tokens for a model of the file; by its engine's tokenizer where it offers one."""
    socket = None
    url = engine.url
    if url.startswith(_SOCKET):
        socket, url = Path(url.removeprefix(_SOCKET)), "http://engine"
    return _Counter(
        url, key=engine.key, model=offer.upstream, unix_socket=socket,
        context=offer.context, egress=egress, silence_seconds=engine.silence, called=offer.name,
    )  # fmt: skip


class _Counter(OpenAIEngine):
    """Goes by the name that the model is offered by."""

    def __init__(self, *given: str, called: str, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self._called = called

    @property
    def model_name(self) -> str:
        return self._called
