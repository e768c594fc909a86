"""The question put into the other of English and Chinese, to find text in that language with.

It only widens the search and is read beside the question when quotes are weighed; no answer is made
of it. The examples keep a small model from answering instead of translating (design note on
answering).
"""

from __future__ import annotations

from contextlib import aclosing

from lionrock.assist.evidence import Ranking
from lionrock.kernel.capabilities import RunContext
from lionrock.models.engines import ChatRequest, Delta
from lionrock.search.cantonese import to_written

MOST_TOKENS = 80
_LONGEST_QUESTION = 400

_TO_ENGLISH = (
    "Translate each question into an English question. Do not answer it.",
    (
        ("客戶可以在多少天內取消保單？", "Within how many days may a customer cancel the policy?"),
        ("邊個負責批核新產品？", "Who is responsible for approving new products?"),
        ("交易记录有没有规定要保存几年？", "Is there a rule on how many years transaction records must be kept?"),
    ),
)  # fmt: skip
_TO_CHINESE = (
    "Translate each question into Chinese. Do not answer it.",
    (
        ("Within how many days may a customer cancel the policy?", "客戶可以在多少天內取消保單？"),
        ("Who is responsible for approving new products?", "誰負責批核新產品？"),
    ),
)


def wanted(ranking: Ranking) -> bool:
    """Is there text in the other language that the question may be about?"""
    return any(not c.features["same_language"] for c in ranking.candidates)


async def translated(run: RunContext, question: str, language: str) -> str:
    """One line, or empty where the model wrote none. Raises what the gateway raises."""
    if len(question) > _LONGEST_QUESTION:
        return ""
    written = ""
    async with aclosing(run.gateway.chat(run, request(question, language))) as stream:
        async for part in stream:
            if isinstance(part, Delta):
                written += part.text
    return written.strip().partition("\n")[0]


def request(question: str, language: str) -> ChatRequest:
    system, examples = _TO_CHINESE if language == "en" else _TO_ENGLISH
    messages = [{"role": "system", "content": system}]
    for asked, other in examples:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": other})
    messages.append({"role": "user", "content": to_written(question)})
    return ChatRequest(messages=messages, max_tokens=MOST_TOKENS, stop=("\n",), seed=1)
