"""Whether every known path asks for the key."""

from __future__ import annotations

import secrets

from lionrock.gateway.conformance.probe import Probe
from lionrock.gateway.conformance.routes import ROUTES
from lionrock.gateway.conformance.verdicts import Outcome, failed, passed, unclear

_LOCKED = frozenset({401, 403})
_ABSENT = 404
_SHOWN = 8
_ADVICE = "let only the gateway reach it, through a proxy that passes listed paths (deploy/)"


async def auth(probe: Probe) -> Outcome:
    """No known path but health answers without the key, or to a wrong one.

    401 and 403 are a lock, 404 is a path that is not there; anything else (a 400 or 405 too) was
    reached without the key. Bodies are empty objects, so nothing is generated.
    """
    if not probe.wire.keyed:
        return failed("it works without a key. Give it one, or " + _ADVICE)
    locked, absent, opened = 0, 0, []
    for method, path in ROUTES[probe.kind]:
        statuses = [
            (
                await probe.wire.call(method, path, b"{}" if method == "POST" else None, key=key)
            ).status
            for key in (None, secrets.token_hex(16))
        ]
        if all(status in _LOCKED for status in statuses):
            locked += 1
        elif all(status == _ABSENT for status in statuses):
            absent += 1
        else:
            opened.append(f"{path} ({next(s for s in statuses if s not in _LOCKED)})")
    if opened:
        more = f" and {len(opened) - _SHOWN} more" if len(opened) > _SHOWN else ""
        return failed(f"reached without the key: {', '.join(opened[:_SHOWN])}{more}. {_ADVICE}")
    if not locked:
        return unclear("no known path asked for the key, for none is there")
    return passed(f"{locked} known paths ask for the key, {absent} are not there")
