"""What is kept of a document in the database, sealed and opened: rows in, schemas out.

Everything of a document is sealed with the document's own key, so that destroying that key erases
it in every copy. `ROW` says how a row is named where its key is of two parts.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from lionrock.documents.citations import Held
from lionrock.documents.parsed import ParsedPage, pack_runs, unpack_runs
from lionrock.documents.schemas import Document, Page, Passage, State, Texts
from lionrock.errors import Erased
from lionrock.kernel.privacy.clock import HONG_KONG
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")

_UNTOLD = "It could not be read; the server's log has the cause."


def row_name(parent: UUID, number: int) -> str:
    """How a page (of a version) or a sentence (of a passage) is named where it is sealed."""
    return f"{parent.hex}/{number}"


class Records:
    """The rows of one tenant's documents, as one query brought them."""

    def __init__(self, vault: Vault, tenant: UUID) -> None:
        self._vault, self._tenant = vault, tenant
        self._names: dict[UUID, str] = {}
        self._keys: dict[UUID, DataKey] = {}
        self._today = datetime.now(HONG_KONG).date()

    def key(self, document: UUID) -> DataKey:
        if document not in self._keys:
            self._keys[document] = self._vault.key(self._tenant, scopes.document(document))
        return self._keys[document]

    def name(self, document: UUID, sealed: bytes) -> str:
        """A document's name; opened once, however many of its rows carry it."""
        if document not in self._names:
            key = self.key(document)
            self._names[document] = key.open_text("documents", document, "name", sealed)
        return self._names[document]

    def called(self, document: UUID, sealed: bytes, version: UUID, own: bytes | None) -> str:
        """What the file of a version is called: by its own name, else by the document's."""
        if own is None:
            return self.name(document, sealed)
        return self.key(document).open_text("versions", version, "name", own)

    def document(self, row: asyncpg.Record) -> Document:
        values, key = dict(row), self.key(row["id"])
        values["name"] = self.called(row["id"], row["name"], row["version_id"], row["own_name"])
        values["held"] = self._held(row)
        for column in ("title", "error"):
            sealed = row[column]
            values[column] = (
                key.open_text("versions", row["version_id"], column, sealed) if sealed else ""
            )
        if row["state"] == State.FAILED and not row["error"]:
            values["error"] = _UNTOLD
        values["sha256"] = values["sha256"].hex()
        values["path"] = ""
        if row["path"] is not None:
            where = row_name(row["came_in"], row["came_as"])
            holder = self.key(row["parent_id"])
            values["path"] = holder.open_text("document_members", where, "path", row["path"])
        return Document(**values)

    def page(self, row: asyncpg.Record) -> Page:
        values, key = dict(row), self.key(row["document_id"])
        where = row_name(row["version_id"], row["number"])
        values["document"] = self._of_version(row)
        values["held"] = self._held(row)
        values["text"] = key.open_text("pages", where, "text", row["text"])
        return Page(**values)

    def texts(self, rows: Sequence[asyncpg.Record]) -> Texts:
        """A document's pages, from rows in their order; one at least."""
        first, pages = rows[0], []
        key = self.key(first["document_id"])
        for row in rows:
            where = row_name(row["version_id"], row["number"])
            pages.append((row["number"], key.open_text("pages", where, "text", row["text"])))
        return Texts(
            document_id=first["document_id"], version_id=first["version_id"],
            document=self._of_version(first),
            sha256=first["sha256"].hex(), zero_retention=first["zero_retention"], pages=pages,
        )  # fmt: skip

    def parsed_page(self, row: asyncpg.Record) -> ParsedPage:
        """A page with the boxes of its text."""
        key, where = self.key(row["document_id"]), row_name(row["version_id"], row["number"])
        text = key.open_text("pages", where, "text", row["text"])
        packed = zlib.decompress(key.open("pages", where, "layout", row["layout"]))
        runs = unpack_runs(packed)
        size = (row["width"], row["height"])
        return ParsedPage(row["number"], *size, text, runs, row["turn"], row.get("confidence"))

    def passage(self, row: asyncpg.Record) -> Passage:
        values, key = dict(row), self.key(row["document_id"])
        values["document"], values["held"] = self._of_version(row), self._held(row)
        for column in ("number", "heading", "text"):
            values[column] = key.open_text("passages", row["id"], column, row[column])
        flat = values["slices"]
        values["slices"] = [tuple(flat[i : i + 3]) for i in range(0, len(flat), 3)]
        return Passage(**values)

    def _of_version(self, row: asyncpg.Record) -> str:
        return self.called(row["document_id"], row["document"], row["version_id"], row["own_name"])

    def _held(self, row: asyncpg.Record) -> Held:
        return Held.of(row, self._today)

    def passage_text(self, row: asyncpg.Record, column: str, passage: UUID) -> str:
        """One sealed column of a passage, from a row that has `document_id` too."""
        key = self.key(row["document_id"])
        return key.open_text("passages", passage, column, row[column])

    def lead(self, row: asyncpg.Record) -> str:
        """What stands above a sentence, from a row that has `document_id` too."""
        key, where = self.key(row["document_id"]), row_name(row["passage_id"], row["first"])
        return key.open_text("sentences", where, "lead", row["lead"])


def there(make: Callable[[asyncpg.Record], T], rows: Iterable[asyncpg.Record]) -> Iterator[T]:
    """What `make` makes of the rows, without those erased since they were read."""
    for row in rows:
        with suppress(Erased):
            yield make(row)


def sealed_page(key: DataKey, version: UUID, page: ParsedPage) -> tuple[Any, ...]:
    """A page as the table keeps it: the values of `queries.INSERT_PAGE` from its number on."""
    where = row_name(version, page.number)
    layout = zlib.compress(pack_runs(page.runs))
    text = key.seal_text("pages", where, "text", page.text)
    return (
        *(page.number, page.width, page.height, text, key.seal("pages", where, "layout", layout)),
        *(page.confidence is not None, page.turn, page.confidence, page.unread),
    )
