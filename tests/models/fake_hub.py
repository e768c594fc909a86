"""A model hub and a package index on loopback, with the faults that real ones have."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeHub:
    """Serves `files` by path. Change an attribute to change how it behaves from then on."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.statuses: dict[str, int] = {}
        self.content_types: dict[str, str] = {}
        self.ranges = True
        self.etag: str | None = None
        self.states_length = True
        self.overstates_length = 0
        self.budget: int | None = None
        """Bytes it may still send before it breaks off and answers 503 only."""
        self.stall = False
        """Fall silent when the budget is used up, with the connection open."""
        self.sent = 0
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.exhausted = threading.Event()
        self.resume = threading.Event()
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"hub": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.index = f"{self.url}/simple"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.resume.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def refill(self, budget: int | None = None) -> None:
        self.resume.set()
        self.resume = threading.Event()
        self.exhausted.clear()
        self.sent = 0
        self.budget = budget

    def add_wheel(self, package: str, version: str, wheel: bytes, tag: str = "py3-none-any") -> str:
        """Put `wheel` on the index and return its path."""
        name = f"{package.replace('-', '_')}-{version}-{tag}.whl"
        path, page = f"/files/{name}", f"/simple/{package}/"
        self.files[path] = wheel
        link = f'<a href="../..{path}#sha256={hashlib.sha256(wheel).hexdigest()}">{name}</a>\n'
        self.files[page] = self.files.get(page, b"<!DOCTYPE html>\n") + link.encode()
        return path

    def asked(self, path: str) -> list[dict[str, str]]:
        """Headers of the requests for `path`."""
        return [headers for p, headers in self.requests if p == path]

    def take(self, wanted: int) -> int:
        """How many of the `wanted` bytes may be sent."""
        with self.lock:
            taken = wanted if self.budget is None else min(wanted, self.budget)
            self.sent += taken
            if self.budget is not None:
                self.budget -= taken
            if taken < wanted:
                self.exhausted.set()
            return taken


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub

    def do_GET(self) -> None:
        hub = self.hub
        hub.requests.append((self.path, dict(self.headers)))
        if self.path in hub.redirects:
            self._head(302, {"Location": hub.redirects[self.path], "Content-Length": "0"})
        elif self.path in hub.statuses or (hub.budget == 0 and not hub.stall):
            self._head(hub.statuses.get(self.path, 503), {"Content-Length": "0"})
        elif self.path not in hub.files:
            self._head(404, {"Content-Length": "0"})
        else:
            self._file(hub.files[self.path])

    def _file(self, body: bytes) -> None:
        headers = {"Content-Type": self.hub.content_types.get(self.path, "text/html")}
        if self.hub.etag:
            headers["ETag"] = self.hub.etag
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        valid = self.headers.get("If-Range", self.hub.etag) == self.hub.etag
        start, status = 0, 200
        if asked and self.hub.ranges and valid:
            start, status = int(asked[1]), 206
            if start >= len(body):
                self._head(416, {"Content-Range": f"bytes */{len(body)}", "Content-Length": "0"})
                return
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        if self.hub.states_length:
            headers["Content-Length"] = str(len(body) - start + self.hub.overstates_length)
        self._head(status, headers)
        self._send(memoryview(body)[start:])

    def _send(self, rest: memoryview) -> None:
        while rest:
            resume, wanted = self.hub.resume, min(4096, len(rest))
            taken = self.hub.take(wanted)
            self.wfile.write(rest[:taken])
            self.wfile.flush()
            rest = rest[taken:]
            if taken < wanted:
                if self.hub.stall:
                    resume.wait(30)
                return

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the client went away, as clients do here
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def wheel(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A wheel file with these members: the same bytes whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            entry.compress_type = compression
            archive.writestr(entry, data)
    return out.getvalue()
