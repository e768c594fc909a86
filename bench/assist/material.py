"""What the questions share: a house, public documents in it, and a summary of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common import ROOT, data
from lionrock.app import House, open_house
from lionrock.assist.summaries.schemas import SummariseRequest, Summary
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.capabilities import find
from lionrock.settings import Settings

YEARS = range(2015, 2022)
_EACH = 12
"""Of the forty documents: so many supervisory modules, bank papers and report chapters; the rest are
rules in Markdown."""


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


@asynccontextmanager
async def house_for(model: str) -> AsyncIterator[tuple[House, Actor]]:
    """A house kept between runs, one for each model; without a model nothing is searched by meaning
    either."""
    home = ROOT / ".cache" / "bench" / f"assist-{model}"
    settings = Settings(home=home, model=model)
    if model == "none":
        settings = settings.model_copy(update={"embeddings": "none"})
    async with open_house(settings) as house:
        roles = frozenset({Role.ADMINISTRATOR})
        yield house, Actor(house.tenant_id, house.member_id, ActorKind.MEMBER, roles, "general")


def chapters() -> list[tuple[int, str, str, str]]:
    """(year, title, English text, Chinese text) of every chapter of the annual reports."""
    found = []
    for year in YEARS:
        for line in (data("hkma") / f"full_data_{year}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            title = row["en"].splitlines()[0].lstrip("# ").strip()
            found.append((year, title, row["en"], row["zh"]))
    return found


def documents(count: int) -> list[File]:
    """The first `count` of forty: by turns of each kind, so that few are of every kind."""
    modules = sorted(data("hkma_spm").glob("*.pdf"))[:_EACH]
    papers = sorted((data("esun") / "pdfs").rglob("*.pdf"))[:_EACH]
    rules = sorted(data("hk_regs").glob("*.md"))
    files = [[File(p.name, p.read_bytes()) for p in kind] for kind in (modules, papers, rules)]
    told = [c for c in chapters() if "Highlights" not in c[1]][::5][:_EACH]
    files.append(
        [
            File(f"{year} {title}.{'en' if i % 2 else 'zh'}.md", (en if i % 2 else zh).encode())
            for i, (year, title, en, zh) in enumerate(told)
        ]
    )
    turns = [kind[i] for i in range(_EACH) for kind in files if i < len(kind)]
    return turns[:count]


async def take_in(house: House, actor: Actor, files: Sequence[File]) -> dict[str, UUID]:
    """The ids of those that could be read, by name."""
    taken = {}
    for file in files:

        async def content(data: bytes = file.content) -> AsyncIterator[bytes]:
            yield data

        taken[file.name] = (await house.documents.add(actor, file.name, content())).document_id
    house.ingest.wake()
    for name, document in list(taken.items()):
        kept = await house.documents.get(actor, document)
        while kept.state in ("queued", "parsed"):
            await asyncio.sleep(0.2)
            kept = await house.documents.get(actor, document)
        if kept.state == "failed":
            print(f"not read: {name}: {kept.error}")
            del taken[name]
    return taken


async def summary(house: House, actor: Actor, document: UUID, **chosen: Any) -> Summary:
    request = SummariseRequest(documents=[document], **chosen)
    run = await house.runs.begin(house.context(actor), find("summarise"), request)
    last = [update async for update in run.follow()][-1]
    assert isinstance(last, Summary)
    return last
