"""How aiohttp looks names up: by the egress list, which checks the answer and lets no other be used."""

from __future__ import annotations

import asyncio
import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from lionrock.kernel.egress.policy import Gate


class CheckedResolver(AbstractResolver):
    def __init__(self, egress: Gate) -> None:
        self._egress = egress

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """aiohttp asks for names only, and takes an OSError as "does not resolve"."""
        found = await asyncio.to_thread(self._egress.resolve, host, port)
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=_family(address.version),
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in found
            if family in (socket.AF_UNSPEC, _family(address.version))
        ]

    async def close(self) -> None: ...


def _family(version: int) -> socket.AddressFamily:
    return socket.AF_INET if version == 4 else socket.AF_INET6
