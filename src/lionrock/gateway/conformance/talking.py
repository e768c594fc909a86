"""Checks of plain talk: chat, stream, stop, seed, usage, and text that survives being streamed."""

from __future__ import annotations

from lionrock.gateway.conformance.probe import GREEDY, Probe, said
from lionrock.gateway.conformance.shapes import constrained, enum_schema
from lionrock.gateway.conformance.verdicts import Fault, Outcome, failed, passed, unclear
from lionrock.gateway.conformance.wire import Json

_PLAIN = "Name three rivers of Asia in one sentence."
_OPEN = "Write one surprising sentence about the sea."
_HARD = "𠮷野家🙂嘅茶"
"""Characters beyond most vocabularies: several tokens each, which a careless server shows apart."""
_ENDINGS = ("stop", "length")


async def chat(probe: Probe) -> Outcome:
    """A whole answer has text, a finish reason and the role of the assistant."""
    answer = await probe.ask(_PLAIN, 24, **GREEDY)
    text, finish = said(answer)
    message = answer["choices"][0]["message"]
    if not (text or message.get("reasoning_content") or message.get("reasoning")):
        return failed("the answer has no text")
    if finish not in _ENDINGS:
        return failed(f"the finish reason is {finish!r}, not stop or length")
    if message.get("role") != "assistant":
        return failed("the message's role is not assistant")
    return passed(f"text, role and finish reason ({finish})")


async def stream(probe: Probe) -> Outcome:
    """An answer comes as server-sent events, in pieces, with a finish reason and [DONE]."""
    heard = await probe.hear(_PLAIN, 24, **GREEDY)
    if heard.content_type != "text/event-stream":
        return failed(f"the content type is {heard.content_type}, not text/event-stream")
    if heard.pieces < 2:
        return failed("the whole text came in one event; first words must not wait for the last")
    if heard.finish not in _ENDINGS:
        return failed(f"the stream's finish reason is {heard.finish!r}, not stop or length")
    if not heard.done:
        return failed("the stream did not end with [DONE]")
    return passed(f"{heard.pieces} pieces, finish reason ({heard.finish}), [DONE]")


async def stop(probe: Probe) -> Outcome:
    """Generation ends before a stop string: a word out of the answer it gives without one."""
    text, _ = said(await probe.ask(_PLAIN, 24, **GREEDY))
    words = [w for w in text.split() if text.count(w) == 1 and len(w) > 3]
    if len(words) < 2:
        return unclear("its answer has no word that occurs once to stop at")
    word = words[len(words) // 2]
    cut, finish = said(await probe.ask(_PLAIN, 24, **GREEDY, stop=[word]))
    if word in cut:
        return failed("the answer went on past the stop string")
    if not text.startswith(cut):
        return unclear("it answered otherwise the second time, so the stop string never came")
    if len(cut) > text.index(word):
        return failed("the answer went on past the stop string")
    if finish != "stop":
        return failed(f"it stopped, but the finish reason is {finish!r}, not stop")
    return passed("ended before the stop string, finish reason stop")


async def seed(probe: Probe) -> Outcome:
    """At temperature 1 the same seed gives the same answer; another seed need not."""

    async def sample(number: int) -> str:
        return said(await probe.ask(_OPEN, 16, temperature=1, seed=number))[0]

    seen = {number: await sample(number) for number in (7, 11)}
    alike = [await sample(number) == text for number, text in seen.items()]
    if not any(alike):
        return failed("two seeds gave another answer each when asked again")
    if not all(alike):
        return unclear("one seed repeated its answer, another did not (batching can do this)")
    if seen[7] == seen[11] and {await sample(13), await sample(17)} == {seen[7]}:
        return unclear("four seeds gave one answer: it may not sample at all")
    return passed("two seeds repeated their answers, and seeds differ")


async def usage(probe: Probe) -> Outcome:
    """Token counts come with whole and streamed answers, agree, and keep to max_tokens."""
    answer = await probe.ask(_PLAIN, 5, **GREEDY)
    heard = await probe.hear(_PLAIN, 5, **GREEDY)
    whole, streamed = _counts(answer.get("usage")), _counts(heard.usage)
    if whole is None:
        return failed("a whole answer tells no token counts: it cannot be metered")
    if streamed is None:
        return failed("a stream asked for usage tells none: it cannot be metered")
    if whole[0] != streamed[0]:
        return failed(f"the same prompt counts {whole[0]} tokens whole and {streamed[0]} streamed")
    if max(whole[1], streamed[1]) > 5:
        return failed(f"{max(whole[1], streamed[1])} tokens came where max_tokens is 5")
    if said(answer)[1] == "length" and whole[1] != 5:
        return failed(f"cut at 5 tokens, it counts {whole[1]}")
    return passed(f"{whole[0]} tokens in and {whole[1]} out, whole and streamed alike")


async def utf8(probe: Probe) -> Outcome:
    """Rare Chinese characters and an emoji, which take several tokens each, arrive whole."""
    schema = enum_schema(_HARD)
    try:
        heard = await probe.hear("Answer as the schema says.", 80, **GREEDY, **constrained(schema))
    except Fault as fault:
        if "plain request" not in str(fault):
            raise
        heard = await probe.hear(f"Repeat exactly, nothing else: {_HARD}", 40, **GREEDY)
    if "\ufffd" in heard.text:
        return failed("characters came broken (U+FFFD): tokens are decoded one by one")
    if _HARD in heard.text:
        return passed("characters of several tokens came whole, over every chunk border")
    if any(ord(character) > 0xFFFF for character in heard.text):
        return unclear("some rare characters came whole, but not the text asked for")
    return unclear("it did not repeat the characters asked for")


def _counts(told: Json | None) -> tuple[int, int] | None:
    if not isinstance(told, dict):
        return None
    prompt, output = told.get("prompt_tokens"), told.get("completion_tokens")
    if type(prompt) is int and type(output) is int and prompt > 0 and output >= 0:
        return prompt, output
    return None
