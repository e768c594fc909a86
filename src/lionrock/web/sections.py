"""The administration's pages, and what of the pages a reader may open at all."""

from __future__ import annotations

from dataclasses import dataclass

from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import capabilities
from lionrock.kernel.decisions import Resource, decide
from lionrock.kernel.permissions import Permission as P

HOME = "/admin"
FIRST = "ask"
"""The capability that opens at `/`; the others are tasks on the desk."""
SCREENING = "/screening"


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the administration. `name` is what catalogues call it by."""

    name: str
    permission: P
    home: str = HOME
    also: P | None = None
    """Another permission that opens it."""

    @property
    def address(self) -> str:
        return f"{self.home}/{self.name}"

    def open_to(self, actor: Actor | None) -> bool:
        return any(may(actor, p) for p in (self.permission, self.also) if p)


SECTIONS = (
    Section("members", P.MEMBERS_MEMBER_READ),
    Section("keys", P.KEYS_KEY_READ),
    Section("purposes", P.PURPOSES_PURPOSE_READ),
    Section("glossary", P.SEARCH_GLOSSARY_READ),
    Section("memory", P.ASSIST_MEMORY_MANAGE),
    Section("limits", P.GATEWAY_LIMIT_READ),
    Section("usage", P.GATEWAY_MODEL_CALL, also=P.GATEWAY_USAGE_READ),
    Section("gateway", P.GATEWAY_POLICY_READ),
    Section("engines", P.PLATFORM_ENGINE_READ),
    Section("requests", P.PRIVACY_REQUEST_MANAGE),
    Section("audit", P.AUDIT_LOG_READ),
    Section("residency", P.PLATFORM_RESIDENCY_READ),
)
SCREENING_SECTIONS = (
    Section("desk", P.SCREENING_NAME_SCREEN, SCREENING),
    Section("alerts", P.SCREENING_ALERT_READ, SCREENING),
    Section("customers", P.SCREENING_CUSTOMER_READ, SCREENING),
    Section("batches", P.SCREENING_BATCH_RUN, SCREENING),
    Section("lists", P.SCREENING_LIST_READ, SCREENING),
    Section("policy", P.SCREENING_LIST_READ, SCREENING),
    Section("tuning", P.SCREENING_TUNING_RUN, SCREENING),
)


def may(actor: Actor | None, permission: str) -> bool:
    """Is there anything the reader may do `permission` on? What it is decides each time anew.

    An unknown permission is an error, not a no: a button would be missing for everyone.
    """
    if actor is None:
        return False
    best = Resource(actor.tenant_id, shared_with=frozenset({actor.id}))
    return bool(decide(actor, P(permission), best))


def open_to(actor: Actor | None) -> list[Section]:
    """The sections that the reader may open, in the order of the menu."""
    return [section for section in SECTIONS if section.open_to(actor)]


def screening_open_to(actor: Actor | None) -> list[Section]:
    """The pages of screening that the reader may open, in the order of their menu."""
    return [section for section in SCREENING_SECTIONS if may(actor, section.permission)]


def has_tasks(actor: Actor | None) -> bool:
    """Is there a task on the desk that the reader may do?"""
    return any(may(actor, task.permission) for task in capabilities() if task.name != FIRST)


def landing(actor: Actor) -> str:
    """Where someone begins who may not ask questions: the work of their role."""
    found = {section.name: section.address for section in open_to(actor)}
    for name in ("requests", "audit", "residency", "members"):
        if name in found:
            return found[name]
    if may(actor, P.DOCUMENTS_DOCUMENT_READ):
        return "/documents"
    return next(iter(found.values()), "")
