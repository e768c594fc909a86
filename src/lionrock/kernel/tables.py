"""Tables as CSV that a spreadsheet shows and does not run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: those that begin like one get an apostrophe.

    Blanks in front do not hide the beginning. (OWASP, "CSV Injection".)
    """
    text = "" if value is None else str(value)
    begins = text.lstrip(" \u00a0\u3000\ufeff\u200b")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text
    return f"'{text}" if begins.startswith(_FORMULA) or text.startswith(_FORMULA) else text


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180, every cell in quotes; UTF-8 with a byte order mark, so that spreadsheets show Chinese."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([harmless(v) for v in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")
