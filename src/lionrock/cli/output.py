"""What commands print: JSON whole, text in lines, progress on one line of the terminal."""

from __future__ import annotations

import json
import re
import sys
import time
from typing import Any

# Controls but tab and line feed; soft hyphen, marks and overrides of direction, joiners and other
# characters without a shape, tags: what drives a terminal, or shows another text than is there.
_DECEIVING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def harmless(text: str) -> str:
    """`text` for a terminal: a document, a model or a file's name may hold what drives one."""
    return _DECEIVING.sub("", text)


def say(text: str) -> None:
    """Text of the server's for people, on standard output."""
    print(harmless(text), flush=True)


def emit(data: Any) -> None:
    """One JSON document on standard output. What could drive a terminal stands as its escape."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    # Flushed: `up --json` goes on running, and who reads it through a pipe waits for the address.
    print(_DECEIVING.sub(lambda found: json.dumps(found[0])[1:-1], text), flush=True)


def emit_line(data: Any) -> None:
    """One JSON document on one line of standard output, at once."""
    text = json.dumps(data, ensure_ascii=False)
    print(_DECEIVING.sub(lambda found: json.dumps(found[0])[1:-1], text), flush=True)


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
        self._label, self._quiet = harmless(label), quiet
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
            print(harmless(text), file=sys.stderr, flush=True)
