"""Comparing two versions of a document: which two, and their paragraphs out of the database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.documents import queries
from lionrock.documents.comparing import Comparison, Paragraph, compared, counts
from lionrock.documents.parsed import joint
from lionrock.documents.parsing.numbering import label_of
from lionrock.documents.records import Records, there
from lionrock.documents.schemas import Passage, State
from lionrock.documents.versions import Version
from lionrock.errors import Conflict, NotFound

if TYPE_CHECKING:
    import asyncpg

Places = tuple[tuple[int, int, int], ...]
"""(page, start, end) in page texts."""
_READ: Final = (State.INDEXED, State.READY)
_ENDS: Final = tuple(".;:,。；：，—!?！？")


def chosen(
    versions: Sequence[Version], older: UUID | None, newer: UUID | None
) -> tuple[Version, Version]:
    """The two versions: those named; else the one shown today, and the one before it.

    `NotFound` for one that the document does not have; `Conflict` where there are no two to compare.
    """
    by_id = {v.id: v for v in versions}
    if any(v is not None and v not in by_id for v in (older, newer)):
        raise NotFound("There is no such version of this document.")
    read = [v for v in versions if v.state in _READ]
    after = by_id[newer] if newer else next((v for v in read if v.shown), read[0] if read else None)
    before = by_id[older] if older else _before(read, after)
    if after is not None and before is None and newer is None and older is None:
        # The one shown is the first: what is to come is compared with it.
        later = [v for v in read if v is not after]
        before, after = after, (later[-1] if later else None)
    if after is None or before is None or before.id == after.id:
        raise Conflict("There is one version of this document to read: nothing to compare it with.")
    for version in (before, after):
        if version.state not in _READ:
            raise Conflict(f"{version.name} is {version.state}: it cannot be compared yet.")
    return before, after


def _before(read: Sequence[Version], after: Version | None) -> Version | None:
    """The one before it, of versions whose latest is first."""
    ids = [v.id for v in read]
    if after is None or after.id not in ids:
        return None
    at = ids.index(after.id) + 1
    return read[at] if at < len(read) else None


async def comparison(
    db: asyncpg.Connection, records: Records, tenant: UUID, older: Version, newer: Version
) -> Comparison:
    """Both versions must be ones that the actor may read."""
    sides = []
    for version in (older, newer):
        rows = await db.fetch(queries.PASSAGES_OF, tenant, version.id)
        sides.append(list(paragraphs(list(there(records.passage, rows)))))
    found = await asyncio.to_thread(compared, *sides)
    return Comparison(
        document_id=newer.document_id, older=older, newer=newer, counts=counts(found),
        paragraphs=found,
    )  # fmt: skip


def paragraphs(passages: Sequence[Passage]) -> Iterator[Paragraph]:
    """Passages cut into the paragraphs they were made of, with the headings between them."""
    last = ""
    for passage in passages:
        if passage.heading != last:
            above, _, title = passage.heading.rpartition(" › ")
            if title:
                label = label_of(title)
                number = label.number if label else ""
                page = passage.slices[0][0]
                yield Paragraph(number=number, heading=above, text=title, page=page)
            last = passage.heading
        for index, (text, places) in enumerate(_parts(passage)):
            label = label_of(text)
            number = label.number if label else passage.number if index == 0 else ""
            under = passage.heading if index == 0 else f"{passage.heading} {passage.number}"
            yield Paragraph(
                number=number, heading=under.strip(), text=text, page=places[0][0], places=places
            )


def _parts(passage: Passage) -> list[tuple[str, Places]]:
    """Text and places of each paragraph; one that runs over a page end is put together again."""
    found: list[tuple[str, Places]] = []
    at, last = 0, 0
    for page, start, end in passage.slices:
        text = passage.text[at : at + end - start]
        at += end - start + 1
        if found and page != last and not found[-1][0].rstrip().endswith(_ENDS):
            before, places = found[-1]
            found[-1] = (before + joint(before, text) + text, (*places, (page, start, end)))
        else:
            found.append((text, ((page, start, end),)))
        last = page
    return found
