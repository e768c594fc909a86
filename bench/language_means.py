"""Compute src/lionrock/search/language_means.json: what an encoder's vectors of one language share.

From the project's own samples (sentences) and development questions; see search/centring.py. Run it
again for another embedding model: LIONROCK_EMBEDDINGS=… python bench/language_means.py
"""

from __future__ import annotations

import asyncio
import json

import numpy as np

from common import ROOT, SAMPLES, TYPES, questions
from lionrock.documents.parsing import sandbox
from lionrock.documents.passages import passages
from lionrock.documents.sentences import quotable
from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.setting_up import store
from lionrock.search.cantonese import to_written
from lionrock.search.indexing import read_as
from lionrock.settings import Settings

TARGET = ROOT / "src" / "lionrock" / "search" / "language_means.json"


async def sentences() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"en": [], "zh": []}
    for path in sorted(SAMPLES.iterdir()):
        if path.suffix not in TYPES or path.name == "README.md":
            continue
        parsed = await sandbox.parse(path, path.name, seconds=60, memory_bytes=2**31)
        for p in passages(parsed):
            for q in quotable(p.text, p.heading, row=p.kind == "row"):
                language = "en" if p.language == "en" else "zh"
                found[language].append(read_as(q.lead, p.text[q.start : q.end]))
    return found


async def main() -> None:
    settings = Settings()
    embedder = LocalEmbedder(store(settings).path(Catalogue.load().get(settings.embeddings)))
    asked: dict[str, list[str]] = {"en": [], "zh": []}
    for one in questions("dev.jsonl"):
        asked["en" if one["language"] == "en" else "zh"].append(to_written(one["question"]))
    said = await sentences()
    means = {
        "questions": {k: rounded(await embedder.queries(v)) for k, v in asked.items()},
        "sentences": {k: rounded(await embedder.passages(v)) for k, v in said.items()},
    }
    TARGET.write_text(json.dumps({embedder.name: means}, separators=(",", ":")) + "\n")
    print({k: len(v) for k, v in said.items()}, {k: len(v) for k, v in asked.items()})
    await embedder.close()


def rounded(vectors: np.ndarray) -> list[float]:  # type: ignore[type-arg]
    return [round(float(x), 4) for x in vectors.mean(axis=0)]


if __name__ == "__main__":
    asyncio.run(main())
