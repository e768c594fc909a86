"""Where an engine listens: a host over HTTP, or a unix socket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from yarl import URL

from lionrock.errors import InvalidInput
from lionrock.kernel.egress import parse_url

_MAX_SOCKET_BYTES = 107  # sockaddr_un.sun_path, less its closing NUL
_VERSION = re.compile(r"/v\d+$")


@dataclass(frozen=True, slots=True)
class Address:
    """`root` is the server's own, `api` that of its versioned API (`/v1` if none is named)."""

    root: URL
    api: URL
    host: str
    port: int
    socket: Path | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """From `http(s)://host[:port][/v1]`, or `unix:` and an absolute path."""
        if text.startswith("unix:"):
            root = URL("http://engine")
            return cls(root, root / "v1", "engine", 80, _socket(text))
        try:
            parsed = parse_url(text)
        except InvalidInput as error:
            raise InvalidInput(
                "An engine's address looks like http://host:8000/v1 or unix:/run/engine.sock. "
                f"{error.detail}"
            ) from None
        url = URL(text.rstrip("/"))
        if url.query_string or url.fragment:
            raise InvalidInput("An engine's address has no ? and no #.")
        versioned = _VERSION.search(url.path)
        root = url.with_path(url.path[: versioned.start()]) if versioned else url
        return cls(root, url if versioned else url / "v1", str(parsed.host), parsed.port)


def _socket(text: str) -> Path:
    bare = text.removeprefix("unix:")
    path = Path(bare.removeprefix("//") if bare.startswith("///") else bare)
    if not path.is_absolute() or "\0" in bare or str(path).startswith("//"):
        raise InvalidInput("A socket's address is unix: and an absolute path.")
    if len(str(path).encode()) > _MAX_SOCKET_BYTES:
        raise InvalidInput(f"A socket's path has at most {_MAX_SOCKET_BYTES} bytes.")
    return path
