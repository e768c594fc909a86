"""Texts of an answer passed through a rewriter, which may hold back what it has not seen whole."""

from __future__ import annotations

from collections.abc import Callable

from lionrock.gateway.fields.kinds import Json

Rewrite = Callable[[str, str, bool], str]
"""(stream, piece, last) → what to say now. `stream` names one text of the answer (of one choice its
content, reasoning, or one call's arguments); after a piece with `last` there is no more of it."""

_TEXTS = ("content", "reasoning_content", "reasoning", "refusal")


def rewritten(choice: Json, rewrite: Rewrite) -> None:
    """A whole choice, in place."""
    at = choice.get("index", 0)
    if isinstance(choice.get("text"), str):
        choice["text"] = rewrite(f"{at}.text", choice["text"], True)
    message = choice.get("message") or {}
    for name in _TEXTS:
        if isinstance(message.get(name), str):
            message[name] = rewrite(f"{at}.{name}", message[name], True)
    for i, call in enumerate(message.get("tool_calls") or []):
        function = call.get("function") or {}
        if isinstance(function.get("arguments"), str):
            function["arguments"] = rewrite(f"{at}.call{i}", function["arguments"], True)


class Rewriting:
    """The same for the events of a stream. What is held back is said before the choice ends."""

    def __init__(self, rewrite: Rewrite) -> None:
        self._rewrite = rewrite
        self._open: dict[str, tuple[int, str | int]] = {}
        """Streams that began: (choice, name of the text or index of the call)."""

    def step(self, chunk: Json) -> None:
        """Rewrite the texts of one cleaned event, in place."""
        for choice in chunk["choices"]:
            at = choice.get("index", 0)
            last = choice.get("finish_reason") is not None
            if isinstance(choice.get("text"), str):
                choice["text"] = self._rewrite(f"{at}.text", choice["text"], last)
                continue
            delta = choice.get("delta")
            if not isinstance(delta, dict):
                continue
            self._pieces(at, delta)
            if last:
                self._rest(at, delta)

    def _pieces(self, at: int, delta: Json) -> None:
        for name in _TEXTS:
            if isinstance(delta.get(name), str):
                delta[name] = self._said(at, name, delta[name])
        for call in delta.get("tool_calls") or []:
            function = call.get("function") or {}
            if isinstance(function.get("arguments"), str):
                function["arguments"] = self._said(at, call.get("index", 0), function["arguments"])

    def _said(self, at: int, part: str | int, piece: str) -> str:
        key = f"{at}.{part}" if isinstance(part, str) else f"{at}.call{part}"
        self._open[key] = (at, part)
        return self._rewrite(key, piece, False)

    def _rest(self, at: int, delta: Json) -> None:
        for key, (choice, part) in list(self._open.items()):
            if choice != at:
                continue
            del self._open[key]
            rest = self._rewrite(key, "", True)
            if rest and isinstance(part, str):
                delta[part] = (delta.get(part) or "") + rest
            elif rest:
                calls = [c for c in delta.get("tool_calls") or [] if c.get("index", 0) == part]
                if calls:
                    calls[-1]["function"]["arguments"] += rest
                else:
                    more = {"index": part, "function": {"arguments": rest}}
                    delta["tool_calls"] = [*(delta.get("tool_calls") or []), more]
