"""The model words an answer from the chosen quotes only; what it writes is checked before it is shown.

The prompt's fixed part comes first, so that an engine that may keep a prefix can; it is kept to some
four hundred tokens because reading is what costs on a small machine.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from lionrock.assist import support
from lionrock.assist.phrases import ANSWER_IN
from lionrock.assist.schemas import Origin, Sentence
from lionrock.documents.citations import Citation
from lionrock.documents.language import Language, to_simplified, to_traditional
from lionrock.documents.sentences import sentences
from lionrock.kernel.capabilities import RunContext
from lionrock.models.engines import ChatRequest, Delta

MOST_TOKENS = 160
MOST_SENTENCES = 3

_SYSTEM = (
    "You answer a question from numbered quotes and nothing else. Write one or two short, complete "
    "sentences that state the answer. Copy figures, dates and names exactly. Add nothing that is not "
    "in the quotes. End each sentence with the number of its quote, like [1]."
)
_MARK = re.compile(r"\s*[\[［【(]\s*(\d+)\s*[\]］】)]")
_NOISE = re.compile(r"^(?:answer|答案|回答|答)\s*[:：]\s*", re.IGNORECASE)


def request(question: str, language: Language, quotes: Sequence[Citation]) -> ChatRequest:
    numbered = "\n".join(f"[{i}] {c.quote}" for i, c in enumerate(quotes, 1))
    return ChatRequest(
        messages=[
            {"role": "system", "content": _SYSTEM},
            {
                "role": "user",
                "content": f"Quotes:\n{numbered}\n\nQuestion: {question}\n{ANSWER_IN[language]}",
            },
        ],
        max_tokens=MOST_TOKENS,
        temperature=0.0,
        seed=1,
    )


async def word(
    run: RunContext, question: str, language: Language, quotes: Sequence[Citation]
) -> AsyncIterator[Sentence]:
    """Sentences as they are written, each already checked; those that fail are left out.

    Raises what the gateway raises when no engine answers.
    """
    written, shown = "", 0
    async with aclosing(run.gateway.chat(run, request(question, language, quotes))) as stream:
        async for part in stream:
            if isinstance(part, Delta):
                written += part.text
                whole = _whole(written)
                for text in whole[shown:]:
                    shown += 1
                    if sentence := await checked(run, text, question, language, quotes):
                        yield sentence
                if shown >= MOST_SENTENCES:
                    return
    for text in split(written)[shown:MOST_SENTENCES]:
        if sentence := await checked(run, text, question, language, quotes):
            yield sentence


def split(text: str) -> list[str]:
    """Sentences, each with the citation marks that follow it."""
    found: list[str] = []
    for start, end in sentences(text):
        piece = text[start:end]
        if found and _MARK.match(piece):
            marks = re.match(rf"(?:{_MARK.pattern}[.。]?)+\s*", piece)
            assert marks is not None
            found[-1] += " " + marks.group().strip()
            piece = piece[marks.end() :]
        if piece.strip():
            found.append(piece)
    return found


def _whole(text: str) -> list[str]:
    """The sentences that can change no more: all but the last."""
    return split(text)[:-1]


async def checked(
    run: RunContext, text: str, question: str, language: Language, quotes: Sequence[Citation]
) -> Sentence | None:
    """The sentence with its citations, or None when it does not stand on them."""
    cites = cited(text, len(quotes))
    plain = _in_script(bare(text), language)
    if len(plain) < 2 or not support.script_holds(plain, language):
        return None
    for chosen in ([cites] if cites else []) + [[i] for i in range(len(quotes))]:
        sources = "\n".join(quotes[i].quote for i in chosen)
        if not support.failures(plain, sources, question) and await _near(run, plain, sources):
            return Sentence(text=plain, origin=Origin.WORDED, cites=chosen)
    return None


def cited(text: str, quotes: int) -> list[int]:
    """The quotes (of so many) that a sentence names by its marks, from 0."""
    return sorted({int(n) - 1 for n in _MARK.findall(text) if 0 < int(n) <= quotes})


def bare(text: str) -> str:
    """A sentence without marks, and without what a model puts before an answer."""
    return _NOISE.sub("", _MARK.sub("", text)).strip()


async def _near(run: RunContext, sentence: str, sources: str) -> bool:
    embedder = run.search.embedder
    if embedder is None:
        return True
    pair = await embedder.passages([sentence, sources], urgent=True)
    return float(pair[0] @ pair[1]) >= support.LEAST_SIMILARITY


def _in_script(text: str, language: Language) -> str:
    if language == "zh-Hans":
        return to_simplified(text)
    return text if language == "en" else to_traditional(text)
