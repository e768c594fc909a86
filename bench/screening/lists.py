"""The OFAC and UN lists as entities, in memory, as the product's importers read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from lionrock.screening.entities import Entity, Schema
from lionrock.screening.lists.reading import read

SDN, ALT = "ofac_sdn_2022.csv", "ofac_alt_2022.csv"
CONS = "ofac_cons_prim.csv"
UN = "un_consolidated_2026-02-27.xml"


def listed(folder: Path) -> list[Entity]:
    """All entries of the three lists; the list stands before the source's own id."""
    found: list[Entity] = []
    for prefix, name in (("ofac", SDN), ("ofac-cons", CONS), ("un", UN)):
        found += [replace(e, id=f"{prefix}-{e.id}") for e in read(folder / name)]
    return found


def people(entities: Iterable[Entity]) -> list[Entity]:
    return [e for e in entities if e.schema is Schema.PERSON]


def names_of(entities: Iterable[Entity]) -> int:
    return sum(len(e.names) for e in entities)
