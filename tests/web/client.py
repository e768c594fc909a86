"""A browser in miniature: calls the application in this process and keeps cookies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI

from tests.exchange import HOST, exchange

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
        got = await exchange(self.app, scope, body, leaves=self.leaves)
        cookies = [v for k, v in got.headers if k == "set-cookie"]
        self._keep(cookies)
        return Answer(got.status, dict(got.headers), cookies, got.body.decode(errors="replace"))

    def _keep(self, cookies: list[str]) -> None:
        for line in cookies:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
