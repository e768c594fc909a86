"""What every page says first: that nothing can be changed, or that nothing sealed can be opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lionrock.errors import LionrockError, VaultClosed
from lionrock.kernel.actors import Actor

if TYPE_CHECKING:
    from lionrock.app import House


@dataclass(frozen=True, slots=True)
class Banner:
    """`name` is what catalogues call it by, `detail` an error's own words."""

    name: Literal["read-only", "closed"]
    detail: str


def banners(house: House, actor: Actor | None) -> list[Banner]:
    """Asked for every page of a reader who is signed in; from memory, save for a key not used yet."""
    if actor is None:
        return []
    found = []
    if house.audit.state.status == "broken":
        found.append(Banner("read-only", house.audit.state.reason))
    try:
        house.vault.key(actor.tenant_id)
    except VaultClosed as error:
        found.append(Banner("closed", error.detail))
    except LionrockError:
        pass  # No key made yet, or one that is broken: what needs it says so.
    return found
