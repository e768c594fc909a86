"""Vectors of many texts, made once by the product's encoder and kept beside the system's other
temporary files: a benchmark that is stopped goes on where it was."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.setting_up import store
from lionrock.settings import Settings

Floats = NDArray[np.float32]
_AT_ONCE = 512


def weights(settings: Settings) -> Path:
    return store(settings).path(Catalogue.load().get("multilingual-e5-small"))


class Vectors:
    """`few` bounds how many texts a run may embed: what is over has a vector of zeros."""

    def __init__(self, few: int | None = None) -> None:
        self._embedder = LocalEmbedder(weights(Settings()), threads=1)
        self.name = self._embedder.name
        self._folder = Path(tempfile.gettempdir()) / "lionrock-bench" / self.name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._few = few
        self._known: dict[bytes, NDArray[np.float16]] = {}
        for kept in sorted(self._folder.glob("*.npz")):
            with np.load(kept) as part:
                self._known.update(zip((k.tobytes() for k in part["keys"]), part["v"], strict=True))

    async def queries(self, texts: Sequence[str]) -> Floats:
        return await self._vectors("query", texts)

    async def passages(self, texts: Sequence[str]) -> Floats:
        return await self._vectors("passage", texts)

    async def _vectors(self, kind: str, texts: Sequence[str]) -> Floats:
        keys = [hashlib.sha256(f"{kind}\0{text}".encode()).digest()[:16] for text in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._known}
        wanted = list(missing.items())[: self._few]
        make = self._embedder.queries if kind == "query" else self._embedder.passages
        for at in range(0, len(wanted), _AT_ONCE):
            part = wanted[at : at + _AT_ONCE]
            made = (await make([text for _, text in part])).astype(np.float16)
            self._keep([key for key, _ in part], made)
            print(f"\r{at + len(part)} of {len(wanted)} texts embedded  ", end="", file=sys.stderr)
        zero = np.zeros(self._embedder.dimension, np.float16)
        found = np.stack([self._known.get(k, zero) for k in keys]) if keys else zero[None][:0]
        return found.astype(np.float32)

    def _keep(self, keys: list[bytes], made: NDArray[np.float16]) -> None:
        names = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16)
        path = self._folder / f"{keys[0].hex()}.npz"
        part = path.with_suffix(f".{os.getpid()}")
        with part.open("wb") as file:
            np.savez(file, keys=names, v=made)
        part.replace(path)
        self._known.update(zip(keys, made, strict=True))

    async def close(self) -> None:
        await self._embedder.close()
