"""The engines behind the gateway: how they stand, taking one out for maintenance and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from lionrock.doors import house
from lionrock.errors import NotFound
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.operating import USED, Standing
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission as P
from lionrock.web.administration import ask, done
from lionrock.web.auth import Reader
from lionrock.web.rendering import page, translator

PATH = "/admin/engines"
KINDS: Final = MappingProxyType(
    {
        EngineKind.LLAMACPP: "llama.cpp", EngineKind.VLLM: "vLLM",
        EngineKind.VLLM_ASCEND: "vLLM Ascend", EngineKind.SGLANG: "SGLang",
        EngineKind.MINDIE: "MindIE", EngineKind.OLLAMA: "Ollama", EngineKind.OPENAI: "OpenAI API",
    }
)  # fmt: skip
_EMBEDDED: Final = "embedded"
_REFRESH_SECONDS, _REFRESHES = 3, 300
"""An open page asks anew for a quarter of an hour, and no longer: a session ends when it is not used."""

Name = Annotated[str, Path(max_length=64)]
Turn = Annotated[int, Query(ge=0, le=_REFRESHES)]

routes = APIRouter()


@routes.get(PATH)
async def listing(request: Request, actor: Reader, turn: Turn = 0) -> Response:
    found = house(request).gateway.engines.listing(actor)
    return page(
        request, "admin/engines.html", engines=found, unserved=unserved(found), kinds=KINDS,
        alone=[e.name for e in found] == [_EMBEDDED], used=USED, now=datetime.now(UTC),
        every=_REFRESH_SECONDS, turn=turn + 1 if turn < _REFRESHES else None,
    )  # fmt: skip


def unserved(engines: Sequence[Standing], without: str = "") -> list[str]:
    """Models that no engine (other than `without`) is used for."""
    offered = {model for engine in engines for model in engine.models}
    served = {
        model for engine in engines if engine.state in USED and engine.name != without
        for model in engine.models
    }  # fmt: skip
    return sorted(offered - served)


@routes.get(f"{PATH}/{{name}}/drain")
async def ask_drain(request: Request, actor: Reader, name: Name) -> Response:
    engine, speak = _engine(request, actor, name), translator(request)
    busy = engine.load.busy if engine.load else 0
    all_engines = house(request).gateway.engines.listing(actor)
    lost = [m for m in unserved(all_engines, without=name) if m in engine.models]
    return ask(
        request, speak.gettext("Drain %(name)s?", name=name), action=f"{PATH}/{name}/drain",
        button=speak.gettext("Drain"), back=PATH,
        facts=[
            speak.gettext("Nothing more is sent to it."),
            speak.ngettext(
                "%(count)s request that it works on goes on to its end.",
                "%(count)s requests that it works on go on to their end.", busy,
            ),
            *(
                speak.gettext("No other engine is used for %(model)s: calls are refused.", model=model)
                for model in lost
            ),
        ],
        note=speak.gettext("It stays drained until it is used again, after a restart too."),
    )  # fmt: skip


@routes.post(f"{PATH}/{{name}}/drain")
async def drain(request: Request, actor: Reader, name: Name) -> Response:
    await house(request).gateway.engines.drain(actor, name)
    return done(request, PATH)


@routes.get(f"{PATH}/{{name}}/resume")
async def ask_resume(request: Request, actor: Reader, name: Name) -> Response:
    engine, speak = _engine(request, actor, name), translator(request)
    well = speak.gettext("Requests are sent to it from now on.")
    ill = speak.gettext("It is not well now: requests are sent to it when it is.")
    return ask(
        request, speak.gettext("Use %(name)s again?", name=name), action=f"{PATH}/{name}/resume",
        button=speak.gettext("Use again"), back=PATH, facts=[ill if engine.fault else well],
    )  # fmt: skip


@routes.post(f"{PATH}/{{name}}/resume")
async def resume(request: Request, actor: Reader, name: Name) -> Response:
    await house(request).gateway.engines.resume(actor, name)
    return done(request, PATH)


def _engine(request: Request, actor: Actor, name: str) -> Standing:
    require(actor, P.PLATFORM_ENGINE_MANAGE)
    for engine in house(request).gateway.engines.listing(actor):
        if engine.name == name:
            return engine
    raise NotFound(ABSENT)
