"""Egress lists for tests of the clients: one that notes what it is asked, one that refuses it all."""

from __future__ import annotations

from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress


class Asked(Egress):
    """`asked`: each host, in order."""

    def __init__(self, *hosts: str) -> None:
        super().__init__(hosts)
        self.asked: list[str] = []

    def check(self, host: str, port: int | None = None) -> None:
        self.asked.append(host)
        super().check(host, port)


class Closed(Egress):
    """Not even loopback."""

    def check(self, host: str, port: int | None = None) -> None:
        raise EgressRefused(f"{host} is not on the list")
