"""One request: checked before anything is reserved, made ready for the engine it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lionrock.gateway.calls.masking import Masking
from lionrock.gateway.fields.kinds import Caps, Endpoint, Json, Owned
from lionrock.gateway.fields.prepare import prepare
from lionrock.gateway.fields.prepared import Prepared
from lionrock.gateway.guards.policy import Policy
from lionrock.gateway.pool import Engine, Offer, Trust, Worst
from lionrock.models.engines import estimate_tokens

_BYTES_A_TOKEN = 3
"""Of ordinary text, for a share of the line. What is reserved counts every byte as a token."""
_USUAL_OUTPUT = 512


@dataclass(frozen=True, slots=True)
class Ready:
    """For one engine. `masking` is None where nothing was masked."""

    prepared: Prepared
    masking: Masking | None


class Asked:
    """`asked` is a body that `fields.reading.read` has read, or one of the house's own making."""

    __slots__ = (
        "_asked",
        "_caps",
        "_endpoint",
        "_id",
        "_policy",
        "_ready",
        "_salt",
        "first",
        "worst",
    )

    def __init__(
        self,
        asked: Json,
        endpoint: Endpoint,
        worst: Worst,
        likely: Engine,
        *,
        id: UUID,
        salt: str,
        caps: Caps,
        policy: Policy,
    ) -> None:
        """Checks everything, for the engine that it will `likely` go to. InvalidInput, TooLarge,
        PersonalDataRefused."""
        self._asked, self._endpoint, self.worst = asked, endpoint, worst
        self._id, self._salt, self._caps, self._policy = id.hex, salt, caps, policy
        self._ready: dict[str, Ready] = {}
        self.first = self.ready(likely).prepared

    @property
    def most_in(self) -> int:
        """Tokens that the prompt will not exceed: a tokenizer makes at most one of a byte, and what
        does not fit the context no engine reads: of each prompt, where there are several. What an image
        comes to its bytes do not tell."""
        most = self.worst.context * self.first.prompts
        return most if self.first.images else min(len(self.first.body), most)

    @property
    def tokens(self) -> float:
        """In and out, about: the place in the line goes by it."""
        prompt = min(len(self.first.body) // _BYTES_A_TOKEN, self.most_in)
        return float(prompt + min(self.first.max_output, _USUAL_OUTPUT))

    def likely_in(self) -> int:
        """Tokens of the prompt where the engine did not tell."""
        return min(self.most_in, sum(map(estimate_tokens, self.first.texts)))

    def ready(self, engine: Engine) -> Ready:
        """For this engine, prepared once. InvalidInput where its kind cannot take the request."""
        ready = self._ready.get(engine.name)
        if ready is None:
            ready = self._ready[engine.name] = self._prepare(engine)
        return ready

    def _prepare(self, engine: Engine) -> Ready:
        offer = engine.offer(self.worst.name)
        assert offer is not None
        masking = None
        if engine.trust is Trust.OUTSIDE and not self._policy.off:
            masking = Masking(self._policy)
        made = prepare(
            self._asked,
            self._endpoint,
            engine.kind,
            self._owned(offer),
            self._caps,
            masking.mask if masking is not None else None,
        )
        return Ready(made, masking if masking else None)

    def _owned(self, offer: Offer) -> Owned:
        return Owned(request_id=self._id, salt=self._salt, model=offer.upstream)
