"""Which files of a folder, a zip or beside a named file belong to one OFAC list."""

from __future__ import annotations

import re
from pathlib import Path

from lionrock.errors import InvalidInput
from lionrock.screening.lists.ofac_csv import Files
from lionrock.screening.lists.sources import Source, sources_at

_PRIMARY = re.compile(r"(?<![a-z])(sdn|prim)(?![a-z])", re.IGNORECASE)
_COMMENTS = re.compile(r"(?<![a-z])comments(?![a-z])", re.IGNORECASE)


def files_at(path: Path) -> Files:
    """The primary file with its siblings: "sdn.csv" has alt.csv, add.csv and sdn_comments.csv,
    "ofac_cons_prim.csv" has ofac_cons_alt.csv and so on.

    Raises `InvalidInput` without a primary file or with more than one, and without the file of aliases:
    a list without them would be taken for whole.
    """
    whole = path.is_dir() or bool(sources_at(path)[0].name.partition("/")[2])
    beside = sources_at(path if whole else path.parent)
    named = {_name(source).casefold(): source for source in beside}
    primary = _primary(path, named) if whole else named[path.name.casefold()]
    return _with_siblings(primary, named)


def is_primary(name: str) -> bool:
    return bool(_PRIMARY.search(name)) and not _COMMENTS.search(name)


def _name(source: Source) -> str:
    """The file's own name, without the zip it is in."""
    return source.name.rpartition("/")[2]


def _primary(path: Path, named: dict[str, Source]) -> Source:
    found = [name for name in named if is_primary(name) and name.endswith(".csv")]
    if len(found) != 1:
        raise InvalidInput(
            f"{path.name} holds {len(found)} primary files of OFAC's"
            + (f" ({', '.join(found)}): name the one to import." if found else ".")
        )
    return named[found[0]]


def _with_siblings(primary: Source, named: dict[str, Source]) -> Files:
    name = _name(primary).casefold()
    aliases = named.get(_sibling(name, "alt"))
    if aliases is None or aliases is primary:
        raise InvalidInput(
            f"{primary.name} has no file of aliases beside it ({_sibling(name, 'alt')}): put OFAC's files"
            " of one day into one folder."
        )
    return Files(
        primary,
        aliases,
        named.get(_sibling(name, "add")),
        named.get(_PRIMARY.sub("sdn_comments", name)) or named.get(_PRIMARY.sub("comments", name)),
    )


def _sibling(name: str, part: str) -> str:
    return _PRIMARY.sub(part, name)
