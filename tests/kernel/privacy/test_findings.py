from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.privacy.findings import Review
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.request_models import RequestKind
from tests.building import taught
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.making import CHAN, LEE, TWO_PEOPLE

DAY = date(2026, 11, 1)


async def searched(office: Office, identifiers: list[Identifier] = CHAN) -> UUID:
    officer = office.officer
    subject = await office.privacy.subjects.add(officer, identifiers)
    request = await office.privacy.requests.receive(
        officer, subject, RequestKind.ACCESS, received_on=DAY
    )
    await office.privacy.findings.search(officer, request)
    return request


async def test_each_place_tells_where_and_by_which_form(office: Office) -> None:
    document = await taught(office.house, office.administrator, "customers.md", TWO_PEOPLE)
    request = await searched(office)
    found = await office.privacy.findings.listing(office.officer, request)
    in_document = [f for f in found if f.source == "document"]
    assert {(f.target_id, f.page, f.form) for f in in_document} == {(document.id, 1, "name")}
    assert all(f.boxes and f.last and f.first is not None for f in in_document)
    assert sorted(f.excerpt[:8] for f in in_document) == ["Customer", "陈大文 was i"[:8]]


async def test_the_name_of_a_file_is_searched_too(office: Office) -> None:
    document = await taught(
        office.house, office.administrator, "陈大文 申請表.md", "# Form\n\nBlank."
    )
    request = await searched(office)
    found = await office.privacy.findings.listing(office.officer, request)
    assert (document.id, None) in {(f.target_id, f.page) for f in found}


async def test_what_could_not_be_read_is_named_for_a_person_to_look_at(office: Office) -> None:
    document = await taught(office.house, office.administrator, "scan.pdf", "%PDF-1.7 broken")
    assert document.state == "failed"
    request = await searched(office)
    found = await office.privacy.findings.listing(office.officer, request)
    assert ("not read", document.id) in {(f.form, f.target_id) for f in found}


async def test_searching_again_keeps_what_was_reviewed(office: Office) -> None:
    await taught(office.house, office.administrator, "customers.md", TWO_PEOPLE)
    request, findings = await searched(office), office.privacy.findings
    first = (await findings.listing(office.officer, request))[0]
    left_out = Review(decision="exclude", exemption="privilege", reason="advice of counsel")
    await findings.review(office.officer, request, first.id, left_out)
    before = await findings.listing(office.officer, request)
    await taught(office.house, office.administrator, "more.md", "# More\n\n陳大文 again.")
    await findings.search(office.officer, request)
    after = await findings.listing(office.officer, request)
    assert len(after) == len(before) + 1
    assert [f.review for f in after if f.id == first.id] == [left_out]


async def test_what_is_left_out_has_a_ground_that_is_known(office: Office) -> None:
    request, findings = await searched(office), office.privacy.findings
    first = (await findings.listing(office.officer, request))[0]
    for wrong in (
        Review(decision="exclude"),
        Review(decision="include", exemption="crime"),
        Review(decision="exclude", exemption="because"),
    ):
        with pytest.raises(InvalidInput, match="exemption"):
            await findings.review(office.officer, request, first.id, wrong)
    with pytest.raises(NotFound):
        await findings.review(office.officer, request, request, Review(decision="include"))


async def test_a_review_makes_the_package_void(office: Office) -> None:
    request, findings = await searched(office), office.privacy.findings
    for finding in await findings.listing(office.officer, request):
        await findings.review(office.officer, request, finding.id, Review(decision="include"))
    await office.privacy.packages.make(office.officer, request)
    await findings.review(office.officer, request, finding.id, Review(decision="include"))
    with pytest.raises(NotFound):
        await office.privacy.packages.get(office.officer, request)


async def test_a_request_that_ended_is_not_searched(office: Office) -> None:
    request = await searched(office)
    await office.privacy.requests.refuse(office.officer, request, "repeated", "the third this year")
    with pytest.raises(Conflict, match="ended"):
        await office.privacy.findings.search(office.officer, request)


async def test_a_member_finds_their_own_work(office: Office) -> None:
    member = office.officers.second
    officer = office.officer
    name = [Identifier(kind=IdentifierKind.NAME, value="Somebody Unheard Of")]
    subject = await office.privacy.subjects.add(officer, name, member_id=member.id)
    request = await office.privacy.requests.receive(
        officer, subject, RequestKind.ACCESS, received_on=DAY
    )
    await office.privacy.findings.search(officer, request)
    found = await office.privacy.findings.listing(officer, request)
    assert {f.source for f in found} == {"subject", "member", "event"}


async def test_one_persons_search_does_not_bring_another(office: Office) -> None:
    await taught(office.house, office.administrator, "only.md", "# Only\n\n李美玲 is here.")
    hers, his = await searched(office, LEE), await searched(office, CHAN)
    listing = office.privacy.findings.listing
    assert "document" in {f.source for f in await listing(office.officer, hers)}
    assert "document" not in {f.source for f in await listing(office.officer, his)}
