from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from lionrock.assist.schemas import AskRequest
from lionrock.errors import Conflict, Erased, Forbidden, InvalidInput, NotFound, NotVerified
from lionrock.kernel.actors import Actor, ActorKind
from lionrock.kernel.audit import leaves
from lionrock.kernel.audit.leaves import Leaf, pseudonym
from lionrock.kernel.capabilities import find
from lionrock.kernel.privacy import certificates
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.kernel.vault import scopes
from tests.building import taught
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.making import CHAN
from tests.kernel.privacy.test_findings import searched
from tests.kernel.privacy.test_holds import paper


async def erased(office: Office, *targets: ErasureTarget) -> tuple[UUID, bytes]:
    """Proposed by the one, approved by the other."""
    erasures = office.privacy.erasures
    erasure = await erasures.propose(office.officers.first, targets, "request")
    shown = await erasures.get(office.officers.second, erasure)
    return erasure, await erasures.approve(office.officers.second, erasure, shown.content_hash)


async def asked(office: Office, question: str) -> UUID:
    context = office.house.context(office.administrator)
    live = await office.house.runs.begin(context, find("ask"), AskRequest(question=question))
    [u async for u in live.follow()]
    return live.id


async def log_of(office: Office) -> Callable[[UUID], tuple[int, Leaf] | None]:
    """The tenant's log as the database has it."""
    async with office.house.database.tenant_session(office.administrator) as db:
        rows = await db.fetch("SELECT * FROM events ORDER BY id")
    found = {r["id"]: (n, leaves.of_row(r, "example.hk/log")) for n, r in enumerate(rows)}
    return found.get


async def counted(office: Office, table: str) -> int:
    async with office.house.database.tenant_session(office.administrator) as db:
        count: int = await db.fetchval(f"SELECT count(*) FROM {table}")
    return count


async def test_of_an_erased_document_nothing_is_left(office: Office) -> None:
    document = await paper(office)
    house, tenant = office.house, office.officer.tenant_id
    assert await house.search.passages(office.administrator, "陳大文 wrote")
    await erased(office, ErasureTarget(kind="document", id=document))
    for table in ("documents", "versions", "pages", "passages", "sentences"):
        assert await counted(office, table) == 0, table
    assert not [p for p in (house.settings.home / "files").rglob("*") if p.is_file()]
    assert await house.search.passages(office.administrator, "陳大文 wrote") == []
    index = await house.search.indexer.words(office.administrator)
    assert (len(index), index.frequencies(["wrote"])) == (0, {"wrote": 0})
    with pytest.raises(Erased):
        house.vault.key(tenant, scopes.document(document))


async def test_a_term_that_is_only_forgotten_would_still_be_in_the_index(office: Office) -> None:
    """Why an erasure writes the index anew."""
    await paper(office)
    await taught(office.house, office.administrator, "b.md", "# B\n\nAnother letter, on tea.")
    indexer = office.house.search.indexer
    async with office.house.database.tenant_session(office.administrator) as db:
        version = await db.fetchval("SELECT id FROM versions ORDER BY created_at LIMIT 1")
        await db.execute(
            "DELETE FROM documents WHERE id = (SELECT document_id FROM versions WHERE id = $1)",
            version,
        )
    await indexer.forget(office.administrator, [version])
    index = await indexer.words(office.administrator)
    before = index.frequencies(["wrote", "tea"])
    await indexer.purge(office.administrator, [version])
    index = await indexer.words(office.administrator)
    assert (before["wrote"] >= index.frequencies(["wrote"])["wrote"]) and before["tea"] == 1
    assert index.frequencies(["wrote", "tea"]) == {"wrote": 0, "tea": 1}


async def test_answers_that_quote_it_go_with_it_and_others_stay(office: Office) -> None:
    await taught(
        office.house, office.administrator, "b.md", "# B\n\nTea is served at four o'clock."
    )
    other = await asked(office, "When is tea served at four o'clock?")
    document = await paper(office)
    quoting = await asked(office, "Who wrote? 陳大文 wrote.")
    runs = office.house.runs
    assert str(document) in json.dumps((await runs.load(office.administrator, quoting))["result"])
    _, file = await erased(office, ErasureTarget(kind="document", id=document))
    assert (await runs.load(office.administrator, quoting))["result"] is None
    assert (await runs.load(office.administrator, other))["result"] is not None
    beside = json.loads(file)["certificate"]["erased_beside"]
    assert beside == {str(document): {"answers_that_quoted_it": 1}}


async def test_a_run_goes_and_what_it_cost_stays(office: Office) -> None:
    await paper(office)
    run = await asked(office, "Who wrote? 陳大文 wrote.")
    await erased(office, ErasureTarget(kind="run", id=run))
    with pytest.raises(NotFound):
        await office.house.runs.load(office.administrator, run)
    assert await counted(office, "runs") == 0
    assert await counted(office, "run_sources") == 0


async def test_a_persons_record_goes_and_the_dates_of_their_requests_stay(office: Office) -> None:
    await paper(office)
    request = await searched(office)
    privacy, officer = office.privacy, office.officer
    (subject,) = await privacy.subjects.find(officer, CHAN[0])
    await privacy.requests.refuse(officer, request, "repeated", "the third")
    await erased(office, ErasureTarget(kind="subject", id=subject.id))
    assert await counted(office, "subjects") == await counted(office, "request_findings") == 0
    with pytest.raises(NotFound):
        await privacy.subjects.get(officer, subject.id)
    assert (await privacy.requests.get(officer, request)).refusal_reason == "the third"


