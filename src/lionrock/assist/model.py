"""Asking the run's model for a text, whole, or how likely it finds each first word of one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing, suppress
from typing import Final

from lionrock.errors import FormBroken
from lionrock.kernel.capabilities import RunContext
from lionrock.models.engines import ChatRequest, Delta, Finished

_MOST_TOKENS: Final = 20
_UNLIKELY: Final = -20.0


async def written(run: RunContext, request: ChatRequest) -> tuple[str, bool]:
    """What the model wrote, and whether it came to its own end: not, where an answer in a form was cut or
    broke it. Raises what else the gateway raises."""
    text, whole = "", False
    with suppress(FormBroken):
        async with aclosing(run.gateway.chat(run, request)) as stream:
            async for part in stream:
                if isinstance(part, Delta):
                    text += part.text
                elif isinstance(part, Finished):
                    whole = part.reason == "stop"
    return text.strip(), whole


def prompt(system: str, *turns: str) -> list[dict[str, str]]:
    """A system text, then turns of user and assistant by turns, the user's last."""
    roles = ("user", "assistant")
    said = [{"role": roles[i % 2], "content": text} for i, text in enumerate(turns)]
    return [{"role": "system", "content": system}, *said]


async def first_token(run: RunContext, system: str, content: str) -> Mapping[str, float]:
    """Log-probabilities of the likeliest first tokens of the answer; empty where the engine does not
    tell. Raises what the gateway raises."""
    request = ChatRequest(prompt(system, content), max_tokens=1, likely_tokens=_MOST_TOKENS)
    async with aclosing(run.gateway.chat(run, request)) as stream:
        async for part in stream:
            if isinstance(part, Finished):
                return part.first_token
    return {}


def likeliest(tokens: Mapping[str, float], words: tuple[str, ...]) -> float:
    """The log-probability of the likeliest of the words among `tokens`, or a very low one."""
    return max((p for t, p in tokens.items() if t.strip().lower() in words), default=_UNLIKELY)
