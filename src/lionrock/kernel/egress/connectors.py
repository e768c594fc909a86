"""Where aiohttp's connections go: to a unix socket, or by TCP to what the egress list leads to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp

from lionrock.kernel.egress.checked_resolver import CheckedResolver
from lionrock.kernel.egress.policy import Gate


def connector(socket: Path | None, egress: Gate, *, keep: float | None) -> aiohttp.BaseConnector:
    """A unix socket needs no permission; without one, `egress` resolves the names.

    `keep`: seconds that an idle connection is kept for the next request; None closes each with its
    own. There is no limit: a request waits at the engine or in a queue of ours, never unseen in here.
    """
    kept: dict[str, Any] = {"force_close": True} if keep is None else {"keepalive_timeout": keep}
    if socket is not None:
        return aiohttp.UnixConnector(str(socket), limit=0, **kept)
    return aiohttp.TCPConnector(limit=0, resolver=CheckedResolver(egress), **kept)
