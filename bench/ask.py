"""Right, wrong and refused, told apart, on questions that were not looked at while building.

    python bench/ask.py [--questions heldout.jsonl] [--model NAME|none …] [--show]

An answer is right when it cites a page that holds the answer with a quote that holds one of the
accepted strings. Refusing an answerable question is not wrong; answering an unanswerable one is.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from typing import Any

from common import bench_house, corpus, figure, fold, load, median, questions
from lionrock.app import House
from lionrock.assist.schemas import Answer, AskRequest, Checked, Evidence
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find

DEFAULT = "qwen2.5-coder-1.5b-instruct-q4_k_m"
SMALL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


async def ask(
    house: House, actor: Actor, question: str
) -> tuple[Answer, float, float | None, float]:
    """The answer, and seconds to evidence, to the first checked sentence, and to the end."""
    started = time.monotonic()
    evidence, first = 0.0, None
    run = await house.runs.begin(house.context(actor), find("ask"), AskRequest(question=question))
    async for update in run.follow():
        if isinstance(update, Evidence):
            evidence = time.monotonic() - started
        elif isinstance(update, Checked) and first is None:
            first = time.monotonic() - started
        elif isinstance(update, Answer):
            return update, evidence, first, time.monotonic() - started
    raise RuntimeError("the run ended without an answer")


def verdict(asked: dict[str, Any], answer: Answer) -> str:
    if answer.refused:
        return "refused"
    return "right" if asked["answerable"] and _holds(asked, answer) else "wrong"


def _holds(asked: dict[str, Any], answer: Answer) -> bool:
    for citation in answer.citations:
        for gold in asked["gold"]:
            on_page = not gold["pages"] or citation.page in gold["pages"]
            if citation.document == gold["document"] and on_page:
                quote = fold(citation.quote)
                if any(fold(accepted) in quote for accepted in asked["accept"]):
                    return True
    return False


async def measure(name: str, asked: list[dict[str, Any]], model: str, show: bool) -> None:
    label = {DEFAULT: "", SMALL: "_small", "none": "_no_model"}.get(model, f"_{model}")
    outcomes: Counter[tuple[str, bool, str]] = Counter()
    evidence, first, whole, worded = [], [], [], 0
    async with bench_house("ask", model) as (house, actor):
        await load(house, actor, corpus())
        for one in asked:
            answer, t_evidence, t_first, t_all = await ask(house, actor, one["question"])
            seen = verdict(one, answer)
            outcomes[one["language"], one["answerable"], seen] += 1
            evidence.append(t_evidence)
            if not answer.refused and t_first is not None:
                first.append(t_first)
                whole.append(t_all)
                worded += answer.model is not None
            if show:
                print(
                    f"{one['id']} {one['language']} {one['answerable']!s:5} {seen:8} "
                    f"{answer.confidence:.2f} {one['question'][:60]} → {answer.answer[:90]!r}"
                )
    _table(model, outcomes)
    answered = len(first)
    print(f"worded by the model: {worded} of {answered} answers; the others are quotes")
    total = sum(outcomes.values())
    able = sum(n for (_, a, _), n in outcomes.items() if a)
    right = sum(n for (_, _, v), n in outcomes.items() if v == "right")
    wrong = sum(n for (_, _, v), n in outcomes.items() if v == "wrong")
    refused = sum(n for (_, a, v), n in outcomes.items() if not a and v == "refused")
    figure(f"ask_right{label}", right / max(1, able))
    figure(f"ask_wrong{label}", wrong / max(1, total))
    figure(f"ask_refused_unanswerable{label}", refused / max(1, total - able))
    figure(f"ask_evidence_s{label}", median(evidence))
    if model != "none":
        figure(f"ask_first_word_s{label}", median(first))
        figure(f"ask_end_s{label}", median(whole))


def _table(model: str, outcomes: Counter[tuple[str, bool, str]]) -> None:
    print(f"\nmodel: {model}")
    print(f"{'language':10} | answerable: right wrong refused | unanswerable: wrong refused")
    for language in ("en", "zh-Hant", "zh-Hans", "yue"):
        row = [
            outcomes[language, a, v]
            for a, v in (
                (True, "right"),
                (True, "wrong"),
                (True, "refused"),
                (False, "wrong"),
                (False, "refused"),
            )
        ]
        print(f"{language:10} | {row[0]:17} {row[1]:5} {row[2]:7} | {row[3]:19} {row[4]:7}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", default="heldout.jsonl")
    parser.add_argument("--model", nargs="*", default=["none", SMALL, DEFAULT])
    parser.add_argument("--show", action="store_true", help="a line a question")
    arguments = parser.parse_args()
    asked = questions(arguments.questions)
    for model in arguments.model:
        asyncio.run(measure(arguments.questions, asked, model, arguments.show))


if __name__ == "__main__":
    main()
