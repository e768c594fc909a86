"""What the administration's pages call by name: roles, permissions, events, steps …"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action
from lionrock.gateway.ledger.budgets import Period
from lionrock.gateway.ledger.calls import Retention
from lionrock.gateway.ledger.report import By
from lionrock.gateway.ledger.subjects import SubjectKind
from lionrock.gateway.operating import EngineState
from lionrock.gateway.pool import Trust
from lionrock.kernel.actors import Role
from lionrock.kernel.audit.sequencer import Status
from lionrock.kernel.collections import NewCollection
from lionrock.kernel.events import Event
from lionrock.kernel.grants import ASSIGNABLE
from lionrock.kernel.permissions import Permission
from lionrock.kernel.privacy.findings import Decision
from lionrock.kernel.privacy.forms import _SURENESS
from lionrock.kernel.privacy.grounds import LEAVING_OUT, REFUSING_ACCESS, REFUSING_CORRECTION
from lionrock.kernel.privacy.identifiers import IdentifierKind
from lionrock.kernel.privacy.request_models import Identity, RequestKind, RequestState
from lionrock.kernel.purposes import Purpose, RetentionClass
from lionrock.kernel.service_keys import NewKey
from lionrock.web.clocks import Step
from lionrock.web.gateway_forms import NUMBERS
from lionrock.web.i18n import Key
from lionrock.web.members import STATES
from lionrock.web.purposes import STARTS
from lionrock.web.sections import SECTIONS

PARTS = (
    "database", "language model", "embeddings", "reranker", "screening cluster",
    "model mirror", "files and indexes", "engine",
)  # fmt: skip
WALLS = ("namespace", "filter", "namespace and filter")
SOURCES = (
    "subject", "member", "document", "run", "event", "customer", "case", "screening", "batch",
    "usage", "exchange", "search", "memory", "translation", "template",
)  # fmt: skip
FORMS = (
    *_SURENESS,
    "not read",
    "record",
    "id",
    "own run",
    "own exchange",
    "own search",
    "own translation",
)

NAMED: dict[str, tuple[str, ...]] = {
    "section": tuple(s.name for s in SECTIONS),
    "banner": ("read-only", "closed"),
    "member": STATES,
    "role": tuple(Role),
    "role-note": tuple(ASSIGNABLE),
    "permission": tuple(Permission),
    "scope": tuple({p.partition(":")[0] for p in Permission}),
    "event": tuple(Event),
    "event-group": tuple({e.partition(":")[0] for e in Event}),
    "starts": STARTS,
    "part": PARTS,
    "walls": WALLS,
    "log": get_args(Status),
    "request": tuple(RequestState),
    "request-kind": tuple(RequestKind),
    "request-asks": tuple(RequestKind),
    "request-step": tuple(s for s in get_args(Step) if s != "ended"),
    "identity": get_args(Identity),
    "identifier": tuple(IdentifierKind),
    "ground": (*REFUSING_ACCESS, *REFUSING_CORRECTION),
    "leaving-out": tuple(LEAVING_OUT),
    "correction": ("name", "email", "note"),
    "source": SOURCES,
    "form": FORMS,
    "limit": tuple(NUMBERS),
    "limit-note": tuple(NUMBERS),
    "limit-of": tuple(SubjectKind),
    "budget-period": tuple(Period),
    "guard": tuple(Kind),
    "guard-action": tuple(Action),
    "guard-effect": tuple(Action),
    "kept": tuple(Retention),
    "kept-effect": tuple(Retention),
    "engine-state": tuple(EngineState),
    "engine-note": tuple(state for state in EngineState if state not in ("ready", "unhealthy")),
    "trust": tuple(Trust),
    "usage-by": tuple(by for by in By if by is not By.DAY),
    "usage-head": tuple(by for by in By if by is not By.DAY),
    "review": get_args(Decision),
    "field": tuple(
        name
        for model in (NewKey, Purpose, RetentionClass, NewCollection)
        for name in model.model_fields
    ),
}
"""By context, as `docs/pages.md` lists them."""


def by_name() -> Iterator[Key]:
    for context, names in NAMED.items():
        yield from ((context, str(name)) for name in names)