async def test_payloads_that_name_it_are_deleted_and_the_log_stays_whole(office: Office) -> None:
    document = await paper(office)
    before = await counted(office, "events")
    _, file = await erased(office, ErasureTarget(kind="document", id=document))
    async with office.house.database.tenant_session(office.administrator) as db:
        left = await db.fetchval(
            "SELECT count(*) FROM event_payloads WHERE payload::text LIKE '%' || $1 || '%'",
            str(document),
        )
        key = await db.fetchval("SELECT key FROM event_keys")
        kept = await db.fetchval(
            "SELECT count(*) FROM events WHERE subject = $1", pseudonym(key, document)
        )
    assert left == 0
    assert await counted(office, "events") > before
    assert json.loads(file)["certificate"]["event_payloads_deleted"] >= kept


async def test_nobody_approves_their_own_proposal_nor_a_key_anyones(office: Office) -> None:
    document, erasures = await paper(office), office.privacy.erasures
    wanted = [ErasureTarget(kind="document", id=document)]
    first, second = office.officers.first, office.officers.second
    erasure = await erasures.propose(first, wanted, "request")
    shown = await erasures.get(first, erasure)
    second_account = replace(second, person=first.person)
    for actor in (
        first,
        second_account,
        replace(second, kind=ActorKind.SERVICE),
        office.administrator,
    ):
        with pytest.raises(Forbidden):
            await erasures.approve(actor, erasure, shown.content_hash)
    await office.house.documents.get(office.administrator, document)


async def test_what_changed_since_the_proposal_is_not_erased(office: Office) -> None:
    document, erasures = await paper(office), office.privacy.erasures
    wanted = [ErasureTarget(kind="document", id=document)]
    erasure = await erasures.propose(office.officers.first, wanted, "request")
    shown = await erasures.get(office.officers.second, erasure)
    with pytest.raises(Conflict, match="not what was proposed"):
        await erasures.approve(office.officers.second, erasure, "00" * 32)
    async with office.house.database.tenant_session(office.administrator) as db:
        await db.execute("UPDATE versions SET bytes = bytes + 1")
    with pytest.raises(Conflict, match="changed since"):
        await erasures.approve(office.officers.second, erasure, shown.content_hash)
    await office.house.documents.get(office.administrator, document)


async def test_a_refused_proposal_erases_nothing(office: Office) -> None:
    document, erasures = await paper(office), office.privacy.erasures
    wanted = [ErasureTarget(kind="document", id=document)]
    erasure = await erasures.propose(office.officers.first, wanted, "request")
    await erasures.refuse(office.officers.second, erasure)
    shown = await erasures.get(office.officers.second, erasure)
    assert shown.state == "refused"
    with pytest.raises((Conflict, Forbidden)):
        await erasures.approve(office.officers.second, erasure, shown.content_hash)
    with pytest.raises(Conflict, match="no certificate"):
        await erasures.certificate(office.officers.first, erasure)
    await office.house.documents.get(office.administrator, document)


async def test_what_is_not_there_is_not_proposed(office: Office, stranger: Actor) -> None:
    erasures, officer = office.privacy.erasures, office.officer
    for kind in ("document", "run", "subject"):
        with pytest.raises(NotFound):
            target = ErasureTarget(kind=kind, id=uuid4())  # type: ignore[arg-type]
            await erasures.propose(officer, [target], "request")
    with pytest.raises(InvalidInput):
        await erasures.propose(officer, [], "request")


async def test_the_certificate_holds_against_the_log(office: Office) -> None:
    document = await paper(office)
    erasure, file = await erased(office, ErasureTarget(kind="document", id=document))
    checked = certificates.verify(file, await log_of(office))
    told = checked.certificate
    assert told["erasure"] == str(erasure)
    (facts,) = told["erased"]
    assert (facts["id"], len(facts["versions"][0]["sha256"])) == (str(document), 64)
    (key,) = told["keys_destroyed"]
    assert key["scope"] == str(scopes.document(document))
    assert told["proposed_by"] != told["approved_by"]
    for officer in (office.officers.first, office.officers.second):
        assert str(officer.id) not in file.decode()
    assert "陳大文" not in file.decode()


async def test_a_certificate_that_was_touched_does_not_hold(office: Office) -> None:
    document = await paper(office)
    _, file = await erased(office, ErasureTarget(kind="document", id=document))
    log, told = await log_of(office), json.loads(file)

    def changed(**parts: object) -> bytes:
        return json.dumps({**told, **parts}).encode()

    other = {**told["certificate"], "reason": "retention"}
    details = {"certificate": certificates.digest(other)}
    wrong = {
        "another certificate": changed(certificate=other),
        "and the event's details too": changed(
            certificate=other, payload={**told["payload"], "details": details}
        ),
        "another salt": changed(salt="00" * 32),
        "another event": changed(event_id=str(uuid4())),
        "one field more": changed(more=1),
        "no certificate": b"{}",
        "no JSON": b"\xff",
    }
    for why, data in wrong.items():
        with pytest.raises(NotVerified):
            certificates.verify(data, log)
            pytest.fail(why)
    with pytest.raises(NotVerified, match="no such event"):
        certificates.verify(file, lambda event: None)
