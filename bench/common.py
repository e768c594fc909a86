"""What the benchmarks share: where the data is, a house of their own, tables and figures."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lionrock.app import House, open_house
from lionrock.documents.language import to_simplified
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
TYPES = {".pdf", ".docx", ".xlsx", ".html", ".md", ".txt"}


def data(part: str) -> Path:
    """A folder of the public data sets, which are not part of the project; exits 0 when absent."""
    folder = Path(os.environ.get("LIONROCK_DATA", ROOT.parent / "shared" / "data")) / part
    if not folder.exists():
        print(f"{folder} is not here: set LIONROCK_DATA to the data sets. Nothing was measured.")
        sys.exit(0)
    return folder


def corpus() -> list[Path]:
    """The documents that the questions are about: the samples and 22 published supervisory modules."""
    own = [p for p in sorted(SAMPLES.iterdir()) if p.suffix in TYPES and p.name != "README.md"]
    return own + sorted(data("hkma_spm").glob("*.pdf"))


def questions(name: str) -> list[dict[str, Any]]:
    lines = (ROOT / "bench" / "questions" / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


@asynccontextmanager
async def bench_house(name: str, model: str) -> AsyncIterator[tuple[House, Actor]]:
    """A house kept between runs in `.cache/bench/NAME`, and its administrator."""
    settings = Settings(home=ROOT / ".cache" / "bench" / name, model=model)
    async with open_house(settings) as house:
        roles = frozenset({Role.ADMINISTRATOR})
        yield house, Actor(house.tenant_id, house.member_id, ActorKind.MEMBER, roles, "general")


async def load(house: House, actor: Actor, files: Sequence[Path]) -> None:
    """Add what is not there yet and wait until all of it is ready."""
    import asyncio

    async def chunks(path: Path) -> AsyncIterator[bytes]:
        yield path.read_bytes()

    for path in files:
        await house.documents.add(actor, path.name, chunks(path))
    house.ingest.wake()
    while True:
        kept = await house.documents.list(actor)
        waiting = [d for d in kept if d.state not in ("ready", "failed")]
        for document in kept:
            if document.state == "failed":
                print(f"failed: {document.name}: {document.error}")
        if not waiting:
            return
        now = waiting[-1]
        print(
            f"\r{len(waiting)} to go: {now.name} {now.done}/{now.total}   ", end="", file=sys.stderr
        )
        await asyncio.sleep(1)


def fold(text: str) -> str:
    """Without white space, case and script: how accepted strings are looked for."""
    return re.sub(r"\s+", "", to_simplified(text)).casefold()


def figure(name: str, value: float) -> None:
    print(f"FIGURE {name} {value:.4g}")


def median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else float("nan")


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
