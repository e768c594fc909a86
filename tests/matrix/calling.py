"""One HTTP request to an ASGI application in this process, and all of its answer."""

from __future__ import annotations

import json as js
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from tests.exchange import HOST, exchange

_BOUNDARY = "lionrock-matrix"


@dataclass(frozen=True)
class Sent:
    """A request: what fills the path's braces, the query, and one kind of body."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, Any] | None = None
    file: tuple[str, bytes] | None = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def at(self, where: str, name: Sequence[str]) -> str:
        """The value in a slot: ("path", ("document_id",)), ("body", ("files", "[]", "id"))."""
        value: Any = self._part(where)
        for step in name:
            value = value[0] if step == "[]" else value[step]
        return str(value)

    def having(self, where: str, name: Sequence[str], value: str) -> Sent:
        """The same request with another value in a slot."""
        changed = _changed(self._part(where), list(name), value)
        body = "json" if self.json is not None else "form"
        return replace(self, **{body if where == "body" else where: changed})

    def _part(self, where: str) -> Any:
        if where == "body":
            return self.json if self.json is not None else self.form
        return self.path if where == "path" else self.query


def _changed(there: Any, name: list[str], value: str) -> Any:
    if not name:
        return value
    step, *rest = name
    if step == "[]":
        return [_changed(there[0], rest, value), *there[1:]]
    return {**there, step: _changed(there[step], rest, value)}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def like(self, *sent: str) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        """All of the reply, with what the caller itself sent taken out."""
        head, body = js.dumps(self.headers), self.body
        for word in sent:
            head, body = head.replace(word, "·"), body.replace(word.encode(), "·".encode())
        kept = [tuple(pair) for pair in js.loads(head) if pair[0] not in ("date", "content-length")]
        return self.status, tuple(sorted(kept)), body

    def tells(self) -> bytes:
        return self.body + js.dumps(self.headers).encode()


async def call(
    app: Any, method: str, template: str, sent: Sent, credential: Mapping[str, str]
) -> Reply:
    """Send it; the error of a failed handler is the 500 that the server would send."""
    path = template
    for name, value in sent.path.items():
        path = path.replace(f"{{{name}}}", value)
    kind, body = _body(sent)
    headers = {
        "host": HOST, "content-length": str(len(body)), **kind, **sent.headers, **credential,
    }  # fmt: skip
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": quote(path).encode(), "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8470), "query_string": urlencode(sent.query, doseq=True).encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    got = await exchange(app, scope, body, as_served=True)
    return Reply(got.status, tuple(got.headers), got.body)


def _body(sent: Sent) -> tuple[dict[str, str], bytes]:
    if sent.raw is not None:
        return {"content-type": "application/octet-stream"}, sent.raw
    if sent.json is not None:
        return {"content-type": "application/json"}, js.dumps(sent.json).encode()
    if sent.file is not None:
        name, data = sent.file
        fields = b"".join(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
            for k, v in (sent.form or {}).items()
        )
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = fields + head.encode() + data + f"\r\n--{_BOUNDARY}--\r\n".encode()
        return {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}, body
    if sent.form is not None:
        encoded = urlencode(sent.form, doseq=True).encode()
        return {"content-type": "application/x-www-form-urlencoded"}, encoded
    return {}, b""
