"""The audit log, over the API and on pages."""

from __future__ import annotations

import time
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lionrock.kernel.audit import notes
from lionrock.kernel.audit.cosignatures import Witness
from lionrock.kernel.permissions import Permission as P
from tests.matrix.calling import Sent
from tests.matrix.recipe import Make, Recipe, request
from tests.matrix.world import Institution


def event(form: dict[str, Any] | None = None) -> Make:
    async def make(of: Institution) -> Sent:
        return Sent({"event_id": str((await of.event())[0])}, form=form)

    return make


async def proof(of: Institution) -> Sent:
    found, position = await of.event()
    return Sent({"event_id": str(found), "position": str(position)})


async def subject(of: Institution) -> Sent:
    return Sent({"subject_id": str(await of.fresh_document())})


async def filtered(of: Institution) -> Sent:
    found, _ = await of.event()
    subject, by = await of.fresh_document(), await of.fresh_member()
    query = {"subject": str(subject), "by": str(by), "before": str(found)}
    return Sent(query=query)


async def tile(of: Institution) -> Sent:
    await of.event()
    return Sent({"path": "0/000.p/1"})


def witness() -> Witness:
    return Witness(f"witness-{uuid4().hex[:8]}", Ed25519PrivateKey.generate())


async def new_witness(of: Institution) -> Sent:
    return Sent(json={"vkey": witness().verifier.vkey})


async def cosigned(of: Institution) -> Sent:
    await of.event()
    known = witness()
    audit = of.house.audit
    await audit.add_witness(of.actor, known.verifier.vkey)
    note = notes.parse(await audit.checkpoint(of.actor))
    signed = note.with_signatures([known.cosign(note.text, int(time.time()))])
    return Sent(json={"checkpoint": signed.encoded().decode()})


_ITSELF: Final = "an export says that it was made, and when"

RECIPES: Final[dict[str, Recipe]] = {
    "GET /admin/audit": Recipe(request(), P.AUDIT_LOG_READ),
    "GET /admin/audit/export.tar": Recipe(request(), P.AUDIT_LOG_EXPORT),
    "GET /admin/audit/subject/{subject_id}.tar": Recipe(subject, P.AUDIT_LOG_EXPORT, missing=200, varies=_ITSELF),
    "GET /admin/audit/{event_id}": Recipe(event(), P.AUDIT_LOG_READ),
    "GET /admin/audit/{event_id}/{position}.tlog-proof": Recipe(proof, P.AUDIT_LOG_VERIFY),
    "GET /v1/audit/events": Recipe(filtered, P.AUDIT_LOG_READ),
    "GET /v1/audit/events/{event_id}": Recipe(event(), P.AUDIT_LOG_READ),
    "GET /v1/audit/events/{event_id}/proof": Recipe(event(), P.AUDIT_LOG_VERIFY),
    "GET /v1/audit/export": Recipe(request(), P.AUDIT_LOG_EXPORT),
    "GET /v1/audit/keys": Recipe(request(), P.AUDIT_LOG_VERIFY),
    "GET /v1/audit/log/checkpoint": Recipe(request(), P.AUDIT_LOG_VERIFY),
    "GET /v1/audit/log/tile/{path}": Recipe(tile, P.AUDIT_LOG_VERIFY),
    "GET /v1/audit/state": Recipe(request(), P.AUDIT_LOG_VERIFY),
    "GET /v1/audit/subjects/{subject_id}/export": Recipe(
        subject, P.AUDIT_LOG_EXPORT, missing=200, varies=_ITSELF
    ),
    "GET /v1/audit/witnesses": Recipe(request(), P.AUDIT_LOG_VERIFY),
    "POST /admin/audit/{event_id}/prove": Recipe(event({}), P.AUDIT_LOG_READ),
    "POST /v1/audit/cosignatures": Recipe(cosigned, P.AUDIT_WITNESS_MANAGE),
    "POST /v1/audit/witnesses": Recipe(new_witness, P.AUDIT_WITNESS_MANAGE),
}  # fmt: skip
