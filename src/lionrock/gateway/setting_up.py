"""The gateway of an installation, out of its settings: engines that a file declares, that are named, or
that start here, and the way to them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from lionrock.errors import Conflict, LionrockError, ModelNotPulled
from lionrock.gateway.calls import Calls, Salts
from lionrock.gateway.exchanges.keeper import Keeper
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.operating import EngineService
from lionrock.gateway.policies.cache import Policies
from lionrock.gateway.pool import Engine, Offer, Pool, Trust, embedded, read_engines
from lionrock.gateway.reranking import RemoteReranker
from lionrock.gateway.service import Gateway
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Gate
from lionrock.kernel.secrets import installation_secret
from lionrock.kernel.tasks import stop
from lionrock.kernel.vault.service import Vault
from lionrock.models.catalogue import Catalogue
from lionrock.models.engines import Engine as Client
from lionrock.models.engines import OpenAIEngine
from lionrock.models.llamacpp import LocalEngine
from lionrock.models.native.built import Built, find, others
from lionrock.models.native.cpu import at_hand
from lionrock.models.native.source import LLAMA_CPP
from lionrock.models.pull import Store
from lionrock.settings import Settings

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


async def open_engines(
    stack: AsyncExitStack,
    settings: Settings,
    weights: Store,
    egress: Gate,
    runtime: Path,
    notices: list[str],
) -> Engines:
    """Those of the settings; what does not start is told in `notices`. `runtime`: folder of sockets."""
    engines = Engines(egress)
    stack.push_async_callback(engines.close)
    if settings.engines:
        engines.declare(settings.engines, settings.home / "keys" / "engines")
    try:
        if settings.engine:
            key = settings.engine_key.get_secret_value() if settings.engine_key else None
            await engines.named(
                settings.engine, key=key, model=settings.engine_model,
                context=settings.engine_context,
            )  # fmt: skip
        elif settings.model == "none":
            notices.insert(0, "No model is set up: answers are quotes alone.")
        elif not engines.choose(settings.model):
            model = Catalogue.load().get(settings.model)
            local = LocalEngine(
                weights.path(model), name=model.name, context=settings.engine_context,
                threads=settings.engine_threads, runtime_dir=runtime,
                built=built_engine(settings, notices),
            )  # fmt: skip
            await engines.start(local, sha256=model.sha256)
    except ModelNotPulled as error:
        notices.insert(0, error.detail)
    except LionrockError as error:
        notices.insert(0, f"The language model is not available: {error.detail}")
    return engines


def built_engine(settings: Settings, notices: list[str]) -> Built | None:
    """The engine built here, where it is wanted. EngineUnavailable if it was changed since."""
    if not settings.engine_built:
        return None
    cpu = at_hand()
    found = find(settings.home, LLAMA_CPP, cpu)
    if found is None and others(settings.home, LLAMA_CPP, cpu):
        notices.append(
            "The engine that was built here is of another release or for another processor: the "
            "wheel's is used. `lionrock models build-engine` builds it anew."
        )
    return found


async def open_gateway(
    stack: AsyncExitStack,
    settings: Settings,
    database: Database,
    vault: Vault,
    egress: Gate,
    engines: Engines,
    notices: list[str],
) -> Gateway:
    """Everything between a caller and the engines; it ends with `stack`."""
    pool = Pool(engines.all, egress=egress)
    stack.push_async_callback(pool.close)
    await pool.start()
    operated = EngineService(database, pool)
    await operated.load()
    looking = asyncio.create_task(operated.run())
    stack.push_async_callback(stop, looking)
    ledger = await stack.enter_async_context(Ledger(database))
    keeper = await stack.enter_async_context(Keeper(database, vault))
    secret = installation_secret(settings.home / "keys", "cache_salt")
    salts, policies = Salts(bytes.fromhex(secret)), Policies(database)
    calls = Calls(pool, ledger, salts, policies, troubled=engines.troubled, keeper=keeper)
    none = notices[0] if notices and engines.own is None else ""
    return Gateway(engines.own, why_none=none, calls=calls, engines=operated)


def open_reranker(
    stack: AsyncExitStack, settings: Settings, egress: Gate, notices: list[str]
) -> RemoteReranker | None:
    if not settings.reranker_url:
        return None
    key = settings.reranker_key.get_secret_value() if settings.reranker_key else None
    try:
        remote = RemoteReranker(
            settings.reranker_url, egress=egress, model=settings.reranker_model, key=key,
            seconds=settings.reranker_seconds,
        )  # fmt: skip
    except LionrockError as error:
        notices.append(f"Results are not reranked: {error.detail}")
        return None
    stack.push_async_callback(remote.close)
    return remote
