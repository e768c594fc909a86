"""The error shapes of engines, brought to EngineRefused, FormBroken and EngineUnavailable.

An engine's own words are repeated only when they hold nothing of what was asked: llama.cpp and
vLLM quote the request in some of them.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus

from pydantic import BaseModel, ValidationError

from lionrock.errors import EngineRefused, EngineUnavailable, FormBroken, LionrockError

_QUOTED_CHARACTERS = 200
_SHARED_CHARACTERS = 8
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
# llama.cpp, of an answer that was cut, or that its own reader of answers does not take: the next may do.
_FORM_BROKEN = re.compile(r"does not match the expected [\w-]+ format", re.I)
# "maximum context length is 4096" (vLLM, OpenAI), "maximum model length of 4096" (vLLM),
# "model's context length (4096 tokens)" (SGLang).
_LIMIT = re.compile(r"(?:context length|context size|maximum \w+ length)\D{0,12}(\d+)", re.I)


class _Fault(BaseModel):
    """The inside of `{"error": …}`. The two sizes are llama.cpp's."""

    message: str = ""
    code: int | str | None = None
    n_prompt_tokens: int | None = None
    n_ctx: int | None = None


def refusal(label: str, status: int, content: bytes, said: str = "") -> LionrockError:
    """The error to raise. `label` names the engine, `status` is HTTP's, `said` what was asked.

    A status inside the error (as in a stream, where HTTP's has gone out already) comes first.
    """
    fault = _read(content)
    if isinstance(fault.code, int) and 400 <= fault.code < 600:
        status = fault.code
    if too_long := _too_long(fault):
        return EngineRefused(f"{too_long}. Ask for less, or use an engine with a longer context.")
    if _FORM_BROKEN.search(fault.message):
        return FormBroken(f"{label} began an answer that does not keep to its form.")
    words = f": {_shortened(fault.message)}" if may_repeat(fault.message, said) else ""
    if status in _PASSING or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
    ):
        return EngineUnavailable(f"{label} cannot answer now (status {status}){words}.")
    return EngineRefused(f"{label} {_why(status)} (status {status}){words}.")


def _why(status: int) -> str:
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return "does not take the key"
    if status == HTTPStatus.NOT_FOUND:
        return "has no such model or address"
    if 300 <= status < 400:
        return "points to another address, which is not followed; give the final one"
    if status < 300:
        return "did not stream its answer"
    return "refused the request"


def _read(content: bytes) -> _Fault:
    try:
        found = json.loads(content)
        inner = found.get("error", found) if isinstance(found, dict) else found
        return _Fault.model_validate({"message": inner} if isinstance(inner, str) else inner)
    except (ValueError, ValidationError, RecursionError):
        return _Fault()


def _too_long(fault: _Fault) -> str:
    """Tokens asked for and tokens held, in words, if that is what the error says."""
    if fault.n_prompt_tokens and fault.n_ctx:
        return f"The prompt has {fault.n_prompt_tokens} tokens, the context holds {fault.n_ctx}"
    limit = _LIMIT.search(fault.message)
    if limit is None:
        return ""
    # Some count the prompt, some the answer with it; the largest number is what was too much.
    asked = max(int(number) for number in re.findall(r"\d+", fault.message))
    if asked <= int(limit[1]):
        return ""
    return f"Prompt and answer take {asked} tokens, the context holds {limit[1]}"


def _shortened(message: str) -> str:
    return " ".join(message.split())[:_QUOTED_CHARACTERS].rstrip(" .")


def may_repeat(message: str, said: str) -> bool:
    """No run of eight characters is shared with what was asked, plain or escaped as in JSON."""
    if not message.strip():
        return False
    heard = f"{said}\n{json.dumps(said)}"
    width = min(_SHARED_CHARACTERS, len(message))
    return all(
        message[i : i + width] not in heard for i in range(min(len(message), 4096) - width + 1)
    )
