"""What each role may do within its own tenant, and which permissions are of a kind of their own.

`docs/permissions.md` shows the same as a table; tests hold the two together and pin the whole matrix.
"""

from __future__ import annotations

from typing import Final

from lionrock.kernel.actors import Role
from lionrock.kernel.permissions import Permission as P

_ABOUT: Final = frozenset({P.COLLECTIONS_COLLECTION_READ, P.PURPOSES_PURPOSE_READ})
_READ: Final = _ABOUT | {
    P.DOCUMENTS_DOCUMENT_READ,
    P.KERNEL_RUN_READ,
    P.SEARCH_GLOSSARY_READ,
    P.SEARCH_PASSAGE_READ,
    P.SEARCH_RESULT_EXPORT,
}
_ASSIST: Final = frozenset(
    {
        P.ASSIST_ASK_RUN,
        P.ASSIST_DRAFT_RUN,
        P.ASSIST_EXTRACT_RUN,
        P.ASSIST_REWRITE_RUN,
        P.ASSIST_SENTIMENT_RUN,
        P.ASSIST_SUMMARISE_RUN,
        P.ASSIST_TRANSLATE_RUN,
    }
)
"""The desk: each reads the content of collections and words something of it."""
_WORK: Final = (_READ | _ASSIST) | {
    P.APPROVALS_PROPOSAL_MAKE,
    P.APPROVALS_PROPOSAL_READ,
    P.DOCUMENTS_DOCUMENT_ADD,
    P.GATEWAY_MODEL_CALL,
    P.SEARCH_SAVED_MANAGE,
}
_SCREEN: Final = frozenset(
    {
        P.SCREENING_BATCH_RUN,
        P.SCREENING_CUSTOMER_MANAGE,
        P.SCREENING_LIST_READ,
        P.SCREENING_NAME_SCREEN,
    }
)

