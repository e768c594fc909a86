"""What counts for a tenant's calls, and for one of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lionrock.gateway.guards.policy import Policy
from lionrock.gateway.ledger.calls import Retention

_STRICTNESS: Final = {Retention.STANDARD: 0, Retention.METADATA: 1, Retention.NONE: 2}


@dataclass(frozen=True, slots=True)
class Rules:
    """As they are where a tenant has decided nothing: every kind masked, no content kept."""

    guards: Policy = field(default_factory=Policy)
    """Before an engine outside the institution."""
    retention: Retention = Retention.METADATA
    """The most that is kept."""
    share: float = 1.0
    """Of a full engine, against other tenants' shares."""


def strictest(*retentions: Retention) -> Retention:
    """The one that keeps least: each may tighten the others, none loosens them."""
    return max(retentions, key=_STRICTNESS.__getitem__)
