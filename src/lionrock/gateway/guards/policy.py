"""What a tenant wants done about each kind of personal data before an engine outside sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from lionrock.errors import InvalidInput
from lionrock.gateway.guards.kinds import ALL, Kind


class Action(StrEnum):
    OFF = "off"
    """Not looked for."""
    MASK = "mask"
    REFUSE = "refuse"
    """The request is not sent."""


_NONE: Final[Mapping[Kind, Action]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Policy:
    """An action for each kind. One that is not named is masked, so that a kind that a later release
    adds is not let through unseen."""

    actions: Mapping[Kind, Action] = field(default_factory=lambda: _NONE)

    def action(self, kind: Kind) -> Action:
        return self.actions.get(kind, Action.MASK)

    def kinds(self, action: Action) -> frozenset[Kind]:
        """The kinds for which `action` is taken."""
        return frozenset(kind for kind in ALL if self.action(kind) is action)

    @property
    def off(self) -> bool:
        """Whether nothing is looked for at all."""
        return self.kinds(Action.OFF) == ALL

    def written(self) -> dict[str, str]:
        """Every kind and its action in words, as they are kept: `read` takes them back."""
        return {kind.value: self.action(kind).value for kind in Kind}


def read(written: Mapping[str, str]) -> Policy:
    """The policy that {kind: action} says in words. `InvalidInput` for a word that names neither."""
    actions: dict[Kind, Action] = {}
    for kind, action in written.items():
        if kind not in {k.value for k in Kind}:
            raise InvalidInput(f"Guards know no kind {kind[:40]!r}: use {', '.join(Kind)}.")
        if action not in {a.value for a in Action}:
            raise InvalidInput(
                f"Guards know no action {action[:40]!r} for {kind}: use {', '.join(Action)}."
            )
        actions[Kind(kind)] = Action(action)
    return Policy(MappingProxyType(actions))
