"""The command line is a client of the HTTP door, over a private socket.

When a server of this home is running, it is used; otherwise one is started inside this process for
the length of the command.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from lionrock.errors import LionrockError, Unauthenticated
from lionrock.kernel.home import WORD
from lionrock.settings import Settings


class Problem(LionrockError):
    """An error the server told us of."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title")))
        # A call that was wrong exits with 2, as it does when it is found wrong here.
        self.wrong_call = problem.get("type") == "urn:lionrock:invalid-input"


class Client:
    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str, **params: str | int) -> Any:
        async with self._session.get(path, params=params) as response:
            return await _body(response)

    async def get_all(self, path: str, params: Sequence[tuple[str, str]]) -> Any:
        """As `get`, with a parameter that may stand more than once."""
        async with self._session.get(path, params=list(params)) as response:
            return await _body(response)

    async def save(self, path: str, target: Path, **params: str | int) -> int:
        """Keep what `path` answers in `target`, whole or not at all; its number of bytes."""
        temporary, size = target.with_name(f".{target.name}.part"), 0
        try:
            async with self._session.get(path, params=params) as response:
                if response.status >= 400:
                    await _body(response)
                with temporary.open("wb") as file:
                    async for chunk in response.content.iter_chunked(1 << 20):
                        file.write(chunk)
                        size += len(chunk)
            temporary.replace(target)
        except aiohttp.ClientError as error:
            raise LionrockError(f"The server broke off: {error}. Nothing was kept.") from error
        finally:
            temporary.unlink(missing_ok=True)
        return size

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        async with self._session.post(path, json=body) as response:
            return await _body(response)

    async def put(self, path: str, body: dict[str, Any]) -> Any:
        async with self._session.put(path, json=body) as response:
            return await _body(response)

    async def patch(self, path: str, body: dict[str, Any]) -> Any:
        async with self._session.patch(path, json=body) as response:
            return await _body(response)

    async def delete(self, path: str) -> Any:
        async with self._session.delete(path) as response:
            return await _body(response)

    async def stream(self, path: str, body: dict[str, Any]) -> AsyncIterator[tuple[str, Any]]:
        """Server-sent events as (event, data), as they come; first ("run", {"id"}) where one is begun."""
        headers = {"Accept": "text/event-stream"}
        async with self._session.post(path, json=body, headers=headers) as response:
            if response.content_type != "text/event-stream":
                await _body(response)
            if run := response.headers.get("Lionrock-Run"):
                yield "run", {"id": run}
            event = ""
            async for line in _lines(response):
                if line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: "):
                    data = json.loads(line[6:])
                    if event == "error":
                        raise Problem(data)
                    yield event, data

    async def messages(
        self, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> AsyncGenerator[Any]:
        """What one JSON-RPC message is answered with, over JSON or as server-sent events."""
        async with self._session.post(path, json=body, headers=headers) as response:
            if response.content_type == "application/problem+json":
                await _body(response)
            if response.content_type != "text/event-stream":
                yield await response.json()
                return
            async for line in response.content:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])

    async def upload(self, path: Path) -> Any:
        return await self.send_files("/v1/documents", [path])

    async def send_files(self, path: str, files: Sequence[Path], **fields: str) -> Any:
        """Files as `file` of a form, with its other fields."""
        with ExitStack() as opened:
            form = aiohttp.FormData()
            for name, value in fields.items():
                form.add_field(name, value)
            for one in files:
                form.add_field("file", opened.enter_context(one.open("rb")), filename=one.name)
            async with self._session.post(path, data=form) as response:
                return await _body(response)

    async def send_body(self, path: str, file: Path, params: Sequence[tuple[str, str]] = ()) -> Any:
        """A file as the request's body."""
        headers = {"Content-Type": "application/octet-stream"}
        with file.open("rb") as body:
            async with self._session.post(
                path, data=body, params=list(params), headers=headers
            ) as response:
                return await _body(response)

    @asynccontextmanager
    async def as_person(self, form: dict[str, str]) -> AsyncIterator[Client]:
        """A client with a session in the place of the key; the session ends with it."""
        connector, base = self._session.connector, "http://localhost"
        async with aiohttp.ClientSession(
            base, connector=connector, connector_owner=False, timeout=self._session.timeout
        ) as session:
            async with session.post("/sign-in", data=form, allow_redirects=False) as response:
                if response.status != 303:
                    raise Unauthenticated("The sign-in was refused: see what was given.")
            try:
                yield Client(session)
            finally:
                await session.post("/sign-out", data={}, allow_redirects=False)


async def _lines(response: aiohttp.ClientResponse) -> AsyncIterator[str]:
    """Lines of whatever length: a result may be one of many megabytes."""
    rest: list[bytes] = []
    async for chunk in response.content.iter_any():
        *whole, last = chunk.split(b"\n")
        for line in whole:
            yield b"".join((*rest, line)).decode()
            rest.clear()
        rest.append(last)


async def _body(response: aiohttp.ClientResponse) -> Any:
    if response.status >= 400:
        try:
            raise Problem(await response.json(content_type=None))
        except json.JSONDecodeError:
            raise LionrockError(f"The server answered {response.status}.") from None
    return await response.json() if response.status != 204 else None


@asynccontextmanager
async def connect(settings: Settings, *, operator: bool = False) -> AsyncIterator[Client]:
    """A client of the running server, or of one started for this command.

    It acts as the installation's first member, or as its operator.
    """
    key = "operator_key" if operator else "key"
    facts = running(settings.home)
    if facts is not None:
        async with _client(facts, key) as client:
            yield client
        return
    from lionrock.cli.server import serving  # heavy: only when no server runs

    async with serving(settings, web=False) as server, _client(server.facts, key) as client:
        yield client


def running(home: Path) -> dict[str, str] | None:
    """What the running server of `home` left word of; None when there is none."""
    try:
        facts: dict[str, str] = json.loads((home / WORD).read_text())
    except (OSError, ValueError):
        return None
    return facts if Path(facts["socket"]).exists() and _alive(home) else None


def _alive(home: Path) -> bool:
    import fcntl

    with (home / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@asynccontextmanager
async def _client(facts: dict[str, str], key: str) -> AsyncIterator[Client]:
    connector = aiohttp.UnixConnector(path=facts["socket"])
    async with aiohttp.ClientSession(
        "http://localhost",
        connector=connector,
        headers={"Authorization": f"Bearer {facts[key]}"},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        read_bufsize=2**20,
    ) as session:
        yield Client(session)
