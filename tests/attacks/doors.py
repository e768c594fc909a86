"""Ways in, as an attacker has them: HTTP with a credential or none, and bytes on a socket."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

NEVER = "00000000-0000-4000-8000-000000000000"
"""An id that is nothing's."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str


async def fetch(session: aiohttp.ClientSession, method: str, path: str, **options: Any) -> Reply:
    """One request, its redirects not followed."""
    async with session.request(method, path, allow_redirects=False, **options) as response:
        body = await response.read()
        headers = {k.lower(): v for k, v in response.headers.items()}
        return Reply(response.status, headers, body.decode(errors="replace"))


async def spoken(session: aiohttp.ClientSession, method: str, params: dict[str, Any]) -> Any:
    """One request of the Model Context Protocol, and its response."""
    accept = {"Accept": "application/json, text/event-stream"}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    reply = await fetch(session, "POST", "/mcp", json=body, headers=accept)
    lines = [line[6:] for line in reply.text.splitlines() if line.startswith("data: ")]
    return json.loads(lines[-1] if lines else reply.text)


async def raw(url: str, request: bytes) -> Reply:
    """Bytes as they are to the server; its answer until it closes the connection."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(request)
        await writer.drain()
        answer = await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split()[1]) if len(lines[0].split()) > 1 else 0
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    return Reply(status, headers, body.decode(errors="replace"))


def get(path: str, host: str = "127.0.0.1", *lines: str) -> bytes:
    """A GET as bytes, the path as it is."""
    fields = "".join(f"{line}\r\n" for line in (f"Host: {host}", *lines, "Connection: close"))
    return f"GET {path} HTTP/1.1\r\n{fields}\r\n".encode("latin-1")


async def upload(session: aiohttp.ClientSession, name: str, data: bytes, **fields: str) -> Reply:
    """A file, its name sent as it is: no client of ours tidies it."""
    mark = b"lionrock-attack"
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (mark, key.encode(), value.encode())
        for key, value in fields.items()
    ]
    told = name.encode("utf-8", "surrogatepass").replace(b'"', b"%22")
    head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n'
    body = b"".join(parts) + head % (mark, told) + data + b"\r\n--%s--\r\n" % mark
    kind = {"Content-Type": f"multipart/form-data; boundary={mark.decode()}"}
    return await fetch(session, "POST", "/v1/documents", data=body, headers=kind)


async def discard(session: aiohttp.ClientSession, added: Reply) -> None:
    """Remove what an upload added, so that no later test waits while it is read."""
    if added.status == 202:
        await fetch(session, "DELETE", f"/v1/documents/{json.loads(added.text)['document_id']}")


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip file; names as they are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
    b'.wordprocessingml.document.main+xml"/></Types>'
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str, doctype: str = "", **more: bytes) -> bytes:
    """A Word file with one paragraph, whose text is the XML `body`."""
    document = (
        f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>'
        f"{body}</w:t></w:r></w:p></w:body></w:document>"
    )
    members = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": document.encode()}
    return zipped({**members, **more})
