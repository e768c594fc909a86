"""What is kept of a version so that it can be named and cited: since when it holds, the law it is a
text of, what people call it for short, and its provisions."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.documents import queries
from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.passages import Passage
from lionrock.documents.provisions import keep as keep_provisions
from lionrock.documents.provisions import provisions_of
from lionrock.documents.records import Records
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

_CODE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2,5}-\d{1,3}|[A-Z]{2,4}\d{1,3}|CAP ?\d{1,4}[A-Z]{0,2})(?![A-Za-z0-9])"
)
_DEFINED: Final = re.compile(r"[(（][“\"「‘']?([A-Z][A-Za-z&-]{1,9})[”\"」’']?[)）]")
_CAP: Final = re.compile(r"\bcap\.? ?(\d{1,4}[A-Z]{0,2})\b|第(\d{1,4}[A-Z]{0,2})章", re.IGNORECASE)
_SKIPPED: Final = re.compile(r"[^\w]+|_")
_MOST: Final = 24
_LONGEST: Final = 120

_HELD_SINCE: Final = """
UPDATE versions SET effective_from = $3 WHERE tenant_id = $1 AND id = $2 AND NOT effective_given
"""
_WORK: Final = "UPDATE versions SET work = $3 WHERE tenant_id = $1 AND id = $2"
_NAME: Final = """
INSERT INTO version_names (tenant_id, version_id, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""


def folded(name: str) -> str:
    """A name as it is compared: "Cap. 486" and "cap 486" are "cap486"."""
    plain = unicodedata.normalize("NFKC", name).lower()
    return _SKIPPED.sub("", _CAP.sub(lambda m: f"cap{m[1] or m[2]}".lower(), plain))


def short_names(title: str, file_name: str, given: Iterable[str] = ()) -> list[str]:
    """What people call a document, folded: its title and file name whole, codes in them ("AML-1",
    "GL33"), a short form in brackets ("(PDPO)"), a chapter number, and what the file itself says."""
    stem = file_name.rpartition(".")[0] or file_name
    found = dict.fromkeys(folded(name)[:_LONGEST] for name in _names(title, stem, given))
    return [name for name in found if len(name) > 1][:_MOST]


def _names(title: str, stem: str, given: Iterable[str]) -> Iterator[str]:
    yield from given
    yield stem
    yield title
    for text in (stem.upper().replace("_", " "), title):
        yield from _CODE.findall(text)
    yield from _DEFINED.findall(title)
    for cap in _CAP.finditer(f"{title} {stem}"):
        yield f"cap{cap[1] or cap[2]}"


def fingerprint(vault: Vault, tenant: UUID, use: str, said: str) -> bytes:
    """A keyed hash of 16 bytes: who has the database alone cannot try names against it."""
    return vault.make(tenant).fingerprint(use, said)


async def keep(
    db: asyncpg.Connection, vault: Vault, tenant: UUID, document: UUID, version: UUID,
    parsed: ParsedDocument, made: Sequence[Passage],
) -> None:  # fmt: skip
    """In the transaction that keeps the version's passages."""
    facts, records = parsed.facts, Records(vault, tenant)
    since = _day(facts.get("effective", ""))
    if since is not None:
        await db.execute(_HELD_SINCE, tenant, version, since)
    if facts.get("work"):
        await db.execute(_WORK, tenant, version, fingerprint(vault, tenant, "work", facts["work"]))
    sealed = await db.fetchval(queries.NAME, tenant, document)
    own = await db.fetchval(queries.OWN_NAME, tenant, version)
    called = records.called(document, sealed, version, own)
    names = short_names(parsed.title, called, facts.get("names", "").splitlines())
    hashes = [(tenant, version, fingerprint(vault, tenant, "name", name)) for name in names]
    await db.executemany(_NAME, hashes)
    found = await asyncio.to_thread(provisions_of, parsed, made)
    await keep_provisions(db, tenant, version, records.key(document), found)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
