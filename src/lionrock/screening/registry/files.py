"""Names of files that come in: which format one says, and what of it may be a name on this disk."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from lionrock.screening.registry.tabular import Format

_FORMATS: Final[dict[str, Format]] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
}  # fmt: skip
_UNSAFE: Final = re.compile(r"[^\w.()+ -]")
_MOST_BYTES: Final = 200
"""Of a name; file systems take 255."""


def format_named(name: str | None) -> Format | None:
    """Of a table, by the end of its name; None for another."""
    return _FORMATS.get(PurePath(name or "").suffix.casefold())


def safe_name(name: str | None) -> str:
    """The name without a path, and without what a message about it should not hold."""
    last = PurePath((name or "").replace("\\", "/")).name
    end = _UNSAFE.sub("_", last).encode(errors="replace")[-_MOST_BYTES:]
    return end.decode(errors="ignore").lstrip(".") or "list"
