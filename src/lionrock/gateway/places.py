"""Where engines are, for the report on where data can go."""

from __future__ import annotations

from collections.abc import Iterable

from lionrock.errors import InvalidInput
from lionrock.gateway.pool import Engine, read_engines
from lionrock.gateway.pool.addresses import Address
from lionrock.kernel.egress import Egress
from lionrock.kernel.egress.residency import HERE, Part
from lionrock.kernel.egress.urls import parse_host
from lionrock.settings import Settings


def place(engine: Engine) -> str:
    """Host and port; empty for an engine on a socket of this machine."""
    address = Address.read(engine.url)
    return "" if address.socket is not None else f"{address.host} port {address.port}"


def parts(engines: Iterable[Engine], egress: Egress) -> list[Part]:
    """A line of the report for each: where it is, on which side of the boundary, and whether the egress
    list lets it be reached."""
    return [_part(engine, egress) for engine in engines]


def _part(engine: Engine, egress: Egress) -> Part:
    address = Address.read(engine.url)
    return Part(
        part="engine",
        name=engine.name,
        where=place(engine) or HERE,
        listed=address.socket is not None or egress.lists(parse_host(address.host), address.port),
        trust=engine.trust.value,
        models=[offer.name for offer in engine.offers],
    )


def declared(settings: Settings, egress: Egress) -> list[Part]:
    """Where no server runs: those of the engines' file. A file that cannot be read is a line too."""
    if settings.engines is None:
        return []
    try:
        return parts(read_engines(settings.engines, settings.home / "keys" / "engines"), egress)
    except InvalidInput as error:
        return [Part(part="engine", name=settings.engines.name, where=error.detail, listed=False)]
