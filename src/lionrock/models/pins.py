"""Hashes of models that the catalogue has none for, kept beside the file: trust on first use."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import NamedTuple

from lionrock.errors import ModelPullFailed
from lionrock.kernel import disk

_log = logging.getLogger(__name__)


class Pin(NamedTuple):
    sha256: str
    size: int
    source: str


def pin_file(weights: Path) -> Path:
    return weights.with_name(f"{weights.name}.pin.json")


def read_pin(weights: Path) -> Pin | None:
    """The pin of the file that is, or was, at `weights`. `ModelPullFailed` if it is damaged."""
    file = pin_file(weights)
    try:
        pin = json.loads(file.read_text("utf-8"))
        return Pin(str(pin["sha256"]), int(pin["size"]), str(pin["source"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelPullFailed(
            f"{file} is damaged. Delete it to trust what the next pull brings."
        ) from error


def write_pin(weights: Path, pin: Pin) -> None:
    text = json.dumps(pin._asdict(), indent=1) + "\n"
    disk.write_soon(pin_file(weights), text.encode(), disk.PUBLIC)
    _log.warning(
        "%s is not verified by Lionrock; from now on it must have SHA-256 %s",
        *(weights.name, pin.sha256),
    )
