"""Privacy work: people, requests, findings, holds, retention, erasure, breaches."""

from __future__ import annotations

import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from lionrock.kernel.actors import Role
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.breaches import BreachFacts
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.kernel.privacy.findings import Review
from lionrock.kernel.privacy.holds import Target
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.request_models import RequestKind
from tests.matrix.calling import Sent
from tests.matrix.recipe import Recipe, request
from tests.matrix.world import Institution

_DAY: Final = datetime.date(2026, 11, 1)
_AT: Final = "2026-11-20T09:00:00Z"
_NAMES: Final = [{"kind": "name", "value": "Chan Tai Man"}]
_WHAT: Final = {"title": "A letter", "what": "sent to a wrong address", "found_at": _AT}


async def officer(of: Institution) -> Any:
    return await of.member(Role.PRIVACY_OFFICER)


async def fresh_subject(of: Institution) -> UUID:
    names = [Identifier(kind=IdentifierKind.NAME, value="Chan Tai Man")]
    return await of.house.privacy.subjects.add(await officer(of), names)


async def fresh_request(of: Institution, kind: RequestKind = RequestKind.ACCESS) -> UUID:
    subject, requests = await fresh_subject(of), of.house.privacy.requests
    return await requests.receive(await officer(of), subject, kind, received_on=_DAY)


async def searched(of: Institution) -> tuple[UUID, UUID]:
    """A request, and one of its findings."""
    asked, who, findings = await fresh_request(of), await officer(of), of.house.privacy.findings
    await findings.search(who, asked)
    return asked, (await findings.listing(who, asked))[0].id


async def packaged(of: Institution) -> UUID:
    (asked, _), who, privacy = await searched(of), await officer(of), of.house.privacy
    for finding in await privacy.findings.listing(who, asked):
        told = Review(decision="include")
        if finding.source == "case":  # must not be told
            told = Review(decision="exclude", exemption="crime")
        await privacy.findings.review(who, asked, finding.id, told)
    await privacy.packages.make(who, asked)
    return asked


async def fresh_erasure(of: Institution, *, done: bool = False) -> tuple[UUID, str]:
    """Proposed by a colleague, of a document nobody needs; and its content hash."""
    erasures, maker = of.house.privacy.erasures, await officer(of)
    target = ErasureTarget(kind="document", id=await of.fresh_document())
    made = await erasures.propose(maker, [target], "request")
    shown = await erasures.get(maker, made)
    if done:
        await erasures.approve(await officer(of), made, shown.content_hash)
    return made, shown.content_hash


async def fresh_hold(of: Institution) -> UUID:
    target = Target(kind="document", id=await of.fresh_document())
    return await of.house.privacy.holds.place(await officer(of), "Trial", "A writ.", [target])


async def fresh_breach(of: Institution) -> UUID:
    return await of.house.privacy.breaches.enter(
        await officer(of), BreachFacts.model_validate(_WHAT)
    )


async def new_subject(of: Institution) -> Sent:
    return Sent(json={"identifiers": _NAMES, "member_id": str(await of.fresh_member())})


async def subject(of: Institution) -> Sent:
    return Sent({"subject_id": str(await fresh_subject(of))})


async def changed_subject(of: Institution) -> Sent:
    return Sent({"subject_id": str(await fresh_subject(of))}, json={"identifiers": _NAMES})


async def new_request(of: Institution) -> Sent:
    body = {"subject_id": str(await fresh_subject(of)), "kind": "access", "received_on": str(_DAY)}
    return Sent(json=body)


async def one_request(of: Institution) -> Sent:
    return Sent({"request_id": str(await fresh_request(of))})


async def step(of: Institution) -> Sent:
    path = {"request_id": str(await fresh_request(of))}
    return Sent(path, json={"step": "identity", "method": "id-document"})


async def package(of: Institution) -> Sent:
    return Sent({"request_id": str(await packaged(of))})


async def review(of: Institution) -> Sent:
    asked, finding = await searched(of)
    path = {"request_id": str(asked), "finding_id": str(finding)}
    return Sent(path, json={"decision": "include"})


async def correction(of: Institution) -> Sent:
    path = {"request_id": str(await fresh_request(of, RequestKind.CORRECTION))}
    target = str(await of.fresh_document())
    body = {"kind": "document", "target_id": target, "field": "note", "text": "He says otherwise."}
    return Sent(path, json=body)


async def notes(of: Institution) -> Sent:
    return Sent({"document_id": str(of.document)})


async def new_hold(of: Institution) -> Sent:
    target = {"kind": "document", "id": str(await of.fresh_document())}
    return Sent(json={"name": "Trial", "reason": "A writ.", "targets": [target]})


