"""The engines that were built here: where they lie, what they were made of, and which one fits.

They lie in `LIONROCK_HOME`, which is the installation's alone, and not in the cache, which may be
shared: nothing but the manifest beside it says what a built program must hash to.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lionrock.errors import EngineUnavailable
from lionrock.models.native.cpu import Cpu
from lionrock.models.native.source import Source

BINARY, MANIFEST = "llama-server", "manifest.json"
_AGAIN = "Run `lionrock models build-engine --again`, or remove that folder to use the wheel's."


class Manifest(BaseModel):
    """What an engine was made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    version: str
    source_sha256: str
    machine: str
    cpu: str
    features: tuple[str, ...]
    flags: tuple[str, ...]
    """Of cmake."""
    compiler: str
    cmake: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the program."""
    size: int
    built: str
    """RFC 3339, UTC."""
    seconds: int
    """How long it took, of a build that was interrupted the last part, without bringing the source."""


class Built(BaseModel):
    """An engine to start. `binary` is hashed again by the process that becomes it."""

    model_config = ConfigDict(frozen=True)

    binary: Path
    manifest: Manifest


def root(home: Path) -> Path:
    return home / "engines"


def name(source: Source, cpu: Cpu) -> str:
    """Of the folder of an engine made of `source` for `cpu`."""
    return f"{source.build}-{cpu.label}"


def find(home: Path, source: Source, cpu: Cpu) -> Built | None:
    """The engine built of this source for this processor; None if there is none.

    EngineUnavailable if it is there and is not as it was left: better no engine than another's.
    """
    folder = root(home) / name(source, cpu)
    if not folder.is_dir():
        return None
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise EngineUnavailable(f"{folder / MANIFEST} cannot be read. {_AGAIN}") from error
    if (manifest.source_sha256, manifest.features) != (source.sha256, cpu.features):
        return None
    for path in (root(home), folder, folder / BINARY):
        _ours_alone(path)
    return Built(binary=folder / BINARY, manifest=manifest)


def others(home: Path, source: Source, cpu: Cpu) -> list[str]:
    """Names of the engines here that were made of other source or for other processors."""
    found = root(home).glob(f"*/{MANIFEST}")
    return sorted(f.parent.name for f in found if f.parent.name != name(source, cpu))


def _ours_alone(path: Path) -> None:
    try:
        found = path.lstat()
    except OSError as error:
        raise EngineUnavailable(f"{path} is not there. {_AGAIN}") from error
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise EngineUnavailable(f"{path} can be changed by others, so it is not started. {_AGAIN}")
