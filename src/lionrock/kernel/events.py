"""The catalogue of events and the only way to write one: in the transaction of the change it describes.

Names are `subject:noun:verb`. An event holds metadata (ids, counts, hashes), never content:
details are checked to be short scalars. Each is documented in `docs/events.md`. The row in `events`
is what the audit log's leaf will hold (`kernel/audit/leaves.py`); ids, purpose and details stand in
`event_payloads`, where they can be erased.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.errors import ReadOnly
from lionrock.kernel.audit.canonical import canonical
from lionrock.kernel.audit.leaves import commitment, pseudonym

if TYPE_CHECKING:
    import asyncpg

    from lionrock.kernel.actors import Actor

_LONGEST_DETAIL = 200


class Event(StrEnum):
    APPROVAL_PROPOSAL_APPROVE = "approval:proposal:approve"
    APPROVAL_PROPOSAL_MAKE = "approval:proposal:make"
    APPROVAL_PROPOSAL_REFUSE = "approval:proposal:refuse"
    APPROVAL_PROPOSAL_REVOKE = "approval:proposal:revoke"
    APPROVAL_PROPOSAL_USE = "approval:proposal:use"
    ASSIST_CLASSIFIER_RETIRE = "assist:classifier:retire"
    ASSIST_CLASSIFIER_TRAIN = "assist:classifier:train"
    ASSIST_CLASSIFIER_USE = "assist:classifier:use"
    AUDIT_COSIGNATURE_ADD = "audit:cosignature:add"
    AUDIT_ENTRY_PROVE = "audit:entry:prove"
    AUDIT_KEY_ROTATE = "audit:key:rotate"
    AUDIT_LOG_EXPORT = "audit:log:export"
    AUDIT_LOG_READ = "audit:log:read"
    AUDIT_SUBJECT_EXPORT = "audit:subject:export"
    AUDIT_WITNESS_ADD = "audit:witness:add"
    COLLECTION_ACCESS_CHANGE = "collection:access:change"
    COLLECTION_COLLECTION_CHANGE = "collection:collection:change"
    COLLECTION_COLLECTION_CREATE = "collection:collection:create"
    DOCUMENT_DOCUMENT_REMOVE = "document:document:remove"
    DOCUMENT_MEMBER_LINK = "document:member:link"
    DOCUMENT_MEMBER_OWN = "document:member:own"
    DOCUMENT_MEMBER_REFUSE = "document:member:refuse"
    DOCUMENT_VERSION_ADD = "document:version:add"
    DOCUMENT_VERSION_FAIL = "document:version:fail"
    DOCUMENT_VERSION_READY = "document:version:ready"
    DRAFT_TEMPLATE_ADD = "draft:template:add"
    DRAFT_TEMPLATE_RETIRE = "draft:template:retire"
    EGRESS_CONNECTION_OPEN = "egress:connection:open"
    EGRESS_CONNECTION_REFUSE = "egress:connection:refuse"
    GATEWAY_BUDGET_CHANGE = "gateway:budget:change"
    GATEWAY_BUDGET_REMOVE = "gateway:budget:remove"
    GATEWAY_ENGINE_DRAIN = "gateway:engine:drain"
    GATEWAY_ENGINE_RESUME = "gateway:engine:resume"
    GATEWAY_EXCHANGE_FORGET = "gateway:exchange:forget"
    GATEWAY_EXCHANGE_LOSE = "gateway:exchange:lose"
    GATEWAY_EXCHANGE_READ = "gateway:exchange:read"
    GATEWAY_LIMIT_CHANGE = "gateway:limit:change"
    GATEWAY_LIMIT_REMOVE = "gateway:limit:remove"
    GATEWAY_POLICY_CHANGE = "gateway:policy:change"
    GATEWAY_USAGE_FORGET = "gateway:usage:forget"
    GLOSSARY_CANDIDATE_ACCEPT = "glossary:candidate:accept"
    GLOSSARY_CANDIDATE_MINE = "glossary:candidate:mine"
    GLOSSARY_CANDIDATE_REFUSE = "glossary:candidate:refuse"
    GLOSSARY_ENTRY_ADD = "glossary:entry:add"
    GLOSSARY_ENTRY_CHANGE = "glossary:entry:change"
    GLOSSARY_ENTRY_REMOVE = "glossary:entry:remove"
    GLOSSARY_FILE_IMPORT = "glossary:file:import"
    KEY_KEY_CREATE = "key:key:create"
    KEY_KEY_END = "key:key:end"
    MEMBER_CREDENTIAL_ISSUE = "member:credential:issue"
    MEMBER_INVITATION_ACCEPT = "member:invitation:accept"
    MEMBER_INVITATION_ISSUE = "member:invitation:issue"
    MEMBER_MEMBER_PROVISION = "member:member:provision"
    MEMBER_MEMBER_REMOVE = "member:member:remove"
    MEMBER_MEMBER_RESTORE = "member:member:restore"
    MEMBER_MEMBER_SUSPEND = "member:member:suspend"
    MEMBER_PASSWORD_CHANGE = "member:password:change"
    MEMBER_PROFILE_CHANGE = "member:profile:change"
    MEMBER_PURPOSE_CHANGE = "member:purpose:change"
    MEMBER_RECOVERY_RENEW = "member:recovery:renew"
    MEMBER_RECOVERY_USE = "member:recovery:use"
    MEMBER_ROLES_CHANGE = "member:roles:change"
    MEMBER_SESSION_END = "member:session:end"
    MEMBER_SESSION_START = "member:session:start"
    MEMBER_SIGNIN_REFUSE = "member:signin:refuse"
    MEMBER_SUBJECT_LINK = "member:subject:link"
    MEMBER_TOTP_ENROL = "member:totp:enrol"
    MEMBER_TOTP_REMOVE = "member:totp:remove"
    MEMORY_FILE_IMPORT = "memory:file:import"
    MEMORY_UNIT_REMOVE = "memory:unit:remove"
    PRIVACY_BREACH_CHANGE = "privacy:breach:change"
    PRIVACY_BREACH_ENTER = "privacy:breach:enter"
    PRIVACY_BREACH_EXPORT = "privacy:breach:export"
    PRIVACY_CORRECTION_MAKE = "privacy:correction:make"
    PRIVACY_ERASURE_APPROVE = "privacy:erasure:approve"
    PRIVACY_ERASURE_FINISH = "privacy:erasure:finish"
    PRIVACY_ERASURE_PROPOSE = "privacy:erasure:propose"
    PRIVACY_ERASURE_REFUSE = "privacy:erasure:refuse"
    PRIVACY_ERASURE_REPLAY = "privacy:erasure:replay"
    PRIVACY_FEE_SET = "privacy:fee:set"
    PRIVACY_FINDING_REVIEW = "privacy:finding:review"
    PRIVACY_FINDINGS_VIEW = "privacy:findings:view"
    PRIVACY_HOLD_PLACE = "privacy:hold:place"
    PRIVACY_HOLD_RELEASE = "privacy:hold:release"
    PRIVACY_IDENTITY_CHECK = "privacy:identity:check"
    PRIVACY_PACKAGE_EXPORT = "privacy:package:export"
    PRIVACY_PACKAGE_MAKE = "privacy:package:make"
    PRIVACY_REQUEST_DELIVER = "privacy:request:deliver"
    PRIVACY_REQUEST_EXTEND = "privacy:request:extend"
    PRIVACY_REQUEST_RECEIVE = "privacy:request:receive"
    PRIVACY_REQUEST_REFUSE = "privacy:request:refuse"
    PRIVACY_REQUEST_REMIND = "privacy:request:remind"
    PRIVACY_SEARCH_FINISH = "privacy:search:finish"
    PRIVACY_SEARCH_START = "privacy:search:start"
    PRIVACY_SUBJECT_CHANGE = "privacy:subject:change"
    PRIVACY_SUBJECT_CREATE = "privacy:subject:create"
    PURPOSE_PURPOSE_CHANGE = "purpose:purpose:change"
    PURPOSE_PURPOSE_CREATE = "purpose:purpose:create"
    RETENTION_CLASS_CHANGE = "retention:class:change"
    RETENTION_CLASS_CREATE = "retention:class:create"
    RETENTION_START_SET = "retention:start:set"
    RUN_RESULT_EXPORT = "run:result:export"
    RUN_RUN_FINISH = "run:run:finish"
    RUN_RUN_START = "run:run:start"
    SCREENING_ALERT_ASSIGN = "screening:alert:assign"
    SCREENING_ALERT_CHANGE = "screening:alert:change"
    SCREENING_ALERT_DECIDE = "screening:alert:decide"
    SCREENING_ALERT_ESCALATE = "screening:alert:escalate"
    SCREENING_ALERT_OVERDUE = "screening:alert:overdue"
    SCREENING_ALERT_PROPOSE = "screening:alert:propose"
    SCREENING_ALERT_RAISE = "screening:alert:raise"
    SCREENING_ALERT_REOPEN = "screening:alert:reopen"
    SCREENING_ALERT_RETURN = "screening:alert:return"
    SCREENING_ALERT_VIEW = "screening:alert:view"
    SCREENING_ALERT_WITHDRAW = "screening:alert:withdraw"
    SCREENING_ALERTS_VIEW = "screening:alerts:view"
    SCREENING_BATCH_EXPORT = "screening:batch:export"
    SCREENING_BATCH_FINISH = "screening:batch:finish"
    SCREENING_BATCH_REMOVE = "screening:batch:remove"
    SCREENING_BATCH_START = "screening:batch:start"
    SCREENING_BATCH_STOP = "screening:batch:stop"
    SCREENING_CLEARANCE_END = "screening:clearance:end"
    SCREENING_CLEARANCE_MAKE = "screening:clearance:make"
    SCREENING_CLEARANCE_VIEW = "screening:clearance:view"
    SCREENING_CUSTOMER_CHANGE = "screening:customer:change"
    SCREENING_CUSTOMER_END = "screening:customer:end"
    SCREENING_CUSTOMER_FAIL = "screening:customer:fail"
    SCREENING_CUSTOMERS_IMPORT = "screening:customers:import"
    SCREENING_LIST_CHANGE = "screening:list:change"
    SCREENING_LIST_CREATE = "screening:list:create"
    SCREENING_NAME_SCREEN = "screening:name:screen"
    SCREENING_POLICY_CHANGE = "screening:policy:change"
    SCREENING_REPORT_CHANGE = "screening:report:change"
    SCREENING_REPORT_CONCLUDE = "screening:report:conclude"
    SCREENING_REPORT_EXPORT = "screening:report:export"
    SCREENING_REPORT_PREPARE = "screening:report:prepare"
    SCREENING_REPORT_VIEW = "screening:report:view"
    SCREENING_RESCREEN_FINISH = "screening:rescreen:finish"
    SCREENING_TUNING_RUN = "screening:tuning:run"
    SCREENING_VERSION_APPLY = "screening:version:apply"
    SCREENING_VERSION_HOLD = "screening:version:hold"
    SCREENING_VERSION_REFUSE = "screening:version:refuse"
    SCREENING_VERSION_REPEAT = "screening:version:repeat"
    SEARCH_RESULT_EXPORT = "search:result:export"
    SEARCH_SAVED_ADD = "search:saved:add"
    SEARCH_SAVED_MATCH = "search:saved:match"
    SEARCH_SAVED_REMOVE = "search:saved:remove"
    SEARCH_SAVED_SEE = "search:saved:see"
    SHARE_SHARE_END = "share:share:end"
    SHARE_SHARE_MAKE = "share:share:make"
    TENANT_PROVIDER_CHANGE = "tenant:provider:change"
    TENANT_PROVIDER_REMOVE = "tenant:provider:remove"
    TENANT_SHARE_CHANGE = "tenant:share:change"
    TENANT_TENANT_CREATE = "tenant:tenant:create"
    TENANT_TENANT_RESTORE = "tenant:tenant:restore"
    TENANT_TENANT_SUSPEND = "tenant:tenant:suspend"
    TRANSLATION_SEGMENT_ACCEPT = "translation:segment:accept"
    TRANSLATION_SEGMENT_EDIT = "translation:segment:edit"

    @property
    def observes(self) -> bool:
        """Something was seen, refused or ended: written also while the log does not verify, when
        nothing may be changed."""
        return self.value.rpartition(":")[2] in _OBSERVING or self in _ALWAYS


_OBSERVING = frozenset({"export", "prove", "read", "view"})
_ALWAYS = frozenset(
    {
        Event.EGRESS_CONNECTION_OPEN,
        Event.EGRESS_CONNECTION_REFUSE,
        Event.GATEWAY_EXCHANGE_LOSE,
        Event.KEY_KEY_END,
        Event.MEMBER_CREDENTIAL_ISSUE,
        Event.MEMBER_MEMBER_SUSPEND,
        Event.MEMBER_SESSION_END,
        Event.MEMBER_SESSION_START,
        Event.MEMBER_SIGNIN_REFUSE,
        Event.PRIVACY_ERASURE_REPLAY,
        Event.RUN_RUN_FINISH,
    }
)

_KEY = (
    "SELECT key, (SELECT broken FROM audit_platform) AS broken FROM event_keys WHERE tenant_id = $1"
)
_MAKE_KEY = "INSERT INTO event_keys VALUES ($1, $2) ON CONFLICT DO NOTHING"
_INSERT = """
WITH event AS (
    INSERT INTO events (tenant_id, id, event, actor_kind, actor, subject, commitment)
    VALUES ($1, uuidv7(), $2, $3, $4, $5, $6) RETURNING id)
