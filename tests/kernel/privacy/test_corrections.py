from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.privacy.corrections import Correction, notes_on
from lionrock.kernel.privacy.request_models import RequestKind
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.making import CHAN
from tests.kernel.privacy.test_holds import paper


async def asked(office: Office, kind: RequestKind = RequestKind.CORRECTION) -> UUID:
    subject = await office.privacy.subjects.add(office.officer, CHAN)
    return await office.privacy.requests.receive(
        office.officer, subject, kind, received_on=date(2026, 11, 1)
    )


def correction(kind: str, target: UUID, field: str, text: str, **more: object) -> Correction:
    return Correction(kind=kind, target_id=target, field=field, text=text, **more)  # type: ignore[arg-type]


async def test_a_members_name_is_put_right_with_who_and_when(office: Office) -> None:
    member, corrections = office.officers.second.id, office.privacy.corrections
    request = await asked(office)
    for name in ("Chan Tai Mun", "陳大文"):
        await corrections.make(office.officer, request, correction("member", member, "name", name))
    made = await corrections.made(office.officer, member)
    assert [(m.was, m.became) for m in made] == [("", "Chan Tai Mun"), ("Chan Tai Mun", "陳大文")]
    assert {m.made_by for m in made} == {office.officer.id}
    members = await office.house.people.members.listing(office.officer)
    assert "陳大文" in {m.name for m in members}
    assert "privacy:correction:make" in await office.events()


async def test_a_note_stands_beside_a_document_and_is_sealed_with_it(office: Office) -> None:
    document, request = await paper(office), await asked(office)
    wanted = correction("document", document, "note", "He holds the date to be wrong.", page=1)
    await office.privacy.corrections.make(office.officer, request, wanted)
    async with office.house.database.tenant_session(office.administrator) as db:
        kept = await db.fetchval("SELECT n::text FROM document_notes n")
        (note,) = await notes_on(db, office.house.vault, office.officer.tenant_id, [document])
    assert (note.note, note.page) == ("He holds the date to be wrong.", 1)
    assert b"wrong".hex() not in kept


async def test_only_an_open_correction_request_corrects(office: Office) -> None:
    document = await paper(office)
    wanted = correction("document", document, "note", "wrong")
    corrections = office.privacy.corrections
    with pytest.raises(Conflict, match="access request"):
        await corrections.make(office.officer, await asked(office, RequestKind.ACCESS), wanted)
    request = await asked(office)
    with pytest.raises(NotFound):
        missing = correction("document", uuid4(), "note", "wrong")
        await corrections.make(office.officer, request, missing)
    with pytest.raises(InvalidInput):
        await corrections.make(
            office.officer, request, correction("document", document, "name", "x")
        )
    await office.privacy.requests.refuse(office.officer, request, "not-inaccurate", "it is right")
    with pytest.raises(Conflict, match="ended"):
        await corrections.make(office.officer, request, wanted)


async def test_the_note_is_shown_with_every_citation_of_the_page(office: Office) -> None:
    document, request = await paper(office), await asked(office)
    for page, text in ((1, "He holds the date to be wrong."), (2, "Of another page.")):
        wanted = correction("document", document, "note", text, page=page)
        await office.privacy.corrections.make(office.officer, request, wanted)
    search, reader = office.house.search, office.administrator
    (hit,) = await search.passages(reader, "陳大文 wrote")
    citation = await search.cite(reader, hit.passage, 0, len(hit.passage.text))
    assert citation is not None
    assert citation.notes == ["He holds the date to be wrong."]
