"""How this process writes its log: no content, and one line where one is meant.

An exception's message may hold what was being worked on: PostgreSQL quotes the row, Python the text
that was no number. Of an exception its type and where it was raised are written; the words of our own
errors (`errors.py`) too, which hold no content. Control characters of a message are escaped, so that
no path or name can forge a line or drive a terminal.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import TextIO

from lionrock.errors import LionrockError

_CONTROL = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]"
)
_Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ContentFreeFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _CONTROL.sub(lambda c: ascii(c[0])[1:-1], super().formatMessage(record))

    def formatException(self, ei: _Caught) -> str:
        return "\n".join(_told(ei[1])) if ei[1] is not None else ""


def _told(error: BaseException) -> list[str]:
    """Frames and type of `error`, after those of what it came from."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = _told(before) if before is not None else []
    lines += [line.rstrip() for line in traceback.format_tb(error.__traceback__)]
    said = f": {error.detail}" if isinstance(error, LionrockError) else ""
    state = getattr(error, "sqlstate", None)
    code = f" (SQLSTATE {state})" if isinstance(state, str) else ""
    lines.append(f"{type(error).__module__}.{type(error).__qualname__}{code}{said}")
    for each in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        lines += _told(each)
    return lines


def configure(stream: TextIO | None = None) -> None:
    """Send every record of this process, ours and the libraries', to `stream` (standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(ContentFreeFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