GRANTS: Final[dict[Role, frozenset[P]]] = {
    Role.ADMINISTRATOR: _WORK
    | {
        P.ASSIST_CLASSIFIER_MANAGE,
        P.ASSIST_MEMORY_MANAGE,
        P.ASSIST_TEMPLATE_MANAGE,
        P.AUDIT_WITNESS_MANAGE,
        P.COLLECTIONS_COLLECTION_MANAGE,
        P.DOCUMENTS_DOCUMENT_REMOVE,
        P.GATEWAY_LIMIT_MANAGE,
        P.GATEWAY_LIMIT_READ,
        P.GATEWAY_POLICY_MANAGE,
        P.GATEWAY_POLICY_READ,
        P.GATEWAY_USAGE_READ,
        P.IDENTITY_PROVIDER_MANAGE,
        P.KEYS_KEY_CREATE,
        P.KEYS_KEY_END,
        P.KEYS_KEY_READ,
        P.MEMBERS_MEMBER_INVITE,
        P.MEMBERS_MEMBER_READ,
        P.MEMBERS_MEMBER_SUSPEND,
        P.MEMBERS_ROLES_CHANGE,
        P.PLATFORM_ENGINE_READ,
        P.PLATFORM_RESIDENCY_READ,
        P.PURPOSES_PURPOSE_MANAGE,
        P.SCREENING_LIST_MANAGE,
        P.SCREENING_LIST_READ,
        P.SEARCH_GLOSSARY_MANAGE,
    },
    Role.ANALYST: _WORK
    | _SCREEN
    | {
        P.ASSIST_MEMORY_MANAGE,
        P.SCREENING_ALERT_PROPOSE,
        P.SCREENING_ALERT_READ,
        P.SCREENING_CUSTOMER_READ,
        P.SEARCH_GLOSSARY_MANAGE,
    },
    Role.AUDITOR: _READ
    | {
        P.APPROVALS_PROPOSAL_READ,
        P.AUDIT_LOG_EXPORT,
        P.AUDIT_LOG_READ,
        P.AUDIT_LOG_VERIFY,
        P.GATEWAY_EXCHANGE_READ,
        P.GATEWAY_LIMIT_READ,
        P.GATEWAY_POLICY_READ,
        P.GATEWAY_USAGE_READ,
        P.KEYS_KEY_READ,
        P.MEMBERS_MEMBER_READ,
        P.PLATFORM_ENGINE_READ,
        P.PLATFORM_RESIDENCY_READ,
        P.SCREENING_ALERT_READ,
        P.SCREENING_CUSTOMER_READ,
        P.SCREENING_LIST_READ,
    },
    Role.MODEL_OWNER: _ABOUT
    | {
        P.APPROVALS_PROPOSAL_MAKE,
        P.APPROVALS_PROPOSAL_READ,
        P.ASSIST_CLASSIFIER_MANAGE,
        P.GATEWAY_LIMIT_READ,
        P.GATEWAY_MODEL_CALL,
        P.GATEWAY_POLICY_READ,
        P.GATEWAY_USAGE_READ,
        P.KERNEL_RUN_READ,
        P.MODELS_MODEL_MANAGE,
        P.PLATFORM_ENGINE_READ,
    },
    Role.PLATFORM_OPERATOR: frozenset(
        {
            P.PLATFORM_ENGINE_MANAGE,
            P.PLATFORM_ENGINE_READ,
            P.PLATFORM_RESIDENCY_READ,
            P.PLATFORM_SHARE_MANAGE,
            P.PLATFORM_TENANT_CREATE,
            P.PLATFORM_TENANT_READ,
            P.PLATFORM_TENANT_SUSPEND,
        }
    ),
    Role.PRIVACY_OFFICER: _READ
    | {
        P.APPROVALS_PROPOSAL_MAKE,
        P.APPROVALS_PROPOSAL_READ,
        P.AUDIT_LOG_READ,
        P.AUDIT_LOG_VERIFY,
        P.COLLECTIONS_SHARE_MANAGE,
        P.GATEWAY_EXCHANGE_READ,
        P.GATEWAY_POLICY_MANAGE,
        P.GATEWAY_POLICY_READ,
        P.MEMBERS_MEMBER_READ,
        P.PLATFORM_RESIDENCY_READ,
        P.PRIVACY_BREACH_MANAGE,
        P.PRIVACY_ERASURE_APPROVE,
        P.PRIVACY_ERASURE_RUN,
        P.PRIVACY_HOLD_MANAGE,
        P.PRIVACY_REQUEST_MANAGE,
        P.PRIVACY_RETENTION_MANAGE,
        P.PURPOSES_PURPOSE_MANAGE,
        P.SEARCH_SAVED_MANAGE,
    },
    Role.REGULATOR_OBSERVER: frozenset(
        {
            P.AUDIT_LOG_VERIFY,
            P.DOCUMENTS_DOCUMENT_READ,
            P.SCREENING_ALERT_READ,
            P.SEARCH_PASSAGE_READ,
        }
    ),
    Role.REVIEWER: _WORK
    | _SCREEN
    | {
        P.APPROVALS_PROPOSAL_DECIDE,
        P.ASSIST_MEMORY_MANAGE,
        P.ASSIST_TEMPLATE_MANAGE,
        P.COLLECTIONS_SHARE_MANAGE,
        P.SCREENING_ALERT_ASSIGN,
        P.SCREENING_ALERT_DECIDE,
        P.SCREENING_ALERT_PROPOSE,
        P.SCREENING_ALERT_READ,
        P.SCREENING_CUSTOMER_READ,
        P.SCREENING_LIST_MANAGE,
        P.SCREENING_REPORT_PREPARE,
        P.SCREENING_TUNING_RUN,
        P.SEARCH_GLOSSARY_MANAGE,
    },
    Role.SERVICE: (_WORK | _SCREEN) - {P.APPROVALS_PROPOSAL_READ},
}
"""What each role may do within its own tenant. A role that is not here may do nothing."""

HOUSE_GRANTS: Final = frozenset({P.DOCUMENTS_DOCUMENT_READ})
"""What a background worker may do: read what it indexes."""

JUDGEMENTS: Final = frozenset(
    {P.APPROVALS_PROPOSAL_DECIDE, P.PRIVACY_ERASURE_APPROVE, P.SCREENING_ALERT_DECIDE}
)
"""Deciding on someone's work: never one's own, and never a key's, since a person answers for it."""

CONTENT: Final = _ASSIST | {
    P.DOCUMENTS_DOCUMENT_ADD,
    P.DOCUMENTS_DOCUMENT_READ,
    P.DOCUMENTS_DOCUMENT_REMOVE,
    P.SEARCH_PASSAGE_READ,
}
"""What touches the content of collections: here the purpose and the access list count."""

ALONE: Final = frozenset({Role.PLATFORM_OPERATOR, Role.REGULATOR_OBSERVER, Role.SERVICE})
"""Roles that are held alone: an outsider's, a machine's, and the installation's own. Any other two
may meet in one member, since nobody judges their own work under either."""

ASSIGNABLE: Final = frozenset(Role) - {Role.PLATFORM_OPERATOR}
"""What a tenant's administrator may give. Operators exist in the platform's own tenant alone."""

FIRST_ROLES: Final = frozenset(
    {Role.ADMINISTRATOR, Role.ANALYST, Role.AUDITOR, Role.PRIVACY_OFFICER}
)
"""Of the first member of a new installation, so that one person can try it. Not reviewer: judging
needs a second person."""
