"""Results of a screened file: JSON lines, one a row, or CSV, one line a hit and one for a row without."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from lionrock.kernel.tables import as_csv
from lionrock.screening.registry.hits import Hit

Output = Literal["csv", "jsonl"]
HEADER: Final = (
    "row", "reference", "name", "result", "score", "list", "list version", "entry", "listed as",
    "name matched", "evidence",
)  # fmt: skip


def hit_told(hit: Hit) -> dict[str, Any]:
    """A hit as it is kept and handed over: each piece of evidence in words."""
    return {
        "list": hit.list.name, "list_id": str(hit.list.id), "version": hit.list.version,
        "entry": hit.entry.id, "caption": hit.entry.caption, "score": hit.score,
        "query_name": hit.match.query_name.text, "listed_name": hit.match.listed_name.text,
        "evidence": [e.words for e in hit.match.evidence],
    }  # fmt: skip


def written(output: Output, rows: Sequence[Mapping[str, Any]], *, first: bool) -> bytes:
    """Rows as they stand in a file; the first of a CSV come after its header."""
    if output == "jsonl":
        return "".join(json.dumps(_told(r), ensure_ascii=False) + "\n" for r in rows).encode()
    table = as_csv(HEADER, (line for row in rows for line in _lines(row)))
    return table if first else table.partition(b"\r\n")[2]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {"row": row["number"], "reference": _reference(row), "name": _name(row)}
    return {**facts, "fault": row["fault"]} if row["fault"] else {**facts, "hits": row["hits"]}


def _lines(row: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    begins = (row["number"], _reference(row), _name(row))
    if row["fault"]:
        said = "not screened" if row["entity"] else "not read"
        yield (*begins, f"{said}: {row['fault']}", *([""] * 7))
    elif not row["hits"]:
        yield (*begins, "no hit", *([""] * 7))
    for hit in row["hits"]:
        names = (hit["caption"], hit["listed_name"])
        evidence = " ".join(hit["evidence"])
        what = (hit["score"], hit["list"], hit["version"], hit["entry"], *names, evidence)
        yield (*begins, "hit", *what)


def _reference(row: Mapping[str, Any]) -> str:
    return str(row["entity"]["id"]) if row["entity"] else ""


def _name(row: Mapping[str, Any]) -> str:
    return str(row["entity"]["names"][0]["text"]) if row["entity"] else ""
