"""Zero retention: of what is asked and answered nothing is kept, in any table, file, log or cache.

The whole server runs as a process of its own. Every table, the data directory with PostgreSQL's
files and write-ahead log, the temporary folders and all that the process printed are looked
through. What is kept is sealed, so a grep alone would find nothing either way: rows are compared
too, and the same question without the flag shows that each of the three ways of looking does find.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

from lionrock.cli.client import running
from lionrock.kernel.migrate import SCHEMA
from tests.conftest import SMALL_MODEL
from tests.models.fake_openai import fake_openai, stream

DOCUMENT = """# Complaint files

Complaint files are kept for six years after the complaint is closed.

# Visitors

Visitors sign in at the desk, and a member of staff goes with them.

# Parking

Cars of staff stand in the yard behind the building.
"""
_OURS = f"lionrock-zero-{os.getpid()}-"
_LARGE = 900
"""Bytes: the questions below are longer, and what else a run leaves is shorter."""


def canary() -> str:
    return f"zqx{uuid4().hex}"


def question(word: str) -> str:
    """Longer than `_LARGE`, and answered by the document whatever the word."""
    return (
        "For how many years are complaint files kept after the complaint is closed?"
        + (" " * _LARGE)
        + word
    )


@dataclass
class Served:
    home: Path
    output: Path
    process: subprocess.Popen[bytes]
    began: float
    http: aiohttp.ClientSession
    admin: asyncpg.Connection
    before: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)

    async def key(self, *, zero_retention: bool) -> str:
        scopes = ["assist:ask:run", "kernel:run:read", "search:passage:read", "gateway:model:call"]
        body = {"name": "k", "scopes": scopes, "zero_retention": zero_retention}
        async with self.http.post("/v1/keys", json=body) as reply:
            assert reply.status == 201, await reply.text()
            return str((await reply.json())["key"])

    async def ask(self, words: str, *, zero_retention: bool) -> dict[str, Any]:
        """Ask, streaming, and then what is kept of the run by its maker's key."""
        key = await self.key(zero_retention=zero_retention)
        headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream"}
        async with self.http.post("/v1/ask", json={"question": words}, headers=headers) as reply:
            assert reply.status == 200, await reply.text()
            told, run = await reply.text(), reply.headers["Lionrock-Run"]
        assert "event: result" in told
        async with self.http.get(f"/v1/runs/{run}", headers=headers) as reply:
            assert reply.status == 200
            kept: dict[str, Any] = await reply.json()
        return kept

    async def rows(self) -> dict[str, set[tuple[Any, ...]]]:
        """Every row of every table of ours, as its columns' bytes and texts."""
        found = {}
        for (table,) in await self.admin.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'",
            SCHEMA,
        ):
            rows = await self.admin.fetch(f'SELECT * FROM {SCHEMA}."{table}"')
            found[table] = {tuple(_plain(v) for v in row) for row in rows}
        return found

    async def large(self) -> list[str]:
        """Tables with a new row in which some field could hold the question."""
        now = await self.rows()
        new = {t: rows - self.before.get(t, set()) for t, rows in now.items()}
        self.before = now
        return sorted(
            t for t, rows in new.items() if any(len(v) >= _LARGE for row in rows for v in row)
        )

    async def holds(self, word: str) -> list[str]:
        """Everywhere that `word` stands in the open: tables, files, output."""
        await self.admin.execute("CHECKPOINT")
        places = [
            f"table {t}" for t, rows in (await self.rows()).items()
            if any(word.encode() in v for row in rows for v in row)
        ]  # fmt: skip
        files = [*_files(self.home), *_files(self.output.parent), *self._temporary()]
        return places + [str(p) for p in files if word.encode() in _bytes(p)]

    def _temporary(self) -> Iterator[Path]:
        for folder in (Path("/tmp"), Path("/dev/shm"), Path("/var/tmp")):
            for path in folder.glob("lionrock*"):
                with suppress(FileNotFoundError):  # another test's, which is over
                    if path != self.home.parent and path.lstat().st_mtime >= self.began - 1:
                        yield from _files(path)


