"""What commands print: JSON whole, text in lines, progress on one line of the terminal."""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def emit(data: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


def size(count: float) -> str:
    """Bytes for people: 1.1 GB, 356 MB."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.2f} GB"


class Bar:
    """A progress bar on standard error; when that is no terminal, a line every few seconds."""

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        self._label, self._quiet = label, quiet
        self._shown = 0.0
        self._terminal = sys.stderr.isatty()

    def show(self, done: int, total: int, detail: str = "") -> None:
        now = time.monotonic()
        pause = 0.1 if self._terminal else 5.0
        if self._quiet or now - self._shown < pause:
            return
        self._shown = now
        share = done / total if total else 0.0
        filled = round(share * 24)
        bar = "█" * filled + "░" * (24 - filled)
        text = f"{self._label} {bar} {share:4.0%} {detail}"
        if self._terminal:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)

    def close(self, text: str = "") -> None:
        if self._quiet:
            return
        if self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr)
        if text:
            print(text, file=sys.stderr, flush=True)
