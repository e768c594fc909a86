"""What an access request finds in screening's rooms, and what of it a person is given."""

from __future__ import annotations

import io
import zipfile

import pytest

from lionrock.errors import Conflict
from lionrock.kernel.privacy.findings import Finding, Review
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from tests.kernel.privacy.making import CHAN
from tests.kernel.privacy.test_findings import searched
from tests.screening.alerts.making import NewProposal, hit
from tests.screening.personal.making import LEE_MEI_LING, Room

NOTED = "Introduced by Mr WONG Siu Ming on 3 March."


async def found(room: Room, *identifiers: Identifier) -> list[Finding]:
    request = await searched(room, list(identifiers or CHAN))
    return await room.privacy.findings.listing(room.officer, request)


async def test_a_person_is_found_in_every_room_of_screening(room: Room) -> None:
    batch = await room.screened_file(("C-9", "LEE Mei Ling"), ("C-1", "CHAN Tai Man"))
    customer = await room.put()
    case = await room.case_on(customer)
    screening = await room.screened("Chan Tai-man")
    adhoc = {r["id"] for r in await room.rows("screening_alerts")} - {case}
    places = {(f.source, f.target_id, f.page) for f in await found(room)}
    wanted = {("customer", customer, None), ("case", case, None), ("screening", screening, None)}
    assert wanted | {("batch", batch, 2)} | {("case", a, None) for a in adhoc} <= places
    assert ("batch", batch, 1) not in places


async def test_who_is_named_in_the_notes_of_anothers_case_is_found_without_the_words(
    room: Room,
) -> None:
    customer = await room.put(LEE_MEI_LING)
    await room.desk.found(customer, hit())
    case = await room.desk.alert_of(customer)
    await room.desk.decided(
        case,
        NewProposal(disposition="false-positive", reason="different-birth", note=NOTED),  # type: ignore[arg-type]
    )
    name = Identifier(kind=IdentifierKind.NAME, value="Wong Siu Ming")
    (place,) = [f for f in await found(room, name) if f.source == "case"]
    assert (place.target_id, place.excerpt) == (case, "")


async def test_who_is_named_in_the_reason_a_case_was_shared_for_is_found(room: Room) -> None:
    case = await room.case_on(await room.put(LEE_MEI_LING), reported=True)
    card = Identifier(kind=IdentifierKind.HKID, value="A123456(3)")
    (place,) = [f for f in await found(room, card) if f.source == "case"]
    assert (place.target_id, place.excerpt) == (case, "")


async def package(room: Room, decisions: dict[str, Review]) -> dict[str, str]:
    """The copy's files; what no decision is given for is left out."""
    request = await searched(room)
    findings, officer = room.privacy.findings, room.officer
    left_out = Review(decision="exclude", exemption="duplicate")
    for place in await findings.listing(officer, request):
        await findings.review(officer, request, place.id, decisions.get(place.source, left_out))
    await room.privacy.packages.make(officer, request)
    with zipfile.ZipFile(io.BytesIO(await room.privacy.packages.get(officer, request))) as archive:
        return {n: archive.read(n).decode() for n in archive.namelist() if n.endswith(".txt")}


async def test_a_copy_holds_what_is_known_of_the_person_and_nothing_of_hits(room: Room) -> None:
    await room.screened_file(("C-9", "LEE Mei Ling"), ("C-1", "CHAN Tai Man"))
    await room.put()
    await room.screened("Chan Tai Man")
    include = Review(decision="include")
    sources = {"customer": include, "screening": include, "batch": include}
    files = await package(room, sources)
    assert {n.partition("-")[0] for n in files} == {"customer", "screening", "screened"}
    whole = "\n".join(files.values())
    assert "陳大文" in whole and "CHAN Tai Man" in whole and "row 2" in whole
    for word in ("LEE", "Chen Dawen", "score", "QDi"):
        assert word not in whole


async def test_of_a_case_that_came_to_nothing_their_own_particulars_are_given(room: Room) -> None:
    case = await room.case_on(await room.put())
    files = await package(room, {"case": Review(decision="include")})
    (text,) = files.values()
    assert list(files) == [f"case-{case.hex}.txt"]
    assert "陳大文" in text and "Chen Dawen" not in text and "護照" not in text


@pytest.mark.parametrize("how", ["open", "escalated"])
async def test_of_any_other_case_nothing_is_told(room: Room, how: str) -> None:
    case = await room.case_on(await room.put(), closed=False)
    if how == "escalated":
        await room.desk.alerts.assignment.assign(room.desk.reviewer, case, room.desk.analyst.id)
        await room.desk.alerts.escalation.escalate(room.desk.analyst, case, "Looks true.")
    with pytest.raises(Conflict, match=r"nor that there is one.*s\. 58"):
        await package(room, {"case": Review(decision="include")})
    assert await package(room, {"case": Review(decision="exclude", exemption="crime")}) == {}
