"""A browser in miniature: calls the application in this process and keeps cookies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI

HOST = "127.0.0.1:8470"
BOUNDARY = "lionrock-test"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str


@dataclass
class Client:
    app: FastAPI
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    leaves: bool = False
    """Goes away in the middle of what it sends."""

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.send("GET", path, b"", headers)

    async def post(
        self, path: str, form: Mapping[str, str] | None = None, **headers: str
    ) -> Answer:
        content = {"content-type": "application/x-www-form-urlencoded"}
        return await self.send("POST", path, urlencode(form or {}).encode(), content | headers)

    async def upload(self, path: str, name: str, content: bytes, **headers: str) -> Answer:
        disposition = f'form-data; name="file"; filename="{name}"'
        body = (
            f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode()
            + content
            + f"\r\n--{BOUNDARY}--\r\n".encode()
        )
        kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        return await self.send("POST", path, body, kind | headers)

    async def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(path)
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        sent = {"host": HOST, "cookie": cookie, "content-length": str(len(body))}
        sent |= self.headers | {k.replace("_", "-"): v for k, v in headers.items()}
        scope: dict[str, Any] = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http",
            "path": parts.path, "raw_path": parts.path.encode(), "root_path": "",
            "query_string": parts.query.encode(), "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8470),
            "headers": [(k.lower().encode(), v.encode()) for k, v in sent.items() if v],
        }  # fmt: skip
        return self._keep(await _exchange(self.app, scope, body, leaves=self.leaves))

    def _keep(self, answer: Answer) -> Answer:
        for line in answer.cookies:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        return answer


async def _exchange(app: FastAPI, scope: dict[str, Any], body: bytes, *, leaves: bool) -> Answer:
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": leaves}]
    if leaves:
        messages.insert(0, {"type": "http.disconnect"})
    got: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.Event().wait()  # the reader stays until all has come
        return messages.pop()

    async def send(message: Any) -> None:
        got.append(message)

    await app(scope, receive, send)
    start = next(m for m in got if m["type"] == "http.response.start")
    pairs = [(k.decode().lower(), v.decode()) for k, v in start["headers"]]
    text = b"".join(m.get("body", b"") for m in got if m["type"] == "http.response.body")
    cookies = [v for k, v in pairs if k == "set-cookie"]
    return Answer(start["status"], dict(pairs), cookies, text.decode(errors="replace"))
