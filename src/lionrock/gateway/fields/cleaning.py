"""What of an engine's answer a client sees: an allow-list, so that nothing new leaks by itself.

Timings, cached-token counts, token ids, build and template details tell of the machine and of
other tenants' prompts; they end here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lionrock.gateway.fields.kinds import Json
from lionrock.gateway.fields.prepared import Reply

_MESSAGE = frozenset("role content refusal tool_calls reasoning_content reasoning".split())
_CALL = frozenset({"index", "id", "type", "function"})
_FUNCTION = frozenset({"name", "arguments"})
_LOGPROBS = frozenset(
    "content refusal token logprob bytes top_logprobs tokens token_logprobs text_offset".split()
)
_CHOICE = frozenset({"index", "message", "delta", "text", "logprobs", "finish_reason"})
_USAGE = ("prompt_tokens", "completion_tokens", "total_tokens")
_ERROR = frozenset({"message", "type", "code", "param"})
_MESSAGE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the engine counted them. `output` has the tokens of reasoning in it."""

    prompt: int
    output: int


def usage_of(answer: Json) -> Usage | None:
    """The usage told in an answer or event; None where there is none or it is not counts."""
    told = answer.get("usage")
    if not isinstance(told, dict):
        return None
    prompt, output = told.get("prompt_tokens"), told.get("completion_tokens", 0)
    if type(prompt) is not int or type(output) is not int or prompt < 0 or output < 0:
        return None
    return Usage(prompt, output)


def chat_like(answer: Json, reply: Reply) -> Json:
    """A completion, chat or not, whole or one event of it, with the gateway's id and model name."""
    done: Json = {"id": reply.id, "object": answer.get("object"), "created": answer.get("created")}
    done["model"] = reply.model
    choices = answer.get("choices")
    listed = choices if isinstance(choices, list) else []
    done["choices"] = [_choice(c) for c in listed if isinstance(c, dict)]
    if isinstance(answer.get("usage"), dict):
        done["usage"] = usage(answer["usage"])
    return done


def usage(told: Json) -> Json:
    done: Json = {name: told[name] for name in _USAGE if type(told.get(name)) is int}
    details = told.get("completion_tokens_details")
    if isinstance(details, dict) and type(details.get("reasoning_tokens")) is int:
        done["completion_tokens_details"] = {"reasoning_tokens": details["reasoning_tokens"]}
    return done


def error(told: Any) -> Json:
    """An engine's error as OpenAI's clients read it; the message cut at 500 characters."""
    told = told if isinstance(told, dict) else {"message": str(told)}
    plain = (str, int, type(None))
    kept = {k: v for k, v in told.items() if k in _ERROR and isinstance(v, plain)}
    kept["message"] = str(kept.get("message") or "The engine broke off.")[:_MESSAGE_LENGTH]
    return {"error": {"type": "engine_error", "code": None, "param": None} | kept}


def _choice(choice: Json) -> Json:
    done = {k: v for k, v in choice.items() if k in _CHOICE}
    for name in ("message", "delta"):
        if isinstance(done.get(name), dict):
            done[name] = _message(done[name])
    if "logprobs" in done:
        done["logprobs"] = _logprobs(done["logprobs"])
    return done


def _message(message: Json) -> Json:
    done = {k: v for k, v in message.items() if k in _MESSAGE}
    calls = done.get("tool_calls")
    if isinstance(calls, list):
        done["tool_calls"] = [_call(c) for c in calls if isinstance(c, dict)]
    return done


def _call(call: Json) -> Json:
    done = {k: v for k, v in call.items() if k in _CALL}
    if isinstance(done.get("function"), dict):
        done["function"] = {k: v for k, v in done["function"].items() if k in _FUNCTION}
    return done


def _logprobs(value: Any) -> Any:
    """Completions' `top_logprobs` map tokens to numbers; everything else has known names."""
    if isinstance(value, list):
        return [_logprobs(each) for each in value]
    if isinstance(value, dict):
        numbers = all(type(v) in (int, float) for v in value.values())
        if numbers and not value.keys() <= {"logprob", "id"}:
            return value
        return {k: _logprobs(v) for k, v in value.items() if k in _LOGPROBS}
    return value
