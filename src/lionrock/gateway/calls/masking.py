"""Guards on the way out and back: a request's texts masked, its answer's texts restored."""

from __future__ import annotations

from lionrock.gateway.guards.masks import Masks, Text
from lionrock.gateway.guards.policy import Policy
from lionrock.gateway.guards.streams import Restorer


class Masking:
    """Of one request to one engine outside. Held as long as the call, and nowhere else."""

    def __init__(self, policy: Policy) -> None:
        self._masks = Masks(policy)
        self._restorers: dict[str, Restorer] = {}
        self._texts = 0

    def __bool__(self) -> bool:
        """Whether anything was masked."""
        return bool(self._masks)

    def mask(self, text: str) -> str:
        """As `fields.words.Mask`. PersonalDataRefused where the policy refuses a kind."""
        self._texts += 1
        return self._masks.mask([Text(f"text {self._texts}", text)])[0]

    def restore(self, stream: str, piece: str, last: bool) -> str:
        """As `fields.rewriting.Rewrite`."""
        restorer = self._restorers.get(stream)
        if restorer is None:
            restorer = self._restorers[stream] = self._masks.stream()
        said = restorer.feed(piece)
        return said + restorer.close() if last else said
