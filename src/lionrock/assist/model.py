"""Asking the run's model for a text, whole; and how much of one it can read."""

from __future__ import annotations

from contextlib import aclosing, suppress

from lionrock.errors import FormBroken
from lionrock.kernel.capabilities import RunContext
from lionrock.models.engines import ChatRequest, Delta, Finished


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
