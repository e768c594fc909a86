"""Which hosts this server may connect to: loopback, and what the operator listed.

Every client that opens a connection is handed `check` and calls it with the host first, also after
a redirect. (The guard at the socket itself, with its events, is the kernel's next step.)
"""

from __future__ import annotations

import ipaddress

from lionrock.errors import EgressRefused


class Egress:
    def __init__(self, hosts: frozenset[str]) -> None:
        self._hosts = hosts

    def check(self, host: str) -> None:
        """Return if `host` is allowed; raise `EgressRefused` if not."""
        name = host.strip("[]").lower().rstrip(".")
        if name in self._hosts or name == "localhost" or _is_loopback(name):
            return
        raise EgressRefused(
            f"{name} is not on the egress list. If Lionrock may connect to it, an operator adds it to "
            "LIONROCK_EGRESS."
        )


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