async def released(of: Institution) -> Sent:
    return Sent({"hold_id": str(await fresh_hold(of))}, json={"reason": "Settled."})


async def start(of: Institution) -> Sent:
    body = {
        "kind": "document", "target_id": str(await of.fresh_document()), "starts": "decision",
        "on_day": str(_DAY),
    }  # fmt: skip
    return Sent(json=body)


async def new_erasure(of: Institution) -> Sent:
    target = {"kind": "document", "id": str(await of.fresh_document())}
    return Sent(json={"targets": [target], "reason": "request"})


async def erasure(of: Institution) -> Sent:
    return Sent({"erasure_id": str((await fresh_erasure(of))[0])})


async def decision(of: Institution) -> Sent:
    made, hashed = await fresh_erasure(of)
    return Sent({"erasure_id": str(made)}, json={"approve": True, "content_hash": hashed})


async def certificate(of: Institution) -> Sent:
    return Sent({"erasure_id": str((await fresh_erasure(of, done=True))[0])})


async def breach(of: Institution) -> Sent:
    return Sent({"breach_id": str(await fresh_breach(of))})


async def entry(of: Institution) -> Sent:
    body = {"kind": "notice", "whom": "pcpd", "at": _AT, "words": "By the form."}
    return Sent({"breach_id": str(await fresh_breach(of))}, json=body)


_ASK: Final = P.PRIVACY_REQUEST_MANAGE
_LOOK_UP: Final = {"kind": "name", "value": f"Nobody {uuid4().hex}"}

RECIPES: Final[dict[str, Recipe]] = {
    "GET /v1/documents/{document_id}/notes": Recipe(notes, P.DOCUMENTS_DOCUMENT_READ),
    "GET /v1/privacy/breaches": Recipe(request(), P.PRIVACY_BREACH_MANAGE),
    "GET /v1/privacy/breaches.csv": Recipe(request(), P.PRIVACY_BREACH_MANAGE),
    "GET /v1/privacy/breaches/{breach_id}": Recipe(breach, P.PRIVACY_BREACH_MANAGE),
    "GET /v1/privacy/erasures": Recipe(request(), P.PRIVACY_ERASURE_RUN),
    "GET /v1/privacy/erasures/{erasure_id}": Recipe(erasure, P.PRIVACY_ERASURE_RUN),
    "GET /v1/privacy/erasures/{erasure_id}/certificate": Recipe(certificate, P.PRIVACY_ERASURE_RUN),
    "GET /v1/privacy/holds": Recipe(request(), P.PRIVACY_HOLD_MANAGE),
    "GET /v1/privacy/notices": Recipe(request(), _ASK),
    "GET /v1/privacy/requests": Recipe(request(), _ASK),
    "GET /v1/privacy/requests/{request_id}": Recipe(one_request, _ASK),
    "GET /v1/privacy/requests/{request_id}/findings": Recipe(one_request, _ASK),
    "GET /v1/privacy/requests/{request_id}/package": Recipe(package, _ASK),
    "GET /v1/privacy/retention": Recipe(request(), P.PRIVACY_RETENTION_MANAGE),
    "GET /v1/privacy/subjects": Recipe(request(query=_LOOK_UP), _ASK),
    "GET /v1/privacy/subjects/{subject_id}": Recipe(subject, _ASK),
    "POST /v1/privacy/breaches": Recipe(request(json=_WHAT), P.PRIVACY_BREACH_MANAGE),
    "POST /v1/privacy/breaches/{breach_id}/entries": Recipe(entry, P.PRIVACY_BREACH_MANAGE),
    "POST /v1/privacy/erasures": Recipe(new_erasure, P.PRIVACY_ERASURE_RUN),
    "POST /v1/privacy/erasures/{erasure_id}/decision": Recipe(
        decision, P.PRIVACY_ERASURE_APPROVE, session=True
    ),
    "POST /v1/privacy/holds": Recipe(new_hold, P.PRIVACY_HOLD_MANAGE),
    "POST /v1/privacy/holds/{hold_id}/release": Recipe(released, P.PRIVACY_HOLD_MANAGE),
    "POST /v1/privacy/requests": Recipe(new_request, _ASK),
    "POST /v1/privacy/requests/{request_id}/corrections": Recipe(correction, _ASK),
    "POST /v1/privacy/requests/{request_id}/steps": Recipe(step, _ASK),
    "POST /v1/privacy/subjects": Recipe(new_subject, _ASK),
    "PUT /v1/privacy/requests/{request_id}/findings/{finding_id}": Recipe(review, _ASK),
    "PUT /v1/privacy/retention/starts": Recipe(start, P.PRIVACY_RETENTION_MANAGE),
    "PUT /v1/privacy/subjects/{subject_id}": Recipe(changed_subject, _ASK),
}