INSERT INTO event_payloads (tenant_id, event_id, salt, payload) SELECT $1, id, $7, $8 FROM event
RETURNING event_id
"""


async def record(
    db: asyncpg.Connection,
    actor: Actor,
    event: Event,
    subject: UUID,
    details: Mapping[str, object] | None = None,
) -> UUID:
    """Append `event` about `subject` within the open tenant transaction `db`; returns the event's id.

    `ReadOnly` when the audit log does not verify, unless the event only observes.
    """
    payload = canonical(
        {
            "actor_id": str(actor.id),
            "details": _checked(details or {}),
            "purpose": actor.purpose,
            "subject_id": str(subject),
        }
    )
    key, salt = await pseudonym_key(db, actor.tenant_id, event), secrets.token_bytes(32)
    id: UUID = await db.fetchval(
        _INSERT,
        *(actor.tenant_id, event.value, actor.kind.value),
        *(pseudonym(key, actor.id), pseudonym(key, subject), commitment(salt, payload)),
        *(salt, payload.decode()),
    )
    return id


async def pseudonym_key(
    db: asyncpg.Connection, tenant_id: UUID, writing: Event | None = None
) -> bytes:
    """The tenant's key of pseudonyms, made at the first event. `ReadOnly` as for `record`."""
    row = await db.fetchrow(_KEY, tenant_id)
    if row is None:
        await db.execute(_MAKE_KEY, tenant_id, secrets.token_bytes(32))
        row = await db.fetchrow(_KEY, tenant_id)
    if row["broken"] and writing is not None and not writing.observes:
        raise ReadOnly(
            f"Nothing can be changed: {row['broken']} Reading goes on; see docs/audit.md, "
            "'When the log does not verify'."
        )
    key: bytes = row["key"]
    return key


def _checked(details: Mapping[str, object]) -> dict[str, str | int | float | bool]:
    checked = {}
    for key, value in details.items():
        if not isinstance(value, str | int | float | bool) or len(str(value)) > _LONGEST_DETAIL:
            raise ValueError(f"event detail {key} is not a short scalar")
        if "\0" in key or (isinstance(value, str) and "\0" in value):
            raise ValueError(f"event detail {key!r} holds a NUL, which PostgreSQL cannot keep")
        checked[key] = value
    return checked
