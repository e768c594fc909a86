"""An engine's whole (not streamed) answer as the client gets it."""

from __future__ import annotations

from dataclasses import dataclass

from lionrock.errors import EngineRefused
from lionrock.gateway.fields.cleaning import Usage, chat_like, usage, usage_of
from lionrock.gateway.fields.kinds import Endpoint, Json
from lionrock.gateway.fields.prepared import Reply
from lionrock.gateway.fields.reading import parse, write
from lionrock.gateway.fields.response_parts import call, incomplete, message, response
from lionrock.gateway.fields.rewriting import Rewrite, rewritten
from lionrock.gateway.fields.spoken import heard


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` for the client; `usage` and `finish` (of the first choice) for metering."""

    body: bytes
    usage: Usage | None
    finish: str | None


def cleaned(answer: bytes, reply: Reply, rewrite: Rewrite | None = None) -> Answer:
    """The answer to the client. `rewrite` restores masked text.

    EngineRefused: not a JSON object of the endpoint's shape, or an error in place of an answer.
    """
    told = _read(answer)
    used = usage_of(told)
    if reply.endpoint is Endpoint.EMBEDDINGS:
        return Answer(write(_embeddings(told, reply)), used, None)
    done = chat_like(told, reply)
    if not done["choices"]:
        raise EngineRefused("The engine's answer has no choices.")
    for choice in done["choices"]:
        if reply.spoken and isinstance(choice.get("message"), dict):
            choice["message"] = heard(choice["message"], reply.request_id)
            if choice["message"].get("tool_calls") and choice.get("finish_reason") == "stop":
                choice["finish_reason"] = "tool_calls"
        if rewrite is not None:
            rewritten(choice, rewrite)
    finish = done["choices"][0].get("finish_reason")
    if reply.endpoint is Endpoint.RESPONSES:
        done = _response(done, reply, used, finish)
    return Answer(write(done), used, finish)


def _read(answer: bytes) -> Json:
    try:
        told = parse(answer)
    except ValueError:
        raise EngineRefused("The engine's answer is not JSON.") from None
    if not isinstance(told, dict):
        raise EngineRefused("The engine's answer is not a JSON object.")
    if told.get("error") is not None:
        raise EngineRefused("The engine sent an error in place of an answer.")
    return told


def _embeddings(told: Json, reply: Reply) -> Json:
    data = told.get("data")
    if not isinstance(data, list):
        raise EngineRefused("The engine's answer has no embeddings.")
    kept = frozenset({"object", "index", "embedding"})
    done: Json = {"object": "list", "model": reply.model}
    done["data"] = [{k: v for k, v in e.items() if k in kept} for e in data if isinstance(e, dict)]
    counted = told.get("usage")
    done["usage"] = usage(counted) if isinstance(counted, dict) else {}
    return done


def _response(done: Json, reply: Reply, used: Usage | None, finish: str | None) -> Json:
    told = done["choices"][0].get("message") or {}
    status, why = incomplete(finish)
    output: list[Json] = []
    if told.get("content"):
        output.append(message(reply, 0, told["content"], status))
    for each in told.get("tool_calls") or []:
        function = each.get("function") or {}
        name, arguments = function.get("name"), function.get("arguments") or ""
        output.append(call(reply, len(output), each.get("id"), name, arguments, status))
    return response(reply, done.get("created"), status, output, used, why)
