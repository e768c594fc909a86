"""Files of rows, read a row at a time: CSV, XLSX and JSON lines, as cells by the name of their column."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final, Literal

from lionrock.errors import InvalidInput, TooLarge

Format = Literal["csv", "xlsx", "jsonl"]
Cells = Mapping[str, Any]
"""Column (lower case, words joined by _) to value: a text, or in JSON also lists and objects."""
_MOST_UNPACKED: Final = 2**30
_READ: Final = 1 << 20
_MOST_ROWS: Final = 2**20
"""No sheet has more, whatever number a row gives itself."""


def sha256_of(file: BinaryIO) -> bytes:
    """Of all of `file`, which is left at its beginning."""
    found = hashlib.sha256()
    file.seek(0)
    while data := file.read(_READ):
        found.update(data)
    file.seek(0)
    return found.digest()


def rows(file: BinaryIO, format: Format) -> Iterator[Cells]:
    """Each row. `file` can be sought in. `InvalidInput` at the row that cannot be read.

    Memory: a row; of XLSX also the workbook's table of strings. XLSX: the first sheet.
    """
    return {"csv": _csv, "xlsx": _xlsx, "jsonl": _json_lines}[format](file)


def _csv(file: BinaryIO) -> Iterator[Cells]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        first = text.readline()
        text.seek(0)
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        header = _header(next(reader, []))
        for cells in reader:
            if len(cells) > len(header):
                raise InvalidInput(f"Line {reader.line_num} has more cells than the header.")
            if any(cells):
                yield dict(zip(header, cells, strict=False))
    except UnicodeDecodeError as error:
        raise InvalidInput("The file is not UTF-8: save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise InvalidInput(f"The file is not readable as CSV: {error}.") from error
    finally:
        text.detach()


def _xlsx(file: BinaryIO) -> Iterator[Cells]:
    import openpyxl  # half a second, for who needs it

    try:
        with zipfile.ZipFile(file) as archive:
            # zipfile yields no more of a member than it states.
            if sum(m.file_size for m in archive.infolist()) > _MOST_UNPACKED:
                raise TooLarge("The workbook unpacks to more than 1 GiB: send CSV.")
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        if not book.worksheets:
            raise InvalidInput("The workbook has no sheet.")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a sheet that states too few rows would lose the rest
        lines = sheet.iter_rows(values_only=True, max_row=_MOST_ROWS)
        header = _header(next(lines, ()))
        for cells in lines:
            if any(c is not None for c in cells):
                yield {k: _shown(v) for k, v in zip(header, cells, strict=False)}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise InvalidInput(
            "The file is not readable as XLSX: it is damaged, or another."
        ) from error


def _json_lines(file: BinaryIO) -> Iterator[Cells]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"Line {number} is not JSON.") from error
        if not isinstance(found, dict):
            raise InvalidInput(f"Line {number} is not a JSON object.")
        yield {_column(k): v for k, v in found.items()}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; of two values by one name Python would take the last."""
    _header(name for name, _ in pairs)
    return dict(pairs)


def _header(names: Iterable[object]) -> list[str]:
    """Columns as they are called here. `InvalidInput` for one that is there twice: one would be lost."""
    found = [_column(n) for n in names]
    for name, times in Counter(filter(None, found)).items():
        if times > 1:
            raise InvalidInput(f"The column “{name[:80]}” is there more than once: rename one.")
    return found


def _column(name: object) -> str:
    return "_".join(str("" if name is None else name).strip().lower().replace("-", " ").split())


def _shown(value: Any) -> str:
    """A cell as text: dates as YYYY-MM-DD, whole numbers without a point, nothing as nothing."""
    if value is None:
        return ""
    if hasattr(value, "date") and callable(value.date):
        return str(value.date().isoformat())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
