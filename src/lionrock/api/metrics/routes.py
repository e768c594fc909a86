"""`GET /metrics`, for who holds the installation's own token: no member's key or session opens it."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from lionrock.api import problems
from lionrock.api.metrics.scrape import Scrape
from lionrock.doors import house
from lionrock.errors import LionrockError, Unauthenticated, Unavailable
from lionrock.kernel.secrets import installation_secret
from lionrock.kernel.telemetry.setting_up import TOKEN

if TYPE_CHECKING:
    from lionrock.app import House


def router() -> APIRouter:
    routes = APIRouter(tags=["system"])
    kept: list[Scrape] = []

    @routes.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}, "description": "Prometheus' text format."}},
    )
    async def metrics(request: Request) -> Response:
        """Counts, times and states of this process, without content or identity. It takes the token of
        `keys/metrics` as `Authorization: Bearer`, and nothing else."""
        found = house(request)
        try:
            _authorise(found, request.headers.get("authorization", ""))
        except LionrockError as error:
            # Answered here: a browser is sent on to sign in, and Prometheus would follow.
            return problems.response(problems.of(error))
        if not kept:
            kept.append(Scrape(found))
        return Response(
            await kept[0].text(),
            media_type=CONTENT_TYPE_PLAIN_0_0_4,
            headers={"Cache-Control": "no-store"},
        )

    return routes


def _authorise(house: House, given: str) -> None:
    scheme, _, token = given.partition(" ")
    try:
        # Read each time: to change it is to replace the file.
        expected = installation_secret(house.settings.home / "keys", TOKEN)
    except (OSError, ValueError):
        raise Unavailable(
            f"The token of /metrics cannot be read: see that keys/{TOKEN} in LIONROCK_HOME has mode "
            "600 and holds 64 hexadecimal digits, or remove it, and one is made."
        ) from None
    if scheme.lower() != "bearer" or not compare_digest(
        token.strip().encode("utf-8", "replace"), expected.encode()
    ):
        raise Unauthenticated(
            f"Send the token of keys/{TOKEN}: Authorization: Bearer TOKEN. Other keys do not open this."
        )
