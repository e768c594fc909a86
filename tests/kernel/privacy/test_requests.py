from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.privacy import clock
from lionrock.kernel.privacy.findings import Review
from lionrock.kernel.privacy.request_models import RequestKind
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.making import CHAN

TODAY = clock.hong_kong_date(datetime.now(UTC))


async def asked(
    office: Office, *, kind: RequestKind = RequestKind.ACCESS, days_ago: int = 3
) -> tuple[Actor, UUID]:
    officer = office.officer
    subject = await office.privacy.subjects.add(officer, CHAN)
    request = await office.privacy.requests.receive(
        officer, subject, kind, received_on=TODAY - timedelta(days=days_ago), wording="all of it"
    )
    return officer, request


async def test_the_clock_runs_from_the_day_of_receipt(office: Office) -> None:
    officer, request = await asked(office, days_ago=3)
    found = await office.privacy.requests.get(officer, request)
    assert (found.days_left, found.due_on) == (37, TODAY + timedelta(days=37))
    assert found.wording == "all of it"


async def test_a_day_to_come_is_refused(office: Office) -> None:
    subject = await office.privacy.subjects.add(office.officer, CHAN)
    with pytest.raises(InvalidInput, match="day to come"):
        await office.privacy.requests.receive(
            office.officer, subject, RequestKind.ACCESS, received_on=TODAY + timedelta(days=1)
        )


async def test_each_reminder_is_written_once(office: Office) -> None:
    officer, _ = await asked(office)
    requests = office.privacy.requests
    counts = [
        await requests.remind(officer, today=TODAY + timedelta(days=37 - left))
        for left in (20, 10, 9, 5, 4, 1, 0, -1, -2)
    ]
    assert counts == [0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert len(await office.events("privacy:request:remind")) == 4


async def test_a_page_can_show_what_runs_out(office: Office) -> None:
    officer, request = await asked(office, days_ago=36)
    (notice,) = await office.privacy.requests.notices(officer)
    assert (notice.request_id, notice.days_left, notice.threshold) == (request, 4, 5)


async def test_the_worker_reminds_of_every_tenants(office: Office) -> None:
    await asked(office, days_ago=45)
    await office.privacy.keep_time()
    assert await office.events("privacy:request:remind") == ["privacy:request:remind"]


async def test_nothing_is_handed_over_before_identity_fee_and_package(office: Office) -> None:
    officer, request = await asked(office)
    requests, findings = office.privacy.requests, office.privacy.findings
    with pytest.raises(Conflict, match="who is asking"):
        await requests.deliver(officer, request, "in person")
    await requests.check_identity(officer, request, "id-document")
    with pytest.raises(Conflict, match="no package"):
        await requests.deliver(officer, request, "in person")
    await findings.search(officer, request)
    with pytest.raises(Conflict, match="not been reviewed"):
        await office.privacy.packages.make(officer, request)
    for finding in await findings.listing(officer, request):
        await findings.review(officer, request, finding.id, Review(decision="include"))
    await office.privacy.packages.make(officer, request)
    await requests.set_fee(officer, request, 5000)
    with pytest.raises(Conflict, match="fee"):
        await requests.deliver(officer, request, "in person")
    await requests.set_fee(officer, request, 5000, TODAY)
    await requests.deliver(officer, request, "in person")
    found = await requests.get(officer, request)
    assert (found.state, found.closed_on, found.days_left) == ("delivered", TODAY, None)
    with pytest.raises(Conflict, match="ended"):
        await requests.refuse(officer, request, "repeated", "again")


async def test_a_correction_has_no_fee(office: Office) -> None:
    officer, request = await asked(office, kind=RequestKind.CORRECTION)
    with pytest.raises(InvalidInput, match="No fee"):
        await office.privacy.requests.set_fee(officer, request, 100)


async def test_why_it_takes_longer_is_told_within_the_forty_days(office: Office) -> None:
    officer, request = await asked(office, days_ago=39)
    await office.privacy.requests.extend(officer, request, "records at another branch")
    found = await office.privacy.requests.get(officer, request)
    assert (found.extended_on, found.extension_reason) == (TODAY, "records at another branch")
    assert found.days_left == 1
    late, too_late = await asked(office, days_ago=41)
    with pytest.raises(Conflict, match="are over"):
        await office.privacy.requests.extend(late, too_late, "sorry")


async def test_a_refusal_names_its_ground_and_outlives_the_person(office: Office) -> None:
    officer, request = await asked(office)
    requests = office.privacy.requests
    with pytest.raises(InvalidInput, match="one of"):
        await requests.refuse(officer, request, "not-inaccurate", "no")
    await requests.refuse(officer, request, "identity", "no document was shown")
    found = await requests.get(officer, request)
    async with office.house.database.tenant_session(officer) as db:
        from lionrock.kernel.privacy.people_data import erase_subject

        await erase_subject(db, officer.tenant_id, found.subject_id)
    found = await requests.get(officer, request)
    assert (found.refusal_ground, found.refusal_reason) == ("identity", "no document was shown")
    assert found.wording == ""


async def test_only_who_handles_requests_sees_them(office: Office, stranger: Actor) -> None:
    _, request = await asked(office)
    with pytest.raises(Forbidden):
        await office.privacy.requests.listing(office.administrator)
    other = Actor(stranger.tenant_id, stranger.id, stranger.kind, office.officer.roles)
    with pytest.raises(NotFound):
        await office.privacy.requests.get(other, request)
    assert await office.privacy.requests.listing(other) == []


async def test_people_are_found_by_any_writing_of_an_identifier(office: Office) -> None:
    from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind

    subject = await office.privacy.subjects.add(office.officer, CHAN)
    for kind, value in ((IdentifierKind.HKID, "a1234563"), (IdentifierKind.NAME, "Tai-man CHAN")):
        found = await office.privacy.subjects.find(
            office.officer, Identifier(kind=kind, value=value)
        )
        assert [s.id for s in found] == [subject]
    nobody = Identifier(kind=IdentifierKind.HKID, value="Z683365(A)")
    assert await office.privacy.subjects.find(office.officer, nobody) == []
