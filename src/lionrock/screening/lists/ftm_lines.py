"""FollowTheMoney entities as JSON lines: OpenSanctions' targets.nested.json and entities.ftm.json.

In the nested form an entity holds its addresses and sanctions. In the flat form they are entities of their
own; of these, passports and other papers, sanctions and addresses are joined to the entity they belong to
when the file is small enough to keep them (`_MOST_JOINED`), else their number is reported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Entity
from lionrock.screening.ftm import from_ftm
from lionrock.screening.ftm_properties import SCHEMAS
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source

_LONGEST_LINE = 8 * 2**20
_MOST_JOINED = 200_000
_LINKS = {"Passport": "holder", "Identification": "holder", "Sanction": "entity"}
"""Schema → the property that names the entity it belongs to."""

Joined = dict[str, dict[str, list[Any]]]


def entities(source: Source, report: Report) -> Iterator[Entity]:
    """Each entity of a schema that can be screened. Raises `InvalidInput` for a line that is no entity."""
    joined, addresses, left = _linked(source)
    if left:
        report.notice(f"{left:,} papers, sanctions and addresses of their own were not joined.")
    others: dict[str, int] = {}
    for line, data in _objects(source):
        schema = str(data.get("schema"))
        if schema not in SCHEMAS:
            others[schema] = others.get(schema, 0) + 1
            continue
        entity = from_ftm(_with_links(data, joined, addresses))
        if entity.names:
            yield entity
        else:
            report.skip(f"{source.name}, line {line}, entity {entity.id[:80]}", "it has no name")
    for schema, count in sorted(others.items())[:50]:
        if schema not in _LINKS and schema != "Address":
            report.notice(f"{count:,} of the schema {schema[:40]}, which is not screened.")


def _with_links(data: dict[str, Any], joined: Joined, addresses: dict[str, Any]) -> dict[str, Any]:
    properties = data.get("properties")
    more = joined.get(str(data.get("id")), {})
    if not isinstance(properties, dict):
        return data
    whole = {name: _listed(values) for name, values in properties.items()}
    for name, values in more.items():
        whole[name] = [*whole.get(name, []), *values]
    places = whole.get("addressEntity", [])
    whole["addressEntity"] = [
        addresses.get(place, place) if isinstance(place, str) else place for place in places
    ]
    return {**data, "properties": whole}


def _linked(source: Source) -> tuple[Joined, dict[str, Any], int]:
    """What flat files keep apart, by the id of the entity it belongs to, and what was too much."""
    joined: Joined = {}
    addresses: dict[str, Any] = {}
    kept = left = 0
    for _, data in _objects(source):
        schema, properties = data.get("schema"), data.get("properties")
        if (schema not in _LINKS and schema != "Address") or not isinstance(properties, dict):
            continue
        if kept >= _MOST_JOINED:
            left += 1
            continue
        kept += 1
        if schema == "Address":
            addresses[str(data.get("id"))] = {"properties": properties}
            continue
        for owner in _listed(properties.get(_LINKS[str(schema)], [])):
            if isinstance(owner, str):
                _add(joined.setdefault(owner, {}), str(schema), properties)
    return joined, addresses, left


def _add(more: dict[str, list[Any]], schema: str, properties: dict[str, Any]) -> None:
    if schema == "Sanction":
        more.setdefault("sanctions", []).append({"properties": properties})
        return
    field = "passportNumber" if schema == "Passport" else "idNumber"
    more.setdefault(field, []).extend(_listed(properties.get("number", [])))


def _objects(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0
    with source.open() as stream:
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise InvalidInput(f"{source.name}, line {number}: the line is longer than 8 MB.")
            if line.strip():
                yield number, _object(source, number, line)


def _object(source: Source, number: int, line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"{source.name}, line {number}: this is not one JSON object. The file may be cut off; nothing"
            " of it is used."
        ) from error
    if not isinstance(data, dict) or "id" not in data or "schema" not in data:
        raise InvalidInput(
            f"{source.name}, line {number}: a FollowTheMoney entity has “id”, “schema” and “properties”."
        )
    return data


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
