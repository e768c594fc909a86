"""A worker in a process of its own, for tests that kill it: reads what is queued, embeds nothing.

Arguments: database URL, folder, file for the numbers of the pages it reads, the page before which it
waits for ever (0: none), and seconds it takes for each page.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from lionrock.documents import ingest, read_pages
from lionrock.documents.files import Files
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault


class NothingToIndex:
    async def index(self, actor: Actor, version_id: object) -> None: ...
    async def embed(self, actor: Actor, version_id: object, progress: object) -> None: ...


async def main(url: str, folder: Path, log: Path, stop: int, pause: float) -> None:
    database = await Database.open(url, size=5)
    vault = Vault.open(folder / "keys", make=False)
    files = Files(folder / "files", 2**30, vault)
    worker = ingest.Ingest(
        database, files, vault, NothingToIndex(), seconds=120, memory_bytes=2**31
    )
    keep = read_pages.ReadPages.keep

    async def told(self: read_pages.ReadPages, number: int, count: int, body: bytes) -> None:
        with log.open("a") as file:
            file.write(f"{number}\n")
        if number == stop:
            await asyncio.Event().wait()
        await asyncio.sleep(pause)
        await keep(self, number, count, body)

    read_pages.ReadPages.keep = told  # type: ignore[method-assign]
    print(worker.presence.id, flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(
        main(
            sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
        )
    )
