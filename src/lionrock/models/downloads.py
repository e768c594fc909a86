"""Bringing one file over the network, going on where an earlier attempt stopped."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from lionrock.models.web import Answered, Interrupted, SourceFailed, Web, reason

CHUNK = 1 << 18
RETRIES = 4
"""Attempts in a row that bring nothing, after the first byte has come, before giving up."""
BACKOFF_SECONDS = 0.5
"""Pause before the first of these; doubled each time."""

Report = Callable[[int, int | None], None]
"""Called with the bytes that are there and, when known, the bytes of the whole."""


class Stopped(SourceFailed):
    """Another thread asked this download to end."""


def length(path: Path) -> int:
    """Size of `path` in bytes, 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def download(
    web: Web,
    url: str,
    path: Path,
    report: Report,
    *,
    size: int | None = None,
    limit: int | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Make `path` the whole body of `url`, keeping the bytes that are there already.

    The rest is asked for by HTTP Range (RFC 9110 §14), guarded by If-Range when the server gave
    a strong ETag; a server that cannot do this starts again from the first byte. `size`: exact
    length, if known; `limit`: longest length taken. A server that cannot be reached, or gives
    nothing at the first attempt, is not asked again. Raises `SourceFailed`; what has arrived
    stays in `path`.
    """
    stop = stop or threading.Event()
    delivered, failures = False, 0
    while True:
        before = length(path)
        try:
            return _attempt(web, url, path, report, size, limit, stop)
        except Interrupted:
            progressed = length(path) > before
            delivered = delivered or progressed
            failures = 0 if progressed else failures + 1
            if not delivered or failures >= RETRIES:
                raise
        stop.wait(BACKOFF_SECONDS * 2**failures)


def copy(path: Path, target: Path, report: Report, *, size: int | None) -> None:
    """Make `target` a copy of the local file `path`, going on from the bytes that are there."""
    try:
        source = path.open("rb")
    except OSError as error:
        raise SourceFailed(f"{path} cannot be read ({error.strerror})") from error
    with source:
        total = path.stat().st_size
        if size is not None and total != size:
            raise SourceFailed(f"{path.name} there has {total} bytes instead of {size}")
        with target.open("ab") as out:
            source.seek(out.tell())
            for chunk in _local_chunks(source, path):
                out.write(chunk)
                report(out.tell(), total)


def _attempt(
    web: Web,
    url: str,
    path: Path,
    report: Report,
    size: int | None,
    limit: int | None,
    stop: threading.Event,
) -> None:
    have = length(path)
    if size is not None and have == size:
        return
    if size is not None and have > size:
        have = _clear(path)
    response = _open(web, url, path, have)
    if response is None:
        return
    with response:
        if response.status != 206:
            have = _clear(path)
            _keep_etag(path, response.headers.get("ETag", ""))
        total = _total(response, have, size, limit)
        with path.open("ab") as out:
            for chunk in _chunks(response, _host(url)):
                _go_on(stop, out.tell() + len(chunk), total)
                out.write(chunk)
                report(out.tell(), total)
    missing = total - length(path)
    if missing:
        raise Interrupted(f"{_host(url)} ended the transfer {missing} bytes short")


def _open(web: Web, url: str, path: Path, have: int) -> HTTPResponse | None:
    """The response from byte `have` on (206) or from the first (200); None: all is there."""
    headers = {"Range": f"bytes={have}-"} if have else {}
    etag = _etag_file(path).read_text() if have and _etag_file(path).exists() else ""
    if headers and etag:
        headers["If-Range"] = etag
    try:
        response = web.get(url, headers)
    except Answered as answered:
        if answered.status != 416 or not have:
            raise
        if answered.content_range == f"bytes */{have}":
            return None
        return _open(web, url, path, _clear(path))
    starts = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if response.status == 206 and (starts is None or int(starts[1]) != have):
        response.close()
        raise SourceFailed(f"{_host(url)} answers with a range that was not asked for")
    return response


def _total(response: HTTPResponse, have: int, size: int | None, limit: int | None) -> int:
    """Bytes of the whole file, or `SourceFailed` if it cannot be the one that is wanted."""
    stated = response.headers.get("Content-Length", "")
    if not stated.isdecimal():
        if size is None:
            raise SourceFailed("the server does not say how long the file is")
        return size
    total = have + int(stated)
    if size is not None and total != size:
        raise SourceFailed(f"the file there has {total} bytes instead of {size}")
    if limit is not None and total > limit:
        raise SourceFailed(f"the file there has {total} bytes, more than the limit of {limit}")
    return total


def _chunks(response: HTTPResponse, host: str) -> Iterator[bytes]:
    while True:
        try:
            chunk = response.read1(CHUNK)
        except (OSError, HTTPException) as error:
            raise Interrupted(reason(error, host)) from error
        if not chunk:
            return
        yield chunk


def _local_chunks(source: BinaryIO, path: Path) -> Iterator[bytes]:
    while True:
        try:
            chunk = source.read(CHUNK)
        except OSError as error:
            raise SourceFailed(f"{path} cannot be read ({error.strerror})") from error
        if not chunk:
            return
        yield chunk


def _go_on(stop: threading.Event, arrived: int, total: int) -> None:
    if stop.is_set():
        raise Stopped("stopped")
    if arrived > total:
        raise SourceFailed(f"the server sends more than the {total} bytes it should")


def _clear(path: Path) -> int:
    with path.open("wb"):
        return 0


def _etag_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.etag")


def _keep_etag(path: Path, etag: str) -> None:
    """RFC 9110 §13.1.5: only a strong validator may be used in If-Range."""
    if etag.startswith('"'):
        _etag_file(path).write_text(etag)
    else:
        _etag_file(path).unlink(missing_ok=True)


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the server"
