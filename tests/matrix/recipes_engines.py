"""Engines behind the gateway: the API and the pages. They are the installation's, so operators turn them."""

from __future__ import annotations

from typing import Any, Final

from lionrock.kernel.permissions import Permission as P
from tests.building import ENGINE
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.surface import Slot
from tests.matrix.world import Institution


def engine(*, drained: bool, form: dict[str, Any] | None = None) -> Make:
    """The engine, as the request does not find it again."""

    async def make(of: Institution) -> Sent:
        async with of.house.database.directory_session() as db:
            await db.execute("DELETE FROM gateway_drains")
            if drained:
                await db.execute("INSERT INTO gateway_drains (engine) VALUES ($1)", ENGINE.name)
        await of.house.gateway.engines.load()
        return Sent({"name": ENGINE.name}, form=form)

    return make


_MANAGE, _READ = P.PLATFORM_ENGINE_MANAGE, P.PLATFORM_ENGINE_READ
_PAGE: Final = "/admin/engines"
_NAME: Final = ((Slot("path", ("name",)), "nobodys"),)

RECIPES: Final[dict[str, Recipe]] = {
    "GET /v1/gateway/engines": Recipe(request(), _READ),
    "POST /v1/gateway/engines/{name}/drain": Recipe(engine(drained=False), _MANAGE, more=_NAME),
    "POST /v1/gateway/engines/{name}/resume": Recipe(engine(drained=True), _MANAGE, more=_NAME),
    f"GET {_PAGE}": Recipe(request(), _READ),
    f"GET {_PAGE}/{{name}}/drain": Recipe(engine(drained=False), _MANAGE, more=_NAME),
    f"GET {_PAGE}/{{name}}/resume": Recipe(engine(drained=True), _MANAGE, more=_NAME),
    f"POST {_PAGE}/{{name}}/drain": Recipe(engine(drained=False, form={}), _MANAGE, more=_NAME),
    f"POST {_PAGE}/{{name}}/resume": Recipe(engine(drained=True, form={}), _MANAGE, more=_NAME),
}  # fmt: skip
