"""How many figures and names does a summary state that are not on the pages it cites?

Forty public documents; the pages are read from the house, figures and names by `outside`, which shares
no line with the product's checks.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence

from assist.material import documents, house_for, summary, take_in
from assist.outside import all_numbers, names, numbers
from common import figure, percentile
from lionrock.app import House
from lionrock.assist.schemas import Origin
from lionrock.assist.summaries.schemas import Summary
from lionrock.kernel.actors import Actor


async def measure(arguments: argparse.Namespace) -> None:
    lines = worded = figures_said = names_said = 0
    wrong_figures: list[str] = []
    wrong_names: list[str] = []
    seconds: list[float] = []
    async with house_for(arguments.model) as (house, actor):
        taken = await take_in(house, actor, documents(arguments.documents))
        for name, document in taken.items():
            for shape in arguments.shapes.split(","):
                began = time.perf_counter()
                made = await summary(house, actor, document, shape=shape)
                seconds.append(time.perf_counter() - began)
                lines += len(made.lines)
                worded += sum(line.origin is Origin.WORDED for line in made.lines)
                for text, pages in await _with_pages(house, actor, made):
                    said, called = numbers(text), names(text)
                    figures_said, names_said = figures_said + len(said), names_said + len(called)
                    wrong_figures += _missing(name, said, all_numbers(pages), text)
                    low = re.sub(r"\s+", " ", pages.casefold())
                    wrong_names += [f"{name}: {n}" for n in called if n not in low]
    for fault in (*wrong_figures, *wrong_names):
        print(f"  {fault}")
    print(f"documents {len(taken)}, sentences {lines}, worded by the model {worded}")
    print(f"figures stated {figures_said}, names {names_said}")
    figure("summary_documents", len(taken))
    figure("summary_worded_share", worded / max(1, lines))
    figure("summary_unsupported_figures", len(wrong_figures))
    figure("summary_unsupported_names", len(wrong_names))
    figure("summary_seconds_p95", percentile(seconds, 0.95))


def _missing(name: str, said: set[str], have: set[str], text: str) -> Sequence[str]:
    return [f"{name}: {number} in “{text[:80]}”" for number in said - have]


async def _with_pages(house: House, actor: Actor, made: Summary) -> list[tuple[str, str]]:
    """Each line's text, with its date, and the text of the pages it cites."""
    found = []
    for line in made.lines:
        pages = []
        for i in line.cites:
            at = made.citations[i]
            page = await house.documents.page(actor, at.document_id, at.page, at.version_id)
            pages.append(page.text)
        found.append((f"{line.text} {line.pair}", "\n".join(pages)))
    return found