def _plain(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _files(folder: Path) -> Iterator[Path]:
    """Of a folder that may go meanwhile."""
    if folder.is_file():
        yield folder
    for parent, _, names in os.walk(folder):
        found = (Path(parent, name) for name in names)
        yield from (path for path in found if path.is_file() and not path.is_symlink())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it went while it was looked at
        return b""


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What the servers leave goes once it has been looked through."""
    yield
    for folder in Path("/tmp").glob(f"{_OURS}*"):
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def served(**settings: str) -> AsyncIterator[Served]:
    folder = Path(mkdtemp(prefix=_OURS, dir="/tmp"))
    folder.chmod(0o755)
    home, output = folder / "home", folder / "output.txt"
    environment = {
        **os.environ, "LIONROCK_HOME": str(home), "LIONROCK_PORT": "0",
        **settings,
    }  # fmt: skip
    began = time.time()
    with output.open("ab") as printed:
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-c", "from lionrock.cli.main import main; main()", "up", "--json"],
            stdout=printed, stderr=subprocess.STDOUT, env=environment,
        )  # fmt: skip
    try:
        for _ in range(1200):
            if running(home) or process.poll() is not None:
                break
            await asyncio.sleep(0.1)
        facts = running(home)
        assert facts, output.read_text()
        headers = {"Authorization": f"Bearer {facts['key']}"}
        timeout = aiohttp.ClientTimeout(total=280)
        async with aiohttp.ClientSession(facts["url"], headers=headers, timeout=timeout) as http:
            admin = await asyncpg.connect(_admin_url(home))
            try:
                yield Served(home, output, process, began, http, admin)
            finally:
                await admin.close()
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 60)


def _admin_url(home: Path) -> str:
    """PostgreSQL's superuser: the port is the fourth line of the postmaster's file."""
    places = [home / "postgres", *(p.parent for p in home.rglob("postmaster.pid"))]
    at = next(p for p in places if (p / "postmaster.pid").exists())
    port = (at / "postmaster.pid").read_text().splitlines()[3]
    password = (home / "keys" / "lionrock_admin").read_text().strip()
    return f"postgresql://lionrock_admin:{password}@127.0.0.1:{port}/lionrock"


async def taught(server: Served) -> None:
    form = aiohttp.FormData()
    form.add_field("file", DOCUMENT.encode(), filename="records.md")
    async with server.http.post("/v1/documents", data=form) as reply:
        id = (await reply.json())["document_id"]
    for _ in range(600):
        async with server.http.get(f"/v1/documents/{id}") as reply:
            if (await reply.json())["state"] == "ready":
                return
        await asyncio.sleep(0.1)
    pytest.fail("the document was not read")


async def prove(server: Served, secret: str, said: str) -> None:
    """Ask with the flag and without, and look everywhere after each."""
    await taught(server)
    await server.key(zero_retention=True)
    await server.large()
    kept = await server.ask(question(secret), zero_retention=True)
    assert (kept["request"], kept["result"]) == ({}, None)
    assert await server.large() == []
    for word in (secret, said):
        assert await server.holds(word) == []

    # The control: without the flag it is kept, sealed, and each way of looking would have found it.
    other = canary()
    kept = await server.ask(question(other), zero_retention=False)
    assert other in kept["request"]["question"]
    assert "runs" in await server.large()
    open_word = canary()
    await server.admin.execute("CREATE TABLE public.scratch (word text)")
    await server.admin.execute("INSERT INTO public.scratch VALUES ($1)", open_word)
    (server.home / "files" / "scratch").write_text(open_word)
    found = await server.holds(open_word)
    assert any("pg_wal" in p for p in found), found
    assert any(re.search(r"base/\d+/\d+", p) for p in found), found
    assert str(server.home / "files" / "scratch") in found
    with server.output.open("a") as printed:
        printed.write(open_word)
    assert str(server.output) in await server.holds(open_word)


async def test_nothing_of_a_prompt_or_an_answer_is_kept(embedding_weights: Path) -> None:
    secret, said = canary(), canary()
    async with fake_openai() as engine:
        engine.answer = [
            stream(f"Complaint files are kept for six years {said} [1].", usage=(7, 2))
        ]
        async with served(LIONROCK_ENGINE=f"{engine.url}/v1") as server:
            await prove(server, secret, said)
            prompts = [str(body) for path, body in engine.asked if path.endswith("completions")]
            assert any(secret in p for p in prompts), "the model was asked with the question"
        # The server is stopped: its last writes are on the disk.
        for word in (secret, said):
            assert not [p for p in _files(server.home) if word.encode() in _bytes(p)]


async def test_a_run_that_breaks_tells_nothing_of_its_prompt(embedding_weights: Path) -> None:
    """An engine that refuses with the prompt in its error: neither the log nor a table has it."""
    from aiohttp import web

    secret = canary()
    async with fake_openai() as engine, served(LIONROCK_ENGINE=f"{engine.url}/v1") as server:
        await taught(server)
        body = {"error": {"message": f"cannot answer {question(secret)}"}}
        engine.refusal = web.json_response(body, status=500)
        kept = await server.ask(question(secret), zero_retention=True)
        assert kept["request"] == {}
        assert await server.holds(secret) == []


@pytest.mark.model
async def test_nor_with_a_model_of_this_machine(
    small_model_weights: Path, embedding_weights: Path
) -> None:
    secret = canary()
    async with served(LIONROCK_MODEL=SMALL_MODEL) as server:
        await prove(server, secret, f"{secret} ")
    for path in _files(server.home):
        assert secret.encode() not in _bytes(path), path
