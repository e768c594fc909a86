"""Which files a list is made of, which kind it is, and what it is called if nobody says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from lionrock.errors import InvalidInput
from lionrock.screening.lists.kinds import ListKind

_NAMES: Final = {
    ListKind.UN: "UN Security Council",
    ListKind.EU: "EU financial sanctions",
    ListKind.UK_CONLIST: "UK (OFSI consolidated)",
    ListKind.UK_LIST: "UK Sanctions List",
    ListKind.FTM: "OpenSanctions",
}
_SHOWN: Final = 5
_OFAC: Final = (ListKind.OFAC_CSV, ListKind.OFAC_ADVANCED, ListKind.OFAC_ENHANCED)


def files_of(path: Path, kind: str | None) -> tuple[ListKind, list[Path]]:
    """The kind and the files to send: of OFAC's CSV the primary file with those that belong to it."""
    # Half a second, for this command alone.
    from lionrock.screening.lists.ofac_files import files_at
    from lionrock.screening.lists.reading import detect

    if not path.exists():
        raise InvalidInput(f"There is no file {path}: check the path.")
    found = ListKind(kind) if kind else detect(path)
    if found is ListKind.OFAC_CSV and path.suffix.lower() != ".zip":
        folder = path if path.is_dir() else path.parent
        return found, [folder / source.name.rpartition("/")[2] for source in files_at(path).all]
    if path.is_dir():
        raise InvalidInput(f"{path} is a folder: name the list's file.")
    return found, [path]


def name_for(kind: ListKind, files: Sequence[Path]) -> str:
    """After the kind; OFAC's two lists apart, and a table after its file."""
    if kind in _OFAC:
        return "OFAC consolidated" if "cons" in files[0].name.lower() else "OFAC SDN"
    return _NAMES.get(kind) or files[0].stem[:100]


def preview_of(kind: ListKind, path: Path, mapping: str | None) -> dict[str, Any]:
    """What a table's columns would be read as, and its first entries. Nothing leaves this process."""
    from lionrock.screening.lists.mapping import guess_mapping, headers, preview

    if kind is not ListKind.TABLE:
        raise InvalidInput(f"The file is of the kind {kind}: it needs no mapping.")
    heads = headers(path)
    columns = json.loads(mapping) if mapping else guess_mapping(heads)
    first = [e.caption for e in preview(path, columns, _SHOWN)]
    return {"kind": kind, "headers": heads, "mapping": columns, "first": first}
